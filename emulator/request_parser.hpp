#pragma once

// Turns the bytes of a connection into one request after another: Beast's HTTP/1 grammar, and on top of it the limits
// and the strictness that keep two parsers from disagreeing about where a request ends (request smuggling). Knows no
// sockets.

#include "emulator/http.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace amity::emulator {

class RequestParser {
 public:
  enum class State { NeedsMore, Complete, Refused };

  // Why a request is not served, as an HTTP status and a sentence.
  struct Refusal {
    unsigned status = 0;
    std::string reason;
  };

  // `header_limit` bounds request line and headers together, `body_limit` the body without its chunk framing; in bytes.
  RequestParser(std::size_t header_limit, std::size_t body_limit);
  ~RequestParser();

  // Forgets the present request, keeps its memory for the next one.
  void restart();

  // Takes bytes off the front of `bytes` and answers how many. While the state is NeedsMore, offer the rest again with
  // more behind it; once it is Complete or Refused, the rest belongs to the next request.
  std::size_t consume(std::string_view bytes);

  State state() const;

  // Whether the first byte of a request is there. Empty lines before a request line do not count.
  bool started() const;

  // Whether the client waits for "100 Continue" before it sends the body. True once a request at most.
  bool take_awaited_continue();

  // Valid once the state is Complete, until restart(). `remote_address` is left empty.
  HttpRequest request() const;

  // Whether the client wants the connection to stay open after the answer. False until the state is Complete.
  bool keep_alive() const;

  // Valid once the state is Refused, until restart().
  const Refusal& refusal() const;

 private:
  struct Message;
  class Grammar;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amity::emulator
