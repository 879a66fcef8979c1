#include "handlers/volume_writes.hpp"

#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

template <class Work>
std::string error_of(World& world, Work work) {
  handlers::Call call = world.make_call();
  try {
    work(call);
    return {};
  } catch (const handlers::ApiError& error) {
    return error.code();
  }
}

std::int64_t stored(World& world, const std::string& snapshot) {
  return world.make_call().blocks().stored_bytes(snapshot);
}

// A running instance with one volume, of which 4 GiB are written and a first snapshot is taken.
struct Running {
  explicit Running(World& world) {
    volume = make_volume(world, {.size = 8});
    instance = put_instance(world);
    world.call(ec2::AttachVolumeRequest{.device = "/dev/sdf", .instance_id = instance, .volume_id = volume});
    handlers::Call call = world.make_call();
    handlers::write_volume(call, volume, 0, 4 * kGiB);
    state::Instance row = call.instances().find(instance).value();
    row.instance.root_device_name = "/dev/sdf";
    row.running_since = world.now();
    call.instances().update(row);
    make_snapshot(world, volume);
  }
  std::string volume;
  std::string instance;
};

}  // namespace

TEST_CASE("A write takes every block that it touches", "[volumes][writes]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1});
  handlers::Call call = world.make_call();
  handlers::write_volume(call, volume, 524287, 2);
  CHECK(handlers::written_on_volume(call, volume) == 2 * 524288);
  handlers::write_volume(call, volume, kGiB - 1, 1);
  CHECK(handlers::written_on_volume(call, volume) == 3 * 524288);
  handlers::change_volume(call, volume, 0.001);  // three blocks are written already
  CHECK(handlers::written_on_volume(call, volume) == 3 * 524288);
  handlers::change_volume(call, volume, 5);
  CHECK(handlers::written_on_volume(call, volume) == kGiB);
}

TEST_CASE("What cannot be written is refused", "[volumes][writes]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1});
  const auto write = [&](const std::string& id, std::int64_t offset, std::int64_t length) {
    return error_of(world, [&](handlers::Call& call) { handlers::write_volume(call, id, offset, length); });
  };
  CHECK(write("vol-0123456789abcdef0", 0, 1) == "InvalidVolume.NotFound");
  CHECK(write("disk", 0, 1) == "InvalidVolumeID.Malformed");
  CHECK(write(volume, -1, 1) == "InvalidParameterValue");
  CHECK(write(volume, 0, 0) == "InvalidParameterValue");
  CHECK(write(volume, 0, kGiB + 1) == "InvalidParameterValue");
  CHECK(write(volume, kGiB, 1) == "InvalidParameterValue");
  CHECK(write(volume, 1, std::numeric_limits<std::int64_t>::max()) == "InvalidParameterValue");
  const auto change = [&](double gib) {
    return error_of(world, [&](handlers::Call& call) { handlers::change_volume(call, volume, gib); });
  };
  CHECK(change(-1) == "InvalidParameterValue");
  CHECK(change(1e9) == "InvalidParameterValue");
  CHECK(change(std::numeric_limits<double>::quiet_NaN()) == "InvalidParameterValue");
}

TEST_CASE("A running instance changes its root volume day by day", "[instances][churn]") {
  World world;
  const Running running(world);
  {
    handlers::Call call = world.make_call();
    handlers::set_daily_churn(call, running.instance, 1);
  }
  SECTION("not before a day is over") {
    world.advance(std::chrono::hours(23));
    CHECK(stored(world, make_snapshot(world, running.volume)) == 0);
  }
  SECTION("each day something else of what is written") {
    world.advance(Days(3));
    CHECK(stored(world, make_snapshot(world, running.volume)) == 3 * kGiB);
    world.advance(Days(30));
    const std::string later = make_snapshot(world, running.volume);
    CHECK(stored(world, later) == 4 * kGiB);
    CHECK(describe_snapshot(world, later).full_snapshot_size_in_bytes == 4 * kGiB);
  }
  SECTION("counting from the last day on that was counted") {
    world.advance(std::chrono::hours(36));
    make_snapshot(world, running.volume);
    world.advance(std::chrono::hours(12));
    CHECK(stored(world, make_snapshot(world, running.volume)) == kGiB);
  }
  SECTION("but not while it is stopped") {
    world.advance(Days(1));
    world.call(ec2::StopInstancesRequest{.instance_ids = {running.instance}});
    world.advance(Days(10));
    CHECK(stored(world, make_snapshot(world, running.volume)) == kGiB);
    world.call(ec2::StartInstancesRequest{.instance_ids = {running.instance}});
    world.advance(std::chrono::seconds(1));
    describe_volume(world, running.volume);
    world.advance(Days(2));
    CHECK(stored(world, make_snapshot(world, running.volume)) == 2 * kGiB);
  }
  SECTION("and no more once that is switched off") {
    handlers::Call call = world.make_call();
    handlers::set_daily_churn(call, running.instance, 0);
    world.advance(Days(5));
    CHECK(stored(world, make_snapshot(world, running.volume)) == 0);
  }
}

TEST_CASE("A churn that makes no sense is refused", "[instances][churn]") {
  World world;
  const std::string instance = put_instance(world);
  const auto set = [&](const std::string& id, double gib) {
    return error_of(world, [&](handlers::Call& call) { handlers::set_daily_churn(call, id, gib); });
  };
  CHECK(set(instance, -1) == "InvalidParameterValue");
  CHECK(set("i-0123456789abcdef0", 1) == "InvalidInstanceID.NotFound");
}
