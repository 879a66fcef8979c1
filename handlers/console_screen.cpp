#include "handlers/console_screen.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace amity::handlers {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kLines = 25;
constexpr std::size_t kGlyphColumns = 3;
constexpr std::size_t kGlyphRows = 5;
constexpr std::size_t kScale = 2;  // pixels of the picture a pixel of a glyph
constexpr std::size_t kCellWidth = 8;
constexpr std::size_t kCellHeight = 16;
constexpr std::size_t kMargin = 3;  // above a glyph
constexpr std::uint8_t kInk = 208;

// " " to "~": an octal digit a row, from the top; a bit a column.
constexpr std::uint16_t kGlyphs[] = {
    000000, 022202, 055000, 057575, 036236, 051245, 025253, 022000, 012221, 042224, 005250, 002720,  // space to +
    000024, 000700, 000002, 011244,                                                                  // , to /
    075557, 026227, 071747, 071717, 055711, 074717, 074757, 071122, 075757, 075717,                  // digits
    002020, 002024, 012421, 007070, 042124, 071202, 025743,                                          // : to @
    025755, 065656, 034443, 065556, 074647, 074644, 034553, 055755, 072227, 011152, 055655, 044447,
    057755, 065555, 025552, 065644, 025573, 065655, 034216, 072222, 055557, 055552, 055775, 055255,
    055222, 071247, 064446, 044211, 031113, 025000, 000007, 042000,  // [ to `
    003553, 044656, 003443, 011353, 002743, 012722, 003536, 044655, 020222, 010152, 044565, 062227,
    007755, 006555, 002552, 006564, 003531, 003444, 003636, 027221, 005553, 005552, 005577, 005225,
    005536, 007247, 032623, 022222, 062326, 003600,  // { to ~
};
static_assert(std::size(kGlyphs) == '~' - ' ' + 1);

// Lines as a terminal wraps them; the last ones.
std::vector<std::string> last_lines(std::string_view text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n' || lines.back().size() == kColumns) lines.emplace_back();
    if (c != '\n' && c != '\r') lines.back() += c;
  }
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kLines));
  return lines;
}

void draw(GreyPicture& picture, std::size_t left, std::size_t top, char character) {
  const std::uint16_t glyph = character < ' ' || character > '~' ? kGlyphs['?' - ' '] : kGlyphs[character - ' '];
  for (std::size_t y = 0; y < kGlyphRows * kScale; ++y)
    for (std::size_t x = 0; x < kGlyphColumns * kScale; ++x) {
      const std::size_t bit = (kGlyphRows - 1 - y / kScale) * kGlyphColumns + kGlyphColumns - 1 - x / kScale;
      if ((glyph >> bit & 1) != 0) picture.pixels[(top + y) * picture.width + left + x] = kInk;
    }
}

}  // namespace

GreyPicture draw_console(std::string_view text) {
  GreyPicture picture(kColumns * kCellWidth, kLines * kCellHeight);
  const auto lines = last_lines(text);
  for (std::size_t row = 0; row < lines.size(); ++row)
    for (std::size_t column = 0; column < lines[row].size(); ++column)
      draw(picture, column * kCellWidth, row * kCellHeight + kMargin, lines[row][column]);
  return picture;
}

}  // namespace amity::handlers
