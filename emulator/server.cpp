#include "emulator/server.hpp"

#include "emulator/listening.hpp"
#include "emulator/request_parser.hpp"
#include "emulator/responder.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

// GCC 12 frees temporaries twice in some co_await expressions: in this file's coroutines, what is awaited gets named
// arguments, no capturing lambda and no braces.

namespace amity::emulator {
namespace {

namespace asio = boost::asio;
namespace intrusive = boost::intrusive;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// Asio's defaults are type-erased executors; naming the one there is saves a virtual call on every operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket&>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;

constexpr std::size_t kReadSize = std::size_t{8} * 1024;
// Descriptors left to the rest of the process: the database, logs, refused connections.
constexpr std::size_t kReservedDescriptors = 128;
// Connections over the cap that are told so at a time; more are closed without a word.
constexpr std::size_t kMaxRefusing = 64;
constexpr std::chrono::seconds kLingerTimeout{2};
constexpr std::chrono::milliseconds kAcceptRetry{50};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

std::size_t connection_cap(const ServerOptions& options) {
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0 || descriptors.rlim_cur == RLIM_INFINITY) {
    return options.max_connections;
  }
  // The limit that a process begins with is often a low one that it may raise.
  const rlim_t needed = options.max_connections + kReservedDescriptors;
  if (descriptors.rlim_cur < needed) {
    const rlimit raised{.rlim_cur = std::min(needed, descriptors.rlim_max), .rlim_max = descriptors.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) descriptors = raised;
  }
  const std::size_t limit = descriptors.rlim_cur;
  return std::min(options.max_connections, limit - std::min(limit / 2, kReservedDescriptors));
}

std::optional<asio::ssl::context> tls_context(const ServerOptions& options) {
  const std::string& certificate = options.tls_certificate_file;
  const std::string& key = options.tls_key_file;
  if (certificate.empty() && key.empty()) return std::nullopt;
  if (certificate.empty() || key.empty()) {
    throw std::runtime_error("TLS needs both a certificate file and a key file.");
  }
  asio::ssl::context context(asio::ssl::context::tls_server);
  ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);  // 34 KiB less for each idle connection
  error_code ec;
  context.use_certificate_chain_file(certificate, ec);
  if (ec) throw std::runtime_error("Cannot use the TLS certificate " + certificate + ": " + ec.message() + ".");
  context.use_private_key_file(key, asio::ssl::context::pem, ec);
  if (ec) throw std::runtime_error("Cannot use the TLS key " + key + ": " + ec.message() + ".");
  return context;
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, HttpHandler handler, ErrorRenderer render_error);

  std::uint16_t port() const { return port_; }
  void run();
  void stop() noexcept;

 private:
  // One connection. Its memory serves one request after another.
  struct Session : intrusive::list_base_hook<intrusive::link_mode<intrusive::auto_unlink>> {
    Session(Impl& owner, std::size_t& kind, Socket connected, std::string remote)
        : server(owner),
          count(kind),
          socket(std::move(connected)),
          pause(socket.get_executor()),
          remote_address(std::move(remote)),
          parser(owner.options_.header_limit, owner.options_.body_limit),
          input(owner.options_.header_limit + kReadSize) {
      ++count;
      server.sessions_.push_back(*this);
    }
    ~Session() {
      --count;
      unlink();
      server.end_if_drained();
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Impl& server;
    std::size_t& count;  // serving_ or refusing_
    Socket socket;
    Timer pause;
    std::string remote_address;
    RequestParser parser;
    boost::beast::flat_buffer input;
    std::optional<RequestParser::Refusal> refusal;
    Answer answer;
    // When the operation under way is given up. One timer sweeps over all connections: cheaper than one for each.
    Clock::time_point deadline = Clock::time_point::max();
    bool idle = false;  // waits for the first byte of a request
  };

  enum class Receipt { Request, Refusal, Gone };

  void accept_all();
  Task<void> accept_from(Acceptor& acceptor);
  void start(Socket socket);
  Task<void> serve(std::unique_ptr<Session> session);
  Task<void> refuse(std::unique_ptr<Session> session);

  template <class Stream>
  Task<void> converse(Session& session, Stream& stream);
  template <class Stream>
  Task<Receipt> receive(Session& session, Stream& stream);
  Task<void> hold_back(Session& session);
  template <class Stream>
  Task<bool> send(Session& session, Stream& stream);
  template <class Stream>
  Task<void> take_leave(Session& session, Stream& stream);

  std::optional<Receipt> interruption(Session& session, error_code ec);
  void prepare_answer(Session& session, Receipt receipt);

  void set_deadline(Session& session, std::chrono::milliseconds from_now);
  static bool is_overdue(const Session& session) { return session.deadline <= Clock::now(); }
  void watch_deadlines();
  void watch_signals();
  void begin_stop();
  void end_if_drained() noexcept;

  const ServerOptions options_;
  Responder responder_;
  const std::size_t max_connections_;
  const Clock::duration sweep_interval_;

  intrusive::list<Session, intrusive::constant_time_size<false>> sessions_;
  std::size_t serving_ = 0;
  std::size_t refusing_ = 0;
  bool running_ = false;
  bool sweeping_ = false;
  bool stopping_ = false;
  Clock::time_point stop_deadline_ = Clock::time_point::max();

  std::optional<asio::ssl::context> tls_;
  asio::io_context io_{1};
  std::vector<Acceptor> acceptors_;
  std::uint16_t port_ = 0;
  Timer sweep_timer_{io_.get_executor()};
  asio::basic_signal_set<Executor> signals_{io_.get_executor()};
  asio::posix::basic_stream_descriptor<Executor> stop_event_{io_.get_executor()};
  int stop_descriptor_;
};

