#include "handlers/instance_metadata.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/transitions.hpp"
#include "model/json.hpp"

namespace amity::handlers {
namespace {

using Options = ec2::InstanceMetadataOptionsResponse;
using Defaults = ec2::InstanceMetadataDefaultsResponse;

constexpr std::int32_t kMaxHopLimit = 64;
constexpr std::int32_t kNoHopLimit = -1;
constexpr std::string_view kDefaultsSetting = "instance-metadata-defaults";
constexpr std::string_view kNoPreference = "no-preference";
constexpr std::string_view kApplied = "instance.metadata-options-applied";

Defaults defaults_of(Call& call) {
  const auto text = call.settings().get(kDefaultsSetting);
  return text ? model::from_json<Defaults>(*text).value() : Defaults{};
}

void check_hop_limit(std::int32_t limit) {
  if (limit < 1 || limit > kMaxHopLimit)
    throw errors::invalid_value("HttpPutResponseHopLimit", std::to_string(limit), "Valid values are 1 to 64.");
}

template <class T>
void take_option(std::optional<T>& option, const std::optional<T>& wanted) {
  if (wanted) option = wanted;
}

// Requests to launch and to modify have the same members.
template <class Request>
void put_options(Options& options, const Request& wanted) {
  const bool is_off = wanted.http_endpoint == ec2::InstanceMetadataEndpointState::disabled;
  if (is_off && (wanted.http_tokens || wanted.http_put_response_hop_limit)) throw errors::metadata_endpoint_disabled();
  if (wanted.http_put_response_hop_limit) check_hop_limit(*wanted.http_put_response_hop_limit);
  take_option(options.http_tokens, wanted.http_tokens);
  take_option(options.http_put_response_hop_limit, wanted.http_put_response_hop_limit);
  take_option(options.http_endpoint, wanted.http_endpoint);
  take_option(options.http_protocol_ipv6, wanted.http_protocol_ipv6);
  take_option(options.instance_metadata_tags, wanted.instance_metadata_tags);
}

void check_enforcement(const Defaults& defaults, const Options& options) {
  if (defaults.http_tokens_enforced == ec2::HttpTokensEnforcedState::enabled &&
      options.http_tokens != ec2::HttpTokensState::required)
    throw errors::metadata_tokens_enforced();
}

// ModifyInstanceMetadataOptions: what is not named stays. A stopped instance takes the options up when it starts.
ec2::ModifyInstanceMetadataOptionsResult modify_instance_metadata_options(
    Call& call, const ec2::ModifyInstanceMetadataOptionsRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  check_not_terminated(row);
  if (!request.http_tokens && !request.http_put_response_hop_limit && !request.http_endpoint &&
      !request.http_protocol_ipv6 && !request.instance_metadata_tags)
    throw errors::missing_parameter(
        "HttpTokens/HttpPutResponseHopLimit/HttpEndpoint/HttpProtocolIpv6/"
        "InstanceMetadataTags");
  Options options = row.instance.metadata_options.value_or(Options{});
  put_options(options, request);
  if (request.http_tokens) check_enforcement(defaults_of(call), options);
  if (request.instance_metadata_tags == ec2::InstanceMetadataTagsState::enabled)
    check_metadata_tag_keys(call.tags().of(request.instance_id));
  options.state = ec2::InstanceMetadataOptionsState::pending;
  row.instance.metadata_options = options;
  call.instances().update(row);
  call.unschedule(request.instance_id, kApplied);
  call.schedule(request.instance_id, kApplied, call.profile().instance_change);
  return {.instance_id = request.instance_id, .instance_metadata_options = std::move(options)};
}

void apply_options(Call& call, std::string_view id) {
  auto row = call.instances().find(id);
  if (!row || !row->instance.metadata_options || state_of(*row) != ec2::InstanceStateName::running) return;
  row->instance.metadata_options->state = ec2::InstanceMetadataOptionsState::applied;
  call.instances().update(*row);
}

ec2::GetInstanceMetadataDefaultsResult get_instance_metadata_defaults(Call& call,
                                                                      const ec2::GetInstanceMetadataDefaultsRequest&) {
  Defaults defaults = defaults_of(call);
  defaults.managed_by = ec2::ManagedBy::account;  // there are no declarative policies
  return {.account_level = std::move(defaults)};
}

void change_default(std::optional<std::string>& option, const std::optional<std::string>& wanted) {
  if (!wanted) return;
  option = wanted == kNoPreference ? std::nullopt : wanted;
}

// ModifyInstanceMetadataDefaults: for launches to come, in this Region.
ec2::ModifyInstanceMetadataDefaultsResult modify_instance_metadata_defaults(
    Call& call, const ec2::ModifyInstanceMetadataDefaultsRequest& request) {
  Defaults defaults = defaults_of(call);
  change_default(defaults.http_tokens, request.http_tokens);
  change_default(defaults.http_endpoint, request.http_endpoint);
  change_default(defaults.instance_metadata_tags, request.instance_metadata_tags);
  change_default(defaults.http_tokens_enforced, request.http_tokens_enforced);
  if (const auto& limit = request.http_put_response_hop_limit) {
    if (*limit != kNoHopLimit) check_hop_limit(*limit);
    defaults.http_put_response_hop_limit = *limit == kNoHopLimit ? std::nullopt : limit;
  }
  call.settings().set(kDefaultsSetting, model::to_json(defaults));
  return {.return_value = true};
}

}  // namespace

Options metadata_options_at_launch(Call& call, const std::optional<ec2::InstanceMetadataOptionsRequest>& wanted,
                                   const ec2::Image& image) {
  const bool wants_v2 = image.imds_support == ec2::ImdsSupportValues::v2_0;
  Options options{.state = ec2::InstanceMetadataOptionsState::pending,
                  .http_tokens = wants_v2 ? ec2::HttpTokensState::required : ec2::HttpTokensState::optional,
                  .http_put_response_hop_limit = wants_v2 ? 2 : 1,
                  .http_endpoint = ec2::InstanceMetadataEndpointState::enabled,
                  .http_protocol_ipv6 = ec2::InstanceMetadataProtocolState::disabled,
                  .instance_metadata_tags = ec2::InstanceMetadataTagsState::disabled};
  const Defaults defaults = defaults_of(call);
  take_option(options.http_tokens, defaults.http_tokens);
  take_option(options.http_put_response_hop_limit, defaults.http_put_response_hop_limit);
  take_option(options.http_endpoint, defaults.http_endpoint);
  take_option(options.instance_metadata_tags, defaults.instance_metadata_tags);
  if (wanted) put_options(options, *wanted);
  check_enforcement(defaults, options);
  return options;
}

std::span<const Operation> instance_metadata_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_instance_metadata_defaults>(),
      bind<modify_instance_metadata_defaults>(),
      bind<modify_instance_metadata_options>(),
  };
  return kOperations;
}
std::span<const Transition> instance_metadata_transitions() {
  static constexpr Transition kTransitions[] = {{kApplied, apply_options}};
  return kTransitions;
}

}  // namespace amity::handlers
