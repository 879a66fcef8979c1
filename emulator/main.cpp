#include "emulator/commands.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace amity::emulator;
  try {
    auto parsed = parse_command_line({argv + 1, argv + argc}, std::cout, std::cerr);
    if (const int* status = std::get_if<int>(&parsed)) return *status;
    return std::visit([](auto command) { return run(std::move(command)); }, std::get<Command>(std::move(parsed)));
  } catch (const std::exception& error) {
    std::cerr << "amity: " << error.what() << '\n';
    return 1;
  }
}
