#!/usr/bin/env python3
"""What model/generate.py makes of a tiny model must be what golden/ holds.

    golden_test.py              # compares
    golden_test.py --refresh    # writes golden/ anew, for a diff to look at
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
GOLDEN = TESTS / "golden"
GENERATE = TESTS.parents[1] / "model" / "generate.py"
# Generated file -> its golden copy. That of the state is not where an include would find it instead of the real one.
FILES = {"tiny.hpp": GOLDEN / "model/tiny.hpp", "tiny.cpp": GOLDEN / "model/tiny.cpp",
         "tiny_service.cpp": GOLDEN / "model/tiny_service.cpp",
         "state.hpp": GOLDEN / "state.hpp", "state.cpp": GOLDEN / "state.cpp"}


def generate(out, operations=GOLDEN / "operations.txt"):
    return subprocess.run([sys.executable, GENERATE, "--api", GOLDEN / "api", "--operations", operations,
                           "--always-present", GOLDEN / "always_present.txt", "--state", GOLDEN / "state",
                           "--out", out], capture_output=True, text=True, check=False)


class Golden(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name)

    def test_generated_files_are_the_golden_ones(self):
        self.assertEqual(generate(self.out).stderr, "")
        self.assertEqual({path.name for path in self.out.iterdir()}, set(FILES))
        for name, golden in FILES.items():
            with self.subTest(file=name):
                self.assertEqual((self.out / name).read_text(encoding="utf-8"), golden.read_text(encoding="utf-8"),
                                 "golden_test.py --refresh, if this is meant")

    def test_files_that_would_not_change_are_left_alone(self):
        generate(self.out)
        times = {path.name: path.stat().st_mtime_ns for path in self.out.iterdir()}
        generate(self.out)
        self.assertEqual({path.name: path.stat().st_mtime_ns for path in self.out.iterdir()}, times)

    def test_a_wrong_list_of_operations_is_refused(self):
        operations = self.out / "operations.txt"
        for text, complaint in [("tiny PaintThing\n", "the tiny model has no operation PaintThing"),
                                ("# first\ntiny\n", "operations.txt:2: expected 2 words")]:
            with self.subTest(text=text):
                operations.write_text(text, encoding="utf-8")
                result = generate(self.out / "generated", operations)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(complaint, result.stderr)


if __name__ == "__main__":
    if sys.argv[1:] == ["--refresh"]:
        with tempfile.TemporaryDirectory() as scratch:
            generate(scratch)
            for generated, copy in FILES.items():
                copy.write_bytes((pathlib.Path(scratch) / generated).read_bytes())
    else:
        unittest.main()
