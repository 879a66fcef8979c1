"""The rows of the table: what is measured, and what it must reach."""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from peers import BUILD, STATES, Amity, Ceiling, Load, Moto, available, form

INSTANCE_TYPE = "t3.micro"
# moto has its own few hundred images, ministack a handful: each answers the same request from what it has.
NAME_PATTERN = "amzn2-ami-*"


@dataclass
class Settings:
    rounds: int
    seconds: float
    growth: tuple  # how many instances there are, for the row of that name
    starts: int


@dataclass
class Row:
    name: str
    what: str
    unit: str
    values: dict = field(default_factory=dict)  # of a server or a variant: the median
    samples: dict = field(default_factory=dict)  # what each round measured
    ratio: float = None  # how many times better than moto; or as `target` says
    target: str = ""  # what must be reached, in words
    limit: float = None  # and in the row's unit, where that is no ratio
    factor: float = None  # or as a ratio to moto
    reached: bool = None
    details: dict = field(default_factory=dict)

    def add(self, name, samples):
        self.samples[name] = samples
        self.values[name] = statistics.median(samples)

    def is_within_limit(self):
        return self.values["Amity"] <= self.limit


def step(action, expect, capture="", min_bytes=0, **parameters):
    return {"body": form(action, **parameters), "expect": expect, "capture": capture, "min_bytes": min_bytes}


def image_of(server):
    """An Amazon Linux image of its catalogue, to launch."""
    images = server.ids("ami", "DescribeImages", Owner_1="amazon", Filter_1_Name="name", Filter_1_Value_1="amzn*")
    return images[0] if images else server.ids("ami", "DescribeImages")[0]


def subnets_of(server):
    """Default subnets, of 4,091 addresses each, in zones that have the instance type."""
    zones = {f"Filter_1_Value_{number}": f"us-east-1{zone}" for number, zone in enumerate("abcd", 1)}
    return server.ids("subnet", "DescribeSubnets", Filter_1_Name="availability-zone", **zones)


def launch(server, count, **parameters):
    """The ids of so many new instances, at most a thousand."""
    sizes = {"MinCount": count, "MaxCount": count, "InstanceType": INSTANCE_TYPE}
    return server.ids("i", "RunInstances", ImageId=image_of(server), **sizes, **parameters)


def alternate(settings, row, servers, plan_of):
    """Drives the servers in turn, in rounds; `plan_of(server)` gives steps and plan. Rates go into the row."""
    found = {server.name: [] for server in servers}
    for _ in range(settings.rounds):
        for server in servers:
            try:
                steps, plan = plan_of(server)
                plan = {"seconds": settings.seconds, "warmup_seconds": settings.seconds / 4, **plan}
                found[server.name].append(server.load(steps, **plan))
            except RuntimeError as error:
                row.details.setdefault("failures", {})[server.name] = str(error)[:500]
    for name, rounds in found.items():
        if rounds:
            row.add(name, [one["rate"] for one in rounds])
            row.details[name] = {
                key: statistics.median(one[key] for one in rounds) for key in ("p50_ms", "p99_ms", "server_us")
            }
            row.details[name]["bytes"] = rounds[0]["bytes"] / max(1, rounds[0]["count"])
    return row


def compare(row, factor):
    """Holds Amity's rate against moto's."""
    row.target = f"≥ {factor} × moto"
    row.factor = factor
    if "moto" in row.values:
        row.ratio = row.values["Amity"] / row.values["moto"]
        row.reached = row.ratio >= factor
        servers = [row.details[name]["server_us"] for name in ("moto", "Amity")]
        row.details["ratio_of_processor_time"] = servers[0] / servers[1]
    return row


class Fleet:
    """One server of each kind, started together and stopped together."""

    def __init__(self, kinds=None):
        self.servers = [kind() for kind in kinds or available()]

    def __enter__(self):
        for server in self.servers:
            server.await_answer()
        return self.servers

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()


