#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/kernels.hpp"
#include "handlers/new_image.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Mappings = std::vector<ec2::BlockDeviceMapping>;

// The request without the members that say nothing.
ec2::RegisterImageRequest without_empty_members(ec2::RegisterImageRequest request) {
  for (auto* member : {&request.image_location, &request.root_device_name, &request.architecture, &request.kernel_id,
                       &request.ramdisk_id, &request.virtualization_type, &request.sriov_net_support,
                       &request.boot_mode, &request.tpm_support, &request.imds_support, &request.uefi_data})
    *member = unless_empty(*member);
  return request;
}

void check_request(const ec2::RegisterImageRequest& request) {
  if (request.image_location) throw errors::invalid_manifest(*request.image_location);
  if (!request.root_device_name) throw errors::missing_parameter("rootDeviceName");
  if (request.kernel_id) check_id(kKernel, *request.kernel_id);
  if (request.ramdisk_id) check_id(kRamdisk, *request.ramdisk_id);
  const auto& virtualization = request.virtualization_type;
  if (virtualization && virtualization != ec2::VirtualizationType::hvm &&
      virtualization != ec2::VirtualizationType::paravirtual)
    throw errors::invalid_value("virtualizationType", *virtualization, "Expecting one of: hvm, paravirtual.");
  if (request.sriov_net_support && request.sriov_net_support != "simple")
    throw errors::invalid_value("sriovNetSupport", *request.sriov_net_support, "Expecting simple.");
  if (request.uefi_data && !model::base64_decode(*request.uefi_data))
    throw errors::invalid_value("uefiData", *request.uefi_data, "It must be base64-encoded.");
  // NitroTPM needs UEFI ("Requirements for using NitroTPM" in the EC2 user guide).
  if (request.tpm_support && request.boot_mode != ec2::BootModeValues::uefi &&
      request.boot_mode != ec2::BootModeValues::uefi_preferred)
    throw errors::invalid_parameter_combination("TpmSupport requires the boot mode uefi or uefi-preferred.");
}

Mappings read_mappings(Call& call, const ec2::RegisterImageRequest& request) {
  check_devices(request.block_device_mappings);
  Mappings mappings;
  for (const ec2::BlockDeviceMapping& wanted : request.block_device_mappings)
    if (!wanted.no_device) mappings.push_back(new_device(call, wanted, wanted.device_name == request.root_device_name));
  return mappings;
}

const std::string& root_snapshot_id(const Mappings& mappings, const std::string& root_device_name) {
  const auto root = std::ranges::find(mappings, root_device_name, &ec2::BlockDeviceMapping::device_name);
  if (root == mappings.end() || !root->ebs || !root->ebs->snapshot_id)
    throw errors::invalid_block_device_mapping(
        fmt::format("The block device mapping must name a snapshot for the root device {}", root_device_name));
  return *root->ebs->snapshot_id;
}

// Licensing comes from the root snapshot's own metadata; product codes from every snapshot.
void take_billing(Call& call, state::Image& image, std::string_view root_snapshot) {
  const state::Snapshot root = find_usable_snapshot(call, root_snapshot);
  image.image.platform_details = root.platform_details.value_or("Linux/UNIX");
  image.image.usage_operation = root.usage_operation.value_or("RunInstances");
  if (image.image.platform_details->starts_with("Windows")) image.image.platform = "windows";
  for (const ec2::BlockDeviceMapping& mapping : image.image.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    for (const ec2::ProductCode& code : find_usable_snapshot(call, *mapping.ebs->snapshot_id).product_codes)
      if (std::ranges::find(image.image.product_codes, code.product_code_id, &ec2::ProductCode::product_code_id) ==
          image.image.product_codes.end())
        image.image.product_codes.push_back(code);
  }
}

}  // namespace

// RegisterImage: an image from a snapshot of a root volume. It can be launched at once.
ec2::RegisterImageResult register_image(Call& call, const ec2::RegisterImageRequest& sent) {
  const ec2::RegisterImageRequest request = without_empty_members(sent);
  const auto tags = tags_for(request.tag_specifications, kImage.type, {kImage.type});
  check_request(request);
  state::Image made = new_image(call, request.name, request.description);
  ec2::Image& image = made.image;
  image.root_device_name = request.root_device_name;
  image.block_device_mappings = read_mappings(call, request);
  take_billing(call, made, root_snapshot_id(image.block_device_mappings, *request.root_device_name));
  image.architecture = request.architecture.value_or(ec2::ArchitectureValues::i386);
  image.virtualization_type = request.virtualization_type.value_or(ec2::VirtualizationType::paravirtual);
  image.boot_mode = request.boot_mode;
  image.tpm_support = request.tpm_support;
  image.imds_support = request.imds_support;
  image.ena_support = request.ena_support;
  image.sriov_net_support = request.sriov_net_support;
  image.kernel_id = request.kernel_id;
  image.ramdisk_id = request.ramdisk_id;
  made.uefi_data = request.uefi_data;
  made.billing_products = request.billing_products;  // every account counts as authorized to name them
  insert_image(call, made, tags);
  return {.image_id = image.image_id};
}

}  // namespace amity::handlers
