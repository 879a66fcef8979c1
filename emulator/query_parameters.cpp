#include "emulator/query_parameters.hpp"

#include "model/encoding.hpp"

#include <algorithm>

namespace amity::emulator {

bool QueryParameters::parse(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = model::percent_decode(part.substr(0, equals), true);
    auto value = model::percent_decode(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value || !model::is_valid_utf8(*name) || !model::is_valid_utf8(*value)) return false;
    parameters_.emplace_back(*std::move(name), *std::move(value));
  }
  return true;
}

const std::string* QueryParameters::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &QueryParameter::first);
  return found == parameters_.end() ? nullptr : &found->second;
}

std::string_view QueryParameters::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

}  // namespace amity::emulator
