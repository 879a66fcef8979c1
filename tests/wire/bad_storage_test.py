#!/usr/bin/env python3
"""What becomes of a state whose storage fails: no space, no right to write, a file that vanishes, damaged pages.

    bad_storage_test.py AMITY [unittest arguments]

AMITY_DAMAGES says how many files are damaged, each in its own way.
"""
import contextlib
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import unittest

import process_test
from process_test import DEADLINE, ENVIRONMENT, ProcessTest, Served, amity, call

NOBODY = 65534
DAMAGES = int(os.environ.get("AMITY_DAMAGES", "25"))


def create_volume(port):
    return call(port, "CreateVolume", AvailabilityZone="us-east-1a", Size="1")


def volumes(port):
    status, body = call(port, "DescribeVolumes")
    assert status == 200, body
    return set(re.findall(r"<volumeId>(vol-\w+)<", body))


def fill(port, most=4000):
    """Makes volumes until there is no space for one more; gives those that were acknowledged, and the refusal."""
    made = set()
    for _ in range(most):
        status, body = create_volume(port)
        if status != 200:
            return made, status, body
        made |= set(re.findall(r"<volumeId>(vol-\w+)<", body))
    raise AssertionError("there is space without end")


class BadStorageTest(ProcessTest):
    def assert_checks(self, state, run=amity):
        result = run("check", "--data", state)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, f"{state}: nothing is wrong\n", ""))

    def make_state(self, name="state.db", calls=()):
        state = self.path(name)
        with Served("--data", state, "--log-level", "off") as served:
            create_volume(served.port)
            for action, parameters in calls:
                status, body = call(served.port, action, **parameters)
                self.assertEqual(status, 200, body)
            self.assertEqual(served.end()[0], 0)
        return state

    def assert_full(self, served, make_space):
        made, status, body = fill(served.port)
        self.assertEqual(status, 500, body)
        self.assertIn("<Code>InternalError</Code>", body)
        self.assertGreater(len(made), 10)
        self.assertEqual(create_volume(served.port)[0], 500)
        make_space()
        status, body = create_volume(served.port)
        self.assertEqual(status, 200, body)
        made |= set(re.findall(r"<volumeId>(vol-\w+)<", body))
        self.assertEqual(volumes(served.port), made)  # all that was acknowledged, and nothing that was not
        return made


class FullDisk(BadStorageTest):
    """A small file system of its own, in a mount namespace that a process holds open."""

    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        os.mkdir(self.disk)
        script = 'mount --make-rprivate / && mount -t tmpfs -o size=2m none "$0" && echo ready && exec sleep 600'
        holder = subprocess.Popen(["unshare", "-m", "sh", "-c", script, self.disk], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)
        self.addCleanup(holder.stdout.close)
        if holder.stdout.readline() != "ready\n":
            self.skipTest("no file system can be mounted here")
        self.inside = ["nsenter", "--target", str(holder.pid), "--mount"]

    def run_inside(self, *arguments):
        return subprocess.run([*self.inside, process_test.AMITY, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=DEADLINE, env=ENVIRONMENT, check=False)

    def resize(self, size):
        subprocess.run([*self.inside, "mount", "-o", f"remount,size={size}", self.disk], check=True)

    def test_a_full_disk_is_an_internal_error_until_there_is_space(self):
        state = f"{self.disk}/state.db"
        with Served("--data", state, "--log-level", "error", prefix=self.inside) as served:
            made = self.assert_full(served, lambda: self.resize("40m"))
            status, _, err = served.end()
            self.assertEqual(status, 0)
            self.assertIn("there is no space left for the file", err)
        self.assert_checks(state, self.run_inside)
        with Served("--data", state, prefix=self.inside) as served:
            self.assertEqual(volumes(served.port), made)

    def test_killed_and_started_again_on_a_full_disk(self):
        state = f"{self.disk}/state.db"
        with Served("--data", state, "--log-level", "off", prefix=self.inside) as served:
            made = fill(served.port)[0]
            served.end(signal.SIGKILL)
        self.assert_checks(state, self.run_inside)
        self.resize("40m")
        with Served("--data", state, prefix=self.inside) as served:
            self.assertEqual(volumes(served.port), made)

    def test_no_state_begins_on_a_full_disk(self):
        subprocess.run([*self.inside, "sh", "-c", 'head -c 3M /dev/zero >"$0"', f"{self.disk}/fill"], check=False,
                       stderr=subprocess.DEVNULL)
        self.assert_refused(self.run_inside("--port", "0", "--data", f"{self.disk}/state.db"), "no space left")


class LimitedFile(BadStorageTest):
    """A limit on the length of files (ulimit -f) is no reason to end either."""

    def test_a_file_at_its_limit_is_an_internal_error_until_it_may_grow(self):
        state = self.path("state.db")
        with Served("--data", state, "--log-level", "off") as served:
            pid, (_, most) = served.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1 << 21, most))
            made = self.assert_full(served, lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most)))
            self.assertEqual(served.end()[0], 0)
        self.assert_checks(state)
        with Served("--data", state) as served:
            self.assertEqual(volumes(served.port), made)


