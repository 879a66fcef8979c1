#include "handlers/images.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using tests::World;
using Pairs = std::vector<std::pair<std::string, std::string>>;

namespace {

const std::string kAccount(tests::kAccount);
const std::string kVolume = "vol-0123456789abcdef0";
const std::string kInstance = "i-0123456789abcdef0";

// Rows that tags can be hung on; what else they say does not matter here.
void insert_volume(World& world, const std::string& id = kVolume) {
  world.make_call().volumes().insert({.volume = {.volume_id = id}});
}

void insert_instance(World& world) {
  world.make_call().instances().insert(
      {.instance = {.instance_id = kInstance}, .reservation_id = "r-1", .owner_id = kAccount});
}

std::vector<ec2::Tag> tags(const Pairs& pairs) {
  std::vector<ec2::Tag> tags;
  for (const auto& [key, value] : pairs) tags.push_back({.key = key, .value = value});
  return tags;
}

void tag(World& world, const std::string& id, const Pairs& pairs) {
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = tags(pairs)});
}

Pairs tags_of(World& world, const std::string& id) {
  Pairs pairs;
  for (const ec2::Tag& tag : world.make_call().tags().of(id)) pairs.emplace_back(*tag.key, *tag.value);
  return pairs;
}

// "resource key=value" of every page, in order.
std::vector<std::string> described(World& world, ec2::DescribeTagsRequest request = {}) {
  std::vector<std::string> lines;
  do {
    const auto page = world.call(request);
    for (const auto& tag : page.tags) lines.push_back(*tag.resource_id + ' ' + *tag.key + '=' + *tag.value);
    request.next_token = page.next_token;
  } while (request.next_token);
  return lines;
}

