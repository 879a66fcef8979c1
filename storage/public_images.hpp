// Expands the image families of fixtures/images/ (their form: fixtures/README.md) to the public images of one region,
// and their mappings to the public snapshots behind them.
#pragma once

#include "model/ec2.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace amity::storage {

struct PublicImages {
  // In the order of the files, and of each family's releases from the oldest to the newest. Ids depend on region, owner
  // and name only.
  std::vector<ec2::Image> images;
  // How much of the volume is written, for each EBS mapping in the order of the images.
  std::vector<std::int64_t> written_bytes;
};

// Throws Error when a family cannot be understood.
PublicImages public_images(std::string_view region, std::string_view partition);

// One snapshot for each EBS mapping, in the order of the images.
std::vector<ec2::Snapshot> public_snapshots(std::span<const ec2::Image> images,
                                            std::span<const std::int64_t> written_bytes);

}  // namespace amity::storage
