// Security groups as their own operations and those of instances look them up. Groups of an account are its own; a name
// means a group of one VPC.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

inline constexpr std::string_view kDefaultGroupName = "default";  // of the group that every VPC has

// What names and descriptions of groups, and descriptions of rules, may hold: at most 255 characters of a-z, A-Z, 0-9,
// spaces and ._-:/()#,@[]+=&;{}!$*
bool is_group_text(std::string_view text);

std::optional<state::SecurityGroup> group_named(Call& call, std::string_view vpc_id, std::string_view name);

// Throws InvalidGroup.NotFound.
state::SecurityGroup find_group_named(Call& call, std::string_view vpc_id, std::string_view name);

// The group that a request means by id or, as in EC2-Classic, by its name in the default VPC. Throws MissingParameter
// when there is neither, InvalidGroupId.Malformed, InvalidGroup.NotFound, VPCIdNotSpecified.
state::SecurityGroup find_own_group(Call& call, const std::optional<std::string>& id,
                                    const std::optional<std::string>& name);

}  // namespace amity::handlers
