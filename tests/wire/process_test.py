#!/usr/bin/env python3
"""Starts the built binary as users do, and looks at it from outside: what it prints, how it ends, what it leaves behind.

    process_test.py AMITY [unittest arguments]
"""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

AMITY = ""
DEADLINE = 30  # seconds; sanitizers and busy machines are slow
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("AMITY_", "AWS_"))}


def call(port, action, account="111111111111", **parameters):
    """One EC2 call: status and body."""
    form = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **parameters})
    scope = f"{account}/20260102/us-east-1/ec2/aws4_request"
    return request(port, "POST", "/", form, {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"})


def request(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()


def amity(*arguments, **more):
    """Runs Amity to its end."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": DEADLINE, "env": ENVIRONMENT}
    return subprocess.run([AMITY, *arguments], **{**options, **more})


class Served:
    """An Amity that serves, on a port that the kernel picked."""

    def __init__(self, *arguments, environment=None, prefix=()):
        self.process = subprocess.Popen([*prefix, AMITY, "serve", "--port", "0", *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**ENVIRONMENT, **(environment or {})})
        self.line = self.process.stdout.readline()
        if not self.line:
            raise AssertionError(f"did not start: {self.process.communicate()[1]}")
        self.port = int(self.line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(signal.SIGKILL)

    def end(self, how=signal.SIGTERM):
        """Exit status, and what was written behind the first line."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, out, err


class ProcessTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def enterContext(self, context):  # unittest's own is of Python 3.11
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.path(name)

    def assert_refused(self, result, *parts, status=1):
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("amity: "), result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)


class Serving(ProcessTest):
    def test_standard_output_is_one_line(self):
        with Served("--log-level", "debug") as served:
            self.assertEqual(served.line, f"amity listening on http://127.0.0.1:{served.port}\n")
            self.assertEqual(request(served.port, "GET", "/_amity/health")[0], 200)
            self.assertEqual(call(served.port, "DescribeKeyPairs")[0], 200)
            status, out, err = served.end()
            self.assertEqual((status, out), (0, ""))
            self.assertIn("ec2:DescribeKeyPairs 200", err)

    def test_health_is_the_exit_status(self):
        with Served() as served:
            url = f"http://127.0.0.1:{served.port}"
            result = amity("health", "--endpoint", url)
            self.assertEqual((result.returncode, json.loads(result.stdout)["status"]), (0, "ok"), result.stderr)
            self.assertEqual(amity("health", env={**ENVIRONMENT, "AMITY_PORT": str(served.port)}).returncode, 0)
            served.end()
            self.assert_refused(amity("health", "--endpoint", url), url)

    def test_signals_end_it_with_success(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how), Served() as served:
                self.assertEqual(served.end(how)[0], 0)

    def test_serving_is_the_default(self):
        process = self.enterContext(subprocess.Popen([AMITY, "--port", "0"], stdout=subprocess.PIPE,
                                                     stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT))
        self.assertTrue(process.stdout.readline().startswith("amity listening on http://127.0.0.1:"))
        process.terminate()
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_variables_are_flags(self):
        with Served(environment={"AMITY_ACCOUNT": "123456789012", "AMITY_LOG_LEVEL": "off"}) as served:
            self.assertIn("<ownerId>123456789012</ownerId>", call(served.port, "DescribeVpcs", account="me")[1])
            self.assertEqual(served.end(), (0, "", ""))

    def test_a_port_in_use_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assert_refused(amity("--port", str(port), "--host", "127.0.0.1"), str(port))

    def test_unknown_regions_and_bad_fixtures_keep_it_from_starting(self):
        self.assert_refused(amity("--port", "0", "--region", "mars-1"), "mars-1")
        self.assert_refused(amity("--port", "0", "--fixtures", self.path("none.json")), "none.json")
        self.assert_refused(amity("--port", "0", "--fixtures", str(self.folder)), "*.json")
        bad = self.write("bad.json", '{\n"Images": [{"ImageId": "ami-1"}]}')
        self.assert_refused(amity("--port", "0", "--fixtures", bad), f"{bad}:2: Images[0].ImageId must be")

    def test_wrong_arguments_are_another_status(self):
        result = amity("--prot", "1")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("--prot", result.stderr)


class Keeping(ProcessTest):
    def create_key(self, port, name):
        self.assertEqual(call(port, "CreateKeyPair", KeyName=name, KeyType="ed25519")[0], 200)

    def assert_keys(self, port, *names):
        body = call(port, "DescribeKeyPairs")[1]
        self.assertEqual([name for name in ("first", "second", "fixed") if f"<keyName>{name}<" in body], list(names))

    def test_state_and_clock_outlive_kill_9(self):
        state = self.path("state.db")
        with Served("--data", state) as served:
            self.create_key(served.port, "first")
            request(served.port, "POST", "/_amity/clock", '{"set": "2040-01-01T00:00:00Z"}')
            request(served.port, "POST", "/_amity/clock", '{"freeze": true}')
            self.assertEqual(served.end(signal.SIGKILL)[0], -signal.SIGKILL)
        with Served("--data", state) as served:
            self.assert_keys(served.port, "first")
            clock = json.loads(request(served.port, "GET", "/_amity/clock")[1])
            self.assertTrue(clock["now"].startswith("2040-01-01T00:00:0"), clock)
            self.assertTrue(clock["frozen"])
            self.create_key(served.port, "second")
            self.assertEqual(served.end()[0], 0)
        self.assertEqual(os.listdir(self.folder), ["state.db"])  # a clean stop leaves one file
        with Served(environment={"AMITY_DATA": state}) as served:
            self.assert_keys(served.port, "first", "second")

    def test_killed_in_the_middle_of_much(self):
        state = self.path("state.db")
        with Served("--data", state, "--log-level", "off") as served:
            for number in range(50):
                call(served.port, "CreateVolume", AvailabilityZone="us-east-1a", Size=str(number + 1))
            served.process.kill()
            served.process.wait(DEADLINE)
        with Served("--data", state) as served:
            self.assertEqual(call(served.port, "DescribeVolumes")[1].count("<volumeId>"), 50)

    def test_fixtures_are_loaded_into_a_file_once(self):
        state = self.path("state.db")
        fixture = self.write("keys.json", '{"Account": "111111111111",'
                             ' "KeyPairs": [{"KeyName": "fixed", "KeyFingerprint": "00"}]}')
        with Served("--data", state, "--fixtures", fixture) as served:
            self.assert_keys(served.port, "fixed")
            call(served.port, "DeleteKeyPair", KeyName="fixed")
            served.end()
        with Served("--data", state, "--fixtures", fixture) as served:
            self.assert_keys(served.port)  # deleted is deleted
            request(served.port, "POST", "/_amity/reset")
            self.assert_keys(served.port, "fixed")

    def test_a_seed_gives_new_ids_after_a_restart(self):
        state, ids = self.path("state.db"), []
        for _ in range(2):
            with Served("--data", state, "--seed", "1") as served:
                status, body = call(served.port, "CreateVolume", AvailabilityZone="us-east-1a", Size="1")
                self.assertEqual(status, 200, body)
                ids.append(body.split("<volumeId>")[1][:21])
                served.end()
        self.assertEqual(len(set(ids)), 2)

    def test_one_process_at_a_time(self):
        state = self.path("state.db")
        with Served("--data", state) as served:
            self.assert_refused(amity("--port", "0", "--data", state), state, "another process")
            self.create_key(served.port, "first")
            self.assert_keys(served.port, "first")

    def test_other_files_are_refused_and_left_alone(self):
        newer = self.path("newer.db")
        with Served("--data", newer) as served:
            served.end()
        with contextlib.closing(sqlite3.connect(newer)) as database:
            database.execute("PRAGMA user_version = 4000")
        foreign = self.path("foreign.db")
        with contextlib.closing(sqlite3.connect(foreign)) as database:
            database.execute("CREATE TABLE mine (x)")
            database.commit()
        text = self.write("letter.txt", "Dear Sir or Madam, " * 100)
        for file, reason in ((newer, "newer Amity"), (foreign, "another program"), (text, "")):
            with self.subTest(file):
                before = pathlib.Path(file).read_bytes()
                for arguments in (("--port", "0", "--data", file), ("fixtures", "dump", "--data", file)):
                    self.assert_refused(amity(*arguments), file, reason)
                self.assertEqual(pathlib.Path(file).read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.folder)), ["foreign.db", "letter.txt", "newer.db"])

    def test_places_where_no_file_can_be_are_refused(self):
        self.assert_refused(amity("--port", "0", "--data", str(self.folder)), str(self.folder))
        missing = self.path("no/such/folder/state.db")
        self.assert_refused(amity("--port", "0", "--data", missing), missing)


