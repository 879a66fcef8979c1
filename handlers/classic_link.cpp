// ClassicLink, which linked instances of EC2-Classic to VPCs. Both have gone; what is left is that clients ask whether
// a VPC has it. The Regions that once had EC2-Classic answer no, the others that they know nothing of it.
#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::string_view kRegionsOfClassic[] = {
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1",
    "sa-east-1",      "us-east-1",      "us-west-1",      "us-west-2",
};

void check_region(const Call& call) {
  if (std::ranges::find(kRegionsOfClassic, call.region()) == std::end(kRegionsOfClassic))
    throw errors::unsupported_operation("The functionality you requested is not available in this region.");
}

constexpr FilterRule kFilters[] = {{"is-classic-link-enabled", "ClassicLinkEnabled"}};

ec2::DescribeVpcClassicLinkResult describe_vpc_classic_link(Call& call,
                                                            const ec2::DescribeVpcClassicLinkRequest& request) {
  check_region(call);
  ensure_default_network(call);
  Listing<ec2::VpcClassicLink> listing(kFilters, request.filters);
  visit_candidates(call.vpcs(), kVpc, request.vpc_ids, {}, [&](std::int64_t position, const state::Vpc& row) {
    const ec2::VpcClassicLink link{.classic_link_enabled = false, .vpc_id = row.vpc.vpc_id};
    return listing.offer(position, link, [&] { return call.tags().of(*link.vpc_id); });
  });
  return {.vpcs = listing.take()};
}

ec2::DescribeVpcClassicLinkDnsSupportResult describe_vpc_classic_link_dns_support(
    Call& call, const ec2::DescribeVpcClassicLinkDnsSupportRequest& request) {
  check_region(call);
  ensure_default_network(call);
  const Page page = page_of(request.max_results, request.next_token, "vpcIds", !request.vpc_ids.empty());
  Listing<ec2::ClassicLinkDnsSupport> listing({}, {}, page);
  visit_candidates(call.vpcs(), kVpc, request.vpc_ids, storage::Query().after(page.after),
                   [&](std::int64_t position, const state::Vpc& row) {
                     return listing.offer(position, {.classic_link_dns_supported = false, .vpc_id = row.vpc.vpc_id});
                   });
  return {.next_token = listing.next_token(), .vpcs = listing.take()};
}

}  // namespace

std::span<const Operation> classic_link_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_vpc_classic_link>(),
      bind<describe_vpc_classic_link_dns_support>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
