#include "handlers/products.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace amity::handlers {
namespace {

constexpr std::string_view kComputeService = "Amazon Elastic Compute Cloud - Compute";
constexpr std::string_view kOtherService = "EC2 - Other";
constexpr std::string_view kVpcService = "Amazon Virtual Private Cloud";
constexpr std::string_view kEc2Name = "Amazon Elastic Compute Cloud";

struct ProductKind {
  std::string_view begins;  // of the usage type
  std::string_view ends;
  std::string_view service;
  std::string_view product_code;
  std::string_view family;
  std::string_view unit;
  std::string_view group;
  Measure measure;
  std::string_view description;  // {} stands for the instance's type and system, or the volume's type
};

// The first that fits.
constexpr ProductKind kProductKinds[] = {
    {"EBS:SnapshotUsage", "", kOtherService, "AmazonEC2", "Storage Snapshot", "GB-Mo", "EC2: EBS - Snapshots",
     Measure::BlockMonths, "per GB-Month of snapshot data stored"},
    {"EBS:SnapshotArchiveStorage", "", kOtherService, "AmazonEC2", "Storage Snapshot", "GB-Mo", "EC2: EBS - Snapshots",
     Measure::BlockMonths, "per GB-Month of snapshot data stored in the archive tier"},
    {"EBS:SnapshotArchiveRetrieval", "", kOtherService, "AmazonEC2", "Storage Snapshot", "GB", "EC2: EBS - Snapshots",
     Measure::Blocks, "per GB of archived snapshot data retrieved"},
    {"EBS:SnapshotArchiveEarlyDelete", "", kOtherService, "AmazonEC2", "Storage Snapshot", "GB-Mo",
     "EC2: EBS - Snapshots", Measure::BlockHours, "per GB-Month of the 90 days that were left in the archive tier"},
    {"EBS:FastSnapshotRestore", "", kOtherService, "AmazonEC2", "Fast Snapshot Restore", "DSU-Hrs", "", Measure::Hours,
     "per data services unit hour of fast snapshot restore"},
    {"EBS:directAPI.snapshot.List", "", kOtherService, "AmazonEC2", "EBS direct API Requests", "Requests", "",
     Measure::Pieces, "per request to list snapshot blocks"},
    {"EBS:directAPI.snapshot.Get", "", kOtherService, "AmazonEC2", "EBS direct API Requests", "SnapshotAPIUnits", "",
     Measure::Pieces, "per block got from a snapshot"},
    {"EBS:directAPI.snapshot.Put", "", kOtherService, "AmazonEC2", "EBS direct API Requests", "SnapshotAPIUnits", "",
     Measure::Pieces, "per block put into a snapshot"},
    {"EBS:VolumeUsage", "", kOtherService, "AmazonEC2", "Storage", "GB-Mo", "EC2: EBS - Volumes", Measure::BlockMonths,
     "per GB-month of provisioned {} storage"},
    {"EBS:VolumeP-IOPS", "", kOtherService, "AmazonEC2", "System Operation", "IOPS-Mo", "EC2: EBS - Provisioned IOPS",
     Measure::Months, "per IOPS-month provisioned of {}"},
    {"EBS:VolumeP-Throughput", "", kOtherService, "AmazonEC2", "Provisioned Throughput", "GiBps-mo", "",
     Measure::ThroughputMonths, "per GiBps-month provisioned of {}"},
    {"BoxUsage", "", kComputeService, "AmazonEC2", "Compute Instance", "Hrs", "EC2: Running Hours", Measure::Hours,
     "per On Demand {} Instance Hour"},
    {"DedicatedUsage", "", kComputeService, "AmazonEC2", "Compute Instance", "Hrs", "EC2: Running Hours",
     Measure::Hours, "per Dedicated {} Instance Hour"},
    {"SpotUsage", "", kComputeService, "AmazonEC2", "Compute Instance", "Hrs", "EC2: Running Hours", Measure::Hours,
     "per {} Spot Instance Hour"},
    {"PublicIPv4:InUseAddress", "", kVpcService, "AmazonVPC", "VpcPublicIPv4Address", "Hrs", "", Measure::Hours,
     "per In-use public IPv4 address per hour"},
    {"PublicIPv4:IdleAddress", "", kVpcService, "AmazonVPC", "VpcPublicIPv4Address", "Hrs", "", Measure::Hours,
     "per Idle public IPv4 address per hour"},
    {"", "AWS-Out-Bytes", kOtherService, "AmazonEC2", "Data Transfer", "GB",
     "EC2: Data Transfer - Region to Region (Out)", Measure::Blocks, "per GB transferred to another Region"},
    {"", "AWS-In-Bytes", kOtherService, "AmazonEC2", "Data Transfer", "GB",
     "EC2: Data Transfer - Region to Region (In)", Measure::Blocks, "per GB transferred from another Region"},
};
constexpr ProductKind kUnknownProduct{"", "", kOtherService, "AmazonEC2", "", "", "", Measure::Pieces, ""};

const ProductKind& product_kind_of(std::string_view usage_type) {
  for (const ProductKind& kind : kProductKinds)
    if (usage_type.starts_with(kind.begins) && usage_type.ends_with(kind.ends)) return kind;
  return kUnknownProduct;
}

// Behind UsageOperation ("Billing information fields" in the EC2 User Guide).
struct BilledSystem {
  std::string_view operation;
  std::string_view operating_system;
  std::string_view platform;
};
constexpr BilledSystem kBilledSystems[] = {
    {"RunInstances", "Linux", "Linux/UNIX"},
    {"RunInstances:0002", "Windows", "Windows"},
    {"RunInstances:0006", "Windows", "Windows with SQL Server Standard"},
    {"RunInstances:0102", "Windows", "Windows with SQL Server Enterprise"},
    {"RunInstances:0202", "Windows", "Windows with SQL Server Web"},
    {"RunInstances:0800", "Windows", "Windows BYOL"},
    {"RunInstances:0100", "Linux", "Linux with SQL Server Enterprise"},
    {"RunInstances:0004", "Linux", "Linux with SQL Server Standard"},
    {"RunInstances:0200", "Linux", "Linux with SQL Server Web"},
    {"RunInstances:0010", "RHEL", "Red Hat Enterprise Linux"},
    {"RunInstances:00g0", "RHEL", "Red Hat BYOL Linux"},
    {"RunInstances:000g", "SUSE", "SUSE Linux"},
    {"RunInstances:0g00", "Ubuntu Pro", "Ubuntu Pro"},
};

const BilledSystem& billed_system_of(std::string_view operation) {
  for (const BilledSystem& system : kBilledSystems)
    if (system.operation == operation) return system;
  return kBilledSystems[0];
}

void name_instance(Product& product, std::string_view usage_type, std::string_view operation) {
  const auto colon = usage_type.find(':');
  product.instance_type = colon == std::string_view::npos ? "m1.small" : std::string(usage_type.substr(colon + 1));
  const BilledSystem& system = billed_system_of(operation);
  product.operating_system = system.operating_system;
  product.platform = system.platform;
  product.tenancy = usage_type.starts_with("Dedicated") ? "Dedicated" : "Shared";
}

std::string volume_api_name(std::string_view usage_type) {
  for (const auto& [part, name] : {std::pair<std::string_view, std::string_view>{".gp3", "gp3"},
                                   {".gp2", "gp2"},
                                   {".piops", "io1"},
                                   {".io2", "io2"},
                                   {".st1", "st1"},
                                   {".sc1", "sc1"}})
    if (usage_type.find(part) != std::string_view::npos) return std::string(name);
  return "standard";
}

}  // namespace