Server::Impl::Impl(const ServerOptions& options, HttpHandler handler, ErrorRenderer render_error)
    : options_(options),
      responder_(std::move(handler), std::move(render_error)),
      max_connections_(connection_cap(options)),
      sweep_interval_(std::clamp<Clock::duration>(
          std::min({options.idle_timeout, options.read_timeout, options.write_timeout, options.stop_timeout}) / 8,
          std::chrono::milliseconds(5), std::chrono::seconds(1))),
      tls_(tls_context(options)),
      stop_descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (stop_descriptor_ < 0) throw std::runtime_error("Cannot make an event descriptor.");
  stop_event_.assign(stop_descriptor_);
  Listening listening = listen_on(options.addresses, options.port);
  port_ = listening.port;
  for (ListeningSocket& socket : listening.sockets) {
    Acceptor& acceptor = acceptors_.emplace_back(io_.get_executor());
    acceptor.assign(socket.is_ipv6 ? tcp::v6() : tcp::v4(), socket.descriptor.get());
    socket.descriptor.release();
  }
  if (options_.stop_on_signals) {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
  }
}

void Server::Impl::run() {
  running_ = true;
  if (options_.stop_on_signals) watch_signals();
  stop_event_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code ec) {
    if (!ec) begin_stop();
  });
  accept_all();
  io_.run();
  running_ = false;
  for (Session& session : sessions_) {  // left over by a second signal
    error_code ignored;
    session.socket.close(ignored);
  }
}

void Server::Impl::stop() noexcept {
  const std::uint64_t one = 1;
  // Writing to an event descriptor is allowed in a signal handler, and cannot fail but by being told already.
  [[maybe_unused]] const auto written = ::write(stop_descriptor_, &one, sizeof one);
}

void Server::Impl::watch_signals() {
  signals_.async_wait([this](error_code ec, int) {
    if (ec) return;
    if (stopping_) {
      io_.stop();
    } else {
      watch_signals();
      begin_stop();
    }
  });
}

void Server::Impl::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  stop_deadline_ = Clock::now() + options_.stop_timeout;
  for (Acceptor& acceptor : acceptors_) {
    // Whoever has connected before is under way too.
    error_code ec;
    acceptor.non_blocking(true, ec);
    while (!ec) {
      Socket socket(io_.get_executor());
      acceptor.accept(socket, ec);
      if (!ec) start(std::move(socket));
    }
    acceptor.close(ec);
  }
  for (Session& session : sessions_) {
    session.deadline = std::min(session.deadline, stop_deadline_);
    error_code ignored;
    session.pause.cancel(ignored);
    if (session.idle) session.socket.cancel(ignored);
  }
  end_if_drained();
}

