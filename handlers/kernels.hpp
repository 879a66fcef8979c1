// Kernels and RAM disks of paravirtual images. There are none to look up: what is well-formed is taken.
#pragma once

#include "handlers/resource_kind.hpp"

namespace amity::handlers {

inline constexpr ResourceKind kKernel{"aki", "kernel", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound", "", ""};
inline constexpr ResourceKind kRamdisk{"ari", "ramdisk", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound", "", ""};

}  // namespace amity::handlers
