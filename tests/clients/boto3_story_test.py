"""The golden-image story with boto3, its waiters and paginators, in two regions and two accounts."""
import base64

import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, OTHER_REGION, PARTNER, bake, newest_image, run_instance


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_the_whole_story(amity, ec2):
    assert amity.client("sts").get_caller_identity()["Account"] == ACCOUNT

    # Launch from a base image, with a data volume and user data.
    ec2.create_key_pair(KeyName="builder")
    group = ec2.create_security_group(GroupName="builders", Description="for builds")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}])
    base = newest_image(ec2)
    instance = run_instance(
        ec2, ImageId=base["ImageId"], KeyName="builder", SecurityGroupIds=[group], UserData="#!/bin/sh\necho hello\n",
        BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3"}}],
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "builder"}]}])
    attribute = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"]["Value"]
    assert base64.b64decode(attribute) == b"#!/bin/sh\necho hello\n"
    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"]
    assert sorted(volume["Size"] for volume in volumes) == [8, 12]

    # Bake: one snapshot for the root and one for the attached volume.
    golden = bake(ec2, instance, "golden-1", Description="the first",
                  TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "stage", "Value": "prod"}]},
                                     {"ResourceType": "snapshot", "Tags": [{"Key": "from", "Value": "golden-1"}]}])
    image = ec2.describe_images(ImageIds=[golden])["Images"][0]
    assert image["State"] == "available" and not image["Public"] and image["OwnerId"] == ACCOUNT
    assert image["SourceInstanceId"] == instance and image["SourceImageId"] == base["ImageId"]
    assert image["Tags"] == [{"Key": "stage", "Value": "prod"}]
    snapshot_ids = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"]]
    assert len(snapshot_ids) == 2
    snapshots = ec2.describe_snapshots(SnapshotIds=snapshot_ids)["Snapshots"]
    assert {snapshot["Description"] for snapshot in snapshots} == {f"Created by CreateImage({instance}) for {golden}"}
    assert sorted(snapshot["VolumeSize"] for snapshot in snapshots) == [8, 12]
    assert all(snapshot["Tags"] == [{"Key": "from", "Value": "golden-1"}] for snapshot in snapshots)

    # Copy to another region: new snapshots there, user tags stay behind.
    europe = amity.client(region=OTHER_REGION)
    copied = europe.copy_image(SourceRegion="us-east-1", SourceImageId=golden, Name="golden-1-eu")["ImageId"]
    europe.get_waiter("image_available").wait(ImageIds=[copied], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    copy = europe.describe_images(ImageIds=[copied])["Images"][0]
    assert copy["SourceImageId"] == golden and copy["SourceImageRegion"] == "us-east-1"
    assert "Tags" not in copy and "Description" not in copy
    copied_snapshots = europe.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert len(copied_snapshots) == 2 and not {s["SnapshotId"] for s in copied_snapshots} & set(snapshot_ids)
    assert {snapshot["VolumeId"] for snapshot in copied_snapshots} == {"vol-ffffffff"}

    # Share with a partner, who then sees and launches it.
    partner = amity.client(account=PARTNER)
    assert partner.describe_images(ImageIds=[golden])["Images"] == []
    assert code_of(partner.run_instances, ImageId=golden, InstanceType="t3.micro", MinCount=1, MaxCount=1) == "AuthFailure"
    ec2.modify_image_attribute(ImageId=golden, LaunchPermission={"Add": [{"UserId": PARTNER}]})
    shared = partner.describe_images(ExecutableUsers=["self"])["Images"]
    assert [image["ImageId"] for image in shared] == [golden] and "Tags" not in shared[0]
    theirs = run_instance(partner, ImageId=golden)
    # Launching needs no snapshot permission, copying does.
    assert code_of(partner.copy_image, SourceRegion="us-east-1", SourceImageId=golden, Name="mine") == "InvalidRequest"
    for snapshot_id in snapshot_ids:
        ec2.modify_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission", OperationType="add",
                                      UserIds=[PARTNER])
    mine = partner.copy_image(SourceRegion="us-east-1", SourceImageId=golden, Name="mine")["ImageId"]
    assert partner.describe_images(ImageIds=[mine])["Images"][0]["OwnerId"] == PARTNER

    # Find what runs anything else.
    stray = run_instance(ec2)
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    running = {i["InstanceId"]: i["ImageId"] for page in pages for r in page["Reservations"] for i in r["Instances"]}
    assert {instance for instance, image in running.items() if image != golden} == {instance, stray}

    # Deregister: the image goes, instances run on, snapshots stay until they are deleted.
    assert code_of(ec2.delete_snapshot, SnapshotId=snapshot_ids[0]) == "InvalidSnapshot.InUse"
    ec2.deregister_image(ImageId=golden)
    assert code_of(ec2.deregister_image, ImageId=golden) == "InvalidAMIID.Unavailable"
    assert partner.describe_instances(InstanceIds=[theirs])["Reservations"][0]["Instances"][0]["State"]["Name"] == "running"
    assert len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == 2
    for snapshot_id in snapshot_ids:
        ec2.delete_snapshot(SnapshotId=snapshot_id)
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []

    # Terminate: root volumes vanish, and after an hour so do the instances.
    ec2.terminate_instances(InstanceIds=[instance, stray])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance, stray], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    left = ec2.describe_volumes()["Volumes"]
    assert [(volume["Size"], volume["State"]) for volume in left] == [(12, "available")]
    amity.advance("61m")
    assert ec2.describe_instances()["Reservations"] == []


def test_deregistering_with_associated_snapshots(amity, ec2):
    golden = bake(ec2, run_instance(ec2), "golden")
    answer = ec2.deregister_image(ImageId=golden, DeleteAssociatedSnapshots=True)
    assert answer["Return"] is True
    assert [result["ReturnCode"] for result in answer["DeleteSnapshotResults"]] == ["success"]
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_registering_from_a_snapshot(amity, ec2):
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=10, VolumeType="gp3")["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    image_id = ec2.register_image(
        Name="registered", Architecture="arm64", RootDeviceName="/dev/xvda", VirtualizationType="hvm", EnaSupport=True,
        BootMode="uefi", BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot, "VolumeSize": 20}}])["ImageId"]
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    assert (image["Architecture"], image["BootMode"], image["RootDeviceName"]) == ("arm64", "uefi", "/dev/xvda")
    assert image["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 20
    assert "SourceImageId" not in image
    run_instance(ec2, ImageId=image_id, InstanceType="t4g.micro")


def test_pages_of_instances(amity, ec2):
    ec2.run_instances(ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.micro", MinCount=23, MaxCount=23)
    pages = list(ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    ids = [i["InstanceId"] for page in pages for r in page["Reservations"] for i in r["Instances"]]
    assert len(pages) == 5 and len(ids) == len(set(ids)) == 23


def test_a_thousand_instances_in_one_call(amity, ec2):
    instances = ec2.run_instances(ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.micro", MinCount=1000, MaxCount=1000)["Instances"]
    assert sorted(instance["AmiLaunchIndex"] for instance in instances) == list(range(1000))
    assert len({instance["PrivateIpAddress"] for instance in instances}) == 1000
