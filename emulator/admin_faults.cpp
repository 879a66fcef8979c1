#include "emulator/admin_faults.hpp"

#include "emulator/admin_answers.hpp"
#include "emulator/duration.hpp"
#include "emulator/services.hpp"
#include "model/json.hpp"
#include "model/wildcard.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>

namespace amity::emulator {
namespace {

using JsonValue = rapidjson::Value;

constexpr std::chrono::milliseconds kMaxLatency = std::chrono::seconds{60};

// The errors that AWS sends of itself, with their statuses and words.
struct KnownError {
  std::string_view code;
  unsigned status;
  std::string_view message;
};
constexpr KnownError kKnownErrors[] = {
    {"RequestLimitExceeded", 503, "Request limit exceeded."},
    {"Unavailable", 503, "The server is overloaded and can't handle the request."},
    {"ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."},
    {"InternalError", 500, "An internal error has occurred"},
    {"InternalFailure", 500, "The request processing has failed because of an unknown error."},
    {"InsufficientInstanceCapacity", 500, "There is not enough capacity to fulfill your request."},
    {"InsufficientVolumeCapacity", 500, "There is not enough capacity to fulfill your EBS volume request."},
    {"InsufficientAddressCapacity", 500, "Insufficient capacity."},
    {"UnauthorizedOperation", 403, "You are not authorized to perform this operation."},
    {"AuthFailure", 401, "AWS was not able to validate the provided access credentials"},
    {"RequestExpired", 400, "Request has expired."},
    {"ThrottlingException", 400, "Rate exceeded"},
};

const KnownError* find_known(std::string_view code) {
  const auto found = std::ranges::find(kKnownErrors, code, &KnownError::code);
  return found == std::end(kKnownErrors) ? nullptr : &*found;
}

std::string fault_text(const JsonValue& value, std::string_view name) {
  if (!value.IsString()) throw AdminError(fmt::format("\"{}\" must be a text", name));
  return {value.GetString(), value.GetStringLength()};
}

std::chrono::milliseconds latency_of(const JsonValue& value) {
  const auto latency = parse_duration(fault_text(value, "latency"));
  if (!latency || *latency > kMaxLatency)
    throw AdminError(R"("latency" must be a duration such as "500ms" or "3s", of at most 60s)");
  return *latency;
}

struct Member {
  std::string_view name;
  void (*read)(Fault& fault, const JsonValue& value);
};
template <std::string Fault::*Text>
void read_text(Fault& fault, const JsonValue& value) {
  fault.*Text = fault_text(value, "service, operation, account, region, code and message");
}
constexpr Member kMembers[] = {
    {"service", read_text<&Fault::service>},
    {"operation", read_text<&Fault::operation>},
    {"account", read_text<&Fault::account>},
    {"region", read_text<&Fault::region>},
    {"code", read_text<&Fault::code>},
    {"message", read_text<&Fault::message>},
    {"count",
     [](Fault& fault, const JsonValue& value) {
       if (!value.IsUint64() || value.GetUint64() == 0) throw AdminError(R"("count" must be a number from 1 on)");
       fault.count = value.GetUint64();
     }},
    {"probability",
     [](Fault& fault, const JsonValue& value) {
       if (!value.IsNumber() || value.GetDouble() <= 0 || value.GetDouble() > 1)
         throw AdminError(R"("probability" must be a number above 0, at most 1)");
       fault.probability = value.GetDouble();
     }},
    {"status",
     [](Fault& fault, const JsonValue& value) {
       if (!value.IsUint() || value.GetUint() < 400 || value.GetUint() > 599)
         throw AdminError(R"("status" must be a number from 400 to 599)");
       fault.status = value.GetUint();
     }},
    {"latency", [](Fault& fault, const JsonValue& value) { fault.latency = latency_of(value); }},
    {"ending",
     [](Fault& fault, const JsonValue& value) {
       fault.ending = handlers::bad_ending_named(fault_text(value, "ending"));
       if (!fault.ending) throw AdminError(R"("ending" must be "failed" or "stuck")");
     }},
    {"reason_code", [](Fault& fault, const JsonValue& value) { fault.reason.code = fault_text(value, "reason_code"); }},
    {"reason", [](Fault& fault, const JsonValue& value) { fault.reason.message = fault_text(value, "reason"); }},
};

void check_operation(const Fault& fault) {
  if (fault.operation.empty()) throw AdminError(R"("operation" is missing: a name such as "RunInstances", or "*")");
  const auto services = all_services();
  const auto is_meant = [&](const model::Service* service) {
    return fault.service.empty() || service->name == fault.service;
  };
  if (std::ranges::none_of(services, is_meant))
    throw AdminError(fmt::format("Amity does not have the service '{}'", fault.service));
  const bool exists = std::ranges::any_of(services, [&](const model::Service* service) {
    return is_meant(service) && std::ranges::any_of(service->operations, [&](const model::Operation& operation) {
             return model::matches_wildcard(fault.operation, operation.name);
           });
  });
  if (!exists) throw AdminError(fmt::format("No operation is called '{}'", fault.operation));
}

void append_text(std::string& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json += fmt::format(",\"{}\":", name);
  model::append_json_string(json, text);
}

}  // namespace

Fault parse_fault(std::string_view body) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError())
    throw AdminError(
        fmt::format("The body is not valid JSON: {}", rapidjson::GetParseError_En(document.GetParseError())));
  if (!document.IsObject()) throw AdminError(R"(The body must be an object such as {"operation": "…", "code": "…"})");
  Fault fault;
  if (document.HasMember("code") && document["code"].IsString()) {
    // What the code usually comes with; members of the body win.
    if (const KnownError* known = find_known(document["code"].GetString())) {
      fault.status = known->status;
      fault.message = known->message;
    }
  }
  for (const auto& [name, value] : document.GetObject()) {
    const std::string_view text(name.GetString(), name.GetStringLength());
    const auto member = std::ranges::find(kMembers, text, &Member::name);
    if (member == std::end(kMembers)) throw AdminError(fmt::format("A fault has no member '{}'", text));
    member->read(fault, value);
  }
  check_operation(fault);
  if (fault.code.empty() && fault.latency.count() == 0 && !fault.ending)
    throw AdminError(R"(A fault needs a "code", a "latency" or an "ending")");
  return fault;
}

std::string fault_json(const Fault& fault) {
  std::string json = fmt::format(R"({{"id":"{}","struck":{})", fault.id, fault.struck);
  append_text(json, "service", fault.service);
  append_text(json, "operation", fault.operation);
  append_text(json, "account", fault.account);
  append_text(json, "region", fault.region);
  if (fault.count) json += fmt::format(R"(,"count":{})", *fault.count);
  if (fault.probability < 1) json += fmt::format(R"(,"probability":{})", fault.probability);
  append_text(json, "code", fault.code);
  if (!fault.code.empty()) {
    append_text(json, "message", fault.message);
    json += fmt::format(R"(,"status":{})", fault.status);
  }
  if (fault.latency.count() > 0) json += fmt::format(R"(,"latency":"{}ms")", fault.latency.count());
  if (fault.ending) append_text(json, "ending", fault.ending == handlers::BadEnding::Failed ? "failed" : "stuck");
  append_text(json, "reason_code", fault.reason.code);
  append_text(json, "reason", fault.reason.message);
  return json + "}";
}

std::string faults_json(const Faults& faults) {
  std::string json = R"({"faults":[)";
  for (const Fault& fault : faults.all()) json += (json.back() == '[' ? "" : ",\n") + fault_json(fault);
  return json + "]}";
}

}  // namespace amity::emulator
