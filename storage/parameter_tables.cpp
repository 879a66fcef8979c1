#include "storage/parameter_tables.hpp"

namespace amity::storage {
namespace {

const state::Parameter& as_parameter(const void* document) { return *static_cast<const state::Parameter*>(document); }
// Every account may have a parameter of that name.
std::string parameter_id(const void* document) {
  return as_parameter(document).owner_id + "/" + as_parameter(document).name;
}
std::optional<std::string> parameter_name(const void* document) { return as_parameter(document).name; }
constexpr ColumnSpec kParameterColumns[] = {{"name", parameter_name}};

}  // namespace

template <>
const TableSpec& table_of<state::Parameter>() {
  static const TableSpec spec{"parameter", state::Parameter::shape, parameter_id, kParameterColumns, {}};
  return spec;
}

}  // namespace amity::storage
