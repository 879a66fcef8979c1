#!/usr/bin/env python3
"""What no client should send, sent to the built binary, while a well-behaved neighbour must go on getting right answers.

    hostile_test.py AMITY [unittest arguments]

AMITY_CONNECTIONS says how many connections come one after the other (20,000), AMITY_CROWD how many at once (10,000, or as
many as the descriptor limit allows).
"""
import contextlib
import gzip
import http.client
import json
import os
import random
import re
import resource
import selectors
import socket
import sys
import threading
import time
import unittest
import urllib.parse
import xml.etree.ElementTree

import process_test
from process_test import DEADLINE, Served, request

CONNECTIONS = int(os.environ.get("AMITY_CONNECTIONS", "20000"))
CROWD = int(os.environ.get("AMITY_CROWD", "10000"))
CAP = 1024  # serve's default
MEBIBYTE = 1 << 20
PATIENCE = 20  # seconds for an answer to whatever is asked: sanitizers and busy machines are slow
# Freed memory that the address sanitizer holds back would look like a leak.
ENVIRONMENT = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}


def head(service="ec2", account="111111111111", **headers):
    scope = f"{account}/20260102/us-east-1/{service}/aws4_request"
    return {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}",
            **{name.replace("_", "-"): value for name, value in headers.items()}}


