// What a history of a bill remembers of the resources that it has made.
#pragma once

#include "model/ec2.hpp"
#include "tests/emulator/bill_ledger.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace amity::tests {

inline constexpr int kBlocks = 2048;  // written on a volume at most

struct ModelVolume {
  Item* item = nullptr;
  std::vector<int> map = std::vector<int>(kBlocks, 0);  // the write that each block shows, 0 for none
  int lineage = 0;
  bool is_root = false;
};

struct ModelSnapshot {
  Item* item = nullptr;
  std::vector<int> map;
  std::vector<int> source;  // of a copy in another Region: what it is a copy of
  int lineage = 0;
  std::int64_t archived_since = 0;
  std::int64_t restored_until = 0;
  bool is_standard = true;
  bool is_changed = false;  // it was in the archive once
  std::set<std::string> fast_zones;
  std::int64_t forgotten_at = 0;  // in the Recycle Bin until then

  std::int64_t full() const {
    return std::ranges::count_if(map, [](int write) { return write != 0; });
  }
};

struct ModelInstance {
  std::string id;
  Item* item = nullptr;
  Item* interface = nullptr;
  bool runs = true;
};

struct ModelAddress {
  Item* item = nullptr;
  std::string interface {};  // "" while nothing uses it
  std::string association{};
};

inline std::vector<Use> volume_uses(const Ledger& ledger, const ec2::Volume& volume) {
  const std::string type = *volume.volume_type, name = type == "io1" ? ".piops" : "." + type;
  std::vector<Use> uses{ledger.use("EBS:VolumeUsage" + name, *volume.size * 2048, 60)};
  const std::int64_t iops = volume.iops.value_or(0), throughput = volume.throughput.value_or(0);
  if (type == "io1") uses.push_back(ledger.use("EBS:VolumeP-IOPS.piops", iops, 60));
  if (type == "gp3" && iops > 3000) uses.push_back(ledger.use("EBS:VolumeP-IOPS.gp3", iops - 3000, 60));
  if (type == "gp3" && throughput > 125) uses.push_back(ledger.use("EBS:VolumeP-Throughput.gp3", throughput - 125, 60));
  return uses;
}

}  // namespace amity::tests
