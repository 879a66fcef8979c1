#include "handlers/retention_rules.hpp"

#include "handlers/arn.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/retention_rule_errors.hpp"
#include "handlers/transitions.hpp"
#include "model/json.hpp"
#include "model/rbin.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

using Rule = state::RetentionRule;
using ResourceTags = std::vector<rbin::ResourceTag>;

constexpr std::size_t kMaxRules = 250;
constexpr std::size_t kMaxTags = 50;
constexpr std::string_view kAvailable = "retention_rule.available";
constexpr std::string_view kUnlocked = "retention_rule.unlocked";

std::string new_identifier(Call& call) {
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string identifier;
  for (int i = 0; i < 11; ++i) identifier += kCharacters[call.ids().below(kCharacters.size())];
  return identifier;
}

Rule find_rule(Call& call, const std::string& identifier) {
  auto rule = call.table<Rule>().find(identifier);
  if (!rule) throw errors::rule_not_found(identifier);
  return *std::move(rule);
}

std::string arn_of(const Call& call, const std::string& identifier) { return arn(call, "rbin", "rule/" + identifier); }

Rule find_rule_of_arn(Call& call, std::string_view arn) {
  const std::string identifier(arn.substr(arn.rfind('/') + 1));
  if (arn != arn_of(call, identifier)) throw errors::rule_not_found(arn);
  return find_rule(call, identifier);
}

// The answers of the operations, each with some of the rule's members under the same names.
template <class Answer>
Answer answer_of(const Rule& rule) {
  return model::from_json<Answer>(model::to_json(rule.rule)).value();
}

// A rule without resource tags keeps everything of its type in the Region.
bool is_region_level(const rbin::GetRuleResponse& rule) { return rule.resource_tags.empty(); }

bool is_open_to_change(const rbin::GetRuleResponse& rule) {
  return rule.lock_state.value_or(rbin::LockState::unlocked) == rbin::LockState::unlocked;
}

void check_open_to_change(const rbin::GetRuleResponse& rule) {
  if (!is_open_to_change(rule))
    throw errors::wrong_rule_state(
        fmt::format("Rule {} is locked: it can be neither changed nor deleted.", *rule.identifier));
}

// The user guide's limits are narrower than the API's.
void check_period(const rbin::RetentionPeriod& period, std::string_view resource_type) {
  const std::int32_t most = resource_type == rbin::ResourceType::EBS_VOLUME ? 7 : 365;
  if (period.retention_period_value > most)
    throw errors::invalid_rule(fmt::format("The retention period of {} is 1 to {} days.", resource_type, most));
}

void check_level(const ResourceTags& tags, const ResourceTags& excluded, bool is_locked) {
  if (tags.empty()) return;
  if (!excluded.empty())
    throw errors::invalid_rule("Exclusion tags are for Region-level retention rules: those without resource tags.");
  if (is_locked) throw errors::invalid_rule("Only Region-level retention rules can be locked.");
}

template <class Keys>
void check_distinct(const Keys& keys) {
  std::set<std::string_view> seen;
  for (const std::string& key : keys)
    if (!seen.insert(key).second) throw errors::invalid_rule(fmt::format("The tag key {} is given twice.", key));
}

std::vector<std::string> keys_of(const std::vector<rbin::Tag>& tags) {
  std::vector<std::string> keys;
  for (const rbin::Tag& tag : tags) keys.push_back(tag.key);
  return keys;
}

void check_tags_of_rule(const std::vector<rbin::Tag>& tags) {
  check_distinct(keys_of(tags));
  for (const rbin::Tag& tag : tags)
    if (tag.key.starts_with("aws:")) throw errors::invalid_rule("Tag keys that begin with aws: are reserved.");
  if (tags.size() > kMaxTags) throw errors::too_many_rule_tags(kMaxTags);
}

// Locks the rule; from the unlocking on it takes `lock`'s delay until it can be changed.
void lock(rbin::GetRuleResponse& rule, const rbin::LockConfiguration& configuration) {
  rule.lock_state = rbin::LockState::locked;
  rule.lock_configuration = configuration;
  rule.lock_end_time.reset();
}

