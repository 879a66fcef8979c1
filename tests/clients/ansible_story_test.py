"""Ansible's amazon.aws modules make instance, image, snapshot, key pair and group; a second run changes nothing."""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from conftest import PARTNER

PLAYS = pathlib.Path(__file__).parent / "ansible"
ANSIBLE = shutil.which("ansible-playbook")

pytestmark = pytest.mark.skipif(ANSIBLE is None, reason="ansible is not installed")


def play(amity, tmp_path, name="play.yml", variables="remove=false"):
    """The play's recap: {"ok": 8, "changed": 5, ...}."""
    environment = {**amity.environment(), "ANSIBLE_HOME": str(tmp_path), "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
                   "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"), "ANSIBLE_LOCALHOST_WARNING": "false", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([ANSIBLE, "-e", f"ansible_python_interpreter={sys.executable}", "-e", variables, PLAYS / name],
                          env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    recap = done.stdout[done.stdout.index("PLAY RECAP"):]
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", recap)}


def test_a_second_run_changes_nothing(amity, tmp_path):
    assert play(amity, tmp_path)["changed"] == 6
    ec2 = amity.client()
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    assert image["Name"] == "golden"
    assert amity.client(account=PARTNER).describe_images(ExecutableUsers=["self"])["Images"]
    before = {call: getattr(ec2, call)(**arguments) for call, arguments in EVERYTHING.items()}

    assert play(amity, tmp_path)["changed"] == 0
    for call, arguments in EVERYTHING.items():
        again = getattr(ec2, call)(**arguments)
        assert without_request(again) == without_request(before[call])


EVERYTHING = {"describe_images": {"Owners": ["self"]}, "describe_instances": {}, "describe_key_pairs": {},
              "describe_security_groups": {}, "describe_snapshots": {"OwnerIds": ["self"]}, "describe_tags": {}}


def without_request(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
