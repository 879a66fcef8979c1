#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <set>

namespace amity::tests {
namespace {

std::size_t rows_in_all(World& world) {
  handlers::Call call = world.make_call();
  return call.instances().count() + call.volumes().count() + call.network_interfaces().count();
}

TEST_CASE("RunInstances answers a pending instance with all that EC2 tells", "[instances][RunInstances]") {
  World world;
  const ec2::Image& image = public_image(world, "al2023-ami-2023");
  const auto reservation = world.call(launch_request(world));
  CHECK(reservation.reservation_id->starts_with("r-"));
  CHECK(reservation.owner_id == kAccount);
  CHECK(reservation.groups.empty());
  REQUIRE(reservation.instances.size() == 1);
  const ec2::Instance& instance = reservation.instances.front();
  CHECK(instance.instance_id->size() == 19);
  CHECK(instance.image_id == image.image_id);
  CHECK(instance.instance_type == "t3.micro");
  CHECK(instance.state->name == "pending");
  CHECK(instance.state->code == 0);
  CHECK(instance.state_reason->code == "pending");
  CHECK(instance.state_transition_reason == "");
  CHECK(instance.ami_launch_index == 0);
  CHECK(instance.launch_time == world.now());
  CHECK(instance.architecture == "x86_64");
  CHECK(instance.hypervisor == "xen");
  CHECK(instance.virtualization_type == "hvm");
  CHECK(instance.root_device_name == "/dev/xvda");
  CHECK(instance.root_device_type == "ebs");
  CHECK(instance.platform_details == "Linux/UNIX");
  CHECK(instance.usage_operation == "RunInstances");
  CHECK(instance.usage_operation_update_time == world.now());
  CHECK(instance.ena_support == true);
  CHECK(instance.ebs_optimized == false);
  CHECK(instance.source_dest_check == true);
  CHECK(instance.boot_mode == "uefi-preferred");
  CHECK(instance.current_instance_boot_mode == "uefi");
  CHECK(instance.monitoring->state == "disabled");
  CHECK(instance.placement->tenancy == "default");
  CHECK(instance.placement->group_name == "");
  CHECK(instance.placement->availability_zone == "us-east-1a");
  CHECK(instance.placement->availability_zone_id == "use1-az2");
  CHECK(instance.cpu_options->core_count == 1);
  CHECK(instance.cpu_options->threads_per_core == 2);
  CHECK(instance.capacity_reservation_specification->capacity_reservation_preference == "open");
  CHECK(instance.hibernation_options->configured == false);
  CHECK(instance.enclave_options->enabled == false);
  CHECK(instance.metadata_options->state == "pending");
  CHECK(instance.metadata_options->http_tokens == "required");
  CHECK(instance.metadata_options->http_put_response_hop_limit == 2);
  CHECK(instance.maintenance_options->auto_recovery == "default");
  CHECK(instance.network_performance_options->bandwidth_weighting == "default");
  CHECK(instance.private_dns_name_options->hostname_type == "ip-name");
  CHECK(instance.operator_value->managed == false);
  CHECK(instance.client_token == "");
  CHECK(instance.public_dns_name == "");
  CHECK_FALSE(instance.public_ip_address);
  CHECK(instance.block_device_mappings.empty());
  REQUIRE(instance.network_interfaces.size() == 1);
  CHECK(instance.network_interfaces.front().attachment->status == "attaching");
  CHECK_FALSE(instance.network_interfaces.front().association);
  CHECK(instance.security_groups.at(0).group_name == "default");
  CHECK(instance.private_dns_name->starts_with("ip-172-31-"));
  CHECK_FALSE(instance.platform);
  CHECK_FALSE(instance.key_name);
  CHECK_FALSE(instance.iam_instance_profile);
}

TEST_CASE("A launched instance runs, with real volumes, interface and addresses", "[instances][RunInstances]") {
  World world;
  const std::string id = launch(world);
  const ec2::Instance instance = describe(world, id);
  CHECK(instance.state->name == "running");
  CHECK(instance.state->code == 16);
  CHECK_FALSE(instance.state_reason);
  CHECK(instance.metadata_options->state == "applied");
  REQUIRE(instance.public_ip_address);
  CHECK(instance.public_dns_name->ends_with(".compute-1.amazonaws.com"));
  CHECK(instance.network_interfaces.at(0).association->public_ip == instance.public_ip_address);
  CHECK(instance.network_interfaces.at(0).attachment->status == "attached");

  handlers::Call call = world.make_call();
  REQUIRE(instance.block_device_mappings.size() == 1);
  const auto& root = instance.block_device_mappings.front();
  CHECK(root.device_name == "/dev/xvda");
  CHECK(root.ebs->status == "attached");
  CHECK(root.ebs->delete_on_termination == true);
  const auto volume = call.volumes().find(*root.ebs->volume_id);
  REQUIRE(volume);
  CHECK(volume->volume.state == "in-use");
  CHECK(volume->volume.size == 8);
  CHECK(volume->volume.volume_type == "gp3");
  CHECK(volume->volume.attachments.at(0).instance_id == id);
  const auto interface = call.network_interfaces().find(*instance.network_interfaces.at(0).network_interface_id);
  REQUIRE(interface);
  CHECK(interface->network_interface.attachment->instance_id == id);
  CHECK(interface->network_interface.private_ip_address == instance.private_ip_address);
}

TEST_CASE("Launches and attachments are told in whole seconds, volumes to the millisecond",
          "[instances][RunInstances][StartInstances]") {
  World world;
  world.advance(std::chrono::milliseconds{789});
  const auto second = std::chrono::floor<std::chrono::seconds>(world.now());
  const std::string id = launch(world);
  const ec2::Instance instance = describe(world, id);
  CHECK(instance.launch_time == second);
  CHECK(instance.usage_operation_update_time == second);
  CHECK(instance.block_device_mappings.at(0).ebs->attach_time == second);
  CHECK(instance.network_interfaces.at(0).attachment->attach_time == second);
  CHECK(world.make_call().volumes().find(*instance.block_device_mappings.at(0).ebs->volume_id)->volume.create_time ==
        world.now());
  world.call(ec2::StopInstancesRequest{.instance_ids = {id}});
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  CHECK(describe(world, id).launch_time == second);
}

TEST_CASE("The instances of one launch share a reservation and count from 0", "[instances][RunInstances]") {
  World world;
  const auto reservation = world.call(launch_request(world, 3));
  std::set<std::string> ids, addresses;
  for (std::int32_t i = 0; i < 3; ++i) {
    const auto& instance = reservation.instances.at(static_cast<std::size_t>(i));
    CHECK(instance.ami_launch_index == i);
    ids.insert(*instance.instance_id);
    addresses.insert(*instance.private_ip_address);
  }
  CHECK(ids.size() == 3);
  CHECK(addresses.size() == 3);
  const auto described = world.call(ec2::DescribeInstancesRequest{});
  REQUIRE(described.reservations.size() == 1);
  CHECK(described.reservations.front().reservation_id == reservation.reservation_id);
  CHECK(described.reservations.front().instances.size() == 3);
}

TEST_CASE("One call launches up to 1000 instances", "[instances][RunInstances]") {
  World world;
  CHECK(world.call(launch_request(world, 1000)).instances.size() == 1000);
  CHECK(world.error_of(launch_request(world, 1001)) == "ResourceCountExceeded");
}

TEST_CASE("A launch takes as many instances as its subnet has room for, but not fewer than asked",
          "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world);
  request.subnet_id = world.call(request).instances.front().subnet_id;
  {
    handlers::Call call = world.make_call();
    auto subnet = call.subnets().find(*request.subnet_id);
    subnet->subnet.cidr_block = "172.31.0.0/28";  // 11 addresses for use
    call.subnets().update(*subnet);
    for (const auto& interface : call.network_interfaces().all())
      call.network_interfaces().remove(*interface.network_interface.network_interface_id);
  }
  request.min_count = 5;
  request.max_count = 20;
  CHECK(world.call(request).instances.size() == 11);
  const std::size_t before = rows_in_all(world);
  CHECK(world.error_of(request) == "InsufficientFreeAddressesInSubnet");
  CHECK(rows_in_all(world) == before);
}

TEST_CASE("Tags of a launch go to instances, volumes and interfaces", "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world);
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "web"}}},
                                {.resource_type = "volume", .tags = {{.key = "Disk", .value = "root"}}},
                                {.resource_type = "network-interface", .tags = {{.key = "Net", .value = ""}}}};
  const auto answer = world.call(request).instances.front();
  CHECK(answer.tags.at(0).value == "web");
  const auto instance = describe(world, *answer.instance_id);
  CHECK(instance.tags.at(0).key == "Name");
  handlers::Call call = world.make_call();
  CHECK(call.tags().of(*instance.block_device_mappings.at(0).ebs->volume_id).at(0).key == "Disk");
  CHECK(call.tags().of(*instance.network_interfaces.at(0).network_interface_id).at(0).key == "Net");
}

