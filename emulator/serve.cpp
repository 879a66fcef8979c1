#include "emulator/application.hpp"
#include "emulator/commands.hpp"
#include "emulator/fixture_files.hpp"
#include "emulator/version.hpp"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

namespace amity::emulator {
namespace {

// Where a client on this machine reaches the server.
std::string url_of(const ServerOptions& options, std::uint16_t port) {
  std::string host = options.addresses.front();
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return (options.tls_certificate_file.empty() ? "http://" : "https://") + host + ':' + std::to_string(port);
}

}  // namespace

int run(ServeCommand command) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a write that fails, not the end
  RunOptions& options = command.run;
  options.emulation.fixtures = read_fixture_files(options.fixture_paths);
  options.emulation.prices = read_price_file(options.price_file);
  Emulation emulation(std::move(options.emulation));
  RequestLog log(options.log);
  Application application(emulation, log, options.access);
  options.server.stop_on_signals = true;
  Server server(
      options.server, [&](const HttpRequest& request) { return application.answer(request); },
      [&](unsigned status, std::string_view reason) { return application.refuse(status, reason); });
  std::printf("amity listening on %s\n", url_of(options.server, server.port()).c_str());
  std::fflush(stdout);
  server.run();
  emulation.flush();
  return 0;
}

int run(const VersionCommand&) {
  std::cout << "amity " << version() << '\n';
  return 0;
}

}  // namespace amity::emulator
