#include "emulator/admin_clock.hpp"

#include "emulator/admin_answers.hpp"
#include "emulator/duration.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <stdexcept>

namespace amity::emulator {
namespace {

using Json = rapidjson::Value;

constexpr std::string_view kForms =
    R"({"advance": "30d"}, {"set": "2030-01-01T00:00:00Z"}, {"freeze": true}, {"resume": true} or {"reset": true})";

std::string_view text_of(const Json& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}

void advance(Clock& clock, const Json& value) {
  const auto duration = parse_duration(text_of(value));
  if (!duration)
    throw AdminError(
        R"("advance" must be a duration such as "30d", "12h", "90s" or "1d12h" (units: w, d, h, m, s, ms))");
  clock.advance(*duration);
}

void set(Clock& clock, const Json& value) {
  const auto time = model::parse_iso8601(text_of(value));
  if (!time) throw AdminError(R"("set" must be a time such as "2030-01-01T00:00:00Z")");
  clock.set(*time);
}

template <void (Clock::*Change)()>
void change(Clock& clock, const Json& value) {
  if (!value.IsTrue()) throw AdminError(R"("freeze", "resume" and "reset" can only be true)");
  (clock.*Change)();
}

struct Command {
  std::string_view name;
  void (*follow)(Clock& clock, const Json& value);
};
constexpr Command kCommands[] = {{"advance", advance},
                                 {"set", set},
                                 {"freeze", change<&Clock::freeze>},
                                 {"resume", change<&Clock::resume>},
                                 {"reset", change<&Clock::reset>}};

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands)
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace

std::string clock_json(Emulation& emulation) {
  Clock& clock = emulation.clock();
  std::string json = fmt::format(R"({{"now":"{}","frozen":{},"offset_ms":{})", model::to_iso8601(clock.now()),
                                 clock.is_frozen(), clock.offset().count());
  if (const auto due = emulation.environment().store.agenda().next_due())
    json += fmt::format(R"(,"next_due":"{}")", model::to_iso8601(*due));
  return json + "}";
}

void change_clock(Clock& clock, std::string_view body) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError())
    throw AdminError(fmt::format("The body is not valid JSON: {} It must be {}",
                                 rapidjson::GetParseError_En(document.GetParseError()), kForms));
  if (!document.IsObject() || document.MemberCount() != 1)
    throw AdminError(fmt::format("The body must be one of {}", kForms));
  const auto& member = *document.MemberBegin();
  const Command* command = find_command(text_of(member.name));
  if (!command) throw AdminError(fmt::format("The body must be one of {}", kForms));
  try {
    command->follow(clock, member.value);
  } catch (const std::out_of_range& error) {
    throw AdminError(error.what());
  }
}

}  // namespace amity::emulator
