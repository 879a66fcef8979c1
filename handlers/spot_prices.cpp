#include "handlers/spot_prices.hpp"

#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/zones.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace amity::handlers {
namespace {

using std::chrono::days;

constexpr days kHistory{90};
constexpr std::int64_t kLeastPrice = 1000;  // micro-dollars
constexpr std::string_view kVpcSuffix = " (Amazon VPC)";

// FNV-1a: the same everywhere, for ever.
std::uint64_t price_hash(std::string_view type, std::string_view zone, std::int64_t number) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const std::string text = fmt::format("{}/{}/{}", type, zone, number);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// 0 to 999
std::int64_t thousandths(std::uint64_t hash) { return static_cast<std::int64_t>((hash >> 20) % 1000); }

// About what an hour on demand costs, in micro-dollars, without a licence.
std::int64_t hardware_price(const ec2::InstanceTypeInfo& type) {
  const std::int64_t cpus = type.v_cpu_info ? type.v_cpu_info->default_v_cpus.value_or(1) : 1;
  const std::int64_t memory = type.memory_info ? type.memory_info->size_in_mi_b.value_or(1024) : 1024;
  const std::int64_t gpu_memory = type.gpu_info ? type.gpu_info->total_gpu_memory_in_mi_b.value_or(0) : 0;
  if (type.burstable_performance_supported.value_or(false)) return memory * 10'400 / 1024;
  return cpus * 30'000 + memory * 4'500 / 1024 + gpu_memory * 20'000 / 1024;
}

std::int64_t licence_price(const ec2::InstanceTypeInfo& type, std::string_view product) {
  const std::int64_t cpus = type.v_cpu_info ? type.v_cpu_info->default_v_cpus.value_or(1) : 1;
  if (product == "Windows") return cpus * 46'000;
  if (product == "Red Hat Enterprise Linux") return cpus * 14'400;
  return product == "SUSE Linux" ? cpus * 12'500 : 0;
}

// One moment of a price's history; days are counted back from the last that is asked for.
struct Place {
  const ec2::InstanceTypeInfo* type;
  const ec2::AvailabilityZone* zone;
  std::string_view product;
};

class History {
 public:
  History(Call& call, const ec2::DescribeSpotPriceHistoryRequest& request, const Page& page)
      : call_(call),
        request_(request),
        end_(std::min(request.end_time.value_or(call.now()), call.now())),
        start_(std::max(request.start_time.value_or(call.now() - kHistory), call.now() - kHistory)),
        listing_(kFilters, request.filters, page),
        places_(ec2::SpotPrice::shape, kFilters, filters_of_places(request.filters)) {
    for (std::string product : request.product_descriptions) products_.push_back(without_vpc(std::move(product)));
    zone_ = wanted_zone_name();
  }

  ec2::DescribeSpotPriceHistoryResult take() {
    visit_places();
    return {.next_token = listing_.next_token().value_or(""), .spot_price_history = listing_.take()};
  }

 private:
  static constexpr FilterRule kFilters[] = {
      {"availability-zone", "AvailabilityZone"},
      {"availability-zone-id", "AvailabilityZoneId"},
      {"instance-type", "InstanceType"},
      {"product-description", "ProductDescription"},
      {"spot-price", "SpotPrice"},
      {"timestamp", "Timestamp"},
  };

  static std::string without_vpc(std::string product) {
    if (product.ends_with(kVpcSuffix)) product.resize(product.size() - kVpcSuffix.size());
    return product;
  }

  // Those that can be answered before any price is known. Their rules were checked with the listing's.
  static std::vector<ec2::Filter> filters_of_places(std::vector<ec2::Filter> filters) {
    std::erase_if(filters, [](const ec2::Filter& one) { return one.name == "spot-price" || one.name == "timestamp"; });
    return filters;
  }

  std::optional<std::string> wanted_zone_name() const {
    if (request_.availability_zone && request_.availability_zone_id)
      throw errors::cannot_be_combined("AvailabilityZone", "AvailabilityZoneId");
    return request_.availability_zone ? request_.availability_zone : request_.availability_zone_id;
  }

  bool asks_for(const ec2::AvailabilityZone& zone) const {
    return !zone_ || (request_.availability_zone ? zone.zone_name : zone.zone_id) == zone_;
  }
  bool asks_for(std::string_view product) const {
    return products_.empty() || std::ranges::find(products_, product) != products_.end();
  }

