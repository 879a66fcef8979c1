// How a typed function over generated structs becomes an operation that the gateway can call without knowing its types.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/call.hpp"
#include "model/schema.hpp"

#include <functional>
#include <span>
#include <string_view>
#include <type_traits>

namespace amity::handlers {

// An operation with its types erased. Requests and results are handed about as addresses of the generated structs.
struct Operation {
  std::string_view service;  // "ec2"
  std::string_view name;
  const model::Shape* request_shape;
  const model::Shape* result_shape;  // nullptr when the operation answers nothing
  // Makes an empty request and result, lends them to `body`, and destroys them.
  void (*with_storage)(const std::function<void(void* request, void* result)>& body);
  void (*invoke)(Call& call, const void* request, void* result);
  // When a client token repeats an earlier call: brings the stored result up to date, or refuses it. May be nullptr.
  void (*refresh)(Call& call, const void* request, void* result) = nullptr;
  // What it says of a client token that another request had; EC2's IdempotentParameterMismatch when it is nullptr.
  ApiError (*token_conflict)() = nullptr;
};

namespace detail {

template <class F>
struct HandlerTypes;
template <class R, class Q>
struct HandlerTypes<R (*)(Call&, const Q&)> {
  using Request = Q;
  using Result = R;
};

struct NoResult {};

}  // namespace detail

// bind<describe_images>(): a handler is `Result f(Call&, const Request&)`, or returns void; its request's type says
// which operation it is.
template <auto Handler>
constexpr Operation bind(ApiError (*token_conflict)() = nullptr) {
  using Types = detail::HandlerTypes<decltype(Handler)>;
  using Request = typename Types::Request;
  constexpr bool kVoid = std::is_void_v<typename Types::Result>;
  using Result = std::conditional_t<kVoid, detail::NoResult, typename Types::Result>;
  static_assert(std::is_same_v<typename Types::Result, typename Request::Result> || kVoid,
                "the operation answers another type");
  Operation operation{.service = Request::kService,
                      .name = Request::kOperation,
                      .request_shape = &Request::shape,
                      .result_shape = nullptr,
                      .with_storage =
                          [](const std::function<void(void*, void*)>& body) {
                            Request request;
                            Result result;
                            body(&request, &result);
                          },
                      .invoke =
                          [](Call& call, const void* request, void* result) {
                            if constexpr (kVoid)
                              static_cast<void>(result), Handler(call, *static_cast<const Request*>(request));
                            else
                              *static_cast<Result*>(result) = Handler(call, *static_cast<const Request*>(request));
                          },
                      .token_conflict = token_conflict};
  if constexpr (!kVoid) operation.result_shape = &Result::shape;
  return operation;
}

// The same, with what to do when a client token repeats an earlier call: `void refresh(Call&, const Request&,
// Result&)`.
template <auto Handler, auto Refresh>
constexpr Operation bind_idempotent() {
  using Types = detail::HandlerTypes<decltype(Handler)>;
  Operation operation = bind<Handler>();
  operation.refresh = [](Call& call, const void* request, void* result) {
    Refresh(call, *static_cast<const typename Types::Request*>(request), *static_cast<typename Types::Result*>(result));
  };
  return operation;
}

// Decides, runs and commits one call: what is due on the agenda first, then dry run, client token, handler, all in one
// transaction. Throws ApiError when the caller is at fault; the state is then as before the call.
void perform(const Operation& operation, Call& call, const void* request, void* result);

}  // namespace amity::handlers
