#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::VolumeModification modification_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeVolumesModificationsRequest{.volume_ids = {id}}).volumes_modifications.at(0);
}

// Modified, and through with it.
void grow(World& world, const std::string& id, std::int32_t gib) {
  world.call(ec2::ModifyVolumeRequest{.volume_id = id, .size = gib});
  modification_of(world, id);
}

}  // namespace

TEST_CASE("A modification goes from modifying over optimizing to completed", "[volumes][ModifyVolume]") {
  World world(handlers::realistic_profile());
  const std::string id = make_volume(world);
  world.advance(1min);
  const auto begin = world.now();
  const auto started =
      *world.call(ec2::ModifyVolumeRequest{.volume_id = id, .size = 20, .volume_type = "gp3"}).volume_modification;
  CHECK(started.volume_id == id);
  CHECK(started.modification_state == "modifying");
  CHECK(started.progress == 0);
  CHECK(started.start_time == begin);
  CHECK(started.original_size == 8);
  CHECK(started.original_volume_type == "gp2");
  CHECK(started.original_iops == 100);
  CHECK(started.target_size == 20);
  CHECK(started.target_volume_type == "gp3");
  CHECK(started.target_iops == 3000);
  CHECK(started.target_throughput == 125);
  CHECK(started.target_multi_attach_enabled == false);
  CHECK(describe_volume(world, id).size == 8);
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 30}) == "IncorrectModificationState");

  world.advance(5min);
  CHECK(modification_of(world, id).modification_state == "optimizing");
  CHECK(*modification_of(world, id).progress > 0);
  const ec2::Volume volume = describe_volume(world, id);
  CHECK(volume.size == 20);
  CHECK(volume.volume_type == "gp3");
  CHECK(volume.iops == 3000);
  CHECK(volume.throughput == 125);
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 30}) == "IncorrectModificationState");

  world.advance(10min);
  const auto done = modification_of(world, id);
  CHECK(done.modification_state == "completed");
  CHECK(done.progress == 100);
  CHECK(done.end_time == begin + 10min + 10s);
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 30}) == "");
}

TEST_CASE("A volume can be modified four times in 24 hours", "[volumes][ModifyVolume]") {
  World world;
  const std::string id = make_volume(world);
  for (std::int32_t gib = 9; gib <= 12; ++gib) {
    grow(world, id, gib);
    world.advance(1h);
  }
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 13}) == "VolumeModificationRateExceeded");
  world.advance(20h - 1s);
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 13}) == "VolumeModificationRateExceeded");
  world.advance(1s);
  grow(world, id, 13);
  CHECK(describe_volume(world, id).size == 13);
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = id, .size = 14}) == "VolumeModificationRateExceeded");
}

TEST_CASE("What a modification leaves out stays, as far as it goes with the type", "[volumes][ModifyVolume]") {
  World world;
  struct Row {
    ec2::CreateVolumeRequest volume;
    ec2::ModifyVolumeRequest change;
    std::optional<std::int32_t> iops, throughput;
  };
  const Row rows[] = {
      {{.size = 100}, {.size = 200}, 600, {}},
      {{.iops = 4000, .size = 100, .volume_type = "gp3"}, {.size = 200}, 4000, 125},
      {{.size = 100, .volume_type = "gp3"}, {.throughput = 500}, 3000, 500},
      {{.size = 100, .volume_type = "gp3"}, {.volume_type = "gp2"}, 300, {}},
      {{.size = 100}, {.volume_type = "io2"}, 3000, {}},
      {{.iops = 200, .size = 100, .volume_type = "io1"}, {.volume_type = "io2"}, 3000, {}},
      {{.iops = 200, .size = 100, .volume_type = "io1"}, {.iops = 500}, 500, {}},
      {{.size = 500}, {.volume_type = "st1"}, {}, {}},
  };
  for (const Row& row : rows) {
    const std::string id = make_volume(world, row.volume);
    auto change = row.change;
    change.volume_id = id;
    INFO(row.volume.volume_type.value_or("gp2") << " to " << change.volume_type.value_or("same"));
    world.call(change);
    CHECK(modification_of(world, id).target_iops == row.iops);
    CHECK(describe_volume(world, id).iops == row.iops);
    CHECK(describe_volume(world, id).throughput == row.throughput);
  }
}