  void visit_places() {
    for (const std::string_view name : call_.catalogue().instance_type_names()) {
      if (!request_.instance_types.empty() &&
          std::ranges::find(request_.instance_types, name) == request_.instance_types.end())
        continue;
      const ec2::InstanceTypeInfo& type = *call_.catalogue().instance_type(name);
      if (!contains(type.supported_usage_classes, ec2::UsageClassType::spot)) continue;
      for (const ec2::AvailabilityZone& zone : call_.catalogue().region(call_.region())->zones)
        if (asks_for(zone) && call_.catalogue().is_offered_in_zone(call_.region(), *zone.zone_name, name))
          for (const std::string_view product : kSpotProducts)
            if (asks_for(product) && !visit({&type, &zone, product})) return;
    }
  }

  // The prices of one place, the newest first, back to the one that held at the start.
  bool visit(const Place& place) {
    ec2::SpotPrice item{.availability_zone = place.zone->zone_name,
                        .availability_zone_id = place.zone->zone_id,
                        .instance_type = place.type->instance_type,
                        .product_description = std::string(place.product)};
    if (!places_.matches(&item)) return true;
    for (model::Timestamp at = end_;; at -= days(1)) {
      const SpotPeriod period = spot_price(*place.type, *place.zone->zone_name, place.product, at);
      ++position_;
      item.spot_price = spot_price_text(period.micro_dollars);
      item.timestamp = period.since;
      if (position_ > listing_.after() && !listing_.offer(position_, item)) return false;
      if (period.since <= start_) return true;
    }
  }

  static bool contains(const std::vector<std::string>& values, std::string_view value) {
    return std::ranges::find(values, value) != values.end();
  }

  Call& call_;
  const ec2::DescribeSpotPriceHistoryRequest& request_;
  model::Timestamp end_;
  model::Timestamp start_;
  Listing<ec2::SpotPrice> listing_;
  FilterSet places_;
  std::vector<std::string> products_;
  std::optional<std::string> zone_;
  std::int64_t position_ = 0;
};

// DescribeSpotPriceHistory: pages of 1,000 also when nobody asks for pages. A position counts prices.
ec2::DescribeSpotPriceHistoryResult describe_spot_price_history(Call& call,
                                                                const ec2::DescribeSpotPriceHistoryRequest& request) {
  constexpr PageLimits kLimits{.least = 1, .most = 1000};
  if (request.start_time && request.end_time && *request.end_time < *request.start_time)
    throw errors::invalid_parameter_value("EndTime must not be before StartTime.");
  Page page = page_of(request.max_results, request.next_token, {}, false, kLimits);
  page.limit = page.limit.value_or(static_cast<std::size_t>(kLimits.most));
  return History(call, request, page).take();
}

}  // namespace

SpotPeriod spot_price(const ec2::InstanceTypeInfo& type, std::string_view zone, std::string_view product,
                      model::Timestamp at) {
  const std::string& name = *type.instance_type;
  // Each place has its own time of the day at which its price changes.
  const std::uint64_t place = price_hash(name, zone, 0);
  const std::chrono::seconds shift(place % 86'400);
  const auto day = std::chrono::floor<days>(at - shift);
  const std::int64_t number = day.time_since_epoch().count();
  const std::int64_t percent = 28'000 + thousandths(place) * 10 + thousandths(price_hash(name, zone, number)) * 3;
  const std::int64_t price = hardware_price(type) * percent / 100'000 + licence_price(type, product);
  return {.micro_dollars = std::max(price / 100 * 100, kLeastPrice), .since = day + shift};
}

std::string spot_price_text(std::int64_t micro_dollars) {
  return fmt::format("{}.{:06}", micro_dollars / 1'000'000, micro_dollars % 1'000'000);
}

std::int64_t read_spot_price(const std::string& text) {
  double dollars = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dollars);
  constexpr double kMost = 1e6;
  if (error != std::errc() || end != text.data() + text.size() || dollars > kMost || dollars < 0.001)
    throw errors::invalid_value("price", text, "It must be a price of more than $0.001.");
  return static_cast<std::int64_t>(dollars * 1e6 + 0.5);
}

std::string_view spot_product(std::string_view platform_details) {
  if (platform_details.starts_with("Windows")) return "Windows";
  if (platform_details.starts_with("Red Hat")) return "Red Hat Enterprise Linux";
  if (platform_details.starts_with("SUSE")) return "SUSE Linux";
  return "Linux/UNIX";
}

std::span<const Operation> spot_price_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_spot_price_history>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