def start(settings):
    row = Row("start", "exec to first 200 of DescribeRegions", "ms", target="≤ 25 ms, ≤ 1/50 of moto", limit=25, factor=50)
    times = {kind.name: [] for kind in available()}
    for number in range(settings.starts):
        for kind in available():
            if kind is Amity or number < (settings.starts + 4) // 5:  # the others take seconds
                server = kind()
                times[kind.name].append(server.await_answer() * 1000)
                server.stop()
    for name, samples in times.items():
        row.add(name, samples)
    row.details["Amity"] = {"best": min(row.samples["Amity"])}
    row.reached = row.is_within_limit()
    if "moto" in row.values:
        row.ratio = row.values["moto"] / row.values["Amity"]
        row.reached = row.reached and row.ratio >= row.factor
    return row


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


def size(_):
    row = Row("size", "binary, stripped", "MB", target="≤ 15 MB", limit=15)
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, BUILD / "amity"], check=True)
        row.add("Amity", [os.path.getsize(stripped.name) / 1e6])
    row.reached = row.is_within_limit()
    return row


def describe_one(settings):
    row = Row("describe-one", "DescribeInstances of one id among 1,000", "/s")
    with Fleet() as servers:
        ids = {server.name: launch(server, 1000) for server in servers}
        plan = step("DescribeInstances", "<instanceId>", InstanceId_1="{value}")
        alternate(settings, row, servers, lambda server: ([plan], {"connections": 8, "values": ids[server.name]}))
    return compare(row, 100)


def one_launch(server):
    """Steps and plan for single launches, spread over the subnets so that none runs out of addresses."""
    plan = step(
        "RunInstances",
        "<instanceId>",
        ImageId=image_of(server),
        InstanceType=INSTANCE_TYPE,
        MinCount=1,
        MaxCount=1,
        SubnetId="{value}",
    )
    return [plan], {"connections": 8, "values": subnets_of(server), "max_cycles": 15_000}


def run_instances(settings):
    row = Row("run-instances", "RunInstances, one a call, 8 connections", "/s")
    rounds = Settings(1, settings.seconds, (), 0)
    for _ in range(settings.rounds):  # each on new servers, so that all have as few instances
        one = Row("", "", "")
        with Fleet() as servers:
            alternate(rounds, one, servers, one_launch)
        for name, samples in one.samples.items():
            row.add(name, row.samples.get(name, []) + samples)
        row.details = {**row.details, **one.details}
    return compare(row, 50)


def page(settings):
    row = Row("page", "DescribeInstances, a page of 1,000", "/s")
    with Fleet() as servers:
        for server in servers:
            launch(server, 1000)
        plan = step("DescribeInstances", "<instanceId>", min_bytes=500_000, MaxResults=1000)
        alternate(settings, row, servers, lambda server: ([plan], {"connections": 1}))
    return compare(row, 100)


def describe_images(settings):
    row = Row("describe-images", f"DescribeImages, owner amazon, name {NAME_PATTERN}", "/s")
    plan = step("DescribeImages", "<imageId>", Owner_1="amazon", Filter_1_Name="name", Filter_1_Value_1=NAME_PATTERN)
    with Fleet() as servers:
        alternate(settings, row, servers, lambda server: ([plan], {"connections": 4}))
    return compare(row, 100)


def image_cycle(settings):
    row = Row("image-cycle", "CreateImage, DescribeImages, DeregisterImage", "cycles/s")
    with Fleet() as servers:
        ids = {server.name: launch(server, 1)[0] for server in servers}

        def plan_of(server):
            name = f"bench-{time.monotonic_ns()}-{{n}}"
            steps = [
                step("CreateImage", "<imageId>", "imageId", InstanceId=ids[server.name], Name=name, NoReboot="true"),
                step("DescribeImages", "<imageId>", ImageId_1="{captured}"),
                step("DeregisterImage", "DeregisterImageResponse", ImageId="{captured}"),
            ]
            return steps, {"connections": 4}

        alternate(settings, row, servers, plan_of)
    return compare(row, 100)