class KeepingSecrets(ProcessTest):
    SIGNATURE, TOKEN, USER_DATA, PARAMETER = (letter * 64 for letter in "abcd")

    def authorization(self, service):
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential=111111111111/20260102/us-east-1/{service}/aws4_request, "
                                 f"SignedHeaders=host, Signature={self.SIGNATURE}", "X-Amz-Security-Token": self.TOKEN}

    def ec2(self, port, action, **parameters):
        form = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **parameters})
        return request(port, "POST", "/", form,
                       {"Content-Type": "application/x-www-form-urlencoded", **self.authorization("ec2")})

    def ssm(self, port, action, body):
        return request(port, "POST", "/", body, {"Content-Type": "application/x-amz-json-1.1",
                                                 "X-Amz-Target": f"AmazonSSM.{action}", **self.authorization("ssm")})

    def tell_secrets(self, port):
        """Calls and mistakes with a secret of each kind; gives those that Amity made."""
        status, body = self.ec2(port, "CreateKeyPair", KeyName="windows")
        self.assertEqual(status, 200, body)
        made = body.split("<keyMaterial>")[1].split("</keyMaterial>")[0].splitlines()[1:-1]
        user_data = base64.b64encode(self.USER_DATA.encode()).decode()
        images = self.ec2(port, "DescribeImages", **{"Filter.1.Name": "name",
                                                     "Filter.1.Value.1": "Windows_Server-2022-English-Full-Base*"})
        launch = {"ImageId": images[1].split("<imageId>")[1][:21], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
                  "KeyName": "windows"}
        status, body = self.ec2(port, "RunInstances", UserData=user_data, **launch)
        self.assertEqual(status, 200, body)
        instance = body.split("<instanceId>")[1].split("<")[0]
        request(port, "POST", "/_amity/clock", '{"advance": "1h"}')
        status, body = self.ec2(port, "GetPasswordData", InstanceId=instance)
        made.append(body.split("<passwordData>")[1].split("</passwordData>")[0].strip())
        self.assertGreater(len(made[-1]), 100, body)
        secure = {"Name": "/secret", "Type": "SecureString", "Value": self.PARAMETER}
        self.assertEqual(self.ssm(port, "PutParameter", json.dumps(secure))[0], 200)

        # What is refused is not logged either.
        self.assertEqual(self.ec2(port, "RunInstances", UserData=self.USER_DATA + "!", **launch)[0], 400)
        self.assertEqual(self.ec2(port, "RunInstances", **launch, **{self.USER_DATA: "1"})[0], 400)
        self.assertEqual(self.ssm(port, "PutParameter", json.dumps({**secure, "Type": self.PARAMETER}))[0], 400)
        self.assertEqual(self.ssm(port, "PutParameter", json.dumps(secure)[:-1])[0], 400)
        self.assertEqual(request(port, "POST", "/_amity/fixtures", f'{{"Instances": [{{"UserData": "{self.USER_DATA}}}')[0], 400)
        presigned = urllib.parse.urlencode({
            "Action": "DescribeKeyPairs", "Version": "2016-11-15", "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": "111111111111/20260102/us-east-1/ec2/aws4_request", "X-Amz-Date": "20260102T030405Z",
            "X-Amz-SignedHeaders": "host", "X-Amz-Signature": self.SIGNATURE, "X-Amz-Security-Token": self.TOKEN})
        for path, wanted in (("/", 200), ("/_amity/health", 200), ("/_amity/nothing", 404)):
            self.assertEqual(request(port, "GET", f"{path}?{presigned}")[0], wanted)
        self.assertEqual(request(port, "GET", f"/?{presigned}", headers={"Host": "evil.example"})[0], 403)
        return made + [self.SIGNATURE, self.TOKEN, self.USER_DATA, user_data, self.PARAMETER]

    def test_no_secret_is_logged(self):
        for log_format in ("text", "json"):
            with self.subTest(log_format), Served("--log-level", "debug", "--log-format", log_format) as served:
                secrets = self.tell_secrets(served.port)
                log = served.end()[2]
                for logged in ("CreateKeyPair", "RunInstances", "GetPasswordData", "PutParameter", "DescribeKeyPairs",
                               "/_amity/health", "evil.example"):
                    self.assertIn(logged, log)
                for secret in secrets:
                    self.assertNotIn(secret[:20], log)
                    self.assertNotIn(secret[-20:], log)

    def test_private_keys_are_not_kept(self):
        with Served("--data", self.path("state.db")) as served:
            secrets = self.tell_secrets(served.port)
            served.end()
        kept = (self.folder / "state.db").read_bytes()
        self.assertIn(self.PARAMETER.encode(), kept)
        for secret in [*secrets[:10], self.SIGNATURE, self.TOKEN, "PRIVATE KEY"]:
            self.assertNotIn(secret.encode(), kept)


