// Where one fixture's resources go, and what the steps of loading have in common.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/call.hpp"
#include "handlers/fixture_form.hpp"
#include "handlers/fixtures.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/image_usage.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/placement_groups.hpp"
#include "handlers/replace_root_volume_tasks.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/spot_launch.hpp"
#include "model/state.hpp"
#include "storage/ebs_tables.hpp"
#include "storage/instances_tables.hpp"
#include "storage/network_tables.hpp"
#include "storage/tables.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace amity::handlers {

// How the rows of one kind are written in a fixture.
struct FixtureKind {
  std::string_view list;       // "Images"
  std::string_view id_member;  // "ImageId"
  const ResourceKind& kind;
};
template <class Row>
struct FixtureKindOf : FixtureKind {};
inline constexpr std::tuple kFixtureKinds{
    FixtureKindOf<state::Image>{{"Images", "ImageId", kImage}},
    FixtureKindOf<state::Snapshot>{{"Snapshots", "SnapshotId", kSnapshot}},
    FixtureKindOf<state::Volume>{{"Volumes", "VolumeId", kVolume}},
    FixtureKindOf<state::Instance>{{"Instances", "InstanceId", kInstance}},
    FixtureKindOf<state::KeyPair>{{"KeyPairs", "KeyPairId", kKeyPair}},
    FixtureKindOf<state::Vpc>{{"Vpcs", "VpcId", kVpc}},
    FixtureKindOf<state::DhcpOptions>{{"DhcpOptions", "DhcpOptionsId", kDhcpOptions}},
    FixtureKindOf<state::Subnet>{{"Subnets", "SubnetId", kSubnet}},
    FixtureKindOf<state::InternetGateway>{{"InternetGateways", "InternetGatewayId", kInternetGateway}},
    FixtureKindOf<state::RouteTable>{{"RouteTables", "RouteTableId", kRouteTable}},
    FixtureKindOf<state::NetworkAcl>{{"NetworkAcls", "NetworkAclId", kNetworkAcl}},
    FixtureKindOf<state::SecurityGroup>{{"SecurityGroups", "GroupId", kSecurityGroup}},
    FixtureKindOf<state::SecurityGroupRule>{{"SecurityGroupRules", "SecurityGroupRuleId", kSecurityGroupRule}},
    FixtureKindOf<state::NetworkInterface>{{"NetworkInterfaces", "NetworkInterfaceId", kNetworkInterface}},
    FixtureKindOf<state::Address>{{"Addresses", "AllocationId", kElasticIp}},
    FixtureKindOf<state::NatGateway>{{"NatGateways", "NatGatewayId", kNatGateway}},
    FixtureKindOf<state::ImageUsageReport>{{"ImageUsageReports", "ReportId", kImageUsageReport}},
    FixtureKindOf<state::ImportImageTask>{{"ImportImageTasks", "ImportTaskId", kImportImageTask}},
    FixtureKindOf<state::ImportSnapshotTask>{{"ImportSnapshotTasks", "ImportTaskId", kImportSnapshotTask}},
    FixtureKindOf<state::ExportImageTask>{{"ExportImageTasks", "ExportImageTaskId", kExportImageTask}},
    FixtureKindOf<state::LaunchTemplate>{{"LaunchTemplates", "LaunchTemplateId", kLaunchTemplate}},
    FixtureKindOf<state::ReplaceRootVolumeTask>{
        {"ReplaceRootVolumeTasks", "ReplaceRootVolumeTaskId", kReplaceRootVolumeTask}},
    FixtureKindOf<state::PlacementGroup>{{"PlacementGroups", "GroupId", kPlacementGroup}},
    FixtureKindOf<state::SpotInstanceRequest>{{"SpotInstanceRequests", "SpotInstanceRequestId", kSpotInstanceRequest}},
};
template <class Row>
inline constexpr FixtureKind kFixtureKind = std::get<FixtureKindOf<Row>>(kFixtureKinds);

// The tags that AWS shows with the resource; stored documents have none.
std::vector<ec2::Tag>& tags_shown(std::string_view list, void* row);
template <class T>
std::vector<ec2::Tag>& tags_shown(T& row) {
  return tags_shown(kFixtureKind<T>.list, &row);
}

// What is wrong with a member: turned into a FixtureError where text and line are known.
struct FieldError {
  std::string field;  // "Images[2].ImageId"
  std::string message;
};

// Lets `work`'s refusals, which are in the words of an operation, name the resource that they are about.
template <class Work>
void as_field_errors(const std::string& field, Work work) {
  try {
    work();
  } catch (const ApiError& error) {
    throw FieldError{field, "cannot be loaded: " + error.message()};
  }
}

template <class T, class U>
void set_default(std::optional<T>& member, U&& value) {
  if (!member) member = std::forward<U>(value);
}

