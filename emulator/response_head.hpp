#pragma once

// The status line and the headers of an answer.

#include "emulator/http.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

struct Delivery {
  unsigned request_version = 11;  // as HttpRequest::version
  bool keep_alive = true;
  std::string_view date;  // for an answer that carries none; as model::to_http_date writes it
};

// Whether HTTP lets an answer of that status have a body and a Content-Length.
bool may_have_body(unsigned status);

// Appends everything that goes before the body to `out`. Length and connection are the server's to say: such headers in
// `response` are left out. Control characters in values become spaces, so that no value can start a header of its own.
void append_response_head(std::string& out, const HttpResponse& response, const Delivery& delivery);

}  // namespace amity::emulator
