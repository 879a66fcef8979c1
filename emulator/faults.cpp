#include "emulator/faults.hpp"

#include "model/wildcard.hpp"

#include <algorithm>

namespace amity::emulator {

const Fault& Faults::add(Fault fault) {
  fault.id = "fault-" + std::to_string(++last_id_);
  return faults_.emplace_back(std::move(fault));
}

bool Faults::remove(std::string_view id) {
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

void Faults::clear() {
  faults_.clear();
  random_.seed(seed_);
}

bool Faults::strikes(const Fault& fault, const FaultTarget& target) {
  const auto means = [](const std::string& wanted, std::string_view actual) {
    return wanted.empty() || wanted == actual;
  };
  if (!means(fault.service, target.service) || !means(fault.account, target.account) ||
      !means(fault.region, target.region) || !model::matches_wildcard(fault.operation, target.operation))
    return false;
  if (fault.count && fault.struck >= *fault.count) return false;
  if (fault.probability >= 1) return true;
  // Not std::uniform_real_distribution, whose numbers differ from library to library.
  return static_cast<double>(random_() >> 11) * 0x1p-53 < fault.probability;
}

Blow Faults::strike(const FaultTarget& target) {
  Blow blow;
  for (Fault& fault : faults_) {
    // A call has one error and one ending; who comes second waits for the next call.
    if ((blow.error && !fault.code.empty()) || (blow.ending && fault.ending)) continue;
    if (!strikes(fault, target)) continue;
    ++fault.struck;
    blow.latency += fault.latency;
    if (!fault.code.empty()) blow.error.emplace(fault.code, fault.message, fault.status);
    if (fault.ending) {
      blow.ending = fault.ending;
      blow.reason = fault.reason;
    }
  }
  return blow;
}

}  // namespace amity::emulator
