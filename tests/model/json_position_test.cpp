#include "model/json.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <utility>

using amity::model::line_of_field;

TEST_CASE("A field is found on the line of its name", "[json]") {
  constexpr std::string_view kText =
      "[\n"                                    // 1
      "  {\"Images\": []},\n"                  // 2
      "  {\n"                                  // 3
      "    \"Images\": [\n"                    // 4
      "      {\"ImageId\": \"ami-1\",\n"       // 5
      "       \"Tags\": [{\"Key\": \"a\"},\n"  // 6
      "                {\"Key\":\n"            // 7
      "                   \"b\"}]},\n"         // 8
      "      {\"Name\": [1, 2,\n"              // 9
      "               3]}\n"                   // 10
      "    ]\n"
      "  }\n"
      "]";
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"", 1},
      {"[0]", 2},
      {"[0].Images", 2},
      {"[1]", 3},
      {"[1].Images", 4},
      {"[1].Images[0].ImageId", 5},
      {"[1].Images[0].Tags[0].Key", 6},
      {"[1].Images[0].Tags[1].Key", 7},
      {"[1].Images[1].Name[1]", 9},
      {"[1].Images[1].Name[2]", 10},
      // What is not there is on the line of what would contain it.
      {"[1].Images[0].Architecture", 5},
      {"[1].Images[1].Ebs.SnapshotId", 9},
      {"[1].Images[7]", 4},
      {"[2]", 1},
  };
  for (const auto& [field, line] : cases) {
    INFO(field);
    CHECK(line_of_field(kText, field) == line);
  }
}

TEST_CASE("A field's name counts only where its path leads", "[json]") {
  CHECK(line_of_field("{\"A\": {\"B\": 1},\n \"B\": 2}", "B") == 2);
  CHECK(line_of_field("{\"A\": {\"A\":\n {\"A\": 1}}}", "A.A.A") == 2);
  CHECK(line_of_field("{\"A\": [[1,\n2]]}", "A[0][1]") == 2);
}

TEST_CASE("Text that is no JSON does no harm to the search for a line", "[json]") {
  CHECK(line_of_field("", "A") == 1);
  CHECK(line_of_field("{\"A\"", "A.B") == 1);
  CHECK(line_of_field("]]]", "A") == 1);
  CHECK(line_of_field("{}", "[[[..") == 1);
}
