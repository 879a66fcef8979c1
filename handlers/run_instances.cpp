#include "handlers/run_instances.hpp"

#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/launch_network.hpp"
#include "handlers/launch_options.hpp"
#include "handlers/launch_placement.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/launch_volumes.hpp"
#include "handlers/parameters.hpp"
#include "handlers/profile_associations.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/tagging.hpp"
#include "handlers/windows.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::int32_t kMaxInstancesPerCall = 1000;
constexpr char kDefaultInstanceType[] = "m1.small";  // as the API reference says since 2006

void check_counts(const ec2::RunInstancesRequest& request) {
  if (request.max_count < 1) throw errors::invalid_parameter_value("Maximum instance count must be greater than zero");
  if (request.min_count < 1) throw errors::invalid_parameter_value("Minimum instance count must be greater than zero");
  if (request.min_count > request.max_count)
    throw errors::invalid_parameter_value("Maximum instance count must not be smaller than minimum instance count");
  if (request.max_count > kMaxInstancesPerCall) throw errors::too_many_instances(kMaxInstancesPerCall);
}

// What other operations, which are not there yet, would have to make first; and what AWS has ended.
void refuse_unsupported(const ec2::RunInstancesRequest& request) {
  if (!request.secondary_interfaces.empty())
    throw errors::unsupported_operation("Secondary interfaces are not emulated.");
  if (!request.elastic_gpu_specification.empty())
    throw errors::unsupported_operation("Amazon Elastic Graphics is no longer available.");
  if (!request.elastic_inference_accelerators.empty())
    throw errors::unsupported_operation("Amazon Elastic Inference is no longer available.");
  if (request.operator_value) throw errors::operation_not_permitted("Operator is reserved for AWS services.");
  // Ignored: AdditionalInfo, because EC2 reserves it.
}

const ec2::InstanceTypeInfo& find_type(Call& call, const std::optional<std::string>& wanted) {
  const std::string name = wanted.value_or(kDefaultInstanceType);
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(name);
  if (!type) throw errors::invalid_instance_type(name);
  return *type;
}

std::vector<ec2::Tag> tags_asked_for(const ec2::RunInstancesRequest& request, const ResourceKind& kind) {
  return tags_for(request.tag_specifications, kind.type,
                  {kInstance.type, kVolume.type, kNetworkInterface.type, kSpotInstanceRequest.type});
}

// One launch: all that its instances have in common, checked once.
class Launch {
 public:
  Launch(Call& call, const TemplatedLaunch& launch, const std::optional<SpotLaunch>& spot)
      : call_(call),
        request_(launch.request),
        system_tags_(launch.system_tags),
        spot_(spot),
        image_(find_launchable_image(call, resolve_image_id(call, request_.image_id.value()))) {
    const ec2::RunInstancesRequest& request = request_;
    const ec2::InstanceTypeInfo& type = find_type(call, request.instance_type);
    ec2::Instance& instance = model_.instance;
    take_from_image(image_.image.image, model_);
    model_.uefi_data = image_.image.uefi_data;
    check_fits(instance, type);
    instance.instance_type = type.instance_type;
    instance.placement = placement_of(request.placement, type);
    group_ = wanted_group(call, request.placement, type);
    apply_launch_options(call, request, image_.image.image, type, model_);
    read_tags();
    volumes_ = plan_volumes(image_.image.image, request.block_device_mappings);
    network_ = plan_network(call, request, type, tags_asked_for(request_, kNetworkInterface));
    check_attachments(type, volumes_.size(), network_.interfaces.size());
    complete_model(type);
  }

  ec2::Reservation run() {
    const std::int32_t count = count_with_addresses(call_, network_, request_.min_count, request_.max_count);
    ec2::Reservation reservation{.reservation_id = model_.reservation_id, .owner_id = model_.owner_id};
    reservation.instances.reserve(static_cast<std::size_t>(count));
    for (std::int32_t index = 0; index < count; ++index) reservation.instances.push_back(launch(index));
    note_launch(call_, image_);
    return reservation;
  }

 private:
  void read_tags() {
    tags_ = tags_asked_for(request_, kInstance);
    if (model_.instance.metadata_options->instance_metadata_tags == ec2::InstanceMetadataTagsState::enabled)
      check_metadata_tag_keys(tags_);
  }

  void complete_model(const ec2::InstanceTypeInfo& type) {
    model_.reservation_id = call_.ids().make("r");
    model_.owner_id = call_.account();
    model_.associate_public_ip_address = network_.has_public_address;
    model_.boot_times = {call_.now()};
    ec2::Instance& instance = model_.instance;
    instance.state = instance_state(ec2::InstanceStateName::pending);
    instance.state_reason = {.code = "pending", .message = "pending"};
    instance.state_transition_reason = "";
    // EC2 tells these times, and those of attachments, in whole seconds.
    instance.launch_time = std::chrono::floor<std::chrono::seconds>(call_.now());
    instance.usage_operation_update_time = instance.launch_time;
    instance.current_instance_boot_mode = boot_mode_on(type, instance);
    instance.operator_value = {.managed = false};
    instance.private_dns_name_options = network_.name_options;
    instance.placement->availability_zone = network_.zone;
    instance.placement->availability_zone_id = network_.zone_id;
    // "All instances launched into this VPC are Dedicated Instances."
    if (network_.tenancy == ec2::Tenancy::dedicated) instance.placement->tenancy = network_.tenancy;
    const auto volume_tags = tags_asked_for(request_, kVolume);
    if (spot_) check_spot_launch(call_, *spot_, instance, type);
    for (PlannedVolume& planned : volumes_) {
      planned.volume.availability_zone = network_.zone;
      planned.volume.tags = volume_tags;
    }
  }

