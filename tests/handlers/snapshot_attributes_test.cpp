#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using namespace amity::tests;
using Names = std::vector<std::string>;

namespace {

// Users and groups that may make volumes of the snapshot, sorted.
Names permissions(World& world, const std::string& id) {
  Names names;
  const auto result =
      world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "createVolumePermission", .snapshot_id = id});
  CHECK(result.snapshot_id == id);
  CHECK(result.product_codes.empty());
  for (const auto& permission : result.create_volume_permissions)
    names.push_back(permission.user_id ? *permission.user_id : *permission.group);
  std::ranges::sort(names);
  return names;
}

ec2::ModifySnapshotAttributeRequest adding(const std::string& id, ec2::CreateVolumePermission permission) {
  return {.create_volume_permission = ec2::CreateVolumePermissionModifications{.add = {std::move(permission)}},
          .snapshot_id = id};
}

}  // namespace

TEST_CASE("Permissions are added and removed in the long form and in the short one",
          "[snapshots][ModifySnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  CHECK(permissions(world, id).empty());
  world.call(adding(id, {.user_id = "222222222222", .group = "all"}));
  CHECK(permissions(world, id) == Names{"222222222222", "all"});
  world.call(adding(id, {.user_id = "222222222222"}));
  CHECK(permissions(world, id).size() == 2);

  world.call(ec2::ModifySnapshotAttributeRequest{.attribute = "createVolumePermission",
                                                 .group_names = {"all"},
                                                 .operation_type = "remove",
                                                 .snapshot_id = id,
                                                 .user_ids = {"222222222222", "333333333333"}});
  CHECK(permissions(world, id).empty());

  // Some clients say the same twice.
  auto both = adding(id, {.user_id = "333333333333"});
  both.operation_type = "add";
  both.user_ids = {"333333333333", "444444444444"};
  world.call(both);
  CHECK(permissions(world, id) == Names{"333333333333", "444444444444"});
  world.call(ec2::ModifySnapshotAttributeRequest{
      .create_volume_permission = ec2::CreateVolumePermissionModifications{.remove = {{.user_id = "333333333333"}}},
      .snapshot_id = id});
  CHECK(permissions(world, id) == Names{"444444444444"});
}

TEST_CASE("ModifySnapshotAttribute refuses bad requests", "[snapshots][ModifySnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  ec2::ModifySnapshotAttributeRequest too_many{.operation_type = "add", .snapshot_id = id};
  for (int i = 0; i < 501; ++i) too_many.user_ids.push_back(std::to_string(100000000000 + i));
  struct Row {
    ec2::ModifySnapshotAttributeRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.snapshot_id = "snap-1"}, "InvalidSnapshotID.Malformed"},
      {{.snapshot_id = "snap-0123456789abcdef0"}, "InvalidSnapshot.NotFound"},
      {{.snapshot_id = id}, "MissingParameter"},
      {{.operation_type = "add", .snapshot_id = id}, "MissingParameter"},
      {{.snapshot_id = id, .user_ids = {"222222222222"}}, "MissingParameter"},
      {adding(id, {}), "MissingParameter"},
      {{.attribute = "productCodes", .operation_type = "add", .snapshot_id = id, .user_ids = {"222222222222"}},
       "InvalidParameterValue"},
      {adding(id, {.user_id = "2222-2222-2222"}), "InvalidAMIAttributeItemValue"},
      {adding(id, {.user_id = "self"}), "InvalidAMIAttributeItemValue"},
      {adding(id, {.group = "none"}), "InvalidAMIAttributeItemValue"},
      {{.group_names = {"everyone"}, .operation_type = "add", .snapshot_id = id}, "InvalidAMIAttributeItemValue"},
      {{.create_volume_permission = ec2::CreateVolumePermissionModifications{.add = {{.user_id = "222222222222"}},
                                                                             .remove = {{.user_id = "333333333333"}}},
        .snapshot_id = id},
       "InvalidParameterCombination"},
      {too_many, "InvalidParameterValue"},
      {{.operation_type = "add", .snapshot_id = id, .user_ids = {"222222222222"}, .dry_run = true}, "DryRunOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(permissions(world, id).empty());
}

TEST_CASE("Encrypted snapshots are shared with a key of one's own only, and never with all",
          "[snapshots][ModifySnapshotAttribute]") {
  World world;
  const std::string by_default = make_encrypted_snapshot(world);
  const std::string by_customer = make_encrypted_snapshot(world, kCustomerKey);
  CHECK(world.error_of(adding(by_default, {.user_id = "222222222222"})) == "OperationNotPermitted");
  CHECK(world.error_of(adding(by_default, {.group = "all"})) == "OperationNotPermitted");
  CHECK(world.error_of(adding(by_customer, {.group = "all"})) == "OperationNotPermitted");
  CHECK(world.error_of(adding(by_customer, {.user_id = "222222222222"})).empty());
}

TEST_CASE("A snapshot with product codes is shown with them and never made public",
          "[snapshots][ModifySnapshotAttribute][DescribeSnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  handlers::Call call = world.make_call();
  state::Snapshot snapshot = call.snapshots().find(id).value();
  snapshot.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
  call.snapshots().update(snapshot);
  CHECK(world.error_of(adding(id, {.group = "all"})) == "OperationNotPermitted");
  share(world, id, kOtherAccount);

  const auto result = world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "productCodes", .snapshot_id = id});
  CHECK(result.product_codes.at(0).product_code_id == "abc");
  CHECK(result.create_volume_permissions.empty());

  // Copies and volumes carry them on.
  const auto copy =
      *world.call(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = id}).snapshot_id;
  const auto later = make_snapshot(world, make_volume(world, {.snapshot_id = copy}));
  CHECK(world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "productCodes", .snapshot_id = later})
            .product_codes.size() == 1);
}

TEST_CASE("Permissions are their owner's business", "[snapshots][ModifySnapshotAttribute][DescribeSnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  const ec2::DescribeSnapshotAttributeRequest look{.attribute = "createVolumePermission", .snapshot_id = id};
  const auto change = adding(id, {.user_id = "333333333333"});
  world.as(kOtherAccount);
  CHECK(world.error_of(look) == "InvalidSnapshot.NotFound");
  CHECK(world.error_of(change) == "InvalidSnapshot.NotFound");
  share(world.as(kAccount), id, kOtherAccount);
  world.as(kOtherAccount);
  CHECK(world.error_of(look) == "AuthFailure");
  CHECK(world.error_of(change) == "AuthFailure");
  CHECK(world.error_of(ec2::DescribeSnapshotAttributeRequest{
            .attribute = "createVolumePermission", .snapshot_id = "snap-1"}) == "InvalidSnapshotID.Malformed");
}

TEST_CASE("Taking a permission away hides the snapshot again", "[snapshots][ModifySnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  share(world, id, kOtherAccount);
  CHECK(describe_snapshot(world.as(kOtherAccount), id).snapshot_id == id);
  world.as(kAccount).call(ec2::ModifySnapshotAttributeRequest{
      .operation_type = "remove", .snapshot_id = id, .user_ids = {std::string(kOtherAccount)}});
  CHECK(world.as(kOtherAccount).call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}).snapshots.empty());
}
