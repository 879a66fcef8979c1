// Grey pictures as JPEG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace amity::handlers {

struct GreyPicture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> pixels;  // row by row, 0 is black

  GreyPicture(std::size_t columns, std::size_t rows) : width(columns), height(rows), pixels(columns * rows) {}
};

// A baseline JPEG file (ITU-T T.81). Both sides must be multiples of 8.
std::string to_jpeg(const GreyPicture& picture);

}  // namespace amity::handlers