std::vector<std::string> described(World& world, const std::string& filter, std::vector<std::string> values) {
  return described(world, {.filters = {{.name = filter, .values = std::move(values)}}});
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("CreateTags adds tags to resources of several kinds and overwrites values", "[tags][CreateTags]") {
  World world;
  insert_volume(world);
  insert_instance(world);
  world.call(ec2::CreateTagsRequest{.resources = {kVolume, kInstance, kVolume},
                                    .tags = tags({{"Stage", "test"}, {"Empty", ""}})});
  CHECK(tags_of(world, kVolume) == Pairs{{"Empty", ""}, {"Stage", "test"}});
  CHECK(tags_of(world, kInstance) == tags_of(world, kVolume));
  tag(world, kVolume, {{"Stage", "live"}, {"stage", "other"}});
  CHECK(tags_of(world, kVolume) == Pairs{{"Empty", ""}, {"Stage", "live"}, {"stage", "other"}});
}

TEST_CASE("Every kind of resource can be tagged by its owner alone", "[tags][CreateTags]") {
  World world;
  insert_volume(world);
  insert_instance(world);
  auto call = world.make_call();
  call.images().insert({.image = {.image_id = "ami-0123456789abcdef0", .owner_id = kAccount}});
  call.snapshots().insert({.snapshot = {.snapshot_id = "snap-0123456789abcdef0", .owner_id = kAccount}});
  call.key_pairs().insert({.key_pair = {.key_pair_id = "key-0123456789abcdef0", .key_name = "k"}});
  call.network_interfaces().insert({.network_interface = {.network_interface_id = "eni-0123456789abcdef0"}});
  call.security_group_rules().insert({.security_group_rule = {.security_group_rule_id = "sgr-0123456789abcdef0"}});
  world.call(ec2::DescribeAccountAttributesRequest{});  // makes the default network
  Pairs ids_and_types = {
      {kVolume, "volume"},
      {kInstance, "instance"},
      {"ami-0123456789abcdef0", "image"},
      {"snap-0123456789abcdef0", "snapshot"},
      {"key-0123456789abcdef0", "key-pair"},
      {"eni-0123456789abcdef0", "network-interface"},
      {"sgr-0123456789abcdef0", "security-group-rule"},
      {*call.vpcs().all().at(0).vpc.vpc_id, "vpc"},
      {*call.subnets().all().at(0).subnet.subnet_id, "subnet"},
      {*call.internet_gateways().all().at(0).internet_gateway.internet_gateway_id, "internet-gateway"},
      {*call.route_tables().all().at(0).route_table.route_table_id, "route-table"},
      {*call.network_acls().all().at(0).network_acl.network_acl_id, "network-acl"},
      {*call.dhcp_options().all().at(0).dhcp_options.dhcp_options_id, "dhcp-options"},
      {*call.security_groups().all().at(0).security_group.group_id, "security-group"}};
  for (const auto& [id, type] : ids_and_types) {
    INFO(id);
    tag(world.as(tests::kAccount), id, {{"a", "b"}});
    const auto found =
        world.call(ec2::DescribeTagsRequest{.filters = {{.name = "resource-type", .values = {type}}}}).tags;
    REQUIRE(found.size() == 1);
    CHECK(found.at(0).resource_id == id);
    CHECK(found.at(0).resource_type == type);
    CHECK(world.as(tests::kOtherAccount)
              .error_of(ec2::CreateTagsRequest{.resources = {id}, .tags = tags({{"a", "b"}})})
              .ends_with(".NotFound"));
  }
}

TEST_CASE("Whatever the caller can make can be tagged and untagged", "[tags][CreateTags][DeleteTags]") {
  World world;
  const auto address = world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const auto group =
      world.call(ec2::CreatePlacementGroupRequest{.group_name = "g", .strategy = "cluster"}).placement_group->group_id;
  const auto subnet = world.call(ec2::DescribeSubnetsRequest{}).subnets.at(0).subnet_id;
  const auto gateway =
      world.call(ec2::CreateNatGatewayRequest{.subnet_id = subnet, .connectivity_type = "private"}).nat_gateway;
  const std::string image = *world.catalogue().images("us-east-1").front().image_id;
  const auto request = world
                           .call(ec2::RequestSpotInstancesRequest{
                               .launch_specification =
                                   ec2::RequestSpotLaunchSpecification{.image_id = image, .instance_type = "m5.large"}})
                           .spot_instance_requests.at(0)
                           .spot_instance_request_id;
  for (const auto& [id, type] : Pairs{{*address, "elastic-ip"},
                                      {*group, "placement-group"},
                                      {*gateway->nat_gateway_id, "natgateway"},
                                      {*request, "spot-instances-request"}}) {
    INFO(id);
    tag(world.as(tests::kAccount), id, {{"a", "b"}});
    CHECK(described(world, "resource-type", {type}) == Lines{id + " a=b"});
    const std::string error =
        world.as(tests::kOtherAccount).error_of(ec2::CreateTagsRequest{.resources = {id}, .tags = tags({{"a", "b"}})});
    CHECK_THAT(error, Catch::EndsWith("NotFound") || Catch::EndsWith(".Unknown"));
    world.as(tests::kAccount).call(ec2::DeleteTagsRequest{.resources = {id}});
    CHECK(tags_of(world, id).empty());
  }
}

TEST_CASE("The default network can be tagged before anybody looked at it", "[tags][CreateTags]") {
  World world, other;
  const auto vpc = other.call(ec2::DescribeAccountAttributesRequest{.attribute_names = {"default-vpc"}})
                       .account_attributes.at(0)
                       .attribute_values.at(0)
                       .attribute_value;
  tag(world, *vpc, {{"Name", "home"}});
  CHECK(described(world) == Lines{*vpc + " Name=home"});
}

TEST_CASE("Images and snapshots of others can be tagged by those who may use them", "[tags][CreateTags]") {
  World world;
  const std::string shared_image = "ami-00000000000000001", shared_snapshot = "snap-00000000000000001";
  world.as(tests::kOtherAccount)
      .make_call()
      .images()
      .insert({.image = {.image_id = shared_image, .owner_id = std::string(tests::kOtherAccount)},
               .launch_permissions = {{.user_id = kAccount}}});
  world.make_call().snapshots().insert(
      {.snapshot = {.snapshot_id = shared_snapshot, .owner_id = std::string(tests::kOtherAccount)},
       .create_volume_permissions = {{.group = "all"}}});
  world.as(tests::kAccount);
  const std::string public_image = *world.catalogue().images("us-east-1").front().image_id;
  const std::string public_snapshot = *world.catalogue().snapshots("us-east-1").front().snapshot_id;
  for (const std::string& id : {shared_image, shared_snapshot, public_image, public_snapshot}) {
    INFO(id);
    tag(world, id, {{"mine", "yes"}});
    CHECK(tags_of(world, id) == Pairs{{"mine", "yes"}});
  }
  CHECK(described(world).size() == 4);
  CHECK(described(world.as(tests::kOtherAccount)).empty());
  CHECK(described(world.as(tests::kAccount).in("eu-west-1")).empty());
}

TEST_CASE("CreateTags refuses what EC2 refuses and then changes nothing", "[tags][CreateTags]") {
  World world;
  insert_volume(world);
  const std::string long_key(128, 'k'), long_value(256, 'v');
  std::vector<ec2::Tag> too_many;
  for (int i = 0; i < 51; ++i) too_many.push_back({.key = "k" + std::to_string(i), .value = ""});
  struct Row {
    std::string id;
    std::vector<ec2::Tag> tags;
    std::string code;
  };
  const Row rows[] = {
      {"xyz-0123456789abcdef0", tags({{"a", ""}}), "InvalidID"},
      {"nonsense", tags({{"a", ""}}), "InvalidID"},
      {"", tags({{"a", ""}}), "InvalidID"},
      {"arn:aws:ec2:us-east-1:111111111111:volume/" + kVolume, tags({{"a", ""}}), "InvalidID"},
      {"i-012", tags({{"a", ""}}), "InvalidInstanceID.Malformed"},
      {"vol-", tags({{"a", ""}}), "InvalidVolumeID.Malformed"},
      {"i-0123456789abcdef1", tags({{"a", ""}}), "InvalidInstanceID.NotFound"},
      {"ami-0123456789abcdef1", tags({{"a", ""}}), "InvalidAMIID.NotFound"},
      {"snap-0123456789abcdef1", tags({{"a", ""}}), "InvalidSnapshot.NotFound"},
      {"subnet-0123456789abcdef1", tags({{"a", ""}}), "InvalidSubnetID.NotFound"},
      {kVolume, {{.key = "a"}}, "InvalidParameterValue"},
      {kVolume, {{.value = "a"}}, "InvalidParameterValue"},
      {kVolume, tags({{"", "a"}}), "InvalidParameterValue"},
      {kVolume, tags({{"aws:name", "a"}}), "InvalidParameterValue"},
      {kVolume, tags({{"AWS:name", "a"}}), "InvalidParameterValue"},
      {kVolume, tags({{"a", "1"}, {"a", "2"}}), "InvalidParameterValue"},
      {kVolume, tags({{long_key + "k", "a"}}), "InvalidParameterValue"},
      {kVolume, tags({{"a", long_value + "v"}}), "InvalidParameterValue"},
      {kVolume, too_many, "TagLimitExceeded"},
  };
  for (const Row& row : rows) {
    INFO(row.id << ' ' << (row.tags.front().key ? row.tags.front().key->substr(0, 9) : "no key"));
    CHECK(world.error_of(ec2::CreateTagsRequest{.resources = {kVolume, row.id}, .tags = row.tags}) == row.code);
    CHECK(tags_of(world, kVolume).empty());
  }
  tag(world, kVolume, {{long_key, long_value}});
  CHECK(tags_of(world, kVolume).size() == 1);
}

TEST_CASE("CreateTags takes at most 1,000 resources", "[tags][CreateTags]") {
  World world;
  ec2::CreateTagsRequest request{.tags = tags({{"a", "b"}})};
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(10000000 + i);
    insert_volume(world, "vol-" + number);
    request.resources.push_back("vol-" + number);
  }
  world.call(request);
  CHECK(described(world).size() == 1000);
  request.resources.push_back(kVolume);
  CHECK(world.error_of(request) == "InvalidParameterValue");
}