TEST_CASE("ModifyVolume refuses bad requests", "[volumes][ModifyVolume]") {
  World world;
  const std::string id = make_volume(world), small = make_volume(world, {.size = 4});
  const std::string shared =
      make_volume(world, {.iops = 100, .size = 10, .volume_type = "io1", .multi_attach_enabled = true});
  const std::string io2 =
      make_volume(world, {.iops = 100, .size = 10, .volume_type = "io2", .multi_attach_enabled = true});
  const std::string io1 = make_volume(world, {.iops = 100, .size = 10, .volume_type = "io1"});
  const std::string root = make_volume(world, {.size = 200}),
                    attached = make_volume(world, {.iops = 100, .size = 10, .volume_type = "io2"});
  const std::string instance = put_instance(world);
  world.call(ec2::AttachVolumeRequest{.device = "/dev/xvda", .instance_id = instance, .volume_id = root});
  world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = instance, .volume_id = attached});
  const std::string deleting = make_volume(world);
  world.call(ec2::DeleteVolumeRequest{.volume_id = deleting});
  struct Row {
    ec2::ModifyVolumeRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.volume_id = "vol-1", .size = 9}, "InvalidVolumeID.Malformed"},
      {{.volume_id = "vol-0123456789abcdef0", .size = 9}, "InvalidVolume.NotFound"},
      {{.volume_id = deleting, .size = 9}, "InvalidVolume.NotFound"},
      {{.volume_id = id}, "MissingParameter"},
      {{.volume_id = id, .size = 7}, "InvalidParameterValue"},
      {{.volume_id = id, .size = 16385}, "InvalidParameterValue"},
      {{.volume_id = id, .iops = 3000}, "InvalidParameterCombination"},
      {{.volume_id = id, .throughput = 125}, "InvalidParameterCombination"},
      {{.volume_id = id, .volume_type = "st1"}, "InvalidParameterValue"},
      {{.volume_id = id, .multi_attach_enabled = true}, "InvalidParameterCombination"},
      {{.volume_id = small, .volume_type = "io1", .iops = 1000}, "InvalidParameterValue"},
      {{.volume_id = root, .volume_type = "sc1"}, "UnsupportedOperation"},
      {{.volume_id = shared, .size = 20}, "UnsupportedOperation"},
      {{.volume_id = io2, .volume_type = "gp3"}, "InvalidParameterCombination"},
      {{.volume_id = io2, .volume_type = "io1", .iops = 100}, "UnsupportedOperation"},
      {{.volume_id = io1, .multi_attach_enabled = true}, "UnsupportedOperation"},
      {{.volume_id = attached, .multi_attach_enabled = true}, "VolumeInUse"},
      {{.dry_run = true, .volume_id = id, .size = 9}, "DryRunOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code << ' ' << row.request.volume_type.value_or("-"));
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(world.error_of(ec2::ModifyVolumeRequest{.volume_id = io2, .size = 20, .multi_attach_enabled = false}) == "");
  CHECK(describe_volume(world, io2).multi_attach_enabled == false);
  CHECK(describe_volume(world, id).size == 8);
}

TEST_CASE("DescribeVolumesModifications filters, pages, and misses what was never modified",
          "[volumes][DescribeVolumesModifications]") {
  World world;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(make_volume(world));
  const std::string untouched = make_volume(world);
  for (const std::string& id : ids) grow(world, id, 10);
  const auto with = [](std::string_view name, const std::string& value) {
    return ec2::DescribeVolumesModificationsRequest{.filters = {{.name = std::string(name), .values = {value}}}};
  };
  CHECK(world.call(ec2::DescribeVolumesModificationsRequest{}).volumes_modifications.size() == 3);
  CHECK(world.call(with("volume-id", ids[0])).volumes_modifications.size() == 1);
  CHECK(world.call(with("target-size", "10")).volumes_modifications.size() == 3);
  CHECK(world.call(with("modification-state", "failed")).volumes_modifications.empty());
  CHECK(world.call(with("originalMultiAttachEnabled", "false")).volumes_modifications.size() == 3);
  const auto page = world.call(ec2::DescribeVolumesModificationsRequest{.max_results = 2});
  CHECK(page.volumes_modifications.size() == 2);
  CHECK(world.call(ec2::DescribeVolumesModificationsRequest{.next_token = page.next_token, .max_results = 2})
            .volumes_modifications.size() == 1);
  CHECK(world.error_of(ec2::DescribeVolumesModificationsRequest{.volume_ids = {untouched}}) ==
        "InvalidVolumeModification.NotFound");
  for (const std::string_view name : ec2::service().find("DescribeVolumesModifications")->filters)
    CHECK(world.error_of(with(name, "x")) == "");
  CHECK(world.error_of(with("no-such", "x")) == "InvalidParameterValue");
}

