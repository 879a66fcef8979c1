// What RunInstances asks for beyond image, volumes and network: each option checked against the instance type and put
// on the instance, with EC2's defaults for what is not asked.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>

namespace amity::handlers {

// What an instance has from its image.
void take_from_image(const ec2::Image& image, state::Instance& instance);

// Fills the instance, which already has what comes from its image. Whether a hibernating instance's root volume is
// encrypted is known later: check_can_hibernate.
void apply_launch_options(Call& call, const ec2::RunInstancesRequest& request, const ec2::Image& image,
                          const ec2::InstanceTypeInfo& type, state::Instance& instance);

// The processor as asked for, else as the type has it. Throws InvalidParameterCombination, InvalidParameterValue.
ec2::CpuOptions cpu_options(const std::optional<ec2::CpuOptionsRequest>& wanted, const ec2::InstanceTypeInfo& type);

// Throws InvalidCapacityReservationId.NotFound, ReservationCapacityExceeded: there are no Capacity Reservations.
ec2::CapacityReservationSpecificationResponse capacity_reservation(
    const std::optional<ec2::CapacityReservationSpecification>& wanted);

// User data as it is kept: base64 of the bytes, absent when there are none. Throws InvalidParameterValue past 16 KiB.
std::optional<std::string> user_data_to_keep(std::string_view bytes);
// The bytes of user data that a request gives in base64. Throws InvalidUserData.Malformed.
std::string decode_user_data(std::string_view base64);

}  // namespace amity::handlers
