#include "emulator/options.hpp"

#include "emulator/duration.hpp"
#include "emulator/version.hpp"
#include "model/encoding.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <limits>
#include <ostream>
#include <span>
#include <utility>

namespace amity::emulator {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kMoreHelp = "\nRun amity --help for more.\n";
constexpr std::size_t kMebibyte = 1024 * 1024;

// What the flags of all commands fill in, until it is clear which command was meant.
struct Flags {
  RunOptions run;
  bool in_memory = false;
  std::vector<std::string> paths;
  std::string endpoint;
};

// "--body-limit" may also be given as AMITY_BODY_LIMIT.
std::string variable_of(std::string_view flag) {
  std::string name = "AMITY_" + std::string(flag.substr(2));
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

template <class T>
CLI::Option* add(CLI::App& app, const std::string& flag, T& target, const std::string& type, const std::string& help) {
  return app.add_option(flag, target, help)->envname(variable_of(flag))->type_name(type);
}

CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& target, const std::string& type,
                      const std::string& help) {
  return add(app, flag, target, type, help + "; repeat it, or separate several by commas")
      ->delimiter(',')
      ->allow_extra_args(false);
}

// `read` answers whether it could make sense of the text.
CLI::Option* add_text(CLI::App& app, const std::string& flag, const std::string& type, const std::string& help,
                      const std::string& expected, const std::function<bool(const std::string&)>& read) {
  const auto check = [flag, expected, read](const std::string& text) {
    if (!read(text)) throw CLI::ValidationError(flag, fmt::format("'{}' is not {}", text, expected));
  };
  return app.add_option_function<std::string>(flag, check, help)->envname(variable_of(flag))->type_name(type);
}

void add_duration(CLI::App& app, const std::string& flag, milliseconds& target, const std::string& help) {
  add_text(app, flag, "DURATION", help, "a duration such as 90s, 5m or 1h30m", [&target](const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration || *duration == milliseconds{}) return false;
    target = *duration;
    return true;
  })->default_str(fmt::format("{}s", target.count() / 1000));
}

template <class T, std::size_t N>
void add_choice(CLI::App& app, const std::string& flag, const std::array<std::pair<std::string_view, T>, N>& choices,
                T& target, const std::string& type, const std::string& help) {
  std::string names, chosen;
  for (const auto& [name, value] : choices) {
    names += (names.empty() ? "" : ", ") + std::string(name);
    if (value == target) chosen = name;
  }
  add_text(app, flag, type, help + ": " + names, "one of " + names, [&choices, &target](const std::string& text) {
    const auto found = std::ranges::find(choices, text, [](const auto& choice) { return choice.first; });
    if (found == choices.end()) return false;
    target = found->second;
    return true;
  })->default_str(chosen);
}

constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kLogFormats = {
    {{"text", LogFormat::Text}, {"json", LogFormat::Json}}};
constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLogLevels = {{{"debug", LogLevel::Debug},
                                                                              {"info", LogLevel::Info},
                                                                              {"warn", LogLevel::Warn},
                                                                              {"error", LogLevel::Error},
                                                                              {"off", LogLevel::Off}}};
constexpr std::array<std::pair<std::string_view, storage::Durability>, 2> kDurabilities = {
    {{"normal", storage::Durability::Normal}, {"full", storage::Durability::Full}}};

