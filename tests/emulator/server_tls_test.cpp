#include "tests/emulator/raw_client.hpp"

#include <catch2/catch.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

using namespace amity::emulator;
using namespace std::chrono_literals;

namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A key and a self-signed certificate in files that live as long as the object.
class Credentials {
 public:
  Credentials() {
    std::string pattern = (std::filesystem::temp_directory_path() / "amity-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;

    const std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Freer<X509_free>> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key.get());
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

    const std::unique_ptr<std::FILE, Freer<std::fclose>> certificate_out(std::fopen(certificate_file().c_str(), "w"));
    const std::unique_ptr<std::FILE, Freer<std::fclose>> key_out(std::fopen(key_file().c_str(), "w"));
    REQUIRE(PEM_write_X509(certificate_out.get(), certificate.get()) == 1);
    REQUIRE(PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials() { std::filesystem::remove_all(folder_); }

  std::string certificate_file() const { return folder_ / "certificate.pem"; }
  std::string key_file() const { return folder_ / "key.pem"; }

  ServerOptions options() const {
    ServerOptions options;
    options.tls_certificate_file = certificate_file();
    options.tls_key_file = key_file();
    return options;
  }

 private:
  std::filesystem::path folder_;
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int max_version = 0)
      : tcp_(port), context_(SSL_CTX_new(TLS_client_method())), ssl_(nullptr) {
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    SSL_CTX_set_security_level(context_.get(), 0);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), tcp_.descriptor());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }

  void send(std::string_view bytes) { SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); }

  // Up to and with `end`, or all that comes.
  std::string receive_until(std::string_view end) {
    std::string text;
    char buffer[16 * 1024];
    while (!text.ends_with(end)) {
      const int size = SSL_read(ssl_.get(), buffer, sizeof buffer);
      if (size <= 0) break;
      text.append(buffer, static_cast<std::size_t>(size));
    }
    return text;
  }

  // Whether the server has said good-bye properly, so that the client knows that nothing was cut off.
  bool was_closed_properly() {
    char byte = 0;
    return SSL_read(ssl_.get(), &byte, 1) == 0 && SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  RawClient tcp_;
  std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Freer<SSL_free>> ssl_;
  bool connected_ = false;
};

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.body = std::string(request.body) + "!";
  return response;
}

std::string post(std::string_view body) {
  return "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string message_of(const ServerOptions& options) {
  try {
    const Server server(options, echo);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("With a certificate the server speaks TLS", "[http][tls]") {
  const Credentials credentials;
  const RunningServer server(echo, credentials.options());
  TlsClient client(server.port());
  REQUIRE(client.connected());

  SECTION("and keeps the connection") {
    for (int i = 0; i < 3; ++i) {
      client.send(post("a"));
      const std::string reply = client.receive_until("a!");
      CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(reply.ends_with("\r\n\r\na!"));
    }
  }
  SECTION("with long bodies and answers") {
    const std::string body(1'048'576, 'x');
    client.send(post(body));
    CHECK(client.receive_until("!").ends_with(body + "!"));
  }
  SECTION("with 100 Continue") {
    client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("a");
    CHECK(client.receive_until("a!").starts_with("HTTP/1.1 200 OK\r\n"));
  }
  SECTION("and closes properly") {
    client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(client.receive_until("\r\n\r\n!").starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(client.was_closed_properly());
  }
  SECTION("and answers garbage before it closes") {
    client.send("garbage\r\n\r\n");
    CHECK(client.receive_until("\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(client.was_closed_properly());
  }
}

TEST_CASE("A server with TLS drops who does not speak it, or too old a version", "[http][tls]") {
  const Credentials credentials;
  ServerOptions options = credentials.options();
  options.read_timeout = 10s;
  const RunningServer server(echo, options);
  RawClient plain = server.client();
  plain.send(kGet);
  CHECK(plain.receive().status == 0);
  CHECK_FALSE(TlsClient(server.port(), TLS1_1_VERSION).connected());
  CHECK(TlsClient(server.port(), TLS1_2_VERSION).connected());
}

TEST_CASE("A TLS handshake that is never finished is given up", "[http][tls]") {
  const Credentials credentials;
  ServerOptions options = credentials.options();
  options.read_timeout = 60ms;
  const RunningServer server(echo, options);
  RawClient silent = server.client();
  CHECK(silent.is_closed());
}

TEST_CASE("A TLS request that does not end is answered with 408", "[http][tls]") {
  const Credentials credentials;
  ServerOptions options = credentials.options();
  options.read_timeout = 2s;  // long enough for the handshake
  const RunningServer server(echo, options);
  TlsClient client(server.port());
  REQUIRE(client.connected());
  client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
  CHECK(client.receive_until("\n").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_CASE("A server with TLS stops gracefully", "[http][tls]") {
  const Credentials credentials;
  RunningServer server(echo, credentials.options());
  TlsClient idle(server.port());
  TlsClient busy(server.port());
  idle.send(kGet);
  CHECK(idle.receive_until("\r\n\r\n!").starts_with("HTTP/1.1 200 OK\r\n"));
  busy.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na");
  server.stop();
  busy.send("b");
  CHECK(busy.receive_until("ab!").starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(busy.was_closed_properly());
  CHECK(idle.receive_until("\n") == "");
}

TEST_CASE("What is wrong with TLS files is said in a sentence", "[http][tls]") {
  const Credentials credentials;
  const Credentials others;
  ServerOptions options = credentials.options();
  options.tls_key_file = "";
  CHECK(message_of(options) == "TLS needs both a certificate file and a key file.");
  options.tls_key_file = "/nowhere/key.pem";
  CHECK(message_of(options).starts_with("Cannot use the TLS key /nowhere/key.pem: "));
  options.tls_key_file = others.key_file();
  CHECK(message_of(options).starts_with("Cannot use the TLS key " + others.key_file() + ": "));
  options.tls_certificate_file = credentials.key_file();
  CHECK(message_of(options).starts_with("Cannot use the TLS certificate " + credentials.key_file() + ": "));
  ERR_clear_error();
}
