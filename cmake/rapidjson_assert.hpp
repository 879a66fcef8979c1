// Included before everything else in each file that uses RapidJSON, so that a wrong use of it (GetString of a number)
// ends the call as a bug does, with an exception, and not the process.
#pragma once

#include <stdexcept>

#define RAPIDJSON_ASSERT(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : throw std::logic_error("RapidJSON: " #condition))
#define RAPIDJSON_NOEXCEPT_ASSERT(condition) static_cast<void>(0)
