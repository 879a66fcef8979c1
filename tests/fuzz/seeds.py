#!/usr/bin/env python3
"""Makes the seed corpora of the fuzz targets out of what real clients send.

    seeds.py make RECORDS     reads the folder RECORDS and writes tests/fuzz/corpus
    seeds.py [argument...]    poses as amity: starts $AMITY_RECORDED with the arguments, and notes in the folder
                              $AMITY_RECORDS all that clients say to it

    mkdir records
    AMITY_BINARY=tests/fuzz/seeds.py AMITY_RECORDED=build/release/amity AMITY_RECORDS=records pytest tests/clients
    tests/fuzz/seeds.py make records
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse

CORPUS = pathlib.Path(__file__).parent / "corpus"
ID = re.compile(r"\b([a-z]+)-([0-9a-f]{17})\b")
LONGEST_CALL = 2000
LONGEST_STORY = 40
PER_OPERATION = 3  # requests of different parameters that the corpus keeps of one operation
SERVICES = {"AmazonSSM": "ssm", "AWSInsightsIndexService": "ce", "AWSPriceListService": "pricing"}


def read_message(stream):
    """One HTTP message with a Content-Length or chunks, as (head, body)."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    if match := re.search(rb"\r\ncontent-length: *(\d+)", head, re.I):
        return head, stream.read(int(match[1]))
    body = b""
    if re.search(rb"\r\ntransfer-encoding: *chunked", head, re.I):
        while size := stream.readline():
            piece = stream.read(int(size, 16) + 2)
            body += size + piece
            if piece == b"\r\n":
                break
    return head, body


class Recorder:
    def __init__(self, port, folder):
        self.port, self.path = port, pathlib.Path(folder) / f"{os.getpid()}.jsonl"
        self.lock = threading.Lock()
        self.listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            threading.Thread(target=self.relay, args=(self.listening.accept()[0],), daemon=True).start()

    def relay(self, client):
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            said, answered = client.makefile("rb"), server.makefile("rb")
            while request := read_message(said):
                server.sendall(b"".join(request))
                response = read_message(answered)
                while response and response[0].startswith(b"HTTP/1.1 100"):
                    response = read_message(answered)
                if not response:
                    return
                client.sendall(b"".join(response))
                with self.lock, self.path.open("a") as file:
                    parts = [part.decode("latin-1") for part in (*request, response[1])]
                    print(json.dumps(parts), file=file)


def pose(arguments):
    process = subprocess.Popen([os.environ["AMITY_RECORDED"], *arguments], stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    line = process.stdout.readline()
    if match := re.search(r":(\d+)$", line):
        recorder = Recorder(int(match[1]), os.environ["AMITY_RECORDS"])
        line = line[:match.start()] + f":{recorder.listening.getsockname()[1]}\n"
    print(line, end="", flush=True)
    print(process.stdout.read(), end="", flush=True)
    return process.wait()


class Story:
    """The calls of one test, with the ids that answers told put in the places where they are used."""

    def __init__(self):
        self.lines, self.names, self.account = [], {}, None

    def note_ids(self, text):
        for match in ID.finditer(text):
            kind = [name for name in self.names.values() if re.fullmatch(rf"\${match[1]}\d", name)]
            if match[0] not in self.names and len(kind) < 10:
                self.names[match[0]] = f"${match[1]}{len(kind)}"

    def tell(self, head, line, answer):
        whom = re.search(r"Credential=([^/]+)/\d+/([^/]+)/", head)
        if whom and whom.groups() != self.account:
            self.account = whom.groups()
            self.lines.append("@" + " ".join(self.account))
        line = ID.sub(lambda match: self.names.get(match[0], match[0]), line)
        if line not in self.lines[-3:]:  # waiters ask the same again
            self.lines.append(line)
        self.note_ids(answer)


def line_of(head, body):
    """The request as a line of a story, and the operation that it is for."""
    method, path = head.split(" ", 2)[:2]
    if match := re.search(r"(?i)\r\nx-amz-target: *(\w+)\.(\w+)", head):
        name = f"{SERVICES[match[1]]}.{match[2]}"
        return f"{name} {body}", name
    if path != "/":
        return f"{method} {path} {body}", re.sub(r"[^/]*\d[^/]*", "", f"{method} {path.split('?')[0]}")
    fields = urllib.parse.parse_qsl(body, keep_blank_values=True)
    action = dict(fields).get("Action", "")
    rest = [(name, value) for name, value in fields if name not in ("Action", "Version", "ClientToken")]
    return "&".join([action] + [f"{name}={urllib.parse.quote(value, safe='/:$')}" for name, value in rest]), action


def write(target, text):
    data = text.encode("latin-1")
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)


def make(records):
    seen, signatures = {}, set()
    for record in sorted(pathlib.Path(records).glob("*.jsonl")):
        story = Story()
        stories = [story]
        for row in record.open():
            head, body, answer = json.loads(row)
            if "/_amity/" in head.split("\r\n")[0]:
                if "/_amity/reset" in head:
                    stories.append(story := Story())
                elif match := re.search(r'"advance": *"(\w+)"', body):
                    story.lines.append("+" + match[1])
                continue
            line, operation = line_of(head, body)
            if len(line) > LONGEST_CALL or "\n" in line:
                continue
            story.tell(head, line, answer)
            shape = (operation, tuple(sorted(re.findall(r'[&?]([^=&]+)=|"(\w+)":', line))))
            kept = seen.setdefault(operation, set())
            if shape in kept or len(kept) >= PER_OPERATION:
                continue
            kept.add(shape)
            headers = "\r\n".join(part for part in head.split("\r\n") if not re.match("(?i)(user-agent|amz-sdk|accept)", part))
            write("http", "\5" + headers + body)
            if match := re.search(r"(?i)\r\nauthorization: *([^\r]+)", head):
                if operation.split(" ")[0] not in signatures:
                    signatures.add(operation.split(" ")[0])
                    write("signature", f"Authorization: {match[1]}\nHost: ec2.us-east-1.amazonaws.com\n\n")
            if " {" in line and "." in operation:
                write("json", f"{operation} D\n{body}")
            elif "/" not in operation:
                write("query", body)
                for number in range(1, 3):
                    if name := re.search(rf"&Filter\.{number}\.Name=([^&]+)", line):
                        values = re.findall(rf"&Filter\.{number}\.Value\.\d+=([^&]*)", line)
                        write("filters", "\n".join(urllib.parse.unquote(text) for text in (f"{operation} {name[1]}", *values)))
        told = set()
        for story in stories:
            for start in range(0, len(story.lines), LONGEST_STORY):
                lines = [line[:LONGEST_CALL] for line in story.lines[start:start + LONGEST_STORY]]
                actions = {line.split("&")[0] for line in lines}
                if actions - told:
                    write("calls", "\n".join(lines) + "\n")
                told |= actions


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        shutil.rmtree(CORPUS, ignore_errors=True)
        make(sys.argv[2])
    else:
        sys.exit(pose(sys.argv[1:]))
