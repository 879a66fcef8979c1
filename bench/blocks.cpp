// How long the block maps (storage/blocks.hpp) take where they are large: one volume of a million extents. Prints
// milliseconds a line, the median of some rounds; needs no arguments.
#include "storage/blocks.hpp"

#include "storage/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

using namespace amity::storage;

namespace {

constexpr std::int64_t kExtents = 1'000'000;
constexpr int kRounds = 21;

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

class Bench {
 public:
  Bench()
      : here_(store_.database(), {"111111111111", "us-east-1"}),
        there_(store_.database(), {"111111111111", "eu-west-1"}) {}

  void run() {
    here_.open("vol", "");
    once("write a million extents", [&] {
      for (std::int64_t i = 0; i < kExtents; ++i) here_.write("vol", {2 * i, 1});
    });
    once("first snapshot of them", [&] { here_.take("vol", "snap-0"); });
    each("10 changes, then a snapshot", [&](int round) {
      write_ten(round);
      here_.take("vol", "snap-" + std::to_string(round + 1));
    });
    each("full and stored size of a snapshot", [&](int round) {
      const std::string id = "snap-" + std::to_string(round);
      here_.full_bytes(id);
      here_.stored_bytes(id);
    });
    each("volume from a snapshot", [&](int round) { here_.open_from("vol-" + std::to_string(round), "", "snap-0"); });
    each("delete such a volume", [&](int round) { here_.close("vol-" + std::to_string(round)); });
    each("copy in the same place",
         [&](int round) { here_.copy("us-east-1", "snap-0", "copy-" + std::to_string(round), ""); });
    once("first copy to another region", [&] { there_.copy("us-east-1", "snap-0", "there-0", ""); });
    each("next copy to another region", [&](int round) {
      there_.copy("us-east-1", "snap-" + std::to_string(round + 1), "there-" + std::to_string(round + 1), "");
    });
    each("1,000 changed blocks of two snapshots", [&](int round) {
      here_.changed("snap-0", "snap-" + std::to_string(round), {0, 1000});
    });
    each("a page of 10,000 blocks", [&](int round) { here_.written("snap-20", round * 10'000, 10'000); });
    each("change 1 GiB", [&](int) { here_.change("vol", 2048, 2 * kExtents); });
    for (int round = 0; round < kRounds; ++round) here_.remove("copy-" + std::to_string(round));
    once("delete the first snapshot of a chain", [&] { here_.remove("snap-0"); });
    each("delete the next ones", [&](int round) {
      if (round > 0) here_.remove("snap-" + std::to_string(round));
    });
    for (int round = 0; round < 1000; ++round) {
      write_ten(round);
      here_.take("vol", "daily-" + std::to_string(round));
    }
    each("10 changes, then a snapshot, on a chain of a thousand", [&](int round) {
      write_ten(round);
      here_.take("vol", "late-" + std::to_string(round));
    });
    once("a 64 TiB volume: write it all, snapshot, change 10 blocks, snapshot", [&] {
      constexpr std::int64_t kBlocks = std::int64_t{64} * 1024 * 1024 * 2;
      here_.open("vol-big", "");
      here_.write("vol-big", {0, kBlocks});
      here_.take("vol-big", "big-0");
      for (std::int64_t i = 0; i < 10; ++i) here_.write("vol-big", {i * 1'000'003, 1});
      here_.take("vol-big", "big-1");
    });
  }

 private:
  void write_ten(int round) {
    for (std::int64_t i = 0; i < 10; ++i) here_.write("vol", {(i * 99'991 + round * 7919) % (2 * kExtents), 1});
  }

  double timed(const std::function<void()>& work) {
    return milliseconds([&] {
      Transaction transaction(store_.database());
      work();
      transaction.commit();
    });
  }
  void once(const char* what, const std::function<void()>& work) { fmt::print("{:>10.3f}  {}\n", timed(work), what); }
  void each(const char* what, const std::function<void(int)>& work) {
    std::vector<double> times;
    for (int round = 0; round < kRounds; ++round) times.push_back(timed([&] { work(round); }));
    fmt::print("{:>10.3f}  {}\n", median(std::move(times)), what);
  }

  Store store_;
  Blocks here_;
  Blocks there_;
};

}  // namespace

int main() { Bench().run(); }