  ec2::Instance launch(std::int32_t index) {
    state::Instance row = model_;
    ec2::Instance& instance = row.instance;
    const std::string id = call_.ids().make(kInstance.prefix);
    instance.instance_id = id;
    instance.ami_launch_index = index;
    repeat_interfaces(call_, row, make_interfaces(call_, network_, id));
    const auto volumes = make_volumes(call_, volumes_, id);
    for (const state::Volume& volume : volumes)
      instance.block_device_mappings.push_back(as_instance_shows(volume.volume.attachments.front()));
    if (instance.hibernation_options->configured.value_or(false)) check_can_hibernate(volumes);
    if (group_) place_in_group(call_, *group_, *instance.placement);
    if (spot_) become_spot_instance(call_, *spot_, instance);
    install_windows(call_, row, image_.image);
    note_profile_association(call_, row);
    call_.instances().insert(row);
    set_tags(call_, id, kInstance.type, tags_);
    for (const ec2::Tag& tag : system_tags_) call_.tags().set(id, kInstance.type, *tag.key, *tag.value);
    call_.schedule(id, can_use_keys(volumes) ? "instance.running" : "instance.failed", call_.profile().instance_start);
    return answer(std::move(instance));
  }

  // Hibernation writes memory to the root volume, which must be encrypted for it.
  static void check_can_hibernate(const std::vector<state::Volume>& volumes) {
    if (volumes.empty() || !volumes.front().volume.encrypted.value_or(false))
      throw errors::hibernation_needs_encrypted_root();
  }

  // EC2 finds out about keys only after it has answered: the instance terminates at once.
  bool can_use_keys(const std::vector<state::Volume>& volumes) const {
    return std::ranges::all_of(volumes, [&](const state::Volume& volume) { return has_usable_keys(call_, volume); });
  }

  // The answer of RunInstances is older than what it starts: nothing is attached yet, no volume shows, and the public
  // address is to come (the samples of the API reference).
  ec2::Instance answer(ec2::Instance instance) const {
    instance.block_device_mappings.clear();
    hide_public_address(instance);
    for (auto& interface : instance.network_interfaces) interface.attachment->status = ec2::AttachmentStatus::attaching;
    instance.tags = tags_;
    instance.tags.insert(instance.tags.end(), system_tags_.begin(), system_tags_.end());
    return instance;
  }

  Call& call_;
  const ec2::RunInstancesRequest& request_;
  const std::vector<ec2::Tag>& system_tags_;
  const std::optional<SpotLaunch>& spot_;
  FoundImage image_;
  state::Instance model_;  // each instance is a copy of it
  std::vector<ec2::Tag> tags_;
  std::vector<PlannedVolume> volumes_;
  NetworkPlan network_;
  std::optional<GroupPlacement> group_;
};

ec2::Reservation launch_as(Call& call, const TemplatedLaunch& launch, const std::optional<SpotLaunch>& spot) {
  refuse_unsupported(launch.request);
  if (launch.request.image_id.value_or("").empty()) throw errors::missing_parameter("ImageId");
  return Launch(call, launch, spot).run();
}

ec2::Reservation run_instances(Call& call, const ec2::RunInstancesRequest& request) {
  check_counts(request);
  const TemplatedLaunch launch = with_launch_template(call, request);
  return launch_as(call, launch, spot_launch_of(launch.request, tags_asked_for(launch.request, kSpotInstanceRequest)));
}

// The same token again: the same instances, as they are now.
void bring_up_to_date(Call& call, const ec2::RunInstancesRequest&, ec2::Reservation& answered) {
  for (ec2::Instance& instance : answered.instances) {
    auto row = call.instances().find(instance.instance_id.value());
    if (!row || state_of(*row) == ec2::InstanceStateName::terminated ||
        state_of(*row) == ec2::InstanceStateName::shutting_down)
      throw errors::idempotent_instance_terminated();
    hide_until_running(*row);
    row->instance.tags = call.tags().of(*instance.instance_id);
    instance = std::move(row->instance);
  }
}

}  // namespace

ec2::Reservation launch_instances(Call& call, const ec2::RunInstancesRequest& request,
                                  const std::optional<SpotLaunch>& spot) {
  check_counts(request);
  return launch_as(call, {.request = request}, spot);
}

std::span<const Operation> run_instances_operations() {
  static constexpr Operation kOperations[] = {
      bind_idempotent<run_instances, bring_up_to_date>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
