"""The Release binary is hardened as cmake/options.cmake says.

    hardening_test.py AMITY [unittest arguments]
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

AMITY = ""


def readelf(*arguments):
    return subprocess.run(["readelf", "--wide", *arguments, AMITY], env={**os.environ, "LC_ALL": "C"}, capture_output=True,
                          text=True, check=True).stdout


@unittest.skipIf(shutil.which("readelf") is None, "readelf is not installed")
class Hardening(unittest.TestCase):
    def test_it_is_position_independent(self):
        self.assertRegex(readelf("--file-header"), r"Type: +DYN \(Position-Independent Executable file\)")
        self.assertNotIn("TEXTREL", readelf("--dynamic"))

    def test_relocations_are_done_at_start_and_then_read_only(self):
        self.assertRegex(readelf("--program-headers"), r"\n +GNU_RELRO ")
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS\) +BIND_NOW")

    def test_the_stack_is_not_executable_and_no_segment_is_both_writable_and_executable(self):
        segments = re.findall(r"^ +(\w+) +0x\w+ 0x\w+ 0x\w+ 0x\w+ 0x\w+ ([R ][W ][E ]) 0", readelf("--program-headers"), re.MULTILINE)
        self.assertIn(("GNU_STACK", "RW "), segments)
        self.assertIn("LOAD", dict(segments))
        self.assertEqual([segment for segment in segments if segment[1] == "RWE"], [])

    def test_the_stack_and_the_c_library_are_guarded(self):
        symbols = set(re.findall(r" UND (\w+)", readelf("--dyn-syms")))
        self.assertIn("__stack_chk_fail", symbols)
        self.assertIn("__memcpy_chk", symbols)

    def test_libraries_come_from_the_system(self):
        self.assertNotRegex(readelf("--dynamic"), r"\((RPATH|RUNPATH)\)")


if __name__ == "__main__":
    AMITY = sys.argv.pop(1)
    unittest.main()
