#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/key_pairs.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/launch_options.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/network.hpp"
#include "handlers/parameters.hpp"
#include "handlers/tagging.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

template <class T>
std::vector<ec2::TagSpecification> as_tag_specifications(const std::vector<T>& of_template) {
  std::vector<ec2::TagSpecification> specifications;
  for (const T& specification : of_template)
    specifications.push_back({.resource_type = specification.resource_type, .tags = specification.tags});
  return specifications;
}

// Collects what would go wrong.
class Warnings {
 public:
  template <class Check>
  void look(Check check) {
    try {
      check();
    } catch (const ApiError& error) {
      warning_.errors.push_back({.code = error.code(), .message = error.message()});
    }
  }

  std::optional<ec2::ValidationWarning> take() {
    if (warning_.errors.empty()) return std::nullopt;
    return std::move(warning_);
  }

 private:
  ec2::ValidationWarning warning_;
};

}  // namespace

void check_template_data(const ec2::RequestLaunchTemplateData& data) {
  if (data.operator_value) throw errors::operation_not_permitted("Operator is reserved for AWS services.");
  if (data.instance_type && data.instance_requirements)
    throw errors::cannot_be_combined("InstanceType", "InstanceRequirements");
  if (data.user_data) user_data_to_keep(decode_user_data(*data.user_data));
  tags_for(as_tag_specifications(data.tag_specifications), ec2::ResourceType::instance,
           {ec2::ResourceType::instance, ec2::ResourceType::volume, ec2::ResourceType::network_interface,
            ec2::ResourceType::spot_instances_request});
}

std::optional<ec2::ValidationWarning> warning_about(Call& call, const ec2::ResponseLaunchTemplateData& data) {
  ensure_default_network(call);
  Warnings warnings;
  if (data.image_id) warnings.look([&] { find_launchable_image(call, resolve_image_id(call, *data.image_id)); });
  if (data.instance_type && !call.catalogue().instance_type(*data.instance_type))
    warnings.look([&] { throw errors::invalid_instance_type(*data.instance_type); });
  if (data.key_name) warnings.look([&] { find_key_pair(call, *data.key_name); });
  warnings.look([&] { find_all_owned(call.security_groups(), kSecurityGroup, data.security_group_ids); });
  for (const auto& interface : data.network_interfaces) {
    if (interface.subnet_id) warnings.look([&] { find_owned(call.subnets(), kSubnet, *interface.subnet_id); });
    warnings.look([&] { find_all_owned(call.security_groups(), kSecurityGroup, interface.groups); });
  }
  return warnings.take();
}

}  // namespace amity::handlers
