#include "emulator/admin_volumes.hpp"

#include "emulator/admin_answers.hpp"
#include "handlers/api_error.hpp"
#include "handlers/block_maps.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/volume_writes.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <functional>

namespace amity::emulator {
namespace {

constexpr std::string_view kWritesForm =
    R"(The body must be {"offset": 0, "length": 4096}, in bytes, or {"changed_gib": 1.5})";
constexpr std::string_view kChurnForm = R"(The body must be {"gib_per_day": 1.5})";

rapidjson::Document parse_object(std::string_view body, std::string_view form) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject()) throw AdminError(std::string(form));
  return document;
}

void in_call(Emulation& emulation, std::string_view region, const std::function<void(handlers::Call&)>& work) try {
  emulation.perform({emulation.defaults().account, std::string(region)}, work);
} catch (const handlers::ApiError& error) {
  throw AdminError(error.message(), error.code().ends_with(".NotFound") ? 404 : 400);
}

}  // namespace

std::string write_to_volume(Emulation& emulation, std::string_view region, std::string_view volume_id,
                            std::string_view body) {
  const rapidjson::Document document = parse_object(body, kWritesForm);
  const auto offset = document.FindMember("offset");
  const auto length = document.FindMember("length");
  const auto changed = document.FindMember("changed_gib");
  const auto end = document.MemberEnd();
  const bool is_range = document.MemberCount() == 2 && offset != end && length != end && offset->value.IsInt64() &&
                        length->value.IsInt64();
  const bool is_change = document.MemberCount() == 1 && changed != end && changed->value.IsNumber();
  if (!is_range && !is_change) throw AdminError(std::string(kWritesForm));
  std::int64_t written = 0;
  in_call(emulation, region, [&](handlers::Call& call) {
    if (is_range)
      handlers::write_volume(call, volume_id, offset->value.GetInt64(), length->value.GetInt64());
    else
      handlers::change_volume(call, volume_id, changed->value.GetDouble());
    written = handlers::written_on_volume(call, volume_id);
  });
  return fmt::format(R"({{"volume":"{}","written_bytes":{}}})", volume_id, written);
}

std::string set_churn(Emulation& emulation, std::string_view region, std::string_view instance_id,
                      std::string_view body) {
  const rapidjson::Document document = parse_object(body, kChurnForm);
  const auto rate = document.FindMember("gib_per_day");
  if (document.MemberCount() != 1 || rate == document.MemberEnd() || !rate->value.IsNumber())
    throw AdminError(std::string(kChurnForm));
  const double gib = rate->value.GetDouble();
  in_call(emulation, region, [&](handlers::Call& call) { handlers::set_daily_churn(call, instance_id, gib); });
  return fmt::format(R"({{"instance":"{}","gib_per_day":{}}})", instance_id, gib);
}

std::string show_snapshot(Emulation& emulation, std::string_view region, std::string_view snapshot_id) {
  handlers::SnapshotSize size;
  std::string tier;
  in_call(emulation, region, [&](handlers::Call& call) {
    handlers::check_id(handlers::kSnapshot, snapshot_id);
    const auto row = handlers::any_snapshot(call, snapshot_id);
    if (!row) throw handlers::not_found(handlers::kSnapshot, snapshot_id);
    size = handlers::snapshot_size(call, row->snapshot);
    tier = row->snapshot.storage_tier.value_or(ec2::StorageTier::standard);
  });
  return fmt::format(R"({{"snapshot":"{}","tier":"{}","stored_bytes":{},"full_bytes":{}}})", snapshot_id, tier,
                     size.stored_bytes, size.full_bytes);
}

}  // namespace amity::emulator
