// What is used, added up tick by tick: the simplest account of a bill that can be.
#pragma once

#include "handlers/usage.hpp"
#include "model/timestamp.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace amity::tests {

inline constexpr std::int64_t kTick = 20;  // seconds
inline constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;

struct Use {
  std::string type;  // the usage type
  std::int64_t quantity = 0;
  std::int64_t minimum = 0;  // seconds
  std::int64_t since = 0;
};

// A resource, or what is left of it.
struct Item {
  std::string id;
  std::string tag{};  // the value of "team"
  std::vector<Use> uses{};
  std::map<std::string, std::int64_t> hour{};  // quantity x seconds of the hour that is running, or pieces
};

// Quantities times seconds, or pieces, by usage type.
using Sums = std::map<std::string, std::int64_t>;

class Ledger {
 public:
  explicit Ledger(std::int64_t now) : now_(now) {}
  std::int64_t now() const { return now_; }

  Item* add(const std::string& id) { return items_.emplace_back(std::make_unique<Item>(Item{.id = id})).get(); }

  // From now on the item has these uses. One that ends before its least time goes on without its item's knowing.
  void set(Item* item, std::vector<Use> uses) {
    for (const Use& old : item->uses) {
      const auto same = std::ranges::find(uses, old.type, &Use::type);
      if (same != uses.end())
        same->since = old.since;
      else if (old.since + old.minimum > now_)
        tails_.push_back({item, old, old.since + old.minimum});
    }
    item->uses = std::move(uses);
  }
  Use use(std::string type, std::int64_t quantity, std::int64_t minimum = 0) const {
    return {.type = std::move(type), .quantity = quantity, .minimum = minimum, .since = now_};
  }
  void count(Item* item, const std::string& type, std::int64_t quantity) {
    if (quantity) item->hour[type] += quantity;
  }

  void tick() {
    for (const auto& item : items_)
      for (const Use& use : item->uses) item->hour[use.type] += use.quantity * kTick;
    std::erase_if(tails_, [&](const Tail& tail) { return tail.until <= now_; });
    for (const Tail& tail : tails_) tail.item->hour[tail.use.type] += tail.use.quantity * kTick;
    now_ += kTick;
    if (now_ % kHour == 0) end_hour();
  }
  // A tag counts for the whole of the hour in which it was set.
  void end_hour() {
    const std::string month = model::to_iso8601(handlers::time_of(now_ - 1)).substr(0, 7);
    for (const auto& item : items_) {
      for (const auto& [type, amount] : item->hour) {
        months[month][type] += amount;
        tags[item->tag][month][type] += amount;
      }
      item->hour.clear();
    }
  }

  std::map<std::string, Sums> months;
  std::map<std::string, std::map<std::string, Sums>> tags;

 private:
  struct Tail {
    Item* item;
    Use use;
    std::int64_t until;
  };
  std::int64_t now_;
  std::vector<std::unique_ptr<Item>> items_;
  std::vector<Tail> tails_;
};

}  // namespace amity::tests
