// The volumes of a launch: the image's block device mapping with the request's laid over it, device by device.
#pragma once

#include "handlers/call.hpp"
#include "handlers/volumes.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

struct PlannedVolume {
  std::string device;
  NewVolume volume{};  // zone, tags and instance are still missing
  bool delete_on_termination = false;
  std::optional<std::int32_t> ebs_card_index{};
  bool is_of_image = false;  // its snapshot is the image's, which the permission to launch lets the caller use
};

// The root volume first. Entries of the request override those of the image with the same device name, NoDevice drops
// them. Throws InvalidBlockDeviceMapping, MissingParameter, InvalidParameterCombination, BootForVolumeTypeUnsupported.
std::vector<PlannedVolume> plan_volumes(const ec2::Image& image, const std::vector<ec2::BlockDeviceMapping>& wanted);

// Makes the volumes of one instance, attached to it.
std::vector<state::Volume> make_volumes(Call& call, const std::vector<PlannedVolume>& plan,
                                        const std::string& instance_id);

}  // namespace amity::handlers
