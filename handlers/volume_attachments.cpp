#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxMultiAttachments = 16;

using State = ec2::VolumeAttachmentState;

bool is_in(const ec2::Instance& instance, std::string_view state) {
  return instance.state && instance.state->name == state;
}

// A volume with Multi-Attach may be attached to several instances, but to each only once.
void check_attachable(state::Volume& found, std::string_view instance_id) {
  const ec2::Volume& volume = found.volume;
  if (!volume.attachments.empty()) {
    if (!volume.multi_attach_enabled.value_or(false) || attachment_to(found, instance_id))
      throw errors::volume_already_attached(*volume.volume_id);
    if (volume.attachments.size() >= kMaxMultiAttachments)
      throw errors::volume_attachment_limit_exceeded(*volume.volume_id, kMaxMultiAttachments);
  } else if (volume.state != ec2::VolumeState::available) {
    throw errors::volume_not_available(*volume.volume_id);
  }
}

void check_device(const ec2::Instance& instance, const std::string& device) {
  if (!is_device_name(device)) throw errors::invalid_device_name(device);
  const auto same = [&](const ec2::InstanceBlockDeviceMapping& mapping) { return mapping.device_name == device; };
  if (std::ranges::any_of(instance.block_device_mappings, same)) throw errors::device_in_use(device);
}

// How many things are attached that count as volumes do. Where the limit is shared, network interfaces count too; the
// first has already been taken off the limit that the type tells.
std::size_t attached_to(const ec2::Instance& instance, const ec2::EbsInfo& limits) {
  const std::size_t volumes = instance.block_device_mappings.size(), interfaces = instance.network_interfaces.size();
  return limits.attachment_limit_type == "shared" && interfaces > 1 ? volumes + interfaces - 1 : volumes;
}

// What the instance's type can take.
void check_type(const Call& call, const ec2::Instance& instance, const ec2::Volume& volume,
                const std::optional<std::int32_t>& ebs_card_index) {
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(instance.instance_type.value_or(""));
  if (!type) return;
  if (volume.multi_attach_enabled.value_or(false) && type->hypervisor != ec2::InstanceTypeHypervisor::nitro)
    throw errors::multi_attach_not_supported(*type->instance_type);
  if (!type->ebs_info) return;
  const ec2::EbsInfo& ebs = *type->ebs_info;
  if (volume.encrypted.value_or(false) && ebs.encryption_support == ec2::EbsEncryptionSupport::unsupported)
    throw errors::encryption_not_supported(*type->instance_type);
  const auto most = static_cast<std::size_t>(ebs.maximum_ebs_attachments.value_or(0));
  if (most && attached_to(instance, ebs) >= most)
    throw errors::instance_attachment_limit_exceeded(*instance.instance_id, most);
  if (ebs_card_index && (*ebs_card_index < 0 || *ebs_card_index >= ebs.maximum_ebs_cards.value_or(1)))
    throw errors::invalid_value("EbsCardIndex", std::to_string(*ebs_card_index));
}

void add_product_codes(ec2::Instance& instance, const std::vector<ec2::ProductCode>& codes) {
  for (const ec2::ProductCode& code : codes)
    if (std::ranges::find(instance.product_codes, code.product_code_id, &ec2::ProductCode::product_code_id) ==
        instance.product_codes.end())
      instance.product_codes.push_back(code);
}

ec2::VolumeAttachment attach_volume(Call& call, const ec2::AttachVolumeRequest& request) {
  check_id(kVolume, request.volume_id);
  check_id(kInstance, request.instance_id);
  state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  state::Instance found = find_owned(call.instances(), kInstance, request.instance_id);
  ec2::Instance& instance = found.instance;
  if (!instance.placement || instance.placement->availability_zone != volume.volume.availability_zone)
    throw errors::volume_zone_mismatch(request.volume_id, request.instance_id);
  check_attachable(volume, request.instance_id);
  const bool is_stopped = is_in(instance, ec2::InstanceStateName::stopped);
  if (!is_stopped && !is_in(instance, ec2::InstanceStateName::running))
    throw errors::instance_not_running(request.instance_id);
  if (!volume.product_codes.empty() && !is_stopped) throw errors::marketplace_volume_needs_stopped(request.instance_id);
  check_device(instance, request.device);
  check_type(call, instance, volume.volume, request.ebs_card_index);

  instance.block_device_mappings.push_back(
      attach(call, volume,
             {.instance_id = request.instance_id, .device = request.device, .ebs_card_index = request.ebs_card_index}));
  add_product_codes(instance, volume.product_codes);
  call.instances().update(found);
  call.schedule(request.volume_id, "volume.attached", call.profile().volume_attach);
  return *attachment_to(volume, request.instance_id);
}

// The attachment that the request means.
ec2::VolumeAttachment& meant_by(const ec2::DetachVolumeRequest& request, state::Volume& volume) {
  auto& attachments = volume.volume.attachments;
  if (attachments.empty()) throw errors::volume_in_state(request.volume_id, volume.volume.state.value_or(""));
  if (!request.instance_id && attachments.size() > 1) throw errors::attachment_is_ambiguous(request.volume_id);
  const std::string instance_id = request.instance_id.value_or(attachments.front().instance_id.value_or(""));
  ec2::VolumeAttachment* attachment = attachment_to(volume, instance_id);
  if (!attachment) throw errors::attachment_not_found(request.volume_id, instance_id, {});
  if (request.device && !request.device->empty() && attachment->device != request.device)
    throw errors::attachment_not_found(request.volume_id, instance_id, *request.device);
  return *attachment;
}

// Force ends a detachment at once, also one that is under way.
ec2::VolumeAttachment detach_volume(Call& call, const ec2::DetachVolumeRequest& request) {
  check_id(kVolume, request.volume_id);
  if (request.instance_id) check_id(kInstance, *request.instance_id);
  state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  if (request.instance_id) find_owned(call.instances(), kInstance, *request.instance_id);
  ec2::VolumeAttachment& attachment = meant_by(request, volume);
  const bool is_forced = request.force.value_or(false);
  if (attachment.state == State::detaching && !is_forced)
    throw errors::volume_in_state(request.volume_id, State::detaching);

  auto found = call.instances().find(*attachment.instance_id);
  if (found) {
    ec2::Instance& instance = found->instance;
    if (attachment.device == instance.root_device_name && !is_in(instance, ec2::InstanceStateName::stopped))
      throw errors::root_volume_of_running_instance(request.volume_id, *attachment.instance_id);
    for (ec2::InstanceBlockDeviceMapping& mapping : instance.block_device_mappings)
      if (mapping.ebs && mapping.ebs->volume_id == request.volume_id)
        mapping.ebs->status = ec2::AttachmentStatus::detaching;
    call.instances().update(*found);
  }
  attachment.state = State::detaching;
  call.volumes().update(volume);
  call.schedule(request.volume_id, "volume.detached", is_forced ? Duration() : call.profile().volume_detach);
  return attachment;
}

}  // namespace

std::span<const Operation> volume_attachment_operations() {
  static constexpr Operation kOperations[] = {
      bind<attach_volume>(),
      bind<detach_volume>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
