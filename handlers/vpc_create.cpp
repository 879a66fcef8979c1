#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/new_vpc.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_cidrs.hpp"
#include "handlers/vpc_errors.hpp"

namespace amity::handlers {
namespace {

// What CreateVpc answers: the VPC is not there yet.
ec2::Vpc as_created(ec2::Vpc vpc) {
  vpc.state = ec2::VpcState::pending;
  for (auto& association : vpc.ipv6_cidr_block_association_set)
    association.ipv6_cidr_block_state->state = ec2::VpcCidrBlockStateCode::associating;
  return vpc;
}

ec2::CreateVpcResult create_vpc(Call& call, const ec2::CreateVpcRequest& request) {
  ensure_default_network(call);
  refuse_address_pools(request);
  if (request.vpc_encryption_control) throw errors::unsupported_operation("VPC encryption controls are not supported.");
  if (request.instance_tenancy == ec2::Tenancy::host)
    throw errors::invalid_value("instanceTenancy", ec2::Tenancy::host);
  if (!request.cidr_block) throw errors::missing_parameter("cidrBlock");
  NewVpc wanted{.block = checked_vpc_block(*request.cidr_block),
                .tenancy = request.instance_tenancy.value_or(ec2::Tenancy::is_default)};
  if (request.amazon_provided_ipv6_cidr_block.value_or(false)) wanted.ipv6_block = free_ipv6_block(call);
  const auto tags = tags_for(request.tag_specifications, kVpc.type, {kVpc.type});
  ec2::Vpc vpc = make_vpc(call, random_ids(call), wanted).vpc;
  set_tags(call, *vpc.vpc_id, kVpc.type, tags);
  vpc.tags = tags;
  return {.vpc = as_created(std::move(vpc))};
}

ec2::CreateDefaultVpcResult create_default_vpc(Call& call, const ec2::CreateDefaultVpcRequest&) {
  ensure_default_network(call);
  if (default_vpc(call)) throw errors::default_vpc_exists();
  return {.vpc = as_created(make_default_vpc(call, random_ids(call)).vpc)};
}

// Everything in the VPC but what came with it.
bool has_more_than_came_with_it(Call& call, const std::string& vpc_id) {
  const auto in_vpc = storage::Query().where("vpc_id", vpc_id);
  if (call.subnets().count(in_vpc) > 0 || call.network_interfaces().count(in_vpc) > 0) return true;
  if (call.security_groups().count(in_vpc) > 1 || call.network_acls().count(in_vpc) > 1) return true;
  if (call.route_tables().count(in_vpc) > 1) return true;
  return attached_gateway(call, vpc_id).has_value();
}

template <class Repository>
void remove_rows(Call& call, Repository rows, const std::string& vpc_id) {
  std::vector<std::string> ids;
  for (const auto& row : rows.all(storage::Query().where("vpc_id", vpc_id)))
    ids.push_back(storage::table_of<std::decay_t<decltype(row)>>().id(&row));
  for (const std::string& id : ids) {
    rows.remove(id);
    call.tags().remove_all(id);
  }
}

void delete_vpc(Call& call, const ec2::DeleteVpcRequest& request) {
  ensure_default_network(call);
  const std::string id = *find_owned(call.vpcs(), kVpc, request.vpc_id).vpc.vpc_id;
  if (has_more_than_came_with_it(call, id)) throw errors::has_dependencies("vpc", id);
  for (const state::SecurityGroup& group : call.security_groups().all(storage::Query().where("vpc_id", id)))
    for (const bool egress : {false, true})
      for (const auto& rule : rules_of(call, *group.security_group.group_id, egress))
        remove_rule(call, *rule.security_group_rule_id);
  remove_rows(call, call.security_groups(), id);
  remove_rows(call, call.network_acls(), id);
  remove_rows(call, call.route_tables(), id);
  call.vpcs().remove(id);
  call.tags().remove_all(id);
}

}  // namespace

std::span<const Operation> vpc_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_vpc>(),
      bind<create_default_vpc>(),
      bind<delete_vpc>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
