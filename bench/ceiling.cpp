// The ceiling: a bare Beast server that answers every request with the same bytes, from memory. What a server of this
// kind cannot be faster than, on the machine where it was measured. Serves the file's bytes until it is told to stop.
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

asio::awaitable<void> serve(tcp::socket socket, const http::response<http::string_body>& response) {
  boost::beast::flat_buffer input;
  boost::system::error_code ec;
  socket.set_option(tcp::no_delay(true));
  while (!ec) {
    http::request<http::string_body> request;
    co_await http::async_read(socket, input, request, asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, ec));
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, const http::response<http::string_body>& response) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), response), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: amity_bench_ceiling FILE PORT\n", stderr);
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  http::response<http::string_body> response;
  response.set(http::field::content_type, "text/xml;charset=UTF-8");
  response.body().assign(std::istreambuf_iterator<char>(file), {});
  response.prepare_payload();

  asio::io_context io{1};
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::atoi(argv[2]))});
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { io.stop(); });
  asio::co_spawn(io, accept(acceptor, response), asio::detached);
  io.run();
}
