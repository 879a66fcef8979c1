// What time it is here: the real time plus an offset, or a moment at which the clock stands still. Tests of
// deprecation, retention and the like move it. How it was set outlives the process, in the state's own file.
#pragma once

#include "model/timestamp.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace amity::storage {
class Store;
}

namespace amity::emulator {

class Clock {
 public:
  using RealTime = std::function<model::Timestamp()>;

  // Takes up what `store` remembers. `real_time` is the machine's time unless a test has its own.
  explicit Clock(storage::Store& store, RealTime real_time = system_time);

  // Does not go back, also when the machine's time does, unless it is set back.
  model::Timestamp now();
  std::chrono::milliseconds offset() const;  // to the real time, at this moment
  bool is_frozen() const { return frozen_at_.has_value(); }

  // Stands still; set and advance move it, and it stands still again.
  void freeze();
  // Goes on from where it stands.
  void resume();
  // Both throw std::out_of_range for moments outside the years 1970 to 9999.
  void set(model::Timestamp time);
  void advance(std::chrono::milliseconds by);
  // Shows the real time again.
  void reset();

  static model::Timestamp system_time();

 private:
  void show(model::Timestamp time);
  void remember();

  storage::Store& store_;
  RealTime real_time_;
  std::chrono::milliseconds offset_{};
  std::optional<model::Timestamp> frozen_at_;
  model::Timestamp last_{};  // never shown to go back behind this
};

}  // namespace amity::emulator
