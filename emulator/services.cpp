#include "emulator/services.hpp"

#include "model/ce.hpp"
#include "model/ebs.hpp"
#include "model/ec2.hpp"
#include "model/pricing.hpp"
#include "model/rbin.hpp"
#include "model/ssm.hpp"
#include "model/sts.hpp"

#include <algorithm>
#include <array>

namespace amity::emulator {
namespace {

// Every version that the EC2 API has had; clients of any age may name theirs.
constexpr std::string_view kEc2Versions[] = {
    "2006-06-26", "2006-10-01", "2007-01-03", "2007-01-19", "2007-03-01", "2007-08-29", "2008-02-01", "2008-05-05",
    "2008-08-08", "2008-12-01", "2009-03-01", "2009-04-04", "2009-07-15", "2009-08-15", "2009-10-31", "2009-11-30",
    "2010-06-15", "2010-08-31", "2010-11-15", "2011-01-01", "2011-02-28", "2011-05-15", "2011-07-15", "2011-11-01",
    "2011-12-01", "2011-12-15", "2012-03-01", "2012-04-01", "2012-05-01", "2012-06-01", "2012-06-15", "2012-07-20",
    "2012-08-15", "2012-10-01", "2012-11-15", "2012-12-01", "2013-02-01", "2013-06-15", "2013-07-15", "2013-08-15",
    "2013-10-01", "2013-10-15", "2014-02-01", "2014-05-01", "2014-06-15", "2014-09-01", "2014-10-01", "2015-03-01",
    "2015-04-15", "2015-10-01", "2016-04-01", "2016-09-15", "2016-11-15"};

}  // namespace

std::span<const model::Service* const> all_services() {
  static const std::array services{&ec2::service(),     &sts::service(),  &ce::service(), &ebs::service(),
                                   &pricing::service(), &rbin::service(), &ssm::service()};
  return services;
}

const model::Service* service_named(std::string_view name) {
  const auto services = all_services();
  const auto found = std::ranges::find(services, name, [](const model::Service* service) { return service->name; });
  return found == services.end() ? nullptr : *found;
}

const model::Service* service_speaking(std::string_view version, std::string_view operation) {
  for (const model::Service* service : all_services())
    if (has_version(*service, version)) return service;
  for (const model::Service* service : all_services())
    if (service->find(operation)) return service;
  return nullptr;
}

bool has_version(const model::Service& service, std::string_view version) {
  if (service.version == version) return true;
  return service.name == "ec2" && std::ranges::find(kEc2Versions, version) != std::end(kEc2Versions);
}

}  // namespace amity::emulator
