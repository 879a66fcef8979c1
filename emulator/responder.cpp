#include "emulator/responder.hpp"

#include "model/timestamp.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <exception>
#include <ostream>  // Beast 1.81 needs it and leaves it out
#include <utility>

namespace amity::emulator {
namespace {

struct Delivery {
  unsigned request_version = 11;
  bool keep_alive = false;
  std::string_view date;  // for an answer that carries none
};

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// Control characters become spaces, so that no value can start a header of its own.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out.append(value);
  std::replace_if(
      out.begin() + begin, out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  out.append("\r\n");
}

// Length and connection are the server's to say, whatever the handler has said.
bool is_the_servers(std::string_view name) {
  return equals_ignoring_case(name, "Content-Length") || equals_ignoring_case(name, "Transfer-Encoding") ||
         equals_ignoring_case(name, "Connection");
}

// Whether HTTP lets an answer of that status have a body and a Content-Length.
bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_status_line(std::string& out, unsigned status) {
  const auto phrase = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  out.append("HTTP/1.1 ");
  append_number(out, status);
  out.append(" ").append(phrase.data(), phrase.size()).append("\r\n");
}

void append_head(std::string& out, const HttpResponse& response, const Delivery& delivery) {
  append_status_line(out, response.status);
  bool has_date = false;
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) {
    if (is_the_servers(name)) continue;
    has_date = has_date || equals_ignoring_case(name, "Date");
    append_header(out, name, value);
  }
  if (!has_date) append_header(out, "Date", delivery.date);
  if (may_have_body(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (!delivery.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (delivery.request_version < 11) {
    out.append("Connection: keep-alive\r\n");  // not the default of HTTP/1.0
  }
  out.append("\r\n");
}

void deliver(HttpResponse response, const Delivery& delivery, bool wants_body, Answer& answer) {
  answer.head.clear();
  append_head(answer.head, response, delivery);
  answer.body.clear();
  if (wants_body && may_have_body(response.status)) answer.body = std::move(response.body);
  answer.keep_alive = delivery.keep_alive;
  answer.delay = response.delay;
}

}  // namespace

Responder::Responder(HttpHandler handler, ErrorRenderer render_error)
    : handler_(std::move(handler)), render_error_(std::move(render_error)) {}

void Responder::respond(const HttpRequest& request, bool keep_alive, Answer& answer) {
  const Delivery delivery{.request_version = request.version, .keep_alive = keep_alive, .date = date()};
  deliver(call_handler(request), delivery, request.method != "HEAD", answer);
}

void Responder::refuse(unsigned status, std::string_view reason, Answer& answer) {
  deliver(render_error(status, reason), {.request_version = 11, .keep_alive = false, .date = date()}, true, answer);
}

HttpResponse Responder::call_handler(const HttpRequest& request) const {
  try {
    return handler_(request);
  } catch (const std::exception& error) {
    return render_error(500, error.what());
  } catch (...) {
    return render_error(500, "The handler threw something that is no exception.");
  }
}

HttpResponse Responder::render_error(unsigned status, std::string_view reason) const {
  try {
    if (render_error_) return render_error_(status, reason);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the plain answer has to do
  }
  // The text of an exception is for the log.
  const std::string_view text = status == 500 ? "Internal error." : reason;
  return {
      .status = status, .content_type = "text/plain;charset=UTF-8", .headers = {}, .body = std::string(text) + "\n"};
}

std::string_view Responder::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != date_second_) {
    date_second_ = now;
    date_ = model::to_http_date(now);
  }
  return date_;
}

}  // namespace amity::emulator
