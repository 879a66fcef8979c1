// Where a request goes and who sends it: service, region, account, out of the signature's credential scope, the host
// name and the defaults.
#pragma once

#include "emulator/http.hpp"
#include "emulator/query_parameters.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

struct Defaults {
  std::string account = "000000000000";
  std::string region = "us-east-1";
};

struct Destination {
  std::string service;  // signing name; empty when only the operation can tell
  std::string region;
  std::string account;
  std::string access_key_id;  // empty when unsigned
};

// Throws handlers::ApiError (IncompleteSignature) when the request is signed in a way that cannot be read. This is the
// one place where signatures will be verified; until then a claim is believed.
Destination destination_of(const HttpRequest& request, const QueryParameters& parameters, const Defaults& defaults);

// What a host name says: "ec2.eu-west-1.amazonaws.com" -> ec2, eu-west-1; "sts.amazonaws.com" -> sts. Empty parts where
// it says nothing.
struct HostClaims {
  std::string service;
  std::string region;
};
HostClaims read_host(std::string_view host);

}  // namespace amity::emulator
