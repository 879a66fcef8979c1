#include "emulator/child_process.hpp"

#include <spawn.h>

#include <algorithm>
#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>

namespace amity::emulator {
namespace {

constexpr int kForwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));  // exec does not write
  pointers.push_back(nullptr);
  return pointers;
}

bool is_named(const std::string& variable, std::string_view name) {
  return variable.size() > name.size() && variable.starts_with(name) && variable[name.size()] == '=';
}

}  // namespace

ChildEnvironment::ChildEnvironment() {
  for (char** variable = environ; *variable; ++variable) variables_.emplace_back(*variable);
}

std::string ChildEnvironment::get(std::string_view name) const {
  for (const std::string& variable : variables_)
    if (is_named(variable, name)) return variable.substr(name.size() + 1);
  return {};
}

void ChildEnvironment::set(std::string_view name, std::string_view value) {
  unset(name);
  variables_.push_back(std::string(name).append(1, '=').append(value));
}

void ChildEnvironment::unset(std::string_view name) {
  std::erase_if(variables_, [&](const std::string& variable) { return is_named(variable, name); });
}

ChildProcess::ChildProcess() {
  sigemptyset(&waited_for_);
  sigaddset(&waited_for_, SIGCHLD);
  for (const int signal : kForwarded) sigaddset(&waited_for_, signal);
  pthread_sigmask(SIG_BLOCK, &waited_for_, &mask_before_);
}

ChildProcess::~ChildProcess() { pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr); }

int ChildProcess::start(const std::vector<std::string>& command, const ChildEnvironment& environment) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask(&attributes, &mask_before_);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // which a server ignores, but a command expects to be as usual
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  const auto arguments = pointers_to(command);
  const auto variables = pointers_to(environment.variables());
  const int error = posix_spawnp(&child_, arguments[0], nullptr, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

int ChildProcess::wait() {
  for (;;) {
    siginfo_t info{};
    const int signal = sigwaitinfo(&waited_for_, &info);
    // What a terminal sends, it has sent to the child as well.
    if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL) kill(child_, signal);
    int status = 0;
    if (waitpid(child_, &status, WNOHANG) != child_) continue;
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
  }
}

}  // namespace amity::emulator
