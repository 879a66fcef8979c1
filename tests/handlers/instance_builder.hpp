// Launches for tests: public images by a part of their name, and requests that succeed unless a test spoils them.
#pragma once

#include "tests/handlers/world.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace amity::tests {

// The newest public image of the region whose name has `part` in it.
inline const ec2::Image& public_image(World& world, std::string_view part, std::string_view architecture = "x86_64") {
  const ec2::Image* newest = nullptr;
  for (const ec2::Image& image : world.catalogue().images(world.make_call().region()))
    if (image.name->find(part) != std::string::npos && image.architecture == architecture &&
        (!newest || *newest->creation_date < *image.creation_date))
      newest = &image;
  if (!newest) throw std::runtime_error("no public image " + std::string(part));
  return *newest;
}

// Amazon Linux 2023 on the smallest type that can run it.
inline ec2::RunInstancesRequest launch_request(World& world, std::int32_t count = 1) {
  ec2::RunInstancesRequest request;
  request.image_id = public_image(world, "al2023-ami-2023").image_id;
  request.instance_type = "t3.micro";
  request.min_count = count;
  request.max_count = count;
  return request;
}

inline std::vector<std::string> ids_of(const ec2::Reservation& reservation) {
  std::vector<std::string> ids;
  for (const ec2::Instance& instance : reservation.instances) ids.push_back(*instance.instance_id);
  return ids;
}

inline std::string launch(World& world) { return ids_of(world.call(launch_request(world))).front(); }

inline ec2::Instance describe(World& world, const std::string& id) {
  return world.call(ec2::DescribeInstancesRequest{.instance_ids = {id}}).reservations.at(0).instances.at(0);
}

inline std::string state_of(World& world, const std::string& id) { return *describe(world, id).state->name; }

inline std::string stop(World& world, const std::string& id) {
  world.call(ec2::StopInstancesRequest{.instance_ids = {id}});
  return id;
}

}  // namespace amity::tests
