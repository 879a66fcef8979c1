#include "emulator/options.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

using namespace amity::emulator;
using namespace std::chrono_literals;

namespace {

// What the arguments mean, or what was said instead.
struct Parsed {
  std::variant<Command, int> result;
  std::string out;
  std::string err;

  int status() const { return std::get<int>(result); }
  template <class T>
  const T& as() const {
    INFO(err);
    REQUIRE(std::holds_alternative<Command>(result));
    return std::get<T>(std::get<Command>(result));
  }
};

Parsed parse(std::vector<std::string> arguments) {
  std::ostringstream out, err;
  auto result = parse_command_line(std::move(arguments), out, err);
  return {std::move(result), out.str(), err.str()};
}

// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("Amity serves when it is not told otherwise", "[options]") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"serve"}, {"--memory"}, {"serve", "--memory"}}) {
    const Parsed parsed = parse(arguments);
    const RunOptions& run = parsed.as<ServeCommand>().run;
    CHECK(run.server.port == 4566);
    CHECK(run.server.addresses == std::vector<std::string>{"127.0.0.1", "::1"});
    CHECK(run.emulation.data_file.empty());
    CHECK(run.emulation.defaults.account == "000000000000");
    CHECK(run.emulation.defaults.region == "us-east-1");
    CHECK_FALSE(run.emulation.seed);
    CHECK(run.log.level == LogLevel::Info);
  }
}

TEST_CASE("Every flag of serve has its effect", "[options]") {
  const Parsed parsed = parse({"--port=0",
                               "--host=127.0.0.1,::1",
                               "--host=127.0.0.2",
                               "--allow-host=ec2.test",
                               "--allow-origin=http://localhost:3000",
                               "--tls-cert=cert.pem",
                               "--tls-key=key.pem",
                               "--body-limit=2MiB",
                               "--max-connections=7",
                               "--idle-timeout=5m",
                               "--read-timeout=1m30s",
                               "--write-timeout=7s",
                               "--stop-timeout=250ms",
                               "--data=state.db",
                               "--durability=full",
                               "--profile=realistic",
                               "--seed=18446744073709551615",
                               "--account=123456789012",
                               "--region=eu-west-1",
                               "--fixtures=a.json,b.json",
                               "--fixtures=c",
                               "--log-format=json",
                               "--log-level=error"});
  const RunOptions& run = parsed.as<ServeCommand>().run;
  CHECK(run.server.port == 0);
  CHECK(run.server.addresses == std::vector<std::string>{"127.0.0.1", "::1", "127.0.0.2"});
  CHECK(run.access.allowed_hosts == std::vector<std::string>{"ec2.test"});
  CHECK(run.access.allowed_origins == std::vector<std::string>{"http://localhost:3000"});
  CHECK(run.server.tls_certificate_file == "cert.pem");
  CHECK(run.server.tls_key_file == "key.pem");
  CHECK(run.server.body_limit == 2 * 1024 * 1024);
  CHECK(run.server.max_connections == 7);
  CHECK(run.server.idle_timeout == 5min);
  CHECK(run.server.read_timeout == 90s);
  CHECK(run.server.write_timeout == 7s);
  CHECK(run.server.stop_timeout == 250ms);
  CHECK(run.emulation.data_file == "state.db");
  CHECK(run.emulation.durability == amity::storage::Durability::Full);
  CHECK(run.emulation.profile.instance_start > 0ms);
  CHECK(run.emulation.seed == 18446744073709551615U);
  CHECK(run.emulation.defaults.account == "123456789012");
  CHECK(run.emulation.defaults.region == "eu-west-1");
  CHECK(run.fixture_paths == std::vector<std::string>{"a.json", "b.json", "c"});
  CHECK(run.log.format == LogFormat::Json);
  CHECK(run.log.level == LogLevel::Error);
}

TEST_CASE("Flags may come from variables, and flags win", "[options]") {
  const Variable port("AMITY_PORT", "4000");
  const Variable hosts("AMITY_ALLOW_HOST", "a.test,b.test");
  const Variable limit("AMITY_BODY_LIMIT", "10MiB");
  const Variable idle("AMITY_IDLE_TIMEOUT", "9s");
  CHECK(parse({}).as<ServeCommand>().run.server.port == 4000);
  CHECK(parse({"--port", "5000"}).as<ServeCommand>().run.server.port == 5000);
  CHECK(parse({}).as<ServeCommand>().run.access.allowed_hosts == std::vector<std::string>{"a.test", "b.test"});
  CHECK(parse({}).as<ServeCommand>().run.server.body_limit == 10 * 1024 * 1024);
  CHECK(parse({}).as<ServeCommand>().run.server.idle_timeout == 9s);
}

TEST_CASE("--memory forgets AMITY_DATA, and is refused beside --data", "[options]") {
  const Variable data("AMITY_DATA", "from-variable.db");
  CHECK(parse({}).as<ServeCommand>().run.emulation.data_file == "from-variable.db");
  CHECK(parse({"--data", "x.db"}).as<ServeCommand>().run.emulation.data_file == "x.db");
  CHECK(parse({"--memory"}).as<ServeCommand>().run.emulation.data_file.empty());
  CHECK(parse({"--memory", "--data", "x.db"}).status() == 2);
  CHECK(parse({"exec", "--", "true"}).as<ExecCommand>().run.emulation.data_file.empty());
}

