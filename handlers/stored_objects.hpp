// What EC2 writes to buckets of Amazon S3 and reads from them: images, with what their snapshots hold. There is no S3
// here: a bucket is a name, an object a row, and its blocks are in maps of nobody's account.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/call.hpp"
#include "model/state_image_tasks.hpp"

#include <optional>
#include <string_view>

namespace amity::handlers {

// Throws InvalidParameterValue for what cannot be the name of a bucket: 3 to 63 lower-case letters, digits, dots and
// hyphens, with a letter or a digit at either end.
void check_bucket(std::string_view name);

// Whether the object is there and another account's.
bool is_foreign_object(Call& call, std::string_view bucket, std::string_view key);
// The caller's own.
std::optional<state::StoredImage> find_object(Call& call, std::string_view bucket, std::string_view key);

// Puts the object in place of another of its name. Its image is the caller's, and says which snapshots the object is
// to keep; the mappings of the kept image name them as they are called in the object. False, and nothing is put, when a
// snapshot is gone.
bool put_object(Call& call, state::StoredImage object);

namespace errors {
ApiError object_not_found(std::string_view bucket, std::string_view key);
ApiError bucket_access_denied(std::string_view bucket);
}  // namespace errors

}  // namespace amity::handlers
