#pragma once

// Calls the handler, and turns what it returns or throws into an answer ready to send.

#include "emulator/http.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace amity::emulator {

struct Answer {
  std::string head;  // status line and headers, with the empty line behind them
  std::string body;  // empty where HTTP allows none
  bool keep_alive = false;
  std::chrono::milliseconds delay{};  // to be waited before it is sent
};

class Responder {
 public:
  // `render_error` may be empty: errors are plain text then. See Server for what it is asked.
  Responder(HttpHandler handler, ErrorRenderer render_error);

  // Both reuse the memory of `answer`. A refusal closes the connection.
  void respond(const HttpRequest& request, bool keep_alive, Answer& answer);
  void refuse(unsigned status, std::string_view reason, Answer& answer);

 private:
  HttpResponse call_handler(const HttpRequest& request) const;
  HttpResponse render_error(unsigned status, std::string_view reason) const;
  std::string_view date();

  HttpHandler handler_;
  ErrorRenderer render_error_;
  std::chrono::sys_seconds date_second_{};
  std::string date_;
};

}  // namespace amity::emulator
