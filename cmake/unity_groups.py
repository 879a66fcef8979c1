#!/usr/bin/env python3
"""Sorts the sources of a target into batches that may be compiled as one, for a unity build.

    unity_groups.py SIZE FILE...

prints one line a file, "GROUP FILE". Two files share a batch only if neither says a name that the other declares for itself alone
(in an anonymous namespace, or with "using"), so that no source has to care who its neighbours are. Reads text, not C++: what looks
like such a name counts as one, which at worst makes a batch smaller.
"""
import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)
# A name that is not a member's or another namespace's.
NAME = re.compile(r"(?<![\w.:>])(?<!->)[A-Za-z_]\w*")
DECLARED = re.compile(r"([A-Za-z_]\w*)\s*(?=[({\[=;])")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "template", "namespace", "requires", "operator", "decltype",
            "TEST_CASE", "constexpr", "const", "auto"}


def private_names(text):
    """The names that the file declares for itself: those that begin in the first column of an anonymous namespace, and aliases."""
    names = set(re.findall(r"^using (\w+)\s*=", text, re.M)) | set(re.findall(r"^# *define (\w+)", text, re.M))
    for body in re.findall(r"^namespace \{\n(.*?)^\}  // namespace$", text, re.M | re.S):
        for line in body.split("\n"):
            if line[:1].isalpha():
                line = COMMENT_OR_STRING.sub('""', line)
                names |= set(re.findall(r"^(?:struct|class|enum class|enum|union) (\w+)", line)) | set(DECLARED.findall(line))
    return names - KEYWORDS


@functools.cache
def said_by(path):
    """The names that a file says, and the headers of its own room that it includes."""
    text = path.read_text(encoding="utf-8")
    names = set(NAME.findall(COMMENT_OR_STRING.sub('""', text)))
    room = path.resolve().relative_to(ROOT).parts[0]
    for include in re.findall(rf'^#include "({room}/[^"]+)"', text, re.M):
        names |= said_by(ROOT / include)
    return names


def read(path):
    return private_names(path.read_text(encoding="utf-8")), said_by(path)


def main():
    size, batches = int(sys.argv[1]), []
    for name in sys.argv[2:]:
        declared, said = read(pathlib.Path(name))
        for group, (files, theirs_declared, theirs_said) in enumerate(batches):
            if len(files) < size and not declared & theirs_said and not theirs_declared & said:
                break
        else:
            group = len(batches)
            batches.append(([], set(), set()))
        files, theirs_declared, theirs_said = batches[group]
        files.append(name)
        theirs_declared |= declared
        theirs_said |= said
        print(group, name)


if __name__ == "__main__":
    main()
