// Loading and dumping fixtures in a small world.
#pragma once

#include "handlers/fixtures.hpp"
#include "tests/handlers/world.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::tests {

inline std::vector<handlers::FixtureCount> load(World& world, const std::vector<handlers::FixtureText>& fixtures) {
  struct Forget {
    storage::Agenda& agenda;
    ~Forget() { agenda.forget(); }
  } const forget{world.store().agenda()};
  storage::Transaction transaction(world.store().database());
  auto counts = handlers::load_fixtures(world.environment(), {"000000000000", "us-east-1"}, world.now(), fixtures);
  transaction.commit();
  return counts;
}

inline std::vector<handlers::FixtureCount> load(World& world, std::string text) {
  return load(world, {{.name = "base.json", .text = std::move(text)}});
}

// What is said of a fixture that cannot be loaded.
inline std::string refusal(World& world, std::string text) {
  try {
    load(world, std::move(text));
    return "loaded";
  } catch (const handlers::FixtureError& error) {
    return error.what();
  }
}

inline std::string dump(World& world) { return handlers::dump_fixtures(world.environment()); }

inline ec2::Image image(World& world, const std::string& id) {
  return world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.at(0);
}
inline ec2::Snapshot snapshot(World& world, const std::string& id) {
  return world.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}).snapshots.at(0);
}
inline ec2::Volume volume(World& world, const std::string& id) {
  return world.call(ec2::DescribeVolumesRequest{.volume_ids = {id}}).volumes.at(0);
}

}  // namespace amity::tests
