#include "handlers/meters.hpp"

#include "handlers/block_maps.hpp"
#include "model/rbin.hpp"
#include "storage/meter_history.hpp"
#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

// An interval in words: usage type, quantity, and where it begins and ends in seconds from the world's beginning.
struct Shown {
  std::string usage_type;
  std::int64_t quantity;
  std::int64_t since;
  std::int64_t until;

  friend bool operator==(const Shown&, const Shown&) = default;
};

constexpr std::int64_t kOpen = -1;

class Meter {
 public:
  explicit Meter(World& world) : world_(world), start_(seconds()) {}

  std::vector<Shown> of(const std::string& id) {
    storage::MeterHistory history(world_.store().database());
    const auto lines = history.lines();
    const auto resources = history.resources();
    std::vector<Shown> shown;
    history.scan(0, storage::kOpenMeter, [&](const storage::MeterInterval& interval) {
      if (resources.at(interval.resource).id != id) return;
      const auto line = std::ranges::find(lines, interval.line, &storage::MeteredLine::row);
      shown.push_back({line->line.usage_type, interval.quantity, interval.since - start_,
                       interval.until == storage::kOpenMeter ? kOpen : interval.until - start_});
    });
    std::ranges::sort(shown, {}, [](const Shown& one) { return std::tuple(one.since, one.usage_type, one.until); });
    return shown;
  }

 private:
  std::int64_t seconds() const {
    return std::chrono::floor<std::chrono::seconds>(world_.now().time_since_epoch()).count();
  }

  World& world_;
  std::int64_t start_;
};

void look(World& world) { world.call(ec2::DescribeVolumesRequest{}); }

}  // namespace

TEST_CASE("A volume is metered from its making to its end", "[meters]") {
  World world;
  Meter meter(world);
  const std::string id = make_volume(world, {.iops = 4000, .size = 10, .volume_type = "gp3", .throughput = 225});
  world.advance(1h);
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:VolumeP-IOPS.gp3", 1000, 0, 3600},
                                           {"EBS:VolumeP-Throughput.gp3", 100, 0, 3600},
                                           {"EBS:VolumeUsage.gp3", 20480, 0, 3600}});
}

TEST_CASE("What the Recycle Bin keeps costs on until its time is over", "[meters][rbin]") {
  World world;
  Meter meter(world);
  for (const char* type : {"EBS_VOLUME", "EBS_SNAPSHOT"})
    world.call(rbin::CreateRuleRequest{.retention_period = {1, "DAYS"}, .resource_type = type});
  const std::string id = make_volume(world, {.size = 1, .volume_type = "gp2"});
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:VolumeUsage.gp2", 2048, 0, kOpen}});
  world.advance(1h);
  world.call(ec2::RestoreVolumeFromRecycleBinRequest{.volume_id = id});
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  look(world);
  world.advance(24h);
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:VolumeUsage.gp2", 2048, 0, 25 * 3600}});
}

TEST_CASE("A volume costs a minute at least", "[meters]") {
  World world;
  Meter meter(world);
  const std::string id = make_volume(world, {.size = 1, .volume_type = "gp2"});
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:VolumeUsage.gp2", 2048, 0, 60}});
}

TEST_CASE("A volume that grows within its first minute costs that minute once", "[meters][ModifyVolume]") {
  World world;
  Meter meter(world);
  const std::string id = make_volume(world, {.size = 1, .volume_type = "gp2"});
  world.advance(20s);
  world.call(ec2::ModifyVolumeRequest{.volume_id = id, .size = 2});
  world.advance(20s);
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  look(world);
  CHECK(meter.of(id) ==
        std::vector<Shown>{{"EBS:VolumeUsage.gp2", 2048, 0, 20}, {"EBS:VolumeUsage.gp2", 4096, 20, 60}});
}

TEST_CASE("What a failed call or a dry run did is not metered", "[meters]") {
  World world;
  Meter meter(world);
  CHECK(world.error_of(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 1, .dry_run = true}) ==
        "DryRunOperation");
  storage::MeterHistory history(world.store().database());
  CHECK(history.lines().empty());
}

