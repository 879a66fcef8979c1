// The worked examples of AWS's documents on what snapshots store ("How Amazon EBS snapshots work", "Delete an Amazon
// EBS snapshot", "Copy an Amazon EBS snapshot"), number for number over the wire. All numbers are GiB.
#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>
#include <pugixml.hpp>
#include <rapidjson/document.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace amity::tests;
using amity::emulator::HttpResponse;

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr const char* kOwner = "111111111111";
constexpr const char* kOther = "222222222222";

// The text of the first such element, however deep.
std::string text(const HttpResponse& response, const std::string& name) {
  INFO(response.body);
  CHECK(response.status == 200);
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  return document.select_node(("//" + name).c_str()).node().text().get();
}

// Somebody who works on volumes and snapshots in one region, and sees in the administration what these store.
class Desk {
 public:
  explicit Desk(ApplicationWorld& world, std::string region = "us-east-1", std::string account = kOwner)
      : world_(world), region_(std::move(region)), account_(std::move(account)) {}

  std::string volume(int gib) { return make_volume("&Size=" + std::to_string(gib)); }
  std::string volume_from(const std::string& snapshot, const std::string& more = {}) {
    return make_volume("&SnapshotId=" + snapshot + more);
  }
  void write(const std::string& volume, std::int64_t from, std::int64_t gib) {
    const HttpResponse response = world_.post(
        "/_amity/volumes/" + volume + "/writes?region=" + region_,
        R"({"offset": )" + std::to_string(from * kGiB) + R"(, "length": )" + std::to_string(gib * kGiB) + "}");
    INFO(response.body);
    REQUIRE(response.status == 200);
  }
  std::string snapshot(const std::string& volume) {
    return text(ec2("CreateSnapshot", "&VolumeId=" + volume), "snapshotId");
  }
  std::string copy(const std::string& snapshot, const std::string& from, const std::string& more = {}) {
    const std::string parameters = "&SourceSnapshotId=" + snapshot + "&SourceRegion=" + from + more;
    return text(ec2("CopySnapshot", parameters), "snapshotId");
  }
  void remove(const std::string& snapshot) { text(ec2("DeleteSnapshot", "&SnapshotId=" + snapshot), "return"); }
  void share(const std::string& snapshot, const std::string& account) {
    text(ec2("ModifySnapshotAttribute",
             "&SnapshotId=" + snapshot + "&Attribute=createVolumePermission&OperationType=add&UserId.1=" + account),
         "return");
  }

  void archive(const std::string& snapshot) {
    text(ec2("ModifySnapshotTier", "&StorageTier=archive&SnapshotId=" + snapshot), "snapshotId");
  }
  // For good.
  void restore(const std::string& snapshot) {
    text(ec2("RestoreSnapshotTier", "&PermanentRestore=true&SnapshotId=" + snapshot), "snapshotId");
  }
  std::string tier(const std::string& snapshot) {
    return text(ec2("DescribeSnapshots", "&SnapshotId.1=" + snapshot), "storageTier");
  }

  // FullSnapshotSizeInBytes.
  std::int64_t full(const std::string& snapshot) {
    return std::stoll(text(ec2("DescribeSnapshots", "&SnapshotId.1=" + snapshot), "fullSnapshotSizeInBytes")) / kGiB;
  }
  std::int64_t stored(const std::string& snapshot) {
    const HttpResponse response = world_.get("/_amity/snapshots/" + snapshot + "?region=" + region_);
    rapidjson::Document document;
    document.Parse(response.body.data(), response.body.size());
    REQUIRE(response.status == 200);
    CHECK(document["full_bytes"].GetInt64() == full(snapshot) * kGiB);
    CHECK(document["stored_bytes"].GetInt64() % kGiB == 0);
    return document["stored_bytes"].GetInt64() / kGiB;
  }
  std::vector<std::int64_t> stored(const std::vector<std::string>& snapshots) {
    std::vector<std::int64_t> sizes;
    for (const std::string& snapshot : snapshots) sizes.push_back(stored(snapshot));
    return sizes;
  }

  HttpResponse ec2(std::string_view action, const std::string& parameters) {
    return world_.ec2(action, parameters, account_, region_);
  }

 private:
  std::string make_volume(const std::string& parameters) {
    return text(ec2("CreateVolume", "&AvailabilityZone=" + region_ + "a" + parameters), "volumeId");
  }

  ApplicationWorld& world_;
  std::string region_;
  std::string account_;
};

using Sizes = std::vector<std::int64_t>;

// Example 1: a volume of 15 GiB with 10 written, then 4 of them changed, then 2 more written.
struct Chain {
  explicit Chain(Desk& desk) : volume(desk.volume(15)) {
    desk.write(volume, 0, 10);
    a = desk.snapshot(volume);
    desk.write(volume, 0, 4);
    b = desk.snapshot(volume);
    desk.write(volume, 10, 2);
    c = desk.snapshot(volume);
  }
  std::string volume, a, b, c;
};

}  // namespace

