#include "handlers/key_formats.hpp"

#include "handlers/digest.hpp"
#include "handlers/ssh_wire.hpp"
#include "model/encoding.hpp"

#include <algorithm>
#include <vector>

namespace amity::handlers {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kWhiteSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

// Lines without their ends, be those LF, CR LF or CR; empty lines are left out.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
    if (length > 0) lines.push_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return lines;
}

std::string algorithm_of(std::string_view blob) { return std::string(SshReader(blob).string().value_or("")); }

// base64 in lines of `width` characters, each ended by a line break.
std::string folded_base64(std::string_view bytes, std::size_t width) {
  const std::string text = model::base64_encode(bytes);
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += width) {
    out.append(text, i, width);
    out += '\n';
  }
  return out;
}

// A line break in a comment would start a new line of the file.
std::string one_line(std::string_view comment) {
  std::string out(comment);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n'; });
  return out;
}

// What stands between the two given lines, as one base64 text.
std::optional<std::string> armored_body(const std::vector<std::string_view>& lines, std::string_view begin,
                                        std::string_view end) {
  if (lines.size() < 3 || trimmed(lines.front()) != begin || trimmed(lines.back()) != end) return std::nullopt;
  std::string body;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) body += trimmed(lines[i]);
  return body;
}

std::optional<std::string> openssh_line_blob(std::string_view line) {
  const std::size_t name_length = line.find_first_of(kBlanks);
  if (name_length == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos)
    return std::nullopt;
  const std::string_view name = line.substr(0, name_length);
  line.remove_prefix(line.find_first_not_of(kBlanks, name_length));
  auto blob = model::base64_decode(line.substr(0, line.find_first_of(kBlanks)));
  if (!blob || algorithm_of(*blob) != name) return std::nullopt;
  return blob;
}

std::optional<std::string> rfc4716_blob(std::string_view text) {
  auto lines = lines_of(text);
  // Headers come first; a line that ends in a backslash is continued by the next. base64 has no colon.
  const auto is_header = [](std::string_view line) { return line.find(':') != std::string_view::npos; };
  while (lines.size() > 1 && is_header(lines[1])) {
    bool is_continued = true;
    while (lines.size() > 1 && is_continued) {
      is_continued = lines[1].ends_with('\\');
      lines.erase(lines.begin() + 1);
    }
  }
  const auto body = armored_body(lines, "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----");
  return body ? model::base64_decode(*body) : std::nullopt;
}

}  // namespace

std::string openssh_public_key(std::string_view public_blob) {
  return algorithm_of(public_blob) + ' ' + model::base64_encode(public_blob);
}

std::optional<std::string> ssh_public_blob(std::string_view text) {
  text = trimmed(text);
  return text.starts_with("----") ? rfc4716_blob(text) : openssh_line_blob(text);
}

std::optional<std::string> pem_public_der(std::string_view text) {
  const auto lines = lines_of(trimmed(text));
  for (const std::string label : {"PUBLIC KEY", "RSA PUBLIC KEY"}) {
    const auto body = armored_body(lines, "-----BEGIN " + label + "-----", "-----END " + label + "-----");
    if (body) return model::base64_decode(*body);
  }
  return std::nullopt;
}

std::string openssh_private_key(std::string_view public_blob, std::string_view private_blob, std::string_view comment,
                                std::uint32_t check) {
  // Layout: OpenSSH's PROTOCOL.key. The list of private keys is filled up to the block size of the cipher "none".
  constexpr std::size_t kBlockSize = 8;
  std::string keys = ssh_uint32(check) + ssh_uint32(check);
  keys += private_blob;
  keys += ssh_string(comment);
  for (char padding = 1; keys.size() % kBlockSize != 0; ++padding) keys += padding;

  std::string file("openssh-key-v1\0", 15);
  file += ssh_string("none") + ssh_string("none") + ssh_string("");
  file += ssh_uint32(1) + ssh_string(public_blob) + ssh_string(keys);
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + folded_base64(file, 70) + "-----END OPENSSH PRIVATE KEY-----\n";
}

std::string putty_private_key(std::string_view public_blob, std::string_view private_fields, std::string_view comment) {
  // Layout: appendix C of the PuTTY manual ("PPK file format"), with its section on version 2.
  constexpr std::size_t kLineWidth = 64;
  const std::string algorithm = algorithm_of(public_blob);
  const std::string note = one_line(comment);
  const std::string mac_key = digest(DigestAlgorithm::Sha1, "putty-private-key-file-mac-key");
  const std::string mac_input = ssh_string(algorithm) + ssh_string("none") + ssh_string(note) +
                                ssh_string(public_blob) + ssh_string(private_fields);
  const auto section = [](const char* name, std::string_view bytes) {
    const std::string body = folded_base64(bytes, kLineWidth);
    return name + std::string("-Lines: ") + std::to_string(std::count(body.begin(), body.end(), '\n')) + '\n' + body;
  };
  return "PuTTY-User-Key-File-2: " + algorithm + "\nEncryption: none\nComment: " + note + '\n' +
         section("Public", public_blob) + section("Private", private_fields) +
         "Private-MAC: " + model::hex_encode(hmac(DigestAlgorithm::Sha1, mac_key, mac_input)) + '\n';
}

}  // namespace amity::handlers
