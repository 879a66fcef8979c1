#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/images.hpp"
#include "handlers/launch_permissions.hpp"
#include "model/constraints.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

using Name = ec2::ImageAttributeName;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Attribute names are read in any case and with blanks around them: Ansible sends "LaunchPermission" and "Description
// ".
bool names(std::string_view text, std::string_view attribute) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::ranges::equal(text, attribute, {}, lower, lower);
}

ApiError unknown_attribute(std::string_view name) {
  return errors::invalid_value("attribute", name, "Unknown attribute.");
}

// The attributes that are one text of the image.
struct TextAttribute {
  std::string_view name;
  std::optional<ec2::AttributeValue> ec2::ImageAttribute::*answer;
  std::optional<std::string> ec2::Image::*value;
};
constexpr TextAttribute kTextAttributes[] = {
    {Name::description, &ec2::ImageAttribute::description, &ec2::Image::description},
    {Name::kernel, &ec2::ImageAttribute::kernel_id, &ec2::Image::kernel_id},
    {Name::ramdisk, &ec2::ImageAttribute::ramdisk_id, &ec2::Image::ramdisk_id},
    {Name::sriovNetSupport, &ec2::ImageAttribute::sriov_net_support, &ec2::Image::sriov_net_support},
    {Name::bootMode, &ec2::ImageAttribute::boot_mode, &ec2::Image::boot_mode},
    {Name::tpmSupport, &ec2::ImageAttribute::tpm_support, &ec2::Image::tpm_support},
    {Name::lastLaunchedTime, &ec2::ImageAttribute::last_launched_time, &ec2::Image::last_launched_time},
    {Name::imdsSupport, &ec2::ImageAttribute::imds_support, &ec2::Image::imds_support},
    {Name::deregistrationProtection, &ec2::ImageAttribute::deregistration_protection,
     &ec2::Image::deregistration_protection},
};

// The attributes that can be changed. One call changes one.
enum class Changeable { Description, ImdsSupport, LaunchPermission };

bool has_short_form_grantees(const ec2::ModifyImageAttributeRequest& request) {
  return !request.user_ids.empty() || !request.user_groups.empty() || !request.organization_arns.empty() ||
         !request.organizational_unit_arns.empty();
}

Changeable named_attribute(std::string_view name) {
  if (names(name, Name::description)) return Changeable::Description;
  if (names(name, Name::imdsSupport)) return Changeable::ImdsSupport;
  if (names(name, Name::launchPermission)) return Changeable::LaunchPermission;
  if (names(name, Name::productCodes))
    throw errors::unsupported_operation("Product codes of images cannot be changed.");
  throw unknown_attribute(name);
}

// What the request changes: named by Attribute, by the member that holds the new value, or (old clients) by both.
Changeable attribute_to_change(const ec2::ModifyImageAttributeRequest& request) {
  std::set<Changeable> named;
  if (request.attribute && !request.attribute->empty()) named.insert(named_attribute(*request.attribute));
  if (!request.product_codes.empty()) named_attribute(Name::productCodes);
  if (request.description) named.insert(Changeable::Description);
  if (request.imds_support) named.insert(Changeable::ImdsSupport);
  if (request.launch_permission) named.insert(Changeable::LaunchPermission);
  if (named.size() > 1) throw errors::invalid_parameter_combination("Fields for multiple attribute types specified");
  const bool has_grantees = has_short_form_grantees(request);
  if (named.empty() && has_grantees) throw errors::missing_parameter("LaunchPermission");
  if (named.empty()) throw errors::invalid_parameter_combination("No attributes specified.");
  if (has_grantees && *named.begin() != Changeable::LaunchPermission)
    throw errors::invalid_parameter_combination(
        "Users, groups and organizations can only be specified for the launchPermission attribute.");
  return *named.begin();
}

std::string new_text(const std::optional<ec2::AttributeValue>& member, const std::optional<std::string>& value) {
  if (member && member->value) return *member->value;
  if (!value) throw errors::missing_parameter("Value");
  return *value;
}

void change_description(ec2::Image& image, std::string text) {
  const model::Constraints* bounds = ec2::CreateImageRequest::shape.find("Description")->constraints;
  if (bounds && !model::satisfies(*bounds, model::Kind::String, &text))
    throw errors::invalid_value("description", text, "It exceeds 255 characters");
  image.description.reset();
  if (!text.empty()) image.description = std::move(text);
}

