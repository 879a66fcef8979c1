// What the load generator is told, what it does and what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace amity::bench {

// One request of a cycle, and what its answer must be like. In the body, {n} is the cycle's running number, {value} the
// next of the plan's values, and {captured} what was captured last on this connection.
struct Step {
  std::string body;
  unsigned status = 200;
  std::string expect;         // stands in the answer's body
  std::size_t min_bytes = 0;  // the answer's body has at least so many
  std::string capture;        // name of an XML element whose first text is kept; none when empty
};

struct Plan {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string headers;  // of each request, each line with its CRLF
  std::vector<Step> steps;
  std::vector<std::string> values;
  int connections = 1;
  double seconds = 1;         // no cycle begins later, but for the first
  double warmup_seconds = 0;  // before these; cycles are not counted
  std::size_t max_cycles = SIZE_MAX;
  double rate = 0;  // cycles a second; 0: as fast as each connection gets its answers
};

// Of cycles. At a fixed rate a cycle's time begins when it was due, not when a connection was free for it: a server
// that stalls cannot hide how long others would have waited.
struct Findings {
  std::size_t count = 0;
  std::size_t count_all = 0;  // with those before counting began
  double seconds = 0;
  double p50_ms = 0, p99_ms = 0, max_ms = 0;
  std::size_t bytes = 0;        // of answers' bodies
  std::size_t connections = 0;  // that were opened, also because the server had closed one
};

// Throws std::runtime_error at the first answer that is not as it must be.
Findings run(const Plan& plan);

}  // namespace amity::bench
