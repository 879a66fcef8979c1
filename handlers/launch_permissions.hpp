// Launch permissions: whom an image's owner lets launch it.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// Twelve digits.
bool is_account_id(std::string_view text);

// Whether one of the permissions names one of the grantees (accounts, "all", ARNs).
bool grants_any(const std::vector<ec2::LaunchPermission>& permissions, std::span<const std::string> grantees);

// Adds and removes permissions of the caller's image and keeps its Public flag and, once public, its deprecation in
// step; the caller updates the row. Throws InvalidAMIAttributeItemValue for what is no grantee; for what cannot be
// shared: InvalidParameter (a snapshot under the account's default key), UnsupportedOperation (encrypted snapshots
// publicly), OperationNotPermitted (AWS Marketplace images publicly, or anything while public access is blocked);
// ResourceLimitExceeded.
void change_launch_permissions(Call& call, state::Image& image, const ec2::LaunchPermissionModifications& changes);

// Makes the image private.
void clear_launch_permissions(state::Image& image);

}  // namespace amity::handlers
