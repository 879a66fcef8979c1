#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;

namespace {

const Parameters kForm = {{"Host", "localhost:4566"}, {"Content-Type", "application/x-www-form-urlencoded"}};

Parameters with(Parameters headers, std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
  return headers;
}

std::string credential(std::string_view key, std::string_view region, std::string_view service) {
  return "AWS4-HMAC-SHA256 Credential=" + std::string(key) + "/20260102/" + std::string(region) + "/" +
         std::string(service) + "/aws4_request, SignedHeaders=host, Signature=00";
}

}  // namespace

TEST_CASE("GetCallerIdentity answers in the query protocol of STS", "[gateway][sts]") {
  WireWorld world;
  const auto headers = with(kForm, "Authorization", credential("333333333333", "eu-west-1", "sts"));
  const auto answer = world.send("POST", "/", headers, "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "text/xml;charset=UTF-8");
  CHECK(answer.text("GetCallerIdentityResponse/GetCallerIdentityResult/Account") == "333333333333");
  CHECK(answer.text("GetCallerIdentityResponse/GetCallerIdentityResult/Arn") == "arn:aws:iam::333333333333:root");
  CHECK(answer.text("GetCallerIdentityResponse/ResponseMetadata/RequestId") == answer.request_id);
  CHECK(answer.body.find("xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"") != std::string::npos);
  CHECK(world.record().region == "eu-west-1");

  const auto in_china = with(kForm, "Authorization", credential("333333333333", "cn-north-1", "sts"));
  CHECK(world.send("POST", "/", in_china, "Action=GetCallerIdentity&Version=2011-06-15")
            .text("GetCallerIdentityResponse/GetCallerIdentityResult/Arn") == "arn:aws-cn:iam::333333333333:root");
}

TEST_CASE("The account is a twelve-digit access key, else the default", "[gateway]") {
  WireWorld world;
  const auto account = [&](std::string_view authorization) {
    world.send("POST", "/", with(kForm, "Authorization", std::string(authorization)),
               "Action=GetCallerIdentity&Version=2011-06-15");
    return world.record().account;
  };
  CHECK(account(credential("123456789012", "us-east-1", "sts")) == "123456789012");
  CHECK(account(credential("AKIAIOSFODNN7EXAMPLE", "us-east-1", "sts")) == "000000000000");
  CHECK(account(credential("12345678901", "us-east-1", "sts")) == "000000000000");
}

TEST_CASE("The region comes from the credential scope, else the host name, else the default", "[gateway]") {
  WireWorld world;
  const std::string body = "Action=GetCallerIdentity&Version=2011-06-15";
  world.send("POST", "/",
             with({{"Host", "ec2.eu-north-1.amazonaws.com"}}, "Authorization", credential("k", "ap-south-1", "sts")),
             body);
  CHECK(world.record().region == "ap-south-1");
  world.send("POST", "/", {{"Host", "sts.eu-north-1.amazonaws.com"}}, body);
  CHECK(world.record().region == "eu-north-1");
  world.send("POST", "/", {{"Host", "localhost"}}, body);
  CHECK(world.record().region == "us-east-1");
}

TEST_CASE("Presigned and version 2 requests are understood", "[gateway]") {
  WireWorld world;
  const auto presigned = world.send(
      "GET",
      "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=444444444444%"
      "2F20260102%2Fus-west-2%2Fsts%2F"
      "aws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00",
      {{"Host", "localhost"}}, "");
  CHECK(presigned.status == 200);
  CHECK(world.record().account == "444444444444");
  CHECK(world.record().region == "us-west-2");

  const auto version2 = world.send(
      "GET",
      "/?Action=GetCallerIdentity&Version=2011-06-15&AWSAccessKeyId=555555555555&SignatureVersion=2&SignatureMethod="
      "HmacSHA256&Timestamp=2026-01-02T03%3A04%3A05Z&Signature=x",
      {{"Host", "localhost"}}, "");
  CHECK(version2.status == 200);
  CHECK(world.record().account == "555555555555");
}

TEST_CASE("What no operation is reached for is refused with AWS's code", "[gateway]") {
  WireWorld world;
  struct Case {
    std::string_view body;
    std::string_view code;
    unsigned status;
  };
  for (const Case& bad : {Case{"", "MissingAction", 400}, Case{"Version=2016-11-15", "MissingAction", 400},
                          Case{"Action=DescribeImages", "MissingParameter", 400},
                          Case{"Action=DescribeImages&Version=2016-11-16", "NoSuchVersion", 400},
                          Case{"Action=DescribeUnicorns&Version=2016-11-15", "InvalidAction", 400},
                          Case{"Action=describeimages&Version=2016-11-15", "InvalidAction", 400},
                          Case{"Action=AcceptAddressTransfer&Version=2016-11-15", "UnsupportedOperation", 501},
                          Case{"Action=%zz&Version=2016-11-15", "MalformedQueryString", 400},
                          Case{"Action=%ff&Version=2016-11-15", "MalformedQueryString", 400},
                          Case{"Action=AssumeUnicorn&Version=2011-06-15", "InvalidAction", 400}}) {
    INFO(bad.body);
    const auto answer = world.send("POST", "/", kForm, bad.body);
    CHECK(answer.status == bad.status);
    CHECK(answer.error_code() == bad.code);
    CHECK(world.record().error_code == bad.code);
  }
  const auto malformed = world.send("POST", "/", with(kForm, "Authorization", "AWS4-HMAC-SHA256 Credential=nonsense"),
                                    "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(malformed.error_code() == "IncompleteSignature");
  const auto nowhere = world.send("POST", "/", with(kForm, "Authorization", credential("k", "moon-1", "sts")),
                                  "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(nowhere.error_code() == "AuthFailure");
  CHECK(nowhere.status == 401);
}

TEST_CASE("An EC2 error has no namespace and holds exactly code and message", "[gateway]") {
  WireWorld world;
  const auto answer = world.ec2("NoSuchThing");
  CHECK(answer.body.find("xmlns") == std::string::npos);
  CHECK(answer.names_in("Response/Errors/Error") == std::vector<std::string>{"Code", "Message"});
  CHECK(answer.text("Response/RequestID") == answer.request_id);
}