TEST_CASE("A resource has at most 50 tags, Amazon's own not counted", "[tags][CreateTags]") {
  World world;
  insert_volume(world);
  world.make_call().tags().set(kVolume, "volume", "aws:made-by", "somebody");
  Pairs fifty;
  for (int i = 0; i < 50; ++i) fifty.emplace_back("k" + std::to_string(i), "v");
  tag(world, kVolume, fifty);
  CHECK(tags_of(world, kVolume).size() == 51);
  CHECK(world.error_of(ec2::CreateTagsRequest{.resources = {kVolume}, .tags = tags({{"k50", "v"}})}) ==
        "TagLimitExceeded");
  tag(world, kVolume, {{"k49", "overwritten"}});
  CHECK(tags_of(world, kVolume).size() == 51);
}

TEST_CASE("An instance that shows its tags in its metadata takes only keys that fit a path", "[tags][CreateTags]") {
  World world;
  state::Instance instance{.instance = {.instance_id = kInstance}, .reservation_id = "r-1", .owner_id = kAccount};
  instance.instance.metadata_options.emplace().instance_metadata_tags = "enabled";
  world.make_call().instances().insert(instance);
  const ec2::CreateTagsRequest request{.resources = {kInstance}, .tags = tags({{"a/b", ""}})};
  CHECK(world.error_of(request) == "InvalidParameterValue");
  instance.instance.metadata_options->instance_metadata_tags = "disabled";
  world.make_call().instances().update(instance);
  CHECK(world.error_of(request).empty());
}