rbin::CreateRuleResponse create_rule(Call& call, const rbin::CreateRuleRequest& request) {
  check_period(request.retention_period, request.resource_type);
  check_level(request.resource_tags, request.exclude_resource_tags, request.lock_configuration.has_value());
  check_tags_of_rule(request.tags);
  if (call.table<Rule>().count() >= kMaxRules) throw errors::too_many_rules(kMaxRules);
  Rule made{.rule = {}, .tags = request.tags};
  rbin::GetRuleResponse& rule = made.rule;
  rule.identifier = new_identifier(call);
  rule.description = request.description.value_or("");
  rule.resource_type = request.resource_type;
  rule.retention_period = request.retention_period;
  rule.resource_tags = request.resource_tags;
  rule.exclude_resource_tags = request.exclude_resource_tags;
  rule.status = rbin::RuleStatus::pending;
  rule.rule_arn = arn_of(call, *rule.identifier);
  if (is_region_level(rule)) rule.lock_state = rbin::LockState::unlocked;
  if (request.lock_configuration) lock(rule, *request.lock_configuration);
  call.table<Rule>().insert(made);
  call.schedule(*rule.identifier, kAvailable, {});
  auto answer = answer_of<rbin::CreateRuleResponse>(made);
  answer.tags = made.tags;
  return answer;
}

rbin::GetRuleResponse get_rule(Call& call, const rbin::GetRuleRequest& request) {
  return find_rule(call, request.identifier).rule;
}

bool is_among(const rbin::ResourceTag& tag, const ResourceTags& tags) {
  return std::ranges::any_of(tags, [&](const rbin::ResourceTag& other) {
    return other.resource_tag_key == tag.resource_tag_key &&
           (!tag.resource_tag_value || other.resource_tag_value == tag.resource_tag_value);
  });
}

bool has_all(const ResourceTags& tags, const ResourceTags& wanted) {
  return std::ranges::all_of(wanted, [&](const rbin::ResourceTag& tag) { return is_among(tag, tags); });
}

bool is_listed(const rbin::GetRuleResponse& rule, const rbin::ListRulesRequest& request) {
  return rule.resource_type == request.resource_type &&
         (!request.lock_state || rule.lock_state == request.lock_state) &&
         has_all(rule.resource_tags, request.resource_tags) &&
         has_all(rule.exclude_resource_tags, request.exclude_resource_tags);
}

Page page_of_rules(const rbin::ListRulesRequest& request) {
  try {
    return page_of(request.max_results, request.next_token, {}, false, {.least = 1, .most = 1000});
  } catch (const ApiError&) {
    throw errors::invalid_rule_page_token();  // the decoder has looked at the size
  }
}

rbin::ListRulesResponse list_rules(Call& call, const rbin::ListRulesRequest& request) {
  const Page page = page_of_rules(request);
  rbin::ListRulesResponse answer;
  std::int64_t last = 0;
  call.table<Rule>().scan(storage::Query().after(page.after), [&](std::int64_t row, const Rule& rule) {
    if (!is_listed(rule.rule, request)) return true;
    if (page.limit && answer.rules.size() == *page.limit) {
      answer.next_token = page_token(last);
      return false;
    }
    last = row;
    answer.rules.push_back(answer_of<rbin::RuleSummary>(rule));
    return true;
  });
  return answer;
}

// What is in the Recycle Bin already stays there for as long as it was to stay. An empty list of tags changes nothing.
rbin::UpdateRuleResponse update_rule(Call& call, const rbin::UpdateRuleRequest& request) {
  Rule row = find_rule(call, request.identifier);
  rbin::GetRuleResponse& rule = row.rule;
  if (request.resource_type && request.resource_type != rule.resource_type)
    throw errors::invalid_rule("The resource type of a retention rule cannot be changed.");
  if (request.retention_period) check_period(*request.retention_period, *rule.resource_type);
  if (!request.resource_tags.empty() && is_region_level(rule))
    throw errors::invalid_rule("A Region-level retention rule cannot become a tag-level one.");
  if (!request.exclude_resource_tags.empty() && !is_region_level(rule))
    throw errors::invalid_rule("Exclusion tags are for Region-level retention rules.");
  check_open_to_change(rule);
  if (request.retention_period) rule.retention_period = request.retention_period;
  if (request.description) rule.description = request.description;
  if (!request.resource_tags.empty()) rule.resource_tags = request.resource_tags;
  if (!request.exclude_resource_tags.empty()) rule.exclude_resource_tags = request.exclude_resource_tags;
  call.table<Rule>().update(row);
  return answer_of<rbin::UpdateRuleResponse>(row);
}

rbin::DeleteRuleResponse delete_rule(Call& call, const rbin::DeleteRuleRequest& request) {
  check_open_to_change(find_rule(call, request.identifier).rule);
  call.unschedule(request.identifier);
  call.table<Rule>().remove(request.identifier);
  return {};
}

rbin::LockRuleResponse lock_rule(Call& call, const rbin::LockRuleRequest& request) {
  Rule row = find_rule(call, request.identifier);
  if (!is_region_level(row.rule)) throw errors::invalid_rule("Only Region-level retention rules can be locked.");
  if (row.rule.lock_state == rbin::LockState::locked)
    throw errors::wrong_rule_state(fmt::format("Rule {} is locked already.", request.identifier));
  lock(row.rule, request.lock_configuration);
  call.unschedule(request.identifier, kUnlocked);
  call.table<Rule>().update(row);
  return answer_of<rbin::LockRuleResponse>(row);
}

