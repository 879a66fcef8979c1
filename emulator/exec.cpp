#include "emulator/application.hpp"
#include "emulator/child_process.hpp"
#include "emulator/commands.hpp"
#include "emulator/fixture_files.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>
#include <thread>

namespace amity::emulator {
namespace {

// As env(1), nohup(1) and others tell a failure of their own from one of the command.
constexpr int kFailed = 125;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

// Leads the SDKs and the CLI here, whatever they were led to before. Credentials and region are left as they are.
void lead_to(ChildEnvironment& environment, std::uint16_t port, const Defaults& defaults) {
  environment.set("AWS_ENDPOINT_URL", "http://127.0.0.1:" + std::to_string(port));
  for (const char* stronger :
       {"AWS_ENDPOINT_URL_COST_EXPLORER", "AWS_ENDPOINT_URL_EBS", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_PRICING",
        "AWS_ENDPOINT_URL_RBIN", "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"})
    environment.unset(stronger);
  if (!environment.has("AWS_ACCESS_KEY_ID")) {
    environment.set("AWS_ACCESS_KEY_ID", defaults.account);
    environment.set("AWS_SECRET_ACCESS_KEY", "amity");
    environment.unset("AWS_SESSION_TOKEN");
  }
  // Some tools look at one of them only.
  std::string region = environment.get("AWS_REGION");
  if (region.empty()) region = environment.get("AWS_DEFAULT_REGION");
  if (region.empty()) region = defaults.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (!environment.has(name)) environment.set(name, region);
  // A proxy would look for 127.0.0.1 on its own machine.
  for (const char* name : {"NO_PROXY", "no_proxy"}) {
    const std::string before = environment.get(name);
    environment.set(name, before.empty() ? "127.0.0.1" : before + ",127.0.0.1");
  }
}

int start_and_wait(ChildProcess& child, const std::vector<std::string>& command, const ChildEnvironment& environment) {
  if (const int error = child.start(command, environment)) {
    std::cerr << "amity: cannot run " << command.front() << ": " << std::strerror(error) << '\n';
    return error == ENOENT ? kNotFound : kNotExecutable;
  }
  return child.wait();
}

int run_with_server(ExecCommand& command) {
  RunOptions& options = command.run;
  options.emulation.fixtures = read_fixture_files(options.fixture_paths);
  options.emulation.prices = read_price_file(options.price_file);
  Emulation emulation(std::move(options.emulation));
  RequestLog log(options.log);
  Application application(emulation, log, options.access);
  Server server(
      options.server, [&](const HttpRequest& request) { return application.answer(request); },
      [&](unsigned status, std::string_view reason) { return application.refuse(status, reason); });

  ChildEnvironment environment;
  lead_to(environment, server.port(), emulation.defaults());
  ChildProcess child;
  std::thread serving([&server] { server.run(); });  // alone from here on: the child's end is all that this one awaits
  const int status = start_and_wait(child, command.command, environment);
  server.stop();
  serving.join();
  return status;
}

}  // namespace

int run(ExecCommand command) try { return run_with_server(command); } catch (const std::exception& error) {
  std::cerr << "amity: " << error.what() << '\n';
  return kFailed;
}

}  // namespace amity::emulator
