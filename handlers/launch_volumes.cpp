#include "handlers/launch_volumes.hpp"

#include "handlers/errors.hpp"
#include "handlers/launch_errors.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace amity::handlers {
namespace {

using Mapping = ec2::BlockDeviceMapping;

// "ephemeral0" to "ephemeral23".
bool is_instance_store(std::string_view virtual_name) {
  constexpr std::string_view kPrefix = "ephemeral";
  constexpr int kMaxIndex = 23;
  if (!virtual_name.starts_with(kPrefix)) return false;
  const std::string_view digits = virtual_name.substr(kPrefix.size());
  int index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return error == std::errc() && end == digits.data() + digits.size() && index >= 0 && index <= kMaxIndex;
}

void check_mapping(const Mapping& wanted, std::string_view root_device) {
  if (!wanted.device_name || wanted.device_name->empty())
    throw errors::missing_parameter("BlockDeviceMapping.DeviceName");
  const std::string& device = *wanted.device_name;
  if (device == root_device && !wanted.ebs) throw errors::root_device_must_stay(device);
  if (wanted.no_device) return;
  if (wanted.ebs && wanted.virtual_name) throw errors::ebs_and_instance_store(device);
  if (wanted.virtual_name && !is_instance_store(*wanted.virtual_name))
    throw errors::invalid_virtual_name(*wanted.virtual_name);
  if (!wanted.ebs) return;
  // The model: not supported when RunInstances makes the volume, which is made where the instance is.
  if (wanted.ebs->availability_zone || wanted.ebs->availability_zone_id)
    throw errors::invalid_parameter_combination("BlockDeviceMapping.Ebs.AvailabilityZone is not supported at launch.");
  if (wanted.ebs->outpost_arn) throw errors::unsupported_operation("Outposts are not emulated.");
}

void check_mappings(const std::vector<Mapping>& wanted, std::string_view root_device) {
  std::set<std::string_view> devices;
  for (const Mapping& mapping : wanted) {
    check_mapping(mapping, root_device);
    if (!devices.insert(*mapping.device_name).second) throw errors::device_used_twice(*mapping.device_name);
  }
}

PlannedVolume volume_of_image(const Mapping& mapping, bool is_root) {
  const ec2::EbsBlockDevice& ebs = *mapping.ebs;
  return {.device = mapping.device_name.value_or(""),
          .volume = {.snapshot_id = ebs.snapshot_id,
                     .size_gib = ebs.volume_size,
                     .volume_type = ebs.volume_type,
                     .iops = ebs.iops,
                     .throughput_mibps = ebs.throughput,
                     // The image says whether its snapshot is encrypted; an empty volume is as the image wants it.
                     .encryption = {.encrypted = ebs.snapshot_id ? std::nullopt : ebs.encrypted}},
          .delete_on_termination = ebs.delete_on_termination.value_or(is_root),
          .is_of_image = ebs.snapshot_id.has_value()};
}

// IOPS and throughput that were meant for another type do not outlive it. EC2 gives gp2 volumes IOPS of their own.
void change_type(NewVolume& volume, const std::string& type) {
  if (volume.volume_type == type) return;
  volume.volume_type = type;
  volume.iops.reset();
  volume.throughput_mibps.reset();
}

void overlay(PlannedVolume& planned, const ec2::EbsBlockDevice& wanted, bool is_root) {
  NewVolume& volume = planned.volume;
  if (wanted.snapshot_id && wanted.snapshot_id != volume.snapshot_id) {
    if (is_root) throw errors::root_snapshot_must_stay(planned.device);
    volume.snapshot_id = wanted.snapshot_id;
    volume.size_gib.reset();
    planned.is_of_image = false;
  }
  if (wanted.volume_type) change_type(volume, *wanted.volume_type);
  if (wanted.volume_size) volume.size_gib = wanted.volume_size;
  if (wanted.iops) volume.iops = wanted.iops;
  if (wanted.throughput) volume.throughput_mibps = wanted.throughput;
  if (wanted.volume_initialization_rate) volume.initialization_rate_mibps = wanted.volume_initialization_rate;
  if (wanted.encrypted) volume.encryption.encrypted = wanted.encrypted;
  if (wanted.kms_key_id) volume.encryption.kms_key_id = wanted.kms_key_id;
  if (wanted.delete_on_termination) planned.delete_on_termination = *wanted.delete_on_termination;
  planned.ebs_card_index = wanted.ebs_card_index;
}

void check_root(const PlannedVolume& root) {
  const auto& type = root.volume.volume_type;
  if (type == ec2::VolumeType::st1 || type == ec2::VolumeType::sc1) throw errors::cannot_boot_from(*type);
}

}  // namespace

std::vector<PlannedVolume> plan_volumes(const ec2::Image& image, const std::vector<Mapping>& wanted) {
  const std::string root_device = image.root_device_name.value_or("");
  check_mappings(wanted, root_device);
  std::vector<PlannedVolume> plan;
  for (const Mapping& mapping : image.block_device_mappings)
    if (mapping.ebs) plan.push_back(volume_of_image(mapping, mapping.device_name == root_device));
  for (const Mapping& mapping : wanted) {
    const std::string& device = *mapping.device_name;
    auto planned = std::ranges::find(plan, device, &PlannedVolume::device);
    // Instance store takes the place of a volume, and is no volume itself.
    if (mapping.no_device || mapping.virtual_name) {
      if (planned != plan.end()) plan.erase(planned);
      continue;
    }
    if (!mapping.ebs) continue;
    if (planned == plan.end()) {
      if (!is_device_name(device)) throw errors::invalid_mapped_device(device);
      planned = plan.insert(plan.end(), {.device = device});
    }
    overlay(*planned, *mapping.ebs, device == root_device);
  }
  std::ranges::stable_partition(plan, [&](const PlannedVolume& planned) { return planned.device == root_device; });
  if (!plan.empty() && plan.front().device == root_device) check_root(plan.front());
  return plan;
}

std::vector<state::Volume> make_volumes(Call& call, const std::vector<PlannedVolume>& plan,
                                        const std::string& instance_id) {
  std::vector<state::Volume> made;
  for (const PlannedVolume& planned : plan) {
    NewVolume volume = planned.volume;
    volume.attachment = {.instance_id = instance_id,
                         .device = planned.device,
                         .state = ec2::VolumeAttachmentState::attached,
                         .delete_on_termination = planned.delete_on_termination,
                         .ebs_card_index = planned.ebs_card_index};
    made.push_back(create_volume_row(call, volume, planned.is_of_image));
  }
  return made;
}

}  // namespace amity::handlers