TEST_CASE("DeleteTags deletes what its keys and values say", "[tags][DeleteTags]") {
  World world;
  insert_volume(world);
  insert_instance(world);
  for (const std::string& id : {kVolume, kInstance}) tag(world, id, {{"a", "1"}, {"b", "2"}, {"c", ""}});
  world.make_call().tags().set(kVolume, "volume", "aws:made-by", "somebody");

  SECTION("a key alone deletes the tag whatever its value is") {
    world.call(ec2::DeleteTagsRequest{.resources = {kVolume}, .tags = {{.key = "a"}, {.key = "unknown"}}});
    CHECK(tags_of(world, kVolume) == Pairs{{"aws:made-by", "somebody"}, {"b", "2"}, {"c", ""}});
  }
  SECTION("a key and a value delete only the tag with that value") {
    world.call(ec2::DeleteTagsRequest{.resources = {kVolume}, .tags = tags({{"a", "2"}, {"b", "2"}})});
    CHECK(tags_of(world, kVolume) == Pairs{{"a", "1"}, {"aws:made-by", "somebody"}, {"c", ""}});
  }
  SECTION("an empty value is a value") {
    world.call(ec2::DeleteTagsRequest{.resources = {kVolume}, .tags = tags({{"a", ""}, {"c", ""}})});
    CHECK(tags_of(world, kVolume) == Pairs{{"a", "1"}, {"aws:made-by", "somebody"}, {"b", "2"}});
  }
  SECTION("no tags means all but Amazon's own, on every resource") {
    world.call(ec2::DeleteTagsRequest{.resources = {kVolume, kInstance}});
    CHECK(tags_of(world, kVolume) == Pairs{{"aws:made-by", "somebody"}});
    CHECK(tags_of(world, kInstance).empty());
  }
  SECTION("an error deletes nothing") {
    CHECK(world.error_of(ec2::DeleteTagsRequest{.resources = {kInstance}, .tags = {{.key = "aws:made-by"}}}) ==
          "InvalidParameterValue");
    CHECK(world.error_of(ec2::DeleteTagsRequest{.resources = {kInstance}, .tags = {{.value = "1"}}}) ==
          "InvalidParameterValue");
    CHECK(world.error_of(ec2::DeleteTagsRequest{.resources = {kInstance, "vol-0123456789abcdef1"}}) ==
          "InvalidVolume.NotFound");
    CHECK(world.error_of(ec2::DeleteTagsRequest{.resources = {kInstance, "box-1"}}) == "InvalidID");
    CHECK(tags_of(world, kInstance).size() == 3);
  }
}

