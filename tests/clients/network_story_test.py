"""Terraform and Ansible build a network, find nothing to change in it, and take it away."""
import ansible_story_test
import pytest
import terraform_story_test


def leftovers(ec2):
    """What is not of the default VPC."""
    (vpc,) = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    found = []
    for call, answer in {"describe_vpcs": "Vpcs", "describe_subnets": "Subnets", "describe_route_tables": "RouteTables",
                         "describe_network_acls": "NetworkAcls", "describe_security_groups": "SecurityGroups"}.items():
        found += [one for one in getattr(ec2, call)()[answer] if one["VpcId"] != vpc]
    found += ec2.describe_network_interfaces()["NetworkInterfaces"] + ec2.describe_addresses()["Addresses"]
    return found + ec2.describe_internet_gateways()["InternetGateways"][1:] + ec2.describe_dhcp_options()["DhcpOptions"][1:]


@pytest.mark.skipif(terraform_story_test.TERRAFORM is None or not terraform_story_test.MIRROR.is_dir(),
                    reason="terraform or the AWS provider is not installed")
def test_terraform_applies_without_drift_and_destroys_everything(amity, ec2, tmp_path):
    stack = terraform_story_test.Stack(amity, tmp_path, "terraform_network")
    stack.run("init")
    stack.run("apply", "-auto-approve")
    (nat,) = ec2.describe_nat_gateways()["NatGateways"]
    assert nat["State"] == "available"
    (address,) = ec2.describe_addresses(Filters=[{"Name": "private-ip-address", "Values": ["10.0.1.51"]}])["Addresses"]
    assert address["NetworkInterfaceId"]

    stack.run("plan", "-detailed-exitcode")  # status 2 would be a change

    stack.run("destroy", "-auto-approve")
    assert leftovers(ec2) == []


@pytest.mark.skipif(ansible_story_test.ANSIBLE is None, reason="ansible is not installed")
def test_ansible_changes_nothing_the_second_time_and_removes_everything(amity, ec2, tmp_path):
    def changed(remove):
        return ansible_story_test.play(amity, tmp_path, "network.yml", f"remove={remove}")["changed"]

    assert [changed(False), changed(False), changed(True)] == [8, 0, 8]
    assert leftovers(ec2) == []
