#include "handlers/snapshots.hpp"

#include "handlers/volumes.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

namespace {

constexpr std::string_view kThirdAccount = "333333333333";

std::vector<ec2::TagSpecification> tagged(std::string type, std::string key, std::string value) {
  return {{.resource_type = std::move(type), .tags = {{.key = std::move(key), .value = std::move(value)}}}};
}

Ids ids_of(const ec2::DescribeSnapshotsResult& result) {
  Ids ids;
  for (const auto& snapshot : result.snapshots) ids.push_back(*snapshot.snapshot_id);
  return ids;
}

// Without the catalogue's.
Ids described(World& world, ec2::DescribeSnapshotsRequest request = {}) {
  Ids ids = ids_of(world.call(request));
  std::erase_if(ids, [&](const std::string& id) { return world.catalogue().snapshot("us-east-1", id); });
  return ids;
}

Ids filtered(World& world, const std::string& name, std::vector<std::string> values) {
  return described(world, {.filters = {{.name = name, .values = std::move(values)}}});
}

}  // namespace

TEST_CASE("A new snapshot is pending, then completed", "[snapshots][CreateSnapshot]") {
  World world;
  const std::string volume = make_volume(world);
  const auto made = world.call(ec2::CreateSnapshotRequest{
      .description = "nightly", .volume_id = volume, .tag_specifications = tagged("snapshot", "Stage", "test")});
  CHECK(made.snapshot_id->starts_with("snap-"));
  CHECK(made.state == "pending");
  CHECK(made.progress == "0%");
  CHECK(made.volume_id == volume);
  CHECK(made.volume_size == 8);
  CHECK(made.start_time == world.now());
  CHECK(made.owner_id == kAccount);
  CHECK(made.description == "nightly");
  CHECK(made.encrypted == false);
  CHECK(made.storage_tier == "standard");
  CHECK(made.tags.at(0).value == "test");
  CHECK_FALSE(made.completion_time);
  CHECK_FALSE(made.transfer_type);

  const ec2::Snapshot snapshot = describe_snapshot(world, *made.snapshot_id);
  CHECK(snapshot.state == "completed");
  CHECK(snapshot.progress == "100%");
  CHECK(snapshot.completion_time == world.now());
  CHECK(snapshot.full_snapshot_size_in_bytes == 0);
  CHECK(snapshot.tags.at(0).key == "Stage");
  CHECK_FALSE(snapshot.state_message);
}

TEST_CASE("A realistic snapshot fills up", "[snapshots][CreateSnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  CHECK(world.error_of(ec2::CreateSnapshotRequest{.volume_id = volume}) == "IncorrectState");
  world.advance(10s);
  const std::string id = make_snapshot(world, volume);
  CHECK(describe_snapshot(world, id).progress == "0%");
  world.advance(9s);
  CHECK(describe_snapshot(world, id).progress == "20%");
  CHECK(describe_snapshot(world, id).state == "pending");
  CHECK(filtered(world, "progress", {"20%"}) == Ids{id});
  world.advance(36s);
  CHECK(describe_snapshot(world, id).progress == "100%");
  CHECK(describe_snapshot(world, id).completion_time == world.now());
}

TEST_CASE("A snapshot can be taken of a volume in use", "[snapshots][CreateSnapshot]") {
  World world;
  const std::string volume = make_volume(world);
  world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = put_instance(world), .volume_id = volume});
  CHECK(describe_snapshot(world, make_snapshot(world, volume)).volume_id == volume);
}

TEST_CASE("A snapshot of an encrypted volume is encrypted alike", "[snapshots][CreateSnapshot]") {
  World world;
  const auto made = world.call(
      ec2::CreateSnapshotRequest{.volume_id = make_volume(world, {.encrypted = true, .kms_key_id = kCustomerKey})});
  CHECK(made.encrypted == true);
  CHECK(made.kms_key_id == key_arn(kAccount));
  CHECK_FALSE(made.data_encryption_key_id);  // told by DescribeSnapshots only
  const ec2::Snapshot snapshot = describe_snapshot(world, *made.snapshot_id);
  REQUIRE(snapshot.data_encryption_key_id);

  // The lineage keeps its data key for as long as the KMS key stays the same.
  const auto data_key = [&](ec2::CreateVolumeRequest request) {
    request.snapshot_id = made.snapshot_id;
    return describe_snapshot(world, make_snapshot(world, make_volume(world, request))).data_encryption_key_id;
  };
  CHECK(data_key({}) == snapshot.data_encryption_key_id);
  CHECK(data_key({.encrypted = true, .kms_key_id = "alias/other"}) != snapshot.data_encryption_key_id);
  CHECK_FALSE(describe_snapshot(world, make_snapshot(world)).data_encryption_key_id);
}