TEST_CASE("io2 is metered by tiers of IOPS", "[meters]") {
  World world;
  Meter meter(world);
  const std::string id = make_volume(world, {.iops = 100'000, .size = 1000, .volume_type = "io2"});
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:VolumeP-IOPS.io2", 32'000, 0, kOpen},
                                           {"EBS:VolumeP-IOPS.io2.tier2", 32'000, 0, kOpen},
                                           {"EBS:VolumeP-IOPS.io2.tier3", 36'000, 0, kOpen},
                                           {"EBS:VolumeUsage.io2", 2'048'000, 0, kOpen}});
}

TEST_CASE("An instance is metered while it runs, a minute at least each time", "[meters][RunInstances]") {
  World world;
  Meter meter(world);
  const std::string id = launch(world);
  look(world);
  world.advance(10s);
  world.call(ec2::StopInstancesRequest{.instance_ids = {id}});
  world.advance(1h);
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  world.advance(2h);
  look(world);
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  const auto shown = meter.of(id);
  REQUIRE(shown.size() == 2);
  CHECK(shown[0] == Shown{"BoxUsage:t3.micro", 1, 0, 60});
  CHECK(shown[1].usage_type == "BoxUsage:t3.micro");
  CHECK(shown[1].since == 3610);
  CHECK(shown[1].until == 3610 + 7200);
}

TEST_CASE("A public address is metered while an interface has it", "[meters][RunInstances]") {
  World world;
  Meter meter(world);
  const std::string id = launch(world);
  look(world);
  const auto interface = instance_of(world, id).network_interfaces.at(0).network_interface_id.value();
  CHECK(meter.of(interface) == std::vector<Shown>{{"PublicIPv4:InUseAddress", 1, 0, kOpen}});
  world.advance(1h);
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  look(world);
  CHECK(meter.of(interface) == std::vector<Shown>{{"PublicIPv4:InUseAddress", 1, 0, 3600}});
}

TEST_CASE("An Elastic IP address is idle until it is associated", "[meters]") {
  World world;
  Meter meter(world);
  const std::string instance = launch(world);
  look(world);
  const std::string address = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  world.advance(1h);
  world.call(ec2::AssociateAddressRequest{.allocation_id = address, .instance_id = instance});
  CHECK(meter.of(address) == std::vector<Shown>{{"PublicIPv4:IdleAddress", 1, 0, 3600}});
}

TEST_CASE("A snapshot in the archive costs ninety days at least", "[meters][snapshots]") {
  World world;
  Meter meter(world);
  constexpr std::int64_t kBlocks = 40 * 2048;
  const std::string volume = make_volume(world, {.size = 100});
  handlers::Call call = world.make_call();
  call.blocks().write(volume, {0, kBlocks});
  const std::string id = make_snapshot(world, volume);
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:SnapshotUsage", kBlocks, 0, kOpen}});
  auto row = call.snapshots().find(id).value();
  handlers::archive_blocks(call, row.snapshot);
  row.snapshot.storage_tier = ec2::StorageTier::archive;
  call.snapshots().update(row);
  look(world);
  CHECK(std::ranges::count(meter.of(id), "EBS:SnapshotUsage", &Shown::usage_type) == 0);
  CHECK(std::ranges::count(meter.of(id), Shown{"EBS:SnapshotArchiveStorage", kBlocks, 0, kOpen}) == 1);
  world.advance(24h);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  const auto shown = meter.of(id);
  CHECK(std::ranges::count(shown, Shown{"EBS:SnapshotArchiveStorage", kBlocks, 0, 86400}) == 1);
  const auto early = std::ranges::find(shown, "EBS:SnapshotArchiveEarlyDelete", &Shown::usage_type);
  REQUIRE(early != shown.end());
  CHECK(early->quantity == kBlocks * 89 * 24);
}

TEST_CASE("Blocks that a deleted snapshot shared are billed to the next", "[meters][snapshots]") {
  World world;
  Meter meter(world);
  const std::string volume = make_volume(world, {.size = 15});
  handlers::Call call = world.make_call();
  constexpr std::int64_t kGiB = 2048;
  call.blocks().write(volume, {0, 10 * kGiB});
  const std::string a = make_snapshot(world, volume);
  look(world);
  call.blocks().write(volume, {0, 4 * kGiB});
  const std::string b = make_snapshot(world, volume);
  look(world);
  CHECK(meter.of(b) == std::vector<Shown>{{"EBS:SnapshotUsage", 4 * kGiB, 0, kOpen}});
  world.advance(1h);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = a});
  CHECK(meter.of(a) == std::vector<Shown>{{"EBS:SnapshotUsage", 10 * kGiB, 0, 3600}});
  CHECK(meter.of(b) ==
        std::vector<Shown>{{"EBS:SnapshotUsage", 4 * kGiB, 0, 3600}, {"EBS:SnapshotUsage", 10 * kGiB, 3600, kOpen}});
}

