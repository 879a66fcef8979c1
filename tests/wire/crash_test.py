#!/usr/bin/env python3
"""Kills Amity at random moments while several clients change its state, starts it again on the same file, and looks whether
everything that was acknowledged is there, everything that was deleted is gone, and nothing is half there.

    crash_test.py AMITY [--rounds N] [--seed NUMBER]

Each client has an account of its own and keeps a ledger: what it was told is there, and what it was told is gone. Calls that the
kill has cut off are in doubt: they may have happened or not, but only as a whole.
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import process_test
from process_test import DEADLINE, ENVIRONMENT, Served, amity, request

CLIENTS = 5
HERE, THERE = "us-east-1", "eu-west-1"


class Kind:
    """Something that is listed: by which call, and where its id stands in the answer."""

    def __init__(self, pattern, action, region=HERE, **parameters):
        self.pattern, self.action, self.region = re.compile(pattern), action, region
        self.parameters = {name.replace("_", "."): value for name, value in parameters.items()}


LOADED = {"Filter_1_Name": "tag-key", "Filter_1_Value_1": "Load"}
LIVING = {"Filter_1_Name": "instance-state-name",
          **{f"Filter_1_Value_{n}": state for n, state in enumerate(("pending", "running", "stopping", "stopped"), 1)}}
KINDS = {
    "volume": Kind(r"<volumeId>(vol-\w+)<", "DescribeVolumes", **LOADED),
    "snapshot": Kind(r"<snapshotId>(snap-\w+)<", "DescribeSnapshots", Owner_1="self", **LOADED),
    "image": Kind(r"<imageId>(ami-\w+)<", "DescribeImages", Owner_1="self"),
    "copy": Kind(r"<imageId>(ami-\w+)<", "DescribeImages", THERE, Owner_1="self"),
    "instance": Kind(r"<instanceId>(i-\w+)<", "DescribeInstances", **LIVING),
    "key": Kind(r"<keyPairId>(key-\w+)<", "DescribeKeyPairs"),
    "group": Kind(r"<groupId>(sg-\w+)<", "DescribeSecurityGroups", **LOADED),
    "template": Kind(r"<launchTemplateId>(lt-\w+)<", "DescribeLaunchTemplates"),
}


class Cut(Exception):
    """The connection ended before the answer."""


class Client:
    """A connection with an account of its own, and what it knows of its resources."""

    def __init__(self, number, seed):
        self.account = f"{111111111100 + number}"
        self.random = random.Random(seed * 100 + number)
        self.there = {kind: set() for kind in KINDS}  # acknowledged
        self.gone = {kind: set() for kind in KINDS}
        self.tags = {}  # of volumes and images: the values that are possible
        self.doubt = []  # calls without an answer: (kind, what they would have made or deleted)
        self.port = self.connection = None
        self.calls = self.names = 0

    def connect(self, port):
        self.port, self.connection = port, http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)

    def call(self, action, region=HERE, **parameters):
        """The answer; None when EC2 refuses, which it may, as clients do not look at states first."""
        form = {"Action": action, "Version": "2016-11-15", **{name.replace("_", "."): v for name, v in parameters.items()}}
        scope = f"{self.account}/20260102/{region}/ec2/aws4_request"
        try:
            self.connection.request("POST", "/", urllib.parse.urlencode(form), {
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"})
            answer = self.connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Cut from error
        self.calls += 1
        if answer.status >= 500:
            raise AssertionError(f"{action}: {answer.status} {body}")
        return body if answer.status == 200 else None

    # Load

    def work(self):
        """Until the server is gone."""
        with contextlib.suppress(Cut):
            while True:
                self.random.choice(self.STEPS)(self)

    def name(self, what):
        self.names += 1
        return f"{what}-{self.account[-2:]}-{self.names}-{self.random.randrange(10**6)}"

    def some(self, kind):
        known = sorted(self.there[kind])
        return self.random.choice(known) if known else None

    def make(self, kind, action, count=1, most=12, **parameters):
        if len(self.there[kind]) >= most:
            return self.drop(kind)
        self.doubt.append((kind, count))
        body = self.call(action, KINDS[kind].region, **parameters)
        self.doubt.pop()
        if body:
            ids = set(KINDS[kind].pattern.findall(body))
            assert len(ids) == count, f"{action} answered {body}"
            self.there[kind] |= ids
        return None

    def drop(self, kind):
        action, parameter = {"volume": ("DeleteVolume", "VolumeId"), "snapshot": ("DeleteSnapshot", "SnapshotId"),
                             "image": ("DeregisterImage", "ImageId"), "copy": ("DeregisterImage", "ImageId"),
                             "instance": ("TerminateInstances", "InstanceId.1"), "key": ("DeleteKeyPair", "KeyPairId"),
                             "group": ("DeleteSecurityGroup", "GroupId"),
                             "template": ("DeleteLaunchTemplate", "LaunchTemplateId")}[kind]
        victim = self.some(kind)
        if not victim:
            return
        self.doubt.append((kind, victim))
        body = self.call(action, KINDS[kind].region, **{parameter: victim})
        self.doubt.pop()
        if body:
            self.there[kind].discard(victim)
            self.gone[kind].add(victim)
            self.tags.pop(victim, None)

    def tag(self, kind):
        target, value = self.some(kind), self.name("value")
        if not target:
            return
        before = self.tags.get(target, {None})
        self.tags[target] = before | {value}
        body = self.call("CreateTags", ResourceId_1=target, Tag_1_Key="Note", Tag_1_Value=value)
        self.tags[target] = {value} if body else before

    @staticmethod
    def load_tag(kind):
        return {"TagSpecification_1_ResourceType": kind, "TagSpecification_1_Tag_1_Key": "Load",
                "TagSpecification_1_Tag_1_Value": "1"}

    def make_volume(self):
        self.make("volume", "CreateVolume", AvailabilityZone=HERE + "a", Size="4", **self.load_tag("volume"))

    def make_snapshot(self):
        if volume := self.some("volume"):
            self.make("snapshot", "CreateSnapshot", VolumeId=volume, **self.load_tag("snapshot"))

    def make_instances(self):
        count = self.random.choice((1, 2))
        self.make("instance", "RunInstances", count, ImageId=Client.base_image, InstanceType="t3.micro",
                  MinCount=str(count), MaxCount=str(count))

    def make_image(self):
        if instance := self.some("instance"):
            self.make("image", "CreateImage", InstanceId=instance, Name=self.name("golden"))

    def copy_image(self):
        if image := self.some("image"):
            self.make("copy", "CopyImage", SourceImageId=image, SourceRegion=HERE, Name=self.name("copy"))

    def make_key(self):
        self.make("key", "CreateKeyPair", KeyName=self.name("key"), KeyType="ed25519")

    def make_group(self):
        self.make("group", "CreateSecurityGroup", GroupName=self.name("group"), GroupDescription="load",
                  **self.load_tag("security-group"))

    def open_group(self):
        if group := self.some("group"):
            self.call("AuthorizeSecurityGroupIngress", GroupId=group, IpProtocol="tcp", CidrIp="10.0.0.0/8",
                      FromPort=str(self.random.randrange(1, 65535)), ToPort="65535")

    def make_template(self):
        self.make("template", "CreateLaunchTemplate", LaunchTemplateName=self.name("template"),
                  LaunchTemplateData_InstanceType="t3.micro")

    def attach(self):
        volume, instance = self.some("volume"), self.some("instance")
        if volume and instance:
            self.call("AttachVolume", VolumeId=volume, InstanceId=instance, Device=f"/dev/sd{self.random.choice('fghijk')}")

    def detach(self):
        if volume := self.some("volume"):
            self.call("DetachVolume", VolumeId=volume)

    def stop_or_start(self):
        if instance := self.some("instance"):
            self.call(self.random.choice(("StopInstances", "StartInstances")), InstanceId_1=instance)

    STEPS = [make_volume, make_volume, make_snapshot, make_snapshot, make_instances, make_instances, make_image, copy_image,
             make_key, make_group, open_group, make_template, attach, detach, stop_or_start,
             lambda self: self.tag("volume"), lambda self: self.tag("image"),
             *(lambda self, kind=kind: self.drop(kind) for kind in KINDS)]

    # Looking back

    def listed(self, kind):
        one = KINDS[kind]
        body = self.call(one.action, one.region, **one.parameters)
        assert body, f"{one.action} was refused"
        return set(one.pattern.findall(body))

    def verify_present(self):
        """Directly after the start: nothing that was acknowledged is missing."""
        doubtful = {what for _, what in self.doubt}
        for kind, known in self.there.items():
            missing = known - self.listed(kind) - doubtful
            assert not missing, f"{self.account} has lost {kind} {missing}"
        for target, values in self.tags.items():
            if target in doubtful:
                continue
            body = self.call("DescribeTags", Filter_1_Name="resource-id", Filter_1_Value_1=target,
                             Filter_2_Name="key", Filter_2_Value_1="Note")
            found = re.findall("<value>(.*?)</value>", body)
            assert (found[0] if found else None) in values, f"{target} has the tag {found}, not one of {values}"
            self.tags[target] = {found[0] if found else None}

    def verify_all(self):
        """When everything that takes time has come to its end: what is there is what was acknowledged, or in doubt."""
        for kind, known in self.there.items():
            found = self.listed(kind)
            back = found & self.gone[kind]
            assert not back, f"{self.account} has got back {kind} {back}"
            doubtful = [what for one, what in self.doubt if one == kind]
            missing = known - found - set(doubtful)
            assert not missing, f"{self.account} has lost {kind} {missing}"
            more = found - known
            # Every call is there as a whole, or not at all.
            assert len(more) in {0, *(what for what in doubtful if isinstance(what, int))}, \
                f"{self.account} has {kind} {more}, and in doubt were {doubtful}"
            self.gone[kind] |= known - found
            self.there[kind] = found
        self.tags = {target: values for target, values in self.tags.items()
                     if any(target in known for known in self.there.values())}
        self.doubt.clear()


def find_base_image(port):
    client = Client(0, 0)
    client.connect(port)
    body = client.call("DescribeImages", Owner_1="amazon", Filter_1_Name="name", Filter_1_Value_1="al2023-ami-2023*-x86_64")
    return KINDS["image"].pattern.findall(body)[-1]


def advance(port, by):
    status, body = request(port, "POST", "/_amity/clock", json.dumps({"advance": by}))
    assert status == 200, body


def move_time(port, chance):
    """Lets much fall due at once, again and again, until the server is gone."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            advance(port, f"{chance.randrange(1, 90)}m")
            time.sleep(chance.uniform(0, 0.05))


