#include "emulator/sigv4.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

namespace emulator = amity::emulator;
using emulator::Header;
using emulator::MalformedSignature;
using emulator::NoSignature;
using emulator::SignatureClaims;
using emulator::SignatureKind;
using emulator::SignatureReading;
using namespace std::string_literals;

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kHeader =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240501/eu-west-1/ec2/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date, Signature=0123456789abcdef";

SignatureReading read_header(std::string_view authorization) {
  const Header headers[] = {{"Host", "127.0.0.1:4566"}, {"Authorization", authorization}};
  return emulator::read_signature(headers, {});
}

Parameters presigned() {
  return {{"Action", "DescribeRegions"},
          {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
          {"X-Amz-Credential", "AKIDEXAMPLE/20240501/eu-west-1/ec2/aws4_request"},
          {"X-Amz-Date", "20240501T123456Z"},
          {"X-Amz-Expires", "60"},
          {"X-Amz-SignedHeaders", "host"},
          {"X-Amz-Signature", "0123456789abcdef"}};
}

Parameters version2() {
  return {{"AWSAccessKeyId", "AKIDEXAMPLE"}, {"Action", "DescribeRegions"},     {"Signature", "c2lnbmF0dXJl"},
          {"SignatureVersion", "2"},         {"SignatureMethod", "HmacSHA256"}, {"Timestamp", "2024-05-01T12:34:56Z"}};
}

Parameters without(Parameters parameters, std::string_view name) {
  std::erase_if(parameters, [name](const auto& parameter) { return parameter.first == name; });
  return parameters;
}

Parameters with(const Parameters& parameters, const std::string& name, const std::string& value) {
  Parameters changed = without(parameters, name);
  changed.emplace_back(name, value);
  return changed;
}

// Everything in one line, so that a failing row shows what was read.
std::string summary(const SignatureReading& reading) {
  if (std::holds_alternative<NoSignature>(reading)) return "none";
  if (const auto* malformed = std::get_if<MalformedSignature>(&reading)) return "malformed: " + malformed->reason;
  const auto& claims = std::get<SignatureClaims>(reading);
  const std::string kind = claims.kind == SignatureKind::Version2   ? "2 "
                           : claims.kind == SignatureKind::Version4 ? "4 "
                                                                    : "4a ";
  return kind + claims.access_key_id + "/" + claims.date + "/" + claims.region + "/" + claims.service +
         (claims.has_security_token ? " with token" : "");
}

}  // namespace

TEST_CASE("A request without a signature makes no claims", "[signature]") {
  CHECK(summary(emulator::read_signature({}, {})) == "none");
  const Header headers[] = {{"Host", "localhost"}, {"X-Amz-Date", "20240501T123456Z"}, {"X-Amz-Security-Token", "t"}};
  const Parameters parameters = {
      {"Action", "DescribeRegions"}, {"Signature", "x"}, {"PresignedUrl", "X-Amz-Signature=y"}};
  CHECK(summary(emulator::read_signature(headers, parameters)) == "none");
}

TEST_CASE("The Authorization header tells who calls, for which region and service", "[signature]") {
  const std::pair<const char*, const char*> rows[] = {
      {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240501/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=abc",
       "4 AKIDEXAMPLE/20240501/eu-west-1/ec2"},
      {"AWS4-HMAC-SHA256 "
       "Credential=111122223333/20240501/us-gov-west-1/sts/aws4_request,SignedHeaders=host,Signature=a",
       "4 111122223333/20240501/us-gov-west-1/sts"},
      {"AWS4-HMAC-SHA256 Signature=abc,SignedHeaders=host,Credential=a.b@c/20240501/us-east-1/ec2/aws4_request",
       "4 a.b@c/20240501/us-east-1/ec2"},
      {"  AWS4-HMAC-SHA256\t Credential = k/20240501/us-east-1/ec2/aws4_request ,, SignedHeaders= host , Signature =a "
       ",",
       "4 k/20240501/us-east-1/ec2"},
      {"AWS4-HMAC-SHA256 Extra=1, Credential=k/20240501/us-east-1/ec2/aws4_request, SignedHeaders=host, "
       "Signature=a=b==",
       "4 k/20240501/us-east-1/ec2"},
  };
  for (const auto& [authorization, expected] : rows) {
    INFO(authorization);
    CHECK(summary(read_header(authorization)) == expected);
  }
}