TEST_CASE("CreateSnapshot refuses bad requests", "[snapshots][CreateSnapshot]") {
  World world;
  const std::string volume = make_volume(world);
  struct Row {
    ec2::CreateSnapshotRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.volume_id = "vol-1"}, "InvalidVolumeID.Malformed"},
      {{.volume_id = "vol-0123456789abcdef0"}, "InvalidVolume.NotFound"},
      {{.outpost_arn = "arn:aws:outposts:…", .volume_id = volume}, "UnsupportedOperation"},
      {{.volume_id = volume, .tag_specifications = tagged("volume", "a", "b")}, "InvalidParameterValue"},
      {{.volume_id = volume, .tag_specifications = tagged("snapshot", "aws:a", "b")}, "InvalidParameterValue"},
      {{.volume_id = volume, .location = "local"}, "InvalidParameterValue"},
      {{.volume_id = volume, .dry_run = true}, "DryRunOperation"},
      {{.volume_id = volume, .location = "regional"}, ""},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(world.as(kOtherAccount).error_of(ec2::CreateSnapshotRequest{.volume_id = volume}) == "InvalidVolume.NotFound");
}

TEST_CASE("A volume in a Local Zone may have its snapshots there", "[snapshots][CreateSnapshot]") {
  World world;
  world.in("us-west-2");
  const std::string volume = make_volume(world, {.availability_zone = "us-west-2-lax-1a"});
  const auto made = world.call(ec2::CreateSnapshotRequest{.volume_id = volume, .location = "local"});
  CHECK(made.availability_zone == "us-west-2-lax-1a");
}

TEST_CASE("Five snapshots of a volume may be pending, one of a hard disk", "[snapshots][CreateSnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  const std::string disk = make_volume(world, {.size = 125, .volume_type = "st1"});
  world.advance(10s);
  for (int i = 0; i < 5; ++i) make_snapshot(world, volume);
  CHECK(world.error_of(ec2::CreateSnapshotRequest{.volume_id = volume}) == "ConcurrentSnapshotLimitExceeded");
  make_snapshot(world, disk);
  CHECK(world.error_of(ec2::CreateSnapshotRequest{.volume_id = disk}) == "ConcurrentSnapshotLimitExceeded");
  world.advance(1min);
  make_snapshot(world, volume);
}

