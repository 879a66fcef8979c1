// What CreateImage, RegisterImage and CopyImage have in common: the name, the members that every new image has, the
// devices of its block device mapping.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// Clients send members that they do not mean as empty texts.
std::optional<std::string> unless_empty(const std::optional<std::string>& member);

// An image of the caller under a new id, "available" unless changed, not yet inserted. Throws InvalidAMIName.Malformed,
// .Duplicate.
state::Image new_image(Call& call, std::string_view name, const std::optional<std::string>& description);

// Inserts the image, with its tags.
void insert_image(Call& call, const state::Image& image, const std::vector<ec2::Tag>& tags);

// Throws InvalidBlockDeviceMapping for an entry without a device name, with one that is not EC2's, or with one that
// another entry has.
void check_devices(const std::vector<ec2::BlockDeviceMapping>& mappings);

// The image's entry for a device that is no volume of an instance: an empty volume, one from a snapshot that the caller
// may use, or an instance store volume. Throws InvalidBlockDeviceMapping, InvalidSnapshot.NotFound, IncorrectState, and
// what is wrong with the volume's type, size and performance.
ec2::BlockDeviceMapping new_device(Call& call, const ec2::BlockDeviceMapping& wanted, bool is_root);

}  // namespace amity::handlers
