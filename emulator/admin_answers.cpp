#include "emulator/admin_answers.hpp"

#include "model/json.hpp"

namespace amity::emulator {

HttpResponse json_answer(std::string json) {
  json += '\n';
  return {.status = 200, .content_type = "application/json", .headers = {}, .body = std::move(json)};
}

HttpResponse error_answer(unsigned status, std::string_view message) {
  std::string json = R"({"error":)";
  model::append_json_string(json, message);
  HttpResponse response = json_answer(json + "}");
  response.status = status;
  return response;
}

}  // namespace amity::emulator