class ReadOnly(BadStorageTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        # Root may write everywhere.
        self.as_user = {"user": NOBODY} if os.getuid() == 0 else {}
        if subprocess.run([process_test.AMITY, "version"], capture_output=True, check=False, **self.as_user).returncode:
            self.skipTest("the binary is out of another user's reach")

    def assert_read_only(self, state):
        before = pathlib.Path(state).read_bytes()
        self.assert_refused(amity("--port", "0", "--data", state, **self.as_user), state, "cannot be written")
        self.assert_checks(state, lambda *arguments: amity(*arguments, **self.as_user))
        self.assertEqual(pathlib.Path(state).read_bytes(), before)
        self.assertEqual(os.listdir(self.folder), ["state.db"])

    def test_a_file_that_may_not_be_written_is_refused_and_can_be_checked(self):
        state = self.make_state()
        os.chmod(state, 0o444)
        self.assert_read_only(state)

    def test_a_folder_that_may_not_be_written_is_refused(self):
        state = self.make_state()
        os.chmod(state, 0o666)
        self.folder.chmod(0o555)
        self.assert_read_only(state)


class Vanished(BadStorageTest):
    def test_what_could_not_be_kept_is_not_acknowledged(self):
        state = self.path("state.db")
        with Served("--data", state, "--log-level", "error") as served:
            create_volume(served.port)
            made = volumes(served.port)
            os.rename(state, self.path("elsewhere.db"))
            status, body = create_volume(served.port)
            self.assertEqual(status, 500, body)
            self.assertIn("<Code>InternalError</Code>", body)
            self.assertEqual(volumes(served.port), made)  # what is known can still be told
            os.rename(self.path("elsewhere.db"), state)
            self.assertEqual(create_volume(served.port)[0], 200)
            made = volumes(served.port)
            self.assertEqual(len(made), 2)
            status, _, err = served.end()
            self.assertEqual(status, 0)
            self.assertIn("not in its place any more", err)
        with Served("--data", state) as served:
            self.assertEqual(volumes(served.port), made)

    def test_a_file_that_is_gone_for_good_ends_nothing(self):
        state = self.path("state.db")
        with Served("--data", state, "--log-level", "off") as served:
            create_volume(served.port)
            for name in os.listdir(self.folder):
                os.remove(self.path(name))
            for _ in range(3):
                self.assertEqual(create_volume(served.port)[0], 500)
            self.assertIn(served.end()[0], (0, 1))


class Damaged(BadStorageTest):
    CALLS = [("RunInstances", {"ImageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
                               "InstanceType": "t3.micro", "MinCount": "5", "MaxCount": "5"}),
             ("CreateSecurityGroup", {"GroupName": "web", "GroupDescription": "web"}),
             ("CreateKeyPair", {"KeyName": "key"}),
             ("DescribeInstances", {}), ("DescribeImages", {"Owner.1": "self"})]

    def damage(self, state, chance):
        """Some bytes somewhere, a page of zeros, or an end that is missing."""
        data = bytearray(pathlib.Path(state).read_bytes())
        kind = chance.randrange(4)
        if kind == 0:
            del data[chance.randrange(1, len(data)):]
        elif kind == 1:
            page = chance.randrange(len(data) // 4096)
            data[page * 4096:(page + 1) * 4096] = bytes(4096)
        else:
            # The first bytes of a page tell what it is.
            for _ in range(chance.choice((1, 3, 30))):
                offset = chance.randrange(64) if kind == 2 else chance.randrange(4096)
                data[chance.randrange(len(data) // 4096) * 4096 + offset] = chance.randrange(256)
        pathlib.Path(state).write_bytes(data)

    def assert_withstands(self, state):
        checked = amity("check", "--data", state)
        self.assertIn(checked.returncode, (0, 1), checked.stderr)
        self.assertTrue(checked.stdout or checked.stderr.startswith("amity: cannot check "), checked.stderr)
        arguments = ["serve", "--port", "0", "--data", state, "--log-level", "off"]
        process = subprocess.Popen([process_test.AMITY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        line = process.stdout.readline()
        if not line:
            err = process.communicate(timeout=DEADLINE)[1]
            self.assertEqual(process.returncode, 1, err)
            self.assertTrue(err.startswith("amity: "), err)
            return False
        port = int(line.rsplit(":", 1)[1])
        try:
            for action, parameters in (*self.CALLS, ("DescribeVolumes", {}), ("DescribeSecurityGroups", {}), ("DescribeTags", {}),
                                       ("CreateVolume", {"AvailabilityZone": "us-east-1a", "Size": "1"})):
                self.assertIn(call(port, action, **parameters)[0], (200, 400, 500))
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)
        self.assertIn(process.returncode, (0, 1))
        return True

    def test_a_damaged_file_is_told_or_withstood(self):
        sound = self.make_state("sound.db", self.CALLS)
        state, served = self.path("state.db"), 0
        for number in range(DAMAGES):
            with self.subTest(number):
                shutil.copy(sound, state)
                self.damage(state, random.Random(number))
                served += self.assert_withstands(state)
                for rest in self.folder.glob("state.db*"):
                    rest.unlink()
        self.assertGreater(served, 0)
        self.assertLess(served, DAMAGES)

    def test_check_finds_what_another_program_has_changed(self):
        state = self.make_state()
        with contextlib.closing(sqlite3.connect(state)) as database:
            database.execute("UPDATE volume SET state = 'in-use'")
            database.commit()
        result = amity("check", "--data", state)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertRegex(result.stdout, r"^not so: a row's columns say what its document says\n  us-east-1 vol-\w+ volume: "
                         r"state is 'in-use', not '(creating|available)'\n$")

    def test_check_finds_damaged_pages(self):
        state = self.make_state()
        data = pathlib.Path(state).read_bytes()
        pathlib.Path(state).write_bytes(data[:-4096] + bytes(4096))
        result = amity("check", "--data", state)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn("not so: the file is not damaged", result.stdout)


class Checking(BadStorageTest):
    def test_a_file_that_is_served_cannot_be_checked(self):
        state = self.path("state.db")
        with Served("--data", state) as served:
            create_volume(served.port)
            self.assert_refused(amity("check", "--data", state), state, "another process")
            self.assertEqual(create_volume(served.port)[0], 200)
            served.end(signal.SIGKILL)
        before = {name: pathlib.Path(self.path(name)).read_bytes() for name in os.listdir(self.folder)}
        self.assertIn("state.db-wal", before)
        self.assert_checks(state)  # what the killed process has left in its log, too
        self.assertEqual({name: pathlib.Path(self.path(name)).read_bytes() for name in os.listdir(self.folder)}, before)

    def test_what_is_no_state_is_told(self):
        missing, text = self.path("none.db"), self.write("letter.txt", "Dear Sir or Madam, " * 100)
        self.assert_refused(amity("check", "--data", missing), missing, "there is no file")
        self.assert_refused(amity("check", "--data", text), text, "not a database")
        self.assert_refused(amity("check", "--data", str(self.folder)), str(self.folder))
        self.assertEqual(os.listdir(self.folder), ["letter.txt"])
        result = amity("check")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--data", result.stderr)


if __name__ == "__main__":
    process_test.AMITY = sys.argv.pop(1)
    unittest.main()
