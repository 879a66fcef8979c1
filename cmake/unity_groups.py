#!/usr/bin/env python3
"""Sorts the sources of a target into batches that may be compiled as one, for a unity build.

    unity_groups.py LINES FILE...

prints one line a file, "GROUP FILE", for batches of at most so many lines (a longer file is alone). Two files share a batch only if neither says a name that the other declares for itself alone
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
# A variable or parameter, after its type; what is called, by name alone; a variable that is a lambda.
BOUND = re.compile(r"(\w+|[>&*\]])\s*[ &*]([a-z]\w*)\s*(?=[=;,){:\[]|\{)")
CALLED = re.compile(r"(?:^|[^\w.:>\s]|\b(?:return|else|throw)\b)\s*([a-z]\w*)\(", re.M)
LAMBDA = re.compile(r"\bauto&? (\w+) = \[")
DECLARED = re.compile(r"([A-Za-z_]\w*)\s*(?=[({\[=;])")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "template", "namespace", "requires", "operator", "decltype",
            "TEST_CASE", "constexpr", "const", "throw", "else", "case", "using", "new", "delete"}


def private_names(text):
    """The names that the file declares for itself: those that begin in the first column of an anonymous namespace, and aliases."""
    names = set(re.findall(r"^using (\w+)\s*=", text, re.M)) | set(re.findall(r"^# *define (\w+)", text, re.M))
    for body in re.findall(r"^namespace \{\n(.*?)^\}  // namespace$", text, re.M | re.S):
        for line in body.split("\n"):
            if line[:1].isalpha():
                line = COMMENT_OR_STRING.sub('""', line)
                names |= set(re.findall(r"^(?:struct|class|enum class|enum|union) (\w+)", line)) | set(DECLARED.findall(line))
    return names - KEYWORDS


def local_names(text):
    """The names that mean something of the functions' own wherever the text says them: variables that nothing calls but lambdas."""
    bound = {name for before, name in BOUND.findall(text) if before not in KEYWORDS}
    called = set(CALLED.findall(text)) - set(LAMBDA.findall(text))
    return {name for name in bound - called if not re.match("k[A-Z]", name)}


@functools.cache
def said_by(path):
    """The names that a file says, and the headers of its own room that it includes, but for those of local variables."""
    text = path.read_text(encoding="utf-8")
    code = COMMENT_OR_STRING.sub('""', text)
    names = set(NAME.findall(code)) - local_names(code)
    room = path.resolve().relative_to(ROOT).parts[0]
    for include in re.findall(rf'^#include "({room}/[^"]+)"', text, re.M):
        names |= said_by(ROOT / include)
    return names


def clash(one, other):
    """Whether one of two (declared, said) pairs says what the other declares."""
    return bool(one[0] & other[1] or other[0] & one[1])


def main():
    limit = int(sys.argv[1])
    texts = {name: pathlib.Path(name).read_text(encoding="utf-8") for name in sys.argv[2:]}
    names = {name: (private_names(text), said_by(pathlib.Path(name))) for name, text in texts.items()}
    batches = []
    # Those first that get on with the fewest others: the rest fit in beside them.
    for name in sorted(texts, key=lambda name: -sum(clash(names[name], other) for other in names.values())):
        lines = texts[name].count("\n")
        for group, batch in enumerate(batches):
            if batch["lines"] + lines <= limit and not clash(names[name], batch["names"]):
                break
        else:
            group, batch = len(batches), {"lines": 0, "names": (set(), set())}
            batches.append(batch)
        batch["lines"] += lines
        for those, new in zip(batch["names"], names[name]):
            those |= new
        print(group, name)


if __name__ == "__main__":
    main()
