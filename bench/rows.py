"""The rows of the table: what is measured, and what it must reach."""

import os
import statistics
import subprocess
import tempfile
import time

from growth import growth, memory
from measure import INSTANCE_TYPE, Fleet, Row, Settings, alternate, compare, image_of, launch, step, subnets_of
from peers import BUILD, Amity, Ceiling, Load, available

# moto has its own few hundred images, ministack a handful: each answers the same request from what it has.
NAME_PATTERN = "amzn2-ami-*"


def start(settings):
    target = "≤ 25 ms, ≤ 1/50 of moto"
    row = Row("start", "exec to first 200 of DescribeRegions", "ms", target=target, limit=25, factor=50)
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
        ids = {server.name: launch(server, 100) for server in servers}

        def plan_of(server):
            name = f"bench-{time.monotonic_ns()}-{{n}}"
            steps = [
                step("CreateImage", "<imageId>", "imageId", InstanceId="{value}", Name=name, NoReboot="true"),
                step("DescribeImages", "<imageId>", ImageId_1="{captured}"),
                step("DeregisterImage", "DeregisterImageResponse", ImageId="{captured}"),
            ]
            return steps, {"connections": 4, "values": ids[server.name]}

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
    what = "p99 of a read at half the peak rate, beside a writer"
    row = Row("latency", what, "ms", target="≤ 5 ms", limit=5)
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
    row = Row("hold-up", "p99 of a small read beside pages of 1,000", "ms", target="≤ 15 ms", limit=15)
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
    return row


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