TEST_CASE("A launch that cannot be is refused with EC2's code and leaves no row", "[instances][RunInstances]") {
  World world;
  const std::string arm_image = *public_image(world, "al2023-ami-2023", "arm64").image_id;
  using Spoil = std::function<void(ec2::RunInstancesRequest&)>;
  struct Row {
    std::string what;
    Spoil spoil;
    std::string code;
  };
  const Row rows[] = {
      {"no image", [](auto& r) { r.image_id.reset(); }, "MissingParameter"},
      {"malformed image", [](auto& r) { r.image_id = "ami-xyz"; }, "InvalidAMIID.Malformed"},
      {"unknown image", [](auto& r) { r.image_id = "ami-00000000000000000"; }, "InvalidAMIID.NotFound"},
      {"malformed kernel", [](auto& r) { r.kernel_id = "aki-xyz"; }, "InvalidAMIID.Malformed"},
      {"malformed RAM disk", [](auto& r) { r.ramdisk_id = "aki-0123456789abcdef0"; }, "InvalidAMIID.Malformed"},
      {"token of 65 characters", [](auto& r) { r.client_token = std::string(65, 't'); }, "InvalidClientToken"},
      {"none at most", [](auto& r) { r.max_count = 0; }, "InvalidParameterValue"},
      {"none at least", [](auto& r) { r.min_count = 0; }, "InvalidParameterValue"},
      {"least above most", [](auto& r) { r.min_count = 2; }, "InvalidParameterValue"},
      {"unknown type", [](auto& r) { r.instance_type = "t9.giant"; }, "InvalidParameterValue"},
      {"architecture", [&](auto& r) { r.image_id = arm_image; }, "InvalidParameterValue"},
      {"zone without the type", [](auto& r) { r.placement = {{.availability_zone = "us-east-1e"}}; }, "Unsupported"},
      {"unknown zone", [](auto& r) { r.placement = {{.availability_zone = "us-east-1x"}}; }, "InvalidParameterValue"},
      {"zone twice",
       [](auto& r) { r.placement = {{.availability_zone_id = "use1-az2", .availability_zone = "us-east-1a"}}; },
       "InvalidParameterCombination"},
      {"unknown zone id", [](auto& r) { r.placement = {{.availability_zone_id = "use1-az9"}}; },
       "InvalidParameterValue"},
      {"placement group", [](auto& r) { r.placement = {{.group_name = "mine"}}; }, "InvalidPlacementGroup.Unknown"},
      {"host", [](auto& r) { r.placement = {{.tenancy = "host"}}; }, "InsufficientCapacityOnHost"},
      {"host id", [](auto& r) { r.placement = {{.host_id = "h-0123456789abcdef0"}}; }, "InvalidHostID.NotFound"},
      {"launch template", [](auto& r) { r.launch_template = {{.launch_template_name = "t"}}; },
       "InvalidLaunchTemplateName.NotFoundException"},
      {"tag type", [](auto& r) { r.tag_specifications = {{.resource_type = "image", .tags = {{.key = "a"}}}}; },
       "InvalidParameterValue"},
      {"tags of nothing", [](auto& r) { r.tag_specifications = {{.tags = {{.key = "a"}}}}; }, "InvalidParameter"},
      {"operator", [](auto& r) { r.operator_value = {{.principal = "x.amazonaws.com"}}; }, "OperationNotPermitted"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    auto request = launch_request(world);
    row.spoil(request);
    CHECK(world.error_of(request) == row.code);
  }
  auto dry = launch_request(world);
  dry.dry_run = true;
  CHECK(world.error_of(dry) == "DryRunOperation");
  CHECK(rows_in_all(world) == 0);
}

TEST_CASE("A launch that fails at its last volume leaves nothing of the first", "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world, 3);
  request.block_device_mappings = {{.ebs = {{.volume_size = 1, .volume_type = "io1"}}, .device_name = "/dev/sdf"}};
  CHECK_FALSE(world.error_of(request).empty());
  CHECK(rows_in_all(world) == 0);
  handlers::Call call = world.make_call();
  CHECK(call.store().agenda().next_due() == std::nullopt);
}

TEST_CASE("What an image says about its system decides where it runs", "[instances][RunInstances]") {
  World world;
  handlers::Call call = world.make_call();
  const auto image_that = [&](const std::function<void(ec2::Image&)>& change) {
    ec2::Image image = public_image(world, "al2023-ami-2023");
    image.image_id = call.ids().make("ami");
    image.name = image.image_id;
    image.owner_id = kAccount;
    change(image);
    call.images().insert({.image = image});
    auto request = launch_request(world);
    request.image_id = image.image_id;
    return request;
  };
  CHECK(world.error_of(image_that([](auto& image) { image.virtualization_type = "paravirtual"; })) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(image_that([](auto& image) { image.ena_support.reset(); })) == "InvalidParameterCombination");
  CHECK(world.error_of(image_that([](auto& image) { image.root_device_type = "instance-store"; })) == "Unsupported");
  auto on_store = image_that([](auto& image) {
    image.root_device_type = "instance-store";
    image.block_device_mappings.clear();
  });
  on_store.instance_type = "m1.small";
  on_store.instance_initiated_shutdown_behavior = "stop";
  CHECK(world.error_of(on_store) == "InvalidParameterCombination");
  on_store.instance_initiated_shutdown_behavior.reset();
  const std::string stored = ids_of(world.call(on_store)).front();
  CHECK(describe(world, stored).block_device_mappings.empty());
  CHECK(call.instances().find(stored)->instance_initiated_shutdown_behavior == "terminate");
  auto on_xen = image_that([](auto& image) { image.boot_mode = "uefi"; });
  on_xen.instance_type = "t2.micro";
  CHECK(world.error_of(on_xen) == "Unsupported");
  auto with_tpm = image_that([](auto& image) { image.tpm_support = "v2.0"; });
  CHECK(world.call(with_tpm).instances.front().tpm_support == "v2.0");
  with_tpm.instance_type = "t2.micro";
  CHECK(world.error_of(with_tpm) == "Unsupported");

  SECTION("without a boot mode x86 starts as legacy BIOS, Graviton as UEFI") {
    const auto plain = world.call(image_that([](auto& image) { image.boot_mode.reset(); })).instances.front();
    CHECK_FALSE(plain.boot_mode);
    CHECK(plain.current_instance_boot_mode == "legacy-bios");
    auto arm = image_that([](auto& image) {
      image.boot_mode.reset();
      image.architecture = "arm64";
    });
    arm.instance_type = "t4g.micro";
    CHECK(world.call(arm).instances.front().current_instance_boot_mode == "uefi");
  }
  SECTION("Windows shows as such") {
    auto request = launch_request(world);
    request.image_id = public_image(world, "Windows_Server-2022-English-Full-Base").image_id;
    const auto windows = world.call(request).instances.front();
    CHECK(windows.platform == "windows");
    CHECK(windows.platform_details == "Windows");
    CHECK(windows.usage_operation == "RunInstances:0002");
    CHECK(windows.root_device_name == "/dev/sda1");
  }
}

TEST_CASE("An instance type is looked for in all zones, and m1.small is what EC2 takes without one",
          "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world);
  request.instance_type.reset();
  CHECK(world.call(request).instances.front().instance_type == "m1.small");
  world.in("us-east-2");
  request.image_id = public_image(world, "al2023-ami-2023").image_id;
  CHECK(world.error_of(request) == "Unsupported");  // us-east-2 is too young for m1
}

TEST_CASE("A client token launches once", "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world, 2);
  request.client_token = "once";
  const auto first = world.call(request);
  CHECK(first.instances.front().client_token == "once");
  const auto again = world.call(request);
  CHECK(ids_of(again) == ids_of(first));
  CHECK(again.reservation_id == first.reservation_id);
  CHECK(again.instances.front().state->name == "running");
  request.min_count = 1;
  CHECK(world.error_of(request) == "IdempotentParameterMismatch");
  request.min_count = 2;
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {ids_of(first).front()}});
  CHECK(world.error_of(request) == "IdempotentInstanceTerminated");
  request.client_token = std::string(64, 't');
  CHECK(world.error_of(request).empty());
}

TEST_CASE("Other accounts' images do not launch", "[instances][RunInstances]") {
  World world;
  handlers::Call call = world.make_call();
  ec2::Image image = public_image(world, "al2023-ami-2023");
  image.image_id = call.ids().make("ami");
  image.owner_id = kAccount;
  call.images().insert({.image = image});
  auto request = launch_request(world);
  request.image_id = image.image_id;
  CHECK(world.error_of(request).empty());
  world.as(kOtherAccount);
  CHECK(world.error_of(request) == "AuthFailure");
}

TEST_CASE("An instance whose volume's key cannot be used terminates at once", "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world);
  request.block_device_mappings = {
      {.ebs = {{.kms_key_id = "arn:aws:kms:eu-west-1:999999999999:key/11111111-2222-3333-4444-555555555555",
                .encrypted = true}},
       .device_name = "/dev/xvda"}};
  const std::string id = ids_of(world.call(request)).front();
  const auto instance = describe(world, id);
  CHECK(instance.state->name == "terminated");
  CHECK(instance.state_reason->code == "Client.InternalError");
  handlers::Call call = world.make_call();
  CHECK(call.volumes().count() == 0);
  CHECK(call.network_interfaces().count() == 0);
}

}  // namespace
}  // namespace amity::tests
