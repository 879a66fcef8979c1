#pragma once

// The HTTP/1 server: bytes on sockets to requests, a plain function call for each, answers back. One thread, many
// connections; the handler runs between two turns of the loop and should be quick. Knows nothing of AWS.

#include "emulator/http.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace amity::emulator {

struct ServerOptions {
  // Addresses in numbers. All of them listen on the same port. The IPv6 loopback is done without where the machine has
  // no IPv6, if there is another address.
  std::vector<std::string> addresses = {"127.0.0.1", "::1"};
  std::uint16_t port = 0;  // 0: the kernel picks a free one

  std::size_t header_limit = std::size_t{16} * 1024;  // bytes of request line and headers; above: 431
  std::size_t body_limit = std::size_t{1024} * 1024;  // bytes of body; above: 413
  // Connections served at a time; above: 503, and the connection is closed. Less if the process may not open so many
  // descriptors.
  std::size_t max_connections = 1024;

  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);   // between two requests of a connection
  std::chrono::milliseconds read_timeout = std::chrono::seconds(30);   // from a request's first byte to its last: 408
  std::chrono::milliseconds write_timeout = std::chrono::seconds(60);  // for a client to take an answer
  std::chrono::milliseconds stop_timeout = std::chrono::seconds(10);   // for requests under way when told to stop

  // PEM files. Both or neither: with them, the port speaks TLS 1.2 and 1.3 only.
  std::string tls_certificate_file;  // with its chain
  std::string tls_key_file;

  // SIGINT and SIGTERM stop the server gracefully, a second one at once.
  bool stop_on_signals = false;
};

class Server {
 public:
  // Listens; clients can connect from here on, and are answered by run(). Throws std::runtime_error with a sentence for
  // the user: port in use, unknown address, bad certificate.
  //
  // `render_error` renders what the server refuses by itself (400, 408, 413, 415, 417, 431, 501, 503). It is also asked
  // for a 500 when the handler throws: `reason` is then the exception's text, meant for the log rather than for the
  // client. Without it, the answers are plain text.
  Server(const ServerOptions& options, HttpHandler handler, ErrorRenderer render_error = {});
  ~Server();

  std::uint16_t port() const;

  // Serves in the calling thread until stop(). Returns once calls under way are answered, or stop_timeout has passed.
  // To be called once.
  void run();

  // From any thread, from a signal handler, from the HTTP handler, before or during run().
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amity::emulator
