#include "tests/fuzz/targets.hpp"

#include "model/encoding.hpp"

#include <pugixml.hpp>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace amity::fuzz {
namespace {

bool is_json(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::BaseReaderHandler<> ignore;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  return !rapidjson::Reader().Parse<kFlags>(stream, ignore).IsError();
}

bool is_xml(std::string_view text) {
  return model::is_valid_utf8(text) && pugi::xml_document().load_buffer(text.data(), text.size());
}

}  // namespace

const Target* find_target(std::string_view name) {
  const auto* const found = std::ranges::find(kTargets, name, &Target::name);
  return found == std::end(kTargets) ? nullptr : found;
}

void require(bool holds, std::string_view what, std::string_view detail) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n" << detail << std::endl;
  std::abort();
}

void require_good(const emulator::HttpResponse& response, std::string_view asked) {
  require(response.status >= 200 && response.status != 500, "no answer is an internal error", asked);
  const std::string_view type = response.content_type;
  if (type.find("xml") != type.npos) require(is_xml(response.body), "an XML answer is XML", response.body);
  if (type.find("json") != type.npos && !response.body.empty())
    require(is_json(response.body), "a JSON answer is JSON", response.body);
}

std::uint8_t take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  return byte;
}

std::string_view take_until(std::string_view& input, char separator) {
  const std::size_t end = std::min(input.find(separator), input.size());
  const std::string_view piece = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return piece;
}

}  // namespace amity::fuzz
