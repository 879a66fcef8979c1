// Reads a query-protocol request into the operation's request structure, checking all that the API model says.
#pragma once

#include "emulator/query_parameters.hpp"
#include "model/schema.hpp"

namespace amity::emulator {

enum class QueryDialect {
  Ec2,  // lists are "Name.1", elements have no segment of their own
  Aws,  // lists are "Name.member.1"
};

// Throws handlers::ApiError: MissingParameter, UnknownParameter, InvalidParameterValue. `request` must be empty.
// Parameters that belong to the protocol or the signature (Action, Version, X-Amz-…) are passed over.
void decode_query(const QueryParameters& parameters, QueryDialect dialect, const model::Shape& shape, void* request);

}  // namespace amity::emulator
