#include "fixtures/embedded.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace amity::fixtures;

TEST_CASE("Every embedded file is found by its path and holds text", "[fixtures]") {
  for (const EmbeddedFile& file : embedded_files()) {
    INFO(file.path);
    CHECK(embedded_file(file.path) == file.text);
    CHECK_FALSE(file.text.empty());
  }
}

// A build cache that does not know of .incbin has brought back older ones.
TEST_CASE("What is embedded is what the files hold now", "[fixtures]") {
  const auto folder = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "fixtures";
  for (const EmbeddedFile& file : embedded_files()) {
    INFO(file.path);
    std::ifstream stream(folder / file.path, std::ios::binary);
    REQUIRE(stream);
    CHECK(file.text == std::string(std::istreambuf_iterator<char>(stream), {}));
  }
}

TEST_CASE("A path that is not embedded is not found", "[fixtures]") { CHECK_FALSE(embedded_file("no_such_file.json")); }
