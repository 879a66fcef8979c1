#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <set>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;
using Values = std::vector<std::string>;

std::vector<std::string> ids_of(const ec2::DescribeInstancesResult& result) {
  std::vector<std::string> ids;
  for (const auto& reservation : result.reservations)
    for (const auto& instance : reservation.instances) ids.push_back(*instance.instance_id);
  return ids;
}

std::vector<std::string> found(World& world, const std::string& name, Values values) {
  return ids_of(world.call(ec2::DescribeInstancesRequest{.filters = {{.name = name, .values = std::move(values)}}}));
}

TEST_CASE("DescribeInstances knows every documented filter", "[instances][DescribeInstances]") {
  World world;
  launch(world);
  for (const std::string_view name : ec2::service().find("DescribeInstances")->filters) {
    INFO(name);
    const std::string asked(name == "tag:<key>" ? "tag:Name" : name);
    CHECK(world.error_of(ec2::DescribeInstancesRequest{.filters = {{.name = asked, .values = {"x"}}}}).empty());
  }
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.filters = {{.name = "nonsense", .values = {"x"}}}}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.filters = {{.name = "network-interface.x", .values = {"x"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeInstances filters by what instances show", "[instances][DescribeInstances]") {
  World world;
  auto request = launch_request(world);
  request.client_token = "token";
  request.iam_instance_profile = {{.name = "baker"}};
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "web"}}},
                                {.resource_type = "network-interface", .tags = {{.key = "Net", .value = "front"}}}};
  const auto reservation = world.call(request);
  const std::string id = *reservation.instances.front().instance_id;
  const auto instance = describe(world, id);
  const auto& interface = instance.network_interfaces.at(0);
  auto other_request = launch_request(world);
  other_request.instance_type = "m5.large";
  other_request.network_interfaces = {{.associate_public_ip_address = false, .device_index = 0}};
  other_request.placement = {{.availability_zone = "us-east-1b"}};
  const std::string other = tests::ids_of(world.call(other_request)).front();
  stop(world, other);

  struct Row {
    std::string name;
    Values values;
  };
  const Row rows[] = {
      {"instance-id", {id}},
      {"instance-type", {"t3.*"}},
      {"instance-state-name", {"running"}},
      {"instance-state-name", {"run*"}},
      {"instance-state-code", {"16"}},
      {"reservation-id", {*reservation.reservation_id}},
      {"availability-zone", {"us-east-1a"}},
      {"client-token", {"token"}},
      {"dns-name", {*instance.public_dns_name}},
      {"ip-address", {*instance.public_ip_address}},
      {"private-ip-address", {*instance.private_ip_address}},
      {"private-dns-name", {*instance.private_dns_name}},
      {"subnet-id", {*instance.subnet_id}},
      {"iam-instance-profile.arn", {"*/baker"}},
      {"block-device-mapping.volume-id", {*instance.block_device_mappings.at(0).ebs->volume_id}},
      {"tag:Name", {"web"}},
      {"tag-key", {"Name"}},
      {"network-interface.network-interface-id", {*interface.network_interface_id}},
      {"network-interface.mac-address", {*interface.mac_address}},
      {"network-interface.addresses.private-ip-address", {*instance.private_ip_address}},
      {"network-interface.association.public-ip", {*instance.public_ip_address}},
      {"network-interface.attachment.instance-id", {id}},
      {"network-interface.availability-zone", {"us-east-1a"}},
      {"network-interface.tag-key", {"Net"}},
      {"network-interface.tag-value", {"front"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(found(world, row.name, row.values) == Values{id});
  }
  CHECK(found(world, "state-reason-code", {"Client.UserInitiatedShutdown"}) == Values{other});
  CHECK(found(world, "reason", {"User initiated*"}) == Values{other});
  CHECK(found(world, "owner-id", {std::string(kAccount)}) == Values{id, other});
  CHECK(found(world, "image-id", {*instance.image_id}) == Values{id, other});
  CHECK(found(world, "launch-time", {"2026-01-02T*"}) == Values{id, other});
  CHECK(found(world, "metadata-options.http-tokens", {"required"}) == Values{id, other});
  CHECK(found(world, "instance-type", {"t3.micro", "m5.large"}) == Values{id, other});
  CHECK(found(world, "platform", {"windows"}).empty());
  CHECK(ids_of(world.call(ec2::DescribeInstancesRequest{
            .filters = {{.name = "image-id", .values = {*instance.image_id}},
                        {.name = "instance-state-name", .values = {"stopped"}}}})) == Values{other});
  CHECK(ids_of(world.call(ec2::DescribeInstancesRequest{
            .instance_ids = {id, other}, .filters = {{.name = "tag-key", .values = {"Name"}}}})) == Values{id});
}

TEST_CASE("A filter without values lets nothing pass, one without a name is refused",
          "[instances][DescribeInstances]") {
  World world;
  launch(world);
  const auto with = [](std::vector<ec2::Filter> filters) { return ec2::DescribeInstancesRequest{.filters = filters}; };
  CHECK(world.call(with({{.name = "instance-id"}})).reservations.empty());
  CHECK(world.call(with({{.name = "tag:Name"}})).reservations.empty());
  CHECK(world.error_of(with({{.values = {"x"}}})) == "InvalidParameterValue");
}

TEST_CASE("DescribeInstances pages by instance and keeps reservations together", "[instances][DescribeInstances]") {
  World world;
  const auto first = tests::ids_of(world.call(launch_request(world, 4)));
  const auto second = tests::ids_of(world.call(launch_request(world, 4)));
  const auto page = world.call(ec2::DescribeInstancesRequest{.max_results = 5});
  CHECK(page.reservations.size() == 2);
  CHECK(ids_of(page) == Values{first[0], first[1], first[2], first[3], second[0]});
  REQUIRE(page.next_token);
  const auto rest = world.call(ec2::DescribeInstancesRequest{.next_token = page.next_token, .max_results = 5});
  CHECK(ids_of(rest) == Values{second[1], second[2], second[3]});
  CHECK_FALSE(rest.next_token);

  CHECK(world.error_of(ec2::DescribeInstancesRequest{.max_results = 4}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.max_results = 1001}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.next_token = "nonsense"}) == "InvalidNextToken");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {first[0]}, .max_results = 5}) ==
        "InvalidParameterCombination");
}

