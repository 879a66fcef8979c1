#!/usr/bin/env python3
"""Refuses #include lines that break the house's rules (docs/architecture.md).

- A room includes only itself and the rooms below it.
- The headers of heavy or foreign libraries stay in .cpp files.
- A room does not use a library that belongs to another one: SQL is storage's, HTTP is the emulator's.

Usage: check_includes.py ROOT. Prints one line per broken rule and ends with status 1 if there is any.
"""

import pathlib
import re
import sys

# Room -> the rooms whose headers it may include.
ARROWS = {
    "fixtures": {"fixtures"},
    "model": {"model"},
    "storage": {"storage", "model", "fixtures"},
    "handlers": {"handlers", "storage", "model"},
    "emulator": {"emulator", "handlers", "storage", "model"},
    "tests": {"tests", "emulator", "handlers", "storage", "model", "fixtures"},
}
# Headers that appear only in .cpp files.
SOURCE_ONLY = re.compile(r"sqlite3\.h|(boost|rapidjson|openssl)/.*|pugixml\.hpp")
# Library headers that only these rooms may include.
OWNERS = [
    (re.compile(r"sqlite3\.h"), {"storage", "tests"}),
    (re.compile(r"boost/(beast|asio)(/.*|\.hpp)"), {"emulator", "tests"}),
    (re.compile(r"pugixml\.hpp"), {"emulator", "tests"}),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def complaints_about(room, path, text):
    """The broken rules of one file, as (line number, sentence)."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match[2]
        target = name.split("/")[0]
        if target in ARROWS and target not in ARROWS[room]:
            yield number, f"{room}/ may not include {name}"
        if match[1] == '"' and "/" not in name:
            yield number, f'"{name}" must be included by its room path'
        if path.suffix == ".hpp" and SOURCE_ONLY.fullmatch(name):
            yield number, f"{name} belongs in .cpp files"
        for pattern, rooms in OWNERS:
            if pattern.fullmatch(name) and room not in rooms:
                yield number, f"{room}/ may not use {name}"


def check(root):
    found = 0
    for room in ARROWS:
        for path in sorted((root / room).rglob("*.[ch]pp")):
            for number, sentence in complaints_about(room, path, path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(root)}:{number}: {sentence}", file=sys.stderr)
                found += 1
    return found


if __name__ == "__main__":
    sys.exit(1 if check(pathlib.Path(sys.argv[1])) else 0)
