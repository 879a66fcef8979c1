// Where a state lives while a test runs: in memory, or in a file of a folder that goes when the test ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace amity::tests {

enum class Kind { Memory, File };

class Place {
 public:
  explicit Place(Kind kind = Kind::File) : kind_(kind) {
    std::string pattern = (std::filesystem::temp_directory_path() / "amity-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~Place() { std::filesystem::remove_all(folder_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  bool is_file() const { return kind_ == Kind::File; }
  const std::filesystem::path& folder() const { return folder_; }
  // What a Database or Store is opened with.
  std::string path() const { return is_file() ? (folder_ / "state.db").string() : std::string(); }

 private:
  Kind kind_;
  std::filesystem::path folder_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace amity::tests
