#include "emulator/admin_instances.hpp"

#include "emulator/admin_answers.hpp"
#include "handlers/api_error.hpp"
#include "handlers/instances.hpp"
#include "handlers/windows.hpp"
#include "storage/database.hpp"

#include <fmt/format.h>

namespace amity::emulator {
namespace {

// Whose instance it is, and where: ids do not repeat.
storage::Scope scope_of(Emulation& emulation, std::string_view instance_id) {
  storage::Store& store = emulation.environment().store;
  for (const storage::Scope& scope : store.scopes())
    if (storage::Repository<state::Instance>(store.database(), scope).find(instance_id)) return scope;
  throw AdminError(fmt::format("There is no instance {}", instance_id), 404);
}

}  // namespace

std::string sysprep_instance(Emulation& emulation, std::string_view instance_id) try {
  emulation.catch_up();
  const storage::Scope scope = scope_of(emulation, instance_id);
  handlers::Call call(emulation.environment(), scope, {.account = scope.account, .access_key_id = {}},
                      emulation.clock().now(), {});
  storage::Transaction transaction(call.store().database());
  handlers::sysprep(call, instance_id);
  const std::string state = handlers::state_of(handlers::find_own_instance(call, instance_id));
  transaction.commit();
  return fmt::format(R"({{"instance_id":"{}","state":"{}"}})", instance_id, state);
} catch (const handlers::ApiError& error) {
  throw AdminError(error.message(), 409);
}

}  // namespace amity::emulator
