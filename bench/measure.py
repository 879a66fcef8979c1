"""What measuring takes: settings, a row of the table, requests, and servers that take turns."""

import statistics
from dataclasses import dataclass, field

from peers import available, form

INSTANCE_TYPE = "t3.micro"


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
