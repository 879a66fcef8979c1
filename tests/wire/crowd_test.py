#!/usr/bin/env python3
"""Many clients at once, each doing a random mix of operations and knowing what it must then see.

    crowd_test.py AMITY [unittest arguments]

The clients share accounts, a Region, names that only one of them can have, a volume that only one can attach, and a parameter
whose versions they count. AMITY_CROWD_CLIENTS (64) and AMITY_CROWD_CALLS (40, of each client) make more of it.
"""
import http.client
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import threading
import unittest
import urllib.parse

import process_test
from process_test import DEADLINE, Served, amity

CLIENTS = int(os.environ.get("AMITY_CROWD_CLIENTS", "64"))
CALLS = int(os.environ.get("AMITY_CROWD_CALLS", "40"))
ACCOUNTS = ("111111111111", "222222222222", "333333333333", "444444444444")
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
ZONE = "us-east-1a"


class Refused(Exception):
    """An answer that is an error: its code."""


class Caller:
    def __init__(self, port, account):
        self.account = account
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4 * DEADLINE)

    def send(self, service, body, headers):
        scope = f"{self.account}/20260102/us-east-1/{service}/aws4_request"
        self.connection.request("POST", "/", body, {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}", **headers})
        response = self.connection.getresponse()
        text = response.read().decode()
        assert response.status < 500, (body, text)
        return response.status, text

    def ec2(self, action, **parameters):
        names = {name.replace("_", "."): value for name, value in parameters.items()}
        status, text = self.send("ec2", urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **names}),
                                 {"Content-Type": "application/x-www-form-urlencoded"})
        if status != 200:
            raise Refused(re.search("<Code>([^<]+)", text)[1])
        return text

    def ssm(self, action, **members):
        status, text = self.send("ssm", json.dumps(members), {"Content-Type": "application/x-amz-json-1.1",
                                                              "X-Amz-Target": f"AmazonSSM.{action}"})
        assert status == 200, text
        return json.loads(text)


def found(text, tag):
    return re.findall(f"<{tag}>([^<]+)</{tag}>", text)


class Shared:
    """What the clients of an account contend for, and how often each of them got it."""

    def __init__(self, port, account):
        self.caller, self.lock = Caller(port, account), threading.Lock()
        self.volume = found(self.caller.ec2("CreateVolume", AvailabilityZone=ZONE, Size=1), "volumeId")[0]
        self.keys = {f"shared-{number}": 0 for number in range(3)}  # created minus deleted
        self.versions = []

    def count(self, name, change):
        with self.lock:
            self.keys[name] += change


