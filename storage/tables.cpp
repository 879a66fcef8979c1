#include "storage/tables.hpp"

#include "storage/ebs_tables.hpp"
#include "storage/image_task_tables.hpp"
#include "storage/image_usage_tables.hpp"
#include "storage/instances_tables.hpp"
#include "storage/launch_template_tables.hpp"
#include "storage/network_tables.hpp"
#include "storage/parameter_tables.hpp"
#include "storage/recycle_bin_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;
using Texts = std::vector<std::string>;

template <class T>
Texts grantees(const std::vector<T>& permissions) {
  Texts values;
  for (const auto& permission : permissions) {
    if (permission.user_id) values.push_back(*permission.user_id);
    if (permission.group) values.push_back(*permission.group);
    if constexpr (requires { permission.organization_arn; }) {
      if (permission.organization_arn) values.push_back(*permission.organization_arn);
      if (permission.organizational_unit_arn) values.push_back(*permission.organizational_unit_arn);
    }
  }
  return values;
}

std::string image_id(const state::Image& image) { return image.image.image_id.value_or(""); }
Text image_name(const state::Image& image) { return image.image.name; }
Text image_state(const state::Image& image) { return image.image.state.value_or(ec2::ImageState::available); }
Texts image_shares(const state::Image& image) { return grantees(image.launch_permissions); }
Texts image_snapshots(const state::Image& image) {
  Texts values;
  for (const auto& mapping : image.image.block_device_mappings)
    if (mapping.ebs && mapping.ebs->snapshot_id) values.push_back(*mapping.ebs->snapshot_id);
  return values;
}
constexpr ColumnSpec kImageColumns[] = {{"name", over<state::Image, image_name>},
                                        {"state", over<state::Image, image_state>}};
constexpr LinkSpec kImageLinks[] = {{kImageShare, over<state::Image, image_shares>},
                                    {kImageSnapshot, over<state::Image, image_snapshots>}};

std::string deregistered_image_id(const state::DeregisteredImage& image) { return image.image_id; }

std::string snapshot_id(const state::Snapshot& snapshot) { return snapshot.snapshot.snapshot_id.value_or(""); }
Text snapshot_state(const state::Snapshot& snapshot) {
  return snapshot.snapshot.state.value_or(ec2::SnapshotState::completed);
}
Text snapshot_volume(const state::Snapshot& snapshot) { return snapshot.snapshot.volume_id; }
Texts snapshot_shares(const state::Snapshot& snapshot) { return grantees(snapshot.create_volume_permissions); }
constexpr ColumnSpec kSnapshotColumns[] = {{"state", over<state::Snapshot, snapshot_state>},
                                           {"volume_id", over<state::Snapshot, snapshot_volume>}};
constexpr LinkSpec kSnapshotLinks[] = {{kSnapshotShare, over<state::Snapshot, snapshot_shares>}};

std::string volume_id(const state::Volume& volume) { return volume.volume.volume_id.value_or(""); }
Text volume_state(const state::Volume& volume) { return volume.volume.state.value_or(ec2::VolumeState::available); }
Text volume_snapshot(const state::Volume& volume) { return volume.volume.snapshot_id; }
Texts volume_attachments(const state::Volume& volume) {
  Texts values;
  for (const auto& attachment : volume.volume.attachments)
    if (attachment.instance_id) values.push_back(*attachment.instance_id);
  return values;
}
constexpr ColumnSpec kVolumeColumns[] = {{"state", over<state::Volume, volume_state>},
                                         {"snapshot_id", over<state::Volume, volume_snapshot>}};
constexpr LinkSpec kVolumeLinks[] = {{kVolumeAttachment, over<state::Volume, volume_attachments>}};

std::string instance_id(const state::Instance& instance) { return instance.instance.instance_id.value_or(""); }
Text instance_state(const state::Instance& instance) {
  return instance.instance.state ? instance.instance.state->name : std::string(ec2::InstanceStateName::pending);
}
Text instance_image(const state::Instance& instance) { return instance.instance.image_id; }
Text instance_reservation(const state::Instance& instance) { return instance.reservation_id; }
Text instance_profile_association(const state::Instance& instance) {
  return instance.profile_association ? instance.profile_association->association_id : std::nullopt;
}
constexpr ColumnSpec kInstanceColumns[] = {
    {"state", over<state::Instance, instance_state>},
    {"image_id", over<state::Instance, instance_image>},
    {"reservation_id", over<state::Instance, instance_reservation>},
    {"profile_association_id", over<state::Instance, instance_profile_association>}};

std::string key_pair_id(const state::KeyPair& pair) { return pair.key_pair.key_pair_id.value_or(""); }
Text key_pair_name(const state::KeyPair& pair) { return pair.key_pair.key_name.value_or(""); }
constexpr ColumnSpec kKeyPairColumns[] = {{"name", over<state::KeyPair, key_pair_name>}};

