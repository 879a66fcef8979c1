// A form, read into the request of the operation that it names. What could be read is written as JSON and read back:
// nothing may get lost.
#include "emulator/query_decoder.hpp"
#include "emulator/xml_writer.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"
#include "model/json.hpp"
#include "tests/fuzz/targets.hpp"

namespace amity::fuzz {

void run_query(std::string_view input) {
  emulator::QueryParameters parameters;
  if (!parameters.parse(input)) return;
  const std::string_view name = parameters.get("Action");
  const handlers::Operation* ec2 = handlers::find_operation("ec2", name);
  const handlers::Operation* found = ec2 ? ec2 : handlers::find_operation("sts", name);
  if (!found) return;
  const handlers::Operation& operation = *found;
  const auto dialect = ec2 ? emulator::QueryDialect::Ec2 : emulator::QueryDialect::Aws;
  operation.with_storage([&](void* request, void*) {
    const model::Shape& shape = *operation.request_shape;
    try {
      emulator::decode_query(parameters, dialect, shape, request);
    } catch (const handlers::ApiError& error) {
      require(model::is_valid_utf8(error.message()), "errors are text", error.message());
      return;
    }
    std::string json;
    model::append_json(json, shape, request);
    operation.with_storage([&](void* copy, void*) {
      require(!model::read_json(json, shape, copy), "a request that was read can be written and read", json);
      std::string again;
      model::append_json(again, shape, copy);
      require(json == again, "nothing of a request gets lost", json + "\n" + again);
    });
    std::string xml;
    emulator::append_xml_members(xml, shape, request, emulator::EmptyLists::All);
    emulator::HttpResponse response;
    response.content_type = "text/xml";
    response.body = "<r>" + xml + "</r>";
    require_good(response, json);
  });
}

}  // namespace amity::fuzz
