#include "emulator/sigv4.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace amity::emulator {
namespace {

using Parameters = std::span<const std::pair<std::string, std::string>>;

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kMaxAccessKeyId = 128;
constexpr std::size_t kMaxName = 64;  // of a region or service

// The parts of a version 4 signature, wherever in the request they stand. What is empty might as well be absent.
struct Parts {
  std::string_view algorithm{};
  std::string_view credential{};
  std::string_view signed_headers{};
  std::string_view signature{};
  std::string_view region_set{};
  bool has_security_token = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes what precedes the separator off the front of the text; all of it when there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::optional<std::string_view> find_header(std::span<const Header> headers, std::string_view name) {
  const auto found =
      std::ranges::find_if(headers, [name](const Header& h) { return equals_ignoring_case(h.name, name); });
  return found == headers.end() ? std::nullopt : std::optional(trimmed(found->value));
}

std::string_view header(std::span<const Header> headers, std::string_view name) {
  return find_header(headers, name).value_or("");
}

std::string_view parameter(Parameters parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

bool is_date(std::string_view text) {
  return text.size() == 8 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Access keys are printable; regions and services are words like "us-east-1".
bool is_access_key_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAccessKeyId &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// The first region of a set that is one region: sets may hold patterns such as "us-*".
std::string_view first_region(std::string_view region_set) {
  while (!region_set.empty()) {
    const std::string_view region = trimmed(take_until(region_set, ','));
    if (is_name(region)) return region;
  }
  return {};
}

MalformedSignature bad_credential(std::string_view form, std::size_t elements, std::string_view credential) {
  return {"Credential must have exactly " + std::to_string(elements) + " slash-delimited elements, e.g. " +
          std::string(form) + ", got " + quoted(credential)};
}

// keyid/date/region/service/aws4_request; in version 4a without the region.
SignatureReading read_credential(SignatureKind kind, const Parts& parts) {
  const bool has_region = kind == SignatureKind::Version4;
  const std::size_t expected = has_region ? 5 : 4;
  std::array<std::string_view, 5> elements;
  std::string_view rest = parts.credential;
  const auto count = static_cast<std::size_t>(std::ranges::count(rest, '/')) + 1;
  if (count != expected) {
    return bad_credential(has_region ? "keyid/date/region/service/term" : "keyid/date/service/term", expected, rest);
  }
  for (std::size_t i = 0; i < expected; ++i) elements[i] = trimmed(take_until(rest, '/'));

  const auto [access_key_id, date] = std::pair(elements[0], elements[1]);
  const std::string_view region = has_region ? elements[2] : first_region(parts.region_set);
  const std::string_view service = elements[expected - 2];
  const std::string_view terminator = elements[expected - 1];
  const auto refuse = [&](std::string_view element, std::string_view value) {
    return MalformedSignature{"Credential " + quoted(parts.credential) + " has an invalid " + std::string(element) +
                              ": " + quoted(value)};
  };
  if (!is_access_key_id(access_key_id)) return refuse("access key ID", access_key_id);
  if (!is_date(date)) return refuse("date", date);
  if (has_region && !is_name(region)) return refuse("Region", region);
  if (!is_name(service)) return refuse("service", service);
  if (terminator != "aws4_request") return refuse("terminator", terminator);
  return SignatureClaims{.kind = kind,
                         .access_key_id = std::string(access_key_id),
                         .date = std::string(date),
                         .region = std::string(region),
                         .service = std::string(service),
                         .has_security_token = parts.has_security_token};
}

// Names the parts that are not there, by `sentence` with each name.
template <class Sentence>
std::string missing_parts(std::initializer_list<std::pair<std::string_view, std::string_view>> parts,
                          Sentence sentence) {
  std::string reason;
  for (const auto& [name, value] : parts) {
    if (!value.empty()) continue;
    if (!reason.empty()) reason += ' ';
    reason += sentence(name);
  }
  return reason;
}

SignatureReading read_version4(const Parts& parts) {
  if (parts.algorithm == "AWS4-HMAC-SHA256") return read_credential(SignatureKind::Version4, parts);
  if (parts.algorithm == "AWS4-ECDSA-P256-SHA256") return read_credential(SignatureKind::Version4a, parts);
  return MalformedSignature{"Unsupported AWS 'algorithm': " + quoted(parts.algorithm)};
}

// "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…", in any order and spacing.
SignatureReading read_authorization(std::string_view value, std::span<const Header> headers) {
  Parts parts{.region_set = header(headers, "X-Amz-Region-Set"),
              .has_security_token = !header(headers, "X-Amz-Security-Token").empty()};
  const std::size_t end_of_algorithm = std::min(value.find_first_of(kBlanks), value.size());
  parts.algorithm = value.substr(0, end_of_algorithm);
  value.remove_prefix(end_of_algorithm);
  while (!value.empty()) {
    std::string_view piece = trimmed(take_until(value, ','));
    if (piece.empty()) continue;
    if (piece.find('=') == std::string_view::npos) {
      return MalformedSignature{quoted(piece) +
                                " not a valid key=value pair (missing equal-sign) in Authorization header."};
    }
    const std::string_view name = trimmed(take_until(piece, '='));
    std::string_view* part = name == "Credential"      ? &parts.credential
                             : name == "SignedHeaders" ? &parts.signed_headers
                             : name == "Signature"     ? &parts.signature
                                                       : nullptr;
    if (part == nullptr) continue;
    if (!part->empty()) {
      return MalformedSignature{"Authorization header has more than one " + quoted(name) + " parameter."};
    }
    *part = trimmed(piece);
  }
  std::string missing = missing_parts(
      {{"Credential", parts.credential}, {"Signature", parts.signature}, {"SignedHeaders", parts.signed_headers}},
      [](std::string_view name) { return "Authorization header requires " + quoted(name) + " parameter."; });
  if (!missing.empty()) return MalformedSignature{std::move(missing)};
  return read_version4(parts);
}

SignatureReading read_presigned(const Parts& parts, std::string_view date) {
  std::string missing = missing_parts(
      {{"X-Amz-Algorithm", parts.algorithm},
       {"X-Amz-Credential", parts.credential},
       {"X-Amz-Signature", parts.signature},
       {"X-Amz-SignedHeaders", parts.signed_headers},
       {"X-Amz-Date", date}},
      [](std::string_view name) { return "AWS query-string parameters must include " + quoted(name) + "."; });
  if (!missing.empty()) return MalformedSignature{std::move(missing)};
  return read_version4(parts);
}

SignatureReading read_version2(std::string_view access_key_id, std::string_view version, Parameters parameters) {
  std::string missing = missing_parts(
      {{"AWSAccessKeyId", access_key_id},
       {"Signature", parameter(parameters, "Signature")},
       {"SignatureVersion", version}},
      [](std::string_view name) { return "The request must contain the parameter " + std::string(name) + "."; });
  if (!missing.empty()) return MalformedSignature{std::move(missing)};
  if (version != "2") return MalformedSignature{"Unsupported SignatureVersion: " + quoted(version)};
  if (!is_access_key_id(access_key_id)) return MalformedSignature{"Invalid AWSAccessKeyId: " + quoted(access_key_id)};
  return SignatureClaims{.kind = SignatureKind::Version2,
                         .access_key_id = std::string(access_key_id),
                         .has_security_token = !parameter(parameters, "SecurityToken").empty()};
}

}  // namespace

SignatureReading read_signature(std::span<const Header> headers, Parameters parameters) {
  if (const auto authorization = find_header(headers, "Authorization")) {
    return read_authorization(*authorization, headers);
  }

  const Parts presigned{.algorithm = parameter(parameters, "X-Amz-Algorithm"),
                        .credential = parameter(parameters, "X-Amz-Credential"),
                        .signed_headers = parameter(parameters, "X-Amz-SignedHeaders"),
                        .signature = parameter(parameters, "X-Amz-Signature"),
                        .region_set = parameter(parameters, "X-Amz-Region-Set"),
                        .has_security_token = !parameter(parameters, "X-Amz-Security-Token").empty()};
  if (!presigned.algorithm.empty() || !presigned.credential.empty() || !presigned.signature.empty()) {
    return read_presigned(presigned, parameter(parameters, "X-Amz-Date"));
  }

  const auto access_key_id = parameter(parameters, "AWSAccessKeyId");
  const auto version = parameter(parameters, "SignatureVersion");
  if (!access_key_id.empty() || !version.empty()) return read_version2(access_key_id, version, parameters);
  return NoSignature{};
}

}  // namespace amity::emulator
