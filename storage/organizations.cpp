#include "storage/organizations.hpp"

#include "storage/database.hpp"

namespace amity::storage {

std::vector<std::string> Organizations::of(std::string_view account) const {
  auto rows = database_.prepare("SELECT arn FROM organization_member WHERE account = ?1 ORDER BY arn");
  rows.bind(1, account);
  std::vector<std::string> arns;
  while (rows.step()) arns.emplace_back(rows.text(0));
  return arns;
}

std::vector<std::pair<std::string, std::string>> Organizations::members() const {
  auto rows = database_.prepare("SELECT arn, account FROM organization_member ORDER BY arn, account");
  std::vector<std::pair<std::string, std::string>> members;
  while (rows.step()) members.emplace_back(rows.text(0), rows.text(1));
  return members;
}

void Organizations::add_member(std::string_view arn, std::string_view account) {
  database_.prepare("INSERT INTO organization_member (account, arn) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
      .bind(1, account)
      .bind(2, arn)
      .run();
}

}  // namespace amity::storage
