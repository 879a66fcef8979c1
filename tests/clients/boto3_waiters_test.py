"""boto3's waiters return on their first poll under the instant profile, and paginators end."""
from conftest import newest_image

ONE_POLL = {"Delay": 1, "MaxAttempts": 1}


def test_instance_waiters(ec2):
    ids = [ec2.run_instances(ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]]
    for name, before in [("instance_exists", None), ("instance_running", None), ("instance_status_ok", None),
                         ("system_status_ok", None), ("instance_stopped", ec2.stop_instances),
                         ("instance_running", ec2.start_instances), ("instance_terminated", ec2.terminate_instances)]:
        if before:
            before(InstanceIds=ids)
        ec2.get_waiter(name).wait(InstanceIds=ids, WaiterConfig=ONE_POLL)


def test_volume_and_snapshot_waiters(ec2):
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig=ONE_POLL)
    instance = ec2.run_instances(ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                 Placement={"AvailabilityZone": zone})["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig=ONE_POLL)
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume], WaiterConfig=ONE_POLL)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig=ONE_POLL)
    ec2.detach_volume(VolumeId=volume)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig=ONE_POLL)
    ec2.delete_volume(VolumeId=volume)
    ec2.get_waiter("volume_deleted").wait(VolumeIds=[volume], WaiterConfig=ONE_POLL)


def test_key_pair_and_group_waiters(ec2):
    ec2.create_key_pair(KeyName="k")
    ec2.get_waiter("key_pair_exists").wait(KeyNames=["k"], WaiterConfig=ONE_POLL)
    group = ec2.create_security_group(GroupName="g", Description="d")["GroupId"]
    ec2.get_waiter("security_group_exists").wait(GroupIds=[group], WaiterConfig=ONE_POLL)


def test_every_paginator_ends(ec2):
    for name in ["describe_images", "describe_instances", "describe_snapshots", "describe_volumes", "describe_tags",
                 "describe_security_groups", "describe_security_group_rules", "describe_instance_types",
                 "describe_instance_type_offerings", "describe_instance_status", "describe_vpcs", "describe_subnets",
                 "describe_network_interfaces"]:
        for _ in ec2.get_paginator(name).paginate(PaginationConfig={"PageSize": 100}):
            pass
