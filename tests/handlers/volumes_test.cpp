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

std::vector<ec2::TagSpecification> tagged(std::string type, std::string key, std::string value) {
  return {{.resource_type = std::move(type), .tags = {{.key = std::move(key), .value = std::move(value)}}}};
}

Ids ids_of(const ec2::DescribeVolumesResult& result) {
  Ids ids;
  for (const auto& volume : result.volumes) ids.push_back(*volume.volume_id);
  return ids;
}

Ids filtered(World& world, const std::string& name, std::vector<std::string> values) {
  return ids_of(world.call(ec2::DescribeVolumesRequest{.filters = {{.name = name, .values = std::move(values)}}}));
}

ec2::CreateVolumeRequest sized(const char* type, std::int32_t gib) {
  return {.availability_zone = std::string(kZone), .size = gib, .volume_type = type};
}

}  // namespace

TEST_CASE("A new volume is creating, then available", "[volumes][CreateVolume]") {
  World world;
  const auto made = world.call(ec2::CreateVolumeRequest{
      .availability_zone = std::string(kZone), .size = 100, .tag_specifications = tagged("volume", "Stage", "test")});
  CHECK(made.volume_id->starts_with("vol-"));
  CHECK(made.state == "creating");
  CHECK(made.create_time == world.now());
  CHECK(made.availability_zone == "us-east-1a");
  CHECK(made.availability_zone_id->starts_with("use1-az"));
  CHECK(made.size == 100);
  CHECK(made.snapshot_id == "");
  CHECK(made.volume_type == "gp2");
  CHECK(made.iops == 300);
  CHECK_FALSE(made.throughput);
  CHECK(made.encrypted == false);
  CHECK_FALSE(made.kms_key_id);
  CHECK(made.multi_attach_enabled == false);
  CHECK(made.operator_value->managed == false);
  REQUIRE(made.tags.size() == 1);

  const ec2::Volume volume = describe_volume(world, *made.volume_id);
  CHECK(volume.state == "available");
  CHECK(volume.multi_attach_enabled == false);
  CHECK(volume.attachments.empty());
  CHECK(volume.tags.at(0).value == "test");
}

TEST_CASE("A realistic volume takes its time", "[volumes][CreateVolume][DeleteVolume]") {
  World world(handlers::realistic_profile());
  const std::string id = make_volume(world);
  CHECK(describe_volume(world, id).state == "creating");
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = id}) == "IncorrectState");
  world.advance(10s);
  CHECK(describe_volume(world, id).state == "available");
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  CHECK(describe_volume(world, id).state == "deleting");
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = id}) == "IncorrectState");
  world.advance(10s);
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {id}}) == "InvalidVolume.NotFound");
}

TEST_CASE("Each type of volume has its own IOPS and throughput", "[volumes][CreateVolume]") {
  World world;
  struct Row {
    const char* type;
    std::int32_t gib;
    std::optional<std::int32_t> asked_iops, asked_throughput, iops, throughput;
  };
  const Row rows[] = {
      {"gp2", 1, {}, {}, 100, {}},        {"gp2", 33, {}, {}, 100, {}},
      {"gp2", 34, {}, {}, 102, {}},       {"gp2", 5334, {}, {}, 16000, {}},
      {"gp2", 16384, {}, {}, 16000, {}},  {"gp3", 1, {}, {}, 3000, 125},
      {"gp3", 1, 3000, 750, 3000, 750},   {"gp3", 65536, 80000, 2000, 80000, 2000},
      {"io1", 4, 200, {}, 200, {}},       {"io1", 16384, 64000, {}, 64000, {}},
      {"io2", 4, 4000, {}, 4000, {}},     {"io2", 65536, 256000, {}, 256000, {}},
      {"st1", 125, {}, {}, {}, {}},       {"sc1", 16384, {}, {}, {}, {}},
      {"standard", 1024, {}, {}, {}, {}},
  };
  for (const Row& row : rows) {
    INFO(row.type << ' ' << row.gib);
    auto request = sized(row.type, row.gib);
    request.iops = row.asked_iops;
    request.throughput = row.asked_throughput;
    const auto volume = world.call(request);
    CHECK(volume.iops == row.iops);
    CHECK(volume.throughput == row.throughput);
  }
}

