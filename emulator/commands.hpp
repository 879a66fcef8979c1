// The commands of the command line. Each runs to its end and gives the exit status; throws std::runtime_error with a
// sentence for the user when it cannot start.
#pragma once

#include "emulator/options.hpp"

namespace amity::emulator {

int run(ServeCommand command);
int run(ExecCommand command);
int run(const VersionCommand& command);
int run(const CheckFixturesCommand& command);
int run(const DumpFixturesCommand& command);
int run(const BillCommand& command);
int run(const HealthCommand& command);
int run(const CheckCommand& command);

}  // namespace amity::emulator
