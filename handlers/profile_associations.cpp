#include "handlers/profile_associations.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_profile.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/transitions.hpp"

#include <set>

namespace amity::handlers {
namespace {

using AssociationState = ec2::IamInstanceProfileAssociationState;
using ProfileAssociation = ec2::IamInstanceProfileAssociation;

constexpr ResourceKind kAssociation{"iip-assoc",
                                    "iam-instance-profile-association",
                                    "InvalidAssociationID.Malformed",
                                    "InvalidAssociationID.NotFound",
                                    "The association ID '{}' does not exist",
                                    "The association IDs '{}' do not exist"};
constexpr std::string_view kColumn = "profile_association_id";
constexpr std::string_view kAssociationSettled = "instance.profile-association-settled";

// The instance's document keeps the association but for what the instance itself shows.
ProfileAssociation association_of(const state::Instance& row) {
  ProfileAssociation association = row.profile_association.value();
  association.instance_id = row.instance.instance_id;
  association.iam_instance_profile = row.instance.iam_instance_profile;
  return association;
}

std::optional<state::Instance> find_associated(Call& call, std::string_view association_id) {
  return call.instances().find_by(storage::Query().where(kColumn, association_id));
}

state::Instance find_profile_association(Call& call, const std::string& id) {
  check_id(kAssociation, id);
  auto row = find_associated(call, id);
  if (!row) throw not_found(kAssociation, id);
  return *std::move(row);
}

ProfileAssociation make_association(Call& call, const char* state) {
  return {.association_id = call.ids().make(kAssociation.prefix), .state = state, .timestamp = call.now()};
}

void settle_later(Call& call, const std::string& instance_id) {
  call.unschedule(instance_id, kAssociationSettled);
  call.schedule(instance_id, kAssociationSettled, call.profile().instance_change);
}

ProfileAssociation associate(Call& call, state::Instance& row, ec2::IamInstanceProfile profile) {
  row.instance.iam_instance_profile = std::move(profile);
  row.profile_association = make_association(call, AssociationState::associating);
  call.instances().update(row);
  settle_later(call, *row.instance.instance_id);
  return association_of(row);
}

ec2::AssociateIamInstanceProfileResult associate_iam_instance_profile(
    Call& call, const ec2::AssociateIamInstanceProfileRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  auto profile = instance_profile(call, request.iam_instance_profile);
  check_not_terminated(row);
  if (row.profile_association) throw errors::profile_already_associated(request.instance_id);
  return {.iam_instance_profile_association = associate(call, row, std::move(profile))};
}

// ReplaceIamInstanceProfileAssociation: another association takes the place of the old one, of running instances only.
ec2::ReplaceIamInstanceProfileAssociationResult replace_iam_instance_profile_association(
    Call& call, const ec2::ReplaceIamInstanceProfileAssociationRequest& request) {
  state::Instance row = find_profile_association(call, request.association_id);
  auto profile = instance_profile(call, request.iam_instance_profile);
  const bool is_active = state_of(row) == ec2::InstanceStateName::running &&
                         row.profile_association->state != AssociationState::disassociating;
  if (!is_active) throw errors::profile_association_not_active(request.association_id);
  return {.iam_instance_profile_association = associate(call, row, std::move(profile))};
}

ec2::DisassociateIamInstanceProfileResult disassociate_iam_instance_profile(
    Call& call, const ec2::DisassociateIamInstanceProfileRequest& request) {
  state::Instance row = find_profile_association(call, request.association_id);
  row.profile_association->state = AssociationState::disassociating;
  call.instances().update(row);
  settle_later(call, *row.instance.instance_id);
  return {.iam_instance_profile_association = association_of(row)};
}

void settle_association(Call& call, std::string_view instance_id) {
  auto row = call.instances().find(instance_id);
  if (!row || !row->profile_association) return;
  if (row->profile_association->state == AssociationState::disassociating) {
    row->profile_association.reset();
    row->instance.iam_instance_profile.reset();
  } else {
    row->profile_association->state = AssociationState::associated;
  }
  call.instances().update(*row);
}

constexpr FilterRule kAssociationFilters[] = {
    {"instance-id", "InstanceId"},
    {"state", "State"},
};

ec2::DescribeIamInstanceProfileAssociationsResult describe_iam_instance_profile_associations(
    Call& call, const ec2::DescribeIamInstanceProfileAssociationsRequest& request) {
  const Page page =
      page_of(request.max_results, request.next_token, "AssociationIds", !request.association_ids.empty());
  Listing<ProfileAssociation> listing(kAssociationFilters, request.filters, page);
  const std::set<std::string> ids(request.association_ids.begin(), request.association_ids.end());
  for (const std::string& id : ids) listing.offer(0, association_of(find_profile_association(call, id)));
  if (ids.empty())
    call.instances().scan(storage::Query().after(page.after), [&](std::int64_t position, const state::Instance& row) {
      return !row.profile_association || listing.offer(position, association_of(row));
    });
  return {.iam_instance_profile_associations = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

void note_profile_association(Call& call, state::Instance& instance) {
  if (instance.instance.iam_instance_profile)
    instance.profile_association = make_association(call, AssociationState::associated);
}

std::span<const Operation> profile_association_operations() {
  static constexpr Operation kOperations[] = {
      bind<associate_iam_instance_profile>(),
      bind<describe_iam_instance_profile_associations>(),
      bind<disassociate_iam_instance_profile>(),
      bind<replace_iam_instance_profile_association>(),
  };
  return kOperations;
}
std::span<const Transition> profile_association_transitions() {
  static constexpr Transition kTransitions[] = {{kAssociationSettled, settle_association}};
  return kTransitions;
}

}  // namespace amity::handlers