TEST_CASE("CreateVolume refuses what its type cannot be", "[volumes][CreateVolume]") {
  World world;
  struct Row {
    const char* type;
    std::optional<std::int32_t> gib, iops, throughput;
    const char* code;
  };
  const Row rows[] = {
      {"gp2", {}, {}, {}, "MissingParameter"},
      {"gp2", 0, {}, {}, "InvalidParameterValue"},
      {"gp2", -1, {}, {}, "InvalidParameterValue"},
      {"gp2", 16385, {}, {}, "InvalidParameterValue"},
      {"gp2", 10, 100, {}, "InvalidParameterCombination"},
      {"gp2", 10, {}, 125, "InvalidParameterCombination"},
      {"gp3", 65537, {}, {}, "InvalidParameterValue"},
      {"gp3", 10, 2999, {}, "InvalidParameterValue"},
      {"gp3", 65536, 80001, {}, "InvalidParameterValue"},
      {"gp3", 10, 5001, {}, "InvalidParameterValue"},
      {"gp3", 10, {}, 124, "InvalidParameterValue"},
      {"gp3", 10, {}, 751, "InvalidParameterValue"},
      {"gp3", 65536, 80000, 2001, "InvalidParameterValue"},
      {"io1", 3, 100, {}, "InvalidParameterValue"},
      {"io1", 16385, 100, {}, "InvalidParameterValue"},
      {"io1", 10, {}, {}, "InvalidParameterCombination"},
      {"io1", 10, 99, {}, "InvalidParameterValue"},
      {"io1", 10, 501, {}, "InvalidParameterValue"},
      {"io1", 16384, 64001, {}, "InvalidParameterValue"},
      {"io1", 10, 100, 125, "InvalidParameterCombination"},
      {"io2", 10, {}, {}, "InvalidParameterCombination"},
      {"io2", 10, 10001, {}, "InvalidParameterValue"},
      {"io2", 65536, 256001, {}, "InvalidParameterValue"},
      {"st1", 124, {}, {}, "InvalidParameterValue"},
      {"sc1", 16385, {}, {}, "InvalidParameterValue"},
      {"st1", 125, 500, {}, "InvalidParameterCombination"},
      {"standard", 1025, {}, {}, "InvalidParameterValue"},
      {"gp9", 10, {}, {}, "UnknownVolumeType"},
  };
  for (const Row& row : rows) {
    INFO(row.type << ' ' << row.gib.value_or(-7) << ' ' << row.iops.value_or(-7) << ' ' << row.throughput.value_or(-7));
    CHECK(world.error_of(ec2::CreateVolumeRequest{.availability_zone = std::string(kZone),
                                                  .iops = row.iops,
                                                  .size = row.gib,
                                                  .volume_type = row.type,
                                                  .throughput = row.throughput}) == row.code);
  }
  CHECK(world.call(ec2::DescribeVolumesRequest{}).volumes.empty());
}

