#!/usr/bin/env python3
"""What the tests do not run, from gcovr's JSON: lines by room, the files with most lines that never ran, functions never called.

    coverage.py COVERAGE.json
"""
import collections
import json
import re
import sys

LONGEST = 15  # of each list


def main(path):
    with open(path, encoding="utf-8") as file:
        files = json.load(file)["files"]
    rooms, missed, uncalled = collections.defaultdict(lambda: [0, 0]), [], {}
    for file in files:
        lines = [line for line in file["lines"] if not line.get("gcovr/noncode")]
        ran = sum(line["count"] > 0 for line in lines)
        room = rooms[file["file"].split("/")[0]]
        room[0] += ran
        room[1] += len(lines)
        missed.append((len(lines) - ran, len(lines), file["file"]))
        for place, functions in by_line(file["functions"]).items():
            if all(function["execution_count"] == 0 for function in functions):
                uncalled[file["file"], place] = short(functions[0]["name"])

    print(f"{'room':<10} {'lines':>7} {'run':>7}")
    for name, (ran, total) in sorted(rooms.items()) + [("all", [sum(column) for column in zip(*rooms.values())])]:
        print(f"{name:<10} {total:>7} {100 * ran / total:>6.1f}%")
    print("\nFiles with most lines that no test runs:")
    for count, total, name in sorted(missed, reverse=True)[:LONGEST]:
        print(f"  {count:>4} of {total:>4}  {name}")
    print(f"\nFunctions that no test calls ({len(uncalled)}):")
    for (name, line), function in sorted(uncalled.items()):
        print(f"  {name}:{line} {function}")


def by_line(functions):
    """Those that people write: one template may be many functions. Lambdas are part of theirs."""
    found = collections.defaultdict(list)
    for function in functions:
        if "{lambda" not in function["name"] and not function["name"].startswith("_GLOBAL__"):
            found[function["lineno"]].append(function)
    return found


def short(name):
    """amity::model::(anonymous namespace)::f(std::basic_string_view<…>) is f."""
    name = re.sub(r"\[abi:\w+\]", "", name.replace("(anonymous namespace)::", ""))
    return re.sub(r"^.*\bamity::(\w+::)?", "", name.split("(")[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
