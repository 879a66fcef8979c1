// Changes that end badly on purpose: what a call has started is made to fail, or never to end.
#pragma once

#include "handlers/call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

enum class BadEnding {
  Failed,  // an image ends in "failed", a snapshot or volume in "error", an instance in "terminated"
  Stuck,   // nothing more happens: the resource stays as the call has left it
};
// "failed" or "stuck".
std::optional<BadEnding> bad_ending_named(std::string_view name);

// What a failed resource tells of itself. Empty members are EC2's usual ones.
struct FailureReason {
  std::string code;
  std::string message;
};

// Remembers what was going to happen, so that what a call adds to it can be told from the rest.
class StartedChanges {
 public:
  explicit StartedChanges(Call& call);
  // To be called after the call, in a transaction: gives what it has started the bad ending. An image fails as such,
  // its snapshots succeed.
  void end_badly(Call& call, BadEnding how, const FailureReason& reason) const;

 private:
  std::vector<storage::AgendaItem> before_;
};

}  // namespace amity::handlers
