#include "emulator/commands.hpp"
#include "emulator/fixture_files.hpp"
#include "emulator/http_client.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace amity::emulator {
namespace {

// "2 Images, 3 Snapshots"
std::string in_words(const std::vector<handlers::FixtureCount>& counts) {
  std::string words;
  for (const handlers::FixtureCount& count : counts)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count.count, count.member);
  return words.empty() ? "nothing" : words;
}

std::string dump_of_file(const std::string& file) {
  // Opening would make it.
  if (!std::filesystem::exists(file)) throw std::runtime_error(fmt::format("there is no file '{}'", file));
  EmulationOptions options;
  options.data_file = file;
  return Emulation(std::move(options)).dump() + '\n';
}

}  // namespace

int run(const CheckFixturesCommand& command) {
  Emulation emulation({});
  int status = 0;
  // One after the other into one emulation, as they may name each other's resources.
  for (const handlers::FixtureText& fixture : read_fixture_files(command.paths)) {
    try {
      const auto counts = emulation.load({&fixture, 1});
      std::cout << fmt::format("{}: {}\n", fixture.name, in_words(counts));
    } catch (const handlers::FixtureError& error) {
      std::cerr << error.what() << '\n';
      status = 1;
    }
  }
  return status;
}

int run(const DumpFixturesCommand& command) {
  if (!command.data_file.empty()) {
    std::cout << dump_of_file(command.data_file);
    return 0;
  }
  std::cout << http_get(command.endpoint + "/_amity/fixtures");
  return 0;
}

}  // namespace amity::emulator
