#include "emulator/protocol.hpp"
#include "model/constraints.hpp"
#include "model/encoding.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace amity::emulator {
namespace {

using handlers::ApiError;

constexpr model::JsonReading kReading{.ignore_unknown = true, .check_constraints = true, .lists_of_one = false};
constexpr model::JsonWriting kWriting{.times = model::JsonTimes::EpochSeconds, .empty_lists = true, .body_only = true};

HttpResponse json_response(const ApiRequest& request, unsigned status, std::string content_type) {
  HttpResponse response{.status = status, .content_type = std::move(content_type), .headers = {}, .body = {}};
  response.headers.emplace_back("x-amzn-RequestId", request.request_id);
  return response;
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  out += '"';
}

void read_body(std::string_view body, const model::Shape& shape, void* structure) {
  const auto error = model::read_json(body.empty() ? "{}" : body, shape, structure, kReading);
  if (!error) return;
  if (error->field.empty()) throw ApiError("SerializationException", error->message);
  throw ApiError("ValidationException", fmt::format("The member {} {}", error->field, error->message));
}

// JSON over POST, the operation in X-Amz-Target (SSM, Cost Explorer, Pricing).
class Json final : public Protocol {
 public:
  void identify(ApiRequest& request) const override {
    std::string_view target = request.http->header("x-amz-target");
    const auto dot = target.find('.');
    if (target.substr(0, dot) == request.service->target_prefix && dot != std::string_view::npos)
      request.operation = request.service->find(target.substr(dot + 1));
    if (!request.operation)
      throw ApiError("UnknownOperationException", "The requested operation is not known to this service");
  }

  void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const override {
    read_body(request.http->body, shape, structure);
  }

  HttpResponse encode(const ApiRequest& request, const model::Shape* shape, const void* structure) const override {
    HttpResponse response = json_response(request, 200, "application/x-amz-json-1.1");
    if (shape)
      model::append_json(response.body, *shape, structure, kWriting);
    else
      response.body = "{}";
    return response;
  }

  HttpResponse encode_error(const ApiRequest& request, const ApiError& error) const override {
    HttpResponse response = json_response(request, error.status(), "application/x-amz-json-1.1");
    response.body = "{\"__type\":";
    append_json_text(response.body, error.code());
    response.body += ",\"message\":";
    append_json_text(response.body, error.message());
    response.body += '}';
    return response;
  }
};

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return segments;
}

// Whether the path fits the operation's template; its parameters go to `parameters`, decoded.
bool fits(const model::Operation& operation, std::string_view method, std::span<const std::string_view> path,
          std::vector<QueryParameter>& parameters) {
  if (operation.http_method != method) return false;
  const std::string_view wanted_path = operation.http_path.substr(0, operation.http_path.find('?'));
  const auto wanted = segments_of(wanted_path);
  if (wanted.size() != path.size()) return false;
  std::vector<QueryParameter> found;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!wanted[i].starts_with('{')) {
      if (wanted[i] != path[i]) return false;
      continue;
    }
    auto value = model::percent_decode(path[i], false);
    if (!value || !model::is_valid_utf8(*value)) return false;
    found.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), *std::move(value));
  }
  parameters = std::move(found);
  return true;
}

const std::string* find_value(const std::vector<QueryParameter>& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &QueryParameter::first);
  return found == parameters.end() ? nullptr : &found->second;
}

template <class T>
bool set_number(const model::Member& member, std::string_view text, void* structure) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  model::set<T>(member, structure, value);
  return true;
}

// A member that is not in the body, from its text in the path, the query or a header.
void set_from_text(const model::Member& member, std::string text, void* structure) {
  bool good = true;
  switch (member.kind) {
    case model::Kind::String: model::set<std::string>(member, structure, std::move(text)); break;
    case model::Kind::Integer: good = set_number<std::int32_t>(member, text, structure); break;
    case model::Kind::Long: good = set_number<std::int64_t>(member, text, structure); break;
    case model::Kind::Boolean:
      good = text == "true" || text == "false";
      model::set<bool>(member, structure, text == "true");
      break;
    case model::Kind::List:
      *static_cast<std::string*>(member.list_access->append(model::field_of(member, structure))) = std::move(text);
      break;
    default: good = false;
  }
  const void* value = model::scalar_address(member, structure);
  if (!good || (value && member.constraints && !model::satisfies(*member.constraints, member.kind, value)))
    throw ApiError("ValidationException", fmt::format("The value of {} is not allowed", member.name))
        .because("INVALID_PARAMETER_VALUE");
}