TEST_CASE("CreateVolume refuses other bad requests", "[volumes][CreateVolume]") {
  World world;
  const std::string zone(kZone);
  const std::string snapshot = make_snapshot(world);
  struct Row {
    ec2::CreateVolumeRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.size = 1}, "MissingParameter"},
      {{.availability_zone = zone, .availability_zone_id = "use1-az1", .size = 1}, "InvalidParameterCombination"},
      {{.availability_zone = "us-east-1z", .size = 1}, "InvalidZone.NotFound"},
      {{.availability_zone = "eu-west-1a", .size = 1}, "InvalidZone.NotFound"},
      {{.availability_zone_id = "euw1-az1", .size = 1}, "InvalidZone.NotFound"},
      {{.availability_zone = zone, .snapshot_id = "snap-1"}, "InvalidSnapshotID.Malformed"},
      {{.availability_zone = zone, .snapshot_id = "snap-0123456789abcdef0"}, "InvalidSnapshot.NotFound"},
      {{.availability_zone = zone, .size = 7, .snapshot_id = snapshot}, "InvalidParameterValue"},
      {{.availability_zone = zone, .snapshot_id = snapshot, .volume_type = "st1"}, "InvalidParameterValue"},
      {{.availability_zone = zone, .snapshot_id = snapshot, .volume_initialization_rate = 99}, "InvalidParameterValue"},
      {{.availability_zone = zone, .snapshot_id = snapshot, .volume_initialization_rate = 301},
       "InvalidParameterValue"},
      {{.availability_zone = zone, .size = 1, .volume_initialization_rate = 100}, "InvalidParameterDependency"},
      {{.availability_zone = zone, .size = 1, .multi_attach_enabled = true}, "InvalidParameterCombination"},
      {{.availability_zone = zone, .outpost_arn = "arn:aws:outposts:…", .size = 1}, "UnsupportedOperation"},
      {{.availability_zone = zone, .size = 1, .tag_specifications = tagged("snapshot", "a", "b")},
       "InvalidParameterValue"},
      {{.availability_zone = zone, .size = 1, .dry_run = true}, "DryRunOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(world.call(ec2::DescribeVolumesRequest{}).volumes.size() == 1);
}

TEST_CASE("A zone can be named by its id", "[volumes][CreateVolume]") {
  World world;
  const auto volume = world.call(ec2::CreateVolumeRequest{.availability_zone_id = "use1-az1", .size = 1});
  CHECK(volume.availability_zone_id == "use1-az1");
  CHECK(volume.availability_zone->starts_with("us-east-1"));
}

TEST_CASE("A volume made of a snapshot takes its size, encryption and content", "[volumes][CreateVolume]") {
  World world;
  const std::string plain = make_snapshot(world);
  const auto same = world.call(ec2::CreateVolumeRequest{
      .availability_zone = std::string(kZone), .snapshot_id = plain, .volume_initialization_rate = 200});
  CHECK(same.size == 8);
  CHECK(same.snapshot_id == plain);
  CHECK(same.volume_initialization_rate == 200);
  CHECK(describe_volume(world, make_volume(world, {.size = 20, .snapshot_id = plain})).size == 20);

  const std::string encrypted = make_encrypted_snapshot(world, kCustomerKey);
  const ec2::Volume volume = describe_volume(world, make_volume(world, {.snapshot_id = encrypted}));
  CHECK(volume.encrypted == true);
  CHECK(volume.kms_key_id == key_arn(kAccount));
}

TEST_CASE("A volume of a catalogue snapshot is as large, and as much of it is written", "[volumes][CreateVolume]") {
  World world;
  const ec2::Snapshot& listed = world.catalogue().snapshots("us-east-1").front();
  const std::string volume = make_volume(world, {.snapshot_id = listed.snapshot_id});
  CHECK(describe_volume(world, volume).size == listed.volume_size);
  CHECK(describe_snapshot(world, make_snapshot(world, volume)).full_snapshot_size_in_bytes ==
        listed.full_snapshot_size_in_bytes);
}

TEST_CASE("Another account makes volumes of what is shared with it, and of nothing else", "[volumes][CreateVolume]") {
  World world;
  const std::string snapshot = make_encrypted_snapshot(world, kCustomerKey);
  const ec2::CreateVolumeRequest request{.availability_zone = std::string(kZone), .snapshot_id = snapshot};
  CHECK(world.as(kOtherAccount).error_of(request) == "InvalidSnapshot.NotFound");
  share(world.as(kAccount), snapshot, kOtherAccount);
  // Without its key the volume vanishes.
  const std::string vanished = make_volume(world.as(kOtherAccount), request);
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {vanished}}) == "InvalidVolume.NotFound");
  grant_key(world, key_arn(kAccount));
  const std::string volume = make_volume(world, request);
  // Its owner's key is not the caller's: the caller's default key takes over.
  CHECK(describe_volume(world, volume).kms_key_id == handlers::managed_kms_key(world.make_call()));
  CHECK(world.as("333333333333").error_of(request) == "InvalidSnapshot.NotFound");
}

