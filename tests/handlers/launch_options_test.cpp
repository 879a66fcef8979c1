#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace amity::tests {
namespace {

using Change = std::function<void(ec2::RunInstancesRequest&)>;

ec2::Instance launch_with(World& world, const Change& change) {
  auto request = launch_request(world);
  change(request);
  return world.call(request).instances.front();
}

std::string user_data_of(World& world, const std::string& id) {
  const auto answer =
      world.call(ec2::DescribeInstanceAttributeRequest{.instance_id = id, .attribute = "userData"}).user_data;
  return answer->value ? *model::base64_decode(*answer->value) : "";
}

TEST_CASE("User data comes back byte for byte", "[instances][RunInstances]") {
  World world;
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::string datas[] = {"#!/bin/sh\necho hello\n", every_byte, std::string(16 * 1024, '\xff'),
                               std::string("\0", 1)};
  for (const std::string& data : datas) {
    INFO(data.size() << " bytes");
    const auto instance = launch_with(world, [&](auto& request) { request.user_data = model::base64_encode(data); });
    CHECK(user_data_of(world, *instance.instance_id) == data);
  }
  SECTION("with line breaks in its base64, as some clients send it") {
    std::string text = model::base64_encode(every_byte);
    for (std::size_t i = 60; i < text.size(); i += 61) text.insert(i, "\n");
    CHECK(user_data_of(world, *launch_with(world, [&](auto& request) { request.user_data = text; }).instance_id) ==
          every_byte);
  }
  SECTION("one byte more is too much") {
    auto request = launch_request(world);
    request.user_data = model::base64_encode(std::string(16 * 1024 + 1, 'x'));
    CHECK(world.error_of(request) == "InvalidParameterValue");
    request.user_data = "#!/bin/sh";
    CHECK(world.error_of(request) == "InvalidUserData.Malformed");
  }
}

TEST_CASE("Metadata options: the launch decides, then the image", "[instances][RunInstances]") {
  World world;
  const std::string old_image = *public_image(world, "amzn2-ami-kernel-5.10").image_id;
  const auto of_old = launch_with(world, [&](auto& request) { request.image_id = old_image; }).metadata_options.value();
  CHECK(of_old.http_tokens == "optional");
  CHECK(of_old.http_put_response_hop_limit == 1);
  CHECK(of_old.http_endpoint == "enabled");
  CHECK(of_old.http_protocol_ipv6 == "disabled");
  CHECK(of_old.instance_metadata_tags == "disabled");
  const auto asked =
      launch_with(world, [](auto& request) {
        request.metadata_options = {
            {.http_tokens = "optional", .http_put_response_hop_limit = 64, .instance_metadata_tags = "enabled"}};
      }).metadata_options.value();
  CHECK(asked.http_tokens == "optional");
  CHECK(asked.http_put_response_hop_limit == 64);
  CHECK(asked.instance_metadata_tags == "enabled");
}

TEST_CASE("Options of a launch show on the instance", "[instances][RunInstances]") {
  World world;
  world.call(ec2::CreateKeyPairRequest{.key_name = "mine", .key_type = "ed25519"});
  const auto instance = launch_with(world, [](auto& request) {
    request.key_name = "mine";
    request.iam_instance_profile = {{.name = "baker"}};
    request.monitoring = {{.enabled = true}};
    request.ebs_optimized = true;
    request.cpu_options = {{.core_count = 1, .threads_per_core = 1}};
    request.capacity_reservation_specification = {{.capacity_reservation_preference = "none"}};
    request.maintenance_options = {{.auto_recovery = "disabled"}};
    request.license_specifications = {
        {.license_configuration_arn = "arn:aws:license-manager:us-east-1:111111111111:license-configuration:lic-1"}};
    request.placement = {{.tenancy = "dedicated"}};
    request.disable_api_stop = true;
    request.credit_specification = {{.cpu_credits = "standard"}};
  });
  CHECK(instance.key_name == "mine");
  CHECK(instance.iam_instance_profile->arn == "arn:aws:iam::111111111111:instance-profile/baker");
  CHECK(instance.iam_instance_profile->id->starts_with("AIPA"));
  CHECK(instance.iam_instance_profile->id->size() == 21);
  CHECK(instance.monitoring->state == "pending");
  CHECK(describe(world, *instance.instance_id).monitoring->state == "enabled");
  CHECK(instance.ebs_optimized == true);
  CHECK(instance.cpu_options->threads_per_core == 1);
  CHECK(instance.capacity_reservation_specification->capacity_reservation_preference == "none");
  CHECK(instance.maintenance_options->auto_recovery == "disabled");
  CHECK(instance.licenses.size() == 1);
  CHECK(instance.placement->tenancy == "dedicated");
  handlers::Call call = world.make_call();
  const auto row = call.instances().find(*instance.instance_id);
  CHECK(row->cpu_credits == "standard");
  CHECK(row->disable_api_stop == true);
  CHECK(row->instance_initiated_shutdown_behavior == "stop");
  SECTION("the same profile by ARN is the same profile") {
    const auto other = launch_with(
        world, [&](auto& request) { request.iam_instance_profile = {{.arn = instance.iam_instance_profile->arn}}; });
    CHECK(other.iam_instance_profile->id == instance.iam_instance_profile->id);
  }
  SECTION("burstable families have credits of their own") {
    const auto t2 = launch_with(world, [](auto& request) { request.instance_type = "t2.micro"; });
    CHECK(call.instances().find(*t2.instance_id)->cpu_credits == "standard");
    const auto t3 = launch_with(world, [](auto&) {});
    CHECK(call.instances().find(*t3.instance_id)->cpu_credits == "unlimited");
    const auto m5 = launch_with(world, [](auto& request) { request.instance_type = "m5.large"; });
    CHECK_FALSE(call.instances().find(*m5.instance_id)->cpu_credits);
  }
}

TEST_CASE("Hibernation needs a type that can and an encrypted root volume", "[instances][RunInstances]") {
  World world;
  auto request = launch_request(world);
  request.hibernation_options = {{.configured = true}};
  CHECK(world.error_of(request) == "UnsupportedHibernationConfiguration");
  request.block_device_mappings = {{.ebs = {{.encrypted = true}}, .device_name = "/dev/xvda"}};
  CHECK(world.call(request).instances.front().hibernation_options->configured == true);
  request.instance_type = "m1.small";
  CHECK(world.error_of(request) == "UnsupportedHibernationConfiguration");
}

TEST_CASE("Options that cannot be are refused with EC2's code", "[instances][RunInstances]") {
  World world;
  world.call(ec2::CreateKeyPairRequest{.key_name = "ed", .key_type = "ed25519"});
  const std::string windows = *public_image(world, "Windows_Server-2022-English-Full-Base").image_id;
  struct Row {
    std::string what;
    Change spoil;
    std::string code;
  };
  const Row rows[] = {
      {"unknown key", [](auto& r) { r.key_name = "none"; }, "InvalidKeyPair.NotFound"},
      {"ED25519 for Windows",
       [&](auto& r) {
         r.key_name = "ed";
         r.image_id = windows;
       },
       "InvalidParameterCombination"},
      {"profile twice",
       [](auto& r) { r.iam_instance_profile = {{.arn = "arn:aws:iam::111111111111:instance-profile/a", .name = "a"}}; },
       "InvalidParameterCombination"},
      {"empty profile", [](auto& r) { r.iam_instance_profile.emplace(); }, "MissingParameter"},
      {"profile name", [](auto& r) { r.iam_instance_profile = {{.name = "a b"}}; }, "InvalidParameterValue"},
      {"profile ARN", [](auto& r) { r.iam_instance_profile = {{.arn = "baker"}}; },
       "InvalidIamInstanceProfileArn.Malformed"},
      {"another's profile",
       [](auto& r) { r.iam_instance_profile = {{.arn = "arn:aws:iam::222222222222:instance-profile/a"}}; },
       "InvalidParameterValue"},
      {"hop limit", [](auto& r) { r.metadata_options = {{.http_put_response_hop_limit = 65}}; },
       "InvalidParameterValue"},
      {"tokens without endpoint",
       [](auto& r) { r.metadata_options = {{.http_tokens = "required", .http_endpoint = "disabled"}}; },
       "InvalidParameterCombination"},
      {"tag for metadata",
       [](auto& r) {
         r.metadata_options = {{.instance_metadata_tags = "enabled"}};
         r.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "my tag"}}}};
       },
       "InvalidParameterValue"},
      {"half a processor", [](auto& r) { r.cpu_options = {{.core_count = 1}}; }, "InvalidParameterCombination"},
      {"cores", [](auto& r) { r.cpu_options = {{.core_count = 3, .threads_per_core = 1}}; }, "InvalidParameterValue"},
      {"SEV-SNP", [](auto& r) { r.cpu_options = {{.amd_sev_snp = "enabled"}}; }, "InvalidParameterCombination"},
      {"credits", [](auto& r) { r.credit_specification = {{.cpu_credits = "endless"}}; }, "InvalidParameterValue"},
      {"credits for m5",
       [](auto& r) {
         r.instance_type = "m5.large";
         r.credit_specification = {{.cpu_credits = "standard"}};
       },
       "InvalidParameterCombination"},
      {"enclaves", [](auto& r) { r.enclave_options = {{.enabled = true}}; }, "InvalidParameterCombination"},
      {"enclaves and hibernation",
       [](auto& r) {
         r.instance_type = "m5.xlarge";
         r.enclave_options = {{.enabled = true}};
         r.hibernation_options = {{.configured = true}};
       },
       "InvalidParameterCombination"},
      {"reservation",
       [](auto& r) {
         r.capacity_reservation_specification = {
             {.capacity_reservation_target = {{.capacity_reservation_id = "cr-00000000000000000"}}}};
       },
       "InvalidCapacityReservationId.NotFound"},
      {"reserved only",
       [](auto& r) {
         r.capacity_reservation_specification = {{.capacity_reservation_preference = "capacity-reservations-only"}};
       },
       "ReservationCapacityExceeded"},
      {"license", [](auto& r) { r.license_specifications = {{.license_configuration_arn = "lic-1"}}; },
       "InvalidParameterValue"},
      {"weighting", [](auto& r) { r.network_performance_options = {{.bandwidth_weighting = "vpc-1"}}; },
       "InvalidParameterCombination"},
      {"EBS optimization",
       [](auto& r) {
         r.instance_type = "t2.micro";
         r.ebs_optimized = true;
       },
       "Unsupported"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    auto request = launch_request(world);
    row.spoil(request);
    CHECK(world.error_of(request) == row.code);
  }
  handlers::Call call = world.make_call();
  CHECK(call.instances().count() == 0);
}

}  // namespace
}  // namespace amity::tests