TEST_CASE("Example 1: snapshots of one volume store what has changed", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const Chain chain(desk);
  CHECK(desk.stored({chain.a, chain.b, chain.c}) == Sizes{10, 4, 2});
  CHECK(desk.full(chain.a) == 10);
  CHECK(desk.full(chain.b) == 10);
  CHECK(desk.full(chain.c) == 12);
}

TEST_CASE("Example 2: a volume made from a snapshot goes on in its lineage", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const std::string first = desk.volume(15);
  desk.write(first, 0, 10);
  const std::string a = desk.snapshot(first);
  SECTION("of the same owner and key") {
    const std::string second = desk.volume_from(a, "&Size=15");
    desk.write(second, 10, 4);
    const std::string b = desk.snapshot(second);
    CHECK(desk.stored({a, b}) == Sizes{10, 4});
    CHECK(desk.full(b) == 14);
  }
  SECTION("but not when it is encrypted now") {
    const std::string b = desk.snapshot(desk.volume_from(a, "&Encrypted=true"));
    CHECK(desk.stored({a, b}) == Sizes{10, 10});
  }
  SECTION("nor in another account") {
    desk.share(a, kOther);
    Desk other(world, "us-east-1", kOther);
    const std::string b = other.snapshot(other.volume_from(a));
    CHECK(other.stored(b) == 10);
    CHECK(desk.stored(a) == 10);
  }
}

TEST_CASE("Example 3: what a deleted snapshot shares goes to the next", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const std::string volume = desk.volume(15);
  desk.write(volume, 0, 10);
  const std::string a = desk.snapshot(volume);
  desk.write(volume, 0, 4);
  const std::string b = desk.snapshot(volume);
  CHECK(desk.stored({a, b}) == Sizes{10, 4});
  desk.remove(a);
  CHECK(desk.stored(b) == 10);
  CHECK(desk.full(b) == 10);
}

TEST_CASE("Example 4: of a snapshot in the middle only what was replaced since vanishes", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const std::string volume = desk.volume(15);
  desk.write(volume, 0, 10);
  const std::string a = desk.snapshot(volume);
  desk.write(volume, 0, 4);
  const std::string b = desk.snapshot(volume);
  desk.write(volume, 0, 1);  // of B's four blocks, one is replaced
  const std::string c = desk.snapshot(volume);
  CHECK(desk.stored({a, b, c}) == Sizes{10, 4, 1});
  desk.remove(b);
  CHECK(desk.stored({a, c}) == Sizes{10, 4});
  CHECK(desk.full(c) == 10);
}

TEST_CASE("Example 5: what an archived snapshot shared is paid in both tiers", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const std::string volume = desk.volume(15);
  desk.write(volume, 0, 10);
  const std::string a = desk.snapshot(volume);
  desk.write(volume, 0, 4);
  const std::string b = desk.snapshot(volume);
  desk.write(volume, 10, 4);
  const std::string c = desk.snapshot(volume);
  CHECK(desk.stored({a, b, c}) == Sizes{10, 4, 4});
  SECTION("by the next one in the middle of a chain") {
    desk.archive(b);
    CHECK(desk.tier(b) == "archive");
    CHECK(desk.full(b) == 10);  // what it takes there
    CHECK(desk.stored({a, b, c}) == Sizes{10, 0, 8});
    SECTION("and comes back in full") {
      desk.restore(b);
      CHECK(desk.tier(b) == "standard");
      CHECK(desk.stored({a, b, c}) == Sizes{10, 10, 8});
    }
    SECTION("and its end gives nothing back") {
      desk.remove(b);
      CHECK(desk.stored({a, c}) == Sizes{10, 8});
    }
  }
  SECTION("Example 6: by nobody at its end") {
    desk.archive(c);
    CHECK(desk.full(c) == 14);
    CHECK(desk.stored({a, b, c}) == Sizes{10, 4, 0});
  }
}

TEST_CASE("Example 7: a hundred and then five more", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  const std::string volume = desk.volume(200);
  desk.write(volume, 0, 100);
  const std::string first = desk.snapshot(volume);
  desk.write(volume, 100, 5);
  const std::string second = desk.snapshot(volume);
  CHECK(desk.stored({first, second}) == Sizes{100, 5});
  CHECK(desk.full(second) == 105);
  desk.archive(second);
  CHECK(desk.full(second) == 105);  // what the archive takes
  CHECK(desk.stored({first, second}) == Sizes{100, 0});
}

