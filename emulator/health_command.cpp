#include "emulator/commands.hpp"
#include "emulator/http_client.hpp"

#include <iostream>

namespace amity::emulator {

int run(const HealthCommand& command) {
  std::cout << http_get(command.endpoint + "/_amity/health");
  return 0;
}

}  // namespace amity::emulator
