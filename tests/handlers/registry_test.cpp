#include "handlers/registry.hpp"

#include "model/ce.hpp"
#include "model/ebs.hpp"
#include "model/ec2.hpp"
#include "model/pricing.hpp"
#include "model/rbin.hpp"
#include "model/ssm.hpp"
#include "model/sts.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace amity;

TEST_CASE("Exactly the operations of model/operations.txt are implemented", "[registry]") {
  std::set<std::string> listed, registered;
  for (const model::Service* service : {&ce::service(), &ebs::service(), &ec2::service(), &pricing::service(),
                                        &rbin::service(), &ssm::service(), &sts::service()})
    for (const model::Operation& operation : service->operations)
      if (operation.listed) listed.insert(std::string(service->name) + " " + std::string(operation.name));
  for (const auto family : handlers::all_operations())
    for (const handlers::Operation& operation : family) {
      INFO(operation.name);
      CHECK(registered.insert(std::string(operation.service) + " " + std::string(operation.name)).second);
    }
  CHECK(registered == listed);
}

TEST_CASE("An operation is found under its exact name only", "[registry]") {
  REQUIRE(handlers::find_operation("sts", "GetCallerIdentity"));
  CHECK(handlers::find_operation("sts", "GetCallerIdentity")->request_shape == &sts::GetCallerIdentityRequest::shape);
  CHECK(!handlers::find_operation("sts", "getcalleridentity"));
  CHECK(!handlers::find_operation("ec2", "GetCallerIdentity"));
  CHECK(!handlers::find_operation("", ""));
}
