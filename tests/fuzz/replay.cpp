// amity_fuzz TARGET FILE_OR_FOLDER…: feeds each file to the target once. So that the corpus, and with it what fuzzing
// has found, is tested by every build, with any compiler.
#include "tests/fuzz/targets.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

std::size_t replay(const amity::fuzz::Target& target, const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) count += replay(target, entry.path());
    return count;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(file), {}};
  std::cout << path.filename().string() << std::endl;  // the last one is the culprit
  target.run(input);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const amity::fuzz::Target* target = count > 2 ? amity::fuzz::find_target(arguments[1]) : nullptr;
  if (!target) {
    std::cerr << "Usage: amity_fuzz TARGET FILE_OR_FOLDER...\n";
    return 2;
  }
  std::size_t inputs = 0;
  for (int i = 2; i < count; ++i) inputs += replay(*target, arguments[i]);
  std::cout << target->name << ": " << inputs << " inputs\n";
  return inputs > 0 ? 0 : 1;
}
