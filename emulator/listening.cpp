#include "emulator/listening.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace amity::emulator {
namespace {

// How often a port that is free on one address may turn out to be taken on another.
constexpr int kPortAttempts = 20;

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

std::optional<Address> parse_address(const std::string& text) {
  Address address{};
  if (::inet_pton(AF_INET, text.c_str(), &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &address.v6.sin6_addr) == 1) {
    address.v6.sin6_family = AF_INET6;
    return address;
  }
  return std::nullopt;
}

bool is_ipv6(const Address& address) { return address.any.sa_family == AF_INET6; }

socklen_t size_of(const Address& address) { return is_ipv6(address) ? sizeof address.v6 : sizeof address.v4; }

// Both families keep the port in the same place.
in_port_t& port_of(Address& address) { return is_ipv6(address) ? address.v6.sin6_port : address.v4.sin_port; }

// The listening socket, or errno.
std::pair<Descriptor, int> listen_on_one(Address address, std::uint16_t port) {
  port_of(address) = htons(port);
  const int on = 1;
  Descriptor socket(::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool listens =
      socket.get() >= 0 && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      (!is_ipv6(address) || ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
      ::bind(socket.get(), &address.any, size_of(address)) == 0 && ::listen(socket.get(), SOMAXCONN) == 0;
  return {std::move(socket), listens ? 0 : errno};
}

std::uint16_t local_port(const Descriptor& socket) {
  Address address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), &address.any, &size);
  return ntohs(port_of(address));
}

bool is_missing_ipv6_loopback(const Address& address, int error) {
  return is_ipv6(address) && IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr) &&
         (error == EAFNOSUPPORT || error == EADDRNOTAVAIL);
}

[[noreturn]] void give_up(const std::string& address, std::uint16_t port, const std::string& why) {
  throw std::runtime_error("Cannot listen on " + address + " port " + std::to_string(port) + ": " + why + ".");
}

// Nothing when the port that the kernel picked for the first address is taken on another.
std::optional<Listening> try_listen_on(const std::vector<std::string>& addresses, std::uint16_t port, bool last) {
  Listening listening{.sockets = {}, .port = port};
  for (const std::string& text : addresses) {
    const auto address = parse_address(text);
    if (!address) give_up(text, port, "not an IP address");
    auto [socket, error] = listen_on_one(*address, listening.port);
    if (error == 0) {
      listening.port = local_port(socket);
      listening.sockets.push_back({std::move(socket), is_ipv6(*address)});
    } else if (error == EADDRINUSE && port == 0 && !last) {
      return std::nullopt;
    } else if (!is_missing_ipv6_loopback(*address, error) || addresses.size() == 1) {
      give_up(text, listening.port, std::generic_category().message(error));
    }
  }
  if (listening.sockets.empty()) throw std::runtime_error("Cannot listen: there is no address to listen on.");
  return listening;
}

}  // namespace

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

Listening listen_on(const std::vector<std::string>& addresses, std::uint16_t port) {
  for (int attempt = 1;; ++attempt) {
    if (auto listening = try_listen_on(addresses, port, attempt == kPortAttempts)) return std::move(*listening);
  }
}

}  // namespace amity::emulator
