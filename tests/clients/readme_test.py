"""README.md is true: its transcript, its snippets and its table of flags, word for word but for the address."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import boto3
import pytest

from documents import Page
from terraform_story_test import MIRROR, TERRAFORM
from toolchains import GO, MAVEN, run

README = Page("README.md")
ADDRESS = "http://127.0.0.1:4566"
CLIENTS = pathlib.Path(__file__).parent
BIN = pathlib.Path(sys.executable).parent  # the AWS CLI lies beside this Python


def here(amity, text):
    return text.replace(ADDRESS, amity.url)


def bare_environment(**more):
    """Nothing of AWS but what the README says."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AMITY_"))}
    return {**clean, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true", "PATH": f"{BIN}:{os.environ['PATH']}", **more}


def shell(script, **environment):
    done = subprocess.run(["bash", "-c", script], env=bare_environment(**environment), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def exported(amity):
    """The variables of "From your tools"."""
    return here(amity, README.block("sh", "export AWS_ENDPOINT_URL"))


def test_the_first_session_prints_what_it_shows(amity):
    session = README.block("console")
    commands = re.findall(r"^\$ (.*\n(?: {6}.*\n)*)", session, re.MULTILINE)
    expected = re.sub(r"^\$ .*\n(?: {6}.*\n)*", "", session, flags=re.MULTILINE)
    status, printed = shell(here(amity, "exec 2>&1\n" + "".join(commands)))
    assert status == 0, printed
    shape = lambda text: [re.sub(r"\b(ami|i|snap)-[0-9a-f]{17}", r"\1-", line).split() for line in text.splitlines() if line]
    assert shape(printed) == shape(expected)


def test_clients_need_nothing_but_the_variables(amity):
    assert shell(exported(amity) + "aws sts get-caller-identity --query Account --output text") == (0, "111111111111\n")
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    assert shell(f'{exported(amity)}{sys.executable} -c "{script}"') == (0, "111111111111\n")


def test_python(amity):
    names = {"boto3": boto3}
    exec(here(amity, README.block("python")), names)  # pylint: disable=exec-used
    assert names["ec2"].describe_regions()["Regions"]


def test_javascript(amity):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    script = ('import { EC2Client, DescribeRegionsCommand } from "@aws-sdk/client-ec2";\n' + here(amity, README.block("js")) +
              "console.log((await ec2.send(new DescribeRegionsCommand({}))).Regions.length > 0);\n")
    done = run(["node", "--input-type=module", "--eval", script], CLIENTS)
    assert done.stdout == "true\n", done.stderr


def test_go(amity, tmp_path):
    source = f"""package images

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

func TestReadme(t *testing.T) {{
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {{
		t.Fatal(err)
	}}
{here(amity, README.block("go"))}
	if _, err := client.DescribeRegions(context.Background(), &ec2.DescribeRegionsInput{{}}); err != nil {{
		t.Fatal(err)
	}}
}}
"""
    assert "--- PASS: TestReadme" in GO.test(tmp_path, {"readme_test.go": source}, amity.environment())


def test_java(amity, tmp_path):
    source = f"""
import static org.junit.jupiter.api.Assertions.assertFalse;
import java.net.URI;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;

class ReadmeTest {{
  @Test
  void works() {{
{here(amity, README.block("java"))}
    assertFalse(ec2.describeRegions().regions().isEmpty());
  }}
}}
"""
    assert "Tests run: 1, Failures: 0" in MAVEN.test(tmp_path, {"src/test/java/ReadmeTest.java": source}, bare_environment())


@pytest.mark.skipif(TERRAFORM is None or not MIRROR.is_dir(), reason="terraform or the AWS provider is not installed")
def test_terraform(amity, tmp_path):
    (tmp_path / "main.tf").write_text(here(amity, README.block("hcl")) + """
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_vpc" "default" { default = true }
output "found" { value = "${data.aws_caller_identity.me.account_id} ${data.aws_region.here.name} ${data.aws_vpc.default.cidr_block}" }
""")
    (tmp_path / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{MIRROR}" }}\n}}\n')
    environment = bare_environment(TF_CLI_CONFIG_FILE=str(tmp_path / "rc"), CHECKPOINT_DISABLE="1")
    for command in ("init", "apply -auto-approve"):
        done = run([TERRAFORM, *command.split(), "-no-color"], tmp_path, environment)
        assert done.returncode == 0, done.stdout + done.stderr
    assert 'found = "111111111111 us-east-1 172.31.0.0/16"' in done.stdout


@pytest.mark.skipif(shutil.which("packer") is None, reason="packer is not installed")
def test_packer(amity, tmp_path):
    (tmp_path / "golden.json").write_text(here(amity, README.block("json", "builders")))
    environment = bare_environment(HOME=str(tmp_path), PACKER_CACHE_DIR=str(tmp_path), CHECKPOINT_DISABLE="1",
                                   AWS_POLL_DELAY_SECONDS="1")
    done = run(["packer", "build", "-color=false", "golden.json"], tmp_path, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (image,) = amity.client().describe_images(Owners=["self"])["Images"]
    assert re.fullmatch(r"golden \d+", image["Name"])


@pytest.mark.skipif(shutil.which("ansible-playbook") is None, reason="ansible is not installed")
def test_ansible(amity, tmp_path):
    tasks = "".join(f"    {line}" for line in here(amity, README.block("yaml")).splitlines(keepends=True))
    (tmp_path / "play.yml").write_text("- hosts: localhost\n  gather_facts: false\n  tasks:\n" + tasks)
    environment = bare_environment(ANSIBLE_HOME=str(tmp_path), ANSIBLE_LOCAL_TEMP=str(tmp_path / "local"),
                                   ANSIBLE_REMOTE_TEMP=str(tmp_path / "remote"), LC_ALL="C.UTF-8")
    done = run(["ansible-playbook", "-e", f"ansible_python_interpreter={sys.executable}", "play.yml"], tmp_path, environment)
    assert "ok=1 " in done.stdout, done.stdout + done.stderr


def test_the_administration_commands_work(amity):
    instance = amity.client().run_instances(ImageId=amity.client().describe_images(
        Owners=["amazon"], MaxResults=5)["Images"][0]["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    volume = amity.client().describe_volumes()["Volumes"][0]["VolumeId"]
    snapshot = amity.client().create_snapshot(VolumeId=volume)["SnapshotId"]
    commands = [line for block in README.blocks("sh") for line in here(amity, block).splitlines() if line.startswith("curl ")]
    assert len(commands) == 6
    for command in reversed(commands):  # the first one empties the state
        status, printed = shell(command.replace("curl ", "curl --silent --show-error --fail ", 1), VOLUME=volume,
                                INSTANCE=instance["InstanceId"], SNAPSHOT=snapshot)
        assert status == 0, command + printed


def test_a_fixture_is_loaded(amity):
    amity.post("/_amity/fixtures", json.loads(README.block("json", "ImageId")))
    for region in ("us-east-1", "eu-west-1"):
        (image,) = amity.client(region=region).describe_images(Owners=["self"])["Images"]
        assert (image["ImageId"], image["Name"]) == ("ami-0a1b2c3d", "base-2024")


def test_exec_runs_a_suite(tmp_path):
    (command,) = [block for block in README.blocks("sh") if block.startswith("amity exec -- pytest")]
    tests = tmp_path / "tests" / "images"
    tests.mkdir(parents=True)
    (tests / "regions_test.py").write_text(
        "import boto3\ndef test_regions():\n    assert boto3.client('ec2').describe_regions()['Regions']\n")
    (tmp_path / "amity").symlink_to(os.environ["AMITY_BINARY"])
    status, printed = shell(f"cd {tmp_path} && PATH={tmp_path}:$PATH && {command}")
    assert status == 0 and "1 passed" in printed, printed


def test_the_table_of_flags_is_the_programs():
    flag = r"--[a-z][a-z-]+"
    rows = [line.split("|")[1:3] for line in README.text.splitlines() if line.startswith("| `--")]
    told = {name: default for names, default in rows for name in re.findall(flag, names)}
    help_text = subprocess.run([os.environ["AMITY_BINARY"], "serve", "--help"], capture_output=True, text=True, check=True).stdout
    flags = dict(re.findall(rf"^  ({flag})(.*)$", help_text, re.MULTILINE))
    assert sorted(told) == sorted(flags)
    for names, defaults in rows:
        values = [re.search(r"=(\S+)", flags[name]) for name in re.findall(flag, names)]
        given = [value.group(1).replace(",", ", ").replace("MiB", " MiB") for value in values if value]
        if given:
            assert defaults.strip() == ", ".join(given)


def test_the_variables_of_flags_are_understood():
    environment = bare_environment(AMITY_LOG_LEVEL="loud")
    done = subprocess.run([os.environ["AMITY_BINARY"], "serve", "--port", "0"], env=environment, capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 2 and "--log-level" in done.stderr
