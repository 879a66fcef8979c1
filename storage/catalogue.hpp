// The shared facts that nobody created: regions and zones, instance types and where they are offered, public images and
// their snapshots. Read-only. Each part is read from the embedded fixtures when it is first asked for (a region's
// images cost some milliseconds and a megabyte), so that starting costs nothing. What is returned lives as long as the
// catalogue.
#pragma once

#include "model/ec2.hpp"
#include "model/state.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace amity::storage {

struct PublicParameter;

class Catalogue {
 public:
  Catalogue();
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  // Of all partitions. A region's Availability Zones come first, by name, then its Local and Wavelength Zones.
  std::span<const state::Region> regions() const;
  const state::Region* region(std::string_view name) const;

  std::span<const std::string_view> instance_type_names() const;  // sorted
  const ec2::InstanceTypeInfo* instance_type(std::string_view name) const;
  bool is_offered(std::string_view region, std::string_view instance_type) const;
  // `zone` is the name of an Availability Zone. What Local and Wavelength Zones offer is not known: nothing.
  bool is_offered_in_zone(std::string_view region, std::string_view zone, std::string_view instance_type) const;

  // A region's public images, deprecated ones included. Each EBS mapping names one of the region's snapshots.
  std::span<const ec2::Image> images(std::string_view region) const;
  const ec2::Image* image(std::string_view region, std::string_view image_id) const;
  std::span<const ec2::Snapshot> snapshots(std::string_view region) const;
  const ec2::Snapshot* snapshot(std::string_view region, std::string_view snapshot_id) const;
  // Of Systems Manager, which tell the newest images; in order of their names.
  std::span<const PublicParameter> parameters(std::string_view region) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace amity::storage
