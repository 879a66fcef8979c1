// The tokens that the EBS direct APIs hand out: opaque to clients, good for one purpose, and only for a while (7 days
// for a block, 60 minutes for a page: "Frequently asked questions for EBS direct APIs").
#pragma once

#include "model/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

inline constexpr auto kBlockTokenLifetime = std::chrono::hours{7 * 24};
inline constexpr auto kPageTokenLifetime = std::chrono::minutes{60};

// `purpose` says what the token is for: it is no good for any other.
std::string make_block_token(std::string_view purpose, std::int64_t block, model::Timestamp expires);
// The block that the token was made for; nullopt when it was not made for this purpose or has expired.
std::optional<std::int64_t> read_block_token(std::string_view purpose, std::string_view token, model::Timestamp now);

}  // namespace amity::handlers