TEST_CASE("Copies store what AWS says that they store", "[billing][snapshots]") {
  ApplicationWorld world;
  Desk desk(world);
  Desk there(world, "eu-west-1");
  const Chain chain(desk);
  SECTION("nothing beside their source") {
    const std::string copy = desk.copy(chain.b, "us-east-1");
    CHECK(desk.stored({chain.a, chain.b, chain.c, copy}) == Sizes{10, 4, 2, 0});
    desk.remove(chain.b);
    CHECK(desk.stored({chain.a, chain.c, copy}) == Sizes{10, 6, 0});
    desk.remove(chain.c);
    CHECK(desk.stored({chain.a, copy}) == Sizes{10, 4});
  }
  SECTION("everything under another key, each time") {
    const std::string first = desk.copy(chain.a, "us-east-1", "&Encrypted=true");
    const std::string second = desk.copy(chain.b, "us-east-1", "&Encrypted=true");
    CHECK(desk.stored({first, second}) == Sizes{10, 10});
  }
  SECTION("everything for the first time in a region, and then what has changed") {
    const std::string a = there.copy(chain.a, "us-east-1");
    const std::string b = there.copy(chain.b, "us-east-1");
    const std::string c = there.copy(chain.c, "us-east-1");
    CHECK(there.stored({a, b, c}) == Sizes{10, 4, 2});
    there.remove(c);
    const std::string again = there.copy(chain.c, "us-east-1");
    CHECK(there.stored({a, b, again}) == Sizes{10, 4, 12});
  }
  SECTION("everything for the first time in an account") {
    desk.share(chain.a, kOther);
    desk.share(chain.b, kOther);
    Desk other(world, "us-east-1", kOther);
    const std::string a = other.copy(chain.a, "us-east-1");
    const std::string b = other.copy(chain.b, "us-east-1");
    CHECK(other.stored({a, b}) == Sizes{10, 4});
  }
}

TEST_CASE("Snapshots that are dumped and loaded go on sharing their blocks", "[billing][fixtures]") {
  ApplicationWorld world;
  Desk desk(world);
  Desk there(world, "eu-west-1");
  const Chain chain(desk);
  const std::string copy = there.copy(chain.a, "us-east-1");
  const std::string dump = world.get("/_amity/fixtures").body;

  ApplicationWorld second;
  REQUIRE(second.post("/_amity/fixtures", dump).status == 200);
  CHECK(second.get("/_amity/fixtures").body == dump);
  Desk here(second);
  Desk far(second, "eu-west-1");
  CHECK(here.stored({chain.a, chain.b, chain.c}) == Sizes{10, 4, 2});
  CHECK(far.stored(far.copy(chain.b, "us-east-1")) == 4);
  here.remove(chain.a);
  CHECK(here.stored(chain.b) == 10);
  here.write(chain.volume, 12, 1);
  CHECK(here.stored(here.snapshot(chain.volume)) == 1);

  SECTION("also over what is there") {
    REQUIRE(second.post("/_amity/fixtures", dump).status == 200);
    CHECK(here.stored({chain.a, chain.b, chain.c}) == Sizes{10, 4, 2});
    CHECK(far.stored(copy) == 10);
  }
}

TEST_CASE("Block maps that make no sense are refused", "[billing][fixtures]") {
  ApplicationWorld world;
  const std::string layer = R"({"Layer":1,"Lineage":1,"Account":"111111111111","Region":"us-east-1","Data":[0,1]})";
  const auto load = [&](const std::string& layers, const std::string& maps) {
    return world.post("/_amity/fixtures", R"({"BlockLayers":[)" + layers + R"(],"BlockMaps":[)" + maps + "]}").status;
  };
  CHECK(load(layer, R"({"Id":"vol-0123456789abcdef0","Region":"us-east-1","Layer":1})") == 200);
  CHECK(load(layer, R"({"Id":"vol-0123456789abcdef0","Region":"us-east-1","Layer":2})") == 400);
  CHECK(load(layer, R"({"Id":"vol-0123456789abcdef0","Region":"nowhere-1","Layer":1})") == 400);
  CHECK(load(layer + "," + layer, "") == 400);
  for (const char* wrong :
       {R"("Data":[0])", R"("Data":[0,0])", R"("Data":[-1,2])", R"("Data":[0,2,1,2])", R"("Parent":7)",
        R"("Contents":[{"Block":0,"Bytes":"AAAA"}])", R"("Lineage":1,"Account":"222222222222")"}) {
    INFO(wrong);
    std::string other = R"({"Layer":2,"Lineage":2,"Account":"111111111111","Region":"us-east-1",)" + std::string(wrong);
    if (std::string_view(wrong).starts_with("\"Lineage"))
      other = R"({"Layer":2,"Region":"us-east-1",)" + std::string(wrong);
    CHECK(load(layer + "," + other + "}", "") == 400);
  }
}
