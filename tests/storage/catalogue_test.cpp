#include "storage/catalogue.hpp"

#include "model/timestamp.hpp"
#include "model/wildcard.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace amity;
using storage::Catalogue;

namespace {

constexpr std::string_view kToday = "2026-11-21T00:00:00.000Z";

bool is_deprecated(const ec2::Image& image) { return *image.deprecation_time <= kToday; }

// What `aws ec2 describe-images --owners OWNER --filters Name=name,Values=PATTERN` shows.
std::vector<const ec2::Image*> look_up(const Catalogue& catalogue, std::string_view region, std::string_view owner,
                                       std::string_view pattern) {
  std::vector<const ec2::Image*> found;
  for (const ec2::Image& image : catalogue.images(region)) {
    if (image.owner_id != owner && image.image_owner_alias != owner) continue;
    if (!is_deprecated(image) && model::matches_wildcard(pattern, *image.name)) found.push_back(&image);
  }
  return found;
}

const ec2::Image& most_recent(const std::vector<const ec2::Image*>& images) {
  REQUIRE_FALSE(images.empty());
  return **std::max_element(images.begin(), images.end(), [](const ec2::Image* left, const ec2::Image* right) {
    return left->creation_date < right->creation_date;
  });
}

}  // namespace

TEST_CASE("Regions of three partitions are known, each with its zones", "[catalogue]") {
  const Catalogue catalogue;
  CHECK(catalogue.regions().size() == 38);
  std::set<std::string> zone_ids;
  for (const state::Region& region : catalogue.regions()) {
    INFO(region.region_name);
    CHECK(catalogue.region(region.region_name) == &region);
    CHECK(region.endpoint.starts_with("ec2." + region.region_name + ".amazonaws.com"));
    CHECK_FALSE(region.long_name.empty());
    CHECK(region.zones.size() >= 2);
    for (const ec2::AvailabilityZone& zone : region.zones) {
      CHECK(zone.region_name == region.region_name);
      CHECK(zone.zone_name->starts_with(region.region_name));
      CHECK(zone_ids.insert(*zone.zone_id).second);
      const bool is_ordinary = zone.zone_type == "availability-zone";
      CHECK(*zone.opt_in_status == (is_ordinary ? "opt-in-not-required" : "not-opted-in"));
    }
  }
  CHECK(catalogue.region("us-east-1")->long_name == "US East (N. Virginia)");
  CHECK(catalogue.region("cn-north-1")->endpoint == "ec2.cn-north-1.amazonaws.com.cn");
  CHECK(catalogue.region("us-gov-west-1")->partition == "aws-us-gov");
  CHECK(catalogue.region("eu-south-1")->opt_in_status == "not-opted-in");
  CHECK(catalogue.region("us-east-9") == nullptr);
}

TEST_CASE("An instance type is told of with everything that is known", "[catalogue]") {
  const Catalogue catalogue;
  const ec2::InstanceTypeInfo* type = catalogue.instance_type("m5d.large");
  REQUIRE(type);
  CHECK(type->v_cpu_info->default_v_cpus == 2);
  CHECK(type->memory_info->size_in_mi_b == 8192);
  CHECK(type->instance_storage_info->total_size_in_gb == 75);
  CHECK(type->processor_info->supported_architectures == std::vector<std::string>{"x86_64"});
  CHECK(type->hypervisor == "nitro");
  CHECK(type->current_generation == true);
  CHECK(catalogue.instance_type("m5d.large") == type);
  CHECK(catalogue.instance_type("m5d.huge") == nullptr);
  CHECK(catalogue.instance_type("") == nullptr);
}

TEST_CASE("Every instance type can be read and is offered somewhere", "[catalogue]") {
  const Catalogue catalogue;
  const auto names = catalogue.instance_type_names();
  CHECK(names.size() > 1000);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const std::string_view name : names) {
    INFO(name);
    REQUIRE(catalogue.instance_type(name));
    CHECK(catalogue.instance_type(name)->instance_type == name);
    CHECK(std::any_of(catalogue.regions().begin(), catalogue.regions().end(),
                      [&](const state::Region& region) { return catalogue.is_offered(region.region_name, name); }));
  }
}

