#include "handlers/windows.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/key_material.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::string_view kCapitals = "ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::string_view kSmallLetters = "abcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kSigns = "!#$%()*+,-.=?@^_";
constexpr std::size_t kPasswordLength = 32;
constexpr std::size_t kComputerNameLength = 15;  // NetBIOS has no room for more

char any_of(Call& call, std::string_view alphabet) { return alphabet[call.ids().below(alphabet.size())]; }

// Windows wants three kinds of characters; here each password has all four.
std::string make_password(Call& call) {
  constexpr std::string_view kKinds[] = {kCapitals, kSmallLetters, kDigits, kSigns};
  std::string password(kPasswordLength, ' ');
  for (std::size_t i = 0; i < password.size(); ++i) password[i] = any_of(call, kKinds[i % std::size(kKinds)]);
  return password;
}

// "EC2AMAZ-" and letters and digits.
std::string make_computer_name(Call& call) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string name = "EC2AMAZ-";
  while (name.size() < kComputerNameLength) name += any_of(call, kAlphabet);
  return name;
}

// The password for those who have the private key. Nobody gets it without a key pair at launch.
std::optional<std::string> encrypted(const state::Instance& instance, std::string_view password) {
  if (!instance.public_key) return std::nullopt;
  const auto bytes = encrypt_for(*instance.public_key, password);
  return bytes ? std::optional(model::base64_encode(*bytes)) : std::nullopt;
}

// GetPasswordData: empty until the password is there; for ever when nothing set one, or there is no key to encrypt it.
ec2::GetPasswordDataResult get_password_data(Call& call, const ec2::GetPasswordDataRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  ec2::GetPasswordDataResult result{
      .instance_id = row.instance.instance_id, .timestamp = call.now(), .password_data = ""};
  if (row.windows && row.windows->password_data && row.windows->password_time <= call.now()) {
    result.timestamp = row.windows->password_time;
    result.password_data = row.windows->password_data;
  }
  return result;
}

}  // namespace

void install_windows(Call& call, state::Instance& instance, const state::Image& image) {
  if (!instance.instance.platform) return;
  instance.windows = image.windows.value_or(state::Windows{.is_generalized = true});
  start_windows(call, instance);
}

void start_windows(Call& call, state::Instance& instance) {
  if (!instance.windows || !instance.windows->is_generalized.value_or(false)) return;
  state::Windows& windows = *instance.windows;
  windows.is_generalized = false;
  windows.computer_name = make_computer_name(call);
  windows.administrator_password = make_password(call);
  windows.password_data = encrypted(instance, *windows.administrator_password);
  windows.password_time = call.now() + call.profile().instance_start + call.profile().windows_setup;
  windows.specialize_times.push_back(call.now());
}

std::optional<state::Windows> windows_for_image(const state::Instance& instance) {
  if (!instance.windows) return std::nullopt;
  const state::Windows& windows = *instance.windows;
  return state::Windows{.is_generalized = windows.is_generalized,
                        .computer_name = windows.computer_name,
                        .administrator_password = windows.administrator_password};
}

void sysprep(Call& call, std::string_view instance_id) {
  state::Instance row = find_own_instance(call, instance_id);
  if (!row.windows) throw errors::sysprep_needs_windows(instance_id);
  if (state_of(row) != ec2::InstanceStateName::running) throw errors::instance_must_run(instance_id);
  row.windows->is_generalized = true;
  row.windows->computer_name.reset();
  row.windows->administrator_password.reset();
  row.windows->sysprep_times.push_back(call.now());
  shut_down_from_inside(call, row);
}

std::span<const Operation> windows_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_password_data>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
