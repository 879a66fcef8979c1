#include "handlers/console_log.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// The boots of which something is to be read by now, in order.
std::vector<Boot> boots_until(const state::Instance& row, model::Timestamp now, Duration start, Duration delay) {
  std::vector<Boot> boots;
  for (const model::Timestamp time : row.boot_times)
    if (time + start + delay <= now) boots.push_back({.at = time + start, .is_first = time == row.boot_times.front()});
  for (const model::Timestamp time : row.reboot_times)
    if (time + delay <= now) boots.push_back({.at = time, .is_reboot = true});
  std::ranges::stable_sort(boots, {}, &Boot::at);
  return boots;
}

// GetConsoleOutput: what EC2 took down a while after the last boot; with Latest, which only Nitro can tell, what is
// there now. Without output the member is absent.
ec2::GetConsoleOutputResult get_console_output(Call& call, const ec2::GetConsoleOutputRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  const bool latest = request.latest.value_or(false);
  if (latest && type && !is_nitro(*type)) throw errors::latest_console_output_unsupported();
  const Duration delay = latest ? Duration() : call.profile().console_output;
  const auto boots = boots_until(row, call.now(), call.profile().instance_start, delay);
  ec2::GetConsoleOutputResult result{.instance_id = row.instance.instance_id, .timestamp = call.now()};
  if (boots.empty()) return result;
  if (!latest) result.timestamp = boots.back().at + delay;
  result.output = model::base64_encode(console_log(row, type, boots));
  return result;
}

}  // namespace

std::span<const Operation> instance_console_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_console_output>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
