#include "fixtures/embedded.hpp"

#include <catch2/catch.hpp>

using namespace amity::fixtures;

TEST_CASE("Every embedded file is found by its path and holds text", "[fixtures]") {
  for (const EmbeddedFile& file : embedded_files()) {
    INFO(file.path);
    CHECK(embedded_file(file.path) == file.text);
    CHECK_FALSE(file.text.empty());
  }
}

TEST_CASE("A path that is not embedded is not found", "[fixtures]") { CHECK_FALSE(embedded_file("no_such_file.json")); }
