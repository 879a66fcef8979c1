// Amity's own table of the bill.
#include "emulator/bill_report.hpp"
#include "emulator/bill_table.hpp"

namespace amity::emulator {
namespace {

constexpr BillColumn kColumns[] = {
    {"account", cells::account},
    {"region", cells::region},
    {"availability_zone", cells::zone},
    {"service", [](const BillRow& row) { return std::string(row.line().product.service); }},
    {"usage_type", cells::usage_type},
    {"operation", cells::operation},
    {"resource_id", [](const BillRow& row) { return row.item.resource->id; }},
    {"image_id", [](const BillRow& row) { return row.item.resource->image_id; }},
    {"tags", [](const BillRow& row) { return row.item.tags.empty() ? "" : json_object(row.item.tags); }},
    {"from", cells::start},
    {"to", cells::end},
    {"unit", cells::unit},
    {"usage", cells::usage},
    {"unit_price", [](const BillRow& row) { return row.line().price ? cells::rate(row) : ""; }},
    {"cost", cells::cost},
};

}  // namespace

std::string bill_csv(handlers::Bill& bill) { return bill_table(bill, handlers::Granularity::Monthly, kColumns); }

}  // namespace amity::emulator
