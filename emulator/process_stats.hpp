#pragma once

#include <cstddef>

namespace amity::emulator {

// How the process is doing, as the kernel tells (proc(5)). Zero where it does not.
struct ProcessStats {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since 1970
  std::size_t resident_bytes = 0;
  std::size_t open_descriptors = 0;
};

ProcessStats process_stats();

}  // namespace amity::emulator
