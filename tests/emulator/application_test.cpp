#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>

#include <regex>

using namespace amity::tests;
using amity::emulator::HttpResponse;
using amity::emulator::LogFormat;
using amity::emulator::LogLevel;

TEST_CASE("Every answer tells the emulated time", "[application]") {
  ApplicationWorld world;
  CHECK(header(world.ec2("DescribeKeyPairs"), "Date") == "Fri, 02 Jan 2026 03:04:05 GMT");
  world.post("/_amity/clock", R"({"advance":"30d"})");
  CHECK(header(world.ec2("DescribeKeyPairs"), "Date") == "Sun, 01 Feb 2026 03:04:05 GMT");
  CHECK(header(world.get("/_amity/health"), "Date") == "Sun, 01 Feb 2026 03:04:05 GMT");
  CHECK(header(world.application().refuse(408, "too slow"), "Date") == "Sun, 01 Feb 2026 03:04:05 GMT");
}

TEST_CASE("Every API answer has one request id", "[application]") {
  ApplicationWorld world;
  for (const HttpResponse& response : {world.ec2("DescribeKeyPairs"), world.ec2("NoSuchAction"),
                                       world.application().refuse(400, "bad request line")}) {
    CHECK(std::regex_match(header(response, "x-amzn-RequestId"),
                           std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
    const auto count = std::count_if(response.headers.begin(), response.headers.end(),
                                     [](const auto& entry) { return entry.first == "x-amzn-RequestId"; });
    CHECK(count == 1);
  }
}

TEST_CASE("What the server refuses is answered in the words of the EC2 API", "[application]") {
  ApplicationWorld world;
  const HttpResponse response = world.application().refuse(413, "The body is longer than 5 bytes <really>");
  CHECK(response.status == 413);
  CHECK(response.content_type == "text/xml;charset=UTF-8");
  CHECK(contains(response.body, "<Code>RequestEntityTooLarge</Code>"));
  CHECK(contains(response.body, "<Message>The body is longer than 5 bytes &lt;really&gt;</Message>"));
  CHECK(contains(world.log_text.str(), "warning refused 413: The body is longer"));
}

TEST_CASE("What Amity got wrong goes to the log, not to the client", "[application]") {
  ApplicationWorld world;
  const HttpResponse response = world.application().refuse(500, "secret of the house");
  CHECK(response.status == 500);
  CHECK(contains(response.body, "<Code>InternalError</Code>"));
  CHECK_FALSE(contains(response.body, "secret"));
  CHECK(contains(world.log_text.str(), "error secret of the house"));
}

TEST_CASE("Foreign web pages and hosts reach neither the API nor the administration", "[application]") {
  ApplicationWorld world;
  for (const std::string_view target : {"/", "/_amity/reset", "/_amity/clock", "/metrics"}) {
    INFO(target);
    CHECK(world.send("POST", target, "{}", {{"Origin", "https://evil.example"}}).status == 403);
  }
  ApplicationWorld lenient({}, {}, {.allowed_hosts = {}, .allowed_origins = {"https://good.example"}});
  const HttpResponse response = lenient.send("GET", "/_amity/health", {}, {{"Origin", "https://good.example"}});
  CHECK(response.status == 200);
  CHECK(header(response, "Access-Control-Allow-Origin") == "https://good.example");
}

TEST_CASE("A call is one line of the log", "[application][log]") {
  ApplicationWorld world;
  const HttpResponse good = world.ec2("DescribeKeyPairs", {}, "222222222222", "eu-west-1");
  const HttpResponse bad = world.ec2("DescribeKeyPairs", "&Surplus=1");
  const std::regex expected(
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z info 222222222222 eu-west-1 ec2:DescribeKeyPairs 200 - "
      "\\d+us " +
      header(good, "x-amzn-RequestId") +
      "\n"
      "\\S+Z info 111111111111 us-east-1 ec2:DescribeKeyPairs 400 UnknownParameter \\d+us " +
      header(bad, "x-amzn-RequestId") + "\n");
  INFO(world.log_text.str());
  CHECK(std::regex_match(world.log_text.str(), expected));
}

TEST_CASE("A log in JSON has the same in members", "[application][log]") {
  ApplicationWorld world({}, {.format = LogFormat::Json, .level = LogLevel::Debug});
  const HttpResponse bad = world.ec2("DescribeKeyPairs", "&Surplus=1");
  CHECK(
      contains(world.log_text.str(), R"("level":"info","account":"111111111111","region":"us-east-1","service":"ec2",)"
                                     R"("operation":"DescribeKeyPairs","error":"UnknownParameter","request_id":")" +
                                         header(bad, "x-amzn-RequestId") + R"(","status":400,"microseconds":)"));
  world.log_text.str({});
  world.get("/_amity/health?x=secret");
  CHECK(contains(world.log_text.str(), R"("level":"debug","method":"GET","path":"/_amity/health","status":200,)"));
  CHECK_FALSE(contains(world.log_text.str(), "secret"));
}

TEST_CASE("A request cannot forge lines of the log", "[application][log]") {
  ApplicationWorld world({}, {.level = LogLevel::Debug});
  world.ec2("DescribeKeyPairs", {}, "111111111111", "evil\n2026 info forged");
  world.send("GET", "/_amity/\x1b[2J\xff forged");
  world.application().refuse(400, "first\nsecond");
  const std::string text = world.log_text.str();
  INFO(text);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));

  ApplicationWorld json({}, {.format = LogFormat::Json, .level = LogLevel::Debug});
  json.send("GET", "/_amity/\",\"status\":200,\"x\":\"");
  CHECK(contains(json.log_text.str(), R"("path":"/_amity/\",\"status\":200,\"x\":\"","status":404)"));
}

TEST_CASE("What is less than the log's level is not written", "[application][log]") {
  ApplicationWorld world({}, {.level = LogLevel::Error});
  world.ec2("DescribeKeyPairs");
  world.get("/_amity/health");
  world.application().refuse(400, "bad");
  CHECK(world.log_text.str().empty());
}
