// A small world for tests of handlers: an empty state in memory, a frozen clock, predictable ids. Calls go the way that
// the gateway's go, through the registry and its transaction.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/registry.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"
#include "storage/catalogue.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>

namespace amity::tests {

inline constexpr std::string_view kAccount = "111111111111";
inline constexpr std::string_view kOtherAccount = "222222222222";

class World {
 public:
  explicit World(handlers::Profile profile = handlers::instant_profile()) : profile_(profile) {}

  // Performs the operation of the request's type: world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).
  template <class Request>
  typename Request::Result call(const Request& request) {
    handlers::Call one = make_call();
    if constexpr (std::is_void_v<typename Request::Result>) {
      perform(Request::kService, Request::kOperation, one, &request, nullptr);
    } else {
      typename Request::Result result;
      perform(Request::kService, Request::kOperation, one, &request, &result);
      return result;
    }
  }

  // The code of the error that the call ends with, "" when it succeeds.
  template <class Request>
  std::string error_of(const Request& request) {
    try {
      call(request);
      return {};
    } catch (const handlers::ApiError& error) {
      return error.code();
    }
  }

  // Who calls from now on, and where.
  World& as(std::string_view account) {
    account_ = account;
    return *this;
  }
  World& in(std::string_view region) {
    region_ = region;
    return *this;
  }

  model::Timestamp now() const { return now_; }
  void advance(handlers::Duration duration) { now_ += duration; }

  // A call that no request stands behind, to look at the state or to prepare it.
  handlers::Call make_call() {
    return {
        environment(), {std::string(account_), std::string(region_)}, {std::string(account_), {}}, now_, ids_.uuid()};
  }
  handlers::Environment environment() { return {store_, catalogue_, ids_, profile_}; }
  storage::Store& store() { return store_; }
  const storage::Catalogue& catalogue() const { return catalogue_; }

 private:
  static void perform(std::string_view service, std::string_view name, handlers::Call& call, const void* request,
                      void* result) {
    const handlers::Operation* operation = handlers::find_operation(service, name);
    if (!operation) throw handlers::ApiError("UnsupportedOperation", std::string(name), 501);
    handlers::perform(*operation, call, request, result);
  }

  storage::Store store_;
  storage::Catalogue catalogue_;
  handlers::Ids ids_{1};
  handlers::Profile profile_;
  model::Timestamp now_ = *model::parse_iso8601("2026-01-02T03:04:05Z");
  std::string account_{kAccount};
  std::string region_ = "us-east-1";
};

}  // namespace amity::tests
