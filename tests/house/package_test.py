"""The packages hold what they should, and what is in them runs.

    package_test.py BUILD_FOLDER [unittest arguments]
"""
import gzip
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import unittest

BUILD = ""
UNIT = "lib/systemd/system/amity.service"


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=250, check=True, **more).stdout


@unittest.skipUnless(all(map(shutil.which, ("dpkg-deb", "dpkg-shlibdeps", "file"))), "dpkg-dev or file is not installed")
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.folder = pathlib.Path(place.name)
        run("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", place.name, cwd=place.name)
        (cls.deb,) = cls.folder.glob("*.deb")
        (cls.tarball,) = cls.folder.glob("*.tar.gz")
        cls.root = cls.folder / "root"
        run("dpkg-deb", "-x", cls.deb, cls.root)
        cls.version = re.search(r"^CMAKE_PROJECT_VERSION:\w+=(.*)$", pathlib.Path(BUILD, "CMakeCache.txt").read_text(),
                                re.MULTILINE).group(1)

    def assert_serves(self, binary):
        self.assertEqual(run(binary, "version"), f"amity {self.version}\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AMITY_", "AWS_"))}
        with subprocess.Popen([binary, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              env=environment) as process:
            url = process.stdout.readline().split()[-1]
            self.assertIn('"status":"ok"', run(binary, "health", "--endpoint", url))
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 0)

    def test_the_debian_package_says_what_it_is_and_needs(self):
        fields = dict(re.findall(r"^(\S+): (.*)$", run("dpkg-deb", "--field", self.deb), re.MULTILINE))
        self.assertEqual((fields["Package"], fields["Version"]), ("amity", self.version))
        for library in ("libc6", "libssl3", "libsqlite3-0"):
            self.assertRegex(fields["Depends"], rf"(^|, ){library}( |,|$)")

    def test_the_debian_package_holds_program_service_and_pages(self):
        files = {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}
        documents = "usr/share/doc/amity"
        self.assertLessEqual({"usr/bin/amity", UNIT, "etc/default/amity", "usr/share/man/man1/amity.1.gz", f"{documents}/copyright",
                              f"{documents}/changelog.gz", f"{documents}/README.md", f"{documents}/SECURITY.md",
                              f"{documents}/docs/operations.md"}, files)
        self.assertIn(f"amity ({self.version})", gzip.decompress((self.root / documents / "changelog.gz").read_bytes()).decode())
        self.assert_serves(self.root / "usr/bin/amity")

    def test_the_tarball_runs_where_it_is_unpacked(self):
        with tarfile.open(self.tarball) as archive:
            archive.extractall(self.folder / "unpacked")
        (top,) = (self.folder / "unpacked").iterdir()
        self.assertTrue(top.name.startswith(f"amity-{self.version}-linux-"))
        self.assertTrue((top / "share/doc/amity/LICENSE").is_file())
        self.assert_serves(top / "bin/amity")

    @unittest.skipIf(shutil.which("systemd-analyze") is None, "systemd-analyze is not installed")
    def test_the_service_is_well_formed_and_confined(self):
        binary = str(self.root / "usr/bin/amity")
        text = (self.root / UNIT).read_text()
        unit = self.folder / "amity.service"
        unit.write_text(re.sub("^Documentation=.*\n", "", text, flags=re.MULTILINE).replace("/usr/bin/amity", binary))
        done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
        self.assertNotIn("amity.service", done.stderr)
        analysis = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
        exposure = re.search(r"Overall exposure level for amity.service: ([0-9.]+)", analysis)
        self.assertLess(float(exposure.group(1)), 2.0, analysis)


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
