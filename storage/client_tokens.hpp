// Idempotency: what a call with a client token answered, so that the same call again answers the same.
#pragma once

#include "model/timestamp.hpp"
#include "storage/table.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::storage {

class Database;

struct AnsweredCall {
  std::string request;  // JSON, to compare with
  std::string result;   // JSON
};

class ClientTokens {
 public:
  ClientTokens(Database& database, const Scope& scope) : database_(database), scope_(scope) {}

  std::optional<AnsweredCall> find(std::string_view operation, std::string_view token) const;
  void insert(std::string_view operation, std::string_view token, const AnsweredCall& call, model::Timestamp now);
  // Forgets, in every account and region, what was answered before `limit`.
  void remove_older_than(model::Timestamp limit);

 private:
  Database& database_;
  Scope scope_;
};

}  // namespace amity::storage
