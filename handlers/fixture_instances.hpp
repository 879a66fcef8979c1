// The instances of a fixture, and what each of them has beside its own row.
#pragma once

#include "handlers/fixture_target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

// One instance of a fixture, inside a reservation or not.
struct ListedInstance {
  const state::Instance* row;
  std::optional<std::string> reservation_id;
  std::optional<std::string> owner_id;
  std::optional<std::string> requester_id;
  std::string path;
};

std::vector<ListedInstance> instances_listed(const state::Fixture& fixture);

// AWS's own lists tell everything of an instance, its hypervisor too; what people write by hand is less, and gets the
// rest as from a launch.
inline bool is_complete(const state::Instance& row) { return row.instance.hypervisor.has_value(); }

// Makes the rows of interfaces and volumes that the instance shows, and the instance show those that it has. `path` is
// the instance's in the fixture.
void match_interfaces(FixtureTarget& target, Call& call, state::Instance& row, bool is_written_by_hand,
                      const std::string& path);
void match_volumes(FixtureTarget& target, Call& call, state::Instance& row, bool is_written_by_hand,
                   const std::string& path);

}  // namespace amity::handlers