TEST_CASE("A launch permission lets a volume be made of a snapshot that is not shared", "[volumes]") {
  World world;
  const std::string snapshot = make_snapshot(world);
  CHECK(describe_snapshot(world, snapshot).state == "completed");
  handlers::Call call = world.as(kOtherAccount).make_call();
  handlers::NewVolume wanted{.availability_zone = std::string(kZone), .snapshot_id = snapshot};
  CHECK_THROWS_AS(create_volume_row(call, wanted), handlers::ApiError);
  wanted.attachment = handlers::NewAttachment{.instance_id = put_instance(world),
                                              .device = "/dev/xvda",
                                              .state = ec2::VolumeAttachmentState::attached,
                                              .delete_on_termination = true};
  const ec2::Volume made = create_volume_row(call, wanted, true).volume;
  const ec2::Volume shown = describe_volume(world, *made.volume_id);
  CHECK(shown.snapshot_id == snapshot);
  CHECK(shown.state == "in-use");
  CHECK(shown.attachments.at(0).state == "attached");
  CHECK(shown.attachments.at(0).delete_on_termination == true);

  wanted.size_gib = 7;
  try {
    create_volume_row(call, wanted, true);
    FAIL("made");
  } catch (const handlers::ApiError& error) {
    CHECK(error.code() == "InvalidBlockDeviceMapping");
  }
}

TEST_CASE("A snapshot must be completed to be made into a volume", "[volumes][CreateVolume]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  world.advance(1min);
  const std::string snapshot = make_snapshot(world, volume);
  const ec2::CreateVolumeRequest request{.availability_zone = std::string(kZone), .snapshot_id = snapshot};
  CHECK(world.error_of(request) == "IncorrectState");
  world.advance(1min);
  CHECK(world.error_of(request).empty());
}

TEST_CASE("A volume whose key cannot be used vanishes", "[volumes][CreateVolume]") {
  World world;
  const auto made = world.call(ec2::CreateVolumeRequest{.availability_zone = std::string(kZone),
                                                        .encrypted = true,
                                                        .kms_key_id = key_arn(kOtherAccount),
                                                        .size = 1,
                                                        .tag_specifications = tagged("volume", "a", "b")});
  CHECK(made.state == "creating");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {*made.volume_id}}) == "InvalidVolume.NotFound");
  CHECK(world.make_call().tags().of(*made.volume_id).empty());
}

TEST_CASE("A client token makes one volume", "[volumes][CreateVolume]") {
  World world;
  ec2::CreateVolumeRequest request{.availability_zone = std::string(kZone), .size = 1, .client_token = "once"};
  const std::string id = *world.call(request).volume_id;
  const auto again = world.call(request);
  CHECK(again.volume_id == id);
  CHECK(again.state == "available");
  SECTION("other parameters are refused") {
    request.size = 2;
    CHECK(world.error_of(request) == "IdempotentParameterMismatch");
  }
  SECTION("a deleted volume does not come back") {
    world.call(ec2::DeleteVolumeRequest{.volume_id = id});
    CHECK(world.error_of(request) == "IdempotentParameterMismatch");
  }
}