class KeepingToItself(ProcessTest):
    def test_no_name_in_a_request_is_a_path(self):
        inside = self.folder / "a" / "b" / "inside"
        inside.mkdir(parents=True)
        process = self.enterContext(subprocess.Popen([os.path.abspath(AMITY), "--port", "0", "--data", "state.db"],
                                                     cwd=inside, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                                     stderr=subprocess.DEVNULL, text=True))
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        image = call(port, "DescribeImages", **{"Owner.1": "amazon", "MaxResults": 5})[1].split("<imageId>")[1][:21]
        call(port, "RunInstances", ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)
        instance = call(port, "DescribeInstances")[1].split("<instanceId>")[1].split("<")[0]
        golden = call(port, "CreateImage", InstanceId=instance, Name="golden")[1].split("<imageId>")[1][:21]
        for name in ("../escape", "../../escape", str(self.folder / "escape"), "..%2fescape", "file://escape", "escape\0"):
            call(port, "CreateImage", InstanceId=instance, Name="golden" + name)
            call(port, "CreateStoreImageTask", ImageId=golden, Bucket=name)
            call(port, "CreateRestoreImageTask", Bucket=name, ObjectKey=name, Name="restored")
            call(port, "CreateSecurityGroup", GroupName=name, GroupDescription=name)
            call(port, "CreateKeyPair", KeyName=name, KeyType="ed25519")
            request(port, "POST", "/_amity/fixtures", json.dumps({"Account": "111111111111", "Images": name}))
            for path in (f"/{name}", f"/_amity/{name}", f"/_amity/snapshots/{name}"):
                self.assertIn(request(port, "GET", urllib.parse.quote(path))[0], (400, 404), path)
        self.assertEqual(request(port, "GET", "/_amity/../../../../../../etc/passwd")[0], 404)
        process.terminate()
        self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual([str(path.relative_to(self.folder)) for path in sorted(self.folder.rglob("*"))],
                         ["a", "a/b", "a/b/inside", "a/b/inside/state.db"])


