// The wire protocols: how a request becomes the operation's request structure, and a result or an error becomes an
// answer.
#pragma once

#include "emulator/http.hpp"
#include "emulator/query_parameters.hpp"
#include "handlers/api_error.hpp"
#include "model/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace amity::emulator {

// One request on its way: what is known of it grows as it goes.
struct ApiRequest {
  const HttpRequest* http = nullptr;
  const QueryParameters* parameters = nullptr;  // of the query string and of a form
  const model::Service* service = nullptr;
  std::string request_id;
  std::string version;                            // that the request asked for; answers are in its namespace
  const model::Operation* operation = nullptr;    // set by Protocol::identify
  std::vector<QueryParameter> path_parameters{};  // REST: "snapshotId" -> "snap-…"
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  // Sets the operation and the version. Throws handlers::ApiError when the request names none that the service has.
  virtual void identify(ApiRequest& request) const = 0;
  // Throws handlers::ApiError for what the API model does not allow.
  virtual void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const = 0;
  // `shape` is nullptr when the operation answers nothing.
  virtual HttpResponse encode(const ApiRequest& request, const model::Shape* shape, const void* structure) const = 0;
  virtual HttpResponse encode_error(const ApiRequest& request, const handlers::ApiError& error) const = 0;
};

// The protocols, by the names that the models give them.
const Protocol& ec2_query_protocol();  // "ec2"
const Protocol& aws_query_protocol();  // "query"
const Protocol& json_protocol();       // "json"
const Protocol& rest_json_protocol();  // "rest-json"

const Protocol& protocol_of(const model::Service& service);

}  // namespace amity::emulator
