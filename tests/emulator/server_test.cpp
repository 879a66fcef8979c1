#include "emulator/server.hpp"

#include "tests/emulator/raw_client.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <vector>

using namespace amity::emulator;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Answers with what was asked.
HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body.append(request.method).append(" ").append(request.target).append(" ").append(request.body);
  return response;
}

std::string post(std::string_view body) {
  return "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
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

TEST_CASE("An answer that is held back does not hold up others", "[http]") {
  RunningServer server([](const HttpRequest& request) {
    HttpResponse response = echo(request);
    if (request.target == "/late") response.delay = 300ms;
    return response;
  });
  RawClient late = server.client();
  late.send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(server.client().call(kGet).status == 200);
  CHECK(std::chrono::steady_clock::now() - begin < 300ms);
  CHECK(late.receive().body == "GET /late ");
  CHECK(std::chrono::steady_clock::now() - begin >= 250ms);
}

TEST_CASE("The server hands over the request and sends back the answer", "[http]") {
  RunningServer server([](const HttpRequest& request) {
    HttpResponse response;
    response.status = 404;
    response.content_type = "text/xml;charset=UTF-8";
    response.headers = {{"x-amzn-RequestId", "abc"}};
    response.body.append(request.method).append("|").append(request.target).append("|").append(request.header("a"));
    response.body.append("|").append(request.body).append("|").append(request.remote_address);
    return response;
  });
  const Reply reply = server.client().call("PUT /p?q HTTP/1.1\r\nA: b\r\nContent-Length: 3\r\n\r\nxyz");
  CHECK(reply.head.starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(reply.header("Content-Type") == "text/xml;charset=UTF-8");
  CHECK(reply.header("x-amzn-RequestId") == "abc");
  CHECK(reply.header("Content-Length") == "24");
  CHECK(reply.header("Date").ends_with(" GMT"));
  CHECK(reply.header("Connection") == "");
  CHECK(reply.header("Server") == "");
  CHECK(reply.body == "PUT|/p?q|b|xyz|127.0.0.1");
}

TEST_CASE("The server listens on both loopback addresses, on the same port", "[http]") {
  const RunningServer server([](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.remote_address;
    return response;
  });
  CHECK(RawClient(server.port()).call(kGet).body == "127.0.0.1");
  CHECK(RawClient(server.port(), true).call(kGet).body == "::1");
}

TEST_CASE("A connection serves one request after another", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  for (int i = 0; i < 3; ++i) CHECK(client.call(post("a")).body == "POST / a");

  SECTION("until the client asks to close it") {
    const Reply reply = client.call("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(reply.status == 200);
    CHECK(reply.header("Connection") == "close");
    CHECK(client.is_closed());
  }
  SECTION("and in HTTP/1.0 only when asked to") {
    const Reply kept = client.call("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.header("Connection") == "keep-alive");
    const Reply last = client.call("GET / HTTP/1.0\r\n\r\n");
    CHECK(last.status == 200);
    CHECK(last.header("Connection") == "close");
    CHECK(client.is_closed());
  }
  SECTION("and answers a client that has finished sending") {
    client.send(post("b"));
    client.finish_sending();
    CHECK(client.receive().body == "POST / b");
    CHECK(client.is_closed());
  }
}

TEST_CASE("Pipelined requests are answered in order", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += post(std::to_string(i));
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < 2000; ++i) REQUIRE(client.receive().body == "POST / " + std::to_string(i));
  sender.join();
}

TEST_CASE("Garbage behind a good request ends the connection after the good answer", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  client.send(post("good") + "\x01garbage\r\n\r\n" + post("never"));
  CHECK(client.receive().body == "POST / good");
  const Reply reply = client.receive();
  CHECK(reply.status == 400);
  CHECK(reply.header("Connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("A client that expects 100-continue is told to send the body", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  const auto header = [](int size) {
    return "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  SECTION("and can then send it") {
    for (int i = 0; i < 2; ++i) {
      const Reply go_on = client.call(header(3));
      CHECK(go_on.head == "HTTP/1.1 100 Continue\r\n\r\n");
      CHECK(client.call("abc").body == "POST / abc");
    }
  }
  SECTION("unless the body is there already") { CHECK(client.call(header(3) + "abc").body == "POST / abc"); }
  SECTION("unless it is too long") {
    CHECK(client.call(header(1 << 21)).status == 413);
    CHECK(client.is_closed());
  }
  SECTION("but other expectations fail") {
    CHECK(client.call("POST / HTTP/1.1\r\nExpect: tea\r\nContent-Length: 3\r\n\r\n").status == 417);
    CHECK(client.is_closed());
  }
}

TEST_CASE("A chunked body arrives in one piece", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  for (int i = 0; i < 2; ++i) {
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    CHECK(client.call("1\r\nc\r\n0\r\n\r\n").body == "POST / abc");
  }
}

TEST_CASE("An answer that may not have a body has none", "[http]") {
  const RunningServer server([](const HttpRequest& request) {
    HttpResponse response = echo(request);
    if (request.target == "/empty") response.status = 204;
    return response;
  });
  RawClient client = server.client();
  const Reply head = client.call("HEAD /full HTTP/1.1\r\n\r\n", false);
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == std::to_string(std::string("HEAD /full ").size()));
  const Reply empty = client.call("GET /empty HTTP/1.1\r\n\r\n");
  CHECK(empty.status == 204);
  CHECK(empty.header("Content-Length") == "");
  CHECK(client.call(kGet).body == "GET / ");
}

TEST_CASE("The handler cannot break the framing of its answer", "[http]") {
  const RunningServer server([](const HttpRequest&) {
    return HttpResponse{.status = 200,
                        .content_type = "a\r\nEvil: 1",
                        .headers = {{"Date", "today"},
                                    {"content-length", "1"},
                                    {"Transfer-Encoding", "chunked"},
                                    {"CONNECTION", "close"},
                                    {"A", std::string("b\r\n\r\n\0c", 7)}},
                        .body = "body"};
  });
  RawClient client = server.client();
  for (int i = 0; i < 2; ++i) {
    CHECK(client.call(kGet).head ==
          "HTTP/1.1 200 OK\r\nContent-Type: a  Evil: 1\r\nDate: today\r\nA: b     c\r\nContent-Length: 4\r\n\r\n");
  }
}

TEST_CASE("A handler that throws costs its caller a 500 and nothing more", "[http]") {
  const auto handler = [](const HttpRequest& request) {
    if (request.target == "/bug") throw std::logic_error("a secret");
    if (request.target == "/odd") throw 1;
    return echo(request);
  };
  SECTION("in plain text") {
    const RunningServer server(handler);
    RawClient client = server.client();
    for (const std::string_view target : {"/bug", "/odd"}) {
      const Reply reply = client.call("GET " + std::string(target) + " HTTP/1.1\r\n\r\n");
      CHECK(reply.status == 500);
      CHECK(reply.body == "Internal error.\n");
      CHECK(client.call(kGet).status == 200);
    }
  }
  SECTION("as the renderer says, which hears why") {
    const RunningServer server(handler, {}, [](unsigned status, std::string_view reason) {
      return HttpResponse{
          .status = status, .content_type = "", .headers = {}, .body = "rendered " + std::string(reason)};
    });
    CHECK(server.client().call("GET /bug HTTP/1.1\r\n\r\n").body == "rendered a secret");
    CHECK(server.client().call("garbage\r\n\r\n").body == "rendered Malformed request: bad method.");
  }
  SECTION("even if the renderer throws too") {
    const RunningServer server(handler, {}, [](unsigned, std::string_view) -> HttpResponse { throw std::bad_alloc(); });
    CHECK(server.client().call("GET /bug HTTP/1.1\r\n\r\n").status == 500);
  }
}

TEST_CASE("A client that sends too much gets its answer, though it is still sending", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  SECTION("as one body") {
    client.send("POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'));
    CHECK(client.receive().status == 413);
  }
  SECTION("as chunks") {
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; ++i) client.send("10000\r\n" + std::string(0x10000, 'x') + "\r\n");
    CHECK(client.receive().status == 413);
  }
  SECTION("as header") {
    client.send("GET / HTTP/1.1\r\nA: " + std::string(1'000'000, 'x'));
    CHECK(client.receive().status == 431);
  }
}

TEST_CASE("Bodies up to the limit pass, and so do long answers", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  const std::string body(1'048'576, 'x');
  for (int i = 0; i < 3; ++i) {
    std::thread sender([&] { client.send(post(body)); });
    const Reply reply = client.receive();
    sender.join();
    CHECK(reply.status == 200);
    CHECK(reply.body.size() == body.size() + 7);
  }
}

TEST_CASE("Slow clients are given up", "[http]") {
  ServerOptions options;
  SECTION("while they send") {
    options.read_timeout = 60ms;
    const RunningServer server(echo, options);
    for (const std::string_view text :
         {"G", "GET / HTTP/1.1\r\nA: b\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
      RawClient client = server.client();
      const Reply reply = client.call(text);
      CHECK(reply.status == 408);
      CHECK(reply.header("Connection") == "close");
      CHECK(client.is_closed());
    }
  }
  SECTION("while they send one byte after another") {
    options.read_timeout = 60ms;
    const RunningServer server(echo, options);
    RawClient client = server.client();
    client.send("GET / HTTP/1.1\r\n");
    while (!client.has_input_within(5)) REQUIRE(client.send("A: b\r\n"));
    CHECK(client.receive().status == 408);
  }
  SECTION("while they send as fast as they can") {
    options.read_timeout = 60ms;
    const RunningServer server(echo, options);
    RawClient client = server.client();
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1;" + std::string(10'000, 'x') + "\r\na\r\n";
    while (!client.has_input_within(0)) REQUIRE(client.send(chunk));
    CHECK(client.receive().status == 408);
  }
  SECTION("while they say nothing, without a word") {
    options.idle_timeout = 60ms;
    const RunningServer server(echo, options);
    RawClient fresh = server.client();
    RawClient kept = server.client();
    RawClient blank = server.client();
    CHECK(kept.call(kGet).status == 200);
    blank.send("\r\n");
    CHECK(fresh.is_closed());
    CHECK(kept.is_closed());
    CHECK(blank.is_closed());
  }
  SECTION("while they do not read, and the others do not notice") {
    options.write_timeout = 100ms;
    std::string page;
    page.resize(33'554'432, 'x');  // more than sockets hold
    const RunningServer server(
        [&](const HttpRequest& request) {
          HttpResponse response = echo(request);
          if (request.target == "/page") response.body = page;
          return response;
        },
        options);
    RawClient slow = server.client();
    slow.send("GET /page HTTP/1.1\r\n\r\n");
    REQUIRE(slow.has_input_within(20'000));
    CHECK(server.client().call(kGet).status == 200);
    std::this_thread::sleep_for(300ms);
    CHECK(slow.receive_all().size() < page.size());
  }
}

TEST_CASE("Connections over the cap are told so, and those within it are not disturbed", "[http]") {
  ServerOptions options;
  options.max_connections = 2;
  const RunningServer server(echo, options);
  RawClient first = server.client();
  RawClient second = server.client();
  CHECK(first.call(kGet).status == 200);
  CHECK(second.call(kGet).status == 200);
  {
    std::vector<RawClient> crowd;
    crowd.reserve(300);
    for (int i = 0; i < 300; ++i) crowd.push_back(server.client());
    Reply reply = crowd.front().call(kGet);
    CHECK(reply.status == 503);
    CHECK(reply.header("Connection") == "close");
    CHECK(first.call(kGet).status == 200);
    CHECK(second.call(kGet).status == 200);
  }
  second.close();
  // The server may see the new connection before it sees that the old one is gone.
  unsigned status = 503;
  while (status != 200) {
    status = server.client().call(kGet).status;
    REQUIRE((status == 200 || status == 503 || status == 0));
  }
  CHECK(first.call(kGet).status == 200);
}

TEST_CASE("The server survives requests that break off anywhere", "[http]") {
  const std::size_t before = open_descriptors();
  {
    const RunningServer server(echo);
    const std::string request =
        "POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (std::size_t size = 0; size <= request.size(); ++size) {
      RawClient closing = server.client();
      closing.send(request.substr(0, size));
      RawClient resetting = server.client();
      resetting.send(request.substr(0, size));
      resetting.reset();
      RawClient half = server.client();
      half.send(request.substr(0, size));
      half.finish_sending();
      half.receive_all();
    }
    CHECK(server.client().call(kGet).status == 200);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("Closed connections leave no descriptor open", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  CHECK(client.call(kGet).status == 200);
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 500; ++i) {
    RawClient passing = server.client();
    CHECK(passing.call(i % 2 == 0 ? "GET / HTTP/1.0\r\n\r\n" : "garbage\r\n\r\n").status == (i % 2 == 0 ? 200 : 400));
  }
  for (int i = 0; i < 1000 && open_descriptors() > before; ++i) std::this_thread::sleep_for(5ms);
  CHECK(open_descriptors() == before);
}

TEST_CASE("No descriptor of the server is left to child processes", "[http]") {
  const RunningServer server(echo);
  RawClient client = server.client();
  CHECK(client.call(kGet).status == 200);
  std::size_t sockets = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ec;
    const std::string target = std::filesystem::read_symlink(entry.path(), ec).string();
    if (!target.starts_with("socket:") && !target.starts_with("anon_inode:")) continue;
    const int flags = ::fcntl(std::stoi(entry.path().filename().string()), F_GETFD);
    int type = 0;
    socklen_t size = sizeof type;
    const bool is_stream =
        ::getsockopt(std::stoi(entry.path().filename().string()), SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
        type == SOCK_STREAM;
    if (!is_stream && target.starts_with("socket:")) continue;
    ++sockets;
    INFO(target);
    CHECK((flags & FD_CLOEXEC) != 0);
  }
  CHECK(sockets >= 4);
}

TEST_CASE("A process without free descriptors waits, and serves again when it has some", "[http]") {
  const RunningServer server(echo);
  RawClient neighbour = server.client();
  CHECK(neighbour.call(kGet).status == 200);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(client) + 1, .rlim_max = before.rlim_max};
  std::vector<int> fillers;
  ::setrlimit(RLIMIT_NOFILE, &none);
  for (int filler = ::dup(0); filler >= 0; filler = ::dup(0)) fillers.push_back(filler);

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected = ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const std::clock_t begin = std::clock();
  std::this_thread::sleep_for(300ms);
  const double busy_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const Reply reply = neighbour.call(kGet);

  ::setrlimit(RLIMIT_NOFILE, &before);
  for (const int filler : fillers) ::close(filler);
  CHECK(connected == 0);
  CHECK(busy_seconds < 0.1);
  CHECK(reply.status == 200);
  CHECK(::send(client, kGet.data(), kGet.size(), MSG_NOSIGNAL) > 0);
  char answer[12] = {};
  CHECK(::recv(client, answer, sizeof answer, MSG_WAITALL) == sizeof answer);
  CHECK(std::string_view(answer, sizeof answer) == "HTTP/1.1 200");
  ::close(client);
}

TEST_CASE("A stopping server finishes what is under way and closes the rest", "[http]") {
  RunningServer server(echo);
  RawClient idle = server.client();
  CHECK(idle.call(kGet).status == 200);
  RawClient busy = server.client();
  busy.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
  server.stop();
  CHECK(idle.is_closed());
  const Reply reply = busy.call("bc");
  CHECK(reply.body == "POST / abc");
  CHECK(reply.header("Connection") == "close");
  CHECK(busy.is_closed());
  busy.close();
  server.wait();
  CHECK_THROWS(server.client());
}

TEST_CASE("A stopping server does not wait for ever", "[http]") {
  ServerOptions options;
  options.stop_timeout = 50ms;
  RunningServer server(echo, options);
  RawClient never_ends = server.client();
  never_ends.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
  RawClient never_begins = server.client();
  std::string empty_lines;
  for (int i = 0; i < 50'000; ++i) empty_lines += "\r\n";
  std::thread chatter([&] {
    while (never_begins.send(empty_lines)) continue;
  });
  server.stop();
  CHECK(never_ends.receive().status == 408);
  server.wait();
  chatter.join();
}

TEST_CASE("A server can be told to stop before it runs, and by its handler", "[http]") {
  Server early({}, echo);
  early.stop();
  early.run();

  Server* told = nullptr;
  Server server({}, [&](const HttpRequest& request) {
    told->stop();
    return echo(request);
  });
  told = &server;
  RawClient client(server.port());
  client.send(kGet);
  server.run();
  CHECK(client.receive().status == 200);
}

TEST_CASE("SIGTERM and SIGINT stop the server, the second at once", "[http]") {
  ServerOptions options;
  options.stop_on_signals = true;
  for (const int signal : {SIGTERM, SIGINT}) {
    RunningServer server(echo, options);
    CHECK(server.client().call(kGet).status == 200);
    std::raise(signal);
    server.wait();
  }
  RunningServer server(echo, options);
  RawClient busy = server.client();
  CHECK(busy.call(kGet).status == 200);
  busy.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
  CHECK(server.client().call(kGet).status == 200);
  std::raise(SIGTERM);
  std::raise(SIGTERM);
  server.wait();
  CHECK(busy.receive().status == 0);
}

TEST_CASE("What cannot be listened on is said in a sentence", "[http]") {
  const RunningServer server(echo);
  ServerOptions options;
  options.port = server.port();
  CHECK(message_of(options) ==
        "Cannot listen on 127.0.0.1 port " + std::to_string(server.port()) + ": Address already in use.");
  options.port = 0;
  options.addresses = {"localhost"};
  CHECK(message_of(options) == "Cannot listen on localhost port 0: not an IP address.");
  options.addresses = {"192.0.2.1"};
  CHECK(message_of(options) == "Cannot listen on 192.0.2.1 port 0: Cannot assign requested address.");
  options.addresses = {};
  CHECK(message_of(options) == "Cannot listen: there is no address to listen on.");
}
