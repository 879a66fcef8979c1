#include "handlers/key_formats.hpp"

#include "handlers/ssh_wire.hpp"
#include "model/encoding.hpp"
#include "tests/handlers/key_samples.hpp"

#include <catch2/catch.hpp>

namespace handlers = amity::handlers;
namespace model = amity::model;
namespace samples = amity::handlers::samples;
using namespace std::string_literals;

namespace {

std::string blob_of(std::string_view openssh_line) { return handlers::ssh_public_blob(openssh_line).value(); }

// The bytes of a section of a PuTTY file.
std::string ppk_section(std::string_view file, const std::string& name) {
  const std::size_t header = file.find(name + "-Lines: ");
  const std::size_t begin = file.find('\n', header) + 1;
  const std::size_t end = file.find("Private-", begin);
  return model::base64_decode(file.substr(begin, end - begin)).value();
}

}  // namespace

TEST_CASE("SSH fields are length-prefixed and read back", "[keys]") {
  CHECK(handlers::ssh_uint32(0x01020304) == "\x01\x02\x03\x04");
  CHECK(handlers::ssh_string("abc") == "\0\0\0\x03"s + "abc");
  CHECK(handlers::ssh_mpint("") == "\0\0\0\0"s);
  CHECK(handlers::ssh_mpint("\0\0"s) == "\0\0\0\0"s);
  CHECK(handlers::ssh_mpint("\0\x7f"s) == "\0\0\0\x01\x7f"s);
  CHECK(handlers::ssh_mpint("\x80"s) == "\0\0\0\x02\0\x80"s);

  const std::string bytes = handlers::ssh_string("abc") + handlers::ssh_mpint("\x80") + handlers::ssh_string("");
  handlers::SshReader reader(bytes);
  CHECK(reader.string() == "abc");
  CHECK(reader.positive_mpint() == "\x80");
  CHECK_FALSE(reader.at_end());
  CHECK(reader.string() == "");
  CHECK(reader.at_end());
  CHECK_FALSE(reader.string());
}

TEST_CASE("SSH fields that lie about their length or sign are refused", "[keys]") {
  for (const std::string& bytes : {""s, "\0\0\0"s, "\0\0\0\x01"s, "\0\0\0\x04"s + "abc", "\xff\xff\xff\xff"s + "abc"}) {
    INFO(model::hex_encode(bytes));
    CHECK_FALSE(handlers::SshReader(bytes).string());
  }
  for (const std::string& bytes : {"\0\0\0\0"s, "\0\0\0\x01\0"s, "\0\0\0\x01\x80"s, "\0\0\0\x02\xff\xff"s}) {
    INFO(model::hex_encode(bytes));
    CHECK_FALSE(handlers::SshReader(bytes).positive_mpint());
  }
}

TEST_CASE("A public key line is written as ssh-keygen writes it", "[keys]") {
  CHECK(handlers::openssh_public_key(blob_of(samples::kRsaOpenSsh)) == samples::kRsaOpenSsh);
  CHECK(handlers::openssh_public_key(blob_of(samples::kEd25519OpenSsh)) == samples::kEd25519OpenSsh);
}

TEST_CASE("An OpenSSH private key is byte for byte what ssh-keygen wrote", "[keys]") {
  const std::string blob = blob_of(samples::kEd25519OpenSsh);
  const std::string seed = model::base64_decode(samples::kEd25519Seed).value();
  const std::string private_blob = blob + handlers::ssh_string(seed + blob.substr(blob.size() - 32));
  CHECK(handlers::openssh_private_key(blob, private_blob, "my-key", samples::kEd25519Check) ==
        samples::kEd25519PrivatePem);
}

TEST_CASE("A PuTTY private key is byte for byte what puttygen wrote", "[keys]") {
  struct Row {
    std::string_view public_key;
    std::string_view file;
    std::string_view comment;
  };
  const Row rows[] = {{samples::kEd25519OpenSsh, samples::kEd25519Ppk, "my-key"},
                      {samples::kRsaOpenSsh, samples::kRsaPpk, "imported-openssh-key"}};
  for (const Row& row : rows) {
    const std::string fields = ppk_section(row.file, "Private");
    CHECK(handlers::putty_private_key(blob_of(row.public_key), fields, row.comment) == row.file);
    CHECK(ppk_section(row.file, "Public") == blob_of(row.public_key));
  }
}

TEST_CASE("A line break in a comment cannot add lines to a PuTTY file", "[keys]") {
  const std::string blob = blob_of(samples::kEd25519OpenSsh);
  const std::string file = handlers::putty_private_key(blob, "fields", "a\nEncryption: b\r\nc");
  CHECK(file == handlers::putty_private_key(blob, "fields", "aEncryption: bc"));
}
