#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

namespace amity::tests {
namespace {

using Request = ec2::GetInstanceTypesFromInstanceRequirementsRequest;
using Requirements = ec2::InstanceRequirementsRequest;

// Types with 2 vCPUs and 4 to 8 GiB, unless changed.
Request asking(const std::function<void(Requirements&)>& change = {}) {
  Request request{.architecture_types = {"x86_64"}, .virtualization_types = {"hvm"}};
  request.instance_requirements.v_cpu_count = {.min = 2, .max = 2};
  request.instance_requirements.memory_mi_b = {.min = 4096, .max = 8192};
  if (change) change(request.instance_requirements);
  return request;
}

std::vector<std::string> names(World& world, const Request& request) {
  std::vector<std::string> names;
  for (const auto& type : world.call(request).instance_types) names.push_back(*type.instance_type);
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

TEST_CASE("Requirements find the instance types that meet them", "[instance-types]") {
  World world;
  const auto found = names(world, asking());
  CHECK(has(found, "m5.large"));
  CHECK(has(found, "c5.large"));
  CHECK_FALSE(has(found, "t3.large"));   // burstable types are excluded unless asked for
  CHECK_FALSE(has(found, "m5.xlarge"));  // too many vCPUs
  CHECK_FALSE(has(found, "r5.large"));   // too much memory
  CHECK_FALSE(has(found, "m6g.large"));  // another architecture
  CHECK(std::ranges::is_sorted(found));

  const auto only = [&](const std::function<void(Requirements&)>& change) { return names(world, asking(change)); };
  const auto burstable = only([](Requirements& wanted) { wanted.burstable_performance = "required"; });
  CHECK(has(burstable, "t3.large"));
  CHECK_FALSE(has(burstable, "m5.large"));
  CHECK(has(only([](auto& wanted) { wanted.cpu_manufacturers = {"amd"}; }), "m5a.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.cpu_manufacturers = {"amd"}; }), "m5.large"));
  CHECK(only([](auto& wanted) { wanted.allowed_instance_types = {"m5.*"}; }) == std::vector<std::string>{"m5.large"});
  CHECK_FALSE(has(only([](auto& wanted) { wanted.excluded_instance_types = {"m5*"}; }), "m5a.large"));
  CHECK(has(only([](auto& wanted) { wanted.local_storage = "required"; }), "m5d.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.local_storage = "required"; }), "m5.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.local_storage = "excluded"; }), "m5d.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.total_local_storage_gb = {.min = 100}; }), "m5d.large"));
  const auto previous = only([](Requirements& wanted) { wanted.instance_generations = {"previous"}; });
  CHECK(has(previous, "m5.large"));
  CHECK_FALSE(has(previous, "m5a.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.memory_gi_b_per_v_cpu = {.min = 3}; }), "c5.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.network_interface_count = {.min = 4}; }), "m5.large"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.require_encryption_in_transit = true; }), "m5.large"));
  CHECK(only([](auto& wanted) { wanted.bare_metal = "required"; }).empty());
}

TEST_CASE("Requirements know accelerators", "[instance-types]") {
  World world;
  const auto only = [&](const std::function<void(Requirements&)>& change) {
    return names(world, asking([&](Requirements& wanted) {
                   wanted.v_cpu_count = {.min = 4, .max = 4};
                   wanted.memory_mi_b = {.min = 0};
                   change(wanted);
                 }));
  };
  CHECK(has(only([](auto& wanted) { wanted.accelerator_types = {"gpu"}; }), "g4dn.xlarge"));
  CHECK(has(only([](auto& wanted) { wanted.accelerator_names = {"t4"}; }), "g4dn.xlarge"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.accelerator_names = {"a10g"}; }), "g4dn.xlarge"));
  CHECK(has(only([](auto& wanted) { wanted.accelerator_manufacturers = {"nvidia"}; }), "g4dn.xlarge"));
  CHECK(has(only([](auto& wanted) { wanted.accelerator_names = {"inferentia"}; }), "inf1.xlarge"));
  CHECK(has(only([](auto& wanted) { wanted.accelerator_manufacturers = {"amazon-web-services"}; }), "inf1.xlarge"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.accelerator_count = {.max = 0}; }), "g4dn.xlarge"));
  CHECK_FALSE(has(only([](auto& wanted) { wanted.accelerator_total_memory_mi_b = {.min = 20000}; }), "g4dn.xlarge"));
}

TEST_CASE("Types that meet requirements come in pages", "[instance-types]") {
  World world;
  Request request = asking();
  const auto all = names(world, request);
  request.max_results = 3;
  std::vector<std::string> paged;
  do {
    const auto page = world.call(request);
    CHECK(page.instance_types.size() <= 3);
    for (const auto& type : page.instance_types) paged.push_back(*type.instance_type);
    request.next_token = page.next_token;
  } while (request.next_token);
  CHECK(paged == all);
}

TEST_CASE("GetInstanceTypesFromInstanceRequirements refuses", "[instance-types]") {
  World world;
  CHECK(world.error_of(asking([](auto& wanted) {
    wanted.allowed_instance_types = {"m5.*"};
    wanted.excluded_instance_types = {"c5.*"};
  })) == "InvalidParameterCombination");
  Request request = asking();
  request.architecture_types.clear();
  CHECK(world.error_of(request) == "MissingParameter");
  request = asking();
  request.max_results = 0;
  CHECK(world.error_of(request) == "InvalidParameterValue");
}

}  // namespace
}  // namespace amity::tests