class Client(threading.Thread):
    """Owns what carries its name. Every step changes the emulator and this model of it in the same way, or looks."""

    def __init__(self, number, port, shared):
        super().__init__(daemon=True)
        self.name_, self.shared, self.chance = f"client-{number}", shared, random.Random(number)
        self.caller = Caller(port, shared.caller.account)
        self.volumes, self.snapshots, self.images, self.groups = {}, {}, {}, {}
        self.instances, self.keys = {}, set()
        self.failure, self.steps_done = None, 0

    def run(self):
        steps = [getattr(self, name) for name in dir(self) if name.startswith("step_")]
        try:
            for _ in range(CALLS):
                self.chance.choice(steps)()
                self.steps_done += 1
            self.look_at_everything()
        except BaseException as error:  # whatever it is, the test has to hear of it
            self.failure = f"{self.name_}: {type(error).__name__} {error} after {self.steps_done} steps"
            print(self.failure, file=sys.stderr)
        finally:
            self.caller.connection.close()

    def tagged(self, kind):
        return {"TagSpecification_1_ResourceType": kind, "TagSpecification_1_Tag_1_Key": "owner",
                "TagSpecification_1_Tag_1_Value": self.name_}

    def mine(self, action, tag):
        text = self.caller.ec2(action, Filter_1_Name="tag:owner", Filter_1_Value_1=self.name_)
        return text, sorted(found(text, tag))

    def some(self, owned):
        return self.chance.choice(sorted(owned)) if owned else None

    def expect_refusal(self, code, action, **parameters):
        try:
            self.caller.ec2(action, **parameters)
        except Refused as refused:
            assert str(refused) == code, (action, str(refused), code)
        else:
            raise AssertionError(f"{action} should have been refused with {code}")

    def step_create_volume(self):
        size = self.chance.randrange(1, 100)
        text = self.caller.ec2("CreateVolume", AvailabilityZone=ZONE, Size=size, **self.tagged("volume"))
        self.volumes[found(text, "volumeId")[0]] = size

    def step_delete_volume(self):
        if volume := self.some(self.volumes):
            self.caller.ec2("DeleteVolume", VolumeId=volume)
            del self.volumes[volume]
            self.expect_refusal("InvalidVolume.NotFound", "DeleteVolume", VolumeId=volume)

    def step_look_at_volumes(self):
        text, ids = self.mine("DescribeVolumes", "volumeId")
        assert ids == sorted(self.volumes), (ids, self.volumes)
        assert sorted(map(int, found(text, "size"))) == sorted(self.volumes.values()), (text, self.volumes)

    def step_create_snapshot(self):
        if volume := self.some(self.volumes):
            text = self.caller.ec2("CreateSnapshot", VolumeId=volume, **self.tagged("snapshot"))
            self.snapshots[found(text, "snapshotId")[0]] = self.volumes[volume]

    def step_delete_snapshot(self):
        if snapshot := self.some(self.snapshots):
            self.caller.ec2("DeleteSnapshot", SnapshotId=snapshot)
            del self.snapshots[snapshot]

    def step_look_at_snapshots(self):
        assert self.mine("DescribeSnapshots", "snapshotId")[1] == sorted(self.snapshots)

    def step_run_instance(self):
        if len(self.instances) < 3:
            text = self.caller.ec2("RunInstances", ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="t3.micro",
                                   **self.tagged("instance"))
            self.instances[found(text, "instanceId")[0]] = "running"

    def step_stop_or_start_instance(self):
        if (instance := self.some(self.instances)) and self.instances[instance] != "terminated":
            running = self.instances[instance] == "running"
            self.caller.ec2("StopInstances" if running else "StartInstances", InstanceId_1=instance)
            self.instances[instance] = "stopped" if running else "running"

    def step_terminate_instance(self):
        if instance := self.some(self.instances):
            self.caller.ec2("TerminateInstances", InstanceId_1=instance)
            self.instances[instance] = "terminated"

    def step_look_at_instances(self):
        text, ids = self.mine("DescribeInstances", "instanceId")
        assert ids == sorted(self.instances), (ids, self.instances)
        states = re.findall("<instanceState><code>[0-9]+</code><name>([a-z-]+)</name>", text)
        assert sorted(states) == sorted(self.instances.values()), (states, self.instances)

    def step_create_image(self):
        if (instance := self.some(self.instances)) and self.instances[instance] != "terminated":
            name = f"{self.name_}-{self.steps_done}"
            image = found(self.caller.ec2("CreateImage", InstanceId=instance, Name=name, NoReboot="true",
                                          **self.tagged("image")), "imageId")[0]
            self.images[image] = name
            self.expect_refusal("InvalidAMIName.Duplicate", "CreateImage", InstanceId=instance, Name=name, NoReboot="true")

    def step_deregister_image(self):
        if image := self.some(self.images):
            self.caller.ec2("DeregisterImage", ImageId=image)
            del self.images[image]

    def step_look_at_images(self):
        text, ids = self.mine("DescribeImages", "imageId")
        assert ids == sorted(self.images), (ids, self.images)
        assert sorted(found(text, "name")) == sorted(self.images.values()), text

    def step_create_key(self):
        name = f"{self.name_}-{self.chance.randrange(4)}"
        if name in self.keys:
            self.expect_refusal("InvalidKeyPair.Duplicate", "CreateKeyPair", KeyName=name, KeyType="ed25519")
        else:
            self.caller.ec2("CreateKeyPair", KeyName=name, KeyType="ed25519")
            self.keys.add(name)

    def step_delete_key(self):
        if name := self.some(self.keys):
            self.caller.ec2("DeleteKeyPair", KeyName=name)
            self.keys.remove(name)

    def step_look_at_keys(self):
        text = self.caller.ec2("DescribeKeyPairs", Filter_1_Name="key-name", Filter_1_Value_1=f"{self.name_}-*")
        assert sorted(found(text, "keyName")) == sorted(self.keys), (text, self.keys)

    def step_create_group(self):
        name = f"{self.name_}-{self.chance.randrange(3)}"
        if name in self.groups:
            self.expect_refusal("InvalidGroup.Duplicate", "CreateSecurityGroup", GroupName=name, GroupDescription="x")
        else:
            self.groups[name] = found(self.caller.ec2("CreateSecurityGroup", GroupName=name, GroupDescription="x"), "groupId")[0]

    def step_delete_group(self):
        if name := self.some(self.groups):
            self.caller.ec2("DeleteSecurityGroup", GroupId=self.groups.pop(name))

    def step_contend_for_a_key(self):
        name = self.chance.choice(sorted(self.shared.keys))
        try:
            self.caller.ec2("CreateKeyPair", KeyName=name, KeyType="ed25519")
            self.shared.count(name, 1)
        except Refused as refused:
            assert str(refused) == "InvalidKeyPair.Duplicate", refused
            # Whether this call is the one that deletes it is told by the answer alone: nobody else may have been told so.
            if found(self.caller.ec2("DeleteKeyPair", KeyName=name), "keyPairId"):
                self.shared.count(name, -1)

    def step_contend_for_a_volume(self):
        instance = next((i for i, state in sorted(self.instances.items()) if state == "running"), None)
        if instance:
            try:
                self.caller.ec2("AttachVolume", VolumeId=self.shared.volume, InstanceId=instance, Device="/dev/sdf")
            except Refused as refused:
                assert str(refused) == "VolumeInUse", refused
                return
            text = self.caller.ec2("DescribeVolumes", VolumeId_1=self.shared.volume)
            assert found(text, "instanceId") == [instance], (text, instance)
            self.caller.ec2("DetachVolume", VolumeId=self.shared.volume)

    def step_count_versions(self):
        version = self.caller.ssm("PutParameter", Name="/shared", Value=self.name_, Type="String", Overwrite=True)["Version"]
        with self.shared.lock:
            self.shared.versions.append(version)

    def look_at_everything(self):
        for name in dir(self):
            if name.startswith("step_look_at_"):
                getattr(self, name)()


