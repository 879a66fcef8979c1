// The parts of handlers/check.hpp.
#pragma once

#include "handlers/call.hpp"
#include "storage/check.hpp"

#include <span>
#include <string>
#include <string_view>

namespace amity::handlers {

// Findings of one rule in the account and region of a call.
class RuleFindings {
 public:
  RuleFindings(storage::Findings& findings, std::string_view rule, std::string region)
      : findings_(findings), rule_(rule), region_(std::move(region)) {}

  void add(std::string_view what) {
    findings_.push_back({.rule = std::string(rule_), .what = region_ + ' ' + std::string(what)});
  }

 private:
  storage::Findings& findings_;
  std::string_view rule_;
  std::string region_;
};

// A sentence, and the function that finds where it does not hold in an account and region.
struct MeaningRule {
  std::string_view says;
  void (*look)(Call& call, RuleFindings& findings);
};

std::span<const MeaningRule> general_meaning_rules();
std::span<const MeaningRule> network_meaning_rules();
// Every open meter, of all accounts and regions, shows what its resource's row says, and every row has its meters.
void check_meters(Environment environment, storage::Findings& findings);

}  // namespace amity::handlers
