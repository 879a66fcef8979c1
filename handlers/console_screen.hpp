// The screen of an instance as a picture.
#pragma once

#include "handlers/jpeg.hpp"

#include <string_view>

namespace amity::handlers {

// The end of the text on a screen of 80 columns and 25 lines.
GreyPicture draw_console(std::string_view text);

}  // namespace amity::handlers
