#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

std::string default_vpc(Call& call) {
  ensure_default_network(call);
  const auto vpc = call.vpcs().find_by(storage::Query().where("is_default", "1"));
  return vpc ? *vpc->vpc.vpc_id : "none";
}

struct Attribute {
  std::string_view name;
  std::string (*value)(Call& call);
};

// What EC2 tells a new account. Quotas are Amazon's defaults: nothing here can raise them.
constexpr Attribute kAttributes[] = {
    {"supported-platforms", [](Call&) { return std::string("VPC"); }},
    {"vpc-max-security-groups-per-interface", [](Call&) { return std::string("5"); }},
    {"max-elastic-ips", [](Call&) { return std::string("5"); }},
    {"max-instances", [](Call&) { return std::string("20"); }},
    {"vpc-max-elastic-ips", [](Call&) { return std::string("5"); }},
    {"default-vpc", default_vpc},
};

ec2::DescribeAccountAttributesResult describe_account_attributes(Call& call,
                                                                 const ec2::DescribeAccountAttributesRequest& request) {
  const auto& wanted = request.attribute_names;
  for (const std::string& name : wanted)
    if (std::ranges::find(kAttributes, name, &Attribute::name) == std::end(kAttributes))
      throw errors::invalid_value("attributeName", name);
  ec2::DescribeAccountAttributesResult result;
  for (const Attribute& attribute : kAttributes)
    if (wanted.empty() || std::ranges::find(wanted, attribute.name) != wanted.end())
      result.account_attributes.push_back({.attribute_name = std::string(attribute.name),
                                           .attribute_values = {{.attribute_value = attribute.value(call)}}});
  return result;
}

}  // namespace

std::span<const Operation> account_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_account_attributes>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