bool read_account(const std::string& text, std::string& account) {
  const bool is_account = text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
  if (is_account) account = text;
  return is_account;
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// "65536", "64KiB", "8MiB"
bool read_size(std::string_view text, std::size_t& size) {
  std::uint64_t unit = 1;
  for (const auto& [suffix, bytes] :
       {std::pair{"KiB", kMebibyte / 1024}, {"MiB", kMebibyte}, {"GiB", kMebibyte * 1024}})
    if (text.ends_with(suffix)) {
      unit = bytes;
      text.remove_suffix(3);
      break;
    }
  std::uint64_t number = 0;
  if (!read_number(text, number) || number == 0 || number > std::numeric_limits<std::size_t>::max() / unit)
    return false;
  size = number * unit;
  return true;
}

void add_emulation_flags(CLI::App& app, Flags& flags) {
  EmulationOptions& emulation = flags.run.emulation;
  add_text(app, "--profile", "PROFILE", "How long changes of state take: instant, or realistic as in AWS",
           "one of instant, realistic",
           [&emulation](const std::string& name) {
             const auto profile = handlers::profile_named(name);
             if (profile) emulation.profile = *profile;
             return profile.has_value();
           })
      ->default_str("instant");
  add_text(app, "--seed", "NUMBER", "Make the same ids in every run", "a number from 0 to 18446744073709551615",
           [&emulation](const std::string& text) { return read_number(text, emulation.seed.emplace()); });
  add_text(app, "--account", "ACCOUNT", "Account of callers whose access key is not an account id", "twelve digits",
           [&emulation](const std::string& text) { return read_account(text, emulation.defaults.account); })
      ->default_str(emulation.defaults.account);
  add(app, "--region", emulation.defaults.region, "REGION", "Region of calls that name none")->capture_default_str();
  add_list(app, "--fixtures", flags.run.fixture_paths, "FILE_OR_FOLDER",
           "JSON files with images and more to start with");
  add(app, "--prices", flags.run.price_file, "FILE",
      "JSON file with prices of your own, which win over the list prices");
  add_choice(app, "--log-format", kLogFormats, flags.run.log.format, "FORMAT", "How log lines look");
  add_choice(app, "--log-level", kLogLevels, flags.run.log.level, "LEVEL",
             "What is logged at least, on standard error");
}

void add_state_flags(CLI::App& app, Flags& flags) {
  EmulationOptions& emulation = flags.run.emulation;
  CLI::Option* data =
      app.add_option("--data", emulation.data_file, "Keep the state in this file, and take it up again (or AMITY_DATA)")
          ->type_name("FILE");
  app.add_flag("--memory", flags.in_memory, "Keep the state in memory only (the default)")->excludes(data);
  add_choice(app, "--durability", kDurabilities, emulation.durability, "HOW",
             "What --data survives, besides the end of the process: normal, or full for power cuts too");
}

void add_server_flags(CLI::App& app, Flags& flags) {
  ServerOptions& server = flags.run.server;
  add(app, "--port", server.port, "PORT", "Port to listen on; 0 lets the kernel pick a free one")
      ->capture_default_str();
  add_list(app, "--host", server.addresses, "ADDRESS", "Address to listen on")->default_str("127.0.0.1,::1");
  add_list(app, "--allow-host", flags.run.access.allowed_hosts, "HOST",
           "Host name, besides loopback's and amazonaws.com's, under which clients may call");
  add_list(app, "--allow-origin", flags.run.access.allowed_origins, "ORIGIN", "Web page origin that may call");
  CLI::Option* certificate = add(app, "--tls-cert", server.tls_certificate_file, "FILE",
                                 "Speak TLS with this certificate (PEM, with its chain)");
  CLI::Option* key = add(app, "--tls-key", server.tls_key_file, "FILE", "The certificate's key (PEM)");
  certificate->needs(key);
  key->needs(certificate);
  add_text(app, "--body-limit", "SIZE", "Longest request body", "a size in bytes or such as 512KiB or 8MiB",
           [&server](const std::string& text) { return read_size(text, server.body_limit); })
      ->default_str(fmt::format("{}MiB", server.body_limit / kMebibyte));
  add(app, "--max-connections", server.max_connections, "NUMBER", "Connections served at a time")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str();
  add_duration(app, "--idle-timeout", server.idle_timeout, "How long a connection may wait for its next request");
  add_duration(app, "--read-timeout", server.read_timeout, "How long a request may take to arrive");
  add_duration(app, "--write-timeout", server.write_timeout, "How long a client may take to receive an answer");
  add_duration(app, "--stop-timeout", server.stop_timeout, "How long requests under way may take when told to stop");
}

CLI::Option* add_endpoint(CLI::App& app, Flags& flags, const std::string& help) {
  return app.add_option("--endpoint", flags.endpoint, help + "; else at AWS_ENDPOINT_URL, else on this computer")
      ->type_name("URL");
}

struct BillFlags {
  std::string month, from, to, by, tag, account;
  std::string format = "text";

  // As of GET /_amity/bill, which checks it.
  std::string query() const {
    std::string query = "format=" + model::percent_encode(format);
    for (const auto& [name, value] : {std::pair<std::string_view, const std::string&>{"month", month},
                                      {"from", from},
                                      {"to", to},
                                      {"by", by},
                                      {"tag", tag},
                                      {"account", account}})
      if (!value.empty()) query.append("&").append(name).append("=").append(model::percent_encode(value));
    return query;
  }
};

void add_bill_flags(CLI::App& app, BillFlags& bill, Flags& flags) {
  CLI::Option* data = app.add_option("--data", flags.run.emulation.data_file, "The state that was kept in this file")
                          ->type_name("FILE");
  add_endpoint(app, flags, "The state of the Amity that runs there")->excludes(data);
  app.add_option("--month", bill.month, "The month, such as 2026-01; the present one unless said")->type_name("MONTH");
  app.add_option("--from", bill.from, "The first day, such as 2026-01-15")->type_name("DATE");
  app.add_option("--to", bill.to, "The day behind the last")->type_name("DATE");
  app.add_option("--by", bill.by, "What has a line: usage-type (the default), resource, image, tag, day")
      ->type_name("WHAT");
  app.add_option("--tag", bill.tag, "The key for --by tag; Name unless said")->type_name("KEY");
  app.add_option("--account", bill.account, "Of this account alone")->type_name("ACCOUNT");
  app.add_option("--format", bill.format, "text, json, csv, cur (AWS's CUR 2.0) or focus (FOCUS 1.2)")
      ->type_name("FORMAT")
      ->capture_default_str();
}

// Serving is what Amity does when it is not told otherwise.
void insert_default_command(std::vector<std::string>& arguments) {
  constexpr std::array kGeneral = {"--help", "-h", "--version"};
  if (arguments.empty() ||
      (arguments[0].starts_with('-') && std::ranges::find(kGeneral, arguments[0]) == kGeneral.end()))
    arguments.insert(arguments.begin(), "serve");
}

// These variables are read here, because to CLI11 they would be flags that exclude others.
std::string from_environment(std::string value, const char* variable, const std::string& otherwise = {}) {
  if (!value.empty()) return value;
  const char* set = std::getenv(variable);
  return set && *set ? set : otherwise;
}

// Where the Amity runs that a command is for, without a slash at its end.
std::string endpoint_of(std::string value) {
  const std::string port = from_environment({}, "AMITY_PORT", std::to_string(kDefaultPort));
  value = from_environment(std::move(value), "AWS_ENDPOINT_URL", "http://127.0.0.1:" + port);
  while (value.ends_with('/')) value.pop_back();
  return value;
}

// What stands behind "--", none of which is for Amity.
std::vector<std::string> cut_command(std::vector<std::string>& arguments) {
  const auto dashes = std::ranges::find(arguments, "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

}  // namespace

std::variant<Command, int> parse_command_line(std::vector<std::string> arguments, std::ostream& out,
                                              std::ostream& err) {
  insert_default_command(arguments);
  std::vector<std::string> command = arguments[0] == "exec" ? cut_command(arguments) : std::vector<std::string>();

  CLI::App app("Amity emulates Amazon EC2 and its machine images on this computer.", "amity");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("amity {}", version()));
  app.footer("Every flag of a command may also be given as a variable: --log-level as AMITY_LOG_LEVEL.");

  Flags flags;
  flags.run.server.port = kDefaultPort;
  CLI::App& serve = *app.add_subcommand("serve", "Run Amity until it is told to stop (the default command)");
  add_server_flags(serve, flags);
  add_state_flags(serve, flags);
  add_emulation_flags(serve, flags);

  Flags exec_flags;
  exec_flags.run.log.level = LogLevel::Warn;
  exec_flags.run.server.addresses = {"127.0.0.1"};
  CLI::App& exec = *app.add_subcommand("exec", "Run a command with an Amity of its own, and end with its exit status");
  add_emulation_flags(exec, exec_flags);
  auto* command_option =
      exec.add_option("COMMAND", flags.paths, "The command and its arguments; write -- before those with dashes");
  if (command.empty()) command_option->required();

  app.add_subcommand("version", "Say which Amity this is");

  CLI::App& fixtures = *app.add_subcommand("fixtures", "Check or write fixtures");
  fixtures.require_subcommand(1);
  CLI::App& check = *fixtures.add_subcommand("check", "Say whether fixtures can be loaded, and if not, where and why");
  check.add_option("FILE", flags.paths, "Files, or folders of *.json files")->required();
  CLI::App& dump = *fixtures.add_subcommand("dump", "Write the state of an Amity as a fixture to standard output");
  CLI::Option* data = dump.add_option("--data", flags.run.emulation.data_file, "The state that was kept in this file")
                          ->type_name("FILE");
  add_endpoint(dump, flags, "The state of the Amity that runs there")->excludes(data);

  BillFlags bill;
  CLI::App& bill_app = *app.add_subcommand("bill", "Show what everything has cost, and which snapshots nobody needs");
  add_bill_flags(bill_app, bill, flags);

  CLI::App& health = *app.add_subcommand("health", "Say whether an Amity answers, by the exit status too");
  add_endpoint(health, flags, "The Amity that runs there");

  CLI::App& check_app = *app.add_subcommand("check", "Say whether everything in a state is as it must be");
  check_app.add_option("--data", flags.run.emulation.data_file, "The state that was kept in this file (or AMITY_DATA)")
      ->type_name("FILE");

  const auto is_named = [&](const CLI::App* subcommand) { return subcommand->check_name(arguments[0]); };
  if (!arguments[0].starts_with('-') && app.get_subcommands(is_named).empty()) {
    err << "amity: there is no command '" << arguments[0] << "'" << kMoreHelp;
    return 2;
  }
  try {
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error, out, err);
      return 0;
    }
    err << "amity: " << error.what() << kMoreHelp;
    return 2;
  }

  if (serve.parsed()) {
    std::string& file = flags.run.emulation.data_file;
    if (!flags.in_memory) file = from_environment(std::move(file), "AMITY_DATA");
    return ServeCommand{std::move(flags.run)};
  }
  if (exec.parsed()) {
    command.insert(command.begin(), flags.paths.begin(), flags.paths.end());
    return ExecCommand{std::move(exec_flags.run), std::move(command)};
  }
  if (check.parsed()) return CheckFixturesCommand{std::move(flags.paths)};
  if (dump.parsed()) {
    return DumpFixturesCommand{std::move(flags.run.emulation.data_file), endpoint_of(std::move(flags.endpoint))};
  }
  if (bill_app.parsed())
    return BillCommand{std::move(flags.run.emulation.data_file), endpoint_of(std::move(flags.endpoint)), bill.query()};
  if (health.parsed()) return HealthCommand{endpoint_of(std::move(flags.endpoint))};
  if (check_app.parsed()) {
    std::string file = from_environment(std::move(flags.run.emulation.data_file), "AMITY_DATA");
    if (!file.empty()) return CheckCommand{std::move(file)};
    err << "amity: --data must say which file is to be checked" << kMoreHelp;
    return 2;
  }
  return VersionCommand{};
}

}  // namespace amity::emulator
