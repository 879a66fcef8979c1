#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

// Off until somebody switches it on, in every region by itself.
constexpr std::string_view kSerialConsoleSetting = "serial console access";

bool is_enabled(Call& call) { return call.settings().get(kSerialConsoleSetting).has_value(); }

ec2::EnableSerialConsoleAccessResult enable_serial_console_access(Call& call,
                                                                  const ec2::EnableSerialConsoleAccessRequest&) {
  call.settings().set(kSerialConsoleSetting, "enabled");
  return {.serial_console_access_enabled = true};
}

ec2::DisableSerialConsoleAccessResult disable_serial_console_access(Call& call,
                                                                    const ec2::DisableSerialConsoleAccessRequest&) {
  call.settings().remove(kSerialConsoleSetting);
  return {.serial_console_access_enabled = false};
}

ec2::GetSerialConsoleAccessStatusResult get_serial_console_access_status(
    Call& call, const ec2::GetSerialConsoleAccessStatusRequest&) {
  return {.serial_console_access_enabled = is_enabled(call), .managed_by = ec2::ManagedBy::account};
}

}  // namespace

std::span<const Operation> serial_console_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_serial_console_access>(),
      bind<enable_serial_console_access>(),
      bind<get_serial_console_access_status>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