std::optional<std::string_view> platform_details_of(std::string_view usage_operation) {
  for (const BilledSystem& system : kBilledSystems)
    if (system.operation == usage_operation) return system.platform;
  return std::nullopt;
}

Product product_of(std::string_view usage_type, std::string_view operation) {
  const ProductKind& kind = product_kind_of(usage_type);
  Product product{.service = kind.service,
                  .product_code = kind.product_code,
                  .product_name = kind.service == kVpcService ? kVpcService : kEc2Name,
                  .product_family = kind.family,
                  .unit = kind.unit,
                  .group = kind.group,
                  .measure = kind.measure,
                  .description = {}};
  std::string subject;
  if (kind.service == kComputeService) {
    name_instance(product, usage_type, operation);
    subject = product.operating_system + " " + product.instance_type;
  } else if (usage_type.starts_with("EBS:Volume")) {
    product.volume_api_name = volume_api_name(usage_type);
    subject = product.volume_api_name;
  }
  product.description = fmt::format(fmt::runtime(kind.description), subject);
  return product;
}

Int128 usage_of(Measure measure, Int128 quantity_seconds, int days_in_month) {
  const Int128 per_month_second = kUsageUnit / (Int128{days_in_month} * kSecondsPerDay);
  switch (measure) {
    case Measure::BlockMonths: return quantity_seconds * (per_month_second / kBlocksPerGB);
    case Measure::Months: return quantity_seconds * per_month_second;
    case Measure::ThroughputMonths: return quantity_seconds * (per_month_second / 1024);
    case Measure::Hours: return quantity_seconds * (kUsageUnit / 3600);
    case Measure::Blocks: return quantity_seconds * (kUsageUnit / kBlocksPerGB);
    case Measure::BlockHours: return quantity_seconds * (kUsageUnit / (kBlocksPerGB * 720));
    case Measure::Pieces: return quantity_seconds * kUsageUnit;
  }
  return 0;
}

// AWS, "Normalization factors for dedicated EC2 instances"; an NxLarge is 8N.
std::int64_t normalization_quarters(std::string_view instance_type) {
  const std::string_view size = instance_type.substr(std::min(instance_type.find('.') + 1, instance_type.size()));
  constexpr std::pair<std::string_view, std::int64_t> kSizes[] = {{"nano", 1},   {"micro", 2},  {"small", 4},
                                                                  {"medium", 8}, {"large", 16}, {"xlarge", 32}};
  for (const auto& [name, quarters] : kSizes)
    if (size == name) return quarters;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), count);
  const bool is_multiple = error == std::errc() && std::string_view(end, size.data() + size.size()) == "xlarge";
  return is_multiple ? count * 32 : 0;
}

}  // namespace amity::handlers
