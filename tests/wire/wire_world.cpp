#include "tests/wire/wire_world.hpp"

#include "model/encoding.hpp"

#include <pugixml.hpp>

namespace amity::tests {
namespace {

pugi::xml_document parse(const std::string& body) {
  pugi::xml_document document;
  document.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  return document;
}

}  // namespace

std::string WireAnswer::text(const std::string& path) const {
  return parse(body).first_element_by_path(path.c_str()).text().get();
}

std::vector<std::string> WireAnswer::texts(const std::string& xpath) const {
  const pugi::xml_document document = parse(body);
  std::vector<std::string> texts;
  for (const auto& node : document.select_nodes(xpath.c_str())) texts.emplace_back(node.node().text().get());
  return texts;
}

std::vector<std::string> WireAnswer::names_in(const std::string& path) const {
  const pugi::xml_document document = parse(body);
  std::vector<std::string> names;
  for (const auto& child : document.first_element_by_path(path.c_str()).children()) names.emplace_back(child.name());
  return names;
}

std::string WireAnswer::error_code() const {
  const std::string ec2 = text("Response/Errors/Error/Code");
  return ec2.empty() ? text("ErrorResponse/Error/Code") : ec2;
}

std::string form(const Parameters& parameters) {
  std::string body;
  for (const auto& [name, value] : parameters) {
    if (!body.empty()) body += '&';
    body += model::percent_encode(name) + '=' + model::percent_encode(value);
  }
  return body;
}

WireAnswer WireWorld::ec2(std::string_view action, const Parameters& parameters) {
  Parameters all = {{"Action", std::string(action)}, {"Version", "2016-11-15"}};
  all.insert(all.end(), parameters.begin(), parameters.end());
  const std::string scope = account_ + "/20260102/" + region_ + "/ec2/aws4_request";
  return send("POST", "/",
              {{"Host", "127.0.0.1:4566"},
               {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
               {"Authorization", "AWS4-HMAC-SHA256 Credential=" + scope +
                                     ", SignedHeaders=host;x-amz-date, Signature=" + std::string(64, '0')}},
              form(all));
}

WireAnswer WireWorld::send(std::string_view method, std::string_view target, const Parameters& headers,
                           std::string_view body) {
  std::vector<emulator::Header> lent;
  for (const auto& [name, value] : headers) lent.push_back({name, value});
  const emulator::HttpRequest request{
      .method = method, .target = target, .headers = lent, .body = body, .remote_address = "127.0.0.1"};
  record_ = {};
  const emulator::HttpResponse response = gateway_.answer(request, record_);
  WireAnswer answer;
  answer.status = response.status;
  answer.body = response.body;
  answer.content_type = response.content_type;
  for (const auto& [name, value] : response.headers)
    if (name == "x-amzn-RequestId") answer.request_id = value;
  return answer;
}

}  // namespace amity::tests
