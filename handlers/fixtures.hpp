// State as users write it down: JSON in AWS's own member names, so that what `aws ec2 describe-images --output json`
// (or describe-snapshots, describe-instances …) prints for a real account can be loaded, and what is here can be dumped
// and loaded elsewhere. The form is state::Fixture in model/state/fixture.json; docs/fixtures.md describes it for
// users.
#pragma once

#include "handlers/call.hpp"

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

struct FixtureText {
  std::string name;  // of the file, for error messages; may be empty
  std::string text;
};

// Something in a fixture that cannot be loaded; what() is "base.json:12: Images[0].ImageId is missing".
class FixtureError : public std::runtime_error {
 public:
  FixtureError(std::string_view source, std::size_t line_number, std::string field_path, std::string why);

  std::size_t line;     // counted from 1
  std::string field;    // "Images[0].ImageId", empty when the text is no JSON
  std::string message;  // "is missing"
};

// How many resources were loaded under a top-level member: {"Images", 2}.
struct FixtureCount {
  std::string_view member;
  std::size_t count = 0;
};

// Loads all texts in the running transaction, which must not be committed when FixtureError is thrown. Resources that
// are here already, under the same ids, are replaced. `defaults` is whose and where resources are of which the fixture
// does not say it.
std::vector<FixtureCount> load_fixtures(Environment environment, const storage::Scope& defaults, model::Timestamp now,
                                        std::span<const FixtureText> texts);

// The whole state, of all accounts and regions, as one fixture.
std::string dump_fixtures(Environment environment);

}  // namespace amity::handlers
