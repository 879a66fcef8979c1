// The bill in the forms that GET /_amity/bill and `amity bill` give it.
#pragma once

#include "emulator/http.hpp"
#include "handlers/bill.hpp"
#include "handlers/call.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

enum class BillFormat { Text, Json, Csv, Cur, Focus };

// What a table for people has a line for.
struct BillGrouping {
  enum class By { UsageType, Resource, Image, Tag, Day };
  By by = By::UsageType;
  std::string tag{};  // its key
};

struct BillRequest {
  BillFormat format = BillFormat::Json;
  BillGrouping grouping{};
  handlers::BillQuestion question{};
};

// Reads "month=2026-01&format=csv&by=tag&tag=team"; the present month unless said otherwise. Throws AdminError.
BillRequest read_bill_request(std::string_view query, model::Timestamp now);

HttpResponse bill_response(handlers::Environment environment, model::Timestamp now, const BillRequest& request);

std::string bill_text(handlers::Bill& bill, const BillGrouping& grouping);
std::string bill_json(handlers::Bill& bill, const BillGrouping& grouping);
std::string bill_csv(handlers::Bill& bill);
// Cost and Usage Report 2.0 and FOCUS 1.2, a line for each resource, usage type and day.
std::string bill_cur(handlers::Bill& bill);
std::string bill_focus(handlers::Bill& bill);

// One line of a table: what it is for, and its cost.
struct BillGroup {
  std::string name;
  std::string detail;  // of a usage type: its usage, else empty
  handlers::CostSum sum;
};
std::vector<BillGroup> bill_groups(handlers::Bill& bill, const BillGrouping& grouping);
std::string_view name_of(BillGrouping::By by);
std::string day_of(std::int64_t time);  // "2026-01-31"

}  // namespace amity::emulator
