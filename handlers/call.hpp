// One call of an operation: who calls, where, when, and the state it works on.
#pragma once

#include "handlers/ids.hpp"
#include "handlers/profile.hpp"
#include "model/state.hpp"
#include "model/timestamp.hpp"
#include "storage/agenda.hpp"
#include "storage/blocks.hpp"
#include "storage/client_tokens.hpp"
#include "storage/organizations.hpp"
#include "storage/settings.hpp"
#include "storage/store.hpp"
#include "storage/tables.hpp"
#include "storage/tags.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {
class Catalogue;
}

namespace amity::handlers {

// Who calls, as the request's credentials say.
struct Caller {
  std::string account;        // twelve digits
  std::string access_key_id;  // empty when the request was not signed
};

// What calls share: the house, made once by the process (or a test).
struct Environment {
  storage::Store& store;
  const storage::Catalogue& catalogue;
  Ids& ids;
  const Profile& profile;
};

class Call {
 public:
  Call(Environment environment, storage::Scope where, Caller who, model::Timestamp when, std::string id)
      : environment_(environment),
        scope_(std::move(where)),
        caller_(std::move(who)),
        now_(when),
        request_id_(std::move(id)) {}

  const std::string& account() const { return scope_.account; }
  const std::string& region() const { return scope_.region; }
  const storage::Scope& scope() const { return scope_; }
  const Caller& caller() const { return caller_; }
  model::Timestamp now() const { return now_; }
  const std::string& request_id() const { return request_id_; }

  storage::Store& store() { return environment_.store; }
  const storage::Catalogue& catalogue() const { return environment_.catalogue; }
  Ids& ids() { return environment_.ids; }
  const Profile& profile() const { return environment_.profile; }
  Environment environment() { return environment_; }

  // The same caller in another region: the source of a copy.
  Call in_region(std::string_view region) const;

  // The resources of one kind; those of the first families have names.
  template <class T>
  storage::Repository<T> table() {
    return {environment_.store.database(), scope_};
  }
  storage::Repository<state::Image> images() { return table<state::Image>(); }
  storage::Repository<state::DeregisteredImage> deregistered_images() { return table<state::DeregisteredImage>(); }
  storage::Repository<state::Snapshot> snapshots() { return table<state::Snapshot>(); }
  storage::Repository<state::Volume> volumes() { return table<state::Volume>(); }
  storage::Repository<state::Instance> instances() { return table<state::Instance>(); }
  storage::Repository<state::KeyPair> key_pairs() { return table<state::KeyPair>(); }
  storage::Repository<state::SecurityGroup> security_groups() { return table<state::SecurityGroup>(); }
  storage::Repository<state::SecurityGroupRule> security_group_rules() { return table<state::SecurityGroupRule>(); }
  storage::Repository<state::NetworkInterface> network_interfaces() { return table<state::NetworkInterface>(); }
  storage::Repository<state::Vpc> vpcs() { return table<state::Vpc>(); }
  storage::Repository<state::Subnet> subnets() { return table<state::Subnet>(); }
  storage::Repository<state::InternetGateway> internet_gateways() { return table<state::InternetGateway>(); }
  storage::Repository<state::RouteTable> route_tables() { return table<state::RouteTable>(); }
  storage::Repository<state::NetworkAcl> network_acls() { return table<state::NetworkAcl>(); }
  storage::Repository<state::DhcpOptions> dhcp_options() { return table<state::DhcpOptions>(); }
  storage::Blocks blocks() { return {environment_.store.database(), scope_}; }
  storage::Tags tags() { return {environment_.store.database(), scope_}; }
  storage::Settings settings() { return {environment_.store.database(), scope_}; }
  storage::ClientTokens client_tokens() { return {environment_.store.database(), scope_}; }
  storage::Organizations organizations() { return storage::Organizations(environment_.store.database()); }

  // Lets `transition` (handlers/transitions.cpp) happen to the resource after `delay`.
  void schedule(std::string_view resource_id, std::string_view transition, Duration delay);
  // Forgets what was going to happen to the resource.
  void unschedule(std::string_view resource_id, std::string_view transition = {});

  // Those that a permission may name to let this caller in: the account, "all", its organizations and their units.
  std::vector<std::string> grantees();

 private:
  Environment environment_;
  storage::Scope scope_;
  Caller caller_;
  model::Timestamp now_;
  std::string request_id_;
};

}  // namespace amity::handlers
