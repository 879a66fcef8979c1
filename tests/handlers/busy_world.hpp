// A world in which nearly everything has happened that can be done with images, instances, volumes and networks.
#pragma once

#include "handlers/digest.hpp"
#include "model/ebs.hpp"
#include "model/encoding.hpp"
#include "model/rbin.hpp"
#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/vpc_builder.hpp"

#include <string>

namespace amity::tests {

class BusyWorld : public World {
 public:
  BusyWorld() {
    use_network();
    use_instances();
    use_images();
    use_snapshots();
    use_recycle_bin();
    use_templates();
    settle();
  }

  void settle() { call(ec2::DescribeInstancesRequest{}); }

 private:
  void tag(const std::string& id) {
    call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "Name", .value = "busy"}}});
  }

  void use_network() {
    const std::string vpc = new_vpc(*this);
    subnet_ = new_subnet(*this, vpc);
    new_subnet(*this, vpc, "10.0.2.0/24");
    new_gateway(*this, vpc);
    tag(vpc);
    group_ = *call(ec2::CreateSecurityGroupRequest{.description = "web", .group_name = "web", .vpc_id = vpc}).group_id;
    call(ec2::AuthorizeSecurityGroupIngressRequest{
        .cidr_ip = "0.0.0.0/0", .from_port = 443, .group_id = group_, .ip_protocol = "tcp", .to_port = 443});
    const std::string table = *call(ec2::CreateRouteTableRequest{.vpc_id = vpc}).route_table->route_table_id;
    call(ec2::AssociateRouteTableRequest{.subnet_id = subnet_, .route_table_id = table});
    allocation_ = *call(ec2::AllocateAddressRequest{}).allocation_id;
    const std::string nat = *call(ec2::AllocateAddressRequest{}).allocation_id;
    call(ec2::CreateNatGatewayRequest{.allocation_id = nat, .subnet_id = subnet_});
  }

  void use_instances() {
    call(ec2::CreatePlacementGroupRequest{.group_name = "near", .strategy = "spread"});
    call(ec2::CreateKeyPairRequest{.key_name = "key", .key_type = "ed25519"});
    auto request = launch_request(*this, 2);
    request.subnet_id = subnet_;
    request.security_group_ids = {group_};
    request.key_name = "key";
    const auto in_vpc = ids_of(call(request));
    instance_ = in_vpc[0];
    tag(instance_);
    settle();
    call(ec2::AssociateAddressRequest{.allocation_id = allocation_, .instance_id = instance_});
    const std::string interface =
        *call(ec2::CreateNetworkInterfaceRequest{.subnet_id = subnet_, .secondary_private_ip_address_count = 1})
             .network_interface->network_interface_id;
    call(ec2::AttachNetworkInterfaceRequest{
        .network_interface_id = interface, .instance_id = instance_, .device_index = 1});
    const std::string data = make_volume(*this);
    settle();
    call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = instance_, .volume_id = data});
    stop(*this, in_vpc[1]);
    const std::string gone = launch(*this);
    settle();
    call(ec2::TerminateInstancesRequest{.instance_ids = {gone}});
    auto spot = launch_request(*this);
    spot.instance_type = "m5.large";
    spot.instance_market_options = {.market_type = "spot"};
    spot.placement = ec2::Placement{.group_name = "near"};
    call(spot);
    settle();
  }

  std::string new_image(const std::string& name) {
    const std::string id = *call(ec2::CreateImageRequest{.instance_id = instance_, .name = name}).image_id;
    settle();
    return id;
  }

  void use_images() {
    const std::string golden = new_image("golden-1");
    tag(golden);
    call(ec2::CreateStoreImageTaskRequest{.image_id = golden, .bucket = "my-images"});
    const std::string old = new_image("golden-0");
    call(ec2::ModifyImageAttributeRequest{
        .image_id = golden,
        .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = std::string(kOtherAccount)}}}});
    call(ec2::DeregisterImageRequest{.image_id = old});
    in("eu-west-1");
    call(ec2::CopyImageRequest{.name = "golden-1", .source_image_id = golden, .source_region = "us-east-1"});
    settle();
    in("us-east-1");
    as(kOtherAccount);
    auto request = launch_request(*this);
    request.image_id = golden;
    call(request);
    settle();
    as(kAccount);
  }

  // Of a volume of which some blocks were written before.
  std::string new_snapshot(const std::string& volume, std::int64_t block) {
    make_call().blocks().write(volume, {block, 4});
    const std::string id = make_snapshot(*this, volume);
    settle();
    return id;
  }

  void use_snapshots() {
    const std::string volume = make_volume(*this, {.size = 4});
    const std::string first = new_snapshot(volume, 0);
    const std::string second = new_snapshot(volume, 3);
    new_snapshot(volume, 5);
    share(*this, second, kOtherAccount);
    make_volume(*this, {.snapshot_id = second});
    call(ec2::DeleteSnapshotRequest{.snapshot_id = first});
    call(ec2::EnableFastSnapshotRestoresRequest{.availability_zones = {"us-east-1a"}, .source_snapshot_ids = {second}});
    const std::string direct = *call(ebs::StartSnapshotRequest{.volume_size = 1}).snapshot_id;
    const std::string bytes(524288, 'x');
    const std::string checksum = model::base64_encode(handlers::digest(handlers::DigestAlgorithm::Sha256, bytes));
    for (const std::int32_t block : {3, 4})
      call(ebs::PutSnapshotBlockRequest{.snapshot_id = direct,
                                        .block_index = block,
                                        .block_data = bytes,
                                        .data_length = 524288,
                                        .checksum = checksum,
                                        .checksum_algorithm = "SHA256"});
    call(ebs::CompleteSnapshotRequest{.snapshot_id = direct, .changed_blocks_count = 2});
    settle();
    make_volume(*this, {.snapshot_id = direct});
  }

  void use_recycle_bin() {
    for (const char* type : {"EBS_SNAPSHOT", "EC2_IMAGE", "EBS_VOLUME"})
      call(rbin::CreateRuleRequest{.retention_period = {7, "DAYS"}, .resource_type = type});
    settle();
    const std::string snapshot = make_snapshot(*this);
    settle();
    call(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot});
    call(ec2::DeregisterImageRequest{.image_id = new_image("rubbish")});
    const std::string volume = make_volume(*this);
    settle();
    call(ec2::DeleteVolumeRequest{.volume_id = volume});
  }

  void use_templates() {
    ec2::CreateLaunchTemplateRequest request;
    request.launch_template_name = "small";
    request.launch_template_data.instance_type = "t3.micro";
    call(request);
  }

  std::string subnet_, group_, allocation_, instance_;
};

}  // namespace amity::tests
