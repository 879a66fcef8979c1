// How the administration answers.
#pragma once

#include "emulator/http.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace amity::emulator {

HttpResponse json_answer(std::string json);

// A request that the administration cannot follow.
class AdminError : public std::exception {
 public:
  explicit AdminError(std::string message, unsigned status = 400) : status_(status), message_(std::move(message)) {}

  unsigned status() const { return status_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  unsigned status_;
  std::string message_;
};

// {"error": "…"}
HttpResponse error_answer(unsigned status, std::string_view message);

}  // namespace amity::emulator
