// The instance profile of a launch. There is no IAM behind it yet: every well-formed name is a profile of the account.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

namespace amity::handlers {

// The ARN and id that the instance shows; the id follows from the ARN. Throws MissingParameter,
// InvalidParameterCombination (name and ARN), InvalidParameterValue, InvalidIamInstanceProfileArn.Malformed.
ec2::IamInstanceProfile instance_profile(Call& call, const ec2::IamInstanceProfileSpecification& wanted);

}  // namespace amity::handlers