class Crowd(unittest.TestCase):
    def test_everybody_sees_what_they_did_and_nothing_is_had_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            state = str(pathlib.Path(folder) / "state.db")
            with Served("--data", state, "--log-level", "error") as served:
                shared = [Shared(served.port, account) for account in ACCOUNTS]
                clients = [Client(number, served.port, shared[number % len(shared)]) for number in range(CLIENTS)]
                for client in clients:
                    client.start()
                for client in clients:
                    client.join()
                self.assertEqual([client.failure for client in clients if client.failure], [])
                for common in shared:
                    self.look_at_what_was_shared(common)
                self.assertEqual(served.end(), (0, "", ""))
            check = amity("check", "--data", state)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def look_at_what_was_shared(self, common):
        existing = found(common.caller.ec2("DescribeKeyPairs", Filter_1_Name="key-name", Filter_1_Value_1="shared-*"), "keyName")
        self.assertEqual(sorted(name for name, count in common.keys.items() if count), sorted(existing))
        self.assertLessEqual(set(common.keys.values()), {0, 1})
        self.assertEqual(sorted(common.versions), list(range(1, len(common.versions) + 1)))
        self.assertIn("<status>available</status>", common.caller.ec2("DescribeVolumes", VolumeId_1=common.volume))
        common.caller.connection.close()


if __name__ == "__main__":
    process_test.AMITY = sys.argv.pop(1)
    unittest.main()
