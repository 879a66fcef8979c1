// Which of the account's own resources a Describe operation looks at.
#pragma once

#include "handlers/resource_kind.hpp"
#include "storage/table.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace amity::handlers {

// Lends those of the given ids to `visit(position, resource)`, each once, or, without ids, those that `query` finds,
// until it answers false. Throws the kind's malformed or not-found error.
template <class Repository, class Visitor>
void visit_candidates(const Repository& repository, const ResourceKind& kind, std::vector<std::string> ids,
                      const storage::Query& query, Visitor visit) {
  if (ids.empty()) return repository.scan(query, visit);
  std::set<std::string> seen;
  std::erase_if(ids, [&](const std::string& id) { return !seen.insert(id).second; });
  for (const auto& resource : find_all_owned(repository, kind, ids))
    if (!visit(std::int64_t{0}, resource)) return;
}

}  // namespace amity::handlers
