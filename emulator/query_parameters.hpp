// The parameters of a query-protocol request, from the query string and the form body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::emulator {

// Name and value, decoded.
using QueryParameter = std::pair<std::string, std::string>;

class QueryParameters {
 public:
  // Appends what `text` ("a=1&b=2", percent-encoded) holds. False when an escape is broken or a part is not UTF-8.
  bool parse(std::string_view text);

  // The first parameter of that name, nullptr when there is none.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // "" when there is none

  const std::vector<QueryParameter>& all() const { return parameters_; }

 private:
  std::vector<QueryParameter> parameters_;
};

}  // namespace amity::emulator