class Billing(ProcessTest):
    def test_the_bill_is_the_same_of_a_file_and_of_what_serves_it(self):
        state = self.path("state.db")
        with Served("--data", state) as served:
            image = call(served.port, "DescribeImages", **{"Owner.1": "amazon", "MaxResults": 5})[1].split("<imageId>")[1][:21]
            launched = call(served.port, "RunInstances", ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)[1]
            instance = launched.split("<instanceId>")[1].split("<")[0]
            request(served.port, "POST", "/_amity/clock", '{"advance": "1h"}')
            golden = call(served.port, "CreateImage", InstanceId=instance, Name="golden")[1].split("<imageId>")[1][:21]
            request(served.port, "POST", "/_amity/clock", '{"advance": "1h"}')
            call(served.port, "DeregisterImage", ImageId=golden)
            request(served.port, "POST", "/_amity/clock", '{"set": "2040-02-01T00:00:00Z"}')
            request(served.port, "POST", "/_amity/clock", '{"freeze": true}')
            url = f"http://127.0.0.1:{served.port}"
            self.assertIn("BoxUsage:t3.micro", amity("bill", "--endpoint", url, "--month", "2040-01").stdout)
            asked = ("--from", "2040-01-01", "--to", "2040-01-15", "--by", "resource")
            running = amity("bill", "--endpoint", url, *asked)
            self.assertEqual(running.returncode, 0, running.stderr)
            for text in (instance, golden, "golden"):  # the last two with the snapshot that the image left behind
                self.assertIn(text, running.stdout)
            by_account = amity("bill", "--endpoint", url, *asked, "--account", "222222222222").stdout
            self.assertNotIn(instance, by_account)
            self.assert_refused(amity("bill", "--endpoint", url, "--by", "moon"), url)
            served.end()
        self.assertEqual(amity("bill", "--data", state, *asked).stdout, running.stdout)
        self.assert_refused(amity("bill", "--data", self.path("none.db")), "none.db")
        self.assert_refused(amity("bill", "--data", state, "--by", "moon"), "usage-type")


