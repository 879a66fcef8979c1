#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace amity::tests {
namespace {

using Modify = ec2::ModifyInstanceAttributeRequest;

ec2::InstanceAttribute attribute(World& world, const std::string& id, const std::string& name) {
  return world.call(ec2::DescribeInstanceAttributeRequest{.instance_id = id, .attribute = name});
}

TEST_CASE("DescribeInstanceAttribute answers each attribute alone", "[instances][DescribeInstanceAttribute]") {
  World world;
  auto request = launch_request(world);
  request.user_data = model::base64_encode("hello");
  request.disable_api_termination = true;
  request.instance_initiated_shutdown_behavior = "terminate";
  const std::string id = ids_of(world.call(request)).front();
  const auto get = [&](const std::string& name) {
    const auto answer = attribute(world, id, name);
    CHECK(answer.instance_id == id);
    return answer;
  };
  CHECK(get("instanceType").instance_type->value == "t3.micro");
  CHECK(get("rootDeviceName").root_device_name->value == "/dev/xvda");
  CHECK(get("userData").user_data->value == model::base64_encode("hello"));
  CHECK(get("disableApiTermination").disable_api_termination->value == true);
  CHECK(get("disableApiStop").disable_api_stop->value == false);
  CHECK(get("instanceInitiatedShutdownBehavior").instance_initiated_shutdown_behavior->value == "terminate");
  CHECK(get("ebsOptimized").ebs_optimized->value == false);
  CHECK(get("sourceDestCheck").source_dest_check->value == true);
  CHECK(get("enclaveOptions").enclave_options->enabled == false);
  CHECK(get("groupSet").groups.at(0).group_name == "default");
  CHECK(get("blockDeviceMapping").block_device_mappings.at(0).device_name == "/dev/xvda");
  CHECK(get("productCodes").product_codes.empty());
  CHECK(get("sriovNetSupport").sriov_net_support->value == "simple");
  // Attributes without a value are there, empty.
  for (const char* name : {"kernel", "ramdisk"}) {
    const auto answer = get(name);
    CHECK((answer.kernel_id || answer.ramdisk_id));
    CHECK_FALSE(answer.user_data);
  }
  CHECK(world.error_of(ec2::DescribeInstanceAttributeRequest{.instance_id = id, .attribute = "enaSupport"}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeInstanceAttributeRequest{.instance_id = "i-00000000000000000",
                                                             .attribute = "kernel"}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("ModifyInstanceAttribute changes what may change at any time", "[instances][ModifyInstanceAttribute]") {
  World world;
  const std::string id = launch(world);
  const std::string group =
      *world.call(ec2::CreateSecurityGroupRequest{.description = "d", .group_name = "mine"}).group_id;
  world.call(Modify{.disable_api_stop = {{.value = true}}, .instance_id = id});
  CHECK(attribute(world, id, "disableApiStop").disable_api_stop->value == true);
  world.call(Modify{.instance_id = id, .instance_initiated_shutdown_behavior = {{.value = "terminate"}}});
  CHECK(attribute(world, id, "instanceInitiatedShutdownBehavior").instance_initiated_shutdown_behavior->value ==
        "terminate");

  world.call(Modify{.source_dest_check = {{.value = false}}, .instance_id = id});
  world.call(Modify{.instance_id = id, .groups = {group}});
  const auto instance = describe(world, id);
  CHECK(instance.source_dest_check == false);
  CHECK(instance.security_groups.at(0).group_id == group);
  handlers::Call call = world.make_call();
  const auto interface = call.network_interfaces().find(*instance.network_interfaces.at(0).network_interface_id);
  CHECK(interface->network_interface.source_dest_check == false);
  CHECK(interface->network_interface.groups.at(0).group_id == group);
  CHECK(instance.public_ip_address);

  world.call(
      Modify{.instance_id = id,
             .block_device_mappings = {{.device_name = "/dev/xvda", .ebs = {{.delete_on_termination = false}}}}});
  const auto device = describe(world, id).block_device_mappings.at(0);
  CHECK(device.ebs->delete_on_termination == false);
  CHECK(call.volumes().find(*device.ebs->volume_id)->volume.attachments.at(0).delete_on_termination == false);
  // Without a value it is true.
  world.call(Modify{.instance_id = id, .block_device_mappings = {{.device_name = "/dev/xvda"}}});
  CHECK(describe(world, id).block_device_mappings.at(0).ebs->delete_on_termination == true);
}

TEST_CASE("ModifyInstanceAttribute changes what needs a stopped instance", "[instances][ModifyInstanceAttribute]") {
  World world;
  const std::string id = launch(world);
  const Modify changes[] = {
      {.instance_id = id, .instance_type = {{.value = "m5.large"}}},
      {.instance_id = id, .user_data = {{.value = std::string("\0\xff", 2)}}},
      {.instance_id = id, .kernel = {{.value = "aki-12345678"}}},
      {.instance_id = id, .ramdisk = {{.value = "ari-12345678"}}},
      {.instance_id = id, .ebs_optimized = {{.value = true}}},
      {.instance_id = id, .sriov_net_support = {{.value = "simple"}}},
      {.instance_id = id, .ena_support = {{.value = true}}},
  };
  for (const Modify& change : changes) CHECK(world.error_of(change) == "IncorrectInstanceState");
  stop(world, id);
  for (const Modify& change : changes) CHECK(world.error_of(change).empty());
  CHECK(attribute(world, id, "userData").user_data->value == model::base64_encode(std::string("\0\xff", 2)));
  CHECK(attribute(world, id, "kernel").kernel_id->value == "aki-12345678");
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  const auto instance = describe(world, id);
  CHECK(instance.instance_type == "m5.large");
  CHECK(instance.cpu_options->core_count == 1);
  CHECK(instance.ebs_optimized == true);
  CHECK(instance.current_instance_boot_mode == "uefi");
  CHECK_FALSE(world.make_call().instances().find(id)->cpu_credits);
}

TEST_CASE("ModifyInstanceAttribute takes Attribute and Value as well", "[instances][ModifyInstanceAttribute]") {
  World world;
  const std::string id = launch(world);
  const auto set = [&](const std::string& name, const std::string& value) {
    return world.error_of(Modify{.instance_id = id, .attribute = name, .value = value});
  };
  CHECK(set("disableApiTermination", "true").empty());
  CHECK(attribute(world, id, "disableApiTermination").disable_api_termination->value == true);
  CHECK(set("disableApiTermination", "yes") == "InvalidParameterValue");
  CHECK(set("sourceDestCheck", "false").empty());
  CHECK(describe(world, id).source_dest_check == false);
  CHECK(set("instanceInitiatedShutdownBehavior", "terminate").empty());
  CHECK(set("instanceInitiatedShutdownBehavior", "sleep") == "InvalidParameterValue");
  CHECK(set("rootDeviceName", "/dev/sda1") == "InvalidParameterValue");
  stop(world, id);
  CHECK(set("instanceType", "t3.small").empty());
  CHECK(describe(world, id).instance_type == "t3.small");
  CHECK(set("userData", model::base64_encode("hi")).empty());
  CHECK(attribute(world, id, "userData").user_data->value == model::base64_encode("hi"));
  CHECK(set("userData", "%%%") == "InvalidUserData.Malformed");
  CHECK(set("userData", "").empty());
  CHECK_FALSE(attribute(world, id, "userData").user_data->value);
}

TEST_CASE("Changes that cannot be are refused with EC2's code", "[instances][ModifyInstanceAttribute]") {
  World world;
  const std::string id = stop(world, launch(world));
  auto two = launch_request(world);
  two.network_interfaces = {{.device_index = 0}, {.device_index = 1}};
  const std::string with_two = ids_of(world.call(two)).front();
  const std::string gone = launch(world);
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {gone}});
  struct Row {
    std::string what;
    Modify change;
    std::string code;
  };
  const Row rows[] = {
      {"nothing", {.instance_id = id}, "InvalidParameterCombination"},
      {"two things",
       {.disable_api_stop = {{.value = true}}, .instance_id = id, .instance_type = {{.value = "t3.small"}}},
       "InvalidParameterCombination"},
      {"no value", {.instance_id = id, .attribute = "instanceType"}, "MissingParameter"},
      {"no attribute", {.instance_id = id, .value = "t3.small"}, "MissingParameter"},
      {"unknown instance",
       {.disable_api_stop = {{.value = true}}, .instance_id = "i-00000000000000000"},
       "InvalidInstanceID.NotFound"},
      {"terminated", {.disable_api_stop = {{.value = true}}, .instance_id = gone}, "IncorrectInstanceState"},
      {"unknown type", {.instance_id = id, .instance_type = {{.value = "t9.x"}}}, "InvalidInstanceAttributeValue"},
      {"other architecture", {.instance_id = id, .instance_type = {{.value = "t4g.micro"}}}, "InvalidParameterValue"},
      {"too much user data",
       {.instance_id = id, .user_data = {{.value = std::string(16385, 'x')}}},
       "InvalidParameterValue"},
      {"sriov", {.instance_id = id, .sriov_net_support = {{.value = "none"}}}, "InvalidParameterValue"},
      {"unknown group", {.instance_id = id, .groups = {"sg-00000000000000000"}}, "InvalidGroup.NotFound"},
      {"two interfaces", {.source_dest_check = {{.value = false}}, .instance_id = with_two}, "InvalidInstanceID"},
      {"no device name", {.instance_id = id, .block_device_mappings = {{}}}, "MissingParameter"},
      {"nothing there",
       {.instance_id = id, .block_device_mappings = {{.device_name = "/dev/sdz"}}},
       "InvalidInstanceAttributeValue"},
      {"another volume",
       {.instance_id = id,
        .block_device_mappings = {{.device_name = "/dev/xvda", .ebs = {{.volume_id = "vol-00000000000000000"}}}}},
       "InvalidInstanceAttributeValue"},
      {"no device",
       {.instance_id = id, .block_device_mappings = {{.device_name = "/dev/xvda", .no_device = ""}}},
       "InvalidParameterCombination"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(world.error_of(row.change) == row.code);
  }
  const auto instance = describe(world, id);
  CHECK(instance.instance_type == "t3.micro");
  world.as(kOtherAccount);
  CHECK(world.error_of(Modify{.disable_api_stop = {{.value = true}}, .instance_id = id}) ==
        "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