TEST_CASE("CopyVolumes makes a volume of the same data in the same zone", "[volumes][CopyVolumes]") {
  World world;
  const std::string snapshot = make_snapshot(world);
  const std::string source = make_volume(
      world,
      {.availability_zone = "us-east-1b", .encrypted = true, .kms_key_id = kCustomerKey, .snapshot_id = snapshot});
  const auto made = world
                        .call(ec2::CopyVolumesRequest{
                            .source_volume_id = source,
                            .size = 20,
                            .volume_type = "gp3",
                            .tag_specifications = {{.resource_type = "volume", .tags = {{.key = "a", .value = "b"}}}},
                            .throughput = 250})
                        .volumes.at(0);
  CHECK(made.state == "creating");
  CHECK(made.tags.size() == 1);
  const ec2::Volume copy = describe_volume(world, *made.volume_id);
  CHECK(copy.state == "available");
  CHECK(copy.source_volume_id == source);
  CHECK(copy.snapshot_id == "");
  CHECK(copy.availability_zone == "us-east-1b");
  CHECK(copy.size == 20);
  CHECK(copy.volume_type == "gp3");
  CHECK(copy.throughput == 250);
  CHECK(copy.encrypted == true);
  CHECK(copy.kms_key_id == key_arn(kAccount));
  const auto stored = [&](const std::string& id) { return world.make_call().volumes().find(id).value(); };
  CHECK(stored(*made.volume_id).data_encryption_key_id == stored(source).data_encryption_key_id);
  CHECK(*world.call(ec2::CopyVolumesRequest{.source_volume_id = source}).volumes.at(0).volume_type == "gp2");

  struct Row {
    ec2::CopyVolumesRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.source_volume_id = "vol-1"}, "InvalidVolumeID.Malformed"},
      {{.source_volume_id = "vol-0123456789abcdef0"}, "InvalidVolume.NotFound"},
      {{.source_volume_id = source, .size = 7}, "InvalidParameterValue"},
      {{.source_volume_id = source, .volume_type = "io1"}, "InvalidParameterCombination"},
      {{.source_volume_id = source, .iops = 3000}, "InvalidParameterCombination"},
      {{.source_volume_id = source,
        .tag_specifications = {{.resource_type = "snapshot", .tags = {{.key = "a", .value = "b"}}}}},
       "InvalidParameterValue"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
}

TEST_CASE("CopyVolumes with a token copies once", "[volumes][CopyVolumes]") {
  World world;
  const ec2::CopyVolumesRequest request{.source_volume_id = make_volume(world), .client_token = "once"};
  CHECK(world.call(request).volumes.at(0).volume_id == world.call(request).volumes.at(0).volume_id);
}

namespace {

ec2::VolumeStatusItem status_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeVolumeStatusRequest{.volume_ids = {id}}).volume_statuses.at(0);
}

void impair(World& world, const std::string& id) { world.make_call().schedule(id, "volume.impaired", {}); }

}  // namespace