std::string group_id(const state::SecurityGroup& group) { return group.security_group.group_id.value_or(""); }
Text group_vpc(const state::SecurityGroup& group) { return group.security_group.vpc_id.value_or(""); }
Text group_name(const state::SecurityGroup& group) { return group.security_group.group_name.value_or(""); }
constexpr ColumnSpec kGroupColumns[] = {{"vpc_id", over<state::SecurityGroup, group_vpc>},
                                        {"name", over<state::SecurityGroup, group_name>}};

std::string rule_id(const state::SecurityGroupRule& rule) {
  return rule.security_group_rule.security_group_rule_id.value_or("");
}
Text rule_group(const state::SecurityGroupRule& rule) { return rule.security_group_rule.group_id.value_or(""); }
Text rule_referenced(const state::SecurityGroupRule& rule) {
  const auto& referenced = rule.security_group_rule.referenced_group_info;
  return referenced ? referenced->group_id : std::nullopt;
}
constexpr ColumnSpec kRuleColumns[] = {{"group_id", over<state::SecurityGroupRule, rule_group>},
                                       {"referenced_group_id", over<state::SecurityGroupRule, rule_referenced>}};

std::string interface_id(const state::NetworkInterface& interface) {
  return interface.network_interface.network_interface_id.value_or("");
}
Text interface_vpc(const state::NetworkInterface& interface) { return interface.network_interface.vpc_id.value_or(""); }
Text interface_subnet(const state::NetworkInterface& interface) {
  return interface.network_interface.subnet_id.value_or("");
}
Text interface_instance(const state::NetworkInterface& interface) {
  const auto& attachment = interface.network_interface.attachment;
  return attachment ? attachment->instance_id : std::nullopt;
}
Texts interface_groups(const state::NetworkInterface& interface) {
  Texts values;
  for (const auto& group : interface.network_interface.groups)
    if (group.group_id) values.push_back(*group.group_id);
  return values;
}
Texts interface_addresses(const state::NetworkInterface& interface) {
  const std::string subnet = interface.network_interface.subnet_id.value_or("") + "/";
  Texts values;
  for (const auto& address : interface.network_interface.private_ip_addresses)
    if (address.private_ip_address) values.push_back(subnet + *address.private_ip_address);
  for (const auto& address : interface.network_interface.ipv6_addresses)
    if (address.ipv6_address) values.push_back("ipv6/" + subnet + *address.ipv6_address);
  return values;
}
Texts interface_public_addresses(const state::NetworkInterface& interface) {
  Texts values;
  for (const auto& address : interface.network_interface.private_ip_addresses)
    if (address.association && address.association->public_ip) values.push_back(*address.association->public_ip);
  return values;
}
constexpr ColumnSpec kInterfaceColumns[] = {{"vpc_id", over<state::NetworkInterface, interface_vpc>},
                                            {"subnet_id", over<state::NetworkInterface, interface_subnet>},
                                            {"instance_id", over<state::NetworkInterface, interface_instance>}};
constexpr LinkSpec kInterfaceLinks[] = {
    {kNetworkInterfaceGroup, over<state::NetworkInterface, interface_groups>},
    {kNetworkInterfaceAddress, over<state::NetworkInterface, interface_addresses>},
    {kNetworkInterfacePublicAddress, over<state::NetworkInterface, interface_public_addresses>}};

std::string vpc_id(const state::Vpc& vpc) { return vpc.vpc.vpc_id.value_or(""); }
Text vpc_is_default(const state::Vpc& vpc) { return vpc.vpc.is_default.value_or(false) ? "1" : "0"; }
constexpr ColumnSpec kVpcColumns[] = {{"is_default", over<state::Vpc, vpc_is_default>}};

std::string subnet_id(const state::Subnet& subnet) { return subnet.subnet.subnet_id.value_or(""); }
Text subnet_vpc(const state::Subnet& subnet) { return subnet.subnet.vpc_id.value_or(""); }
constexpr ColumnSpec kSubnetColumns[] = {{"vpc_id", over<state::Subnet, subnet_vpc>}};

std::string gateway_id(const state::InternetGateway& gateway) {
  return gateway.internet_gateway.internet_gateway_id.value_or("");
}

std::string route_table_id(const state::RouteTable& table) { return table.route_table.route_table_id.value_or(""); }
Text route_table_vpc(const state::RouteTable& table) { return table.route_table.vpc_id.value_or(""); }
constexpr ColumnSpec kRouteTableColumns[] = {{"vpc_id", over<state::RouteTable, route_table_vpc>}};

std::string acl_id(const state::NetworkAcl& acl) { return acl.network_acl.network_acl_id.value_or(""); }
Text acl_vpc(const state::NetworkAcl& acl) { return acl.network_acl.vpc_id.value_or(""); }
constexpr ColumnSpec kAclColumns[] = {{"vpc_id", over<state::NetworkAcl, acl_vpc>}};

