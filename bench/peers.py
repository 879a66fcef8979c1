"""The servers that are measured: how each is started, spoken to, and what it uses."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
VENVS = ROOT / "build" / "bench-venv"
STATES = ROOT / "build" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")

# Every server gets the same requests. None of them verifies this signature; moto finds the service in it.
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ec2/aws4_request, "
    "SignedHeaders=content-type;host, Signature=" + "0" * 64,
}


def form(action, **parameters):
    """A request's body; Filter_1_Name stands for Filter.1.Name."""
    named = {name.replace("_", "."): str(value) for name, value in parameters.items()}
    return urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **named}, safe="{}*")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server. Use it in a `with` statement, which stops it."""

    name = ""

    def __init__(self, command, environment=None):
        self.port = free_port()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part).replace("{port}", str(self.port)) for part in command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **{k: v.replace("{port}", str(self.port)) for k, v in (environment or {}).items()}},
        )

    def __enter__(self):
        self.await_answer()
        return self

    def __exit__(self, *_):
        self.stop()

    def await_answer(self, limit=60):
        """Seconds from exec to the first answer 200 to DescribeRegions."""
        while time.monotonic() - self.started < limit:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with status {self.process.returncode}")
            try:
                self.call("DescribeRegions")
                return time.monotonic() - self.started
            except (OSError, http.client.HTTPException):
                time.sleep(0.0005)
        raise RuntimeError(f"{self.name} does not answer")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, action, **parameters):
        """The answer's body; RuntimeError when it is not a 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("POST", "/", form(action, **parameters), HEADERS)
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{self.name} answers {action} with {response.status}: {body[:500]}")
        return body

    def ids(self, prefix, action, **parameters):
        """The ids that begin with `prefix` in an answer, each once, in its order."""
        return list(dict.fromkeys(re.findall(rf">({prefix}-[0-9a-f]+)<", self.call(action, **parameters))))

    def memory(self):
        """Resident megabytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def load(self, steps, **plan):
        """Drives the server with bench/load.cpp; what that found, and the server's processor time a cycle."""
        before = self.processor_seconds()
        with Load(self, steps, **plan) as load:
            found = load.result()
        found["server_us"] = (self.processor_seconds() - before) * 1e6 / max(1, found["count_all"])
        return found


class Load:
    """A load generator at work."""

    def __init__(self, server, steps, **plan):
        headers = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
        plan = {"port": server.port, "headers": headers, "steps": steps, **plan}
        self.server = server
        self.process = subprocess.Popen(
            [BUILD / "bench" / "amity_bench_load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.process.stdin.write(json.dumps(plan).encode())
        self.process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def result(self):
        out, err = self.process.stdout.read(), self.process.stderr.read()
        if self.process.wait() != 0:
            raise RuntimeError(f"{self.server.name}: {err.decode().strip()}")
        return json.loads(out)


class Amity(Server):
    """With its state in a file. A new one unless `keep` names it."""

    name = "Amity"

    def __init__(self, keep=None, durability="normal"):
        STATES.mkdir(parents=True, exist_ok=True)
        self.folder = None if keep else pathlib.Path(tempfile.mkdtemp(dir=STATES))
        self.file = pathlib.Path(keep) if keep else self.folder / "state.db"
        super().__init__(
            [BUILD / "amity", "serve", "--port", "{port}", "--data", self.file, "--durability", durability]
            + ["--log-level", "error"]
        )

    def stop(self):
        super().stop()
        if self.folder:
            shutil.rmtree(self.folder)


class Moto(Server):
    name = "moto"

    def __init__(self):
        super().__init__([self.program(), "-p", "{port}"])

    @staticmethod
    def program():
        installed = VENVS / "moto" / "bin" / "moto_server"
        return installed if installed.exists() else shutil.which("moto_server")


class Ministack(Server):
    name = "ministack"

    def __init__(self):
        super().__init__([self.program()], {"GATEWAY_PORT": "{port}", "LOG_LEVEL": "ERROR"})

    @staticmethod
    def program():
        installed = VENVS / "ministack" / "bin" / "ministack"
        return installed if installed.exists() else shutil.which("ministack")


class Ceiling(Server):
    """The bare Beast server of bench/ceiling.cpp, answering everything with `body`."""

    name = "ceiling"

    def __init__(self, body):
        STATES.mkdir(parents=True, exist_ok=True)
        self.body = STATES / "ceiling.xml"
        self.body.write_text(body, encoding="utf-8")
        super().__init__([BUILD / "bench" / "amity_bench_ceiling", self.body, "{port}"])


def available():
    """Amity, and those of its peers that are installed."""
    return [Amity] + [peer for peer in (Moto, Ministack) if peer.program()]


def missing():
    return [peer.name for peer in (Moto, Ministack) if not peer.program()]
