#include "emulator/admin.hpp"

#include "emulator/admin_answers.hpp"
#include "emulator/admin_clock.hpp"
#include "emulator/admin_faults.hpp"
#include "emulator/admin_instances.hpp"
#include "emulator/admin_volumes.hpp"
#include "emulator/bill_report.hpp"
#include "emulator/query_parameters.hpp"
#include "emulator/services.hpp"
#include "emulator/version.hpp"
#include "handlers/registry.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::emulator {
namespace {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

// Where a route's path has "{}", any id may stand: its beginning and its end.
std::pair<std::string_view, std::string_view> around_id(std::string_view route) {
  const auto id = route.find("{}");
  return {route.substr(0, id), id == std::string_view::npos ? std::string_view() : route.substr(id + 2)};
}

bool fits_route(std::string_view route, std::string_view path) {
  if (route.find("{}") == std::string_view::npos) return route == path;
  const auto [begin, end] = around_id(route);
  return path.size() > begin.size() + end.size() && path.starts_with(begin) && path.ends_with(end) &&
         path.substr(begin.size(), path.size() - begin.size() - end.size()).find('/') == std::string_view::npos;
}

constexpr std::string_view kWritesPath = "/_amity/volumes/{}/writes";
constexpr std::string_view kChurnPath = "/_amity/instances/{}/churn";
constexpr std::string_view kSysprepPath = "/_amity/instances/{}/sysprep";
constexpr std::string_view kSnapshotPath = "/_amity/snapshots/{}";

std::string_view id_in(std::string_view route, std::string_view target) {
  const auto [begin, end] = around_id(route);
  const std::string_view path = path_of(target);
  return path.substr(begin.size(), path.size() - begin.size() - end.size());
}

std::string region_of(const HttpRequest& request, const Emulation& emulation) {
  const auto mark = request.target.find('?');
  QueryParameters parameters;
  if (mark == std::string_view::npos) return emulation.defaults().region;
  if (!parameters.parse(request.target.substr(mark + 1))) throw AdminError("The query string cannot be read");
  const std::string* region = parameters.find("region");
  return region ? *region : emulation.defaults().region;
}

bool is_implemented(const model::Service& service, const model::Operation& operation) {
  return handlers::find_operation(service.name, operation.name) != nullptr;
}

std::size_t implemented_count(const model::Service& service) {
  return static_cast<std::size_t>(std::ranges::count_if(
      service.operations, [&](const model::Operation& operation) { return is_implemented(service, operation); }));
}

// Names of services and operations need no escapes.
std::string operations_of(const model::Service& service) {
  std::string json = fmt::format(R"({{"service":"{}","version":"{}","implemented":{},"known":{},"operations":[)",
                                 service.name, service.version, implemented_count(service), service.operations.size());
  for (const model::Operation& operation : service.operations)
    json +=
        fmt::format("{}\n{{\"name\":\"{}\",\"implemented\":{}}}", &operation == service.operations.data() ? "" : ",",
                    operation.name, is_implemented(service, operation));
  return json + "]}";
}

std::string counts_json(const std::vector<handlers::FixtureCount>& counts) {
  std::string json = R"({"loaded":{)";
  for (const handlers::FixtureCount& count : counts)
    json += fmt::format("{}\"{}\":{}", json.back() == '{' ? "" : ",", count.member, count.count);
  return json + "}}";
}

HttpResponse fixture_error_answer(const handlers::FixtureError& error) {
  std::string json = R"({"error":)";
  model::append_json_string(json, error.what());
  json += fmt::format(R"(,"line":{},"field":)", error.line);
  model::append_json_string(json, error.field);
  HttpResponse response = json_answer(json + "}");
  response.status = 400;
  return response;
}

}  // namespace

struct Admin::Route {
  std::string_view path;
  std::string_view method;
  HttpResponse (Admin::*answer)(const HttpRequest&);
};

const Admin::Route* Admin::find_route(std::string_view path, std::string_view method) {
  static constexpr Route kRoutes[] = {
      {"/_amity/health", "GET", &Admin::health},
      {"/_amity/operations", "GET", &Admin::operations},
      {"/_amity/reset", "POST", &Admin::reset},
      {"/_amity/bill", "GET", &Admin::bill},
      {"/_amity/clock", "GET", &Admin::clock},
      {"/_amity/clock", "POST", &Admin::move_clock},
      {"/_amity/fixtures", "GET", &Admin::dump_fixtures},
      {"/_amity/fixtures", "POST", &Admin::load_fixtures},
      {kWritesPath, "POST", &Admin::write_to_volume},
      {kChurnPath, "POST", &Admin::set_churn},
      {kSysprepPath, "POST", &Admin::sysprep},
      {kSnapshotPath, "GET", &Admin::show_snapshot},
      {"/_amity/faults", "GET", &Admin::list_faults},
      {"/_amity/faults", "POST", &Admin::add_fault},
      {"/_amity/faults", "DELETE", &Admin::delete_faults},
      {"/metrics", "GET", &Admin::metrics},
      {"/_localstack/health", "GET", &Admin::localstack_health},
  };
  if (method == "HEAD") method = "GET";  // the server leaves out the body
  const auto found = std::ranges::find_if(kRoutes, [&](const Route& route) {
    return fits_route(route.path, path) && (method.empty() || route.method == method);
  });
  return found == std::end(kRoutes) ? nullptr : &*found;
}