std::string dhcp_id(const state::DhcpOptions& options) { return options.dhcp_options.dhcp_options_id.value_or(""); }

}  // namespace

template <>
const TableSpec& table_of<state::Image>() {
  static const TableSpec spec{"image", state::Image::shape, over<state::Image, image_id>, kImageColumns, kImageLinks};
  return spec;
}
template <>
const TableSpec& table_of<state::DeregisteredImage>() {
  static const TableSpec spec{"deregistered_image",
                              state::DeregisteredImage::shape,
                              over<state::DeregisteredImage, deregistered_image_id>,
                              {},
                              {}};
  return spec;
}
template <>
const TableSpec& table_of<state::Snapshot>() {
  static const TableSpec spec{"snapshot", state::Snapshot::shape, over<state::Snapshot, snapshot_id>, kSnapshotColumns,
                              kSnapshotLinks};
  return spec;
}
template <>
const TableSpec& table_of<state::Volume>() {
  static const TableSpec spec{"volume", state::Volume::shape, over<state::Volume, volume_id>, kVolumeColumns,
                              kVolumeLinks};
  return spec;
}
template <>
const TableSpec& table_of<state::Instance>() {
  static const TableSpec spec{
      "instance", state::Instance::shape, over<state::Instance, instance_id>, kInstanceColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::KeyPair>() {
  static const TableSpec spec{
      "key_pair", state::KeyPair::shape, over<state::KeyPair, key_pair_id>, kKeyPairColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::SecurityGroup>() {
  static const TableSpec spec{
      "security_group", state::SecurityGroup::shape, over<state::SecurityGroup, group_id>, kGroupColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::SecurityGroupRule>() {
  static const TableSpec spec{"security_group_rule",
                              state::SecurityGroupRule::shape,
                              over<state::SecurityGroupRule, rule_id>,
                              kRuleColumns,
                              {}};
  return spec;
}
template <>
const TableSpec& table_of<state::NetworkInterface>() {
  static const TableSpec spec{"network_interface", state::NetworkInterface::shape,
                              over<state::NetworkInterface, interface_id>, kInterfaceColumns, kInterfaceLinks};
  return spec;
}
template <>
const TableSpec& table_of<state::Vpc>() {
  static const TableSpec spec{"vpc", state::Vpc::shape, over<state::Vpc, vpc_id>, kVpcColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::Subnet>() {
  static const TableSpec spec{"subnet", state::Subnet::shape, over<state::Subnet, subnet_id>, kSubnetColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::InternetGateway>() {
  static const TableSpec spec{
      "internet_gateway", state::InternetGateway::shape, over<state::InternetGateway, gateway_id>, {}, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::RouteTable>() {
  static const TableSpec spec{
      "route_table", state::RouteTable::shape, over<state::RouteTable, route_table_id>, kRouteTableColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::NetworkAcl>() {
  static const TableSpec spec{
      "network_acl", state::NetworkAcl::shape, over<state::NetworkAcl, acl_id>, kAclColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::DhcpOptions>() {
  static const TableSpec spec{"dhcp_options", state::DhcpOptions::shape, over<state::DhcpOptions, dhcp_id>, {}, {}};
  return spec;
}

std::span<const TableSpec* const> all_tables() {
  static const TableSpec* const tables[] = {
      &table_of<state::FastSnapshotRestore>(),
      &table_of<state::ReplaceRootVolumeTask>(),
      &table_of<state::NatGateway>(),
      &table_of<state::Address>(),
      &table_of<state::Instance>(),
      &table_of<state::NetworkInterface>(),
      &table_of<state::Volume>(),
      &table_of<state::Image>(),
      &table_of<state::DeregisteredImage>(),
      &table_of<state::Snapshot>(),
      &table_of<state::KeyPair>(),
      &table_of<state::SecurityGroupRule>(),
      &table_of<state::SecurityGroup>(),
      &table_of<state::RouteTable>(),
      &table_of<state::NetworkAcl>(),
      &table_of<state::InternetGateway>(),
      &table_of<state::Subnet>(),
      &table_of<state::DhcpOptions>(),
      &table_of<state::Vpc>(),
      &table_of<state::ImageUsageReport>(),
      &table_of<state::StoreImageTask>(),
      &table_of<state::StoredImage>(),
      &table_of<state::ImportImageTask>(),
      &table_of<state::ImportSnapshotTask>(),
      &table_of<state::ExportImageTask>(),
      &table_of<state::FastLaunchImage>(),
      &table_of<state::RecycledResource>(),
      &table_of<state::RetentionRule>(),
      &table_of<state::PlacementGroup>(),
      &table_of<state::SpotInstanceRequest>(),
      &table_of<state::LaunchTemplateVersion>(),
      &table_of<state::LaunchTemplate>(),
      &table_of<state::Parameter>(),
  };
  return tables;
}

}  // namespace amity::storage