TEST_CASE("Header names are found in any case, and temporary credentials are noticed", "[signature]") {
  const Header headers[] = {{"authorization", kHeader}, {"x-amz-security-token", "token"}};
  CHECK(summary(emulator::read_signature(headers, {})) == "4 AKIDEXAMPLE/20240501/eu-west-1/ec2 with token");
}

TEST_CASE("A version 4a signature takes its region from the region set", "[signature]") {
  const std::pair<const char*, const char*> rows[] = {
      {"eu-west-1", "eu-west-1"},
      {"*", ""},
      {"us-*, us-west-2 ,eu-west-1", "us-west-2"},
      {"", ""},
      {",,", ""},
      {"../etc", ""},
  };
  for (const auto& [region_set, region] : rows) {
    INFO(region_set);
    const Header headers[] = {{"Authorization",
                               "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20240501/ec2/aws4_request, "
                               "SignedHeaders=host;x-amz-region-set, Signature=3045"},
                              {"X-Amz-Region-Set", region_set}};
    CHECK(summary(emulator::read_signature(headers, {})) == "4a AKIDEXAMPLE/20240501/"s + region + "/ec2");
  }
  auto parameters = with(presigned(), "X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256");
  parameters = with(parameters, "X-Amz-Credential", "AKIDEXAMPLE/20240501/ec2/aws4_request");
  CHECK(summary(emulator::read_signature({}, parameters)) == "4a AKIDEXAMPLE/20240501//ec2");
  parameters = with(parameters, "X-Amz-Region-Set", "eu-west-1");
  CHECK(summary(emulator::read_signature({}, parameters)) == "4a AKIDEXAMPLE/20240501/eu-west-1/ec2");
}

TEST_CASE("A presigned URL makes the same claims", "[signature]") {
  CHECK(summary(emulator::read_signature({}, presigned())) == "4 AKIDEXAMPLE/20240501/eu-west-1/ec2");
  CHECK(summary(emulator::read_signature({}, with(presigned(), "X-Amz-Security-Token", "token"))) ==
        "4 AKIDEXAMPLE/20240501/eu-west-1/ec2 with token");
  CHECK(summary(emulator::read_signature({}, without(presigned(), "X-Amz-Expires"))) ==
        "4 AKIDEXAMPLE/20240501/eu-west-1/ec2");
}

TEST_CASE("A version 2 signature tells who calls and nothing else", "[signature]") {
  CHECK(summary(emulator::read_signature({}, version2())) == "2 AKIDEXAMPLE///");
  CHECK(summary(emulator::read_signature({}, with(version2(), "SecurityToken", "token"))) ==
        "2 AKIDEXAMPLE/// with token");
}

TEST_CASE("The Authorization header comes before parameters", "[signature]") {
  const Header headers[] = {{"Authorization", kHeader}};
  CHECK(summary(emulator::read_signature(headers, version2())) == "4 AKIDEXAMPLE/20240501/eu-west-1/ec2");
}

