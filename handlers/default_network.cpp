#include "handlers/network.hpp"
#include "handlers/new_vpc.hpp"

namespace amity::handlers {
namespace {

constexpr std::string_view kSetting = "default-network";

}  // namespace

// Every id follows from account and region, so that it does not matter when the rows are made.
void ensure_default_network(Call& call) {
  if (call.settings().get(kSetting)) return;
  // A fixture may have brought the account's own.
  if (!call.vpcs().find_by(storage::Query().where("is_default", "1"))) make_default_vpc(call, stable_ids(call));
  call.settings().set(kSetting, "made");
}

}  // namespace amity::handlers
