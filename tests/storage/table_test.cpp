#include "storage/table.hpp"

#include "storage/store.hpp"
#include "storage/tables.hpp"
#include "tests/storage/place.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using storage::Query;
using storage::Scope;
using tests::Kind;
using tests::Place;

namespace {

const Scope kMine{"111111111111", "us-east-1"};
const Scope kOthers{"222222222222", "us-east-1"};
const Scope kElsewhere{"111111111111", "eu-west-1"};

struct Fixture {
  Place place{GENERATE(Kind::Memory, Kind::File)};
  storage::Store store{place.path()};

  template <class T>
  storage::Repository<T> of(const Scope& scope = kMine) {
    return {store.database(), scope};
  }
  storage::Repository<state::Volume> volumes(const Scope& scope = kMine) { return of<state::Volume>(scope); }
  storage::Repository<state::Image> images(const Scope& scope = kMine) { return of<state::Image>(scope); }

  std::int64_t rows_in(const std::string& table) {
    auto count = store.database().prepare("SELECT count(*) FROM " + table);
    count.step();
    return count.integer(0);
  }
};

state::Volume volume(const std::string& id, const std::string& state = "available",
                     const std::vector<std::string>& instances = {}) {
  state::Volume volume{.volume = {.volume_id = id, .state = state}};
  for (const std::string& instance : instances) volume.volume.attachments.push_back({.instance_id = instance});
  return volume;
}

state::Image image(const std::string& id, const std::optional<std::string>& name = {},
                   const std::vector<std::string>& shared_with = {}) {
  state::Image image{.image = {.name = name, .image_id = id}};
  for (const std::string& account : shared_with) image.launch_permissions.push_back({.user_id = account});
  return image;
}

using Ids = std::vector<std::string>;

Ids ids(const storage::Repository<state::Volume>& volumes, const Query& query = {}) {
  Ids ids;
  for (const auto& volume : volumes.all(query)) ids.push_back(*volume.volume.volume_id);
  return ids;
}

Ids ids(const storage::Repository<state::Image>& images, const Query& query = {}) {
  Ids ids;
  for (const auto& image : images.all(query)) ids.push_back(*image.image.image_id);
  return ids;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "A resource is its owner's, in its region", "[storage][Repository]") {
  volumes().insert(volume("vol-1", "in-use"));
  volumes(kElsewhere).insert(volume("vol-1"));
  CHECK(volumes().find("vol-1")->volume.state == "in-use");
  CHECK(volumes(kElsewhere).find("vol-1")->volume.state == "available");
  CHECK_FALSE(volumes(kOthers).find("vol-1"));
  CHECK(volumes(kOthers).find_any("vol-1")->volume.state == "in-use");
  CHECK(volumes(kOthers).owner("vol-1") == kMine.account);
  CHECK_FALSE(volumes().find("vol-2"));
  CHECK_FALSE(volumes().find_any("vol-2"));
  CHECK_FALSE(volumes().owner("vol-2"));
  CHECK_FALSE(volumes().find(""));
  CHECK(volumes().scope() == kMine);
}

TEST_CASE_METHOD(Fixture, "An update replaces the document, its columns and its links", "[storage][Repository]") {
  volumes().insert(volume("vol-1", "in-use", {"i-1", "i-2"}));
  volumes().insert(volume("vol-2", "in-use", {"i-1"}));
  volumes().update(volume("vol-1", "available", {"i-3"}));
  CHECK(volumes().find("vol-1")->volume.attachments.size() == 1);
  CHECK(ids(volumes(), Query().where("state", "available")) == Ids{"vol-1"});
  CHECK(ids(volumes(), Query().linked(storage::kVolumeAttachment, "i-1")) == Ids{"vol-2"});
  CHECK(ids(volumes(), Query().linked(storage::kVolumeAttachment, "i-3")) == Ids{"vol-1"});
  CHECK(rows_in("volume_attachment") == 2);
}

TEST_CASE_METHOD(Fixture, "An update by another account leaves the resource with its owner", "[storage][Repository]") {
  volumes().insert(volume("vol-1"));
  volumes(kOthers).update(volume("vol-1", "in-use"));
  CHECK(volumes().find("vol-1")->volume.state == "in-use");
  CHECK(volumes().owner("vol-1") == kMine.account);
}

TEST_CASE_METHOD(Fixture, "What is not there cannot be updated, but may be removed", "[storage][Repository]") {
  CHECK_THROWS_AS(volumes().update(volume("vol-1")), storage::Error);
  volumes(kElsewhere).insert(volume("vol-1"));
  CHECK_THROWS_AS(volumes().update(volume("vol-1")), storage::Error);
  volumes().remove("vol-1");
  CHECK(volumes(kElsewhere).find("vol-1"));
}

TEST_CASE_METHOD(Fixture, "A removed resource takes its links along", "[storage][Repository]") {
  volumes().insert(volume("vol-1", "in-use", {"i-1"}));
  volumes().remove("vol-1");
  CHECK_FALSE(volumes().find("vol-1"));
  CHECK(rows_in("volume_attachment") == 0);
  volumes().insert(volume("vol-1"));
  CHECK(ids(volumes(), Query().linked(storage::kVolumeAttachment, "i-1")).empty());
}

TEST_CASE_METHOD(Fixture, "A link that a document names twice is one", "[storage][Repository]") {
  volumes().insert(volume("vol-1", "in-use", {"i-1", "i-1"}));
  CHECK(rows_in("volume_attachment") == 1);
  CHECK(volumes().find("vol-1")->volume.attachments.size() == 2);
}

TEST_CASE_METHOD(Fixture, "What must be unique is", "[storage][Repository]") {
  volumes().insert(volume("vol-1"));
  CHECK_THROWS_AS(volumes().insert(volume("vol-1")), storage::Error);
  CHECK_THROWS_AS(volumes(kOthers).insert(volume("vol-1")), storage::Error);

  images().insert(image("ami-1", "golden"));
  CHECK_THROWS_AS(images().insert(image("ami-2", "golden")), storage::Error);
  images(kOthers).insert(image("ami-3", "golden"));
  images(kElsewhere).insert(image("ami-4", "golden"));
  images().insert(image("ami-5"));
  images().insert(image("ami-6"));  // absent names do not clash

  of<state::Vpc>().insert({.vpc = {.is_default = true, .vpc_id = "vpc-1"}});
  of<state::Vpc>().insert({.vpc = {.vpc_id = "vpc-2"}});
  CHECK_THROWS_AS(of<state::Vpc>().insert({.vpc = {.is_default = true, .vpc_id = "vpc-3"}}), storage::Error);
  of<state::Vpc>(kOthers).insert({.vpc = {.is_default = true, .vpc_id = "vpc-4"}});
}

TEST_CASE_METHOD(Fixture, "Rows come in order of creation, or the newest first", "[storage][Query]") {
  for (const char* id : {"vol-c", "vol-a", "vol-b"}) volumes().insert(volume(id));
  volumes().update(volume("vol-c", "in-use"));
  CHECK(ids(volumes()) == Ids{"vol-c", "vol-a", "vol-b"});
  CHECK(ids(volumes(), Query().newest_first()) == Ids{"vol-b", "vol-a", "vol-c"});
  CHECK(volumes().find_by(Query().newest_first())->volume.volume_id == "vol-b");
  CHECK_FALSE(volumes().find_by(Query().where("state", "none")));
}

TEST_CASE_METHOD(Fixture, "All conditions of a query must hold", "[storage][Query]") {
  volumes().insert(volume("vol-1", "in-use", {"i-1"}));
  volumes().insert(volume("vol-2", "in-use", {"i-2"}));
  volumes().insert(volume("vol-3", "available"));
  volumes(kOthers).insert(volume("vol-4", "in-use", {"i-1"}));
  volumes(kElsewhere).insert(volume("vol-5", "in-use", {"i-1"}));
  const auto in_use = [] { return Query().where("state", "in-use"); };
  CHECK(ids(volumes(), in_use()) == Ids{"vol-1", "vol-2"});
  CHECK(ids(volumes(), in_use().linked(storage::kVolumeAttachment, "i-1")) == Ids{"vol-1"});
  CHECK(ids(volumes(), in_use().of_any_account().linked(storage::kVolumeAttachment, "i-1")) == Ids{"vol-1", "vol-4"});
  CHECK(ids(volumes(), in_use().where("id", "vol-3")).empty());
  CHECK(volumes().count() == 3);
  CHECK(volumes().count(in_use()) == 2);
  CHECK(volumes().count(in_use().of_any_account()) == 3);
}

TEST_CASE_METHOD(Fixture, "A scan stops when its visitor says so, and goes on behind a row", "[storage][Query]") {
  for (int i = 0; i < 10; ++i) volumes().insert(volume("vol-" + std::to_string(i)));
  Ids pages;
  std::int64_t last = 0;
  for (bool is_more = true; is_more;) {
    is_more = false;
    std::size_t seen = 0;
    volumes().scan(Query().after(last), [&](std::int64_t row, const state::Volume& found) {
      if (seen++ == 3) return is_more = true, false;
      pages.push_back(*found.volume.volume_id);
      last = row;
      return true;
    });
    volumes().remove("vol-0");  // what was shown may go meanwhile
  }
  CHECK(pages == Ids{"vol-0", "vol-1", "vol-2", "vol-3", "vol-4", "vol-5", "vol-6", "vol-7", "vol-8", "vol-9"});
}

TEST_CASE_METHOD(Fixture, "A query finds what is shared with one of the grantees", "[storage][Query]") {
  images().insert(image("ami-1"));
  images(kOthers).insert(image("ami-2"));
  images(kOthers).insert(image("ami-3", {}, {kMine.account, "333333333333"}));
  images(kOthers).insert(image("ami-4", {}, {"arn:aws:organizations::1:ou/\"quoted\\\""}));
  images(kElsewhere).insert(image("ami-5", {}, {kMine.account}));
  const Ids grantees{kMine.account, "all", "arn:aws:organizations::1:ou/\"quoted\\\""};
  CHECK(ids(images(), Query().or_shared(storage::kImageShare, grantees)) == Ids{"ami-1", "ami-3", "ami-4"});
  CHECK(ids(images(), Query().or_shared(storage::kImageShare, {})) == Ids{"ami-1"});
  CHECK(ids(images(), Query().or_shared(storage::kImageShare, grantees).where("id", "ami-3")) == Ids{"ami-3"});
  const Query own_and_shared = Query().or_shared(storage::kImageShare, grantees).linked(storage::kImageShare, "all");
  CHECK(images().count(own_and_shared) == 0);
}

TEST_CASE_METHOD(Fixture, "No text is too odd to be kept and found", "[storage][Query]") {
  const std::string odd[] = {
      "it's", "\"; DROP TABLE image; --", std::string("nul\0inside", 10), "\xf0\x9f\x98\x80 \\u0000", "", "\n\t\x01"};
  for (const std::string& text : odd) {
    INFO(text);
    images().insert(image("ami-" + text, text, {text}));
    const auto found = images().find_by(Query().where("name", text).linked(storage::kImageShare, text));
    REQUIRE(found);
    CHECK(found->image.name == text);
    CHECK(found->launch_permissions.at(0).user_id == text);
    CHECK(images().find("ami-" + text));
  }
}

TEST_CASE_METHOD(Fixture, "A document that cannot be read is an Error", "[storage][Repository]") {
  volumes().insert(volume("vol-1"));
  for (const std::string json : {"", "[]", "{\"Volume\":{\"Size\":\"big\"}}", "{\"Volume\":"}) {
    store.database().prepare("UPDATE volume SET document = ?1").bind(1, json).run();
    CHECK_THROWS_AS(volumes().find("vol-1"), storage::Error);
    CHECK_THROWS_AS(volumes().all(), storage::Error);
  }
}

TEST_CASE_METHOD(Fixture, "Every declared table takes, finds and gives up a resource", "[storage][tables]") {
  const auto check = [&]<class T>(const T& resource, std::string_view id) {
    auto repository = of<T>();
    INFO(storage::table_of<T>().name);
    repository.insert(resource);
    repository.update(resource);
    CHECK(repository.find(id));
    CHECK(repository.count() == 1);
    repository.remove(id);
    CHECK(repository.count() == 0);
  };
  check(state::Image{.image = {.image_id = "x"}}, "x");
  check(state::Snapshot{.snapshot = {.snapshot_id = "x"}}, "x");
  check(state::Volume{.volume = {.volume_id = "x"}}, "x");
  check(state::Instance{.instance = {.instance_id = "x"}, .reservation_id = "r", .owner_id = "1"}, "x");
  check(state::KeyPair{.key_pair = {.key_pair_id = "x"}}, "x");
  check(state::SecurityGroup{.security_group = {.group_id = "x"}}, "x");
  check(state::SecurityGroupRule{.security_group_rule = {.security_group_rule_id = "x"}}, "x");
  check(state::NetworkInterface{.network_interface = {.network_interface_id = "x"}}, "x");
  check(state::Vpc{.vpc = {.vpc_id = "x"}}, "x");
  check(state::Subnet{.subnet = {.subnet_id = "x"}}, "x");
  check(state::InternetGateway{.internet_gateway = {.internet_gateway_id = "x"}}, "x");
  check(state::RouteTable{.route_table = {.route_table_id = "x"}}, "x");
  check(state::NetworkAcl{.network_acl = {.network_acl_id = "x"}}, "x");
  check(state::DhcpOptions{.dhcp_options = {.dhcp_options_id = "x"}}, "x");
}

TEST_CASE_METHOD(Fixture, "Two interfaces of a subnet never have one address", "[storage][tables]") {
  const auto interface = [](const char* id, const char* subnet, const char* address) {
    return state::NetworkInterface{.network_interface = {.network_interface_id = id,
                                                         .private_ip_addresses = {{.private_ip_address = address}},
                                                         .subnet_id = subnet}};
  };
  auto interfaces = of<state::NetworkInterface>();
  interfaces.insert(interface("eni-1", "subnet-1", "172.31.0.4"));
  interfaces.insert(interface("eni-2", "subnet-2", "172.31.0.4"));
  {
    const storage::Transaction transaction(store.database());
    CHECK_THROWS_AS(interfaces.insert(interface("eni-3", "subnet-1", "172.31.0.4")), storage::Error);
  }
  CHECK_FALSE(interfaces.find("eni-3"));
  interfaces.remove("eni-1");
  interfaces.insert(interface("eni-3", "subnet-1", "172.31.0.4"));
}
