#include "emulator/fixture_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace amity::emulator {
namespace {

namespace fs = std::filesystem;

std::runtime_error cannot_read(const fs::path& path, std::string_view why) {
  return std::runtime_error(fmt::format("cannot read '{}': {}", path.string(), why));
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  if (error) throw cannot_read(folder, error.message());
  if (files.empty()) throw cannot_read(folder, "the folder has no *.json files");
  std::ranges::sort(files);
  return files;
}

handlers::FixtureText read(const fs::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file || file.bad()) throw cannot_read(path, errno ? std::strerror(errno) : "it is no file");
  return {.name = path.string(), .text = std::move(text)};
}

}  // namespace

std::vector<handlers::FixtureText> read_fixture_files(const std::vector<std::string>& paths) {
  std::vector<handlers::FixtureText> texts;
  for (const fs::path path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      texts.push_back(read(path));
      continue;
    }
    for (const fs::path& file : files_in(path)) texts.push_back(read(file));
  }
  return texts;
}

std::string read_price_file(const std::string& path) { return path.empty() ? "" : read(path).text; }

}  // namespace amity::emulator
