#include "handlers/operation.hpp"

#include "handlers/errors.hpp"
#include "handlers/meters.hpp"
#include "handlers/transitions.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <chrono>

namespace amity::handlers {
namespace {

// EC2 remembers tokens for at least a day.
constexpr auto kTokenLifetime = std::chrono::hours{24};

// "Up to 64 ASCII characters" ("Ensuring idempotency" in the EC2 API's developer guide); the pages of the operations on
// launch templates say 128.
std::size_t max_token_length(std::string_view operation) {
  return operation.find("LaunchTemplate") == std::string_view::npos ? 64 : 128;
}

bool is_dry_run(const model::Shape& shape, const void* request) {
  const model::Member* member = shape.find("DryRun");
  if (!member || member->kind != model::Kind::Boolean) return false;
  const bool* flag = model::get_if<bool>(*member, request);
  return flag && *flag;
}

const model::Member* token_member(const model::Shape& shape) {
  for (const model::Member& member : shape.members)
    if (member.idempotency_token) return &member;
  return shape.find("ClientToken");
}

// The client token of the request, empty when it has none.
std::string client_token(const Operation& operation, const void* request) {
  const model::Shape& shape = *operation.request_shape;
  const model::Member* member = token_member(shape);
  if (!member || member->kind != model::Kind::String) return {};
  const auto* token = model::get_if<std::string>(*member, request);
  if (!token) return {};
  const bool is_ascii =
      token->find_first_not_of(
          " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") ==
      std::string::npos;
  // The protocol has checked a length that the API model states.
  const bool is_checked = member->constraints && member->constraints->max;
  const std::size_t max_length = max_token_length(operation.name);
  if ((token->size() > max_length && !is_checked) || !is_ascii)
    throw ApiError("InvalidClientToken",
                   fmt::format("The client token must be at most {} ASCII characters", max_length));
  return *token;
}

std::string json_of(const model::Shape* shape, const void* structure) {
  std::string json = "{}";
  if (shape) {
    json.clear();
    model::append_json(json, *shape, structure);
  }
  return json;
}

// Answers from memory when the token was used before. False when the call is new.
bool answer_again(const Operation& operation, Call& call, const std::string& token, const void* request, void* result) {
  const auto answered = call.client_tokens().find(operation.name, token);
  if (!answered) return false;
  if (answered->request != json_of(operation.request_shape, request))
    throw operation.token_conflict ? operation.token_conflict() : errors::idempotent_parameter_mismatch();
  if (operation.result_shape && model::read_json(answered->result, *operation.result_shape, result))
    throw storage::Error("a remembered answer cannot be read");
  if (operation.refresh) operation.refresh(call, request, result);
  return true;
}

void run(const Operation& operation, Call& call, const void* request, void* result) {
  const std::string token = client_token(operation, request);
  if (token.empty()) {
    operation.invoke(call, request, result);
    return;
  }
  call.client_tokens().remove_older_than(call.now() - kTokenLifetime);
  if (answer_again(operation, call, token, request, result)) return;
  operation.invoke(call, request, result);
  call.client_tokens().insert(
      operation.name, token,
      {.request = json_of(operation.request_shape, request), .result = json_of(operation.result_shape, result)},
      call.now());
}

// A dry run goes all the way and is undone, so that it finds every error that the real call would.
void run_and_commit(const Operation& operation, Call& call, const void* request, void* result) {
  const bool dry = is_dry_run(*operation.request_shape, request);
  storage::Transaction transaction(call.store().database());
  try {
    run(operation, call, request, result);
    settle_meters(call.environment(), call.now());
    if (dry) throw errors::dry_run_operation();
  } catch (const ApiError& error) {
    if (error.keeps_effects() && !dry) {
      settle_meters(call.environment(), call.now());
      transaction.commit();
    }
    throw;
  }
  transaction.commit();
}

}  // namespace

void perform(const Operation& operation, Call& call, const void* request, void* result) {
  apply_due_transitions(call.environment(), call.now());
  try {
    run_and_commit(operation, call, request, result);
  } catch (...) {
    call.store().agenda().forget();
    throw;
  }
}

}  // namespace amity::handlers
