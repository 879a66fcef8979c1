#include "emulator/protocol.hpp"
#include "emulator/query_decoder.hpp"
#include "emulator/services.hpp"
#include "emulator/xml_writer.hpp"
#include "handlers/errors.hpp"

#include <fmt/format.h>

#include <functional>

namespace amity::emulator {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::size_t kUsualAnswer = 4096;

HttpResponse xml_response(const ApiRequest& request, unsigned status) {
  HttpResponse response{.status = status, .content_type = "text/xml;charset=UTF-8", .headers = {}, .body = {}};
  response.headers.emplace_back("x-amzn-RequestId", request.request_id);
  response.body.reserve(kUsualAnswer);
  response.body += kDeclaration;
  return response;
}

// The model's namespace with the version that was asked for in place of its own, and a slash at the end.
std::string namespace_of(const ApiRequest& request) {
  std::string name(request.service->xml_namespace);
  const auto at = name.find(request.service->version);
  if (at != std::string::npos) name.replace(at, request.service->version.size(), request.version);
  if (!name.ends_with('/')) name += '/';
  return name;
}

// Both query protocols name the operation in Action and its API's version in Version.
void identify_action(ApiRequest& request, const std::function<std::string(std::string_view)>& unknown_action) {
  const std::string_view action = request.parameters->get("Action");
  if (action.empty()) throw handlers::ApiError("MissingAction", "The request must contain the parameter Action");
  const std::string_view version = request.parameters->get("Version");
  if (version.empty()) throw handlers::errors::missing_parameter("Version");
  if (!has_version(*request.service, version))
    throw handlers::ApiError("NoSuchVersion", fmt::format("The requested version ({}) of service {} does not exist",
                                                          version, request.service->name));
  request.version = version;
  request.operation = request.service->find(action);
  if (!request.operation) throw handlers::ApiError("InvalidAction", unknown_action(action));
}

// EC2's own query protocol: no result wrapper, requestId first, no namespace on errors.
class Ec2Query final : public Protocol {
 public:
  void identify(ApiRequest& request) const override {
    identify_action(request, [](std::string_view action) {
      return fmt::format("The action {} is not valid for this web service.", action);
    });
  }

  void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const override {
    decode_query(*request.parameters, QueryDialect::Ec2, shape, structure);
  }

  HttpResponse encode(const ApiRequest& request, const model::Shape* shape, const void* structure) const override {
    HttpResponse response = xml_response(request, 200);
    std::string& body = response.body;
    body += fmt::format("<{}Response xmlns=\"{}\">", request.operation->name, namespace_of(request));
    append_xml_element(body, "requestId", request.request_id);
    if (shape)
      append_xml_members(body, *shape, structure, EmptyLists::All);
    else
      body += "<return>true</return>";
    body += fmt::format("</{}Response>", request.operation->name);
    return response;
  }

  HttpResponse encode_error(const ApiRequest& request, const handlers::ApiError& error) const override {
    HttpResponse response = xml_response(request, error.status());
    std::string& body = response.body;
    body += "<Response><Errors><Error>";
    append_xml_element(body, "Code", error.code());
    append_xml_element(body, "Message", error.message());
    body += "</Error></Errors>";
    append_xml_element(body, "RequestID", request.request_id);
    body += "</Response>";
    return response;
  }
};

// The query protocol of the older services (STS, IAM).
class AwsQuery final : public Protocol {
 public:
  void identify(ApiRequest& request) const override {
    identify_action(request, [&](std::string_view action) {
      return fmt::format("Could not find operation {} for version {}", action, request.version);
    });
  }

  void decode(const ApiRequest& request, const model::Shape& shape, void* structure) const override {
    decode_query(*request.parameters, QueryDialect::Aws, shape, structure);
  }

  HttpResponse encode(const ApiRequest& request, const model::Shape* shape, const void* structure) const override {
    HttpResponse response = xml_response(request, 200);
    std::string& body = response.body;
    body += fmt::format("<{}Response xmlns=\"{}\">", request.operation->name, namespace_of(request));
    if (shape) {
      body += fmt::format("<{}>", request.operation->result_wrapper);
      append_xml_members(body, *shape, structure, EmptyLists::All);
      body += fmt::format("</{}>", request.operation->result_wrapper);
    }
    body += "<ResponseMetadata>";
    append_xml_element(body, "RequestId", request.request_id);
    body += fmt::format("</ResponseMetadata></{}Response>", request.operation->name);
    return response;
  }

  HttpResponse encode_error(const ApiRequest& request, const handlers::ApiError& error) const override {
    HttpResponse response = xml_response(request, error.status());
    std::string& body = response.body;
    body += fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type>", namespace_of(request),
                        error.status() < 500 ? "Sender" : "Receiver");
    append_xml_element(body, "Code", error.code());
    append_xml_element(body, "Message", error.message());
    body += "</Error>";
    append_xml_element(body, "RequestId", request.request_id);
    body += "</ErrorResponse>";
    return response;
  }
};

}  // namespace

const Protocol& ec2_query_protocol() {
  static const Ec2Query protocol;
  return protocol;
}

const Protocol& aws_query_protocol() {
  static const AwsQuery protocol;
  return protocol;
}

}  // namespace amity::emulator
