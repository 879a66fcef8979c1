// Buckets of Amazon S3 as EC2 names them. They are names only: there is no S3 here.
#pragma once

#include "handlers/api_error.hpp"

#include <string_view>

namespace amity::handlers {

// Throws InvalidParameterValue for what cannot be the name of a bucket: 3 to 63 lower-case letters, digits, dots and
// hyphens, with a letter or a digit at either end.
void check_bucket(std::string_view name);

namespace errors {
ApiError object_not_found(std::string_view bucket, std::string_view key);
ApiError bucket_access_denied(std::string_view bucket);
}  // namespace errors

}  // namespace amity::handlers
