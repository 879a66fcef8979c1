#include "model/document.hpp"

#include "model/json.hpp"
#include "model/state.hpp"
#include "model/tiny.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace amity;
using namespace std::string_literals;

namespace {

const auto kTime = *model::parse_iso8601("2026-01-02T03:04:05.678Z");

tiny::Thing full_thing() {
  tiny::Thing leaf{.thing_id = "leaf", .place = {.name = "under"}};
  return {.thing_id = "thing-1",
          .labels = {"one", "", "two, \"three\""},
          .name = "golden",
          .is_public = false,
          .count = -7,
          .size = std::numeric_limits<std::int64_t>::min(),
          .weight = 1e-9,
          .made_at = kTime,
          .data = "\0\xff\x01"s,
          .owner = tiny::Owner{.name = "me", .since = kTime},
          .place = {.name = "here"},
          .parent = {leaf},
          .parts = {leaf, leaf},
          .grid = {{1, -2}, {}, {std::numeric_limits<std::int32_t>::max()}},
          .notes = {{"b\"\\", "first"}, {"a", ""}},
          .owners = {{"x", {.name = "her"}}}};
}

template <class T>
std::optional<T> document(std::string_view json) {
  std::optional<T> structure(std::in_place);
  if (!model::read_document(json, T::shape, &*structure)) structure.reset();
  return structure;
}

}  // namespace

TEST_CASE("A stored document reads as it was written", "[model][document]") {
  const std::string json = model::to_json(full_thing());
  const auto read = document<tiny::Thing>(json);
  REQUIRE(read);
  CHECK(model::to_json(*read) == json);
  CHECK(read->is_public == false);
  CHECK(read->made_at == kTime);
  CHECK(read->grid.size() == 3);
}

TEST_CASE("A stored document keeps every character of a text", "[model][document]") {
  for (const std::string& text :
       {""s, "\""s, "\\"s, "\\\\"s, "\\\""s, "ends in \\"s, "\\n is no line feed"s, "a\nb\tc\x01"s, "\0 inside"s,
        "\"}],:{["s, "Gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80"s, std::string(5000, '\\') + "\""}) {
    const std::string json = model::to_json(tiny::Thing{.thing_id = "x", .name = text, .count = 3});
    INFO(json.substr(0, 100));
    const auto read = document<tiny::Thing>(json);
    REQUIRE(read);
    CHECK(read->name == text);
    CHECK(read->count == 3);
  }
}

TEST_CASE("A stored document may hold what this Amity does not know", "[model][document]") {
  const auto read = document<tiny::Thing>(
      R"({"New":{"a":[1,-2.5,"x\"}",true,false,null],"b":{}},"ThingId":"t","Newer":[],"Count":3,"Newest":null})");
  REQUIRE(read);
  CHECK(read->thing_id == "t");
  CHECK(read->count == 3);
}

TEST_CASE("A stored document may name its members in another order", "[model][document]") {
  const auto read = document<tiny::Thing>(R"({"Count":3,"ThingId":"t","Name":"n"})");
  REQUIRE(read);
  CHECK(read->thing_id == "t");
  CHECK(read->name == "n");
}

TEST_CASE("What ends early or is something else is no stored document", "[model][document]") {
  const std::string json = model::to_json(full_thing());
  for (std::size_t length = 0; length < json.size(); ++length) {
    INFO(json.substr(0, length));
    CHECK_FALSE(document<tiny::Thing>(std::string(json, 0, length)));
  }
  for (const std::string_view wrong :
       {"{} ", "[]", "x", R"({"Count":"3"})", R"({"Count":3.5})", R"({"Count":99999999999})", R"({"ThingId":3})",
        R"({"Public":1})", R"({"MadeAt":"soon"})", R"({"Parts":{}})", R"({"Owner":[]})", R"({"ThingId":"\u12"})",
        R"({"ThingId" "x"})", R"({"ThingId":"x",})", R"({"Unknown":})"}) {
    INFO(wrong);
    CHECK_FALSE(document<tiny::Thing>(wrong));
  }
  std::string deep;
  for (int depth = 0; depth < 100'000; ++depth) deep += R"({"Parent":)";
  CHECK_FALSE(document<tiny::Thing>(deep));
}