TEST_CASE("A volume is ok until its I/O is disabled, and again when it is enabled", "[volumes][DescribeVolumeStatus]") {
  World world;
  const std::string id = make_volume(world);
  const std::string instance = put_instance(world);
  world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = instance, .volume_id = id});
  const auto healthy = status_of(world, id);
  CHECK(healthy.volume_status->status == "ok");
  CHECK(healthy.volume_status->details.at(0).name == "io-enabled");
  CHECK(healthy.volume_status->details.at(0).status == "passed");
  CHECK(healthy.volume_status->details.at(1).status == "not-applicable");
  CHECK(healthy.availability_zone == kZone);
  CHECK(healthy.attachment_statuses.at(0).instance_id == instance);
  CHECK(healthy.attachment_statuses.at(0).io_performance);
  CHECK(healthy.events.empty());
  CHECK_FALSE(healthy.initialization_status_details);

  impair(world, id);
  const auto impaired = status_of(world, id);
  CHECK(impaired.volume_status->status == "impaired");
  CHECK(impaired.volume_status->details.at(0).status == "failed");
  CHECK(impaired.events.at(0).event_type == "potential-data-inconsistency");
  CHECK(impaired.events.at(0).not_before == world.now());
  CHECK(impaired.actions.at(0).code == "enable-volume-io");
  CHECK(impaired.actions.at(0).event_id == impaired.events.at(0).event_id);
  world.call(ec2::EnableVolumeIORequest{.volume_id = id});
  CHECK(status_of(world, id).volume_status->status == "ok");

  world.call(ec2::ModifyVolumeAttributeRequest{.auto_enable_io = {{.value = true}}, .volume_id = id});
  impair(world, id);
  CHECK(status_of(world, id).volume_status->status == "ok");
}

TEST_CASE("DescribeVolumeStatus tells how a volume was initialized, and filters", "[volumes][DescribeVolumeStatus]") {
  World world;
  const std::string snapshot = make_snapshot(world), plain = make_volume(world, {.snapshot_id = snapshot});
  const std::string rated = make_volume(world, {.snapshot_id = snapshot, .volume_initialization_rate = 100});
  const std::string copy = *world.call(ec2::CopyVolumesRequest{.source_volume_id = plain}).volumes.at(0).volume_id;
  const auto type_of = [&](const std::string& id) {
    return *status_of(world, id).initialization_status_details->initialization_type;
  };
  CHECK(type_of(plain) == "default");
  CHECK(type_of(rated) == "provisioned-rate");
  CHECK(type_of(copy) == "volume-copy");
  impair(world, plain);
  const auto with = [](std::string_view name, const std::string& value) {
    return ec2::DescribeVolumeStatusRequest{.filters = {{.name = std::string(name), .values = {value}}}};
  };
  CHECK(world.call(with("volume-status.status", "impaired")).volume_statuses.size() == 1);
  CHECK(world.call(with("action.code", "enable-volume-io")).volume_statuses.size() == 1);
  CHECK(world.call(with("volume-status.details-status", "passed")).volume_statuses.size() == 3);
  for (const std::string_view name : ec2::service().find("DescribeVolumeStatus")->filters)
    CHECK(world.error_of(with(name, "x")) == "");
  CHECK(world.error_of(ec2::DescribeVolumeStatusRequest{.max_results = 5, .volume_ids = {plain}}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::DescribeVolumeStatusRequest{.volume_ids = {"vol-0123456789abcdef0"}}) ==
        "InvalidVolume.NotFound");
}

TEST_CASE("Attributes of a volume are told one at a time", "[volumes][DescribeVolumeAttribute]") {
  World world;
  const std::string id = make_volume(world);
  const auto auto_enable = [&] {
    return world.call(ec2::DescribeVolumeAttributeRequest{.attribute = "autoEnableIO", .volume_id = id})
        .auto_enable_io->value;
  };
  CHECK(auto_enable() == false);
  world.call(ec2::ModifyVolumeAttributeRequest{.auto_enable_io = {{.value = true}}, .volume_id = id});
  CHECK(auto_enable() == true);
  const auto codes = world.call(ec2::DescribeVolumeAttributeRequest{.attribute = "productCodes", .volume_id = id});
  CHECK(codes.volume_id == id);
  CHECK_FALSE(codes.auto_enable_io);
  CHECK(world.error_of(ec2::ModifyVolumeAttributeRequest{.volume_id = id}) == "MissingParameter");
  CHECK(world.as(kOtherAccount).error_of(ec2::EnableVolumeIORequest{.volume_id = id}) == "InvalidVolume.NotFound");
}
