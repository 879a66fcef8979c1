#include "handlers/security_groups.hpp"

#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_errors.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxGroupsPerInterface = 5;
constexpr std::size_t kMaxTextLength = 255;
constexpr std::string_view kTextCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*";

void add_group(std::vector<ec2::GroupIdentifier>& groups, const state::SecurityGroup& row) {
  const ec2::SecurityGroup& group = row.security_group;
  if (std::ranges::find(groups, group.group_id, &ec2::GroupIdentifier::group_id) != groups.end()) return;
  if (groups.size() == kMaxGroupsPerInterface) throw errors::too_many_groups_per_interface();
  groups.push_back({.group_id = group.group_id, .group_name = group.group_name});
}

}  // namespace

bool is_group_text(std::string_view text) {
  return text.size() <= kMaxTextLength && text.find_first_not_of(kTextCharacters) == std::string_view::npos;
}

std::optional<state::SecurityGroup> group_named(Call& call, std::string_view vpc_id, std::string_view name) {
  return call.security_groups().find_by(storage::Query().where("vpc_id", vpc_id).where("name", name));
}

state::SecurityGroup find_group_named(Call& call, std::string_view vpc_id, std::string_view name) {
  auto group = group_named(call, vpc_id, name);
  if (!group) throw errors::no_group_of_that_name(name, vpc_id);
  return *std::move(group);
}

state::SecurityGroup find_own_group(Call& call, const std::optional<std::string>& id,
                                    const std::optional<std::string>& name) {
  if (id) return find_owned(call.security_groups(), kSecurityGroup, *id);
  if (!name) throw errors::missing_parameter("groupName or groupId");
  const auto vpc = default_vpc(call);
  if (!vpc) throw errors::no_default_vpc();
  return find_group_named(call, *vpc->vpc.vpc_id, *name);
}

std::vector<ec2::GroupIdentifier> groups_for(Call& call, std::string_view vpc_id, const std::vector<std::string>& ids,
                                             const std::vector<std::string>& names) {
  std::vector<ec2::GroupIdentifier> groups;
  for (const auto& row : find_all_owned(call.security_groups(), kSecurityGroup, ids)) {
    if (row.security_group.vpc_id != vpc_id) throw errors::group_of_another_vpc();
    add_group(groups, row);
  }
  for (const std::string& name : names) add_group(groups, find_group_named(call, vpc_id, name));
  if (groups.empty()) add_group(groups, find_group_named(call, vpc_id, kDefaultGroupName));
  return groups;
}

}  // namespace amity::handlers