TEST_CASE("DescribeInstances answers for named instances, leaving out those of others",
          "[instances][DescribeInstances]") {
  World world;
  const std::string a = launch(world), b = launch(world);
  CHECK(ids_of(world.call(ec2::DescribeInstancesRequest{.instance_ids = {b, a, b}})) == Values{b, a});
  const auto pair = tests::ids_of(world.call(launch_request(world, 2)));
  const auto grouped = world.call(ec2::DescribeInstancesRequest{.instance_ids = {pair[0], a, pair[1]}});
  CHECK(grouped.reservations.size() == 2);
  CHECK(ids_of(grouped) == Values{pair[0], pair[1], a});
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {a, "i-00000000000000000"}}) ==
        "InvalidInstanceID.NotFound");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {"vol-00000000000000000"}}) ==
        "InvalidInstanceID.Malformed");
  world.as(kOtherAccount);
  CHECK(world.call(ec2::DescribeInstancesRequest{.instance_ids = {a}}).reservations.empty());
  CHECK(world.call(ec2::DescribeInstancesRequest{}).reservations.empty());
  world.as(kAccount).in("eu-west-1");
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {a}}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("DescribeInstanceStatus tells of running instances, after a while that they are ok",
          "[instances][DescribeInstanceStatus]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  CHECK(world.call(ec2::DescribeInstanceStatusRequest{}).instance_statuses.empty());
  world.advance(12s);
  auto status = world.call(ec2::DescribeInstanceStatusRequest{}).instance_statuses.at(0);
  CHECK(status.instance_id == id);
  CHECK(status.availability_zone == "us-east-1a");
  CHECK(status.availability_zone_id == "use1-az2");
  CHECK(status.instance_state->name == "running");
  CHECK(status.instance_status->status == "initializing");
  CHECK(status.system_status->details.at(0).name == "reachability");
  CHECK(status.system_status->details.at(0).status == "initializing");
  world.advance(89s);
  CHECK(world.call(ec2::DescribeInstanceStatusRequest{}).instance_statuses.at(0).system_status->status ==
        "initializing");
  world.advance(1s);
  status = world.call(ec2::DescribeInstanceStatusRequest{}).instance_statuses.at(0);
  CHECK(status.instance_status->status == "ok");
  CHECK(status.instance_status->details.at(0).status == "passed");
  CHECK(status.system_status->status == "ok");
  CHECK(status.attached_ebs_status->status == "ok");
  CHECK(status.events.empty());

  stop(world, id);
  world.advance(1min);
  CHECK(world.call(ec2::DescribeInstanceStatusRequest{.instance_ids = {id}}).instance_statuses.empty());
  status = world.call(ec2::DescribeInstanceStatusRequest{.include_all_instances = true}).instance_statuses.at(0);
  CHECK(status.instance_state->name == "stopped");
  CHECK(status.instance_status->status == "not-applicable");
  CHECK(status.instance_status->details.empty());
}

TEST_CASE("DescribeInstanceStatus filters, pages and refuses", "[instances][DescribeInstanceStatus]") {
  World world;
  const auto ids = tests::ids_of(world.call(launch_request(world, 7)));
  stop(world, ids.front());
  for (const std::string_view name : ec2::service().find("DescribeInstanceStatus")->filters) {
    INFO(name);
    CHECK(world.error_of(ec2::DescribeInstanceStatusRequest{.filters = {{.name = std::string(name), .values = {"x"}}}})
              .empty());
  }
  const auto count = [&](const std::string& name, const std::string& value) {
    return world
        .call(ec2::DescribeInstanceStatusRequest{.filters = {{.name = name, .values = {value}}},
                                                 .include_all_instances = true})
        .instance_statuses.size();
  };
  CHECK(count("instance-status.status", "ok") == 6);
  CHECK(count("instance-state-name", "stopped") == 1);
  CHECK(count("system-status.reachability", "passed") == 6);
  CHECK(count("event.code", "*") == 0);
  const auto page = world.call(ec2::DescribeInstanceStatusRequest{.max_results = 5});
  CHECK(page.instance_statuses.size() == 5);
  CHECK(world.call(ec2::DescribeInstanceStatusRequest{.max_results = 5, .next_token = page.next_token})
            .instance_statuses.size() == 1);
  CHECK(world.error_of(ec2::DescribeInstanceStatusRequest{.instance_ids = {ids[0]}, .max_results = 5}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::DescribeInstanceStatusRequest{.instance_ids = {"i-00000000000000000"}}) ==
        "InvalidInstanceID.NotFound");
  CHECK(world.error_of(ec2::DescribeInstanceStatusRequest{.instance_ids = std::vector<std::string>(101, ids[0])}) ==
        "InvalidParameterValue");
}

}  // namespace
}  // namespace amity::tests
