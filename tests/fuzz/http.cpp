// Bytes as they come from a connection: requests one after another, through the parser that the server has, the
// application, and the writer of answers. The first byte says how the network cuts them.
#include "emulator/request_parser.hpp"
#include "emulator/responder.hpp"
#include "tests/emulator/application_world.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>

namespace amity::fuzz {
namespace {

using State = emulator::RequestParser::State;

// Past what libFuzzer makes, so that only bodies meet their limit: where exactly a header does depends on the cuts.
constexpr std::size_t kHeaderLimit = std::size_t{1} << 20;
constexpr std::size_t kBodyLimit = 2000;

// How many bytes of `text` the parser took, in pieces of `step`.
std::size_t feed(emulator::RequestParser& parser, std::string_view text, std::size_t step) {
  std::size_t offered = 0;
  std::size_t taken = 0;
  while (offered < text.size() && parser.state() == State::NeedsMore) {
    offered = std::min(text.size(), offered + step);
    taken += parser.consume(text.substr(taken, offered - taken));
  }
  return taken;
}

bool are_equal(const emulator::HttpRequest& left, const emulator::HttpRequest& right) {
  const auto equal_headers = [](const emulator::Header& a, const emulator::Header& b) {
    return a.name == b.name && a.value == b.value;
  };
  return left.method == right.method && left.target == right.target && left.version == right.version &&
         left.body == right.body && std::ranges::equal(left.headers, right.headers, equal_headers);
}

}  // namespace

void run_http(std::string_view input) {
  static tests::ApplicationWorld world({.seed = 1}, {.level = emulator::LogLevel::Off});
  emulator::HttpResponse last;
  emulator::Responder responder(
      [&](const emulator::HttpRequest& request) {
        last = world.application().answer(request);
        require_good(last, request.target);
        return last;
      },
      {});
  const std::size_t step = take_byte(input) % 64 + 1;
  emulator::RequestParser whole(kHeaderLimit, kBodyLimit);
  emulator::RequestParser cut(kHeaderLimit, kBodyLimit);
  bool changed = false;
  while (!input.empty()) {
    const std::size_t taken = feed(whole, input, input.size());
    const std::size_t taken_cut = feed(cut, input, step);
    require((whole.state() == State::Complete) == (cut.state() == State::Complete), "cuts change nothing", input);
    if (whole.state() != State::Complete) break;
    require(taken == taken_cut, "cuts do not change where a request ends", input);
    require(are_equal(whole.request(), cut.request()), "cuts do not change a request", input);
    require(whole.request().body.size() <= kBodyLimit, "the limit of bodies holds", input);

    emulator::Answer answer;
    changed = changed || whole.request().method != "GET";
    responder.respond(whole.request(), whole.keep_alive(), answer);
    require(answer.head.starts_with("HTTP/1.1 ") && answer.head.find("\r\n\r\n") == answer.head.size() - 4,
            "an answer has one head", answer.head);
    if (!answer.keep_alive) break;
    input.remove_prefix(taken);
    whole.restart();
    cut.restart();
  }
  if (changed) world.emulation().reset();
}

}  // namespace amity::fuzz
