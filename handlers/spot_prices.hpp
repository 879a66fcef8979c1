// What Spot Instances cost. AWS's market cannot be asked here: prices are made up from what a type has, about a third
// of what it would cost on demand, with differences between zones and a change a day. The same day has the same prices
// in every Amity.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

inline constexpr std::string_view kSpotProducts[] = {"Linux/UNIX", "Red Hat Enterprise Linux", "SUSE Linux", "Windows"};

// A running period of one price.
struct SpotPeriod {
  std::int64_t micro_dollars = 0;  // an hour
  model::Timestamp since;
};

// The price of the type in the zone for one of kSpotProducts, as it was at a time.
SpotPeriod spot_price(const ec2::InstanceTypeInfo& type, std::string_view zone, std::string_view product,
                      model::Timestamp at);

// "0.003700"
std::string spot_price_text(std::int64_t micro_dollars);
// The micro-dollars that a request offers. Throws InvalidParameterValue for what is no price above $0.001.
std::int64_t read_spot_price(const std::string& text);

// What is billed for an instance of the platform details: one of kSpotProducts.
std::string_view spot_product(std::string_view platform_details);

}  // namespace amity::handlers
