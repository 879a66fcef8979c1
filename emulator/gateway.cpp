#include "emulator/gateway.hpp"

#include "emulator/protocol.hpp"
#include "emulator/services.hpp"
#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "model/ec2.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <exception>

namespace amity::emulator {
namespace {

using handlers::ApiError;

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

bool has_form(const HttpRequest& request) {
  const std::string_view type = request.header("content-type");
  const std::string_view media_type = type.substr(0, type.find(';'));
  return media_type.empty() || equals_ignoring_case(media_type, "application/x-www-form-urlencoded");
}

QueryParameters parameters_of(const HttpRequest& request) {
  QueryParameters parameters;
  if (!parameters.parse(query_of(request.target)) || (has_form(request) && !parameters.parse(request.body)))
    throw ApiError("MalformedQueryString",
                   "The query string contains a syntax error: broken escapes or text that is not UTF-8");
  return parameters;
}

const model::Service& service_of(const Destination& destination, const QueryParameters& parameters) {
  if (!destination.service.empty()) {
    const model::Service* service = service_named(destination.service);
    if (!service)
      throw ApiError(
          "UnsupportedOperation",
          fmt::format("Amity does not have the service '{}'. See GET /_amity/operations", destination.service), 501);
    return *service;
  }
  const model::Service* service = service_speaking(parameters.get("Version"), parameters.get("Action"));
  return service ? *service : ec2::service();
}

std::string version_of(const model::Service& service, const QueryParameters& parameters) {
  const std::string* version = parameters.find("Version");
  if (!version || version->empty()) throw handlers::errors::missing_parameter("Version");
  if (!has_version(service, *version))
    throw ApiError("NoSuchVersion",
                   fmt::format("The requested version ({}) of service {} does not exist", *version, service.name));
  return *version;
}

std::string action_of(const QueryParameters& parameters) {
  const std::string* action = parameters.find("Action");
  if (!action || action->empty()) throw ApiError("MissingAction", "The request must contain the parameter Action");
  return *action;
}

const model::Operation& known_operation(const model::Service& service, const std::string& name,
                                        std::string_view version) {
  const model::Operation* operation = service.find(name);
  if (operation) return *operation;
  if (service.protocol == "ec2")
    throw ApiError("InvalidAction", fmt::format("The action {} is not valid for this web service.", name));
  throw ApiError("InvalidAction", fmt::format("Could not find operation {} for version {}", name, version));
}

const handlers::Operation& implemented_operation(const model::Service& service, std::string_view name) {
  const handlers::Operation* operation = handlers::find_operation(service.name, name);
  if (!operation)
    throw ApiError(
        "UnsupportedOperation",
        fmt::format("Amity does not have the operation {} yet. GET /_amity/operations lists what it has", name), 501);
  return *operation;
}

void check_region(const storage::Catalogue& catalogue, const std::string& region) {
  if (!catalogue.region(region))
    throw ApiError("AuthFailure", fmt::format("Credential should be scoped to a valid region, not '{}'.", region), 401);
}

}  // namespace

HttpResponse Gateway::answer(const HttpRequest& request, CallRecord& record) {
  ApiRequest api{.service = &ec2::service(),
                 .operation = {},
                 .version = std::string(ec2::service().version),
                 .request_id = environment_.ids.uuid(),
                 .parameters = nullptr};
  record.request_id = api.request_id;
  const auto failed = [&](const ApiError& error) {
    record.error_code = error.code();
    record.status = error.status();
    return protocol_named(api.service->protocol).encode_error(api, error);
  };
  try {
    const QueryParameters parameters = parameters_of(request);
    api.parameters = &parameters;
    const Destination destination = destination_of(request, parameters, defaults_);
    record.account = destination.account;
    record.region = destination.region;
    api.service = &service_of(destination, parameters);
    api.version = api.service->version;
    record.service = api.service->name;
    api.operation = action_of(parameters);
    api.version = version_of(*api.service, parameters);
    const model::Operation& known = known_operation(*api.service, api.operation, api.version);
    record.operation = known.name;
    const handlers::Operation& operation = implemented_operation(*api.service, known.name);
    check_region(environment_.catalogue, destination.region);

    handlers::Call call(environment_, {destination.account, destination.region},
                        {destination.account, destination.access_key_id}, now_(), api.request_id);
    const Protocol& protocol = protocol_named(api.service->protocol);
    HttpResponse response;
    operation.with_storage([&](void* typed_request, void* result) {
      protocol.decode(api, *operation.request_shape, typed_request);
      handlers::perform(operation, call, typed_request, result);
      response = protocol.encode(api, known, operation.result_shape, result);
    });
    return response;
  } catch (const ApiError& error) {
    return failed(error);
  } catch (const std::exception& error) {
    record.failure = error.what();
    return failed(ApiError("InternalError", "An internal error has occurred", 500));
  }
}

}  // namespace amity::emulator