rbin::UnlockRuleResponse unlock_rule(Call& call, const rbin::UnlockRuleRequest& request) {
  Rule row = find_rule(call, request.identifier);
  if (row.rule.lock_state != rbin::LockState::locked)
    throw errors::wrong_rule_state(fmt::format("Rule {} is not locked.", request.identifier));
  const std::chrono::days delay{row.rule.lock_configuration->unlock_delay.unlock_delay_value};
  row.rule.lock_state = rbin::LockState::pending_unlock;
  row.rule.lock_end_time = call.now() + delay;
  call.schedule(request.identifier, kUnlocked, delay);
  call.table<Rule>().update(row);
  return answer_of<rbin::UnlockRuleResponse>(row);
}

rbin::TagResourceResponse tag_resource(Call& call, const rbin::TagResourceRequest& request) {
  Rule row = find_rule_of_arn(call, request.resource_arn);
  check_tags_of_rule(request.tags);
  for (const rbin::Tag& tag : request.tags) {
    std::erase_if(row.tags, [&](const rbin::Tag& present) { return present.key == tag.key; });
    row.tags.push_back(tag);
  }
  if (row.tags.size() > kMaxTags) throw errors::too_many_rule_tags(kMaxTags);
  call.table<Rule>().update(row);
  return {};
}

rbin::UntagResourceResponse untag_resource(Call& call, const rbin::UntagResourceRequest& request) {
  Rule row = find_rule_of_arn(call, request.resource_arn);
  std::erase_if(row.tags, [&](const rbin::Tag& tag) {
    return std::ranges::find(request.tag_keys, tag.key) != request.tag_keys.end();
  });
  call.table<Rule>().update(row);
  return {};
}

rbin::ListTagsForResourceResponse list_tags_for_resource(Call& call, const rbin::ListTagsForResourceRequest& request) {
  return {.tags = find_rule_of_arn(call, request.resource_arn).tags};
}

void become_available(Call& call, std::string_view identifier) {
  auto row = call.table<Rule>().find(identifier);
  if (!row) return;
  row->rule.status = rbin::RuleStatus::available;
  call.table<Rule>().update(*row);
}

void become_unlocked(Call& call, std::string_view identifier) {
  auto row = call.table<Rule>().find(identifier);
  if (!row) return;
  row->rule.lock_state = rbin::LockState::unlocked;
  row->rule.lock_configuration.reset();
  row->rule.lock_end_time.reset();
  call.table<Rule>().update(*row);
}

bool bears(const std::vector<ec2::Tag>& tags, const rbin::ResourceTag& wanted) {
  return std::ranges::any_of(tags, [&](const ec2::Tag& tag) {
    return tag.key == wanted.resource_tag_key && (!wanted.resource_tag_value || tag.value == wanted.resource_tag_value);
  });
}

bool bears_any(const std::vector<ec2::Tag>& tags, const ResourceTags& wanted) {
  return std::ranges::any_of(wanted, [&](const rbin::ResourceTag& one) { return bears(tags, one); });
}

bool keeps(const rbin::GetRuleResponse& rule, const std::vector<ec2::Tag>& tags) {
  if (rule.status != rbin::RuleStatus::available) return false;
  return is_region_level(rule) ? !bears_any(tags, rule.exclude_resource_tags) : bears_any(tags, rule.resource_tags);
}

}  // namespace

std::optional<std::chrono::days> retention_of(Call& call, std::string_view resource_type,
                                              std::string_view resource_id) {
  const auto tags = call.tags().of(resource_id);
  std::optional<std::chrono::days> longest;
  call.table<Rule>().scan(storage::Query().where("resource_type", resource_type), [&](std::int64_t, const Rule& row) {
    const std::chrono::days period{row.rule.retention_period->retention_period_value};
    if (keeps(row.rule, tags)) longest = std::max(longest.value_or(period), period);
    return true;
  });
  return longest;
}

std::span<const Operation> retention_rule_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_rule>(),    bind<get_rule>(),
      bind<list_rules>(),     bind<update_rule>(),
      bind<delete_rule>(),    bind<lock_rule>(),
      bind<unlock_rule>(),    bind<tag_resource>(),
      bind<untag_resource>(), bind<list_tags_for_resource>(),
  };
  return kOperations;
}

std::span<const Transition> retention_rule_transitions() {
  static constexpr Transition kTransitions[] = {{kAvailable, become_available}, {kUnlocked, become_unlocked}};
  return kTransitions;
}

}  // namespace amity::handlers
