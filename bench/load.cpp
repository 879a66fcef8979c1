#include "bench/load.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace amity::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

Clock::duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string text_of_element(std::string_view xml, const std::string& name) {
  const std::string opening = "<" + name + ">";
  const std::size_t begin = xml.find(opening);
  if (begin == std::string_view::npos) throw std::runtime_error("no <" + name + "> in " + std::string(xml));
  const std::size_t from = begin + opening.size();
  return std::string(xml.substr(from, xml.find('<', from) - from));
}

// Hands out cycles and collects how long they took.
class Schedule {
 public:
  struct Cycle {
    std::size_t number;
    Clock::time_point due;
  };

  explicit Schedule(const Plan& plan)
      : plan_(plan),
        start_(Clock::now()),
        counted_from_(start_ + from_seconds(plan.warmup_seconds)),
        end_(counted_from_ + from_seconds(plan.seconds)) {}

  // At least one cycle is counted, however long those before took.
  std::optional<Cycle> next() {
    const Clock::time_point now = Clock::now();
    const Clock::time_point due =
        plan_.rate > 0 ? start_ + from_seconds(static_cast<double>(begun_) / plan_.rate) : now;
    if ((std::max(due, now) >= end_ && first_counted_) || begun_ >= plan_.max_cycles) return std::nullopt;
    if (due >= counted_from_ && !first_counted_) first_counted_ = due;
    return Cycle{begun_++, due};
  }

  void done(const Cycle& cycle, std::size_t bytes) {
    ++done_;
    if (!first_counted_ || cycle.due < *first_counted_) return;
    last_ = Clock::now();
    bytes_ += bytes;
    milliseconds_.push_back(std::chrono::duration<double, std::milli>(last_ - cycle.due).count());
  }

  Findings findings() {
    Findings found{.count = milliseconds_.size(), .count_all = done_, .bytes = bytes_};
    if (milliseconds_.empty()) return found;
    std::ranges::sort(milliseconds_);
    const auto quantile = [&](double share) {
      return milliseconds_[static_cast<std::size_t>(share * static_cast<double>(milliseconds_.size() - 1))];
    };
    found.seconds = std::chrono::duration<double>(last_ - *first_counted_).count();
    found.p50_ms = quantile(0.5);
    found.p99_ms = quantile(0.99);
    found.max_ms = milliseconds_.back();
    return found;
  }

 private:
  const Plan& plan_;
  const Clock::time_point start_, counted_from_, end_;
  std::optional<Clock::time_point> first_counted_;
  Clock::time_point last_ = start_;
  std::size_t begun_ = 0;
  std::size_t done_ = 0;
  std::size_t bytes_ = 0;
  std::vector<double> milliseconds_;
};

class Client {
 public:
  Client(asio::io_context& io, const Plan& plan, Schedule& schedule)
      : plan_(plan), schedule_(schedule), socket_(io), timer_(io) {}

  asio::awaitable<void> converse() {
    while (const auto cycle = schedule_.next()) {
      if (cycle->due > Clock::now()) {
        timer_.expires_at(cycle->due);
        co_await timer_.async_wait(asio::use_awaitable);
      }
      std::size_t bytes = 0;
      for (const Step& step : plan_.steps) {
        fill(step, cycle->number);
        const std::size_t length = co_await exchange(step);
        bytes += length;
      }
      schedule_.done(*cycle, bytes);
    }
  }

  std::size_t connections() const { return connections_; }

 private:
  void fill(const Step& step, std::size_t number) {
    std::string body = step.body;
    replace_all(body, "{n}", std::to_string(number));
    if (!plan_.values.empty()) replace_all(body, "{value}", plan_.values[number % plan_.values.size()]);
    replace_all(body, "{captured}", captured_);
    request_ = fmt::format("POST / HTTP/1.1\r\nHost: {}:{}\r\n{}Content-Length: {}\r\n\r\n{}", plan_.host, plan_.port,
                           plan_.headers, body.size(), body);
  }

  // Answers how long the answer's body was. Some servers close a connection after each answer: then it is opened anew,
  // which is part of what they cost.
  asio::awaitable<std::size_t> exchange(const Step& step) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const bool fresh = !socket_.is_open();
      if (fresh) co_await connect();
      error_code ec;
      co_await asio::async_write(socket_, asio::buffer(request_), asio::redirect_error(asio::use_awaitable, ec));
      http::response_parser<http::string_body> parser;
      parser.body_limit(boost::none);
      if (!ec) co_await http::async_read(socket_, input_, parser, asio::redirect_error(asio::use_awaitable, ec));
      if (ec && fresh) throw std::runtime_error("no answer: " + ec.message());
      if (ec || !parser.keep_alive()) {
        socket_.close();
        input_.clear();
      }
      if (ec) continue;  // it was closed while it was idle
      const auto& response = parser.get();
      check(step, response.result_int(), response.body());
      co_return response.body().size();
    }
    throw std::runtime_error("the server closes its connections before it answers");
  }

  asio::awaitable<void> connect() {
    const tcp::endpoint server(asio::ip::make_address(plan_.host), plan_.port);
    co_await socket_.async_connect(server, asio::use_awaitable);
    socket_.set_option(tcp::no_delay(true));
    ++connections_;
  }

  void check(const Step& step, unsigned status, const std::string& body) {
    const bool is_good = status == step.status && body.size() >= step.min_bytes &&
                         (step.expect.empty() || body.find(step.expect) != std::string::npos);
    if (!is_good)
      throw std::runtime_error(fmt::format("wrong answer, {} with {} bytes, to {}\n{}", status, body.size(), step.body,
                                           body.substr(0, 2000)));
    if (!step.capture.empty()) captured_ = text_of_element(body, step.capture);
  }

  const Plan& plan_;
  Schedule& schedule_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer input_;
  std::string request_;
  std::string captured_;
  std::size_t connections_ = 0;
};

}  // namespace

Findings run(const Plan& plan) {
  asio::io_context io{1};
  Schedule schedule(plan);
  std::vector<std::unique_ptr<Client>> clients;
  std::exception_ptr failure;
  const auto ended = [&](std::exception_ptr error) {
    if (error && !failure) failure = error, io.stop();
  };
  for (int i = 0; i < plan.connections; ++i) {
    clients.push_back(std::make_unique<Client>(io, plan, schedule));
    asio::co_spawn(io, clients.back()->converse(), ended);
  }
  io.run();
  if (failure) std::rethrow_exception(failure);
  Findings found = schedule.findings();
  for (const auto& client : clients) found.connections += client->connections();
  return found;
}

}  // namespace amity::bench
