#include "handlers/listing.hpp"

#include "handlers/errors.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <charconv>

namespace amity::handlers {
namespace {

constexpr std::string_view kTokenMark = "amity/page/";

std::optional<std::int64_t> position_of(std::string_view token) {
  const auto text = model::base64_decode(token);
  if (!text || !text->starts_with(kTokenMark)) return std::nullopt;
  const std::string_view digits = std::string_view(*text).substr(kTokenMark.size());
  std::int64_t position = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), position);
  if (error != std::errc() || end != digits.data() + digits.size() || position < 0) return std::nullopt;
  return position;
}

}  // namespace

std::string page_token(std::int64_t after) {
  return model::base64_encode(std::string(kTokenMark) + std::to_string(after));
}

Page page_of(const std::optional<std::int32_t>& max_results, const std::optional<std::string>& next_token,
             std::string_view ids_parameter, bool names_ids, PageLimits limits) {
  Page page;
  if (max_results) {
    if (names_ids) throw errors::cannot_be_combined(ids_parameter, "maxResults");
    if (*max_results < limits.least || *max_results > limits.most)
      throw errors::invalid_value("maxResults", std::to_string(*max_results),
                                  fmt::format("Expecting a value between {} and {}.", limits.least, limits.most));
    page.limit = static_cast<std::size_t>(*max_results);
  }
  if (next_token && !next_token->empty()) {
    const auto position = position_of(*next_token);
    if (!position) throw errors::invalid_next_token(*next_token);
    page.after = *position;
  }
  return page;
}

}  // namespace amity::handlers
