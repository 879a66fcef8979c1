// The public parameters of Systems Manager that hold the ids of public images, and what else is said of these.
#pragma once

#include "model/timestamp.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

struct PublicParameter {
  struct Version {
    std::string value;
    model::Timestamp modified;
  };
  std::string name;
  std::string data_type;          // "aws:ec2:image" or "text"
  std::vector<Version> versions;  // one for each release, the oldest first
};

// In order of their names. The values agree with public_images of the same region. Throws Error when a family cannot be
// understood.
std::vector<PublicParameter> public_parameters(std::string_view region, std::string_view partition);

}  // namespace amity::storage
