#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

constexpr std::string_view kStandard = "standard";
constexpr std::string_view kUnlimited = "unlimited";
constexpr std::size_t kMaxNamedInstances = 1000;

constexpr FilterRule kCreditFilters[] = {{"instance-id", "InstanceId"}};

// An instance that changed to a type that does not burst keeps no credits here.
bool is_burstable(Call& call, const state::Instance& row) {
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  return type && type->burstable_performance_supported.value_or(false);
}

ec2::InstanceCreditSpecification credits_of(const state::Instance& row) {
  return {.instance_id = row.instance.instance_id, .cpu_credits = row.cpu_credits};
}

// DescribeInstanceCreditSpecifications: the named instances, or all that are unlimited.
ec2::DescribeInstanceCreditSpecificationsResult describe_instance_credit_specifications(
    Call& call, const ec2::DescribeInstanceCreditSpecificationsRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "instancesSet", !request.instance_ids.empty());
  if (request.instance_ids.size() > kMaxNamedInstances)
    throw errors::invalid_parameter_value("At most 1000 instance IDs can be specified.");
  Listing<ec2::InstanceCreditSpecification> listing(kCreditFilters, request.filters, page);
  if (request.instance_ids.empty()) {
    call.instances().scan(storage::Query().after(page.after), [&](std::int64_t position, const state::Instance& row) {
      return row.cpu_credits != kUnlimited || listing.offer(position, credits_of(row));
    });
  } else {
    for (const state::Instance& row : find_own_instances(call, request.instance_ids)) {
      if (!is_burstable(call, row)) throw errors::credits_not_supported(*row.instance.instance_id);
      listing.offer(0, credits_of(row));
    }
  }
  return {.instance_credit_specifications = listing.take(), .next_token = listing.next_token()};
}

void check_credits(const std::optional<std::string>& credits) {
  if (!credits) throw errors::missing_parameter("CpuCredits");
  if (credits != kStandard && credits != kUnlimited)
    throw errors::invalid_value("CpuCredits", *credits, "Valid values are standard and unlimited.");
}

void change_credits(Call& call, const ec2::InstanceCreditSpecificationRequest& wanted) {
  state::Instance row = find_own_instance(call, wanted.instance_id);
  check_not_terminated(row);
  if (!is_burstable(call, row)) throw errors::credits_not_supported(wanted.instance_id);
  row.cpu_credits = wanted.cpu_credits;
  call.instances().update(row);
}

// ModifyInstanceCreditSpecification: what is wrong with one instance does not keep the others from being changed.
ec2::ModifyInstanceCreditSpecificationResult modify_instance_credit_specification(
    Call& call, const ec2::ModifyInstanceCreditSpecificationRequest& request) {
  for (const auto& wanted : request.instance_credit_specifications) check_credits(wanted.cpu_credits);
  ec2::ModifyInstanceCreditSpecificationResult result;
  for (const auto& wanted : request.instance_credit_specifications) {
    try {
      change_credits(call, wanted);
      result.successful_instance_credit_specifications.push_back({.instance_id = wanted.instance_id});
    } catch (const ApiError& error) {
      result.unsuccessful_instance_credit_specifications.push_back(
          {.instance_id = wanted.instance_id, .error = {{.code = error.code(), .message = error.message()}}});
    }
  }
  return result;
}

}  // namespace

std::span<const Operation> instance_credit_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_credit_specifications>(),
      bind<modify_instance_credit_specification>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
