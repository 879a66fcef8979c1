#include "emulator/admin_answers.hpp"
#include "emulator/bill_report.hpp"
#include "emulator/commands.hpp"
#include "emulator/http_client.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace amity::emulator {
namespace {

std::string bill_of_file(const BillCommand& command) try {
  // Opening would make it.
  if (!std::filesystem::exists(command.data_file))
    throw std::runtime_error(fmt::format("there is no file '{}'", command.data_file));
  EmulationOptions options;
  options.data_file = command.data_file;
  Emulation emulation(std::move(options));
  emulation.catch_up();
  const model::Timestamp now = emulation.clock().now();
  return bill_response(emulation.environment(), now, read_bill_request(command.query, now)).body;
} catch (const AdminError& error) {
  throw std::runtime_error(error.message());
}

}  // namespace

int run(const BillCommand& command) {
  if (!command.data_file.empty()) {
    std::cout << bill_of_file(command);
    return 0;
  }
  std::cout << http_get(command.endpoint + "/_amity/bill?" + command.query);
  return 0;
}

}  // namespace amity::emulator
