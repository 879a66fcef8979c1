// The services that Amity knows, and the versions of their APIs that it answers.
#pragma once

#include "model/schema.hpp"

#include <span>
#include <string_view>

namespace amity::emulator {

std::span<const model::Service* const> all_services();

// By signing name ("ec2"); nullptr for a service that Amity does not have.
const model::Service* service_named(std::string_view name);

// The service whose API has this version, or else this operation: what tells when nothing else does.
const model::Service* service_speaking(std::string_view version, std::string_view operation);

// Whether `version` is one of the service's API versions, today's or an older one.
bool has_version(const model::Service& service, std::string_view version);

}  // namespace amity::emulator
