#include "emulator/http_client.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace amity::emulator {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, Free>;
using TlsContext = std::unique_ptr<SSL_CTX, Free>;

struct Url {
  bool is_tls = false;
  std::string authority;  // host and port, as in the Host header
  std::string host;       // without brackets
  std::string path;
};

std::runtime_error failure(const std::string& url, std::string_view why) {
  return std::runtime_error(fmt::format("cannot read {}: {}", url, why));
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "no connection";
}

Url parse_url(const std::string& text) {
  Url url;
  url.is_tls = text.starts_with("https://");
  if (!url.is_tls && !text.starts_with("http://")) throw failure(text, "the URL must begin with http:// or https://");
  const std::size_t start = text.find("//") + 2;
  const std::size_t slash = std::min(text.find('/', start), text.size());
  url.authority = text.substr(start, slash - start);
  url.path = slash < text.size() ? text.substr(slash) : "/";
  const bool is_ipv6 = url.authority.starts_with('[');
  const std::size_t host_end = is_ipv6 ? url.authority.find(']') : url.authority.find(':');
  url.host = url.authority.substr(is_ipv6 ? 1 : 0, host_end - (is_ipv6 ? 1 : 0));
  if (url.host.empty()) throw failure(text, "the URL names no host");
  if (url.authority.find(':', is_ipv6 ? host_end : 0) == std::string::npos)
    url.authority += url.is_tls ? ":443" : ":80";
  return url;
}

Bio connect(const std::string& text, const Url& url, const TlsContext& context) {
  Bio bio(context ? BIO_new_ssl_connect(context.get()) : BIO_new(BIO_s_connect()));
  if (!bio) throw failure(text, openssl_reason());
  BIO_set_conn_hostname(bio.get(), url.authority.c_str());
  if (context) {
    SSL* tls = nullptr;
    BIO_get_ssl(bio.get(), &tls);
    SSL_set_mode(tls, SSL_MODE_AUTO_RETRY);
    SSL_set_tlsext_host_name(tls, url.host.c_str());
    SSL_set1_host(tls, url.host.c_str());
  }
  if (BIO_do_connect(bio.get()) != 1) throw failure(text, openssl_reason());
  return bio;
}

TlsContext tls_context() {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_default_verify_paths(context.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

std::string exchange(BIO* bio, const std::string& request) {
  std::string answer;
  if (BIO_write(bio, request.data(), static_cast<int>(request.size())) != static_cast<int>(request.size()))
    return answer;
  char buffer[16 * 1024];
  int count = 0;
  while ((count = BIO_read(bio, buffer, sizeof buffer)) > 0) answer.append(buffer, static_cast<std::size_t>(count));
  return answer;
}

}  // namespace

std::string http_get(const std::string& text) {
  const Url url = parse_url(text);
  const TlsContext context = url.is_tls ? tls_context() : nullptr;
  const Bio bio = connect(text, url, context);
  // HTTP/1.0: the answer ends with the connection.
  const std::string answer =
      exchange(bio.get(), fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", url.path, url.authority));
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.") || head_end == std::string::npos) throw failure(text, "the answer is no HTTP");
  const std::string_view status = std::string_view(answer).substr(9, answer.find('\r') - 9);
  std::string body = answer.substr(head_end + 4);
  if (status.starts_with("200")) return body;
  constexpr std::size_t kLongestReason = 500;
  std::string reason = body.substr(0, std::min(body.find_last_not_of('\n') + 1, kLongestReason));
  throw failure(text, fmt::format("the answer is {}{}{}", status, reason.empty() ? "" : ": ", reason));
}

}  // namespace amity::emulator
