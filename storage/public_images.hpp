// Expands the image families of fixtures/images/ (their form: fixtures/README.md) to the public images of one region,
// and their mappings to the public snapshots behind them.
#pragma once

#include "model/ec2.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace amity::storage {

// In the order of the files, and of each family's releases from the oldest to the newest. Ids depend on region, owner
// and name only. Throws Error when a family cannot be understood.
std::vector<ec2::Image> public_images(std::string_view region, std::string_view partition);

// One snapshot for each EBS mapping, in the order of the images.
std::vector<ec2::Snapshot> public_snapshots(std::span<const ec2::Image> images);

}  // namespace amity::storage
