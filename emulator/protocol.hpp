// The wire protocols: how a request becomes the operation's request structure, and a result or an error becomes an
// answer.
#pragma once

#include "emulator/http.hpp"
#include "emulator/query_parameters.hpp"
#include "handlers/api_error.hpp"
#include "model/schema.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// A request whose service, operation and version are known.
struct ApiRequest {
  const model::Service* service = nullptr;
  std::string operation;
  std::string version;  // that the request asked for; answers are in its namespace
  std::string request_id;
  const QueryParameters* parameters = nullptr;
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  // Throws handlers::ApiError for what the API model does not allow.
  virtual void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const = 0;
  // `shape` is nullptr when the operation answers nothing.
  virtual HttpResponse encode(const ApiRequest& request, const model::Operation& operation, const model::Shape* shape,
                              const void* structure) const = 0;
  virtual HttpResponse encode_error(const ApiRequest& request, const handlers::ApiError& error) const = 0;
};

// The protocol that a model names: "ec2" or "query".
const Protocol& protocol_named(std::string_view name);

}  // namespace amity::emulator
