// A world with what images are made of: instances with volumes, snapshots, accounts that share.
#pragma once

#include "handlers/volumes.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace amity::tests {

// A volume that is attached to an instance.
struct Disk {
  std::string device;
  std::int32_t gib = 8;
  std::string type = ec2::VolumeType::gp3;
  bool encrypted = false;
  bool delete_on_termination = false;
};

struct SnapshotWish {
  std::int32_t gib = 8;
  std::optional<std::string> kms_key_id{};  // encrypted when there is one
  std::string state = ec2::SnapshotState::completed;
  std::vector<ec2::CreateVolumePermission> permissions{};
};

class ImageWorld : public World {
 public:
  using World::World;

  ImageWorld& as(std::string_view account) {
    World::as(account);
    return *this;
  }
  ImageWorld& in(std::string_view region) {
    World::in(region);
    return *this;
  }

  // An instance of the caller with the disks attached; the first is the root. Inserted as it would be found some time
  // after its launch.
  std::string instance(const std::vector<Disk>& disks = {{.device = "/dev/xvda", .delete_on_termination = true}},
                       std::string_view state = ec2::InstanceStateName::running) {
    auto call = make_call();
    const std::string id = call.ids().make("i");
    state::Instance made{.instance = {.architecture = ec2::ArchitectureValues::x86_64,
                                      .ena_support = true,
                                      .hypervisor = ec2::HypervisorType::xen,
                                      .root_device_name = disks.front().device,
                                      .root_device_type = ec2::DeviceType::ebs,
                                      .sriov_net_support = "simple",
                                      .virtualization_type = ec2::VirtualizationType::hvm,
                                      .boot_mode = ec2::BootModeValues::uefi_preferred,
                                      .platform_details = "Linux/UNIX",
                                      .usage_operation = "RunInstances",
                                      .instance_id = id,
                                      .image_id = source_image_id,
                                      .state = ec2::InstanceState{.code = 16, .name = std::string(state)}},
                         .reservation_id = "r-0123456789abcdef0",
                         .owner_id = call.account()};
    call.instances().insert(made);
    for (const Disk& disk : disks) attach(id, disk);
    return id;
  }

  void attach(const std::string& instance_id, const Disk& disk) {
    auto call = make_call();
    handlers::create_volume_row(call, {.availability_zone = call.region() + "a",
                                       .size_gib = disk.gib,
                                       .volume_type = disk.type,
                                       .encryption = {.encrypted = disk.encrypted, .kms_key_id = {}},
                                       .attachment = {{.instance_id = instance_id,
                                                       .device = disk.device,
                                                       .state = ec2::VolumeAttachmentState::attached,
                                                       .delete_on_termination = disk.delete_on_termination}}});
  }

  void set_instance_state(const std::string& id, std::string_view state) {
    auto call = make_call();
    auto instance = *call.instances().find(id);
    instance.instance.state->name = state;
    call.instances().update(instance);
  }

  std::string snapshot(const SnapshotWish& wish = {}) {
    auto call = make_call();
    const std::string id = call.ids().make("snap");
    call.snapshots().insert({.snapshot = {.snapshot_id = id,
                                          .volume_id = "vol-0123456789abcdef0",
                                          .state = wish.state,
                                          .start_time = now(),
                                          .owner_id = call.account(),
                                          .volume_size = wish.gib,
                                          .encrypted = wish.kms_key_id.has_value(),
                                          .kms_key_id = wish.kms_key_id},
                             .create_volume_permissions = wish.permissions});
    return id;
  }

  // A request to register an image of one root volume.
  static ec2::RegisterImageRequest registration(const std::string& name, const std::string& snapshot_id) {
    return {
        .name = name,
        .architecture = ec2::ArchitectureValues::x86_64,
        .root_device_name = "/dev/xvda",
        .block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.snapshot_id = snapshot_id}, .device_name = "/dev/xvda"}},
        .virtualization_type = ec2::VirtualizationType::hvm};
  }

  // A private image of the caller, with a snapshot of its own.
  std::string image(const std::string& name) { return image(name, snapshot()); }
  std::string image(const std::string& name, const std::string& snapshot_id) {
    return *call(registration(name, snapshot_id)).image_id;
  }

  // A request to launch one instance of an image.
  static ec2::RunInstancesRequest launch_of(const std::string& image_id) {
    ec2::RunInstancesRequest request;
    request.image_id = image_id;
    request.instance_type = "t2.micro";
    request.min_count = 1;
    request.max_count = 1;
    return request;
  }
  std::string launch(const std::string& image_id) { return *call(launch_of(image_id)).instances.front().instance_id; }

  // What DescribeImages says of one image.
  ec2::Image describe(const std::string& id) {
    auto images = call(ec2::DescribeImagesRequest{.image_ids = {id}, .include_disabled = true}).images;
    REQUIRE(images.size() == 1);
    return images.front();
  }

  // The ids that DescribeImages answers.
  std::vector<std::string> ids_of(const ec2::DescribeImagesRequest& request) {
    std::vector<std::string> ids;
    for (const auto& image : call(request).images) ids.push_back(*image.image_id);
    return ids;
  }

  std::vector<std::string> own_ids() { return ids_of({.owners = {"self"}}); }

  void share(const std::string& image_id, const ec2::LaunchPermission& permission) {
    call(ec2::ModifyImageAttributeRequest{
        .image_id = image_id, .launch_permission = ec2::LaunchPermissionModifications{.add = {permission}}});
  }

  void share_snapshot(const std::string& id, const ec2::CreateVolumePermission& permission) {
    auto call = make_call();
    auto snapshot = *call.snapshots().find(id);
    snapshot.create_volume_permissions.push_back(permission);
    call.snapshots().update(snapshot);
  }

  // Changes the stored image behind the API's back, as operations of later issues will.
  template <class Change>
  void change_image(const std::string& id, Change change) {
    auto call = make_call();
    auto image = *call.images().find_any(id);
    change(image);
    call.images().update(image);
  }

  std::size_t snapshot_count() { return make_call().snapshots().count(); }
  state::Snapshot stored_snapshot(const std::string& id) { return *make_call().snapshots().find_any(id); }

  // The image that instances count as launched from.
  std::string source_image_id = "ami-0123456789abcdef0";
};

// The entry of an image's block device mapping for `device`.
inline std::optional<ec2::BlockDeviceMapping> mapping_at(const ec2::Image& image, std::string_view device) {
  for (const auto& mapping : image.block_device_mappings)
    if (mapping.device_name == device) return mapping;
  return std::nullopt;
}

inline ec2::Filter filter(std::string name, std::vector<std::string> values) {
  return {.name = std::move(name), .values = std::move(values)};
}

inline std::vector<ec2::TagSpecification> tags_on(std::string type, std::string key, std::string value) {
  return {{.resource_type = std::move(type), .tags = {{.key = std::move(key), .value = std::move(value)}}}};
}

}  // namespace amity::tests
