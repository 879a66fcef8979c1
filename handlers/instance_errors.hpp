// Errors of instances that exist.
#pragma once

#include "handlers/api_error.hpp"

#include <string_view>

namespace amity::handlers::errors {

// States (IncorrectInstanceState)
ApiError instance_cannot_be(std::string_view what, std::string_view instance_id);  // "started"
ApiError instance_never_ran(std::string_view instance_id);
ApiError instance_not_stopped(std::string_view instance_id);
ApiError instance_terminated(std::string_view instance_id);
ApiError instance_must_run(std::string_view instance_id);

// InvalidParameterValue
ApiError no_root_to_start_from(std::string_view instance_id, std::string_view root_device_name);

// Instance profiles (IncorrectState)
ApiError profile_already_associated(std::string_view instance_id);
ApiError profile_association_not_active(std::string_view association_id);

// Protection (OperationNotPermitted)
ApiError may_not_be(std::string_view what, std::string_view attribute, std::string_view instance_id);  // "terminated"

ApiError instance_store_cannot_be_stopped(std::string_view instance_id);
ApiError one_time_spot_cannot_be_stopped(std::string_view instance_id);
ApiError spot_type_stays(std::string_view instance_id);
ApiError not_configured_for_hibernation(std::string_view instance_id);
ApiError many_interfaces(std::string_view instance_id);
ApiError invalid_attribute_value(std::string message);
ApiError nothing_mapped_at(std::string_view device);
ApiError invalid_metadata_tag_key(std::string_view key);
ApiError latest_console_output_unsupported();
ApiError console_screenshot_unsupported(std::string_view instance_type);
ApiError metadata_tokens_enforced();
ApiError credits_not_supported(std::string_view instance_id);
ApiError sysprep_needs_windows(std::string_view instance_id);
ApiError no_uefi_data(std::string_view instance_id);
ApiError instance_event_not_found(std::string_view event_id);
ApiError invalid_instance_event_start_time(std::string_view event_id);
ApiError diagnostic_interrupt_unsupported(std::string_view instance_type);

}  // namespace amity::handlers::errors
