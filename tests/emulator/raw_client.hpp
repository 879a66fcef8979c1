#pragma once

// A client that sends exactly the bytes a test wants, and a server on a thread of its own.

#include "emulator/server.hpp"

#include <arpa/inet.h>
#include <cctype>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace amity::emulator {

struct Reply {
  unsigned status = 0;  // 0: the connection ended before a whole answer came
  std::string head;
  std::string body;

  // "" when there is no such header.
  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, bool ipv6 = false)
      : socket_(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};  // so that a broken server fails a test and does not hang it
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (!connect(port, ipv6)) throw std::runtime_error("cannot connect");
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), pending_(std::move(other.pending_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(); }

  int descriptor() const { return socket_; }

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  // Closes with a reset instead of a farewell.
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  // Whether all of it was sent.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  Reply receive(bool with_body = true) {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return {};
    }
    Reply reply;
    reply.head = take(end + 4);
    const std::string length = reply.header("Content-Length");
    const std::size_t size = length.empty() || !with_body ? 0 : std::stoul(length);
    while (pending_.size() < size) {
      if (!read_more()) return {};
    }
    reply.body = take(size);
    reply.status = static_cast<unsigned>(std::stoul(reply.head.substr(9, 3)));
    return reply;
  }

  Reply call(std::string_view bytes, bool with_body = true) {
    send(bytes);
    return receive(with_body);
  }

  // Everything that comes until the server closes.
  std::string receive_all() {
    while (read_more()) {
    }
    return take(pending_.size());
  }

  // Waits for the server to close; false if it sends something first.
  bool is_closed() { return pending_.empty() && !read_more() && closed_; }

  bool has_input_within(int milliseconds) {
    pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, milliseconds) == 1;
  }

 private:
  bool connect(std::uint16_t port, bool ipv6) {
    if (ipv6) {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      address.sin6_addr = in6addr_loopback;
      return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool read_more() {
    char buffer[64 * 1024];
    const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
    if (size > 0) {
      pending_.append(buffer, static_cast<std::size_t>(size));
    } else {
      closed_ = size == 0 || errno == ECONNRESET;
    }
    return size > 0;
  }

  std::string take(std::size_t size) {
    std::string taken = pending_.substr(0, size);
    pending_.erase(0, size);
    return taken;
  }

  int socket_;
  std::string pending_;
  bool closed_ = false;
};

class RunningServer {
 public:
  explicit RunningServer(HttpHandler handler, const ServerOptions& options = {}, ErrorRenderer render_error = {})
      : server_(options, std::move(handler), std::move(render_error)), thread_([this] { server_.run(); }) {}
  ~RunningServer() {
    server_.stop();
    wait();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port() const { return server_.port(); }
  RawClient client() const { return RawClient(port()); }
  void stop() { server_.stop(); }
  // Until run() has returned.
  void wait() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  Server server_;
  std::thread thread_;
};

}  // namespace amity::emulator
