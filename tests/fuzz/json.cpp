// A JSON document, read as the request of the operation that the first line names ("ssm.GetParameters A"), in the way
// that the line's last character says. What could be read is written and read back.
#include "model/json.hpp"

#include "handlers/registry.hpp"
#include "model/encoding.hpp"
#include "tests/fuzz/targets.hpp"

namespace amity::fuzz {

void run_json(std::string_view input) {
  std::string_view first = take_until(input, '\n');
  const std::string_view service = take_until(first, '.');
  const std::string_view name = take_until(first, ' ');
  const handlers::Operation* found = handlers::find_operation(service, name);
  if (!found) return;
  const handlers::Operation& operation = *found;
  const unsigned bits = take_byte(first);
  const model::JsonReading how{.ignore_unknown = (bits & 1) != 0,
                               .known_at_top = (bits & 2) != 0,
                               .check_constraints = (bits & 4) != 0,
                               .body_only = (bits & 8) != 0,
                               .lists_of_one = (bits & 16) != 0};
  const model::Shape& shape = *operation.request_shape;
  operation.with_storage([&](void* request, void*) {
    if (const auto error = model::read_json(input, shape, request, how)) {
      require(error->line > 0, "errors have a line", error->message);
      require(model::is_valid_utf8(error->message), "errors are text", error->message);
      return;
    }
    std::string json;
    model::append_json(json, shape, request);
    require(model::is_valid_utf8(json), "what is written is UTF-8", json);
    operation.with_storage([&](void* copy, void*) {
      require(!model::read_json(json, shape, copy), "what was read can be written and read", json);
      std::string again;
      model::append_json(again, shape, copy);
      require(json == again, "nothing gets lost", json + "\n" + again);
    });
  });
}

}  // namespace amity::fuzz