TEST_CASE("DescribeSnapshots knows every documented filter", "[snapshots][DescribeSnapshots]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeSnapshots")->filters) {
    INFO(name);
    CHECK(world.error_of(ec2::DescribeSnapshotsRequest{
              .filters = {{.name = name == "tag" ? "tag:x" : std::string(name), .values = {"x"}}}}) == "");
  }
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.filters = {{.name = "no-such", .values = {"x"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeSnapshots filters", "[snapshots][DescribeSnapshots]") {
  World world;
  const std::string volume = make_volume(world);
  const std::string plain =
      *world
           .call(ec2::CreateSnapshotRequest{.description = "nightly",
                                            .volume_id = volume,
                                            .tag_specifications = tagged("snapshot", "Stage", "test")})
           .snapshot_id;
  world.advance(1s);
  const std::string encrypted = make_snapshot(world, make_volume(world, {.encrypted = true, .size = 20}));
  const std::string copy =
      *world.call(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = plain}).snapshot_id;
  struct Row {
    const char* name;
    std::vector<std::string> values;
    Ids expected;
  };
  const Row rows[] = {
      {"description", {"night*"}, {plain}},
      {"encrypted", {"true"}, {encrypted}},
      {"owner-id", {std::string(kAccount)}, {plain, encrypted, copy}},
      {"owner-alias", {"amazon"}, {}},
      {"progress", {"100%"}, {plain, encrypted, copy}},
      {"snapshot-id", {copy, "snap-x"}, {copy}},
      {"start-time", {"2026-01-02T03:04:05.000Z"}, {plain}},
      {"status", {"completed"}, {plain, encrypted, copy}},
      {"status", {"pending"}, {}},
      {"storage-tier", {"standard"}, {plain, encrypted, copy}},
      {"storage-tier", {"archive"}, {}},
      {"transfer-type", {"standard"}, {copy}},
      {"volume-id", {volume}, {plain}},
      {"volume-size", {"20"}, {encrypted}},
      {"tag:Stage", {"test"}, {plain}},
      {"tag-key", {"Stage"}, {plain}},
  };
  for (const Row& row : rows) {
    INFO(row.name << ' ' << row.values.front());
    CHECK(filtered(world, row.name, row.values) == row.expected);
  }
}

TEST_CASE("DescribeSnapshots shows what the caller may use, by owner and by user", "[snapshots][DescribeSnapshots]") {
  World world;
  const std::string own = make_snapshot(world);
  const std::string shared = make_snapshot(world);
  share(world, shared, kOtherAccount);
  const std::string open = make_snapshot(world);
  make_public(world, open);
  const std::string first(kAccount), second(kOtherAccount);

  struct Row {
    std::string_view caller;
    Ids owners, users, expected;
  };
  const Row rows[] = {
      {kAccount, {}, {}, {own, shared, open}},
      {kAccount, {"self"}, {}, {own, shared, open}},
      {kAccount, {first}, {}, {own, shared, open}},
      {kAccount, {second}, {}, {}},
      {kAccount, {}, {"self"}, {own, shared, open}},
      {kAccount, {}, {"all"}, {open}},
      {kAccount, {}, {second}, {shared}},
      {kAccount, {"self"}, {second, "all"}, {shared, open}},
      {kAccount, {"amazon"}, {}, {}},
      {kOtherAccount, {}, {}, {shared, open}},
      {kOtherAccount, {"self"}, {}, {}},
      {kOtherAccount, {first}, {}, {shared, open}},
      {kOtherAccount, {second, first}, {}, {shared, open}},
      {kOtherAccount, {}, {"self"}, {shared}},
      {kOtherAccount, {}, {second}, {shared}},
      {kOtherAccount, {}, {"all"}, {open}},
      {kThirdAccount, {}, {}, {open}},
      {kThirdAccount, {}, {second}, {}},
  };
  for (const Row& row : rows) {
    INFO(row.caller << " owner " << (row.owners.empty() ? "-" : row.owners[0]) << " user "
                    << (row.users.empty() ? "-" : row.users[0]));
    CHECK(described(world.as(row.caller), {.owner_ids = row.owners, .restorable_by_user_ids = row.users}) ==
          row.expected);
  }
  for (const char* bad : {"me", "", "12345678901", "1234567890123", "12345678901a"}) {
    INFO(bad);
    CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.owner_ids = {bad}}) == "InvalidUserID.Malformed");
    CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.restorable_by_user_ids = {bad}}) == "InvalidUserID.Malformed");
  }
}

TEST_CASE("DescribeSnapshots leaves out named snapshots that the caller may not use",
          "[snapshots][DescribeSnapshots]") {
  World world;
  const std::string hidden = make_snapshot(world);
  world.as(kOtherAccount);
  const std::string own = make_snapshot(world);
  CHECK(described(world, {.snapshot_ids = {hidden, own}}) == Ids{own});
  CHECK(described(world, {.snapshot_ids = {hidden}}).empty());
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.snapshot_ids = {own, "snap-0123456789abcdef0"}}) ==
        "InvalidSnapshot.NotFound");
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.snapshot_ids = {"snap-1"}}) == "InvalidSnapshotID.Malformed");
}

TEST_CASE("DescribeSnapshots shows the snapshots of public images", "[snapshots][DescribeSnapshots]") {
  World world;
  const ec2::Snapshot& listed = world.catalogue().snapshots("us-east-1").front();
  const ec2::Snapshot shown = describe_snapshot(world, *listed.snapshot_id);
  CHECK(shown.owner_id == listed.owner_id);
  CHECK(shown.state == "completed");
  CHECK(shown.volume_size == listed.volume_size);
  CHECK(world.call(ec2::DescribeSnapshotsRequest{}).snapshots.size() ==
        world.catalogue().snapshots("us-east-1").size());
  CHECK(ids_of(world.call(ec2::DescribeSnapshotsRequest{
            .filters = {{.name = "snapshot-id", .values = {*listed.snapshot_id}}}})) == Ids{*listed.snapshot_id});
  const auto of_amazon = world.call(ec2::DescribeSnapshotsRequest{.owner_ids = {"amazon"}}).snapshots;
  CHECK_FALSE(of_amazon.empty());
  CHECK(std::ranges::all_of(of_amazon, [](const auto& one) { return one.owner_alias == "amazon"; }));
  CHECK(world.call(ec2::DescribeSnapshotsRequest{.owner_ids = {"self"}}).snapshots.empty());
  CHECK(world.call(ec2::DescribeSnapshotsRequest{.restorable_by_user_ids = {"self"}}).snapshots.empty());
}

