// Headers, one a line, an empty line, and a query string: whom does the request say to be from, and where does it go?
#include "emulator/destination.hpp"
#include "emulator/sigv4.hpp"
#include "handlers/api_error.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <vector>

namespace amity::fuzz {
namespace {

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

void run_signature(std::string_view input) {
  std::vector<emulator::Header> headers;
  for (std::string_view line = take_until(input, '\n'); !line.empty(); line = take_until(input, '\n')) {
    const std::string_view name = take_until(line, ':');
    headers.push_back({name, line});
  }
  emulator::QueryParameters parameters;
  if (!parameters.parse(input)) return;

  const emulator::SignatureReading reading = emulator::read_signature(headers, parameters.all());
  if (const auto* malformed = std::get_if<emulator::MalformedSignature>(&reading)) {
    require(!malformed->reason.empty() && is_printable(malformed->reason), "a reason is text", malformed->reason);
  } else if (const auto* claims = std::get_if<emulator::SignatureClaims>(&reading)) {
    for (const std::string& claim : {claims->access_key_id, claims->date, claims->region, claims->service})
      require(is_printable(claim) && claim.size() <= 128, "a claim is a short name", claim);
    require(!claims->access_key_id.empty(), "whoever signs has a name");
  }
  emulator::HttpRequest request;
  request.headers = headers;
  try {
    const emulator::Destination destination = emulator::destination_of(request, parameters, {});
    require(destination.account.size() == 12, "an account has 12 digits", destination.account);
    require(!destination.region.empty(), "every request goes to a Region");
  } catch (const handlers::ApiError& error) {
    require(std::holds_alternative<emulator::MalformedSignature>(reading), "only malformed signatures are refused",
            error.message());
  }
}

}  // namespace amity::fuzz
