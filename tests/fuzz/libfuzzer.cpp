// amity_fuzz TARGET [libFuzzer option…] [folder…], for the fuzz preset.
#include "tests/fuzz/targets.hpp"

#include <cstdlib>
#include <iostream>

namespace {

const amity::fuzz::Target* target = nullptr;

}  // namespace

// libFuzzer's own interface.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t capacity);

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  // The target's name is taken off the arguments: libFuzzer would look for a folder of that name.
  target = *count > 1 ? amity::fuzz::find_target((*arguments)[1]) : nullptr;
  if (!target) {
    std::cerr << "the first argument must be one of:";
    for (const amity::fuzz::Target& known : amity::fuzz::kTargets) std::cerr << ' ' << known.name;
    std::cerr << '\n';
    std::exit(2);
  }
  (*arguments)[1] = (*arguments)[0];
  ++*arguments;
  --*count;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t capacity,
                                               unsigned seed) {
  if (target->mutate && seed % 4 != 0) return target->mutate(data, size, capacity, seed);
  return LLVMFuzzerMutate(data, size, capacity);
}
