#include "emulator/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace amity::emulator {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

// A body's memory is kept for the next request of the connection only up to this size.
constexpr std::size_t kKeptBodyCapacity = std::size_t{64} * 1024;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// One request in the making. Texts are appended to one string, so that a connection that stays open soon allocates
// nothing any more; views into it are made when it no longer grows.
struct RequestParser::Message {
  struct Text {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Field {
    Text name;
    Text value;
  };

  std::string text;
  Text method;
  Text target;
  std::vector<Field> fields;
  std::vector<Header> headers;
  std::string body;
  unsigned version = 11;
  std::size_t header_size = 0;
  bool has_content_length = false;
  bool header_complete = false;
  bool expects_continue = false;
  Refusal refusal;

  void clear() {
    text.clear();
    method = target = {};
    fields.clear();
    headers.clear();
    if (body.capacity() > kKeptBodyCapacity) body = {};
    body.clear();
    version = 11;
    header_size = 0;
    has_content_length = header_complete = expects_continue = false;
    refusal = {};
  }

  Text store(std::string_view piece) {
    const Text stored{text.size(), piece.size()};
    text.append(piece);
    return stored;
  }

  std::string_view at(Text stored) const { return std::string_view(text).substr(stored.begin, stored.size); }
};

// Beast calls these with the pieces it finds. A refusal is noted in the message; the error code only stops the parser.
class RequestParser::Grammar : public http::basic_parser<true> {
 public:
  Grammar(Message& message, std::size_t header_limit, std::size_t body_limit)
      : message_(message), header_limit_(header_limit) {
    eager(true);
    this->header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(header_limit, std::numeric_limits<std::uint32_t>::max())));
    this->body_limit(body_limit);
  }

 private:
  void refuse(unsigned status, std::string reason, error_code& ec) {
    message_.refusal = {status, std::move(reason)};
    ec = http::error::bad_value;
  }

  // Beast's own limit holds for what it parses in one go; a header that trickles in has to be counted.
  bool fits(std::size_t size, error_code& ec) {
    message_.header_size += size;
    if (message_.header_size > header_limit_) ec = http::error::header_limit;
    return !ec;
  }

  void on_request_impl(http::verb, BeastView method, BeastView target, int version, error_code& ec) override {
    constexpr std::size_t kAround = std::string_view("  HTTP/1.1\r\n").size();
    if (!fits(method.size() + target.size() + kAround, ec)) return;
    message_.method = message_.store(view(method));
    message_.target = message_.store(view(target));
    message_.version = static_cast<unsigned>(version);
  }

  void on_field_impl(http::field field, BeastView name, BeastView value, error_code& ec) override {
    constexpr std::size_t kAround = std::string_view(": \r\n").size();
    if (!fits(name.size() + value.size() + kAround, ec)) return;
    if (message_.header_complete) return;  // a trailer: nobody may take it for a header
    if (field == http::field::content_length) check_content_length(view(value), ec);
    if (field == http::field::transfer_encoding) check_transfer_encoding(view(value), ec);
    if (field == http::field::content_encoding) check_content_encoding(view(value), ec);
    if (field == http::field::expect) check_expectation(view(value), ec);
    if (!ec) message_.fields.push_back({message_.store(view(name)), message_.store(view(value))});
  }

  // Beast takes "5, 5" and repetitions of the same length; some other parser on the way may not.
  void check_content_length(std::string_view value, error_code& ec) {
    if (message_.has_content_length || !is_number(value)) refuse(400, "Malformed request: bad Content-Length.", ec);
    message_.has_content_length = true;
  }

  // Beast treats a request whose last coding is not "chunked" as one without a body.
  void check_transfer_encoding(std::string_view value, error_code& ec) {
    if (message_.version < 11) {
      refuse(400, "Malformed request: HTTP/1.0 has no Transfer-Encoding.", ec);
    } else if (!equals_ignoring_case(value, "chunked")) {
      refuse(501, "The only Transfer-Encoding that is understood is \"chunked\".", ec);
    }
  }

  // No AWS service that is emulated takes compressed requests, so that there is no bomb to defuse.
  void check_content_encoding(std::string_view value, error_code& ec) {
    if (!value.empty() && !equals_ignoring_case(value, "identity")) {
      refuse(415, "Compressed requests are not understood: send no Content-Encoding.", ec);
    }
  }

  void check_expectation(std::string_view value, error_code& ec) {
    if (message_.version < 11) return;  // RFC 9110, 10.1.1: HTTP/1.0 has no expectations
    if (!equals_ignoring_case(value, "100-continue")) {
      refuse(417, "The only expectation that can be met is \"100-continue\".", ec);
    }
    message_.expects_continue = true;
  }

  void on_header_impl(error_code&) override { message_.header_complete = true; }

  void on_body_init_impl(const boost::optional<std::uint64_t>& content_length, error_code&) override {
    if (content_length) message_.body.reserve(static_cast<std::size_t>(*content_length));  // at most the limit
  }

  std::size_t on_body_impl(BeastView piece, error_code&) override {
    message_.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, BeastView piece, error_code& ec) override {
    return on_body_impl(piece, ec);
  }

  void on_finish_impl(error_code&) override {
    for (const Message::Field& field : message_.fields) {
      message_.headers.push_back({message_.at(field.name), message_.at(field.value)});
    }
  }

  void on_response_impl(int, BeastView, int, error_code&) override {}

  Message& message_;
  std::size_t header_limit_;
};

