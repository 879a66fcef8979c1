// Which organizations and organizational units an account belongs to: who may use what is shared with an ARN.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::storage {

class Database;

class Organizations {
 public:
  explicit Organizations(Database& database) : database_(database) {}

  // ARNs of organizations and of organizational units.
  std::vector<std::string> of(std::string_view account) const;
  // Every ARN with each of its accounts, in order.
  std::vector<std::pair<std::string, std::string>> members() const;
  void add_member(std::string_view arn, std::string_view account);

 private:
  Database& database_;
};

}  // namespace amity::storage
