"""The golden-image story with the AWS CLI."""
import json
import os
import subprocess
import sys

from conftest import ACCOUNT, OTHER_REGION, PARTNER


def aws(amity, command, account=ACCOUNT, region="us-east-1", fails=False):
    """What the command prints: its JSON, or the error when it is to fail."""
    program = os.path.join(os.path.dirname(sys.executable), "aws")
    done = subprocess.run([sys.executable, program, *command.split(), "--output", "json"], capture_output=True, text=True,
                          env=amity.environment(account, region), timeout=120, check=False)
    assert (done.returncode != 0) == fails, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else done.stderr


def test_the_whole_story(amity):
    assert aws(amity, "sts get-caller-identity")["Account"] == ACCOUNT
    images = aws(amity, "ec2 describe-images --owners amazon --filters Name=name,Values=al2023-ami-2023*-x86_64")["Images"]
    base = max(images, key=lambda image: image["CreationDate"])["ImageId"]
    instance = aws(amity, f"ec2 run-instances --image-id {base} --instance-type t3.micro --count 1 "
                          "--tag-specifications ResourceType=instance,Tags=[{Key=Name,Value=builder}]")["Instances"][0]["InstanceId"]
    aws(amity, f"ec2 wait instance-running --instance-ids {instance}")
    golden = aws(amity, f"ec2 create-image --instance-id {instance} --name golden")["ImageId"]
    aws(amity, f"ec2 wait image-available --image-ids {golden}")
    copied = aws(amity, f"ec2 copy-image --source-region us-east-1 --source-image-id {golden} --name golden",
                 region=OTHER_REGION)["ImageId"]
    aws(amity, f"ec2 wait image-available --image-ids {copied}", region=OTHER_REGION)
    aws(amity, f"ec2 modify-image-attribute --image-id {golden} --launch-permission Add=[{{UserId={PARTNER}}}]")
    seen = aws(amity, "ec2 describe-images --executable-users self", account=PARTNER)["Images"]
    assert [image["ImageId"] for image in seen] == [golden]
    aws(amity, f"ec2 run-instances --image-id {golden} --instance-type t3.micro", account=PARTNER)
    snapshot = aws(amity, f"ec2 describe-images --image-ids {golden}")["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert "InvalidSnapshot.InUse" in aws(amity, f"ec2 delete-snapshot --snapshot-id {snapshot}", fails=True)
    aws(amity, f"ec2 deregister-image --image-id {golden}")
    assert "InvalidAMIID.Unavailable" in aws(amity, f"ec2 run-instances --image-id {golden} --instance-type t3.micro", fails=True)
    aws(amity, f"ec2 delete-snapshot --snapshot-id {snapshot}")
    aws(amity, f"ec2 terminate-instances --instance-ids {instance}")
    aws(amity, f"ec2 wait instance-terminated --instance-ids {instance}")


def test_what_the_cli_prints_is_a_fixture(amity):
    base = aws(amity, "ec2 describe-images --owners 099720109477 --filters Name=name,Values=*noble*")["Images"][0]["ImageId"]
    instance = aws(amity, f"ec2 run-instances --image-id {base} --instance-type t3.micro")["Instances"][0]["InstanceId"]
    image = aws(amity, f"ec2 create-image --instance-id {instance} --name keep")["ImageId"]
    aws(amity, f"ec2 wait image-available --image-ids {image}")
    described = aws(amity, "ec2 describe-images --owners self")
    amity.reset()
    assert aws(amity, "ec2 describe-images --owners self")["Images"] == []
    amity.post("/_amity/fixtures", {"Account": ACCOUNT, "Region": "us-east-1", **described})
    again = aws(amity, "ec2 describe-images --owners self")
    assert again == described
