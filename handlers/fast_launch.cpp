// Fast launching of Windows images. EC2 keeps snapshots that have been through Windows' first boot; here only the
// settings and their states are kept. AWS: "Configure EC2 Fast Launch for your Windows Server AMI".
#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/images.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/transitions.hpp"
#include "model/json.hpp"
#include "storage/image_task_tables.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using Row = state::FastLaunchImage;
using State = ec2::FastLaunchStateCode;

constexpr std::string_view kEnabled = "fast_launch.enabled";
constexpr std::string_view kDisabled = "fast_launch.disabled";
constexpr std::string_view kByUser = "Client.UserInitiated";
constexpr std::string_view kByService = "Server.Internal";
constexpr std::int32_t kDefaultResources = 5;
constexpr std::int32_t kLeastLaunches = 6;

void change_state(Call& call, Row& row, const char* state, std::string_view reason) {
  row.settings.state = state;
  row.settings.state_transition_reason = reason;
  row.settings.state_transition_time = call.now();
}

std::optional<ec2::FastLaunchLaunchTemplateSpecificationResponse> template_of(
    const ec2::EnableFastLaunchRequest& request) {
  const auto& wanted = request.launch_template;
  if (!wanted) return std::nullopt;
  if (wanted->launch_template_id && wanted->launch_template_name)
    throw errors::cannot_be_combined("LaunchTemplateId", "LaunchTemplateName");
  if (!wanted->launch_template_id && !wanted->launch_template_name)
    throw errors::missing_parameter("LaunchTemplate.LaunchTemplateId");
  return ec2::FastLaunchLaunchTemplateSpecificationResponse{.launch_template_id = wanted->launch_template_id,
                                                            .launch_template_name = wanted->launch_template_name,
                                                            .version = wanted->version};
}

// The answers have the members of what is listed.
template <class Answer>
Answer answer_of(const Row& row) {
  return model::from_json<Answer>(model::to_json(row.settings)).value();
}

void check_is_windows(const ec2::Image& image) {
  if (image.platform != "windows")  // which the API model writes in another way
    throw errors::invalid_value("ImageId", *image.image_id, "Fast launching is for Windows images only.");
}

// One that is enabled already takes the new settings.
ec2::EnableFastLaunchResult enable_fast_launch(Call& call, const ec2::EnableFastLaunchRequest& request) {
  const FoundImage found = find_launchable_image(call, request.image_id);
  if (request.resource_type && request.resource_type != ec2::FastLaunchResourceType::snapshot)
    throw errors::invalid_value("ResourceType", *request.resource_type, "The only resource type is snapshot.");
  const std::int32_t launches = request.max_parallel_launches.value_or(kLeastLaunches);
  if (launches < kLeastLaunches)
    throw errors::invalid_value("MaxParallelLaunches", std::to_string(launches), "It must be 6 or more.");
  std::int32_t resources = kDefaultResources;
  if (request.snapshot_configuration)
    resources = request.snapshot_configuration->target_resource_count.value_or(resources);
  if (resources < 1)
    throw errors::invalid_value("TargetResourceCount", std::to_string(resources), "It must be 1 or more.");
  check_is_windows(found.image.image);
  Row row{.settings = {.image_id = request.image_id,
                       .resource_type = ec2::FastLaunchResourceType::snapshot,
                       .snapshot_configuration = ec2::FastLaunchSnapshotConfigurationResponse{resources},
                       .launch_template = template_of(request),
                       .max_parallel_launches = launches,
                       .owner_id = call.account()}};
  change_state(call, row, State::enabling, kByUser);
  const auto owner = call.table<Row>().owner(request.image_id);
  if (owner && *owner != call.account())
    throw errors::incorrect_state("Another account has enabled fast launching for the image.");
  call.unschedule(request.image_id, kEnabled);
  call.unschedule(request.image_id, kDisabled);
  call.table<Row>().remove(request.image_id);
  call.table<Row>().insert(row);
  call.schedule(request.image_id, kEnabled, call.profile().image);
  return answer_of<ec2::EnableFastLaunchResult>(row);
}

// Ignored: Force, because there are no snapshots in stock that launches could be using.
ec2::DisableFastLaunchResult disable_fast_launch(Call& call, const ec2::DisableFastLaunchRequest& request) {
  find_launchable_image(call, request.image_id);
  auto row = call.table<Row>().find(request.image_id);
  if (!row) throw errors::incorrect_state("Fast launching is not enabled for " + request.image_id + ".");
  change_state(call, *row, State::disabling, kByUser);
  call.table<Row>().update(*row);
  call.unschedule(request.image_id, kEnabled);
  call.schedule(request.image_id, kDisabled, call.profile().image);
  return answer_of<ec2::DisableFastLaunchResult>(*row);
}

constexpr FilterRule kFilters[] = {
    {"resource-type", "ResourceType"},
    {"owner-id", "OwnerId"},
    {"state", "State"},
};

// Images that are gone meanwhile are no longer listed.
ec2::DescribeFastLaunchImagesResult describe_fast_launch_images(Call& call,
                                                                const ec2::DescribeFastLaunchImagesRequest& request) {
  const auto& ids = request.image_ids;
  check_ids(kImage, ids);
  const Page page =
      page_of(request.max_results, request.next_token, "imageIdSet", !ids.empty(), {.least = 0, .most = 200});
  Listing<ec2::DescribeFastLaunchImagesSuccessItem> listing(kFilters, request.filters, page);
  call.table<Row>().scan(storage::Query().after(page.after), [&](std::int64_t position, const Row& row) {
    const std::string& id = *row.settings.image_id;
    if (!ids.empty() && std::ranges::find(ids, id) == ids.end()) return true;
    return !any_image(call, id) || listing.offer(position, row.settings);
  });
  return {.fast_launch_images = listing.take(), .next_token = listing.next_token()};
}

void finish_enabling(Call& call, std::string_view image_id) {
  auto row = call.table<Row>().find(image_id);
  if (!row || row->settings.state != State::enabling) return;
  change_state(call, *row, State::enabled, kByService);
  call.table<Row>().update(*row);
}

void finish_disabling(Call& call, std::string_view image_id) { call.table<Row>().remove(image_id); }

}  // namespace

std::span<const Operation> fast_launch_operations() {
  static constexpr Operation kOperations[] = {
      bind<enable_fast_launch>(),
      bind<disable_fast_launch>(),
      bind<describe_fast_launch_images>(),
  };
  return kOperations;
}

std::span<const Transition> fast_launch_transitions() {
  static constexpr Transition kTransitions[] = {{kEnabled, finish_enabling}, {kDisabled, finish_disabling}};
  return kTransitions;
}

}  // namespace amity::handlers
