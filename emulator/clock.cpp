#include "emulator/clock.hpp"

#include "storage/settings.hpp"
#include "storage/store.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace amity::emulator {
namespace {

using std::chrono::milliseconds;

// "offset <milliseconds>" or "frozen <milliseconds since 1970>"; nothing while the clock shows the real time.
constexpr std::string_view kSetting = "clock";
constexpr std::string_view kOffset = "offset ";
constexpr std::string_view kFrozen = "frozen ";

storage::Settings settings_of(storage::Store& store) { return {store.database(), {}}; }

milliseconds read_number(std::string_view text) {
  milliseconds::rep number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw storage::Error("the clock's setting cannot be read: " + std::string(text));
  return milliseconds(number);
}

}  // namespace

Clock::Clock(storage::Store& store, RealTime real_time) : store_(store), real_time_(std::move(real_time)) {
  const std::string setting = settings_of(store_).get(kSetting).value_or("");
  if (setting.starts_with(kOffset)) offset_ = read_number(std::string_view(setting).substr(kOffset.size()));
  if (setting.starts_with(kFrozen))
    frozen_at_ = model::Timestamp(read_number(std::string_view(setting).substr(kFrozen.size())));
}

model::Timestamp Clock::system_time() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

model::Timestamp Clock::now() {
  last_ = frozen_at_ ? *frozen_at_ : std::max(last_, real_time_() + offset_);
  return last_;
}

milliseconds Clock::offset() const { return frozen_at_ ? *frozen_at_ - real_time_() : offset_; }

void Clock::freeze() {
  frozen_at_ = now();
  remember();
}

void Clock::resume() {
  if (!frozen_at_) return;
  offset_ = *frozen_at_ - real_time_();
  frozen_at_.reset();
  remember();
}

void Clock::set(model::Timestamp time) {
  if (time < model::Timestamp() || time > model::kLatestTimestamp)
    throw std::out_of_range("the clock shows the years 1970 to 9999 only");
  show(time);
}

void Clock::advance(milliseconds by) {
  const model::Timestamp from = now();
  // Compared so that nothing can overflow.
  if (by > model::kLatestTimestamp - from || by < model::Timestamp() - from)
    throw std::out_of_range("the clock shows the years 1970 to 9999 only");
  show(from + by);
}

void Clock::reset() {
  offset_ = {};
  frozen_at_.reset();
  last_ = {};
  remember();
}

void Clock::show(model::Timestamp time) {
  last_ = time;
  if (frozen_at_)
    frozen_at_ = time;
  else
    offset_ = time - real_time_();
  remember();
}

void Clock::remember() {
  storage::Settings settings = settings_of(store_);
  if (frozen_at_)
    settings.set(kSetting, std::string(kFrozen) + std::to_string(frozen_at_->time_since_epoch().count()));
  else if (offset_ != milliseconds{})
    settings.set(kSetting, std::string(kOffset) + std::to_string(offset_.count()));
  else
    settings.remove(kSetting);
}

}  // namespace amity::emulator