bool Admin::serves(std::string_view target) {
  const std::string_view path = path_of(target);
  return path.starts_with("/_amity/") || path == "/_amity" || path.starts_with("/_localstack/") || path == "/metrics";
}

HttpResponse Admin::answer(const HttpRequest& request) {
  const std::string_view path = path_of(request.target);
  if (!find_route(path, {})) return error_answer(404, "There is nothing here. GET /_amity/health and others do exist");
  const Route* route = find_route(path, request.method);
  if (!route) {
    std::string allowed;
    for (const std::string_view method : {"GET", "POST", "DELETE"})
      if (find_route(path, method)) allowed += (allowed.empty() ? "" : ", ") + std::string(method);
    HttpResponse response = error_answer(405, "The method must be " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  try {
    return (this->*route->answer)(request);
  } catch (const AdminError& error) {
    return error_answer(error.status(), error.message());
  }
}

HttpResponse Admin::health(const HttpRequest&) {
  std::string services;
  for (const model::Service* service : all_services())
    services += fmt::format(R"({}"{}":{{"implemented":{},"known":{}}})", services.empty() ? "" : ",", service->name,
                            implemented_count(*service), service->operations.size());
  return json_answer(fmt::format(R"({{"status":"ok","version":"{}","services":{{{}}}}})", version(), services));
}

// The shape that LocalStack has and that test frameworks wait for.
HttpResponse Admin::localstack_health(const HttpRequest&) {
  std::string services;
  for (const model::Service* service : all_services())
    services += fmt::format(R"({}"{}":"running")", services.empty() ? "" : ",", service->name);
  return json_answer(fmt::format(R"({{"services":{{{}}},"edition":"amity","version":"{}"}})", services, version()));
}

HttpResponse Admin::operations(const HttpRequest&) {
  std::string services;
  for (const model::Service* service : all_services())
    services += (services.empty() ? "" : ",\n") + operations_of(*service);
  return json_answer(R"({"services":[)" + services + "]}");
}

HttpResponse Admin::metrics(const HttpRequest&) {
  return {.status = 200,
          .content_type = "text/plain; version=0.0.4; charset=utf-8",
          .headers = {},
          .body = metrics_.render(emulation_.clock().offset())};
}

HttpResponse Admin::reset(const HttpRequest&) {
  emulation_.reset();
  return json_answer(R"({"status":"ok"})");
}

HttpResponse Admin::clock(const HttpRequest&) { return json_answer(clock_json(emulation_)); }

HttpResponse Admin::move_clock(const HttpRequest& request) {
  change_clock(emulation_.clock(), request.body);
  emulation_.catch_up();
  return json_answer(clock_json(emulation_));
}

HttpResponse Admin::bill(const HttpRequest& request) {
  emulation_.catch_up();
  const model::Timestamp now = emulation_.clock().now();
  const auto query = request.target.substr(std::min(request.target.find('?'), request.target.size() - 1) + 1);
  return bill_response(emulation_.environment(), now, read_bill_request(query, now));
}

HttpResponse Admin::dump_fixtures(const HttpRequest&) {
  emulation_.catch_up();
  return json_answer(emulation_.dump());
}

HttpResponse Admin::write_to_volume(const HttpRequest& request) {
  return json_answer(emulator::write_to_volume(emulation_, region_of(request, emulation_),
                                               id_in(kWritesPath, request.target), request.body));
}

HttpResponse Admin::sysprep(const HttpRequest& request) {
  return json_answer(sysprep_instance(emulation_, id_in(kSysprepPath, request.target)));
}

HttpResponse Admin::set_churn(const HttpRequest& request) {
  return json_answer(
      emulator::set_churn(emulation_, region_of(request, emulation_), id_in(kChurnPath, request.target), request.body));
}

HttpResponse Admin::show_snapshot(const HttpRequest& request) {
  return json_answer(
      emulator::show_snapshot(emulation_, region_of(request, emulation_), id_in(kSnapshotPath, request.target)));
}

HttpResponse Admin::load_fixtures(const HttpRequest& request) try {
  emulation_.catch_up();
  const handlers::FixtureText fixture{.name = {}, .text = std::string(request.body)};
  return json_answer(counts_json(emulation_.load({&fixture, 1})));
} catch (const handlers::FixtureError& error) {
  return fixture_error_answer(error);
}

HttpResponse Admin::list_faults(const HttpRequest&) { return json_answer(faults_json(emulation_.faults())); }

HttpResponse Admin::add_fault(const HttpRequest& request) {
  return json_answer(fault_json(emulation_.faults().add(parse_fault(request.body))));
}

// All of them, or "?id=fault-1" alone.
HttpResponse Admin::delete_faults(const HttpRequest& request) {
  Faults& faults = emulation_.faults();
  QueryParameters parameters;
  const auto mark = request.target.find('?');
  if (mark != std::string_view::npos && !parameters.parse(request.target.substr(mark + 1)))
    throw AdminError("The query string has broken escapes");
  const std::string* id = parameters.find("id");
  if (!id)
    faults.clear();
  else if (!faults.remove(*id))
    throw AdminError(fmt::format("There is no fault '{}'", *id), 404);
  return json_answer(faults_json(faults));
}

}  // namespace amity::emulator
