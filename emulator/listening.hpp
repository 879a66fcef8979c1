#pragma once

// Sockets that listen on several addresses, but on one and the same port.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace amity::emulator {

// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor();

  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

struct ListeningSocket {
  Descriptor descriptor;
  bool is_ipv6 = false;
};

struct Listening {
  std::vector<ListeningSocket> sockets;  // never empty
  std::uint16_t port = 0;
};

// Listens on `port` of all `addresses`, which are given in numbers; port 0 stands for one that is free on all of them.
// An IPv6 loopback that the machine does not have is left out if there is another address. Throws std::runtime_error
// with a sentence for the user.
Listening listen_on(const std::vector<std::string>& addresses, std::uint16_t port);

}  // namespace amity::emulator