struct RequestParser::Impl {
  std::size_t header_limit;
  std::size_t body_limit;
  Message message{};
  std::optional<Grammar> grammar{};
  State state = State::NeedsMore;
  bool started = false;
  bool keep_alive = false;

  void refuse(error_code ec) {
    state = State::Refused;
    if (message.refusal.status != 0) return;
    if (ec == http::error::header_limit) {
      message.refusal = {431, "The header of the request is longer than " + std::to_string(header_limit) + " bytes."};
    } else if (ec == http::error::body_limit) {
      message.refusal = {413, "The body of the request is longer than " + std::to_string(body_limit) + " bytes."};
    } else {
      message.refusal = {400, "Malformed request: " + ec.message() + "."};
    }
  }
};

RequestParser::RequestParser(std::size_t header_limit, std::size_t body_limit)
    : impl_(std::make_unique<Impl>(Impl{.header_limit = header_limit, .body_limit = body_limit})) {
  restart();
}

RequestParser::~RequestParser() = default;

void RequestParser::restart() {
  impl_->message.clear();
  impl_->grammar.emplace(impl_->message, impl_->header_limit, impl_->body_limit);
  impl_->state = State::NeedsMore;
  impl_->started = impl_->keep_alive = false;
}

std::size_t RequestParser::consume(std::string_view bytes) {
  if (state() != State::NeedsMore) return 0;
  std::size_t taken = 0;
  if (!started()) {
    // RFC 9112, 2.2: empty lines that old clients send after a body are skipped.
    while (bytes.substr(taken, 2) == "\r\n") taken += 2;
    impl_->message.header_size += taken;
    if (impl_->message.header_size > impl_->header_limit) {
      impl_->refuse(http::error::header_limit);
      return taken;
    }
    if (bytes.substr(taken) == "\r") return taken;
  }
  const std::string_view rest = bytes.substr(taken);
  if (rest.empty()) return taken;
  impl_->started = true;

  // Beast 1.81 asserts that 5 bytes are there once it has seen the last chunk. Whatever is missing of a chunked body,
  // its last 5 bytes, "0\r\n\r\n", are still to come: it costs nothing to wait for them.
  Grammar& grammar = *impl_->grammar;
  constexpr std::size_t kShortestEnd = 5;
  if (impl_->message.header_complete && grammar.chunked() && rest.size() < kShortestEnd) return taken;

  error_code ec;
  taken += grammar.put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
  if (ec && ec != http::error::need_more) {
    impl_->refuse(ec);
  } else if (grammar.is_done()) {
    impl_->state = State::Complete;
    impl_->keep_alive = grammar.keep_alive();
  } else if (bytes.size() - taken > impl_->header_limit) {
    // A header, or what stands between and behind chunks, that does not end.
    impl_->refuse(impl_->message.header_complete ? http::error::bad_chunk : http::error::header_limit);
  }
  return taken;
}

RequestParser::State RequestParser::state() const { return impl_->state; }

bool RequestParser::started() const { return impl_->started; }

bool RequestParser::take_awaited_continue() {
  Message& message = impl_->message;
  const bool awaited =
      message.header_complete && message.expects_continue && message.body.empty() && impl_->state == State::NeedsMore;
  if (awaited) message.expects_continue = false;
  return awaited;
}

HttpRequest RequestParser::request() const {
  const Message& message = impl_->message;
  return {.method = message.at(message.method),
          .target = message.at(message.target),
          .headers = message.headers,
          .body = message.body,
          .remote_address = {},
          .version = message.version};
}

bool RequestParser::keep_alive() const { return impl_->keep_alive; }

const RequestParser::Refusal& RequestParser::refusal() const { return impl_->message.refusal; }

}  // namespace amity::emulator
