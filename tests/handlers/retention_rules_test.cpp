#include "model/rbin.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using tests::World;
using namespace std::chrono_literals;

namespace {

constexpr char kSnapshots[] = "EBS_SNAPSHOT";

rbin::CreateRuleRequest region_rule(std::int32_t days = 7) {
  return {.retention_period = {days, "DAYS"}, .resource_type = kSnapshots};
}

rbin::CreateRuleRequest tag_rule(std::string key, std::optional<std::string> value = {}) {
  auto request = region_rule();
  request.resource_tags = {{std::move(key), std::move(value)}};
  return request;
}

std::string make_rule(World& world, const rbin::CreateRuleRequest& request) { return *world.call(request).identifier; }

rbin::GetRuleResponse rule_of(World& world, const std::string& id) {
  return world.call(rbin::GetRuleRequest{.identifier = id});
}

template <class Request>
std::string refusal(World& world, const Request& request) {
  try {
    world.call(request);
    return "";
  } catch (const handlers::ApiError& error) {
    return error.code() + " " + error.reason() + " " + std::to_string(error.status());
  }
}

constexpr char kInvalid[] = "ValidationException INVALID_PARAMETER_VALUE 400";
constexpr char kUnknown[] = "ResourceNotFoundException RULE_NOT_FOUND 404";
constexpr char kConflict[] = "ConflictException INVALID_RULE_STATE 409";

}  // namespace

TEST_CASE("CreateRule answers a pending rule that is available then", "[rbin][CreateRule]") {
  World world;
  auto request = region_rule(30);
  request.description = "keep";
  request.tags = {{"Team", "images"}};
  const auto made = world.call(request);
  CHECK(made.identifier->size() == 11);
  CHECK(made.rule_arn == "arn:aws:rbin:us-east-1:111111111111:rule/" + *made.identifier);
  CHECK(made.status == "pending");
  CHECK(made.lock_state == "unlocked");
  CHECK(made.tags.at(0).value == "images");
  const auto rule = rule_of(world, *made.identifier);
  CHECK(rule.status == "available");
  CHECK(rule.description == "keep");
  CHECK(rule.resource_type == kSnapshots);
  CHECK(rule.retention_period->retention_period_value == 30);
  CHECK_FALSE(world.call(tag_rule("a", "b")).lock_state);
}

TEST_CASE("CreateRule refuses what no rule can be", "[rbin][CreateRule]") {
  World world;
  auto both = tag_rule("a", "b");
  both.exclude_resource_tags = {{"c", "d"}};
  auto locked = tag_rule("a", "b");
  locked.lock_configuration = rbin::LockConfiguration{{7, "DAYS"}};
  auto volumes = region_rule(8);
  volumes.resource_type = "EBS_VOLUME";
  auto twice = region_rule();
  twice.tags = {{"a", "1"}, {"a", "2"}};
  auto reserved = region_rule();
  reserved.tags = {{"aws:a", "1"}};
  for (const auto& request : {both, locked, volumes, twice, reserved, region_rule(366)})
    CHECK(refusal(world, request) == kInvalid);
  for (int i = 0; i < 250; ++i) world.call(region_rule());
  CHECK(refusal(world, region_rule()) == "ServiceQuotaExceededException SERVICE_QUOTA_EXCEEDED 402");
  world.in("eu-west-1").call(region_rule());
}

TEST_CASE("ListRules filters by type, tags and lock, page by page", "[rbin][ListRules]") {
  World world;
  const std::string tagged = make_rule(world, tag_rule("Team", "images"));
  auto excluding = region_rule();
  excluding.exclude_resource_tags = {{"Keep", "no"}};
  const std::string region = make_rule(world, excluding);
  auto images = region_rule();
  images.resource_type = "EC2_IMAGE";
  make_rule(world, images);
  const auto ids = [&](rbin::ListRulesRequest request) {
    request.resource_type = kSnapshots;
    std::vector<std::string> found;
    for (const auto& rule : world.call(request).rules) found.push_back(*rule.identifier);
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids({}) == Ids{tagged, region});
  CHECK(ids({.resource_tags = {{"Team", "images"}}}) == Ids{tagged});
  CHECK(ids({.resource_tags = {{"Team", "others"}}}).empty());
  CHECK(ids({.lock_state = "unlocked"}) == Ids{region});
  CHECK(ids({.exclude_resource_tags = {{"Keep", std::nullopt}}}) == Ids{region});
  const auto first = world.call(rbin::ListRulesRequest{.max_results = 1, .resource_type = kSnapshots});
  REQUIRE(first.next_token);
  const auto second =
      world.call(rbin::ListRulesRequest{.max_results = 1, .next_token = first.next_token, .resource_type = kSnapshots});
  CHECK(second.rules.at(0).identifier == region);
  CHECK_FALSE(second.next_token);
  CHECK(refusal(world, rbin::ListRulesRequest{.next_token = "x", .resource_type = kSnapshots}) ==
        "ValidationException INVALID_PAGE_TOKEN 400");
  world.as("222222222222");
  CHECK(ids({}).empty());
}