TEST_CASE("Instance types are offered by region and zone", "[catalogue]") {
  const Catalogue catalogue;
  for (const state::Region& region : catalogue.regions()) {
    INFO(region.region_name);
    CHECK(catalogue.is_offered(region.region_name, "t3.micro"));
    for (const ec2::AvailabilityZone& zone : region.zones) {
      if (zone.zone_type != "availability-zone") continue;
      INFO(*zone.zone_name);
      const auto names = catalogue.instance_type_names();
      CHECK(std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return catalogue.is_offered_in_zone(region.region_name, *zone.zone_name, name);
      }));
    }
  }
  // The zone that every user of us-east-1 has met: it has no newer types.
  CHECK(catalogue.is_offered_in_zone("us-east-1", "us-east-1a", "m7i.large"));
  CHECK_FALSE(catalogue.is_offered_in_zone("us-east-1", "us-east-1e", "m7i.large"));
  CHECK_FALSE(catalogue.is_offered_in_zone("us-east-1", "us-east-1-bos-1a", "t3.micro"));
  CHECK_FALSE(catalogue.is_offered_in_zone("us-east-1", "us-west-2a", "t3.micro"));
  CHECK_FALSE(catalogue.is_offered("us-west-1", "mac1.metal"));
  CHECK_FALSE(catalogue.is_offered("nowhere-1", "t3.micro"));
}

TEST_CASE("Public images are sound in every region", "[catalogue][images]") {
  const Catalogue catalogue;
  const std::regex image_id("ami-0[0-9a-f]{16}");
  const std::regex snapshot_id("snap-0[0-9a-f]{16}");
  const std::regex name("[A-Za-z0-9()\\[\\] ./'@_-]{3,128}");
  std::set<std::string> ids;
  for (const state::Region& region : catalogue.regions()) {
    std::set<std::pair<std::string, std::string>> names;
    std::size_t deprecated = 0;
    for (const ec2::Image& image : catalogue.images(region.region_name)) {
      INFO(region.region_name << " " << *image.name);
      CHECK(std::regex_match(*image.image_id, image_id));
      CHECK(ids.insert(*image.image_id).second);
      CHECK(catalogue.image(region.region_name, *image.image_id) == &image);
      CHECK(std::regex_match(*image.name, name));
      CHECK(image.description->find('{') == std::string::npos);
      CHECK(image.description->size() <= 255);
      CHECK(names.emplace(*image.owner_id, *image.name).second);
      CHECK(*image.image_location == image.image_owner_alias.value_or(*image.owner_id) + "/" + *image.name);
      CHECK(model::parse_iso8601(*image.creation_date) < model::parse_iso8601(*image.deprecation_time));
      CHECK(*image.creation_date < kToday);
      CHECK(image.is_public == true);
      CHECK_FALSE(image.architecture->empty());
      if (is_deprecated(image)) ++deprecated;

      bool has_root = false;
      for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
        has_root |= mapping.device_name == image.root_device_name;
        if (!mapping.ebs) continue;
        CHECK(std::regex_match(*mapping.ebs->snapshot_id, snapshot_id));
        CHECK(ids.insert(*mapping.ebs->snapshot_id).second);
        const ec2::Snapshot* snapshot = catalogue.snapshot(region.region_name, *mapping.ebs->snapshot_id);
        REQUIRE(snapshot);
        CHECK(snapshot->volume_size == mapping.ebs->volume_size);
        CHECK(snapshot->owner_id == image.owner_id);
        CHECK(snapshot->state == "completed");
        // Less is written than there is room for, and whole blocks of it.
        const std::int64_t written = snapshot->full_snapshot_size_in_bytes.value();
        CHECK(written > 0);
        CHECK(written < std::int64_t{*snapshot->volume_size} << 30);
        CHECK(written % (512 * 1024) == 0);
      }
      CHECK(has_root);
    }
    INFO(region.region_name);
    CHECK(names.size() > 150);
    CHECK(deprecated > 20);
  }
  CHECK(catalogue.images("nowhere-1").empty());
  CHECK(catalogue.image("us-east-1", "ami-00000000000000000") == nullptr);
  CHECK(catalogue.snapshots("nowhere-1").empty());
}