def check(state):
    result = amity("check", "--data", state)
    assert (result.returncode, result.stderr) == (0, ""), f"{result.stdout}{result.stderr}"


def one_round(state, clients, chance):
    options = ["--data", state, "--log-level", "off", "--profile", chance.choice(("instant", "realistic")),
               "--durability", chance.choice(("normal", "normal", "normal", "full"))]
    if chance.random() < 0.2:  # killed while it starts
        process = subprocess.Popen([process_test.AMITY, "serve", "--port", "0", *options], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        process.wait(DEADLINE)
    with Served(*options) as served:
        failures = []

        def run(work, *arguments):
            try:
                work(*arguments)
            except BaseException as failure:  # pylint: disable=broad-except
                failures.append(failure)

        threads = []
        for client in clients:
            client.connect(served.port)
            threads.append(threading.Thread(target=run, args=(client.work,)))
        if chance.random() < 0.5:
            threads.append(threading.Thread(target=run, args=(move_time, served.port, random.Random(chance.random()))))
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0, 0.6))
        served.end(signal.SIGKILL)
        for thread in threads:
            thread.join(DEADLINE)
        if failures:
            raise failures[0]
    check(state)
    with Served("--data", state, "--log-level", "off") as served:
        for client in clients:
            client.connect(served.port)
            client.verify_present()
        for _ in range(2):
            advance(served.port, "2h")
            clients[0].listed("volume")
        for client in clients:
            client.verify_all()
        served.end(signal.SIGKILL if chance.random() < 0.5 else signal.SIGTERM)
    check(state)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("amity")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    process_test.AMITY = arguments.amity
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        state = str(pathlib.Path(folder) / "state.db")
        with Served("--data", state) as served:
            Client.base_image = find_base_image(served.port)
        clients = [Client(number, arguments.seed) for number in range(1, CLIENTS + 1)]
        for number in range(1, arguments.rounds + 1):
            try:
                one_round(state, clients, chance)
            except AssertionError as failure:
                sys.exit(f"round {number} of seed {arguments.seed}: {failure}")
        calls = sum(client.calls for client in clients)
    print(f"{arguments.rounds} rounds, {calls} calls answered: nothing lost, nothing half there (seed {arguments.seed})")


if __name__ == "__main__":
    main()
