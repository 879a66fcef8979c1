"""Go and Maven, used where they and the packages that go/go.mod and java/pom.xml name are installed: nothing is downloaded here."""
import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent


def run(command, folder, environment=None):
    return subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=500, check=False)


class Toolchain:
    """A program, its project here, and what it says when a package is missing that it may not fetch."""

    def __init__(self, project, command, offline, fetch):
        self.project, self.command, self.offline, self.fetch = project, command, offline, fetch

    def test(self, folder, files, environment, prefix=()):
        """Runs the project's tests, which are these files (by path), in the folder, behind the words of `prefix`."""
        if shutil.which(self.command[0]) is None:
            pytest.skip(f"{self.command[0]} is not installed")
        project = pathlib.Path(shutil.copytree(HERE / self.project, folder / self.project))
        for path, text in files.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
        done = run([*prefix, *self.command], project, {"GOPROXY": "off", "GOFLAGS": "-mod=readonly", **environment})
        if done.returncode != 0 and self.offline in done.stdout + done.stderr:
            pytest.skip(f"not all packages of tests/clients/{self.project} are there: {self.fetch}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


GO = Toolchain("go", ["go", "test", "-count=1", "-trimpath", "-v", "./..."], "GOPROXY=off", "go mod download")
MAVEN = Toolchain("java", ["mvn", "-o", "-B", "test"], "in offline mode", "mvn test")