TEST_CASE("What is used at once adds up by the hour", "[meters]") {
  World world;
  Meter meter(world);
  handlers::Call call = world.make_call();
  handlers::count_direct_requests(call, handlers::DirectRequest::Put, "snap-1", 2);
  handlers::count_direct_requests(call, handlers::DirectRequest::Put, "snap-1");
  handlers::count_copy_traffic(call, "eu-west-1", "snap-1", "snap-2", 1 << 20);
  const auto shown = meter.of("snap-1");
  REQUIRE(shown.size() == 2);
  CHECK(shown[0].usage_type == "EBS:directAPI.snapshot.Put");
  CHECK(shown[0].quantity == 3);
  CHECK(shown[1].usage_type == "EU-USE1-AWS-Out-Bytes");
  CHECK(shown[1].quantity == 2);
  CHECK(meter.of("snap-2").at(0).usage_type == "USE1-EU-AWS-In-Bytes");
}

TEST_CASE("Fast snapshot restore is metered by zone, an hour at least", "[meters]") {
  World world;
  Meter meter(world);
  const std::string id = make_snapshot(world);
  look(world);
  world.call(ec2::EnableFastSnapshotRestoresRequest{.availability_zones = {"us-east-1a", "us-east-1b"},
                                                    .source_snapshot_ids = {id}});
  world.call(
      ec2::DisableFastSnapshotRestoresRequest{.availability_zones = {"us-east-1b"}, .source_snapshot_ids = {id}});
  look(world);
  CHECK(meter.of(id) ==
        std::vector<Shown>{{"EBS:FastSnapshotRestore", 1, 0, kOpen}, {"EBS:FastSnapshotRestore", 1, 0, 3600}});
}

TEST_CASE("A snapshot that is restored for a time is billed in both tiers", "[meters][snapshots]") {
  World world;
  Meter meter(world);
  const std::string volume = make_volume(world, {.size = 2});
  handlers::Call call = world.make_call();
  call.blocks().write(volume, {0, 2048});
  const std::string id = make_snapshot(world, volume);
  look(world);
  world.advance(1h);
  world.call(ec2::ModifySnapshotTierRequest{.snapshot_id = id, .storage_tier = "archive"});
  look(world);
  world.advance(1h);
  world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .temporary_restore_days = 1});
  look(world);
  CHECK(meter.of(id) == std::vector<Shown>{{"EBS:SnapshotUsage", 2048, 0, 3600},
                                           {"EBS:SnapshotArchiveStorage", 2048, 3600, kOpen},
                                           {"EBS:SnapshotArchiveRetrieval", 2048, 6955, 6955},
                                           {"EBS:SnapshotUsage", 2048, 7200, kOpen}});
  world.advance(24h);
  look(world);
  CHECK(meter.of(id).back() == Shown{"EBS:SnapshotUsage", 2048, 7200, 7200 + 86400});
}
