// The EBS direct APIs as their clients speak to them: REST, JSON and raw bytes.
#include "handlers/digest.hpp"
#include "model/encoding.hpp"
#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

using namespace amity;
using namespace amity::tests;
using emulator::HttpResponse;

namespace {

using Headers = ApplicationWorld::Headers;

HttpResponse ebs(ApplicationWorld& world, std::string_view method, std::string_view target, std::string_view body = {},
                 Headers headers = {}, std::string_view account = "111111111111") {
  headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + std::string(account) +
                                            "/20260102/us-east-1/ebs/aws4_request, SignedHeaders=host;x-amz-date, "
                                            "Signature=" +
                                            std::string(64, '0'));
  return world.send(method, target, body, headers);
}

rapidjson::Document json(const HttpResponse& response) {
  INFO(response.body);
  CHECK(response.content_type == "application/json");
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

std::string sha256(std::string_view bytes) {
  return model::base64_encode(handlers::digest(handlers::DigestAlgorithm::Sha256, bytes));
}

std::string start(ApplicationWorld& world) {
  const HttpResponse response =
      ebs(world, "POST", "/snapshots", R"({"VolumeSize":1,"Tags":[{"Key":"a","Value":"b"}],"Description":"d"})",
          {{"Content-Type", "application/json"}});
  CHECK(response.status == 201);
  const auto document = json(response);
  CHECK(document["Status"] == "pending");
  CHECK(document["StartTime"].GetDouble() == 1767323045.0);
  CHECK(document["VolumeSize"].GetInt() == 1);
  CHECK(document["BlockSize"].GetInt() == 524288);
  CHECK(document["OwnerId"] == "111111111111");
  CHECK(document["Tags"][0]["Key"] == "a");
  return document["SnapshotId"].GetString();
}

// Bytes that are neither a form nor text.
std::string block() {
  std::string bytes(524288, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 % 251 + (i == 9 ? 0x80 : 0));
  bytes[100] = '%';
  return bytes;
}

HttpResponse put(ApplicationWorld& world, const std::string& id, const std::string& bytes, Headers more = {}) {
  more.insert(
      more.end(),
      {{"x-amz-Data-Length", "524288"}, {"x-amz-Checksum", sha256(bytes)}, {"x-amz-Checksum-Algorithm", "SHA256"}});
  return ebs(world, "PUT", "/snapshots/" + id + "/blocks/7", bytes, std::move(more));
}

void check_error(const HttpResponse& response, unsigned status, std::string_view code, std::string_view reason) {
  CHECK(response.status == status);
  CHECK(header(response, "x-amzn-ErrorType") == code);
  const auto document = json(response);
  CHECK(document["Message"].IsString());
  CHECK(document["Reason"] == std::string(reason).c_str());
}

}  // namespace

TEST_CASE("A disk goes up and comes down again over HTTP", "[ebs]") {
  ApplicationWorld world;
  const std::string id = start(world);
  const std::string bytes = block();
  const HttpResponse stored = put(world, id, bytes, {{"x-amz-Progress", "100"}});
  CHECK(stored.status == 201);
  CHECK(header(stored, "x-amz-Checksum") == sha256(bytes));
  CHECK(header(stored, "x-amz-Checksum-Algorithm") == "SHA256");
  // Whatever a client calls it.
  for (const char* type : {"application/octet-stream", "application/x-www-form-urlencoded"})
    CHECK(put(world, id, bytes, {{"Content-Type", type}}).status == 201);

  const HttpResponse completed =
      ebs(world, "POST", "/snapshots/completion/" + id, {}, {{"x-amz-ChangedBlocksCount", "1"}});
  CHECK(completed.status == 202);
  CHECK(json(completed)["Status"] == "pending");

  const HttpResponse listed = ebs(world, "GET", "/snapshots/" + id + "/blocks?maxResults=100&startingBlockIndex=1");
  CHECK(listed.status == 200);
  const auto list = json(listed);
  CHECK(list["ExpiryTime"].IsNumber());
  CHECK(list["VolumeSize"].GetInt() == 1);
  CHECK_FALSE(list.HasMember("NextToken"));
  REQUIRE(list["Blocks"].Size() == 1);
  CHECK(list["Blocks"][0]["BlockIndex"].GetInt() == 7);
  const std::string token = model::percent_encode(list["Blocks"][0]["BlockToken"].GetString());

  const HttpResponse read = ebs(world, "GET", "/snapshots/" + id + "/blocks/7?blockToken=" + token);
  CHECK(read.status == 200);
  CHECK(read.content_type == "application/octet-stream");
  CHECK(header(read, "x-amz-Data-Length") == "524288");
  CHECK(header(read, "x-amz-Checksum") == sha256(bytes));
  CHECK(header(read, "x-amz-Checksum-Algorithm") == "SHA256");
  CHECK(read.body == bytes);

  const HttpResponse changes = ebs(world, "GET", "/snapshots/" + id + "/changedblocks?firstSnapshotId=" + id);
  CHECK(changes.status == 200);
  CHECK(json(changes)["ChangedBlocks"].Size() == 0);
  CHECK(contains(world.ec2("DescribeSnapshots", "&SnapshotId.1=" + id).body,
                 "<fullSnapshotSizeInBytes>524288</fullSnapshotSizeInBytes>"));
}

TEST_CASE("Errors carry AWS's status, code and reason", "[ebs]") {
  ApplicationWorld world;
  const std::string missing = "snap-0123456789abcdef0";
  check_error(ebs(world, "GET", "/snapshots/" + missing + "/blocks"), 404, "ResourceNotFoundException",
              "SNAPSHOT_NOT_FOUND");
  check_error(ebs(world, "GET", "/snapshots/disk/blocks"), 400, "ValidationException", "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "GET", "/snapshots/" + missing + "/blocks?maxResults=10001"), 400, "ValidationException",
              "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "GET", "/snapshots/" + missing + "/blocks/7"), 400, "ValidationException",
              "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "POST", "/snapshots", "{}"), 400, "ValidationException", "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "POST", "/snapshots", R"({"VolumeSize":70000})"), 400, "ValidationException",
              "INVALID_VOLUME_SIZE");
  check_error(ebs(world, "POST", "/snapshots", R"({"VolumeSize":1,"Timeout":9})"), 400, "ValidationException",
              "INVALID_PARAMETER_VALUE");
  const std::string id = start(world);
  std::string bytes = block();
  check_error(ebs(world, "PUT", "/snapshots/" + id + "/blocks/7", bytes,
                  {{"x-amz-Data-Length", "524288"},
                   {"x-amz-Checksum", sha256("others")},
                   {"x-amz-Checksum-Algorithm", "SHA256"}}),
              400, "ValidationException", "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "PUT", "/snapshots/" + id + "/blocks/7", bytes, {{"x-amz-Data-Length", "524288"}}), 400,
              "ValidationException", "INVALID_PARAMETER_VALUE");
  check_error(ebs(world, "POST", "/snapshots/completion/" + id, {}, {{"x-amz-ChangedBlocksCount", "1"}}), 400,
              "ValidationException", "INVALID_PARAMETER_VALUE");
  const HttpResponse lost = ebs(world, "DELETE", "/snapshots/" + id);
  CHECK(lost.status == 404);
  CHECK(header(lost, "x-amzn-ErrorType") == "UnknownOperationException");
}