// There is no way back from "v2.0".
void change_imds_support(ec2::Image& image, const std::string& text) {
  if (text != ec2::ImdsSupportValues::v2_0) throw errors::invalid_value("imdsSupport", text, "Expecting v2.0.");
  image.imds_support = text;
}

// The long form (LaunchPermission.Add, .Remove) together with the short one (OperationType and lists of grantees).
// Packer repeats the long form's grantees in the short one's lists, without an OperationType: these say nothing new.
ec2::LaunchPermissionModifications permission_changes(const ec2::ModifyImageAttributeRequest& request) {
  auto changes = request.launch_permission.value_or(ec2::LaunchPermissionModifications{});
  const bool only_repeats = request.launch_permission && !request.operation_type;
  if (has_short_form_grantees(request) && !only_repeats) {
    if (!request.operation_type) throw errors::missing_parameter("OperationType");
    auto& list = request.operation_type == ec2::OperationType::add ? changes.add : changes.remove;
    for (const std::string& id : request.user_ids) list.push_back({.user_id = id});
    for (const std::string& group : request.user_groups) list.push_back({.group = group});
    for (const std::string& arn : request.organization_arns) list.push_back({.organization_arn = arn});
    for (const std::string& arn : request.organizational_unit_arns) list.push_back({.organizational_unit_arn = arn});
  }
  if (changes.add.empty() && changes.remove.empty()) throw errors::missing_parameter("LaunchPermission");
  return changes;
}

state::Image find_changeable_image(Call& call, const std::string& image_id) {
  state::Image image = find_own_image(call, image_id);
  if (image.image.state != ec2::ImageState::available) throw errors::image_unavailable(image_id);
  return image;
}

}  // namespace

// DescribeImageAttribute: for owners only. An attribute without a value is answered empty.
ec2::ImageAttribute describe_image_attribute(Call& call, const ec2::DescribeImageAttributeRequest& request) {
  const state::Image image = find_own_image(call, request.image_id);
  const std::string& name = request.attribute;
  ec2::ImageAttribute answer{.image_id = request.image_id};
  for (const TextAttribute& attribute : kTextAttributes)
    if (names(name, attribute.name)) {
      answer.*attribute.answer = {.value = image.image.*attribute.value};
      return answer;
    }
  if (names(name, Name::uefiData))
    answer.uefi_data = {.value = image.uefi_data};
  else if (names(name, Name::launchPermission))
    answer.launch_permissions = image.launch_permissions;
  else if (names(name, Name::productCodes))
    answer.product_codes = image.image.product_codes;
  else if (names(name, Name::blockDeviceMapping))
    throw errors::restricted_image_attribute();  // to owners, too: DescribeImages shows it
  else
    throw unknown_attribute(name);
  return answer;
}

void modify_image_attribute(Call& call, const ec2::ModifyImageAttributeRequest& request) {
  const Changeable attribute = attribute_to_change(request);
  state::Image image = find_changeable_image(call, request.image_id);
  switch (attribute) {
    case Changeable::Description: change_description(image.image, new_text(request.description, request.value)); break;
    case Changeable::ImdsSupport:
      change_imds_support(image.image, new_text(request.imds_support, request.value));
      break;
    case Changeable::LaunchPermission: change_launch_permissions(call, image, permission_changes(request)); break;
  }
  call.images().update(image);
}

// ResetImageAttribute: only launch permissions can be reset.
void reset_image_attribute(Call& call, const ec2::ResetImageAttributeRequest& request) {
  if (!names(request.attribute, ec2::ResetImageAttributeName::launchPermission))
    throw unknown_attribute(request.attribute);
  state::Image image = find_changeable_image(call, request.image_id);
  clear_launch_permissions(image);
  call.images().update(image);
}

// CancelImageLaunchPermission: by the account that the image is shared with. What it has through an organization, or as
// one of the public, it cannot give up.
ec2::CancelImageLaunchPermissionResult cancel_image_launch_permission(
    Call& call, const ec2::CancelImageLaunchPermissionRequest& request) {
  FoundImage found = find_image(call, request.image_id);
  if (!is_visible(call, found)) throw errors::not_authorized_for_image(request.image_id);
  const auto is_own = [&](const ec2::LaunchPermission& permission) { return permission.user_id == call.account(); };
  if (std::erase_if(found.image.launch_permissions, is_own) == 0)
    throw errors::no_launch_permission_to_cancel(request.image_id);
  call.images().update(found.image);
  return {.return_value = true};
}

}  // namespace amity::handlers