// The path of an element of a list, and of a member of it: element_path("Images", 2, "ImageId").
std::string element_path(std::string_view list, std::size_t index, std::string_view member = {});

// One fixture in one of its regions.
class FixtureTarget {
 public:
  FixtureTarget(Environment environment, model::Timestamp when, const state::Fixture& loaded, storage::Scope scope,
                std::map<std::string_view, std::size_t>& counts)
      : fixture(loaded), scope_(std::move(scope)), environment_(environment), now_(when), counts_(counts) {}

  const state::Fixture& fixture;

  // The account that the fixture tells of, and the region.
  const std::string& account() const { return scope_.account; }
  const std::string& region() const { return scope_.region; }
  // Whether the fixture says whose view it is. What its lists show was then visible to that account.
  bool is_view_of_account() const { return fixture.account.has_value(); }
  model::Timestamp now() const { return now_; }
  Call call() const { return call_of(account()); }
  // A call of another account in the same region: of a resource's owner.
  Call call_of(const std::string& owner) const;

  // The owner that a resource names; the fixture's account when it names none. Throws FieldError for what is no
  // account.
  std::string owner_of(const std::optional<std::string>& named, const std::string& field) const;
  void check_account(const std::string& account, const std::string& field) const;
  // Throws FieldError when the id is missing or malformed.
  const std::string& check_id(const ResourceKind& kind, const std::optional<std::string>& id,
                              const std::string& field) const;
  // Throws FieldError when the text is none of the values that the API gives the member.
  void check_value(const model::Shape& shape, std::string_view member, const std::optional<std::string>& text,
                   const std::string& field) const;
  // Fills in a zone's name and id, one from the other or the region's first zone when both are absent. Throws
  // FieldError for a zone that the region does not have.
  void complete_zone(std::optional<std::string>& name, std::optional<std::string>& id, const std::string& field) const;

  // Puts the row in place of the one with the same id, whosever that was, and sets its tags.
  template <class T>
  void put(const std::string& owner, T&& row) {
    storage::Repository<T> rows(environment_.store.database(), {owner, region()});
    const std::string id = storage::table_of<T>().id(&row);
    const std::vector<ec2::Tag> tags = std::exchange(tags_shown(row), {});
    const auto holder = rows.owner(id);
    if (holder) forget(*holder, id);
    forget_recycled(id);
    if (holder && *holder != owner) rows.remove(id);
    if (holder == owner)
      rows.update(row);
    else
      rows.insert(row);
    // An account sees only its own tags: these are those of the account whose view this is.
    set_tags(is_view_of_account() ? account() : owner, id, kFixtureKind<T>.kind.type, tags);
    make_blocks(owner, row);
    ++counts_[kFixtureKind<T>.list];
  }

  void count(std::string_view list) { ++counts_[list]; }

 private:
  void forget(const std::string& owner, const std::string& id) const;
  void forget_recycled(const std::string& id) const;
  // Only volumes and snapshots have block maps.
  template <class T>
  void make_blocks(const std::string&, const T&) const {}
  void make_blocks(const std::string& owner, const state::Snapshot& row) const;
  void make_blocks(const std::string& owner, const state::Volume& row) const;
  void set_tags(const std::string& owner, const std::string& id, std::string_view type,
                const std::vector<ec2::Tag>& tags) const;

  storage::Scope scope_;
  Environment environment_;
  model::Timestamp now_;
  std::map<std::string_view, std::size_t>& counts_;
};

// Whether the fixture says what is going to happen to the resource.
bool tells_transition_of(const state::Fixture& fixture, std::string_view id);

// The steps of loading, in the order in which resources need one another; each is done for all fixtures before the
// next.
void load_networks(FixtureTarget& target);
void load_security_group_rules(FixtureTarget& target);  // which name groups
void load_network_interfaces(FixtureTarget& target);
void load_snapshots(FixtureTarget& target);
void load_images(FixtureTarget& target);
void make_snapshots_of_images(FixtureTarget& target);
void load_key_pairs(FixtureTarget& target);
void load_launches(FixtureTarget& target);  // placement groups and Spot Instance requests
void load_instances(FixtureTarget& target);
void load_volumes(FixtureTarget& target);
void match_instances(FixtureTarget& target);
void load_launch_templates(FixtureTarget& target);
void load_parameters(FixtureTarget& target);
void load_other_rows(FixtureTarget& target);
void let_arrive(FixtureTarget& target);  // what was shown on its way

// The members that every volume has. `path` is that of the resource which tells its zone.
void complete_volume(FixtureTarget& target, state::Volume& row, const std::string& path);

// Throws FieldError when the interface cannot be a row: ids, and addresses that another one has.
void check_interface(FixtureTarget& target, const ec2::NetworkInterface& interface, const std::string& path);

}  // namespace amity::handlers