TEST_CASE("exec takes what follows -- as the command, flags included", "[options]") {
  const Parsed parsed = parse({"exec", "--seed", "7", "--", "sh", "-c", "exit 3", "--port", "--"});
  const ExecCommand& exec = parsed.as<ExecCommand>();
  CHECK(exec.command == std::vector<std::string>{"sh", "-c", "exit 3", "--port", "--"});
  CHECK(exec.run.emulation.seed == 7U);
  CHECK(exec.run.server.port == 0);
  CHECK(exec.run.log.level == LogLevel::Warn);
  CHECK(parse({"exec", "make", "test"}).as<ExecCommand>().command == std::vector<std::string>{"make", "test"});
}

TEST_CASE("The commands on fixtures know their files and places", "[options]") {
  CHECK(parse({"fixtures", "check", "a.json", "b"}).as<CheckFixturesCommand>().paths ==
        std::vector<std::string>{"a.json", "b"});
  CHECK(parse({"fixtures", "dump"}).as<DumpFixturesCommand>().endpoint == "http://127.0.0.1:4566");
  CHECK(parse({"fixtures", "dump", "--endpoint", "http://x:1"}).as<DumpFixturesCommand>().endpoint == "http://x:1");
  const Variable endpoint("AWS_ENDPOINT_URL", "http://127.0.0.1:9999");
  CHECK(parse({"fixtures", "dump"}).as<DumpFixturesCommand>().endpoint == "http://127.0.0.1:9999");
  CHECK(parse({"fixtures", "dump", "--data", "x.db"}).as<DumpFixturesCommand>().data_file == "x.db");
}

TEST_CASE("Commands for an Amity that runs find it", "[options]") {
  const auto endpoint = [](const std::vector<std::string>& arguments) {
    return parse(arguments).as<HealthCommand>().endpoint;
  };
  CHECK(endpoint({"health"}) == "http://127.0.0.1:4566");
  CHECK(endpoint({"health", "--endpoint", "https://x:1//"}) == "https://x:1");
  const Variable port("AMITY_PORT", "5000");
  CHECK(endpoint({"health"}) == "http://127.0.0.1:5000");
  const Variable url("AWS_ENDPOINT_URL", "http://127.0.0.1:9999/");
  CHECK(endpoint({"health"}) == "http://127.0.0.1:9999");
}

TEST_CASE("The check of a state needs to know its file", "[options]") {
  CHECK(parse({"check", "--data", "x.db"}).as<CheckCommand>().data_file == "x.db");
  const Variable data("AMITY_DATA", "y.db");
  CHECK(parse({"check"}).as<CheckCommand>().data_file == "y.db");
}

TEST_CASE("Help and version are no errors", "[options]") {
  CHECK(parse({"--help"}).status() == 0);
  CHECK(parse({"serve", "--help"}).out.find("--port") != std::string::npos);
  CHECK(parse({"--version"}).out == "amity 0.1.0\n");
  CHECK(std::holds_alternative<VersionCommand>(std::get<Command>(parse({"version"}).result)));
}

TEST_CASE("Wrong arguments are named in one sentence", "[options]") {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"frobnicate"}, "frobnicate"},
      {{"serve", "extra"}, "extra"},
      {{"--port", "70000"}, "--port"},
      {{"--port", "http"}, "--port"},
      {{"--account", "12345"}, "twelve digits"},
      {{"--account", "12345678901x"}, "twelve digits"},
      {{"--profile", "slow"}, "instant, realistic"},
      {{"--seed", "-1"}, "--seed"},
      {{"--seed", "12x"}, "--seed"},
      {{"--body-limit", "-1"}, "a size"},
      {{"--body-limit", "0"}, "a size"},
      {{"--body-limit", "MiB"}, "a size"},
      {{"--body-limit", "1 MiB"}, "a size"},
      {{"--body-limit", "99999999999GiB"}, "a size"},
      {{"--durability", "never"}, "normal, full"},
      {{"--log-format", "xml"}, "text, json"},
      {{"--log-level", "loud"}, "debug, info, warn, error, off"},
      {{"--idle-timeout", "5"}, "duration"},
      {{"--idle-timeout", "0s"}, "duration"},
      {{"--max-connections", "0"}, "--max-connections"},
      {{"--body-limit", "1QB"}, "--body-limit"},
      {{"--tls-cert", "x"}, "--tls-key"},
      {{"--tls-key", "x"}, "--tls-cert"},
      {{"exec"}, "COMMAND"},
      {{"exec", "--data", "x.db", "--", "true"}, "--data"},
      {{"check"}, "--data"},
      {{"fixtures"}, "subcommand"},
      {{"fixtures", "check"}, "FILE"},
      {{"fixtures", "dump", "--data", "x", "--endpoint", "y"}, "--endpoint"},
  };
  for (const auto& [arguments, expected] : cases) {
    const Parsed parsed = parse(arguments);
    INFO(arguments.back() << ": " << parsed.err);
    REQUIRE(std::holds_alternative<int>(parsed.result));
    CHECK(parsed.status() == 2);
    CHECK(parsed.out.empty());
    CHECK(parsed.err.starts_with("amity: "));
    CHECK(parsed.err.find(expected) != std::string::npos);
  }
}
