#include "handlers/fixture_target.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/recycle_bin.hpp"
#include "storage/catalogue.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

const ec2::AvailabilityZone* find_zone(const state::Region& region,
                                       std::optional<std::string> ec2::AvailabilityZone::*key,
                                       const std::string& value) {
  const auto found = std::ranges::find(region.zones, value, key);
  return found == region.zones.end() ? nullptr : &*found;
}

}  // namespace

bool tells_transition_of(const state::Fixture& fixture, std::string_view id) {
  return std::ranges::any_of(fixture.transitions, [id](const auto& item) { return item.resource_id == id; });
}

std::string element_path(std::string_view list, std::size_t index, std::string_view member) {
  return fmt::format("{}[{}]{}{}", list, index, member.empty() ? "" : ".", member);
}

std::vector<ec2::Tag>& tags_shown(std::string_view list, void* row) {
  const model::Shape& shape = *fixture_shape().find(list)->element->shape;
  const model::Member* tags = shape.find("Tags");
  if (!tags) tags = shape.find("TagSet");
  return *static_cast<std::vector<ec2::Tag>*>(model::field_of(*tags, row));
}

Call FixtureTarget::call_of(const std::string& owner) const {
  return {environment_, {owner, region()}, {.account = owner, .access_key_id = {}}, now_, {}};
}

std::string FixtureTarget::owner_of(const std::optional<std::string>& named, const std::string& field) const {
  if (!named) return account();
  check_account(*named, field);
  return *named;
}

void FixtureTarget::check_account(const std::string& id, const std::string& field) const {
  if (id.size() != 12 || id.find_first_not_of("0123456789") != std::string::npos)
    throw FieldError{field, "must be an account id of twelve digits"};
}

const std::string& FixtureTarget::check_id(const ResourceKind& kind, const std::optional<std::string>& id,
                                           const std::string& field) const {
  if (!id) throw FieldError{field, "is missing"};
  if (!is_well_formed(kind, *id))
    throw FieldError{field, fmt::format("must be \"{}-\" and 8 or 17 hexadecimal digits in lower case", kind.prefix)};
  return *id;
}

void FixtureTarget::check_value(const model::Shape& shape, std::string_view member,
                                const std::optional<std::string>& text, const std::string& field) const {
  const auto values = shape.find(member)->constraints->values;
  if (text && std::ranges::find(values, *text) == values.end())
    throw FieldError{field, fmt::format("must be one of {}", fmt::join(values, ", "))};
}

void FixtureTarget::complete_zone(std::optional<std::string>& name, std::optional<std::string>& id,
                                  const std::string& field) const {
  const state::Region& here = *environment_.catalogue.region(region());
  const ec2::AvailabilityZone* zone = &here.zones.front();
  if (name)
    zone = find_zone(here, &ec2::AvailabilityZone::zone_name, *name);
  else if (id)
    zone = find_zone(here, &ec2::AvailabilityZone::zone_id, *id);
  if (!zone)
    throw FieldError{field, fmt::format("is no zone of {}; \"Region\" says where a fixture belongs", region())};
  name = zone->zone_name;
  // Which zone has which id differs from account to account: one that the fixture tells is kept.
  if (!id) id = zone->zone_id;
}

void FixtureTarget::forget(const std::string& owner, const std::string& id) const {
  environment_.store.agenda().cancel({owner, region()}, id);
  Call call = call_of(owner);
  drop_blocks(call, id);
}

// What is in the Recycle Bin under the id is replaced, too: nobody could restore it.
void FixtureTarget::forget_recycled(const std::string& id) const {
  const auto owner = call().table<state::RecycledResource>().owner(id);
  if (!owner) return;
  forget(*owner, id);
  Call call = call_of(*owner);
  handlers::forget_recycled(call, id);
}

void FixtureTarget::make_blocks(const std::string& owner, const state::Snapshot& row) const {
  if (row.snapshot.state == ec2::SnapshotState::error) return;  // it holds nothing
  Call call = call_of(owner);
  ensure_blocks(call, row.snapshot);
}

void FixtureTarget::make_blocks(const std::string& owner, const state::Volume& row) const {
  Call call = call_of(owner);
  ensure_blocks(call, row);
}

void FixtureTarget::set_tags(const std::string& owner, const std::string& id, std::string_view type,
                             const std::vector<ec2::Tag>& tags) const {
  storage::Tags all(environment_.store.database(), {owner, region()});
  for (const ec2::Tag& tag : all.of(id)) all.remove(id, *tag.key);
  for (const ec2::Tag& tag : tags) all.set(id, type, tag.key.value_or(""), tag.value.value_or(""));
}

}  // namespace amity::handlers