def raw(body=b"", method="POST", path="/", service="ec2", framed=True, **headers):
    """A request as bytes; `framed` adds the length of its body."""
    if framed:
        headers["Content_Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head(service, **headers).items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def form(action, text=""):
    return f"Action={action}&Version=2016-11-15&{text}".encode()


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def read_all(connection):
    """Everything until the server closes; a reset ends it, too."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            received += piece
    return received


def statuses(received):
    return [int(line) for line in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def converse(port, sent):
    """Sends all and half-closes; the statuses of what comes back, and the bytes."""
    with connect(port) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        received = read_all(connection)
        return statuses(received), received


class Neighbour(threading.Thread):
    """Asks for what belongs to its account, over a connection that it keeps, and notes every wrong answer."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3 * PATIENCE)
        self.enough = threading.Event()
        self.account = str(random.randrange(10 ** 11, 10 ** 12))
        self.answers, self.slowest, self.wrong = 0, 0.0, []
        self.volume = re.search(r"<volumeId>([^<]+)<", self.ask(form("CreateVolume", "AvailabilityZone=us-east-1a&Size=7")))[1]
        self.start()

    def ask(self, body):
        begin = time.monotonic()
        self.connection.request("POST", "/", body, head(account=self.account))
        response = self.connection.getresponse()
        text = response.read().decode()
        self.slowest = max(self.slowest, time.monotonic() - begin)
        if response.status != 200:
            self.wrong.append((response.status, text))
        return text

    def run(self):
        try:
            while True:
                text = self.ask(form("DescribeVolumes"))
                self.answers += 1
                if re.findall("<volumeId>([^<]+)<", text) != [self.volume]:
                    self.wrong.append(text)
                if self.enough.wait(0.002):
                    break
        except Exception as error:  # whatever it is, the test has to hear of it
            self.wrong.append(error)

    def leave(self):
        self.enough.set()
        self.join(3 * PATIENCE)
        self.connection.close()


class HostileTest(unittest.TestCase):
    ARGUMENTS = ()

    @classmethod
    def setUpClass(cls):
        cls.served = Served("--memory", "--log-level", "error", *cls.ARGUMENTS, environment=ENVIRONMENT)
        cls.port = cls.served.port

    @classmethod
    def tearDownClass(cls):
        # No crash, no leak that a sanitizer knows of, and nothing that was logged as the emulator's own fault.
        ended = cls.served.end()
        assert ended == (0, "", ""), ended

    def setUp(self):
        self.neighbour = Neighbour(self.port)
        self.addCleanup(self.check_neighbour)

    def check_neighbour(self):
        self.assertIsNone(self.served.process.poll(), "the emulator is gone")
        self.neighbour.leave()
        self.assertEqual(self.neighbour.wrong, [])
        self.assertGreater(self.neighbour.answers, 0)
        self.assertLess(self.neighbour.slowest, PATIENCE)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.served.process.pid}/fd"))

    def memory(self):
        with open(f"/proc/{self.served.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024

    def wait_for_descriptors(self, count):
        end = time.monotonic() + DEADLINE
        while self.descriptors() > count and time.monotonic() < end:
            time.sleep(0.02)
        self.assertLessEqual(self.descriptors(), count)

    def assert_well_formed(self, received):
        body = received.split(b"\r\n\r\n", 1)[1]
        if b"xml" in received.split(b"\r\n\r\n", 1)[0]:
            xml.etree.ElementTree.fromstring(body)
        elif body:
            json.loads(body)

    def answer(self, sent):
        """The one answer to a request, which has to come in time, be the caller's fault or none, and be well-formed."""
        begin = time.monotonic()
        codes, received = converse(self.port, sent)
        self.assertLess(time.monotonic() - begin, PATIENCE)
        self.assertEqual(len(codes), 1, received[:500])
        self.assertLess(codes[0], 500, received[:500])
        self.assert_well_formed(received)
        return codes[0], received


class Slow(HostileTest):
    ARGUMENTS = ("--read-timeout", "1s", "--idle-timeout", "1s", "--write-timeout", "1s")

    def trickle(self, requests):
        """Each connection sends its request a byte at a time until it is answered; the statuses."""
        found = []
        with selectors.DefaultSelector() as selector:
            for sent in requests:
                selector.register(connect(self.port), selectors.EVENT_READ, iter(sent))
            end = time.monotonic() + PATIENCE
            while selector.get_map():
                self.assertLess(time.monotonic(), end, f"{len(selector.get_map())} connections hang")
                for key, _ in selector.select(0.05):
                    selector.unregister(key.fileobj)
                    found += statuses(read_all(key.fileobj)) or [0]
                    key.fileobj.close()
                for key in list(selector.get_map().values()):
                    if (byte := next(key.data, None)) is not None:
                        with contextlib.suppress(ConnectionError):
                            key.fileobj.send(bytes((byte,)))
        return found

    def test_heads_and_bodies_that_trickle_in_are_given_up(self):
        before = self.descriptors()
        form_of_a_volume = form("CreateVolume", "AvailabilityZone=us-east-1a&Size=1")
        chunked = raw(b"5\r\nActio\r\n", framed=False, Transfer_Encoding="chunked")
        requests = [raw(form_of_a_volume), raw()[:-4] + form_of_a_volume, chunked + b"1;x=" + b"y" * 4000]
        self.assertEqual(set(self.trickle(requests * 50)), {408})
        self.wait_for_descriptors(before)

    def test_connections_whose_other_end_says_nothing_are_closed(self):
        before = self.descriptors()
        silent = [connect(self.port) for _ in range(100)]
        started = [connect(self.port) for _ in range(100)]
        finished = [connect(self.port) for _ in range(100)]
        for connection in started:
            connection.sendall(raw(b"A")[:-1])
        for connection in finished:
            connection.sendall(raw(form("DescribeVpcs")))
            connection.shutdown(socket.SHUT_WR)
        self.assertEqual([read_all(connection) for connection in silent], [b""] * 100)
        self.assertEqual([statuses(read_all(connection)) for connection in started], [[408]] * 100)
        self.assertEqual([statuses(read_all(connection)) for connection in finished], [[200]] * 100)
        for connection in silent + started + finished:
            connection.close()
        self.wait_for_descriptors(before)

    def test_clients_that_do_not_read_are_given_up(self):
        before, asked = self.descriptors(), raw(form("DescribeImages", "Owner.1=amazon"))
        deaf = []
        for _ in range(20):
            connection = connect(self.port)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(asked * 20)  # far more than sockets hold
            self.assertTrue(connection.recv(1))
            deaf.append(connection)
        self.wait_for_descriptors(before)
        for connection in deaf:
            connection.close()


class Many(HostileTest):
    def test_connections_in_sequence_leave_nothing_behind(self):
        good, manners = raw(form("DescribeVpcs"), Connection="close"), 6
        before = self.descriptors()

        def visit(number):
            with connect(self.port) as connection:
                manner = number % manners
                if manner == 0:
                    connection.sendall(good)
                    self.assertEqual(statuses(read_all(connection)), [200])
                elif manner == 1:
                    connection.sendall(b"\x16\x03\x01\x02 garbage\r\n\r\n")
                    self.assertEqual(statuses(read_all(connection)), [400])
                elif manner == 2:
                    connection.sendall(good[:number % len(good)])
                elif manner == 3:
                    connection.sendall(good[:number % len(good)])
                    reset(connection)
                elif manner == 4:
                    connection.sendall(good)  # and does not wait for the answer
                    reset(connection)

        warm = min(CONNECTIONS // 4, 5000)
        for number in range(warm):
            visit(number)
        memory = self.memory()
        for number in range(warm, CONNECTIONS):
            visit(number)
        self.wait_for_descriptors(before)
        self.assertLess(self.memory() - memory, 4 * MEBIBYTE)

    def test_a_crowd_over_the_cap_is_turned_away_and_neighbours_are_not(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        crowd = min(CROWD, hard - 200)
        if crowd < CROWD:
            print(f"the limit of {hard} descriptors allows a crowd of {crowd} only", file=sys.stderr)
        before = self.descriptors()
        asked = raw(form("DescribeVpcs"))
        with contextlib.ExitStack() as stack:
            sockets = [stack.enter_context(connect(self.port)) for _ in range(crowd)]
            served, refused, closed = [], 0, 0
            for connection in sockets:
                received = b""
                with contextlib.suppress(ConnectionError):
                    connection.sendall(asked)
                    received = connection.recv(65536)
                codes = statuses(received)
                if codes == [200]:
                    served.append(connection)
                elif codes == [503]:
                    self.assertIn(b"Connection: close", received)
                    self.assertIn(b"<Code>Unavailable</Code>", received)
                    refused += 1
                else:
                    self.assertEqual(received, b"")
                    closed += 1
            self.assertEqual(len(served), CAP - 1)  # and the neighbour
            self.assertEqual(refused + closed, crowd - len(served))
            self.assertGreater(refused, 0)
            for connection in served:
                connection.sendall(asked)
                self.assertEqual(statuses(connection.recv(65536)), [200])
        self.wait_for_descriptors(before)
        self.assertEqual(converse(self.port, asked)[0], [200])


class Malformed(HostileTest):
    def key_names(self):
        return re.findall("<keyName>([^<]*)<", request(self.port, "POST", "/", form("DescribeKeyPairs"), head())[1])

    def test_a_request_cut_anywhere_changes_nothing(self):
        whole = raw(form("CreateKeyPair", "KeyName=cut&KeyType=ed25519"))
        for size in range(len(whole)):
            codes, received = converse(self.port, whole[:size])
            self.assertNotIn(200, codes, received)
        self.assertEqual(self.key_names(), [])

    def test_a_request_in_two_pieces_is_one_request(self):
        whole = raw(form("DescribeVpcs"))
        with connect(self.port) as connection:
            for size in range(1, len(whole)):
                connection.sendall(whole[:size])
                connection.sendall(whole[size:])
                received = connection.recv(65536)
                self.assertEqual(statuses(received), [200], (size, received))

    def test_nothing_behind_garbage_is_obeyed(self):
        good = raw(form("DescribeVpcs"))
        create = raw(form("CreateKeyPair", "KeyName=never&KeyType=ed25519"))
        for garbage in (b"\0", b"GET\r\n\r\n", b"\r\r\n\n", bytes(range(128, 256)) + b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                        b"<xml/>\r\n\r\n", b"{}\r\n\r\n", b"POST / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n"):
            with self.subTest(garbage):
                self.assertEqual(converse(self.port, good + garbage + create)[0], [200, 400])
        self.assertEqual(self.key_names(), [])

    def test_no_request_hides_in_another(self):
        hidden = raw(form("CreateKeyPair", "KeyName=hidden&KeyType=ed25519"))
        ended = b"0\r\n\r\n" + hidden
        for lengths in ({"Transfer_Encoding": "chunked", "Content_Length": "0"},
                        {"Transfer_Encoding": "chunked", "Content_Length": str(len(ended))},
                        {"Transfer_Encoding": "identity", "Content_Length": "0"},
                        {"Transfer_Encoding": "chunked, identity"}, {"Transfer_Encoding": "\x0bchunked"},
                        {"Transfer_Encoding": "chunked\r\nTransfer-Encoding: identity"},
                        {"Content_Length": "0\r\nContent-Length: 5"}, {"Content_Length": "0x5"},
                        {"Content_Length": "+0"}, {"Content_Length": "0\x00"}, {"Content_Length": "9" * 30},
                        {"Content_Length": "18446744073709551616"}, {"Content_Length": "-1"},
                        {"Transfer_Encoding": "chunked\r\n Content-Length: 0"}):
            with self.subTest(lengths):
                codes, received = converse(self.port, raw(framed=False, **lengths) + ended)
                self.assertEqual(len(codes), 1, received)
                self.assertIn(codes[0], (400, 413, 501))
        self.assertEqual(self.key_names(), [])

    def test_broken_and_endless_chunks_are_refused(self):
        start = raw(framed=False, Transfer_Encoding="chunked")
        for chunks, expected in ((b"g\r\n", 400), (b"\r\n\r\n", 400), (b" 1\r\na\r\n0\r\n\r\n", 400), (b"1\na\n0\n\n\r\n\r\n", 400),
                                 (b"1\r\nab\r\n0\r\n\r\n", 400), (b"ffffffffffffffff\r\n", 413), (b"7fffffffffffffff\r\n", 413),
                                 (b"1" * 100 + b"\r\n", 400), (b"0x1\r\na\r\n0\r\n\r\n", 400), (b"1;" + b"x" * MEBIBYTE, 400),
                                 (b"1\r\na\r\n" * (MEBIBYTE + 1), 413), (b"0\r\n" + b"A: b\r\n" * 100_000, 431),
                                 (b"100001\r\n" + b"x" * 0x100001, 413)):
            with self.subTest(chunks[:40]):
                code, _ = self.answer(start + chunks)
                self.assertIn(code, (400, 431) if expected == 431 else (expected,))

    def test_what_is_too_long_is_refused_by_name(self):
        for sent, expected, name in (
                (raw(b"x" * (MEBIBYTE + 1)), 413, b"RequestEntityTooLarge"),
                (raw(framed=False, Content_Length=str(1 << 62)), 413, b"RequestEntityTooLarge"),
                (raw(path="/" + "x" * 20_000), 431, b"RequestHeaderSectionTooLarge"),
                (raw(X="x" * 20_000), 431, b"RequestHeaderSectionTooLarge"),
                (raw(**{f"X{i}": "y" for i in range(5000)}), 431, b"RequestHeaderSectionTooLarge"),
                (b"\r\n" * 100_000, 431, b"RequestHeaderSectionTooLarge")):
            with self.subTest(sent[:40]):
                code, received = self.answer(sent)
                self.assertEqual(code, expected)
                self.assertIn(name, received)

    def test_compressed_requests_are_refused_unread(self):
        bomb = gzip.compress(b"Action=DescribeVpcs&" * 1_000_000)
        for service, path in (("ec2", "/"), ("ssm", "/"), ("ebs", "/snapshots"), ("ec2", "/_amity/fixtures")):
            for coding in ("gzip", "deflate", "identity, gzip", "x"):
                code, received = self.answer(raw(bomb, path=path, service=service, Content_Encoding=coding))
                self.assertEqual(code, 415)
                self.assertIn(b"<Code>UnsupportedMediaType</Code>", received)
        self.assertEqual(self.answer(raw(form("DescribeVpcs"), Content_Encoding="identity"))[0], 200)

    def test_texts_that_are_none_get_well_formed_answers(self):
        broken = ("%00", "%ff", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "%", "%2", "%zz", "a%00b", "%0d%0aX:%20y", "%ef%bf%bf",
                  "%01%02%1b%7f")
        for text in broken:
            for action in ("CreateVolume&Size=1&AvailabilityZone=", "CreateKeyPair&KeyName=", "DescribeInstances&InstanceId.1=",
                           "DescribeImages&Filter.1.Name=name&Filter.1.Value.1=", "DescribeImages&Filter.1.Value.1=a&Filter.1.Name=",
                           "CreateVolume&AvailabilityZone=us-east-1a&Size=1&TagSpecification.1.ResourceType=volume&"
                           "TagSpecification.1.Tag.1.Key=", "CreateVpc&CidrBlock=", "DescribeTags&NextToken=", "", "X&"):
                with self.subTest(action + text):
                    self.answer(raw(f"Version=2016-11-15&Action={action}{text}".encode()))
            for method, path, service in (("GET", f"/snapshots/{text}/blocks", "ebs"), ("PUT", f"/snapshots/snap-1/blocks/{text}", "ebs"),
                                          ("GET", f"/snapshots/snap-1/blocks?pageToken={text}", "ebs"), ("GET", f"/?Action={text}", "ec2"),
                                          ("GET", f"/_amity/{text}", "ec2"), ("GET", f"/rules/{text}", "rbin"),
                                          ("GET", f"/tags/{text}", "rbin"), ("GET", f"/{text}", "ec2")):
                with self.subTest(path):
                    self.answer(raw(b"", method, path, service))
        self.answer(raw(form("DescribeTags")))  # what was kept of all this can be told

    def test_headers_that_are_no_text_get_well_formed_answers(self):
        for value in ("\xff\xfe", "\x80" * 300, "\xed\xa0\x80.us-east-1.amazonaws.com", "a" * 10_000, "[::1", ":", "%00"):
            for name in ("Host", "Authorization", "X-Amz-Target", "Content-Type", "Origin", "X-Amz-Date"):
                with self.subTest((name, value[:20])):
                    self.answer(raw(form("DescribeVpcs"), **{name: value}))
        for credential in ("", "/", "////", "a/b/c/d/e", "\xff/20260102/us-east-1/ec2/aws4_request", "k/20260102/\xff/ec2/aws4_request",
                           "k/20260102/us-east-1/\xff/aws4_request", "k/" * 3000):
            with self.subTest(credential[:40]):
                self.answer(raw(form("DescribeVpcs"),
                                Authorization=f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=x"))

    def test_random_changes_to_good_requests_break_nothing(self):
        chance = random.Random(5)
        good = [raw(form("DescribeImages", "Owner.1=amazon&MaxResults=5")), raw(b"{}", service="ssm", X_Amz_Target="AmazonSSM.GetParameter"),
                raw(b'{"VolumeSize": 1}', path="/snapshots", service="ebs"), raw(b"", "GET", "/_amity/clock"),
                raw(b"3\r\nabc\r\n0\r\n\r\n", framed=False, Transfer_Encoding="chunked")]
        for _ in range(1500):
            bad = bytearray(chance.choice(good))
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(bad))
                bad[at:at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 3)))
            codes, received = converse(self.port, bytes(bad))
            self.assertTrue(all(code < 500 or code == 501 for code in codes), (bytes(bad), received))


class Excessive(HostileTest):
    def test_parameters_without_number(self):
        def numbered(pattern, count):
            return "&".join(pattern.replace("#", str(i)) for i in range(1, count + 1))

        image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        for action, text in (
                ("DescribeImages", "&" * (MEBIBYTE - 100)), ("DescribeImages", "=&" * (MEBIBYTE // 2 - 100)),
                ("DescribeImages", "a&" * (MEBIBYTE // 2 - 100)), ("DescribeImages", "Owner.1=a&" * 100_000),
                ("DescribeImages", numbered("Owner.#=a", 60_000)), ("DescribeImages", numbered("Owner.#=self", 50_000)),
                ("DescribeInstances", numbered("InstanceId.#=i-12345678", 30_000)),
                ("DescribeImages", numbered("Filter.#.Name=name&Filter.#.Value.1=*", 20_000)),
                ("DescribeImages", "Filter.1.Name=name&" + numbered("Filter.1.Value.#=a*b", 40_000)),
                ("DescribeImages", "Filter.1." * 110_000 + "=1"), ("DescribeImages", "." * 1_000_000 + "=1"),
                ("CreateTags", "ResourceId.1=vpc-1&" + numbered("Tag.#.Key=#", 40_000)),
                ("CreateTags", numbered("ResourceId.#=vpc-12345678", 30_000) + "&Tag.1.Key=a"),
                ("RunInstances", f"ImageId={image}&MinCount=1&MaxCount=2147483647"),
                ("RunInstances", f"ImageId={image}&MinCount=1&MaxCount=1&" + numbered("BlockDeviceMapping.#.DeviceName=/dev/sd#", 20_000)),
                ("RunInstances", f"ImageId={image}&MinCount=1&MaxCount=1&" + numbered("NetworkInterface.#.DeviceIndex=#", 20_000)),
                ("AuthorizeSecurityGroupIngress", "GroupName=default&" + numbered("IpPermissions.1.IpRanges.#.CidrIp=10.0.0.0/8", 20_000)),
                ("CreateKeyPair", "KeyName=" + "k" * 1_000_000), ("DescribeVolumes", "NextToken=" + "A" * 1_000_000),
                ("A" * 1_000_000, "")):
            with self.subTest(action[:40] + " " + text[:40]):
                self.answer(raw(form(action, text)[:MEBIBYTE]))

    def test_patterns_that_match_in_many_ways(self):
        for pattern in ("?" * 1_000_000 + "z", "*?" * 500_000 + "z", "*" * 1_000_000 + "z", "*a" * 500_000, "?a" * 500_000,
                        "*-" + "?" * 900_000 + "z", "\\" * 1_000_000, "?" * 60 + "a" + "?" * 60 + "z"):
            with self.subTest(pattern[:20]):
                self.answer(raw(form("DescribeImages", "Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=" + pattern)[:MEBIBYTE]))

    def test_documents_without_bottom(self):
        deep = MEBIBYTE - 100
        targets = (("ssm", "AmazonSSM.DescribeParameters"), ("ce", "AWSInsightsIndexService.GetCostAndUsage"),
                   ("pricing", "AWSPriceListService.GetProducts"))
        documents = ("[" * deep, '{"x":' + "[" * deep, '{"Filter":' + '{"Not":' * 100_000, '{"Filters":[' + '{"Values":[' * 50_000,
                     '{"a":' * (deep // 5), '"' + "x" * deep + '"', "9" * deep, '{"Filters":[' + "{}," * 300_000 + "{}]}",
                     '{"a":0' + ',"a":0' * 150_000 + "}", "\0" * 1000, "\xff{}", '{"Filter":"\\ud800"}', "nul", "-", "1e999999")
        for document in documents:
            body = document.encode("latin-1")
            for service, target in targets:
                with self.subTest(service + document[:20]):
                    self.answer(raw(body, service=service, X_Amz_Target=target))
            for service, path in (("ebs", "/snapshots"), ("rbin", "/rules"), ("rbin", "/list-rules"), ("ec2", "/_amity/fixtures"),
                                  ("ec2", "/_amity/clock"), ("ec2", "/_amity/faults")):
                with self.subTest(path + document[:20]):
                    self.answer(raw(body, path=path, service=service))

    def test_numbers_past_every_end(self):
        for number in ("-1", "0", "2147483648", "-2147483649", "9223372036854775808", "1e9", "0x10", "1.5", "NaN", "9" * 5000, "%20"):
            for action in ("CreateVolume&AvailabilityZone=us-east-1a&Size=", "DescribeVolumes&MaxResults=",
                           "CreateVolume&AvailabilityZone=us-east-1a&Size=1&VolumeType=io2&Iops=", "DescribeTags&MaxResults="):
                with self.subTest(action + number[:20]):
                    self.answer(raw(f"Version=2016-11-15&Action={action}{number}".encode()))
            with self.subTest("ebs " + number[:20]):
                self.answer(raw(b"", "GET", f"/snapshots/snap-12345678/blocks?maxResults={number}&startingBlockIndex={number}", "ebs"))


if __name__ == "__main__":
    process_test.AMITY = sys.argv.pop(1)
    unittest.main()
