#include "model/json.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace amity;
using tests::World;
using Names = std::vector<std::string>;

namespace {

// All pages of the request together.
Names type_names(World& world, ec2::DescribeInstanceTypesRequest request = {}) {
  Names names;
  do {
    const auto page = world.call(request);
    for (const auto& type : page.instance_types) names.push_back(*type.instance_type);
    request.next_token = page.next_token;
  } while (request.next_token);
  return names;
}

Names type_names(World& world, const std::string& filter, Names values) {
  return type_names(world, {.filters = {{.name = filter, .values = std::move(values)}}});
}

std::vector<ec2::InstanceTypeOffering> offerings(World& world, ec2::DescribeInstanceTypeOfferingsRequest request = {}) {
  std::vector<ec2::InstanceTypeOffering> all;
  do {
    const auto page = world.call(request);
    all.insert(all.end(), page.instance_type_offerings.begin(), page.instance_type_offerings.end());
    request.next_token = page.next_token;
  } while (request.next_token);
  return all;
}

bool contains(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

}  // namespace

TEST_CASE("DescribeInstanceTypes tells the facts of a type", "[instance-types][DescribeInstanceTypes]") {
  World world;
  const auto type = world.call(ec2::DescribeInstanceTypesRequest{.instance_types = {"m5d.large"}}).instance_types.at(0);
  CHECK(type.instance_type == "m5d.large");
  CHECK(type.v_cpu_info->default_v_cpus == 2);
  CHECK(type.memory_info->size_in_mi_b == 8192);
  CHECK(type.processor_info->supported_architectures == Names{"x86_64"});
  CHECK(type.instance_storage_info->total_size_in_gb == 75);
  CHECK(type.hypervisor == "nitro");
  CHECK(type.supported_in_region == true);
}

TEST_CASE("DescribeInstanceTypes answers in pages of 100 at most", "[instance-types][DescribeInstanceTypes]") {
  World world;
  const auto first = world.call(ec2::DescribeInstanceTypesRequest{});
  CHECK(first.instance_types.size() == 100);
  REQUIRE(first.next_token);

  const Names all = type_names(world);
  CHECK(all.size() > 500);
  CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
  CHECK(type_names(world, {.max_results = 7}) == all);

  CHECK(world.call(ec2::DescribeInstanceTypesRequest{.max_results = 5}).instance_types.size() == 5);
  for (const int size : {4, 101, 0, -1})
    CHECK(world.error_of(ec2::DescribeInstanceTypesRequest{.max_results = size}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeInstanceTypesRequest{.next_token = "behind the last"}) == "InvalidNextToken");
}

TEST_CASE("DescribeInstanceTypes knows only what its region offers, unless told otherwise",
          "[instance-types][DescribeInstanceTypes]") {
  World world;
  const auto& catalogue = world.catalogue();
  const auto names = catalogue.instance_type_names();
  const auto foreign =
      std::ranges::find_if(names, [&](std::string_view name) { return !catalogue.is_offered("ap-southeast-6", name); });
  REQUIRE(foreign != names.end());
  const std::string type(*foreign);
  world.in("ap-southeast-6");

  CHECK(world.error_of(ec2::DescribeInstanceTypesRequest{.instance_types = {type}}) == "InvalidInstanceType");
  CHECK_FALSE(contains(type_names(world), type));
  const auto found =
      world.call(ec2::DescribeInstanceTypesRequest{.instance_types = {type}, .include_unsupported_in_region = true});
  CHECK(found.instance_types.at(0).supported_in_region == false);
  CHECK(type_names(world, {.include_unsupported_in_region = true}).size() == names.size());
}

TEST_CASE("DescribeInstanceTypes names the types that do not exist", "[instance-types][DescribeInstanceTypes]") {
  World world;
  try {
    world.call(ec2::DescribeInstanceTypesRequest{.instance_types = {"t9.nano", "t3.micro", "x"}});
    FAIL();
  } catch (const handlers::ApiError& error) {
    CHECK(error.code() == "InvalidInstanceType");
    CHECK(error.message() == "The following supplied instance types do not exist: [t9.nano, x]");
  }
}

TEST_CASE("DescribeInstanceTypes knows all documented filters", "[instance-types][DescribeInstanceTypes]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeInstanceTypes")->filters) {
    INFO(name);
    CHECK(type_names(world, std::string(name), {"nothing"}).empty());
    CHECK_FALSE(world
                    .call(ec2::DescribeInstanceTypesRequest{.filters = {{.name = std::string(name), .values = {"*"}}},
                                                            .max_results = 5})
                    .instance_types.empty());
  }
  CHECK(world.error_of(ec2::DescribeInstanceTypesRequest{.filters = {{.name = "vcpus", .values = {"2"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("Filters of instance types compare what the answer shows", "[instance-types][DescribeInstanceTypes]") {
  World world;
  struct Row {
    const char *filter, *value, *type_with, *type_without;
  };
  const Row rows[] = {
      {"bare-metal", "false", "c5d.large", "m6g.metal"},
      {"current-generation", "true", "c5d.large", "t1.micro"},
      {"ebs-info.ebs-optimized-support", "default", "c5d.large", "t1.micro"},
      {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "81.25", "c5d.large", "m6g.metal"},
      {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "593.75", "c5d.large", "m6g.metal"},
      {"hypervisor", "nitro", "c5d.large", "t2.micro"},
      {"instance-storage-info.disk.count", "1", "c5d.large", "c5.large"},
      {"instance-storage-info.disk.size-in-gb", "50", "c5d.large", "m5d.large"},
      {"instance-storage-info.disk.type", "ssd", "c5d.large", "d2.xlarge"},
      {"memory-info.size-in-mib", "4096", "c5d.large", "m5d.large"},
      {"network-info.maximum-network-interfaces", "3", "c5d.large", "m6g.metal"},
      {"processor-info.supported-architecture", "x86_64", "c5d.large", "m6g.large"},
      {"supported-boot-mode", "legacy-bios", "c5d.large", "m6g.large"},
      {"supported-root-device-type", "instance-store", "m3.medium", "c5d.large"},
      {"supported-usage-class", "spot", "c5d.large", "hpc7g.4xlarge"},
      {"supported-virtualization-type", "paravirtual", "t1.micro", "c5d.large"},
      {"vcpu-info.default-vcpus", "2", "c5d.large", "c5d.xlarge"},
      {"vcpu-info.valid-cores", "2", "c5d.xlarge", "c5d.large"},
      {"vcpu-info.valid-threads-per-core", "1,2", "c5d.large", "m6g.large"},
      {"vcpu-info.valid-threads-per-core", "2", "c5d.large", "m6g.large"},
  };
  for (const Row& row : rows) {
    INFO(row.filter << " = " << row.value);
    const Names found = type_names(
        world, {.filters = {{.name = row.filter, .values = {row.value}}}, .include_unsupported_in_region = true});
    CHECK(contains(found, row.type_with));
    REQUIRE(world.catalogue().instance_type(row.type_without));
    CHECK_FALSE(contains(found, row.type_without));
  }
  CHECK(type_names(world, "instance-type", {"c5d.large", "t3.n?no"}) == Names{"c5d.large", "t3.nano"});
  const Names fast = type_names(world, "processor-info.sustained-clock-speed-in-ghz", {"3"});
  CHECK_FALSE(fast.empty());
  CHECK(fast == type_names(world, "processor-info.sustained-clock-speed-in-ghz", {"3.0"}));
}

TEST_CASE("DescribeInstanceTypeOfferings lists the region's types by default",
          "[instance-types][DescribeInstanceTypeOfferings]") {
  World world;
  world.in("eu-central-1");
  const auto all = offerings(world);
  Names names;
  for (const auto& offering : all) {
    CHECK(offering.location_type == "region");
    CHECK(offering.location == "eu-central-1");
    names.push_back(*offering.instance_type);
  }
  CHECK(names == type_names(world));
  CHECK(offerings(world, {.location_type = "outpost"}).empty());
}

TEST_CASE("DescribeInstanceTypeOfferings lists zones by name and by id",
          "[instance-types][DescribeInstanceTypeOfferings]") {
  World world;
  const std::vector<ec2::Filter> t3{{.name = "instance-type", .values = {"t3.micro"}}};
  const auto by_name = offerings(world, {.location_type = "availability-zone", .filters = t3});
  const auto by_id = offerings(world, {.location_type = "availability-zone-id", .filters = t3});
  // us-east-1e is known for what it lacks.
  CHECK(by_name.size() == 5);
  REQUIRE(by_id.size() == by_name.size());
  CHECK(by_name.at(0).location == "us-east-1a");
  CHECK(by_id.at(0).location == "use1-az2");
  CHECK(by_id.at(0).location_type == "availability-zone-id");

  const std::vector<ec2::Filter> both{{.name = "instance-type", .values = {"t3.*"}},
                                      {.name = "location", .values = {"us-east-1a", "us-east-1b"}}};
  CHECK(offerings(world, {.location_type = "availability-zone", .filters = both}).size() == 7 * 2);
  CHECK(offerings(world, {.filters = both}).empty());
  CHECK(world.error_of(ec2::DescribeInstanceTypeOfferingsRequest{.filters = {{.name = "zone", .values = {"a"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeInstanceTypeOfferings answers in pages of 1,000 at most",
          "[instance-types][DescribeInstanceTypeOfferings]") {
  World world;
  const ec2::DescribeInstanceTypeOfferingsRequest request{.location_type = "availability-zone"};
  CHECK(world.call(request).instance_type_offerings.size() == 1000);
  const auto all = offerings(world, request);
  std::set<std::string> seen;
  for (const auto& offering : all) CHECK(seen.insert(*offering.instance_type + *offering.location).second);
  CHECK(all.size() > 3000);
  CHECK(offerings(world, {.location_type = "availability-zone", .max_results = 999}).size() == all.size());
  for (const int size : {4, 1001})
    CHECK(world.error_of(ec2::DescribeInstanceTypeOfferingsRequest{.max_results = size}) == "InvalidParameterValue");
}
