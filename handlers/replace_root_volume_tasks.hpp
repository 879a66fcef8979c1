// The tasks that replace the root volume of a running instance.
#pragma once

#include "handlers/resource_kind.hpp"

namespace amity::handlers {

inline constexpr ResourceKind kReplaceRootVolumeTask{"replacevol",
                                                     "replace-root-volume-task",
                                                     "InvalidReplaceRootVolumeTaskId.Malformed",
                                                     "InvalidReplaceRootVolumeTaskId.NotFound",
                                                     "The replace root volume task ID '{}' does not exist",
                                                     "The replace root volume task IDs '{}' do not exist"};

}  // namespace amity::handlers
