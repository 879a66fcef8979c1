#include "handlers/launch_network.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/launch_interface_checks.hpp"
#include "handlers/launch_placement.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>
#include <map>

namespace amity::handlers {
namespace {

using Specification = ec2::InstanceNetworkInterfaceSpecification;

state::NetworkInterface find_available_interface(Call& call, const std::string& id) {
  state::NetworkInterface interface = find_owned(call.network_interfaces(), kNetworkInterface, id);
  if (interface.network_interface.attachment) throw errors::interface_in_use(id);
  return interface;
}

// Those that a specification without a primary one leaves to EC2 are all secondary.
void divide_addresses(const Specification& wanted, NewNetworkInterface& fresh) {
  fresh.private_ip_address = wanted.private_ip_address;
  for (const auto& address : wanted.private_ip_addresses) {
    if (address.primary.value_or(false))
      fresh.private_ip_address = address.private_ip_address;
    else
      fresh.secondary_private_ip_addresses.push_back(address.private_ip_address.value_or(""));
  }
  fresh.secondary_private_ip_address_count = wanted.secondary_private_ip_address_count.value_or(0);
  for (const auto& address : wanted.ipv6_addresses) fresh.ipv6_addresses.push_back(address.ipv6_address.value_or(""));
  const bool gets_one = fresh.subnet.subnet.assign_ipv6_address_on_creation.value_or(false);
  fresh.ipv6_address_count = wanted.ipv6_address_count.value_or(gets_one && fresh.ipv6_addresses.empty() ? 1 : 0);
  if (wanted.primary_ipv6.value_or(false) && fresh.ipv6_addresses.empty() && fresh.ipv6_address_count == 0)
    throw errors::invalid_parameter_combination("A primary IPv6 address needs an IPv6 address on the interface.");
}

// Plans interface by interface. The first that says where it is fixes the zone for the others.
class Planner {
 public:
  Planner(Call& call, const ec2::RunInstancesRequest& request, const ec2::InstanceTypeInfo& type,
          const std::vector<ec2::Tag>& tags)
      : call_(call), request_(request), type_(type), tags_(tags), zone_(wanted_zone(call, request.placement)) {}

  NetworkPlan plan() {
    auto specifications = interface_specifications(request_);
    check_interface_specifications(specifications, type_, request_.max_count > 1);
    std::ranges::sort(specifications, {}, [](const Specification& one) {
      return std::pair(one.network_card_index.value_or(0), one.device_index);
    });
    is_only_one_ = specifications.size() == 1;
    for (Specification& wanted : specifications) add(std::move(wanted));
    check_offered(call_, *type_.instance_type, plan_.zone);
    return std::move(plan_);
  }

 private:
  void add(Specification wanted) {
    PlannedInterface& planned = plan_.interfaces.emplace_back();
    if (wanted.network_interface_id)
      take_existing(planned, *wanted.network_interface_id);
    else
      plan_fresh(planned, wanted);
    planned.wanted = std::move(wanted);
  }

  void take_existing(PlannedInterface& planned, const std::string& id) {
    planned.existing = find_available_interface(call_, id);
    const ec2::NetworkInterface& interface = planned.existing->network_interface;
    stay_in(interface.availability_zone.value(), interface.availability_zone_id.value_or(""));
  }

  void plan_fresh(PlannedInterface& planned, const Specification& wanted) {
    NewNetworkInterface& fresh = planned.fresh;
    fresh.subnet = subnet_of(wanted);
    const ec2::Subnet& subnet = fresh.subnet.subnet;
    stay_in(subnet.availability_zone.value(), subnet.availability_zone_id.value_or(""));
    divide_addresses(wanted, fresh);
    fresh.description = wanted.description.value_or("");
    fresh.interface_type = wanted.interface_type;
    fresh.tags = tags_;
    const bool is_top_level = request_.network_interfaces.empty();
    fresh.groups = groups_for(call_, subnet.vpc_id.value(), is_top_level ? request_.security_group_ids : wanted.groups,
                              is_top_level ? request_.security_groups : std::vector<std::string>());
    fresh.public_address =
        is_only_one_ && wanted.associate_public_ip_address.value_or(subnet.map_public_ip_on_launch.value_or(false));
    if (plan_.interfaces.size() == 1) take_from_primary(fresh);
  }