TEST_CASE("DescribeTags answers in a stable order and in pages", "[tags][DescribeTags]") {
  World world;
  insert_volume(world);
  insert_instance(world);
  Lines expected;
  for (int i = 0; i < 12; ++i) {
    const std::string id = i % 2 == 0 ? kVolume : kInstance, key = "k" + std::to_string(i);
    tag(world, id, {{key, "v"}});
    expected.push_back(id + ' ' + key + "=v");
  }
  CHECK(described(world) == expected);
  CHECK(described(world, {.max_results = 5}) == expected);

  const auto first = world.call(ec2::DescribeTagsRequest{.max_results = 5});
  REQUIRE(first.tags.size() == 5);
  world.call(ec2::DeleteTagsRequest{.resources = {kVolume}, .tags = {{.key = "k0"}}});
  tag(world, kInstance, {{"k5", "new"}});
  const auto second = world.call(ec2::DescribeTagsRequest{.max_results = 5, .next_token = first.next_token});
  CHECK(second.tags.at(0).key == "k5");
  CHECK(second.tags.at(0).value == "new");
  for (const int size : {4, 1001})
    CHECK(world.error_of(ec2::DescribeTagsRequest{.max_results = size}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeTagsRequest{.next_token = "?"}) == "InvalidNextToken");
}

TEST_CASE("DescribeTags knows all documented filters", "[tags][DescribeTags]") {
  World world;
  insert_volume(world);
  insert_instance(world);
  tag(world, kVolume, {{"Owner", "TeamA"}, {"odd*key", "x"}});
  tag(world, kInstance, {{"Owner", "TeamB"}, {"oddkey", "x"}});
  const std::string owner_a = kVolume + " Owner=TeamA", owner_b = kInstance + " Owner=TeamB";
  for (const std::string_view name : ec2::service().find("DescribeTags")->filters) {
    INFO(name);
    CHECK(described(world, name == "tag" ? "tag:x" : std::string(name), {"nothing"}).empty());
  }
  CHECK(described(world, "key", {"Own*"}) == Lines{owner_a, owner_b});
  CHECK(described(world, "value", {"TeamA", "none"}) == Lines{owner_a});
  CHECK(described(world, "resource-type", {"inst*"}).size() == 2);
  CHECK(described(world, "resource-id", {kVolume}).size() == 2);
  CHECK(described(world, "resource-id", {"i-*", kVolume}).size() == 4);
  CHECK(described(world, "tag:Owner", {"Team?"}) == Lines{owner_a, owner_b});
  CHECK(described(world, "tag:Owner", {"TeamB"}) == Lines{owner_b});
  CHECK(described(world, "tag:odd*key", {"x"}) == Lines{kVolume + " odd*key=x"});
  CHECK(described(world, {.filters = {{.name = "resource-id", .values = {kVolume}},
                                      {.name = "resource-id", .values = {kInstance}}}})
            .empty());
  for (const std::string name : {"tag-key", "tags", "Key"})
    CHECK(world.error_of(ec2::DescribeTagsRequest{.filters = {{.name = name, .values = {"x"}}}}) ==
          "InvalidParameterValue");
}