TEST_CASE("DescribeVolumes knows every documented filter", "[volumes][DescribeVolumes]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeVolumes")->filters) {
    INFO(name);
    CHECK(world.error_of(ec2::DescribeVolumesRequest{
              .filters = {{.name = name == "tag" ? "tag:x" : std::string(name), .values = {"x"}}}}) == "");
  }
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.filters = {{.name = "no-such", .values = {"x"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeVolumes filters", "[volumes][DescribeVolumes]") {
  World world;
  const std::string snapshot = make_snapshot(world);
  world.call(ec2::DeleteVolumeRequest{.volume_id = *describe_snapshot(world, snapshot).volume_id});
  world.advance(1s);
  const std::string plain =
      make_volume(world, {.snapshot_id = snapshot, .tag_specifications = tagged("volume", "Stage", "test")});
  const std::string fast = make_volume(world, {.availability_zone = "us-east-1b",
                                               .encrypted = true,
                                               .iops = 200,
                                               .size = 10,
                                               .volume_type = "io2",
                                               .multi_attach_enabled = true});
  const std::string instance = put_instance(world);
  world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = instance, .volume_id = plain});
  struct Row {
    const char* name;
    std::vector<std::string> values;
    Ids expected;
  };
  const Row rows[] = {
      {"attachment.attach-time", {"2026-01-02T03:04:06.000Z"}, {plain}},
      {"attachment.delete-on-termination", {"false"}, {plain}},
      {"attachment.device", {"/dev/sd?"}, {plain}},
      {"attachment.instance-id", {instance}, {plain}},
      {"attachment.status", {"attached"}, {plain}},
      {"attachment.status", {"detaching"}, {}},
      {"availability-zone", {"us-east-1b"}, {fast}},
      {"availability-zone-id", {*describe_volume(world, fast).availability_zone_id}, {fast}},
      {"create-time", {"2026-01-02*"}, {plain, fast}},
      {"encrypted", {"true"}, {fast}},
      {"fast-restored", {"false"}, {plain, fast}},
      {"fast-restored", {"true"}, {}},
      {"multi-attach-enabled", {"true"}, {fast}},
      {"operator.managed", {"false"}, {plain, fast}},
      {"operator.principal", {"*"}, {}},
      {"size", {"8", "9"}, {plain}},
      {"snapshot-id", {snapshot}, {plain}},
      {"status", {"in-use"}, {plain}},
      {"volume-id", {fast}, {fast}},
      {"volume-type", {"io*"}, {fast}},
      {"tag:Stage", {"t*"}, {plain}},
      {"tag-key", {"Stage"}, {plain}},
  };
  for (const Row& row : rows) {
    INFO(row.name << ' ' << row.values.front());
    CHECK(filtered(world, row.name, row.values) == row.expected);
  }
}

TEST_CASE("DescribeVolumes answers in pages", "[volumes][DescribeVolumes]") {
  World world;
  Ids made;
  for (int i = 0; i < 12; ++i) made.push_back(make_volume(world));
  Ids seen;
  std::optional<std::string> token;
  int pages = 0;
  do {
    const auto page = world.call(ec2::DescribeVolumesRequest{.next_token = token, .max_results = 5});
    for (const auto& id : ids_of(page)) seen.push_back(id);
    token = page.next_token;
    ++pages;
  } while (token);
  CHECK(pages == 3);
  CHECK(seen == made);

  CHECK(world.error_of(ec2::DescribeVolumesRequest{.max_results = 4}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.max_results = 1001}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {made[0]}, .max_results = 5}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.next_token = "x"}) == "InvalidNextToken");
}

TEST_CASE("Volumes are seen by their account in their region only", "[volumes][DescribeVolumes][DeleteVolume]") {
  World world;
  const std::string id = make_volume(world);
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {"vol-x"}}) == "InvalidVolumeID.Malformed");
  world.as(kOtherAccount);
  CHECK(world.call(ec2::DescribeVolumesRequest{}).volumes.empty());
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {id}}) == "InvalidVolume.NotFound");
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = id}) == "InvalidVolume.NotFound");
  world.as(kAccount).in("eu-west-1");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {id}}) == "InvalidVolume.NotFound");
}

TEST_CASE("DeleteVolume takes the volume and its tags away", "[volumes][DeleteVolume]") {
  World world;
  const std::string id = make_volume(world, {.tag_specifications = tagged("volume", "a", "b")});
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = id}) == "InvalidVolume.NotFound");
  CHECK(world.make_call().tags().of(id).empty());
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = "vol-1"}) == "InvalidVolumeID.Malformed");

  const std::string attached = make_volume(world);
  world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = put_instance(world), .volume_id = attached});
  CHECK(world.error_of(ec2::DeleteVolumeRequest{.volume_id = attached}) == "VolumeInUse");
}
