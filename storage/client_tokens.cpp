#include "storage/client_tokens.hpp"

#include "storage/database.hpp"

namespace amity::storage {

std::optional<AnsweredCall> ClientTokens::find(std::string_view operation, std::string_view token) const {
  auto row = database_.prepare(
      "SELECT request, result FROM client_token WHERE account = ?1 AND region = ?2 AND operation = ?3 AND token = ?4");
  row.bind(1, scope_.account).bind(2, scope_.region).bind(3, operation).bind(4, token);
  if (!row.step()) return std::nullopt;
  return AnsweredCall{.request = std::string(row.text(0)), .result = std::string(row.text(1))};
}

void ClientTokens::insert(std::string_view operation, std::string_view token, const AnsweredCall& call,
                          model::Timestamp now) {
  database_
      .prepare(
          "INSERT INTO client_token (account, region, operation, token, created, request, result) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, operation)
      .bind(4, token)
      .bind(5, now.time_since_epoch().count())
      .bind(6, call.request)
      .bind(7, call.result)
      .run();
}

void ClientTokens::remove_older_than(model::Timestamp limit) {
  database_.prepare("DELETE FROM client_token WHERE created < ?1").bind(1, limit.time_since_epoch().count()).run();
}

}  // namespace amity::storage
