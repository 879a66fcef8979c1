// The fuzz targets: each takes any bytes, hands them to a part of Amity, and aborts when something that must hold does
// not. libfuzzer.cpp makes inputs for them; replay.cpp, in every build, feeds them the corpus.
#pragma once

#include "emulator/http.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace amity::fuzz {

struct Target {
  std::string_view name;  // also of its folder in tests/fuzz/corpus
  void (*run)(std::string_view input);
  // Changes the `size` bytes at `data`, of at most `capacity`, and answers how many there are now. nullptr where
  // libFuzzer's own changes do.
  std::size_t (*mutate)(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed) = nullptr;
};

void run_http(std::string_view input);
void run_query(std::string_view input);
void run_json(std::string_view input);
void run_signature(std::string_view input);
void run_filters(std::string_view input);
void run_fixtures(std::string_view input);
void run_calls(std::string_view input);
std::size_t mutate_query(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed);
std::size_t mutate_calls(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed);

inline constexpr Target kTargets[] = {
    {"http", run_http},
    {"query", run_query, mutate_query},
    {"json", run_json},
    {"signature", run_signature},
    {"filters", run_filters},
    {"fixtures", run_fixtures},
    {"calls", run_calls, mutate_calls},
};

// nullptr when there is none of that name.
const Target* find_target(std::string_view name);

// Aborts, so that libFuzzer keeps the input, after saying what does not hold.
void require(bool holds, std::string_view what, std::string_view detail = {});
// That an answer is none of Amity's own failures, and that its body is what its type says.
void require_good(const emulator::HttpResponse& response, std::string_view asked);

// Takes the first byte off the input; 0 when there is none.
std::uint8_t take_byte(std::string_view& input);
// Takes what precedes the separator off the input, and the separator.
std::string_view take_until(std::string_view& input, char separator);

}  // namespace amity::fuzz