class Executing(ProcessTest):
    def test_the_exit_status_is_the_commands(self):
        for status in (0, 1, 42):
            self.assertEqual(amity("exec", "--", "sh", "-c", f"exit {status}").returncode, status)
        self.assertEqual(amity("exec", "--", "sh", "-c", "kill -KILL $$").returncode, 128 + signal.SIGKILL)

    def test_what_cannot_run_is_told_apart(self):
        self.assert_refused(amity("exec", "--", "no-such-command-at-all"), "no-such-command-at-all", status=127)
        plain = self.write("plain.txt", "not a program")
        self.assert_refused(amity("exec", "--", plain), plain, status=126)
        self.assert_refused(amity("exec", "--fixtures", self.path("none.json"), "--", "true"), "none.json", status=125)

    def test_the_command_finds_its_amity(self):
        script = ("import json, os, urllib.request as u; e = os.environ;"
                  "print(json.load(u.urlopen(e['AWS_ENDPOINT_URL'] + '/_amity/health'))['status'],"
                  " e['AWS_ACCESS_KEY_ID'], bool(e['AWS_SECRET_ACCESS_KEY']), e['AWS_REGION'], e['AWS_DEFAULT_REGION'])")
        result = amity("exec", "--", sys.executable, "-c", script)
        self.assertEqual((result.stdout, result.stderr), ("ok 000000000000 True us-east-1 us-east-1\n", ""))
        result = amity("exec", "--region", "eu-west-1", "--account", "123456789012", "--", sys.executable, "-c", script)
        self.assertEqual(result.stdout, "ok 123456789012 True eu-west-1 eu-west-1\n")

    def test_credentials_and_region_that_are_set_stay(self):
        given = {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "222222222222", "AWS_SECRET_ACCESS_KEY": "x",
                 "AWS_DEFAULT_REGION": "ap-south-1", "AWS_ENDPOINT_URL": "http://example.com",
                 "AWS_ENDPOINT_URL_EC2": "http://example.com", "AWS_ENDPOINT_URL_SSM": "http://example.com"}
        result = amity("exec", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_REGION "
                       "$AWS_DEFAULT_REGION [$AWS_ENDPOINT_URL_EC2$AWS_ENDPOINT_URL_SSM] ${AWS_ENDPOINT_URL%:*}", env=given)
        self.assertEqual(result.stdout, "222222222222 x ap-south-1 ap-south-1 [] http://127.0.0.1\n")

    def test_streams_are_the_commands(self):
        result = amity("exec", "--", "sh", "-c", "cat; echo oops >&2", input="through\n", stdin=None)
        self.assertEqual((result.stdout, result.stderr), ("through\n", "oops\n"))

    def test_variables_for_serve_do_not_disturb_it(self):
        taken = {**ENVIRONMENT, "AMITY_PORT": "1", "AMITY_DATA": self.path("state.db")}
        self.assertEqual(amity("exec", "--", "true", env=taken).returncode, 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_signals_are_passed_on(self):
        marker = self.path("marker")
        script = f"trap 'echo got > {marker}; exit 7' TERM; echo ready; while :; do sleep 0.05; done"
        with subprocess.Popen([AMITY, "exec", "--", "sh", "-c", script], stdout=subprocess.PIPE, text=True,
                              env=ENVIRONMENT) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.terminate()
            self.assertEqual(process.wait(DEADLINE), 7)
        self.assertEqual(pathlib.Path(marker).read_text(), "got\n")
        with subprocess.Popen([AMITY, "exec", "--", "sh", "-c", "echo ready; exec sleep 60"], stdout=subprocess.PIPE,
                              text=True, env=ENVIRONMENT) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(DEADLINE), 128 + signal.SIGINT)

    def test_the_server_answers_while_the_command_runs(self):
        script = "echo $AWS_ENDPOINT_URL; exec sleep 60"
        with subprocess.Popen([AMITY, "exec", "--", "sh", "-c", script], stdout=subprocess.PIPE, text=True,
                              env=ENVIRONMENT) as process:
            port = int(process.stdout.readline().rsplit(":", 1)[1])
            for _ in range(20):
                self.assertEqual(call(port, "DescribeKeyPairs")[0], 200)
            process.terminate()
            process.wait(DEADLINE)


