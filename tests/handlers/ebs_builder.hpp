// Volumes, snapshots and instances for tests of handlers: made the way that clients make them, and looked at likewise.
#pragma once

#include "tests/handlers/world.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace amity::tests {

inline constexpr std::string_view kZone = "us-east-1a";
inline const std::string kCustomerKey = "1234abcd-12ab-34cd-56ef-1234567890ab";

inline std::string key_arn(std::string_view account, const std::string& key = kCustomerKey,
                           const std::string& region = "us-east-1") {
  return "arn:aws:kms:" + region + ":" + std::string(account) + ":key/" + key;
}

// Lets the caller use another account's key, in the key's region.
inline void grant_key(World& world, const std::string& key) {
  world.make_call().settings().set("kms-grant/" + key, "granted");
}

inline std::string make_volume(World& world, ec2::CreateVolumeRequest request = {}) {
  if (!request.availability_zone && !request.availability_zone_id) request.availability_zone = kZone;
  if (!request.size && !request.snapshot_id) request.size = 8;
  return *world.call(request).volume_id;
}

inline std::string make_snapshot(World& world, const std::string& volume_id) {
  return *world.call(ec2::CreateSnapshotRequest{.volume_id = volume_id}).snapshot_id;
}
inline std::string make_snapshot(World& world) { return make_snapshot(world, make_volume(world)); }

// A snapshot that is encrypted under the caller's default key, or under `key`.
inline std::string make_encrypted_snapshot(World& world, const std::optional<std::string>& key = {}) {
  return make_snapshot(world, make_volume(world, {.encrypted = true, .kms_key_id = key}));
}

inline void share(World& world, const std::string& snapshot_id, std::string_view account) {
  world.call(ec2::ModifySnapshotAttributeRequest{
      .operation_type = "add", .snapshot_id = snapshot_id, .user_ids = {std::string(account)}});
}
inline void make_public(World& world, const std::string& snapshot_id) {
  world.call(
      ec2::ModifySnapshotAttributeRequest{.group_names = {"all"}, .operation_type = "add", .snapshot_id = snapshot_id});
}

inline ec2::Volume describe_volume(World& world, const std::string& id) {
  return world.call(ec2::DescribeVolumesRequest{.volume_ids = {id}}).volumes.at(0);
}
inline ec2::Snapshot describe_snapshot(World& world, const std::string& id) {
  return world.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}).snapshots.at(0);
}

// An instance without volumes, put straight into the state.
inline std::string put_instance(World& world, const char* state = ec2::InstanceStateName::running,
                                ec2::Instance instance = {}) {
  handlers::Call call = world.make_call();
  instance.instance_id = call.ids().make("i");
  instance.state = ec2::InstanceState{.name = state};
  instance.root_device_name = "/dev/xvda";
  if (!instance.instance_type) instance.instance_type = "t3.micro";
  if (!instance.placement) instance.placement = ec2::Placement{.availability_zone = std::string(kZone)};
  call.instances().insert({.instance = instance, .reservation_id = call.ids().make("r"), .owner_id = call.account()});
  return *instance.instance_id;
}
inline ec2::Instance instance_of(World& world, const std::string& id) {
  return world.make_call().instances().find(id).value().instance;
}
inline void put_state(World& world, const std::string& instance_id, const char* state) {
  auto instances = world.make_call().instances();
  state::Instance instance = instances.find(instance_id).value();
  instance.instance.state = ec2::InstanceState{.name = state};
  instances.update(instance);
}

// A registered image of the caller whose mapping names the snapshot, put straight into the state.
inline std::string put_image(World& world, const std::string& snapshot_id,
                             const char* state = ec2::ImageState::available) {
  handlers::Call call = world.make_call();
  ec2::Image image{
      .block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.snapshot_id = snapshot_id}, .device_name = "/dev/xvda"}},
      .image_id = call.ids().make("ami"),
      .state = state,
      .owner_id = call.account()};
  image.name = image.image_id;
  call.images().insert({.image = image});
  return *image.image_id;
}

}  // namespace amity::tests
