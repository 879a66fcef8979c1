#include "emulator/gateway.hpp"

#include "emulator/protocol.hpp"
#include "emulator/services.hpp"
#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/transitions.hpp"
#include "model/ec2.hpp"
#include "storage/catalogue.hpp"
#include "storage/database.hpp"

#include <fmt/format.h>

#include <exception>

namespace amity::emulator {
namespace {

using handlers::ApiError;

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// What is PUT is no form, whatever a client calls it.
bool has_form(const HttpRequest& request) {
  if (request.method != "POST") return false;
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

// Performs the call, with what it starts ending as the blow says.
void perform_under(const Blow& blow, const handlers::Operation& operation, handlers::Call& call, const void* request,
                   void* result) {
  if (!blow.ending) return handlers::perform(operation, call, request, result);
  handlers::apply_due_transitions(call.environment(), call.now());  // so that only what the call starts is new
  const handlers::StartedChanges started(call);
  handlers::perform(operation, call, request, result);
  storage::Transaction transaction(call.store().database());
  started.end_badly(call, *blow.ending, blow.reason);
  transaction.commit();
}

}  // namespace

HttpResponse Gateway::answer(const HttpRequest& request, CallRecord& record) {
  ApiRequest api{.http = &request,
                 .service = &ec2::service(),
                 .request_id = environment_.ids.uuid(),
                 .version = std::string(ec2::service().version)};
  record.request_id = api.request_id;
  Blow blow;
  const auto failed = [&](const ApiError& error) {
    record.error_code = error.code();
    record.status = error.status();
    HttpResponse response = protocol_of(*api.service).encode_error(api, error);
    response.delay = blow.latency;
    return response;
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
    const Protocol& protocol = protocol_of(*api.service);
    protocol.identify(api);
    record.operation = api.operation->name;
    const handlers::Operation& operation = implemented_operation(*api.service, api.operation->name);
    check_region(environment_.catalogue, destination.region);

    if (faults_) blow = faults_->strike({api.service->name, operation.name, destination.account, destination.region});
    if (blow.error) throw *blow.error;

    handlers::Call call(environment_, {destination.account, destination.region},
                        {destination.account, destination.access_key_id}, now_(), api.request_id);
    HttpResponse response;
    operation.with_storage([&](void* typed_request, void* result) {
      protocol.decode(api, *operation.request_shape, typed_request);
      perform_under(blow, operation, call, typed_request, result);
      response = protocol.encode(api, operation.result_shape, result);
    });
    record.status = response.status;
    response.delay = blow.latency;
    return response;
  } catch (const ApiError& error) {
    return failed(error);
  } catch (const std::exception& error) {
    record.failure = error.what();
    return failed(ApiError("InternalError", "An internal error has occurred", 500));
  }
}

}  // namespace amity::emulator