class Fixtures(ProcessTest):
    GOOD = '{"Account": "111111111111", "KeyPairs": [{"KeyName": "first", "KeyFingerprint": "00"}]}'

    def test_check_says_what_is_in_files(self):
        good = self.write("good.json", self.GOOD)
        result = amity("fixtures", "check", good)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, f"{good}: 1 KeyPairs\n", ""))

    def test_check_names_every_bad_file(self):
        self.write("1.json", '{"KeyPairs": [\n{}]}')
        self.write("2.json", self.GOOD)
        self.write("3.json", "{")
        result = amity("fixtures", "check", str(self.folder))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        first, second = result.stderr.splitlines()
        self.assertTrue(first.endswith("1.json:2: KeyPairs[0].KeyName is missing"), first)
        self.assertIn("3.json:1: not valid JSON", second)

    def test_dump_of_a_file_and_of_a_running_amity_are_the_same_and_load(self):
        state = self.path("state.db")
        with Served("--data", state) as served:
            call(served.port, "CreateVolume", AvailabilityZone="us-east-1a", Size="5")
            call(served.port, "DescribeVolumes")
            running = amity("fixtures", "dump", "--endpoint", f"http://127.0.0.1:{served.port}/")
            self.assertEqual(running.returncode, 0, running.stderr)
            self.assertEqual(served.end()[0], 0)
        kept = amity("fixtures", "dump", "--data", state)
        self.assertEqual(kept.stdout, running.stdout)
        volumes = [volume for fixture in json.loads(kept.stdout) for volume in fixture.get("Volumes", [])]
        self.assertEqual([volume["Size"] for volume in volumes], [5])
        loaded = self.write("dump.json", kept.stdout)
        with Served("--fixtures", loaded) as served:
            self.assertEqual(request(served.port, "GET", "/_amity/fixtures")[1], kept.stdout)

    def test_dump_of_what_is_not_there(self):
        missing = self.path("none.db")
        self.assert_refused(amity("fixtures", "dump", "--data", missing), missing)
        self.assertEqual(os.listdir(self.folder), [])
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # nobody listens
            self.assert_refused(amity("fixtures", "dump", "--endpoint", f"http://127.0.0.1:{unused.getsockname()[1]}"),
                                "cannot read http://127.0.0.1")
        self.assert_refused(amity("fixtures", "dump", "--endpoint", "127.0.0.1:4566"), "http://")


class Bills(ProcessTest):
    def test_the_bill_of_a_file_and_of_a_running_amity_are_the_same(self):
        state = self.path("state.db")
        forms = [("--by", by) for by in ("usage-type", "resource", "image", "tag", "day")]
        forms += [("--format", form) for form in ("json", "csv", "cur", "focus")]
        with Served("--data", state) as served:
            call(served.port, "CreateVolume", AvailabilityZone="us-east-1a", Size="5")
            for body in ('{"advance": "40d"}', '{"freeze": true}'):
                self.assertEqual(request(served.port, "POST", "/_amity/clock", body)[0], 200)
            endpoint = f"http://127.0.0.1:{served.port}"
            running = [amity("bill", "--endpoint", endpoint, *form).stdout for form in forms]
            self.assertIn("EBS:VolumeUsage.gp2", running[0])
            self.assert_refused(amity("bill", "--endpoint", endpoint, "--month", "May"), "must be a month such as 2026-01")
            self.assertEqual(served.end()[0], 0)
        self.assertEqual([amity("bill", "--data", state, *form).stdout for form in forms], running)
        self.assert_refused(amity("bill", "--data", state, "--month", "May"), "must be a month such as 2026-01")
        self.assert_refused(amity("bill", "--data", self.path("none.db")), "there is no file")


class Saying(ProcessTest):
    def test_version_and_help(self):
        self.assertRegex(amity("version").stdout, r"^amity \d+\.\d+\.\d+\n$")
        self.assertEqual(amity("version").stdout, amity("--version").stdout)
        self.assertIn("Usage: amity", amity("--help").stdout)


if __name__ == "__main__":
    AMITY = sys.argv.pop(1)
    unittest.main()
