// What an instance type can run and where it is offered: asked at launch, and when a stopped instance changes its type.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amity::handlers {

// The zones of the call's region.
std::span<const ec2::AvailabilityZone> zones_of(const Call& call);
// Throws Unsupported, naming the zones that would do.
void check_offered(Call& call, std::string_view instance_type, std::string_view zone);

// Whether the type can run what the instance has from its image: architecture, virtualization, enhanced networking,
// boot mode, TPM, root device. Throws InvalidParameterValue, InvalidParameterCombination, Unsupported.
void check_fits(const ec2::Instance& instance, const ec2::InstanceTypeInfo& type);
// Whether so many volumes and network interfaces can be attached. Throws AttachmentLimitExceeded.
void check_attachments(const ec2::InstanceTypeInfo& type, std::size_t volumes, std::size_t interfaces);
// Throws Unsupported for a type that cannot be optimized for EBS.
void check_can_be_ebs_optimized(const ec2::InstanceTypeInfo& type);

// Throws InvalidParameterCombination for a weighting that the type does not know.
void check_bandwidth_weighting(const ec2::InstanceTypeInfo& type,
                               const std::optional<ec2::InstanceNetworkPerformanceOptions>& options);
// Throws UnsupportedHibernationConfiguration.
void check_can_hibernate(const ec2::InstanceTypeInfo& type);

// The processor that an instance of the type has unless asked otherwise.
ec2::CpuOptions default_cpu_options(const ec2::InstanceTypeInfo& type);
// "standard" for T2, which is throttled unless asked otherwise, "unlimited" for later burstable families.
std::optional<std::string> default_cpu_credits(const ec2::InstanceTypeInfo& type);
// "uefi" or "legacy-bios": the way in which the instance starts on the type.
std::string boot_mode_on(const ec2::InstanceTypeInfo& type, const ec2::Instance& instance);
bool is_nitro(const ec2::InstanceTypeInfo& type);

}  // namespace amity::handlers