def ceiling(settings):
    row = Row("ceiling", "DescribeInstances of one id, as a share of a bare Beast server", "/s", target="≥ 0.4")
    with Fleet([Amity]) as (amity,):
        ids = launch(amity, 1000)
        with Ceiling(amity.call("DescribeInstances", InstanceId_1=ids[0])) as bare:
            plan = step("DescribeInstances", "<instanceId>", InstanceId_1="{value}")
            alternate(settings, row, [amity, bare], lambda _: ([plan], {"connections": 8, "values": ids}))
    row.ratio = row.values["Amity"] / row.values["ceiling"]
    row.details["ratio_of_processor_time"] = row.details["ceiling"]["server_us"] / row.details["Amity"]["server_us"]
    row.reached = row.ratio >= 0.4
    return row


def latency(settings):
    row = Row("latency", "p99 of a read at half the peak rate while another client writes", "ms", target="≤ 5 ms", limit=5)
    found = []
    with Fleet([Amity]) as (amity,):
        ids = launch(amity, 1000)
        read = [step("DescribeInstances", "<instanceId>", InstanceId_1="{value}")]
        peak = amity.load(read, connections=8, values=ids, seconds=settings.seconds)["rate"]
        steps, plan = one_launch(amity)
        for _ in range(settings.rounds):
            with Load(amity, steps, **{**plan, "connections": 1, "seconds": settings.seconds + 1}) as writer:
                found.append(amity.load(read, connections=8, values=ids, seconds=settings.seconds, rate=peak / 2))
                row.details["writes_per_second"] = writer.result()["rate"]
    row.add("Amity", [one["p99_ms"] for one in found])
    row.details["Amity"] = {key: statistics.median(one[key] for one in found) for key in ("rate", "p50_ms", "max_ms")}
    row.reached = row.is_within_limit()
    return row


def hold_up(settings):
    row = Row("hold-up", "longest small read while pages of 1,000 are read", "ms", target="≤ 15 ms", limit=15)
    found = []
    with Fleet([Amity]) as (amity,):
        ids = launch(amity, 1000)
        pages = [step("DescribeInstances", "<instanceId>", min_bytes=500_000, MaxResults=1000)]
        read = [step("DescribeInstances", "<instanceId>", InstanceId_1="{value}")]
        for _ in range(settings.rounds):
            with Load(amity, pages, seconds=settings.seconds + 0.5):
                time.sleep(0.25)
                found.append(amity.load(read, connections=1, values=ids, seconds=settings.seconds, rate=50))
    row.add("Amity", [one["p99_ms"] for one in found])
    row.details["Amity"] = {key: statistics.median(one[key] for one in found) for key in ("p50_ms", "max_ms")}
    row.reached = row.is_within_limit()
    row.what += " (p99)"
    return row


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


def durability(settings):
    row = Row("durability", "RunInstances as above, normal and --durability full", "/s", target="reported")
    for name in ("normal", "full"):
        with Amity(durability=name) as amity:
            one = Row("", "", "")
            alternate(settings, one, [amity], lambda server: one_launch(server))
            row.add(name, one.samples["Amity"])
    row.ratio = row.values["full"] / row.values["normal"]
    return row


def program(name, title):
    """A row for each line that a measuring program of the house prints."""
    lines = subprocess.run([BUILD / "bench" / f"amity_bench_{name}"], check=True, capture_output=True, text=True).stdout
    rows = []
    for line in lines.splitlines():
        milliseconds, what = line.split(maxsplit=1)
        row = Row(name, f"{title}: {what}", "ms", target="reported")
        row.add("Amity", [float(milliseconds)])
        rows.append(row)
    return rows


def billing(_):
    return program("billing", "bill")


def blocks(_):
    return program("blocks", "blocks")


ROWS = {
    "start": start,
    "memory": memory,
    "size": size,
    "describe-one": describe_one,
    "run-instances": run_instances,
    "page": page,
    "describe-images": describe_images,
    "image-cycle": image_cycle,
    "ceiling": ceiling,
    "latency": latency,
    "hold-up": hold_up,
    "growth": growth,
    "durability": durability,
    "billing": billing,
    "blocks": blocks,
}
