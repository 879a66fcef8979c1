#include "handlers/buckets.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers {

void check_bucket(std::string_view name) {
  constexpr std::string_view kEnds = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (name.size() < 3 || name.size() > 63 || kEnds.find(name.front()) == std::string_view::npos ||
      kEnds.find(name.back()) == std::string_view::npos ||
      name.find_first_not_of(kCharacters) != std::string_view::npos || name.find("..") != std::string_view::npos)
    throw errors::invalid_value("bucket", name, "It is not the name of an S3 bucket.");
}

namespace errors {

ApiError object_not_found(std::string_view bucket, std::string_view key) {
  return invalid_parameter_value(fmt::format("The S3 object {}/{} does not exist.", bucket, key));
}

ApiError bucket_access_denied(std::string_view bucket) {
  return invalid_parameter_value(fmt::format("The S3 bucket {} belongs to another account.", bucket));
}

}  // namespace errors
}  // namespace amity::handlers
