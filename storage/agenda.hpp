// What will happen, and when: state changes that take time are rows here, applied in due order before each call.
#pragma once

#include "model/timestamp.hpp"
#include "storage/table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

struct AgendaItem {
  model::Timestamp due;
  Scope scope;
  std::string resource_id;
  std::string transition;  // a name in handlers/transitions.cpp
};

class Agenda {
 public:
  explicit Agenda(Database& database) : database_(database) {}

  void schedule(const AgendaItem& item);
  // Forgets what was going to happen to the resource, or only that one transition of it.
  void cancel(const Scope& scope, std::string_view resource_id, std::string_view transition = {});
  bool is_scheduled(const Scope& scope, std::string_view resource_id, std::string_view transition) const;
  // What is going to happen to the scope's resources, in due order.
  std::vector<AgendaItem> of(const Scope& scope) const;
  // Takes out the earliest item that is due at `now`.
  std::optional<AgendaItem> take_due(model::Timestamp now);
  // When the next item falls due. Cheap: asked before every call.
  std::optional<model::Timestamp> next_due();
  // To be called when a transaction was rolled back: what is remembered may be wrong.
  void forget() { known_ = false; }

 private:
  Database& database_;
  bool known_ = false;
  std::optional<model::Timestamp> next_due_;
};

}  // namespace amity::storage