TEST_CASE("A signature that cannot be read says what is wrong with it", "[signature]") {
  const auto credential = [](const std::string& value) {
    return "AWS4-HMAC-SHA256 Credential=" + value + ", SignedHeaders=host, Signature=abc";
  };
  const std::pair<std::string, std::string> rows[] = {
      {"",
       "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
       "Authorization header requires 'SignedHeaders' parameter."},
      {"AWS4-HMAC-SHA256", "requires 'Credential' parameter. Authorization header requires 'Signature'"},
      {"AWS4-HMAC-SHA256 Credential=k/20240501/us-east-1/ec2/aws4_request, SignedHeaders=host",
       "Authorization header requires 'Signature' parameter."},
      {"AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=abc", "requires 'Credential'"},
      {"AWS4-HMAC-SHA256 Credential=a, Credential=b", "more than one 'Credential'"},
      {"AWS4-HMAC-SHA256 nonsense, SignedHeaders=host",
       "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header."},
      {"AWS4-HMAC-SHA512 Credential=k/20240501/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=abc",
       "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'"},
      {"Basic dXNlcjpwYXNzd29yZA==", "requires 'Credential'"},
      {"Bearer eyJhbGciOiJIUzI1NiJ9", "not a valid key=value pair"},
      {"AWS AKIDEXAMPLE:c2lnbmF0dXJl", "not a valid key=value pair"},
      {credential("k"),
       "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'k'"},
      {credential("a/b/20240501/us-east-1/ec2/aws4_request"), "exactly 5 slash-delimited elements"},
      {credential("k/20240501/ec2/aws4_request"), "exactly 5 slash-delimited elements"},
      {credential("/20240501/us-east-1/ec2/aws4_request"), "invalid access key ID: ''"},
      {credential(std::string(129, 'k') + "/20240501/us-east-1/ec2/aws4_request"), "invalid access key ID"},
      {credential("a b/20240501/us-east-1/ec2/aws4_request"), "invalid access key ID: 'a b'"},
      {credential("k/2024-05-01/us-east-1/ec2/aws4_request"), "invalid date: '2024-05-01'"},
      {credential("k//us-east-1/ec2/aws4_request"), "invalid date: ''"},
      {credential("k/20240501//ec2/aws4_request"), "invalid Region: ''"},
      {credential("k/20240501/..%2f/ec2/aws4_request"), "invalid Region: '..%2f'"},
      {credential("k/20240501/" + std::string(65, 'r') + "/ec2/aws4_request"), "invalid Region"},
      {credential("k/20240501/us-east-1//aws4_request"), "invalid service: ''"},
      {credential("k/20240501/us-east-1/e\xc2\xb2/aws4_request"), "invalid service: 'e\?\?'"},
      {credential("k/20240501/us-east-1/ec2/aws5_request"), "invalid terminator: 'aws5_request'"},
      {"AWS4-ECDSA-P256-SHA256 Credential=k/20240501/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=abc",
       "exactly 4 slash-delimited elements, e.g. keyid/date/service/term"},
  };
  for (const auto& [authorization, reason] : rows) {
    INFO(authorization);
    const auto reading = read_header(authorization);
    REQUIRE(std::holds_alternative<MalformedSignature>(reading));
    CHECK_THAT(std::get<MalformedSignature>(reading).reason, Catch::Contains(reason));
  }
}

TEST_CASE("Parameters that do not make up a signature say what is missing", "[signature]") {
  const auto reason = [](const Parameters& parameters) { return summary(emulator::read_signature({}, parameters)); };
  for (const auto* name :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
    const auto expected = "malformed: AWS query-string parameters must include '"s + name + "'.";
    CHECK(reason(without(presigned(), name)) == expected);
    CHECK(reason(with(presigned(), name, "")) == expected);
  }
  for (const auto* name : {"AWSAccessKeyId", "Signature", "SignatureVersion"}) {
    CHECK(reason(without(version2(), name)) == "malformed: The request must contain the parameter "s + name + ".");
  }
  CHECK(reason(with(version2(), "SignatureVersion", "1")) == "malformed: Unsupported SignatureVersion: '1'");
  CHECK(reason(with(version2(), "AWSAccessKeyId", "a b")) == "malformed: Invalid AWSAccessKeyId: 'a b'");
  CHECK(reason(with(presigned(), "X-Amz-Algorithm", "none")) == "malformed: Unsupported AWS 'algorithm': 'none'");
}

TEST_CASE("A reason quotes no more than the beginning of what was sent", "[signature]") {
  const auto reading = read_header("AWS4-HMAC-SHA256 " + std::string(1'000'000, 'x'));
  REQUIRE(std::holds_alternative<MalformedSignature>(reading));
  CHECK(std::get<MalformedSignature>(reading).reason.size() < 400);
}

TEST_CASE("Any bytes make a reading, and claims are always whole", "[signature]") {
  std::mt19937 random(20240501);
  for (int i = 0; i < 20'000; ++i) {
    std::string header(kHeader);
    for (std::size_t changes = random() % 4 + 1; changes > 0 && !header.empty(); --changes) {
      const std::size_t at = random() % header.size();
      switch (random() % 3) {
        case 0: header[at] = static_cast<char>(static_cast<unsigned char>(random())); break;
        case 1: header.erase(at, random() % 20 + 1); break;
        default: header.insert(at, 1, "/,= \t\0;"[random() % 7]); break;
      }
    }
    INFO(header);
    const auto reading = read_header(header);
    REQUIRE_FALSE(std::holds_alternative<NoSignature>(reading));
    if (const auto* claims = std::get_if<SignatureClaims>(&reading)) {
      REQUIRE_FALSE(claims->access_key_id.empty());
      REQUIRE_FALSE(claims->service.empty());
      REQUIRE(claims->date.size() == 8);
    } else {
      REQUIRE(std::ranges::all_of(std::get<MalformedSignature>(reading).reason,
                                  [](char c) { return c >= ' ' && c <= '~'; }));
    }
  }
}