// With nothing left to wait for, io_.run() returns by itself, after what has completed meanwhile was seen to.
void Server::Impl::end_if_drained() noexcept {
  if (!running_ || !stopping_ || !sessions_.empty()) return;
  error_code ignored;
  stop_event_.cancel(ignored);
  signals_.cancel(ignored);
  sweep_timer_.cancel(ignored);
}

void Server::Impl::set_deadline(Session& session, std::chrono::milliseconds from_now) {
  session.deadline = std::min(Clock::now() + from_now, stop_deadline_);
}

// Cancels what has taken too long: its coroutine goes on with operation_aborted and sees to the rest.
void Server::Impl::watch_deadlines() {
  sweeping_ = true;
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([this](error_code ec) {
    sweeping_ = false;
    if (ec || sessions_.empty()) return;
    for (Session& session : sessions_) {
      error_code ignored;
      if (is_overdue(session)) session.socket.cancel(ignored);
    }
    watch_deadlines();
  });
}

void Server::Impl::accept_all() {
  for (Acceptor& acceptor : acceptors_) asio::co_spawn(io_, accept_from(acceptor), asio::detached);
}

Task<void> Server::Impl::accept_from(Acceptor& acceptor) {
  Timer pause(io_.get_executor());
  while (acceptor.is_open()) {
    error_code ec;
    Socket socket = co_await acceptor.async_accept(asio::redirect_error(kAwait, ec));
    if (!ec) {
      start(std::move(socket));
    } else if (ec != asio::error::operation_aborted && ec != asio::error::connection_aborted) {
      // Out of descriptors or memory. The connection stays in the queue; asking again at once would only spin.
      pause.expires_after(kAcceptRetry);
      co_await pause.async_wait(asio::redirect_error(kAwait, ec));
    }
  }
}

void Server::Impl::start(Socket socket) {
  error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  if (ec) return;  // gone already
  close_on_exec(socket.native_handle());
  socket.set_option(tcp::no_delay(true), ec);
  socket.non_blocking(true, ec);
  try {
    if (serving_ < max_connections_) {
      auto session = std::make_unique<Session>(*this, serving_, std::move(socket), peer.address().to_string());
      asio::co_spawn(io_, serve(std::move(session)), asio::detached);
    } else if (refusing_ < kMaxRefusing && !tls_) {  // a TLS handshake would cost more than serving
      auto session = std::make_unique<Session>(*this, refusing_, std::move(socket), peer.address().to_string());
      asio::co_spawn(io_, refuse(std::move(session)), asio::detached);
    }
    if (!sweeping_) watch_deadlines();
  } catch (const std::bad_alloc&) {
    // This connection is lost, the others go on.
  }
}

Task<void> Server::Impl::serve(std::unique_ptr<Session> session) {
  set_deadline(*session, options_.read_timeout);
  if (!tls_) {
    co_await converse(*session, session->socket);
    co_return;
  }
  TlsStream stream(session->socket, *tls_);
  error_code ec;
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(kAwait, ec));
  if (!ec) co_await converse(*session, stream);
}

Task<void> Server::Impl::refuse(std::unique_ptr<Session> session) {
  session->refusal = RequestParser::Refusal{503, "There are too many connections."};
  prepare_answer(*session, Receipt::Refusal);
  const bool sent = co_await send(*session, session->socket);
  if (sent) co_await take_leave(*session, session->socket);
}

template <class Stream>
Task<void> Server::Impl::converse(Session& session, Stream& stream) {
  do {
    const Receipt receipt = co_await receive(session, stream);
    if (receipt == Receipt::Gone) co_return;
    prepare_answer(session, receipt);
    if (session.answer.delay.count() > 0) co_await hold_back(session);
    const bool sent = co_await send(session, stream);
    if (!sent) co_return;
    session.answer.body = std::string();  // may be long, and the client may be silent for long
  } while (session.answer.keep_alive);
  co_await take_leave(session, stream);
}

