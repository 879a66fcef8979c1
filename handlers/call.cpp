#include "handlers/call.hpp"

namespace amity::handlers {

Call Call::in_region(std::string_view region) const {
  Call other = *this;
  other.scope_.region = region;
  return other;
}

void Call::schedule(std::string_view resource_id, std::string_view transition, Duration delay) {
  store().agenda().schedule({.due = now_ + delay,
                             .scope = scope_,
                             .resource_id = std::string(resource_id),
                             .transition = std::string(transition)});
}

void Call::unschedule(std::string_view resource_id, std::string_view transition) {
  store().agenda().cancel(scope_, resource_id, transition);
}

std::vector<std::string> Call::grantees() {
  std::vector<std::string> grantees = organizations().of(account());
  grantees.insert(grantees.begin(), {account(), "all"});
  return grantees;
}

}  // namespace amity::handlers
