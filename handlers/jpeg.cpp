#include "handlers/jpeg.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace amity::handlers {
namespace {

constexpr std::size_t kSide = 8;
constexpr std::size_t kBlock = kSide * kSide;
constexpr int kStep = 12;         // of quantization, for every frequency: text keeps its edges
constexpr int kLargestSize = 11;  // in bits, of any coefficient

using Block = std::array<double, kBlock>;

// From the slow frequencies to the fast ones, by diagonals.
std::array<std::size_t, kBlock> zigzag() {
  std::array<std::size_t, kBlock> order{};
  std::size_t next = 0;
  for (std::size_t sum = 0; sum < 2 * kSide - 1; ++sum)
    for (std::size_t i = 0; i <= sum; ++i) {
      const std::size_t row = sum % 2 == 0 ? sum - i : i;
      const std::size_t column = sum - row;
      if (row < kSide && column < kSide) order[next++] = row * kSide + column;
    }
  return order;
}

double cosine(std::size_t position, std::size_t frequency) {
  static const std::array<double, kBlock> table = [] {
    std::array<double, kBlock> values{};
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double scale = i % kSide == 0 ? std::sqrt(0.125) : 0.5;
      const double angle = (2.0 * static_cast<double>(i / kSide) + 1.0) * static_cast<double>(i % kSide);
      values[i] = scale * std::cos(angle * std::numbers::pi / 16.0);
    }
    return values;
  }();
  return table[position * kSide + frequency];
}

// The discrete cosine transform, rows first.
Block transform(const Block& in) {
  Block rows{};
  Block out{};
  for (std::size_t y = 0; y < kSide; ++y)
    for (std::size_t u = 0; u < kSide; ++u)
      for (std::size_t x = 0; x < kSide; ++x) rows[y * kSide + u] += in[y * kSide + x] * cosine(x, u);
  for (std::size_t u = 0; u < kSide; ++u)
    for (std::size_t v = 0; v < kSide; ++v)
      for (std::size_t y = 0; y < kSide; ++y) out[v * kSide + u] += rows[y * kSide + u] * cosine(y, v);
  return out;
}

// Entropy coding. All symbols of a table have codes of one length here, which any decoder takes: a symbol's code is its
// place in the table.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void put(unsigned bits, int count) {
    for (int i = count - 1; i >= 0; --i) {
      byte_ = byte_ << 1 | (bits >> i & 1U);
      if (++filled_ == 8) flush();
    }
  }
  void finish() {
    while (filled_ != 0) put(1, 1);
  }

 private:
  void flush() {
    out_ += static_cast<char>(byte_ & 0xffU);
    if ((byte_ & 0xffU) == 0xffU) out_ += '\0';  // so that it is no marker
    byte_ = 0;
    filled_ = 0;
  }

  std::string& out_;
  unsigned byte_ = 0;
  int filled_ = 0;
};

int size_of(int value) { return static_cast<int>(std::bit_width(static_cast<unsigned>(std::abs(value)))); }

void put_value(Writer& writer, int value, int size) {
  const int bits = value < 0 ? value + (1 << size) - 1 : value;
  writer.put(static_cast<unsigned>(bits), size);
}

constexpr int kDcBits = 4;
constexpr int kAcBits = 8;

// Symbols of the AC table: end of block, a run of 16 zeros, then every run before every size.
unsigned ac_symbol(int run, int size) { return 2U + static_cast<unsigned>(run * (kLargestSize - 1) + size - 1); }

void put_block(Writer& writer, const std::array<int, kBlock>& values, int& last_dc) {
  const int difference = values[0] - last_dc;
  last_dc = values[0];
  writer.put(static_cast<unsigned>(size_of(difference)), kDcBits);
  put_value(writer, difference, size_of(difference));
  int run = 0;
  for (std::size_t i = 1; i < kBlock; ++i) {
    if (values[i] == 0) {
      ++run;
      continue;
    }
    for (; run > 15; run -= 16) writer.put(1, kAcBits);
    const int size = size_of(values[i]);
    writer.put(ac_symbol(run, size), kAcBits);
    put_value(writer, values[i], size);
    run = 0;
  }
  if (run > 0) writer.put(0, kAcBits);
}

void append_segment(std::string& out, unsigned char marker, const std::string& content) {
  const std::size_t length = content.size() + 2;
  out += '\xff';
  out += static_cast<char>(marker);
  out += static_cast<char>(length >> 8);
  out += static_cast<char>(length & 0xff);
  out += content;
}

std::string two_bytes(std::size_t number) { return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)}; }

// A table whose symbols all have codes of `bits` bits.
std::string huffman_table(char kind, int bits, const std::string& symbols) {
  std::string counts(16, '\0');
  counts[static_cast<std::size_t>(bits - 1)] = static_cast<char>(symbols.size());
  return kind + counts + symbols;
}

std::string dc_symbols() {
  std::string symbols;
  for (int size = 0; size <= kLargestSize; ++size) symbols += static_cast<char>(size);
  return symbols;
}

std::string ac_symbols() {
  std::string symbols = {'\x00', '\xf0'};
  for (int run = 0; run < 16; ++run)
    for (int size = 1; size < kLargestSize; ++size) symbols += static_cast<char>(run << 4 | size);
  return symbols;
}

std::string headers(const GreyPicture& picture) {
  using namespace std::string_literals;
  std::string out = "\xff\xd8";
  append_segment(out, 0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0"s);
  append_segment(out, 0xdb, '\0' + std::string(kBlock, static_cast<char>(kStep)));
  append_segment(out, 0xc0, '\x08' + two_bytes(picture.height) + two_bytes(picture.width) + "\1\1\x11\0"s);
  append_segment(out, 0xc4, huffman_table('\x00', kDcBits, dc_symbols()));
  append_segment(out, 0xc4, huffman_table('\x10', kAcBits, ac_symbols()));
  append_segment(out, 0xda, "\1\1\0\0\x3f\0"s);
  return out;
}

}  // namespace

std::string to_jpeg(const GreyPicture& picture) {
  static const auto order = zigzag();
  std::string out = headers(picture);
  Writer writer(out);
  int last_dc = 0;
  for (std::size_t top = 0; top < picture.height; top += kSide)
    for (std::size_t left = 0; left < picture.width; left += kSide) {
      Block block{};
      for (std::size_t i = 0; i < kBlock; ++i)
        block[i] = picture.pixels[(top + i / kSide) * picture.width + left + i % kSide] - 128.0;
      const Block frequencies = transform(block);
      std::array<int, kBlock> values{};
      for (std::size_t i = 0; i < kBlock; ++i) values[i] = static_cast<int>(std::lround(frequencies[order[i]] / kStep));
      put_block(writer, values, last_dc);
    }
  writer.finish();
  return out + "\xff\xd9";
}

}  // namespace amity::handlers
