"""Terraform's AWS provider: apply, no drift, destroy. Run where both are installed: nothing may be downloaded here."""
import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
TERRAFORM = shutil.which("terraform")
# Where providers lie that were installed without a registry; "terraform providers mirror" makes such a folder.
MIRROR = pathlib.Path(os.environ.get("TF_PLUGIN_MIRROR", "/opt/tf-plugins"))

pytestmark = pytest.mark.skipif(TERRAFORM is None or not MIRROR.is_dir(), reason="terraform or the AWS provider is not installed")


class Stack:
    """The configuration of one of the folders here, in a folder of its own."""

    def __init__(self, amity, folder, name="terraform"):
        self.folder = folder
        shutil.copy(HERE / name / "main.tf", folder)
        (folder / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{MIRROR}" }}\n}}\n')
        self.environment = {**amity.environment(), "TF_CLI_CONFIG_FILE": str(folder / "rc"), "TF_IN_AUTOMATION": "1",
                            "CHECKPOINT_DISABLE": "1"}

    def run(self, *arguments, status=0):
        done = subprocess.run([TERRAFORM, *arguments, "-no-color"], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


def test_apply_shows_no_drift_and_destroy_leaves_nothing(amity, tmp_path):
    stack = Stack(amity, tmp_path)
    stack.run("init")
    stack.run("apply", "-auto-approve")
    ec2 = amity.client()
    assert {image["Name"] for image in ec2.describe_images(Owners=["self"])["Images"]} == {"golden", "golden copy"}
    (instance,) = [instance for reservation in ec2.describe_instances()["Reservations"] for instance in reservation["Instances"]]
    assert instance["PublicIpAddress"] == stack.run("output", "-raw", "address")

    stack.run("plan", "-detailed-exitcode")  # status 2 would be a change

    stack.run("destroy", "-auto-approve")
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    assert ec2.describe_volumes()["Volumes"] == []
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]
