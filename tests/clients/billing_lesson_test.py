"""The lesson of docs/billing.md, word for word: what it tells to type, and what it says that this prints."""
import os
import pathlib
import re
import subprocess
import sys

LESSON = pathlib.Path(__file__).parents[2] / "docs" / "billing.md"
MARK = "@@ command"


def steps():
    """Commands, each with the lines that the document shows as its output."""
    text = LESSON.read_text().split("## A lesson of ten minutes")[1]
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif found and is_open(found[-1][0]):
                found[-1][0].append(line)
            else:
                found[-1][1].append(line)
    return [("\n".join(command), output) for command, output in found]


def is_open(command):
    """Whether the shell waits for more lines of it."""
    text = "\n".join(command)
    return text.endswith("\\") or len(re.findall(r"\bdo$", text, re.M)) > len(re.findall(r"^ *done$", text, re.M))


def without_ids(lines):
    """Ids differ from run to run, and what costs the same is in the order of its ids."""
    return sorted(re.sub(r"\b(ami|snap)-[0-9a-f]{17}", r"\1-", line) for line in lines if line)


def test_the_lesson_prints_what_it_says(amity):
    commands = steps()
    assert len(commands) > 15
    script = "set -e\n"
    for command, _ in commands:
        script += f"echo '{MARK}'\n{command.replace('http://127.0.0.1:4566', amity.url)}\n"
    folders = [os.path.dirname(os.environ["AMITY_BINARY"]), os.path.dirname(sys.executable)]
    environment = {**amity.environment(), "PATH": ":".join([*folders, os.environ["PATH"]])}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split(MARK + "\n")[1:]
    assert len(outputs) == len(commands)
    shown = 0
    for (command, expected), output in zip(commands, outputs):
        if expected:
            shown += 1
            assert without_ids(output.splitlines()) == without_ids(expected), command
    assert shown >= 3