TEST_CASE("Pages of DescribeSnapshots lead through own and public ones", "[snapshots][DescribeSnapshots]") {
  World world;
  for (int i = 0; i < 7; ++i) make_snapshot(world);
  const Ids all = ids_of(world.call(ec2::DescribeSnapshotsRequest{}));
  for (const std::int32_t length : {5, 7, 100}) {
    Ids seen;
    std::optional<std::string> token;
    do {
      const auto page = world.call(ec2::DescribeSnapshotsRequest{.max_results = length, .next_token = token});
      CHECK(page.snapshots.size() <= static_cast<std::size_t>(length));
      for (const auto& id : ids_of(page)) seen.push_back(id);
      token = page.next_token;
    } while (token);
    CHECK(seen == all);
  }
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.max_results = 4}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.max_results = 1001}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.max_results = 5, .snapshot_ids = {all[0]}}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.next_token = "x"}) == "InvalidNextToken");
}

TEST_CASE("DeleteSnapshot takes the snapshot and its tags away", "[snapshots][DeleteSnapshot]") {
  World world;
  const std::string id = *world
                              .call(ec2::CreateSnapshotRequest{.volume_id = make_volume(world),
                                                               .tag_specifications = tagged("snapshot", "a", "b")})
                              .snapshot_id;
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id, .dry_run = true}) == "DryRunOperation");
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  CHECK(world.make_call().tags().of(id).empty());
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id}) == "InvalidSnapshot.NotFound");
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = "snap-1"}) == "InvalidSnapshotID.Malformed");
}

TEST_CASE("A pending snapshot is deleted when it is completed", "[snapshots][DeleteSnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  world.advance(10s);
  const std::string id = make_snapshot(world, volume);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  CHECK(describe_snapshot(world, id).state == "pending");
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  world.advance(1min);
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}) == "InvalidSnapshot.NotFound");
}

TEST_CASE("Only its owner deletes a snapshot", "[snapshots][DeleteSnapshot]") {
  World world;
  const std::string id = make_snapshot(world);
  const ec2::DeleteSnapshotRequest request{.snapshot_id = id};
  CHECK(world.as(kOtherAccount).error_of(request) == "InvalidSnapshot.NotFound");
  make_public(world.as(kAccount), id);
  CHECK(world.as(kOtherAccount).error_of(request) == "AuthFailure");
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{
            .snapshot_id = *world.catalogue().snapshots("us-east-1").front().snapshot_id}) == "AuthFailure");
  CHECK(world.as(kAccount).error_of(request).empty());
}

TEST_CASE("A snapshot that a registered image needs cannot be deleted", "[snapshots][DeleteSnapshot]") {
  World world;
  const std::string id = make_snapshot(world);
  const ec2::DeleteSnapshotRequest request{.snapshot_id = id};
  for (const char* state : {"available", "pending", "disabled", "failed"}) {
    INFO(state);
    const std::string image = put_image(world, id, state);
    try {
      world.call(request);
      FAIL("deleted");
    } catch (const handlers::ApiError& error) {
      CHECK(error.code() == "InvalidSnapshot.InUse");
      CHECK(error.message() == "The snapshot " + id + " is currently in use by " + image);
    }
    world.make_call().images().remove(image);
  }
  SECTION("not even when the image is another account's") {
    share(world, id, kOtherAccount);
    put_image(world.as(kOtherAccount), id);
    CHECK(world.as(kAccount).error_of(request) == "InvalidSnapshot.InUse");
  }
  SECTION("nor when the image is still being made and names no snapshot yet") {
    const std::string image = put_image(world, "snap-0123456789abcdef0", "pending");
    handlers::Call call = world.make_call();
    state::Snapshot snapshot = call.snapshots().find(id).value();
    snapshot.created_for_image_id = image;
    call.snapshots().update(snapshot);
    CHECK(world.error_of(request) == "InvalidSnapshot.InUse");
    CHECK_FALSE(image_using(call, snapshot, image));
    call.images().remove(image);
    CHECK(world.error_of(request).empty());
  }
  SECTION("afterwards it can") { CHECK(world.error_of(request).empty()); }
}

TEST_CASE("A snapshot outlives its volume, and its size is kept", "[snapshots][DeleteSnapshot]") {
  World world;
  const ec2::Snapshot& listed = world.catalogue().snapshots("us-east-1").front();
  const std::string volume = make_volume(world, {.snapshot_id = listed.snapshot_id});
  const std::string first = make_snapshot(world, volume);
  const std::string second_volume = make_volume(world, {.size = 500, .snapshot_id = first});
  world.call(ec2::DeleteVolumeRequest{.volume_id = volume});
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = first});
  const auto second = describe_snapshot(world, make_snapshot(world, second_volume));
  CHECK(second.volume_size == 500);
  CHECK(second.full_snapshot_size_in_bytes == listed.full_snapshot_size_in_bytes);
}
