"""The rows about many instances: what they take, and that others do not get slower."""

import pathlib
import re
import statistics
import time

from measure import INSTANCE_TYPE, Fleet, Row, image_of, step
from peers import Amity


class Loader:
    """Fills an Amity with instances: in networks of its own, since a default subnet has 4,091 addresses."""

    def __init__(self, amity):
        self.amity = amity
        self.image = image_of(amity)
        self.subnets = []
        self.count = 0
        self.ids = []  # some of them, from all over

    def grow_to(self, count):
        while self.count < count:
            if self.count // 60_000 >= len(self.subnets):
                self.subnets.append(self.new_subnet())
            size = min(1000, count - self.count)
            sizes = {"MinCount": size, "MaxCount": size, "InstanceType": INSTANCE_TYPE}
            ids = self.amity.ids(
                "i", "RunInstances", ImageId=self.image, SubnetId=self.subnets[self.count // 60_000], **sizes
            )
            self.ids += ids[:: max(1, count // 10_000)]
            self.count += size

    def new_subnet(self):
        cidr = f"10.{len(self.subnets)}.0.0/16"
        vpc = re.search(r"vpc-[0-9a-f]+", self.amity.call("CreateVpc", CidrBlock=cidr)).group()
        return re.search(r"subnet-[0-9a-f]+", self.amity.call("CreateSubnet", VpcId=vpc, CidrBlock=cidr)).group()


def memory(settings):
    idle = Row("memory", "resident memory, idle", "MB", target="≤ 25 MB", limit=25)
    full = Row("memory", "resident memory with 10,000 instances", "MB", target="≤ 120 MB", limit=120)
    with Fleet() as servers:
        for server in servers:
            idle.add(server.name, [server.memory()])
        amity = servers[0]
        Loader(amity).grow_to(10_000)
        full.add("Amity", [amity.memory()])
    idle.reached = idle.is_within_limit()
    full.reached = full.is_within_limit()
    return [idle, full]


def growth(settings):
    one = Row("growth", "one id", "/s", target="flat within 1.5 ×")
    many = Row("growth", "a page of 1,000", "/s", target="flat within 1.5 ×")
    million = Row("growth", f"memory with {settings.growth[-1]:,} instances", "MB", target="≤ 300 MB", limit=300)
    read = step("DescribeInstances", "<instanceId>", InstanceId_1="{value}")
    a_page = step("DescribeInstances", "<instanceId>", MaxResults=1000)
    with Fleet([Amity]) as (amity,):
        loader = Loader(amity)
        for count in settings.growth:
            begun = time.monotonic()
            loader.grow_to(count)
            million.details[f"seconds to {count:,}"] = time.monotonic() - begun
            for row, plan, connections in ((one, read, 8), (many, a_page, 1)):
                if row is many and count < 1000:
                    loader.grow_to(1000)
                found = [
                    amity.load([plan], connections=connections, values=loader.ids, seconds=settings.seconds)
                    for _ in range(settings.rounds)
                ]
                row.add(f"{max(count, 1000 if row is many else 0):,}", [each["rate"] for each in found])
                row.details[f"{count:,}"] = {"server_us": statistics.median(each["server_us"] for each in found)}
        million.add("Amity", [amity.memory()])
        million.reached = million.is_within_limit()
        files = list(pathlib.Path(amity.folder).iterdir())
        million.details["file_megabytes"] = sum(file.stat().st_size for file in files) / 1e6
    for row in (one, many):
        rates = list(row.values.values())
        row.ratio = max(rates) / min(rates)
        row.reached = row.ratio <= 1.5
        row.what += " among " + " / ".join(row.values) + " instances"
    return [one, many, million]
