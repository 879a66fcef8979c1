#include "handlers/console_log.hpp"
#include "handlers/console_screen.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using Kind = ConsoleEvent::Kind;

Kind kind_of_start(const state::Instance& row, model::Timestamp time) {
  if (row.windows && std::ranges::count(row.windows->specialize_times, time) > 0) return Kind::Specialize;
  return time == row.boot_times.front() ? Kind::FirstStart : Kind::Start;
}

// What has happened, or will once what was begun is through; in order.
std::vector<ConsoleEvent> events_of(const state::Instance& row, const Profile& profile) {
  std::vector<ConsoleEvent> events;
  for (const model::Timestamp time : row.boot_times) {
    const Kind kind = kind_of_start(row, time);
    const model::Timestamp running = time + profile.instance_start;
    events.push_back({.at = running, .kind = kind});
    if (row.instance.platform)
      events.push_back({.at = running + (kind == Kind::Specialize ? profile.windows_setup : Duration()),
                        .kind = Kind::WindowsReady});
  }
  for (const model::Timestamp time : row.reboot_times) {
    events.push_back({.at = time, .kind = Kind::Reboot});
    if (row.instance.platform) events.push_back({.at = time, .kind = Kind::WindowsReady});
  }
  for (const model::Timestamp time : row.diagnostic_interrupt_times)
    events.push_back({.at = time, .kind = Kind::Interrupt});
  if (row.windows)
    for (const model::Timestamp time : row.windows->sysprep_times)
      events.push_back({.at = time, .kind = Kind::Sysprep});
  std::ranges::stable_sort(events, {}, &ConsoleEvent::at);
  return events;
}

// GetConsoleOutput: what EC2 took down a while after the last boot; with Latest, which only Nitro can tell, what is
// there now. Without output the member is absent.
ec2::GetConsoleOutputResult get_console_output(Call& call, const ec2::GetConsoleOutputRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  const bool latest = request.latest.value_or(false);
  if (latest && type && !is_nitro(*type)) throw errors::latest_console_output_unsupported();
  const Duration delay = latest ? Duration() : call.profile().console_output;
  auto events = events_of(row, call.profile());
  std::erase_if(events, [&](const ConsoleEvent& event) { return event.at + delay > call.now(); });
  ec2::GetConsoleOutputResult result{.instance_id = row.instance.instance_id, .timestamp = call.now()};
  if (events.empty()) return result;
  if (!latest) result.timestamp = events.back().at + delay;
  result.output = model::base64_encode(console_log(row, type, events));
  return result;
}

// GetConsoleScreenshot: what the console shows now, for types with a screen: neither bare metal nor Graviton has one.
ec2::GetConsoleScreenshotResult get_console_screenshot(Call& call, const ec2::GetConsoleScreenshotRequest& request) {
  // Ignored: WakeUp, because the screen never sleeps.
  const state::Instance row = find_own_instance(call, request.instance_id);
  if (state_of(row) != ec2::InstanceStateName::running) throw errors::instance_must_run(request.instance_id);
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  if (row.instance.architecture == ec2::ArchitectureValues::arm64 || (type && type->bare_metal.value_or(false)))
    throw errors::console_screenshot_unsupported(*row.instance.instance_type);
  auto events = events_of(row, call.profile());
  std::erase_if(events, [&](const ConsoleEvent& event) { return event.at > call.now(); });
  const std::string picture = to_jpeg(draw_console(console_log(row, type, events)));
  return {.image_data = model::base64_encode(picture), .instance_id = row.instance.instance_id};
}

}  // namespace

std::span<const Operation> instance_console_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_console_output>(),
      bind<get_console_screenshot>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