std::string text_of(const model::Member& member, const void* value) {
  switch (member.kind) {
    case model::Kind::Integer: return std::to_string(*static_cast<const std::int32_t*>(value));
    case model::Kind::Long: return std::to_string(*static_cast<const std::int64_t*>(value));
    case model::Kind::Boolean: return *static_cast<const bool*>(value) ? "true" : "false";
    default: return *static_cast<const std::string*>(value);
  }
}

// JSON with the operation in method and path (EBS direct APIs, Recycle Bin).
class RestJson final : public Protocol {
 public:
  void identify(ApiRequest& request) const override {
    const std::string_view target = request.http->target;
    const auto path = segments_of(target.substr(0, target.find('?')));
    for (const model::Operation& operation : request.service->operations) {
      if (!fits(operation, request.http->method, path, request.path_parameters)) continue;
      request.operation = &operation;
      return;
    }
    throw ApiError("UnknownOperationException", "No operation has this method and path", 404);
  }

  void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const override {
    const bool has_payload = std::ranges::any_of(
        shape.members, [](const model::Member& member) { return member.location == model::Location::Payload; });
    const bool has_body = std::ranges::any_of(
        shape.members, [](const model::Member& member) { return member.location == model::Location::Body; });
    if (has_body && !has_payload) read_document(request.http->body, shape, structure);
    for (const model::Member& member : shape.members) read_elsewhere(request, member, structure);
  }

  HttpResponse encode(const ApiRequest& request, const model::Shape* shape, const void* structure) const override {
    HttpResponse response = json_response(request, request.operation->http_status, "application/json");
    if (!shape) return response;
    bool has_payload = false;
    for (const model::Member& member : shape->members) {
      const void* value = model::scalar_address(member, structure);
      if (member.location == model::Location::Payload) {
        has_payload = true;
        response.content_type = "application/octet-stream";
        if (value) response.body = *static_cast<const std::string*>(value);
      } else if (member.location == model::Location::Header && value) {
        response.headers.emplace_back(member.wire_name, text_of(member, value));
      }
    }
    if (!has_payload && request.operation->http_status != 204)
      model::append_json(response.body, *shape, structure, kWriting);
    return response;
  }

  HttpResponse encode_error(const ApiRequest& request, const ApiError& error) const override {
    HttpResponse response = json_response(request, error.status(), "application/json");
    response.headers.emplace_back("x-amzn-ErrorType", error.code());
    response.body = "{\"Message\":";
    append_json_text(response.body, error.message());
    if (!error.reason().empty()) {
      response.body += ",\"Reason\":";
      append_json_text(response.body, error.reason());
    }
    response.body += '}';
    return response;
  }

 private:
  // Required members may stand in the path or a header, so only the body's own are required of the document.
  static void read_document(std::string_view body, const model::Shape& shape, void* structure) {
    model::JsonReading reading = kReading;
    reading.body_only = true;
    const auto error = model::read_json(body.empty() ? "{}" : body, shape, structure, reading);
    if (!error) return;
    throw ApiError("ValidationException", error->field.empty()
                                              ? error->message
                                              : fmt::format("The member {} {}", error->field, error->message))
        .because("INVALID_PARAMETER_VALUE");
  }

  static void read_elsewhere(const ApiRequest& request, const model::Member& member, void* structure) {
    switch (member.location) {
      case model::Location::Payload:
        model::set<std::string>(member, structure, std::string(request.http->body));
        return;
      case model::Location::Path:
        if (const std::string* value = find_value(request.path_parameters, member.wire_name))
          set_from_text(member, *value, structure);
        break;
      case model::Location::Query:
        for (const auto& [name, value] : request.parameters->all())
          if (name == member.wire_name) set_from_text(member, value, structure);
        break;
      case model::Location::Header:
        if (const auto value = request.http->find_header(member.wire_name))
          set_from_text(member, std::string(*value), structure);
        break;
      case model::Location::Body: return;
    }
    if (member.required && !is_present(request, member))
      throw ApiError("ValidationException", fmt::format("The request must contain {}", member.name))
          .because("INVALID_PARAMETER_VALUE");
  }

  static bool is_present(const ApiRequest& request, const model::Member& member) {
    if (member.location == model::Location::Path)
      return find_value(request.path_parameters, member.wire_name) != nullptr;
    if (member.location == model::Location::Query) return request.parameters->find(member.wire_name) != nullptr;
    return request.http->find_header(member.wire_name).has_value();
  }
};

}  // namespace

const Protocol& json_protocol() {
  static const Json protocol;
  return protocol;
}

const Protocol& rest_json_protocol() {
  static const RestJson protocol;
  return protocol;
}

}  // namespace amity::emulator
