"""Packer's amazon-ebs builder bakes, copies, shares and tags an image, which is deprecated afterwards."""
import pathlib
import shutil
import subprocess

import pytest

from conftest import OTHER_REGION, PARTNER

TEMPLATE = pathlib.Path(__file__).parent / "packer" / "golden.json"
PACKER = shutil.which("packer")

pytestmark = pytest.mark.skipif(PACKER is None, reason="packer is not installed")


def build(amity, tmp_path):
    environment = {**amity.environment(), "HOME": str(tmp_path), "PACKER_CACHE_DIR": str(tmp_path), "CHECKPOINT_DISABLE": "1",
                   "AWS_POLL_DELAY_SECONDS": "1"}
    return subprocess.run([PACKER, "build", "-color=false", "-var", f"endpoint={amity.url}", TEMPLATE], env=environment,
                          capture_output=True, text=True, timeout=240, check=False)


def tags_of(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def test_an_image_is_baked_copied_shared_tagged_and_deprecated(amity, tmp_path):
    done = build(amity, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr

    for region in ("us-east-1", OTHER_REGION):
        ec2 = amity.client(region=region)
        (image,) = ec2.describe_images(Owners=["self"])["Images"]
        assert (image["Name"], image["State"]) == ("golden", "available")
        assert image["ImageId"] in done.stdout
        assert tags_of(image) == {"team": "images"}
        snapshots = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"] if "Ebs" in mapping]
        assert len(snapshots) == 2
        for snapshot in ec2.describe_snapshots(SnapshotIds=snapshots)["Snapshots"]:
            assert tags_of(snapshot) == {"team": "images", "kept-by": "packer"}
        permissions = ec2.describe_image_attribute(ImageId=image["ImageId"], Attribute="launchPermission")["LaunchPermissions"]
        assert permissions == [{"UserId": PARTNER}]
        assert amity.client(account=PARTNER, region=region).describe_images(ExecutableUsers=["self"])["Images"]

        ec2.enable_image_deprecation(ImageId=image["ImageId"], DeprecateAt="2030-01-01T00:00:00Z")
        assert ec2.describe_images(ImageIds=[image["ImageId"]])["Images"][0]["DeprecationTime"] == "2030-01-01T00:00:00.000Z"

    # What the builder made for itself is gone.
    ec2 = amity.client()
    states = [instance["State"]["Name"] for reservation in ec2.describe_instances()["Reservations"]
              for instance in reservation["Instances"]]
    assert states == ["terminated"]
    assert ec2.describe_volumes()["Volumes"] == []
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert [group["GroupName"] for group in ec2.describe_security_groups()["SecurityGroups"]] == ["default"]


def test_a_name_that_is_taken_stops_the_build_before_anything_is_made(amity, tmp_path):
    ec2 = amity.client()
    ec2.register_image(Name="golden", RootDeviceName="/dev/sda1",
                       BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": snapshot_of(ec2)}}])
    done = build(amity, tmp_path)
    assert done.returncode != 0
    assert "is used by an existing AMI" in done.stdout, done.stdout
    assert ec2.describe_instances()["Reservations"] == []


def snapshot_of(ec2):
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=8)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
