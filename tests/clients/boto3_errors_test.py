"""Mistakes that fail on AWS fail here with the same code, as boto3 reports them."""
import pytest
from botocore.exceptions import ClientError

from conftest import bake, newest_image, run_instance

UNKNOWN = "0123456789abcdef0"


def error_of(call, arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("operation, arguments, code", [
    ("describe_images", {"ImageIds": ["ami-" + UNKNOWN]}, "InvalidAMIID.NotFound"),
    ("describe_images", {"ImageIds": ["ami-xyz"]}, "InvalidAMIID.Malformed"),
    ("describe_images", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
    ("describe_images", {"Owners": ["nobody"]}, "InvalidUserID.Malformed"),
    ("deregister_image", {"ImageId": "ami-" + UNKNOWN}, "InvalidAMIID.NotFound"),
    ("create_image", {"InstanceId": "i-" + UNKNOWN, "Name": "abc"}, "InvalidInstanceID.NotFound"),
    ("copy_image", {"SourceRegion": "moon-1", "SourceImageId": "ami-" + UNKNOWN, "Name": "abc"}, "InvalidRegion"),
    ("run_instances", {"ImageId": "ami-" + UNKNOWN, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}, "InvalidAMIID.NotFound"),
    ("run_instances", {"ImageId": "nonsense", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}, "InvalidAMIID.Malformed"),
    ("describe_instances", {"InstanceIds": ["i-" + UNKNOWN]}, "InvalidInstanceID.NotFound"),
    ("describe_instances", {"InstanceIds": ["banana"]}, "InvalidInstanceID.Malformed"),
    ("describe_instances", {"MaxResults": 4}, "InvalidParameterValue"),
    ("describe_instances", {"NextToken": "forged"}, "InvalidNextToken"),
    ("terminate_instances", {"InstanceIds": ["i-" + UNKNOWN]}, "InvalidInstanceID.NotFound"),
    ("describe_snapshots", {"SnapshotIds": ["snap-" + UNKNOWN]}, "InvalidSnapshot.NotFound"),
    ("delete_snapshot", {"SnapshotId": "snap-1"}, "InvalidSnapshotID.Malformed"),
    ("create_snapshot", {"VolumeId": "vol-" + UNKNOWN}, "InvalidVolume.NotFound"),
    ("create_volume", {"AvailabilityZone": "us-east-1a"}, "MissingParameter"),
    ("create_volume", {"AvailabilityZone": "us-east-9z", "Size": 1}, "InvalidZone.NotFound"),
    ("delete_volume", {"VolumeId": "vol-" + UNKNOWN}, "InvalidVolume.NotFound"),
    ("describe_key_pairs", {"KeyNames": ["nobody"]}, "InvalidKeyPair.NotFound"),
    ("delete_security_group", {"GroupId": "sg-" + UNKNOWN}, "InvalidGroup.NotFound"),
    ("create_tags", {"Resources": ["ami-" + UNKNOWN], "Tags": [{"Key": "k", "Value": "v"}]}, "InvalidAMIID.NotFound"),
    ("describe_instance_types", {"InstanceTypes": ["t99.huge"]}, "InvalidInstanceType"),
])
def test_error_codes(ec2, operation, arguments, code):
    assert error_of(getattr(ec2, operation), arguments) == (code, 400)


def test_dry_run(ec2):
    image = newest_image(ec2)["ImageId"]
    arguments = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "DryRun": True}
    assert error_of(ec2.run_instances, arguments) == ("DryRunOperation", 412)
    assert error_of(ec2.run_instances, {**arguments, "ImageId": "ami-" + UNKNOWN})[0] == "InvalidAMIID.NotFound"
    assert ec2.describe_instances()["Reservations"] == []


def test_a_duplicate_image_name_is_refused(ec2):
    instance = run_instance(ec2)
    image = bake(ec2, instance, "golden")
    with pytest.raises(ClientError, match=f"AMI name golden is already in use by AMI {image}"):
        ec2.create_image(InstanceId=instance, Name="golden")


def test_a_client_token_answers_again(ec2):
    image = newest_image(ec2)["ImageId"]
    arguments = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "ClientToken": "once"}
    first = ec2.run_instances(**arguments)
    again = ec2.run_instances(**arguments)
    assert first["ReservationId"] == again["ReservationId"]
    assert error_of(ec2.run_instances, {**arguments, "MaxCount": 2})[0] == "IdempotentParameterMismatch"


def test_a_failed_call_leaves_nothing_behind(ec2):
    image = newest_image(ec2)["ImageId"]
    one = run_instance(ec2)
    assert error_of(ec2.terminate_instances, {"InstanceIds": [one, "i-" + UNKNOWN]})[0] == "InvalidInstanceID.NotFound"
    assert ec2.describe_instances(InstanceIds=[one])["Reservations"][0]["Instances"][0]["State"]["Name"] == "running"
    arguments = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
                 "BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": "snap-" + UNKNOWN}}]}
    assert error_of(ec2.run_instances, arguments)[0] == "InvalidSnapshot.NotFound"
    assert len(ec2.describe_volumes()["Volumes"]) == 1
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
