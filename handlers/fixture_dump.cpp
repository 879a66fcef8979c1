#include "handlers/fixture_blocks.hpp"
#include "handlers/fixture_meters.hpp"
#include "handlers/fixture_target.hpp"
#include "storage/image_task_tables.hpp"
#include "storage/launch_template_tables.hpp"
#include "storage/parameter_tables.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

// The rows of one account in one region as a fixture.
class Dump {
 public:
  Dump(Environment environment, const storage::Scope& scope) : environment_(environment), scope_(scope) {
    fixture_.account = scope.account;
    fixture_.region = {scope.region};
  }

  state::Fixture take() {
    take(fixture_.images, fixture_.snapshots, fixture_.volumes, fixture_.key_pairs, fixture_.vpcs,
         fixture_.dhcp_options, fixture_.subnets, fixture_.internet_gateways, fixture_.route_tables,
         fixture_.network_acls, fixture_.security_groups, fixture_.security_group_rules, fixture_.network_interfaces,
         fixture_.addresses, fixture_.nat_gateways, fixture_.image_usage_reports, fixture_.replace_root_volume_tasks,
         fixture_.placement_groups, fixture_.spot_instance_requests, fixture_.launch_templates,
         fixture_.import_image_tasks, fixture_.import_snapshot_tasks, fixture_.export_image_tasks);
    fixture_.fast_snapshot_restores = storage::Repository<state::FastSnapshotRestore>(database(), scope_).all();
    fixture_.launch_template_versions = storage::Repository<state::LaunchTemplateVersion>(database(), scope_).all();
    fixture_.parameters = storage::Repository<state::Parameter>(database(), scope_).all();
    fixture_.deregistered_images = storage::Repository<state::DeregisteredImage>(database(), scope_).all();
    take_as_they_are(fixture_.retention_rules, fixture_.recycled_resources, fixture_.store_image_tasks,
                     fixture_.stored_images, fixture_.fast_launch_images);
    take_instances();
    take_other_tags();
    for (auto& [name, value] : storage::Settings(database(), scope_).all())
      fixture_.settings.push_back({.name = std::move(name), .value = std::move(value)});
    for (storage::AgendaItem& item : environment_.store.agenda().of(scope_))
      fixture_.transitions.push_back(
          {.due = item.due, .resource_id = std::move(item.resource_id), .transition = std::move(item.transition)});
    fixture_.meters = dump_meters(database(), scope_);
    fixture_.gone_images = dump_gone_images(database(), scope_);
    fixture_.metered_tags = dump_metered_tags(database(), scope_);
    return std::move(fixture_);
  }

 private:
  storage::Database& database() { return environment_.store.database(); }

  template <class T>
  std::vector<T> rows() {
    auto rows = storage::Repository<T>(database(), scope_).all();
    for (T& row : rows) {
      const std::string id = storage::table_of<T>().id(&row);
      tags_shown(row) = storage::Tags(database(), scope_).of(id);
      shown_.insert(id);
    }
    return rows;
  }

  template <class... T>
  void take(std::vector<T>&... lists) {
    ((lists = rows<T>()), ...);
  }

  // Rows of no form that AWS prints.
  template <class... T>
  void take_as_they_are(std::vector<T>&... lists) {
    ((lists = storage::Repository<T>(database(), scope_).all()), ...);
  }

  void take_instances() {
    for (state::Instance& row : rows<state::Instance>()) {
      auto& reservations = fixture_.reservations;
      auto reservation =
          std::ranges::find(reservations, row.reservation_id, &state::FixtureReservation::reservation_id);
      if (reservation == reservations.end())
        reservation = reservations.insert(
            reservations.end(),
            {.reservation_id = row.reservation_id, .owner_id = row.owner_id, .requester_id = row.requester_id});
      reservation->instances.push_back(std::move(row));
    }
  }

  // Tags on what others own, or on what is no row.
  void take_other_tags() {
    storage::Tags(database(), scope_).scan(0, {}, [this](std::int64_t, ec2::TagDescription tag) {
      if (!shown_.contains(*tag.resource_id)) fixture_.tags.push_back(std::move(tag));
      return true;
    });
  }

  Environment environment_;
  storage::Scope scope_;
  state::Fixture fixture_;
  std::set<std::string> shown_;
};

// "o-abc" of "arn:aws:organizations::111111111111:ou/o-abc/ou-def" and of "…:organization/o-abc".
std::string organization_id(std::string_view arn) {
  const std::string_view path = arn.substr(std::min(arn.size(), arn.find('/') + 1));
  return std::string(path.substr(0, path.find('/')));
}

template <class T>
T& of_arn(std::vector<T>& list, const std::string& arn) {
  const auto found = std::ranges::find(list, arn, &T::arn);
  return found == list.end() ? list.emplace_back(T{.arn = arn}) : *found;
}

bool is_unit(std::string_view arn) { return arn.find(":ou/") != std::string_view::npos; }

std::vector<state::Organization> organizations(Environment environment) {
  std::vector<state::Organization> organizations;
  const auto members = storage::Organizations(environment.store.database()).members();
  for (const auto& [arn, account] : members)
    if (!is_unit(arn)) of_arn(organizations, arn).accounts.push_back(account);
  for (const auto& [arn, account] : members) {
    if (!is_unit(arn)) continue;
    const auto found = std::ranges::find(organizations, organization_id(arn),
                                         [](const auto& organization) { return organization_id(organization.arn); });
    if (found != organizations.end()) of_arn(found->organizational_units, arn).accounts.push_back(account);
  }
  return organizations;
}

}  // namespace

std::string dump_fixtures(Environment environment) {
  std::vector<state::Fixture> fixtures;
  state::Fixture shared{.organizations = organizations(environment)};
  dump_block_maps(environment, shared);
  if (!shared.organizations.empty() || !shared.block_maps.empty()) fixtures.push_back(std::move(shared));
  for (const storage::Scope& scope : environment.store.scopes()) fixtures.push_back(Dump(environment, scope).take());
  return write_fixtures(fixtures);
}

}  // namespace amity::handlers
