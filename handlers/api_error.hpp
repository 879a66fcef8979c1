// What a caller did wrong, in AWS's words: ends the call, rolls it back, and is its answer.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace amity::handlers {

class ApiError : public std::exception {
 public:
  // `status` is the HTTP status that AWS sends with `code`.
  ApiError(std::string code, std::string message, unsigned status = 400)
      : code_(std::move(code)), message_(std::move(message)), status_(status) {}

  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  unsigned status() const { return status_; }
  // A finer reason that some services' errors carry ("SNAPSHOT_NOT_FOUND"); empty for most.
  const std::string& reason() const { return reason_; }
  ApiError& because(std::string reason) {
    reason_ = std::move(reason);
    return *this;
  }
  // What the call did before it failed stays done. For the few operations that AWS lets succeed in part.
  bool keeps_effects() const { return keeps_effects_; }
  ApiError& keeping_effects() {
    keeps_effects_ = true;
    return *this;
  }
  const char* what() const noexcept override { return code_.c_str(); }

 private:
  std::string code_;
  std::string message_;
  std::string reason_;
  unsigned status_;
  bool keeps_effects_ = false;
};

}  // namespace amity::handlers
