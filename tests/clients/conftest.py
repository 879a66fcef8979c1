"""Starts the built Amity for the tests of a file, and gives each test an empty state."""
import json
import os
import subprocess
import urllib.request

import boto3
import botocore.config
import pytest

ACCOUNT = "111111111111"
PARTNER = "222222222222"
REGION = "us-east-1"
OTHER_REGION = "eu-west-1"


class Amity:
    """A running emulator."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [os.environ["AMITY_BINARY"], "serve", "--memory", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        words = self.process.stdout.readline().split()
        assert words[:3] == ["amity", "listening", "on"], words
        self.url = words[3]

    def post(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else b""
        request = urllib.request.Request(self.url + path, data=data, method="POST",
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def reset(self):
        self.post("/_amity/reset")

    def advance(self, duration):
        self.post("/_amity/clock", {"advance": duration})

    def client(self, service="ec2", account=ACCOUNT, region=REGION):
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id=account,
                            aws_secret_access_key="secret", config=botocore.config.Config(retries={"max_attempts": 1}))

    def environment(self, account=ACCOUNT, region=REGION):
        """What the AWS CLI needs to find this emulator."""
        return {**os.environ, "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_DEFAULT_REGION": region, "AWS_REGION": region, "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    def stop(self):
        self.process.terminate()
        assert self.process.wait(10) == 0


@pytest.fixture(scope="module")
def running():
    amity = Amity()
    yield amity
    amity.stop()


@pytest.fixture
def amity(running):
    running.reset()
    return running


@pytest.fixture
def ec2(amity):
    return amity.client()


def newest_image(ec2, owner="amazon", name="al2023-ami-2023*-x86_64"):
    images = ec2.describe_images(Owners=[owner], Filters=[{"Name": "name", "Values": [name]}])["Images"]
    return max(images, key=lambda image: image["CreationDate"])


def run_instance(ec2, **arguments):
    arguments = {"ImageId": newest_image(ec2)["ImageId"], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **arguments}
    instance = ec2.run_instances(**arguments)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    return instance["InstanceId"]


def bake(ec2, instance_id, name, **arguments):
    image_id = ec2.create_image(InstanceId=instance_id, Name=name, **arguments)["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[image_id], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    return image_id
