// What names images: instances, launch templates … Each kind of resource that can is a source in kSources
// (image_references.cpp); DescribeImageReferences and image usage reports ask them all.
#pragma once

#include "handlers/call.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// How far to look.
struct ImageReferenceScope {
  std::vector<std::string> instance_states{};  // all when it is empty
  std::size_t template_versions = 10;          // the newest so many of each launch template
};

struct ImageReference {
  std::string account;   // whose resource it is
  std::string resource;  // its name in an ARN: "instance/i-…"
};

// A kind of resources that name images.
struct ImageReferenceSource {
  std::string_view resource_type;  // "ec2:Instance"
  std::string_view service;        // in ARNs: "ec2"
  // The resources of all accounts in the call's Region that name the image, in a lasting order.
  std::vector<ImageReference> (*find)(Call& call, std::string_view image_id, const ImageReferenceScope& scope);
};

std::span<const ImageReferenceSource> image_reference_sources();
// nullptr for a type of resources that Amity does not have.
const ImageReferenceSource* image_reference_source(std::string_view resource_type);

// "version-depth" in options: a number from 1 to 10000. Throws InvalidParameterValue.
std::size_t read_version_depth(const std::vector<std::string>& values);

}  // namespace amity::handlers
