#include "model/wildcard.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>

namespace model = amity::model;

namespace {

// The definition of a match, written down without any thought of speed.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  const auto rest = pattern.substr(1);
  if (pattern[0] == '*') {
    return matches_by_definition(rest, text) || (!text.empty() && matches_by_definition(pattern, text.substr(1)));
  }
  if (pattern[0] == '?') {
    return matches_by_definition(rest, text) || (!text.empty() && matches_by_definition(rest, text.substr(1)));
  }
  return !text.empty() && text[0] == pattern[0] && matches_by_definition(rest, text.substr(1));
}

}  // namespace

TEST_CASE("A filter value matches as the EC2 user guide says", "[wildcard]") {
  struct Row {
    const char* pattern;
    const char* text;
    bool expected;
  };
  const Row rows[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"web", "web", true},
      {"web", "Web", false},
      {"web", "webs", false},
      {"*", "", true},
      {"*", "anything", true},
      {"**", "", true},
      {"web*", "web", true},
      {"web*", "webserver", true},
      {"web*", "we", false},
      {"*web", "my-web", true},
      {"*web", "my-webs", false},
      {"*data*", "my-data-base", true},
      {"amzn2-ami-hvm-*-x86_64-gp2", "amzn2-ami-hvm-2.0.20240503.0-x86_64-gp2", true},
      {"amzn2-ami-hvm-*-x86_64-gp2", "amzn2-ami-hvm-2.0.20240503.0-arm64-gp2", false},
      {"ubuntu/images/*/ubuntu-*-amd64-*", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240501", true},
      {"*aab", "aaaab", true},
      {"*ab*ab", "ab-ab-ab", true},
      {"*ab*ab", "abb", false},
      // "?" is zero or one character.
      {"?", "", true},
      {"?", "a", true},
      {"?", "ab", false},
      {"database?", "database", true},
      {"database?", "database1", true},
      {"database?", "database12", false},
      {"a??c", "ac", true},
      {"a??c", "abc", true},
      {"a??c", "abbc", true},
      {"a??c", "abbbc", false},
      {"?ab", "aab", true},
      {"*a?b*", "xxayybacb", true},
      {"*?*", "", true},
      {"?*?", "", true},
      // A character may be several bytes.
      {"caf?", "caf\xc3\xa9", true},
      {"caf??", "caf\xc3\xa9", true},
      {"?", "\xf0\x9f\x9a\x80", true},
      {"?", "\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80", false},
      {"*\xc3\xa9*", "un \xc3\xa9t\xc3\xa9", true},
      {"*\xc3\xa8*", "un \xc3\xa9t\xc3\xa9", false},
      // A backslash takes a wildcard, or itself, literally.
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\?", "?", true},
      {"\\?", "", false},
      {"\\\\", "\\", true},
      {"\\*amazon\\?\\\\", "*amazon?\\", true},
      {"*\\**", "2 * 3", true},
      {"*\\**", "2 x 3", false},
      {"\\\\*", "\\anything", true},
      {"C:\\logs", "C:\\logs", true},
      {"trailing\\", "trailing\\", true},
      {"*\\", "trailing\\", true},
  };
  for (const Row& row : rows) {
    INFO(row.pattern << " on " << row.text);
    CHECK(model::matches_wildcard(row.pattern, row.text) == row.expected);
  }
}

TEST_CASE("Any pattern over a small alphabet matches as defined", "[wildcard]") {
  std::mt19937 random(20240501);
  const auto draw = [&random](std::string_view alphabet, std::size_t max_length) {
    std::string out(random() % (max_length + 1), ' ');
    for (char& c : out) c = alphabet[random() % alphabet.size()];
    return out;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string pattern = draw(i % 2 == 0 ? "ab*?" : "ab??", 8);
    const std::string text = draw("ab", 8);
    INFO(pattern << " on " << text);
    REQUIRE(model::matches_wildcard(pattern, text) == matches_by_definition(pattern, text));
  }
}

TEST_CASE("No pattern makes matching blow up", "[wildcard]") {
  std::string stars;
  std::string options;
  for (int i = 0; i < 500; ++i) {
    stars += "a*";
    options += "?a";
  }
  const std::string text(1'000, 'a');
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(model::matches_wildcard(stars + "b", text));
  CHECK_FALSE(model::matches_wildcard(options + "b", text));
  CHECK_FALSE(model::matches_wildcard("*" + options + "b", text));
  const std::string run(200'000, '?');
  for (int i = 0; i < 20; ++i) CHECK_FALSE(model::matches_wildcard(run + "b", text));
  CHECK(model::matches_wildcard(run, text));
  // Backtracking would take longer than anyone's patience; this takes milliseconds.
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("A pattern without wildcards is plain text once unescaped", "[wildcard]") {
  for (const auto* pattern : {"*", "a*", "?", "a?b", "\\\\*", "\\a*"}) {
    INFO(pattern);
    CHECK(model::has_wildcards(pattern));
  }
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},       {"plain", "plain"},       {"\\*", "*"},       {"a\\?b", "a?b"},
      {"\\\\", "\\"}, {"C:\\logs", "C:\\logs"}, {"end\\", "end\\"}, {"caf\xc3\xa9", "caf\xc3\xa9"},
  };
  for (const auto& [pattern, text] : rows) {
    INFO(pattern);
    CHECK_FALSE(model::has_wildcards(pattern));
    CHECK(model::unescape_pattern(pattern) == text);
    CHECK(model::matches_wildcard(pattern, text));
  }
}
