#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

namespace amity::tests {
namespace {

std::string launch_type(World& world, const std::string& type) {
  auto request = launch_request(world);
  request.instance_type = type;
  return ids_of(world.call(request)).front();
}

std::string launch_arm(World& world, const std::string& type) {
  auto request = launch_request(world);
  request.image_id = public_image(world, "al2023-ami-2023", "arm64").image_id;
  request.instance_type = type;
  return ids_of(world.call(request)).front();
}

TEST_CASE("CPU options of a stopped instance change", "[instances][ModifyInstanceCpuOptions]") {
  using Modify = ec2::ModifyInstanceCpuOptionsRequest;
  World world;
  const std::string id = launch_type(world, "c5.2xlarge");
  const Modify smaller{.instance_id = id, .core_count = 2, .threads_per_core = 1};
  CHECK(world.error_of(smaller) == "IncorrectInstanceState");
  stop(world, id);
  const auto answer = world.call(smaller);
  CHECK(answer.instance_id == id);
  CHECK(answer.core_count == 2);
  CHECK(answer.threads_per_core == 1);
  CHECK(describe(world, id).cpu_options->core_count == 2);
  struct Bad {
    Modify request;
    std::string code;
  };
  const Bad bads[] = {
      {{.instance_id = id}, "MissingParameter"},
      {{.instance_id = id, .core_count = 2}, "InvalidParameterCombination"},
      {{.instance_id = id, .core_count = 5, .threads_per_core = 1}, "InvalidParameterValue"},
      {{.instance_id = id, .core_count = 2, .threads_per_core = 3}, "InvalidParameterValue"},
      {{.instance_id = id, .nested_virtualization = "enabled"}, "InvalidParameterCombination"},
      {{.instance_id = "i-00000000000000000", .core_count = 2, .threads_per_core = 1}, "InvalidInstanceID.NotFound"},
  };
  for (const Bad& bad : bads) CHECK(world.error_of(bad.request) == bad.code);
}

TEST_CASE("Bandwidth weighting changes on types that know it", "[instances][ModifyInstanceNetworkPerformanceOptions]") {
  using Modify = ec2::ModifyInstanceNetworkPerformanceRequest;
  World world;
  const std::string id = launch_arm(world, "m8g.large");
  CHECK(world.error_of(Modify{.instance_id = id, .bandwidth_weighting = "vpc-1"}) == "IncorrectInstanceState");
  stop(world, id);
  CHECK(world.call(Modify{.instance_id = id, .bandwidth_weighting = "vpc-1"}).bandwidth_weighting == "vpc-1");
  CHECK(describe(world, id).network_performance_options->bandwidth_weighting == "vpc-1");
  const std::string other = stop(world, launch(world));
  CHECK(world.error_of(Modify{.instance_id = other, .bandwidth_weighting = "vpc-1"}) == "InvalidParameterCombination");
  CHECK(world.error_of(Modify{.instance_id = other, .bandwidth_weighting = "default"}).empty());
}

TEST_CASE("Maintenance options change at any time", "[instances][ModifyInstanceMaintenanceOptions]") {
  using Modify = ec2::ModifyInstanceMaintenanceOptionsRequest;
  World world;
  const std::string id = launch(world);
  const auto answer = world.call(Modify{.instance_id = id, .auto_recovery = "disabled"});
  CHECK(answer.auto_recovery == "disabled");
  CHECK(answer.reboot_migration == "default");
  world.call(Modify{.instance_id = id, .reboot_migration = "disabled"});
  CHECK(describe(world, id).maintenance_options->auto_recovery == "disabled");
  CHECK(describe(world, id).maintenance_options->reboot_migration == "disabled");
  CHECK(world.error_of(Modify{.instance_id = id}) == "MissingParameter");
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  CHECK(world.error_of(Modify{.instance_id = id, .auto_recovery = "default"}) == "IncorrectInstanceState");
}

TEST_CASE("A stopped instance takes its name from its id", "[instances][ModifyPrivateDnsNameOptions]") {
  using Modify = ec2::ModifyPrivateDnsNameOptionsRequest;
  World world;
  const std::string id = launch(world);
  CHECK(world.error_of(Modify{.instance_id = id}) == "MissingParameter");
  CHECK(world.error_of(Modify{.instance_id = id, .private_dns_hostname_type = "resource-name"}) ==
        "IncorrectInstanceState");
  CHECK(world.call(Modify{.instance_id = id, .enable_resource_name_dns_a_record = true}).return_value == true);
  stop(world, id);
  world.call(Modify{.instance_id = id, .private_dns_hostname_type = "resource-name"});
  CHECK(describe(world, id).private_dns_name == id + ".ec2.internal");
  CHECK(describe(world, id).private_dns_name_options->enable_resource_name_dns_a_record == true);
  world.call(Modify{.instance_id = id, .private_dns_hostname_type = "ip-name"});
  CHECK(describe(world, id).private_dns_name->starts_with("ip-"));
}

TEST_CASE("A stopped instance changes its stance to Capacity Reservations",
          "[instances][ModifyInstanceCapacityReservationAttributes]") {
  using Modify = ec2::ModifyInstanceCapacityReservationAttributesRequest;
  World world;
  const std::string id = launch(world);
  const Modify none{.instance_id = id,
                    .capacity_reservation_specification = {.capacity_reservation_preference = "none"}};
  CHECK(world.error_of(none) == "IncorrectInstanceState");
  stop(world, id);
  CHECK(world.call(none).return_value == true);
  CHECK(describe(world, id).capacity_reservation_specification->capacity_reservation_preference == "none");
  CHECK(world.error_of(Modify{.instance_id = id}) == "MissingParameter");
  Modify target{.instance_id = id};
  target.capacity_reservation_specification.capacity_reservation_target = {.capacity_reservation_id =
                                                                               "cr-00000000000000000"};
  CHECK(world.error_of(target) == "InvalidCapacityReservationId.NotFound");
}

TEST_CASE("ResetInstanceAttribute gives kernel, RAM disk and source check back",
          "[instances][ResetInstanceAttribute]") {
  using Reset = ec2::ResetInstanceAttributeRequest;
  World world;
  const std::string id = launch(world);
  world.call(ec2::ModifyInstanceAttributeRequest{.source_dest_check = {{.value = false}}, .instance_id = id});
  world.call(Reset{.instance_id = id, .attribute = "sourceDestCheck"});
  CHECK(describe(world, id).source_dest_check == true);
  CHECK(world.error_of(Reset{.instance_id = id, .attribute = "kernel"}) == "IncorrectInstanceState");
  stop(world, id);
  world.call(ec2::ModifyInstanceAttributeRequest{.instance_id = id, .kernel = {{.value = "aki-00000001"}}});
  CHECK(describe(world, id).kernel_id == "aki-00000001");
  world.call(Reset{.instance_id = id, .attribute = "kernel"});
  world.call(Reset{.instance_id = id, .attribute = "ramdisk"});
  CHECK_FALSE(describe(world, id).kernel_id);
  CHECK(world.error_of(Reset{.instance_id = id, .attribute = "userData"}) == "InvalidParameterValue");
  CHECK(world.error_of(Reset{.instance_id = "i-00000000000000000", .attribute = "kernel"}) ==
        "InvalidInstanceID.NotFound");
}

TEST_CASE("GetInstanceUefiData gives the store that image and instance share", "[instances][GetInstanceUefiData]") {
  World world;
  const std::string arm = launch_arm(world, "t4g.micro");
  const std::string store = *world.call(ec2::GetInstanceUefiDataRequest{.instance_id = arm}).uefi_data;
  CHECK(store.starts_with("QU1aTlVFRk"));  // AMZNUEFI

  const auto image = *world.call(ec2::CreateImageRequest{.instance_id = arm, .name = "an image"}).image_id;
  auto call = world.make_call();
  auto row = *call.images().find(image);
  row.uefi_data = "another store";
  call.images().update(row);
  auto request = launch_request(world);
  request.image_id = image;
  request.instance_type = "t4g.micro";
  const std::string id = ids_of(world.call(request)).front();
  CHECK(world.call(ec2::GetInstanceUefiDataRequest{.instance_id = id}).uefi_data == "another store");
  CHECK(world.error_of(ec2::GetInstanceUefiDataRequest{.instance_id = launch_type(world, "t2.micro")}) ==
        "UnsupportedOperation");
  CHECK(world.error_of(ec2::GetInstanceUefiDataRequest{.instance_id = "i-00000000000000000"}) ==
        "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