TEST_CASE("UpdateRule changes what may change", "[rbin][UpdateRule]") {
  World world;
  const std::string id = make_rule(world, region_rule());
  const auto changed = world.call(rbin::UpdateRuleRequest{
      .identifier = id, .retention_period = rbin::RetentionPeriod{9, "DAYS"}, .description = "new"});
  CHECK(changed.retention_period->retention_period_value == 9);
  CHECK(rule_of(world, id).description == "new");
  CHECK(refusal(world, rbin::UpdateRuleRequest{.identifier = id, .resource_type = "EC2_IMAGE"}) == kInvalid);
  CHECK(refusal(world, rbin::UpdateRuleRequest{.identifier = id, .resource_tags = {{"a", "b"}}}) == kInvalid);
  CHECK(refusal(world, rbin::UpdateRuleRequest{.identifier = "00000000000"}) == kUnknown);
  const std::string tagged = make_rule(world, tag_rule("a", "b"));
  CHECK(refusal(world, rbin::UpdateRuleRequest{.identifier = tagged, .exclude_resource_tags = {{"c", "d"}}}) ==
        kInvalid);
}

TEST_CASE("A locked rule stays until its unlock delay is over", "[rbin][LockRule][UnlockRule][DeleteRule]") {
  World world;
  const std::string id = make_rule(world, region_rule());
  CHECK(refusal(world, rbin::UnlockRuleRequest{.identifier = id}) == kConflict);
  const rbin::LockRuleRequest lock{.identifier = id, .lock_configuration = {{7, "DAYS"}}};
  CHECK(world.call(lock).lock_state == "locked");
  CHECK(refusal(world, lock) == kConflict);
  CHECK(refusal(world, rbin::UpdateRuleRequest{.identifier = id, .description = "x"}) == kConflict);
  CHECK(refusal(world, rbin::DeleteRuleRequest{.identifier = id}) == kConflict);
  const auto unlocking = world.call(rbin::UnlockRuleRequest{.identifier = id});
  CHECK(unlocking.lock_state == "pending_unlock");
  CHECK(unlocking.lock_end_time == world.now() + std::chrono::days{7});
  world.advance(24h * 6);
  CHECK(refusal(world, rbin::DeleteRuleRequest{.identifier = id}) == kConflict);
  SECTION("then it can be deleted") {
    world.advance(24h);
    CHECK(rule_of(world, id).lock_state == "unlocked");
    world.call(rbin::DeleteRuleRequest{.identifier = id});
    CHECK(refusal(world, rbin::GetRuleRequest{.identifier = id}) == kUnknown);
    CHECK(refusal(world, rbin::DeleteRuleRequest{.identifier = id}) == kUnknown);
  }
  SECTION("unless it is locked again") {
    world.call(lock);
    world.advance(24h * 2);
    CHECK(rule_of(world, id).lock_state == "locked");
  }
  CHECK(refusal(world, rbin::LockRuleRequest{.identifier = make_rule(world, tag_rule("a")),
                                             .lock_configuration = {{7, "DAYS"}}}) == kInvalid);
}

TEST_CASE("Rules have tags of their own", "[rbin][TagResource][UntagResource][ListTagsForResource]") {
  World world;
  const auto made = world.call(region_rule());
  const std::string arn = *made.rule_arn;
  world.call(rbin::TagResourceRequest{.resource_arn = arn, .tags = {{"a", "1"}, {"b", "2"}}});
  world.call(rbin::TagResourceRequest{.resource_arn = arn, .tags = {{"a", "3"}}});
  world.call(rbin::UntagResourceRequest{.resource_arn = arn, .tag_keys = {"b", "c"}});
  const auto tags = world.call(rbin::ListTagsForResourceRequest{.resource_arn = arn}).tags;
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].value == "3");
  CHECK(refusal(world, rbin::ListTagsForResourceRequest{.resource_arn = arn + "x"}) == kUnknown);
  CHECK(refusal(world.in("eu-west-1"), rbin::ListTagsForResourceRequest{.resource_arn = arn}) == kUnknown);
}
