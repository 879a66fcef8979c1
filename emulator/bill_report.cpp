#include "emulator/bill_report.hpp"

#include "emulator/admin_answers.hpp"
#include "emulator/query_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace amity::emulator {
namespace {

constexpr std::pair<std::string_view, BillFormat> kFormats[] = {{"text", BillFormat::Text},
                                                                {"json", BillFormat::Json},
                                                                {"csv", BillFormat::Csv},
                                                                {"cur", BillFormat::Cur},
                                                                {"focus", BillFormat::Focus}};
constexpr std::pair<std::string_view, BillGrouping::By> kGroupings[] = {{"usage-type", BillGrouping::By::UsageType},
                                                                        {"resource", BillGrouping::By::Resource},
                                                                        {"image", BillGrouping::By::Image},
                                                                        {"tag", BillGrouping::By::Tag},
                                                                        {"day", BillGrouping::By::Day}};
constexpr std::string_view kDefaultTag = "Name";
constexpr std::size_t kDateLength = 10;

template <class Choices>
auto choose(const Choices& choices, std::string_view name, std::string_view parameter) {
  std::string names;
  for (const auto& [choice, value] : choices) {
    if (choice == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(choice);
  }
  throw AdminError(fmt::format("\"{}\" must be one of {}", parameter, names));
}

std::int64_t read_date(const std::string& text, std::string_view parameter) {
  const auto time = text.size() == kDateLength ? model::parse_iso8601(text) : std::nullopt;
  if (!time) throw AdminError(fmt::format("\"{}\" must be a date such as 2026-01-31", parameter));
  return handlers::seconds_of(*time);
}

void read_time(const QueryParameters& parameters, model::Timestamp now, handlers::BillQuestion& question) {
  const std::string* month = parameters.find("month");
  const std::string* from = parameters.find("from");
  const std::string* until = parameters.find("to");
  if (month && (from || until)) throw AdminError("\"month\" cannot be used together with \"from\" and \"to\"");
  question.from = handlers::start_of_month(handlers::seconds_of(now));
  if (month) {
    const auto time = month->size() == 7 ? model::parse_iso8601(*month + "-01") : std::nullopt;
    if (!time) throw AdminError("\"month\" must be a month such as 2026-01");
    question.from = handlers::seconds_of(*time);
  }
  if (from) question.from = read_date(*from, "from");
  question.until = until ? read_date(*until, "to") : handlers::start_of_next_month(question.from);
  if (question.until <= question.from) throw AdminError("\"to\" must be after \"from\"");
  constexpr std::int64_t kLongest = 3 * 366 * handlers::kSecondsPerDay;
  if (question.until - question.from > kLongest) throw AdminError("a bill is of three years at most");
}

std::string group_name(const handlers::BillItem& item, const BillGrouping& grouping) {
  switch (grouping.by) {
    case BillGrouping::By::UsageType: return item.line->usage_type;
    case BillGrouping::By::Resource: return item.resource->id;
    case BillGrouping::By::Image: return item.resource->image_id.empty() ? "(no image)" : item.resource->image_id;
    case BillGrouping::By::Day: return day_of(item.from);
    case BillGrouping::By::Tag:
      for (const auto& [key, value] : item.tags)
        if (key == grouping.tag) return value;
      return "(no tag)";
  }
  return {};
}

}  // namespace

std::string day_of(std::int64_t time) { return model::to_iso8601(handlers::time_of(time)).substr(0, kDateLength); }

std::string_view name_of(BillGrouping::By by) {
  return std::ranges::find(kGroupings, by, [](const auto& choice) { return choice.second; })->first;
}

BillRequest read_bill_request(std::string_view query, model::Timestamp now) {
  QueryParameters parameters;
  if (!parameters.parse(query)) throw AdminError("The query string has broken escapes");
  constexpr std::array kKnown = {"month", "from", "to", "format", "by", "tag", "account"};
  for (const auto& [name, value] : parameters.all())
    if (std::ranges::find(kKnown, name) == kKnown.end())
      throw AdminError(
          fmt::format("There is no parameter \"{}\": month, from, to, format, by, tag and account are known", name));
  BillRequest request;
  read_time(parameters, now, request.question);
  if (const std::string* account = parameters.find("account")) {
    const auto is_digit = [](char c) { return '0' <= c && c <= '9'; };
    if (account->size() != 12 || !std::ranges::all_of(*account, is_digit))
      throw AdminError("\"account\" must be an account's twelve digits");
    request.question.account = *account;
  }
  if (const std::string* format = parameters.find("format")) request.format = choose(kFormats, *format, "format");
  if (const std::string* by = parameters.find("by")) request.grouping.by = choose(kGroupings, *by, "by");
  request.grouping.tag = parameters.find("tag") ? *parameters.find("tag") : std::string(kDefaultTag);
  return request;
}

std::vector<BillGroup> bill_groups(handlers::Bill& bill, const BillGrouping& grouping) {
  const bool by_day = grouping.by == BillGrouping::By::Day;
  std::map<std::string, handlers::CostSum> sums;
  bill.visit(by_day ? handlers::Granularity::Daily : handlers::Granularity::Monthly,
             [&](const handlers::BillItem& item) { sums[group_name(item, grouping)].add(item.sum); });
  std::vector<BillGroup> groups;
  for (auto& [name, sum] : sums) {
    std::string detail;
    if (!sum.has_mixed_units && !by_day) detail = fmt::format("{} {}", handlers::usage_text(sum.usage), sum.unit);
    groups.push_back({.name = name, .detail = std::move(detail), .sum = sum});
  }
  if (!by_day)
    std::ranges::stable_sort(groups, [](const BillGroup& a, const BillGroup& b) { return a.sum.money > b.sum.money; });
  return groups;
}

HttpResponse bill_response(handlers::Environment environment, model::Timestamp now, const BillRequest& request) {
  handlers::Bill bill(environment, now, request.question);
  const auto csv = [](std::string body) {
    return HttpResponse{
        .status = 200, .content_type = "text/csv; charset=utf-8", .headers = {}, .body = std::move(body)};
  };
  switch (request.format) {
    case BillFormat::Text:
      return {.status = 200,
              .content_type = "text/plain; charset=utf-8",
              .headers = {},
              .body = bill_text(bill, request.grouping)};
    case BillFormat::Json: return json_answer(bill_json(bill, request.grouping));
    case BillFormat::Csv: return csv(bill_csv(bill));
    case BillFormat::Cur: return csv(bill_cur(bill));
    case BillFormat::Focus: return csv(bill_focus(bill));
  }
  return {};
}

}  // namespace amity::emulator
