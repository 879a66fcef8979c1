// A command that runs with this process's standard streams, and is waited for.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace amity::emulator {

// The variables that a command is started with; at first those of this process.
class ChildEnvironment {
 public:
  ChildEnvironment();

  bool has(std::string_view name) const { return !get(name).empty(); }
  std::string get(std::string_view name) const;  // "" when it is not set
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);

  const std::vector<std::string>& variables() const { return variables_; }  // "NAME=value"

 private:
  std::vector<std::string> variables_;
};

// While one of these lives, signals for this process are passed on to the child instead of ending it. Must be made
// before any other thread is, so that all threads leave signals to wait().
class ChildProcess {
 public:
  ChildProcess();
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Starts `command`, looked up in PATH. Answers 0, or an error number.
  int start(const std::vector<std::string>& command, const ChildEnvironment& environment);
  // Waits for its end, passing on signals. Its exit status, or 128 and the number of the signal that ended it.
  int wait();

 private:
  sigset_t waited_for_;
  sigset_t mask_before_;
  pid_t child_ = -1;
};

}  // namespace amity::emulator