  void take_from_primary(const NewNetworkInterface& fresh) {
    plan_.has_public_address = fresh.public_address;
    if (const auto vpc = call_.vpcs().find(fresh.subnet.subnet.vpc_id.value()))
      plan_.tenancy = vpc->vpc.instance_tenancy.value_or(ec2::Tenancy::is_default);
    const auto& of_subnet = fresh.subnet.subnet.private_dns_name_options_on_launch;
    const auto& wanted = request_.private_dns_name_options;
    auto& options = plan_.name_options;
    options = {.hostname_type = ec2::HostnameType::ip_name,
               .enable_resource_name_dns_a_record = false,
               .enable_resource_name_dns_aaaa_record = false};
    const auto lay_over = [&options](const auto& source) {
      if (source.hostname_type) options.hostname_type = source.hostname_type;
      if (source.enable_resource_name_dns_a_record)
        options.enable_resource_name_dns_a_record = source.enable_resource_name_dns_a_record;
      if (source.enable_resource_name_dns_aaaa_record)
        options.enable_resource_name_dns_aaaa_record = source.enable_resource_name_dns_aaaa_record;
    };
    if (of_subnet) lay_over(*of_subnet);
    if (wanted) lay_over(*wanted);
  }

  state::Subnet subnet_of(const Specification& wanted) {
    if (wanted.subnet_id) return subnet_for_launch(call_, wanted.subnet_id, zone_);
    // EC2 looks for a zone that has the type.
    return subnet_for_launch(call_, std::nullopt, zone_ ? *zone_ : zone_offering(call_, *type_.instance_type));
  }

  void stay_in(const std::string& zone, const std::string& zone_id) {
    if (zone_ && *zone_ != zone) throw errors::interfaces_in_different_zones();
    zone_ = zone;
    plan_.zone = zone;
    plan_.zone_id = zone_id;
  }

  Call& call_;
  const ec2::RunInstancesRequest& request_;
  const ec2::InstanceTypeInfo& type_;
  const std::vector<ec2::Tag>& tags_;
  std::optional<std::string> zone_;
  bool is_only_one_ = true;
  NetworkPlan plan_;
};

// What CreateNetworkInterface has no say in. True when something was set.
bool set_launch_members(ec2::NetworkInterface& interface, const Specification& wanted) {
  if (const auto& tracking = wanted.connection_tracking_specification)
    interface.connection_tracking_configuration = {.tcp_established_timeout = tracking->tcp_established_timeout,
                                                   .udp_stream_timeout = tracking->udp_stream_timeout,
                                                   .udp_timeout = tracking->udp_timeout};
  if (const auto& srd = wanted.ena_srd_specification) {
    interface.attachment->ena_srd_specification = {.ena_srd_enabled = srd->ena_srd_enabled};
    if (const auto& udp = srd->ena_srd_udp_specification)
      interface.attachment->ena_srd_specification->ena_srd_udp_specification = {.ena_srd_udp_enabled =
                                                                                    udp->ena_srd_udp_enabled};
  }
  interface.attachment->ena_queue_count = wanted.ena_queue_count;
  const bool has_primary = wanted.primary_ipv6.value_or(false);
  if (has_primary) interface.ipv6_addresses.front().is_primary_ipv6 = true;
  return has_primary || wanted.connection_tracking_specification || wanted.ena_srd_specification ||
         wanted.ena_queue_count;
}

}  // namespace

NetworkPlan plan_network(Call& call, const ec2::RunInstancesRequest& request, const ec2::InstanceTypeInfo& type,
                         const std::vector<ec2::Tag>& tags) {
  ensure_default_network(call);
  return Planner(call, request, type, tags).plan();
}

std::int32_t count_with_addresses(Call& call, const NetworkPlan& plan, std::int32_t least, std::int32_t most) {
  if (least == most) return most;
  std::map<std::string, std::int32_t> needed;  // by subnet
  for (const PlannedInterface& planned : plan.interfaces)
    if (!planned.existing)
      needed[*planned.fresh.subnet.subnet.subnet_id] += 1 + planned.fresh.secondary_private_ip_address_count;
  std::int32_t count = most;
  for (const PlannedInterface& planned : plan.interfaces)
    if (!planned.existing) {
      const ec2::Subnet& subnet = planned.fresh.subnet.subnet;
      count = std::min(count, free_address_count(call, subnet) / needed.at(*subnet.subnet_id));
    }
  return std::max(count, least);
}

std::vector<state::NetworkInterface> make_interfaces(Call& call, const NetworkPlan& plan,
                                                     const std::string& instance_id) {
  std::vector<state::NetworkInterface> made;
  for (const PlannedInterface& planned : plan.interfaces) {
    const Specification& wanted = planned.wanted;
    const InterfaceAttachment attachment{
        .instance_id = instance_id,
        .device_index = *wanted.device_index,
        .network_card_index = wanted.network_card_index.value_or(0),
        .delete_on_termination = wanted.delete_on_termination.value_or(!planned.existing)};
    if (planned.existing) {
      made.push_back(*planned.existing);
      attach_interface(call, made.back(), attachment);
    } else {
      NewNetworkInterface fresh = planned.fresh;
      fresh.attachment = attachment;
      made.push_back(create_network_interface_row(call, fresh));
    }
    if (set_launch_members(made.back().network_interface, wanted)) call.network_interfaces().update(made.back());
  }
  return made;
}

}  // namespace amity::handlers
