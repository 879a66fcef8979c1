#include "emulator/protocol.hpp"

namespace amity::emulator {

const Protocol& protocol_of(const model::Service& service) {
  if (service.protocol == "query") return aws_query_protocol();
  if (service.protocol == "json") return json_protocol();
  if (service.protocol == "rest-json") return rest_json_protocol();
  return ec2_query_protocol();
}

}  // namespace amity::emulator