template <class Stream>
Task<Server::Impl::Receipt> Server::Impl::receive(Session& session, Stream& stream) {
  RequestParser& parser = session.parser;
  parser.restart();
  session.idle = true;
  set_deadline(session, stopping_ ? std::chrono::milliseconds(0) : options_.idle_timeout);
  for (;;) {
    const auto bytes = session.input.cdata();
    session.input.consume(parser.consume({static_cast<const char*>(bytes.data()), bytes.size()}));
    if (session.idle && parser.started()) {
      session.idle = false;
      set_deadline(session, options_.read_timeout);
    }
    if (parser.state() == RequestParser::State::Complete) co_return Receipt::Request;
    if (parser.state() == RequestParser::State::Refused) co_return Receipt::Refusal;

    error_code ec;
    if (parser.take_awaited_continue()) {
      const auto continue_line = asio::buffer(kContinue);
      co_await asio::async_write(stream, continue_line, asio::redirect_error(kAwait, ec));
    }
    if (!ec) {
      const auto space = session.input.prepare(kReadSize);
      session.input.commit(co_await stream.async_read_some(space, asio::redirect_error(kAwait, ec)));
    }
    // A read that never has to wait is not there to be cancelled when the deadline passes.
    if (!ec && !session.idle && is_overdue(session)) ec = asio::error::operation_aborted;
    if (ec) {
      const std::optional<Receipt> end = interruption(session, ec);
      if (end) co_return *end;
    }
  }
}

void Server::Impl::prepare_answer(Session& session, Receipt receipt) {
  if (receipt == Receipt::Request) {
    HttpRequest request = session.parser.request();
    request.remote_address = session.remote_address;
    responder_.respond(request, session.parser.keep_alive() && !stopping_, session.answer);
  } else {
    const RequestParser::Refusal& refusal = session.refusal ? *session.refusal : session.parser.refusal();
    responder_.refuse(refusal.status, refusal.reason, session.answer);
  }
}

// What an error while waiting for a request comes to; nothing when the waiting goes on.
std::optional<Server::Impl::Receipt> Server::Impl::interruption(Session& session, error_code ec) {
  if (ec != asio::error::operation_aborted) return Receipt::Gone;
  if (!session.idle) {
    session.refusal = RequestParser::Refusal{408, "The request took too long to arrive."};
    return Receipt::Refusal;
  }
  // Too long idle, or the server stops. But a request that has just arrived, and was not read yet, is answered.
  error_code ignored;
  if (session.socket.available(ignored) > 0) return std::nullopt;
  return Receipt::Gone;
}

// An answer that is late on purpose. Others are served meanwhile; a stop ends the waiting.
Task<void> Server::Impl::hold_back(Session& session) {
  if (stopping_) co_return;
  session.deadline = Clock::time_point::max();
  session.pause.expires_after(session.answer.delay);
  error_code ec;
  co_await session.pause.async_wait(asio::redirect_error(kAwait, ec));
}

template <class Stream>
Task<bool> Server::Impl::send(Session& session, Stream& stream) {
  const std::array<asio::const_buffer, 2> pieces = {asio::buffer(session.answer.head),
                                                    asio::buffer(session.answer.body)};
  error_code ec;
  set_deadline(session, options_.write_timeout);
  co_await asio::async_write(stream, pieces, asio::redirect_error(kAwait, ec));
  co_return !ec;
}

// Closes such that the answer arrives: closing with bytes unread would reset the connection, and a client that is still
// sending would see the reset instead of the answer (RFC 9112, 9.6).
template <class Stream>
Task<void> Server::Impl::take_leave(Session& session, Stream& stream) {
  set_deadline(session, kLingerTimeout);
  error_code ec;
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    co_await stream.async_shutdown(asio::redirect_error(kAwait, ec));
  }
  session.socket.shutdown(tcp::socket::shutdown_send, ec);
  while (!ec) {
    session.input.clear();
    const auto space = session.input.prepare(kReadSize);
    co_await session.socket.async_read_some(space, asio::redirect_error(kAwait, ec));
  }
}

Server::Server(const ServerOptions& options, HttpHandler handler, ErrorRenderer render_error)
    : impl_(std::make_unique<Impl>(options, std::move(handler), std::move(render_error))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port(); }

void Server::run() { impl_->run(); }

void Server::stop() noexcept { impl_->stop(); }

}  // namespace amity::emulator
