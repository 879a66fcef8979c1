// The Recycle Bin through the protocols of its own service and of EC2.
#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

WireAnswer rbin(WireWorld& world, std::string_view method, const std::string& path, std::string_view body = {}) {
  return world.send(method, path,
                    {{"Content-Type", "application/json"},
                     {"Authorization",
                      "AWS4-HMAC-SHA256 Credential=111111111111/20260102/us-east-1/rbin/aws4_request, "
                      "SignedHeaders=host;x-amz-date, Signature=" +
                          std::string(64, '0')}},
                    body);
}

// The text of a member of the answer.
std::string member(const WireAnswer& answer, const std::string& name) {
  const std::string mark = '"' + name + "\":\"";
  const auto start = answer.body.find(mark);
  if (start == std::string::npos) return {};
  const auto begin = start + mark.size();
  return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

}  // namespace

TEST_CASE("A rule keeps a deleted snapshot until it is restored", "[wire][rbin]") {
  WireWorld world;
  const auto made = rbin(world, "POST", "/rules",
                         R"({"ResourceType":"EBS_SNAPSHOT","Description":"keep",
                            "RetentionPeriod":{"RetentionPeriodValue":7,"RetentionPeriodUnit":"DAYS"}})");
  REQUIRE(made.status == 201);
  const std::string id = member(made, "Identifier");
  CHECK(member(made, "Status") == "pending");
  CHECK(member(rbin(world, "GET", "/rules/" + id), "Status") == "available");
  CHECK(member(rbin(world, "POST", "/list-rules", R"({"ResourceType":"EBS_SNAPSHOT"})"), "Description") == "keep");

  const std::string volume = world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}})
                                 .text("CreateVolumeResponse/volumeId");
  const std::string snapshot =
      world.ec2("CreateSnapshot", {{"VolumeId", volume}}).text("CreateSnapshotResponse/snapshotId");
  world.ec2("DescribeSnapshots", {{"SnapshotId.1", snapshot}});
  world.ec2("DeleteSnapshot", {{"SnapshotId", snapshot}});
  CHECK(world.ec2("DescribeSnapshots", {{"SnapshotId.1", snapshot}}).error_code() == "InvalidSnapshot.NotFound");
  const auto bin = world.ec2("ListSnapshotsInRecycleBin");
  CHECK(bin.text("ListSnapshotsInRecycleBinResponse/snapshotSet/item/snapshotId") == snapshot);
  CHECK(bin.text("ListSnapshotsInRecycleBinResponse/snapshotSet/item/recycleBinExitTime") ==
        "2026-01-09T03:04:05.000Z");
  CHECK(world.ec2("RestoreSnapshotFromRecycleBin", {{"SnapshotId", snapshot}})
            .text("RestoreSnapshotFromRecycleBinResponse/status") == "recovering");
  CHECK(world.ec2("DescribeSnapshots", {{"SnapshotId.1", snapshot}})
            .text("DescribeSnapshotsResponse/snapshotSet/item/status") == "completed");

  CHECK(rbin(world, "DELETE", "/rules/" + id).status == 204);
  const auto gone = rbin(world, "GET", "/rules/" + id);
  CHECK(gone.status == 404);
  CHECK(member(gone, "Reason") == "RULE_NOT_FOUND");
  CHECK(rbin(world, "POST", "/rules", R"({"ResourceType":"EBS_SNAPSHOT"})").status == 400);
}

TEST_CASE("A rule for a type that the Recycle Bin does not know is refused", "[wire][rbin]") {
  WireWorld world;
  const auto answer = rbin(world, "POST", "/rules",
                           R"({"ResourceType":"EBS_VOLUMES",
                              "RetentionPeriod":{"RetentionPeriodValue":7,"RetentionPeriodUnit":"DAYS"}})");
  CHECK(answer.status == 400);
  CHECK(answer.body.find("ResourceType") != std::string::npos);
}
