#include "emulator/commands.hpp"
#include "handlers/check.hpp"
#include "storage/catalogue.hpp"
#include "storage/database.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace amity::emulator {
namespace {

// In a damaged state, one rule may be broken a thousand times.
constexpr std::size_t kShownOfARule = 20;

storage::Findings findings_in(const std::string& file) try {
  if (!std::filesystem::exists(file)) throw std::runtime_error(fmt::format("there is no file '{}'", file));
  storage::Store store(file, storage::Store::LookOnly{});
  const storage::Catalogue catalogue;
  handlers::Ids ids;
  const handlers::Profile profile = handlers::instant_profile();
  return handlers::check({store, catalogue, ids, profile});
} catch (const storage::Error& error) {
  throw std::runtime_error(fmt::format("cannot check '{}': {}", file, error.what()));
}

// Each broken rule, and below it where.
void print(const storage::Findings& findings) {
  for (std::size_t i = 0; i < findings.size();) {
    const std::string& rule = findings[i].rule;
    std::cout << "not so: " << rule << '\n';
    std::size_t count = 0;
    for (; i < findings.size() && findings[i].rule == rule; ++i)
      if (++count <= kShownOfARule) std::cout << "  " << findings[i].what << '\n';
    if (count > kShownOfARule) std::cout << fmt::format("  and {} more\n", count - kShownOfARule);
  }
}

}  // namespace

int run(const CheckCommand& command) {
  const storage::Findings findings = findings_in(command.data_file);
  if (findings.empty()) std::cout << command.data_file << ": nothing is wrong\n";
  print(findings);
  return findings.empty() ? 0 : 1;
}

}  // namespace amity::emulator