TEST_CASE("The look-ups that tutorials and modules make find a current image in every region", "[catalogue][images]") {
  struct Row {
    std::string_view owner;
    std::string_view pattern;
    std::string_view architecture;
    std::string_view root_device_name;
    std::string_view partition = "";  // where it is found; everywhere unless said
  };
  constexpr Row kRows[] = {
      {"amazon", "al2023-ami-2023*-x86_64", "x86_64", "/dev/xvda"},
      {"amazon", "al2023-ami-minimal-*-arm64", "arm64", "/dev/xvda"},
      {"137112412989", "amzn2-ami-hvm-*-x86_64-gp2", "x86_64", "/dev/xvda", "aws"},
      {"amazon", "amzn2-ami-kernel-5.10-hvm-*-arm64-gp2", "arm64", "/dev/xvda"},
      {"amazon", "al2023-ami-ecs-hvm-*-x86_64", "x86_64", "/dev/xvda", "aws"},
      {"591542846629", "amzn2-ami-ecs-hvm-*-x86_64-ebs", "x86_64", "/dev/xvda", "aws"},
      {"amazon", "amazon-eks-node-al2023-x86_64-standard-1.35-v*", "x86_64", "/dev/xvda"},
      {"amazon", "amazon-eks-node-1.32-v*", "x86_64", "/dev/xvda"},
      {"099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*", "x86_64", "/dev/sda1", "aws"},
      {"amazon", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-*", "arm64", "/dev/sda1"},
      {"099720109477", "ubuntu/images/*/ubuntu-focal-20.04-amd64-server-*", "x86_64", "/dev/sda1", "aws"},
      {"513442679011", "ubuntu/images/*/ubuntu-*-24.04-amd64-server-*", "x86_64", "/dev/sda1", "aws-us-gov"},
      {"136693071363", "debian-12-amd64-*", "x86_64", "/dev/xvda", "aws"},
      {"136693071363", "debian-13-arm64-*", "arm64", "/dev/xvda", "aws"},
      {"309956199498", "RHEL-9*_HVM-*-x86_64-*-Hourly2-GP3", "x86_64", "/dev/sda1", "aws"},
      {"013907871322", "suse-sles-15-sp6-v*-hvm-ssd-x86_64", "x86_64", "/dev/sda1", "aws"},
      {"792107900819", "Rocky-9-EC2-Base-9.*.x86_64", "x86_64", "/dev/sda1", "aws"},
      {"764336703387", "AlmaLinux OS 9* x86_64", "x86_64", "/dev/sda1", "aws"},
      {"125523088429", "CentOS Stream 9 x86_64 *", "x86_64", "/dev/sda1", "aws"},
      {"amazon", "Windows_Server-2022-English-Full-Base-*", "x86_64", "/dev/sda1"},
      {"801119661308", "Windows_Server-2019-English-Core-Base-*", "x86_64", "/dev/sda1", "aws"},
      {"amazon", "Windows_Server-2022-English-Full-SQL_2022_Standard-*", "x86_64", "/dev/sda1"},
      {"amazon", "bottlerocket-aws-k8s-1.35-aarch64-*", "arm64", "/dev/xvda", "aws"},
      {"amazon", "Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04) *", "x86_64", "/dev/sda1", "aws"},
      {"aws-marketplace", "PA-VM-AWS-11*", "x86_64", "/dev/xvda", "aws"},
  };
  const Catalogue catalogue;
  for (const state::Region& region : catalogue.regions()) {
    for (const Row& row : kRows) {
      if (!row.partition.empty() && row.partition != region.partition) continue;
      INFO(region.region_name << " " << row.owner << " " << row.pattern);
      const ec2::Image& image = most_recent(look_up(catalogue, region.region_name, row.owner, row.pattern));
      CHECK(image.architecture == row.architecture);
      CHECK(image.root_device_name == row.root_device_name);
    }
  }
}

TEST_CASE("The most recent of several releases is the newest one", "[catalogue][images]") {
  const Catalogue catalogue;
  const auto noble =
      look_up(catalogue, "eu-west-1", "099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*");
  CHECK(noble.size() > 1);
  CHECK(*most_recent(noble).name == "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923");
  CHECK(*most_recent(noble).creation_date == "2026-09-23T11:56:59.000Z");
  CHECK(*most_recent(noble).deprecation_time == "2028-09-23T11:56:59.000Z");
}

TEST_CASE("Amazon Linux is deprecated after 90 days, but for the newest releases", "[catalogue][images]") {
  const Catalogue catalogue;
  std::size_t old = 0;
  for (const ec2::Image& image : catalogue.images("us-east-1")) {
    if (*image.name != "al2023-ami-2023.12.20260710.0-kernel-6.1-x86_64") continue;
    CHECK(image.creation_date == "2026-07-10T03:19:55.000Z");
    CHECK(image.deprecation_time == "2026-10-08T03:19:55.000Z");
    ++old;
  }
  CHECK(old == 1);
  CHECK(look_up(catalogue, "us-east-1", "amazon", "al2023-ami-2023*-kernel-6.1-x86_64").size() == 2);
}

TEST_CASE("Images say what their operating system costs", "[catalogue][images]") {
  const Catalogue catalogue;
  const auto billing = [&](std::string_view owner, std::string_view pattern) {
    const ec2::Image& image = most_recent(look_up(catalogue, "us-east-1", owner, pattern));
    return std::tuple(image.platform.value_or(""), *image.platform_details, *image.usage_operation);
  };
  using Billing = std::tuple<std::string, std::string, std::string>;
  CHECK(billing("amazon", "al2023-ami-2023*-x86_64") == Billing("", "Linux/UNIX", "RunInstances"));
  CHECK(billing("amazon", "Windows_Server-2025-English-Full-Base-*") ==
        Billing("windows", "Windows", "RunInstances:0002"));
  CHECK(billing("amazon", "*-2022-English-Full-SQL_2022_Web-*") ==
        Billing("windows", "Windows with SQL Server Web", "RunInstances:0202"));
  CHECK(billing("309956199498", "RHEL-10*") == Billing("", "Red Hat Enterprise Linux", "RunInstances:0010"));
  CHECK(billing("013907871322", "suse-sles-15-sp7*") == Billing("", "SUSE Linux", "RunInstances:000g"));
}

TEST_CASE("Images say whether the Free Tier covers them", "[catalogue][images]") {
  const Catalogue catalogue;
  const auto is_free = [&](std::string_view owner, std::string_view pattern) {
    return most_recent(look_up(catalogue, "us-east-1", owner, pattern)).free_tier_eligible;
  };
  CHECK(is_free("amazon", "al2023-ami-2023*-x86_64") == true);
  CHECK(is_free("amazon", "Windows_Server-2025-English-Full-Base-*") == true);
  CHECK(is_free("amazon", "*-2022-English-Full-SQL_2022_Web-*") == false);
  CHECK(is_free("099720109477", "ubuntu-pro-server/*") == false);
}

TEST_CASE("Mappings keep their kinds: instance store, several volumes, product codes", "[catalogue][images]") {
  const Catalogue catalogue;
  const ec2::Image& windows =
      most_recent(look_up(catalogue, "us-east-1", "amazon", "Windows_Server-2022-English-Full-Base-*"));
  CHECK(windows.block_device_mappings.size() == 27);
  CHECK(windows.block_device_mappings.back().virtual_name == "ephemeral25");
  CHECK_FALSE(windows.block_device_mappings.back().ebs);

  const ec2::Image& bottlerocket =
      most_recent(look_up(catalogue, "us-east-1", "amazon", "bottlerocket-aws-ecs-2-x86_64-*"));
  REQUIRE(bottlerocket.block_device_mappings.size() == 2);
  CHECK(bottlerocket.block_device_mappings[1].ebs->volume_size == 20);

  const ec2::Image& firewall = most_recent(look_up(catalogue, "us-east-1", "aws-marketplace", "FortiGate-VM64-AWS*"));
  REQUIRE(firewall.product_codes.size() == 1);
  CHECK(firewall.product_codes[0].product_code_id == "dlaioq277sglm5mw1y1dmeuqa");
  CHECK(firewall.product_codes[0].product_code_type == "marketplace");
}

TEST_CASE("Image ids never change from one release of Amity to the next", "[catalogue][images]") {
  const Catalogue catalogue;
  const auto id = [&](std::string_view region) {
    return *look_up(catalogue, region, "amazon", "al2023-ami-2023.12.20260928.0-kernel-6.1-x86_64").front()->image_id;
  };
  CHECK(id("us-east-1") == "ami-0da22982ef19fcdad");
  CHECK(id("eu-west-1") == "ami-02a4f9ba821e589b1");
}
