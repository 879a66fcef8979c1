#include "handlers/errors.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// "Amazon EBS volume types" in the EBS user guide, and the API model of 2026.
struct TypeLimits {
  std::string_view type;
  std::int32_t min_gib, max_gib;
  std::int32_t min_iops = 0, max_iops = 0;  // 0: cannot be asked for
  std::int32_t iops_per_gib = 0;
};
constexpr TypeLimits kLimits[] = {
    {.type = "gp2", .min_gib = 1, .max_gib = 16384},
    {.type = "gp3", .min_gib = 1, .max_gib = 65536, .min_iops = 3000, .max_iops = 80000, .iops_per_gib = 500},
    {.type = "io1", .min_gib = 4, .max_gib = 16384, .min_iops = 100, .max_iops = 64000, .iops_per_gib = 50},
    {.type = "io2", .min_gib = 4, .max_gib = 65536, .min_iops = 100, .max_iops = 256000, .iops_per_gib = 1000},
    {.type = "st1", .min_gib = 125, .max_gib = 16384},
    {.type = "sc1", .min_gib = 125, .max_gib = 16384},
    {.type = "standard", .min_gib = 1, .max_gib = 1024},
};

constexpr std::int32_t kMinThroughput = 125, kMaxThroughput = 2000;  // MiB/s, gp3
constexpr double kThroughputPerIops = 0.25;
constexpr std::int32_t kMinInitializationRate = 100, kMaxInitializationRate = 300;  // MiB/s

std::string type_of(const NewVolume& wanted) { return wanted.volume_type.value_or(ec2::VolumeType::gp2); }

const TypeLimits& limits_of(const std::string& type) {
  const auto found = std::ranges::find(kLimits, type, &TypeLimits::type);
  if (found == std::end(kLimits)) throw errors::unknown_volume_type(type);
  return *found;
}

void check_size(const TypeLimits& limits, std::int32_t gib) {
  if (gib < limits.min_gib)
    throw errors::invalid_parameter_value(fmt::format(
        "Volume of {}GiB is too small for volume type {}; minimum is {}GiB.", gib, limits.type, limits.min_gib));
  if (gib > limits.max_gib)
    throw errors::invalid_parameter_value(fmt::format(
        "Volume of {}GiB is too large for volume type {}; maximum is {}GiB.", gib, limits.type, limits.max_gib));
}

void check_iops(const TypeLimits& limits, const std::optional<std::int32_t>& iops, std::int32_t gib) {
  if (!iops) {
    if (limits.type == ec2::VolumeType::io1 || limits.type == ec2::VolumeType::io2)
      throw errors::invalid_parameter_combination(
          fmt::format("The parameter iops must be specified for {} volumes.", limits.type));
    return;
  }
  if (limits.max_iops == 0)
    throw errors::invalid_parameter_combination(
        fmt::format("The parameter iops is not supported for {} volumes.", limits.type));
  if (*iops < limits.min_iops)
    throw errors::invalid_parameter_value(
        fmt::format("Volume iops of {} is too low; minimum is {}.", *iops, limits.min_iops));
  if (*iops > limits.max_iops)
    throw errors::invalid_parameter_value(
        fmt::format("Volume iops of {} is too high; maximum is {}.", *iops, limits.max_iops));
  // The least of the type is had at any size.
  if (*iops > limits.min_iops && *iops > std::int64_t{limits.iops_per_gib} * gib)
    throw errors::invalid_parameter_value(fmt::format("Iops to volume size ratio of {:.6f} is too high; maximum is {}",
                                                      static_cast<double>(*iops) / gib, limits.iops_per_gib));
}

void check_throughput(const TypeLimits& limits, const std::optional<std::int32_t>& throughput, std::int32_t iops) {
  if (!throughput) return;
  if (limits.type != ec2::VolumeType::gp3)
    throw errors::invalid_parameter_combination(
        fmt::format("The parameter throughput is not supported for {} volumes.", limits.type));
  if (*throughput < kMinThroughput)
    throw errors::invalid_parameter_value(
        fmt::format("Volume throughput of {} MiB/s is too low; minimum is {} MiB/s.", *throughput, kMinThroughput));
  if (*throughput > kMaxThroughput)
    throw errors::invalid_parameter_value(
        fmt::format("Volume throughput of {} MiB/s is too high; maximum is {} MiB/s.", *throughput, kMaxThroughput));
  if (const double ratio = static_cast<double>(*throughput) / iops; ratio > kThroughputPerIops)
    throw errors::invalid_parameter_value(
        fmt::format("Throughput (MiBps) to iops ratio of {:.6f} is too high; maximum is {:.6f} MiBps per iops.", ratio,
                    kThroughputPerIops));
}

void check_initialization_rate(const NewVolume& wanted) {
  const auto& rate = wanted.initialization_rate_mibps;
  if (!rate) return;
  if (wanted.snapshot_id.value_or("").empty())
    throw errors::invalid_parameter_dependency("VolumeInitializationRate", "SnapshotId");
  if (*rate < kMinInitializationRate || *rate > kMaxInitializationRate)
    throw errors::invalid_value(
        "VolumeInitializationRate", std::to_string(*rate),
        fmt::format("Expecting a value between {} and {}.", kMinInitializationRate, kMaxInitializationRate));
}

}  // namespace

VolumePerformance performance_of(const NewVolume& wanted, std::int32_t gib) {
  const std::string type = type_of(wanted);
  if (type == ec2::VolumeType::gp2) return {.iops = std::clamp(3 * gib, 100, 16000)};
  if (type == ec2::VolumeType::gp3)
    return {.iops = wanted.iops.value_or(3000), .throughput_mibps = wanted.throughput_mibps.value_or(kMinThroughput)};
  return {.iops = wanted.iops};
}

void check_volume_limits(const NewVolume& wanted, std::optional<std::int32_t> snapshot_gib) {
  const auto gib = wanted.size_gib ? wanted.size_gib : snapshot_gib;
  if (!gib) throw errors::missing_parameter("size/snapshot");
  const TypeLimits& limits = limits_of(type_of(wanted));
  check_size(limits, *gib);
  check_iops(limits, wanted.iops, *gib);
  check_throughput(limits, wanted.throughput_mibps, performance_of(wanted, *gib).iops.value_or(0));
  check_initialization_rate(wanted);
  if (wanted.multi_attach && limits.type != ec2::VolumeType::io1 && limits.type != ec2::VolumeType::io2)
    throw errors::invalid_parameter_combination(
        fmt::format("The parameter multiAttachEnabled is not supported for {} volumes.", limits.type));
}

}  // namespace amity::handlers
