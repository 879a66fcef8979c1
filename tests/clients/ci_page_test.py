"""The examples of docs/ci.md run as they stand there."""
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from documents import Page
from readme_test import BIN, bare_environment
from toolchains import GO, MAVEN

PAGE = Page("docs/ci.md")


@pytest.fixture
def environment(tmp_path):
    """A machine where Amity is installed, and nothing of AWS is set."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "amity").symlink_to(os.environ["AMITY_BINARY"])
    (programs / "python3").symlink_to(sys.executable)
    return {**bare_environment(), "PATH": f"{programs}:{BIN}:{os.environ['PATH']}"}


def test_a_plain_shell(environment):
    done = subprocess.run(["sh", "-c", PAGE.block("sh")], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("baked ami-")


def test_pytest(environment, tmp_path):
    fixture, example = PAGE.blocks("python")
    (tmp_path / "conftest.py").write_text(fixture)
    (tmp_path / "image_test.py").write_text(example)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "image_test.py"], cwd=tmp_path,
                          env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_junit(environment, tmp_path):
    files = {"src/test/java/GoldenImageTest.java": PAGE.block("java")}
    assert "Tests run: 1, Failures: 0" in MAVEN.test(tmp_path, files, environment, ["amity", "exec", "--"])


def test_go(environment, tmp_path):
    files = {"images_test.go": PAGE.block("go")}
    assert "--- PASS: TestTheNewestImageIsLaunched" in GO.test(tmp_path, files, environment, ["amity", "exec", "--"])


def test_workflows_are_yaml_with_scripts_that_a_shell_reads():
    scripts = []
    for block in PAGE.blocks("yaml"):
        job = yaml.safe_load(block)
        if "jobs" in job:  # GitHub's; YAML 1.1 reads its "on" as a truth
            scripts += [step["run"] for step in job["jobs"]["test"]["steps"] if "run" in step]
        else:
            scripts += job["images"].get("before_script", []) + job["images"]["script"]
    assert len(scripts) == 10
    for script in scripts:
        subprocess.run([shutil.which("bash"), "-n", "-c", script], check=True)
    assert sum("amity exec -- python3 -m pytest tests/images" in script for script in scripts) == 2
