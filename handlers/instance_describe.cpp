#include "handlers/errors.hpp"
#include "handlers/instance_filters.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

#include <set>
#include <unordered_map>

namespace amity::handlers {
namespace {

// The named instances, each once. One of another account is left out, one that does not exist fails the call.
std::vector<state::Instance> find_described(Call& call, const std::vector<std::string>& ids) {
  check_ids(kInstance, ids);
  std::vector<state::Instance> rows;
  std::vector<std::string> missing;
  std::set<std::string_view> seen;
  for (const std::string& id : ids) {
    if (!seen.insert(id).second) continue;
    if (auto row = call.instances().find(id))
      rows.push_back(*std::move(row));
    else if (!call.instances().owner(id))
      missing.push_back(id);
  }
  if (!missing.empty()) throw not_found(kInstance, missing);
  return rows;
}

// Visits the named instances, or all that the query finds from where the page begins, until `visit(position, row)`
// answers false.
template <class Visit>
void visit_described(Call& call, const std::vector<std::string>& ids, storage::Query query, const Page& page,
                     Visit visit) {
  if (ids.empty()) {
    call.instances().scan(query.after(page.after), visit);
    return;
  }
  for (state::Instance& row : find_described(call, ids))
    if (!visit(0, row)) return;
}

// Collects a page of instances, those of a reservation together. Pages count instances.
class ReservationPage {
 public:
  explicit ReservationPage(const Page& page) : page_(page) {}

  bool add(std::int64_t position, state::Instance& row) {
    if (page_.limit && count_ == *page_.limit) {
      next_token_ = page_token(last_);
      return false;
    }
    ++count_;
    last_ = position;
    const auto [place, is_new] = place_of_.try_emplace(row.reservation_id, reservations_.size());
    if (is_new)
      reservations_.push_back(
          {.reservation_id = row.reservation_id, .owner_id = row.owner_id, .requester_id = row.requester_id});
    reservations_[place->second].instances.push_back(std::move(row.instance));
    return true;
  }

  ec2::DescribeInstancesResult take() {
    return {.next_token = std::move(next_token_), .reservations = std::move(reservations_)};
  }

 private:
  Page page_;
  std::size_t count_ = 0;
  std::int64_t last_ = 0;
  std::vector<ec2::Reservation> reservations_;
  std::unordered_map<std::string, std::size_t> place_of_;  // in reservations_, by id
  std::optional<std::string> next_token_;
};

ec2::DescribeInstancesResult describe_instances(Call& call, const ec2::DescribeInstancesRequest& request) {
  // Ignored: IncludeManagedResources, because no AWS service manages instances here.
  const Page page = page_of(request.max_results, request.next_token, "instancesSet", !request.instance_ids.empty());
  const InstanceFilters filters(request.filters);
  ReservationPage answer(page);
  visit_described(call, request.instance_ids, filters.candidates(), page, [&](std::int64_t position, auto& row) {
    hide_until_running(row);
    return !filters.pass(call, row) || answer.add(position, row);
  });
  return answer.take();
}

constexpr FilterRule kStatusRules[] = {
    {"attached-ebs-status.status", "AttachedEbsStatus.Status"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"event.code", "Events.Code"},
    {"event.description", "Events.Description"},
    {"event.instance-event-id", "Events.InstanceEventId"},
    {"event.not-after", "Events.NotAfter"},
    {"event.not-before", "Events.NotBefore"},
    {"event.not-before-deadline", "Events.NotBeforeDeadline"},
    {"instance-state-code", "InstanceState.Code"},
    {"instance-state-name", "InstanceState.Name"},
    {"instance-status.reachability", "InstanceStatus.Details.Status"},
    {"instance-status.status", "InstanceStatus.Status"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"system-status.reachability", "SystemStatus.Details.Status"},
    {"system-status.status", "SystemStatus.Status"},
};

constexpr std::size_t kMaxStatusIds = 100;

// One status check: "ok" some time after the instance runs, "not-applicable" while it does not.
template <class Summary>
Summary summary(bool applies, bool is_done) {
  if (!applies) return {.status = ec2::SummaryStatus::not_applicable};
  return {.details = {{.name = ec2::StatusName::reachability,
                       .status = is_done ? ec2::StatusType::passed : ec2::StatusType::initializing}},
          .status = is_done ? ec2::SummaryStatus::ok : ec2::SummaryStatus::initializing};
}

ec2::InstanceStatus status_of(Call& call, const state::Instance& row) {
  const ec2::Instance& instance = row.instance;
  const bool is_running = state_of(row) == ec2::InstanceStateName::running;
  const auto since = row.running_since ? row.running_since : instance.launch_time;
  const bool is_done = since && call.now() >= *since + call.profile().status_checks;
  const auto* type = call.catalogue().instance_type(instance.instance_type.value());
  const auto& placement = instance.placement;
  return {.availability_zone = placement ? placement->availability_zone : std::nullopt,
          .availability_zone_id = placement ? placement->availability_zone_id : std::nullopt,
          .operator_value = instance.operator_value,
          .events = row.events,
          .instance_id = instance.instance_id,
          .instance_state = instance.state,
          .instance_status = summary<ec2::InstanceStatusSummary>(is_running, is_done),
          .system_status = summary<ec2::InstanceStatusSummary>(is_running, is_done),
          // Only the Nitro hypervisor checks volumes ("Attached EBS status checks").
          .attached_ebs_status = summary<ec2::EbsStatusSummary>(is_running && type && is_nitro(*type), is_done)};
}

// DescribeInstanceStatus: only running instances unless asked for all. Events are those that fixtures
// schedule.
ec2::DescribeInstanceStatusResult describe_instance_status(Call& call,
                                                           const ec2::DescribeInstanceStatusRequest& request) {
  // Ignored: IncludeManagedResources, because no AWS service manages instances here.
  const Page page = page_of(request.max_results, request.next_token, "instancesSet", !request.instance_ids.empty());
  if (request.instance_ids.size() > kMaxStatusIds)
    throw errors::invalid_parameter_value("At most 100 instance IDs can be specified.");
  const bool all = request.include_all_instances.value_or(false);
  storage::Query query;
  if (!all) query.where("state", ec2::InstanceStateName::running);
  Listing<ec2::InstanceStatus> listing(kStatusRules, request.filters, page);
  visit_described(call, request.instance_ids, query, page, [&](std::int64_t position, const state::Instance& row) {
    if (!all && state_of(row) != ec2::InstanceStateName::running) return true;
    return listing.offer(position, status_of(call, row));
  });
  return {.instance_statuses = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> instance_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_status>(),
      bind<describe_instances>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
