// The command line and the AMITY_* variables, understood.
#pragma once

#include "emulator/access_policy.hpp"
#include "emulator/emulation.hpp"
#include "emulator/request_log.hpp"
#include "emulator/server.hpp"

#include <iosfwd>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace amity::emulator {

inline constexpr std::uint16_t kDefaultPort = 4566;

// What runs an emulator needs to know: serve and exec.
struct RunOptions {
  EmulationOptions emulation{};              // its fixtures are still to be read from fixture_paths
  std::vector<std::string> fixture_paths{};  // files and folders
  std::string price_file{};                  // the user's own price list; its text is still to be read
  ServerOptions server{};
  AccessRules access{};
  LogOptions log{};
};

struct ServeCommand {
  RunOptions run{};
};
struct ExecCommand {
  RunOptions run{};
  std::vector<std::string> command{};  // never empty
};
struct VersionCommand {};
struct CheckFixturesCommand {
  std::vector<std::string> paths{};
};
struct DumpFixturesCommand {
  std::string data_file{};  // or, when empty, from the Amity that runs at
  std::string endpoint{};   // as of all commands: without a slash at its end
};

// Whether the Amity that runs there answers.
struct CheckCommand {
  std::string data_file{};
};
struct HealthCommand {
  std::string endpoint{};
};

struct BillCommand {
  std::string data_file{};  // or, when empty, of the Amity that runs at
  std::string endpoint{};
  std::string query{};  // as of GET /_amity/bill
};

using Command = std::variant<ServeCommand, ExecCommand, VersionCommand, CheckFixturesCommand, DumpFixturesCommand,
                             BillCommand, HealthCommand, CheckCommand>;

// `arguments` are those behind the program's name. When there is nothing to be done, because help was asked for or
// because the arguments are wrong, says so on `out` or `err` and gives the exit status.
std::variant<Command, int> parse_command_line(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace amity::emulator
