#include "storage/catalogue.hpp"

#include "fixtures/embedded.hpp"
#include "model/json.hpp"
#include "storage/database.hpp"
#include "storage/public_images.hpp"
#include "storage/public_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace amity::storage {
namespace {

std::string_view fixture(std::string_view path) {
  if (const auto text = fixtures::embedded_file(path)) return *text;
  throw Error(fmt::format("{} is not embedded", path));
}

template <class T>
std::vector<T> read_list(std::string_view json) {
  std::vector<T> list;
  if (const auto error = model::read_json_list(json, T::shape, model::list_access<T>, &list))
    throw Error(fmt::format("fixture: {} {}", error->field, error->message));
  return list;
}

// The lines of a fixture, one at a time, without the comma that separates them.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    std::string_view line = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
    if (line.ends_with(',')) line.remove_suffix(1);
    return line;
  }

 private:
  std::string_view rest_;
};

// instance_types.json: the types by name, each as the line that tells of it.
class TypeLines {
 public:
  TypeLines() {
    constexpr std::string_view kStart = R"({"InstanceType":")";
    Lines lines(fixture("instance_types.json"));
    while (const auto line = lines.next()) {
      if (!line->starts_with(kStart)) continue;
      names_.push_back(line->substr(kStart.size(), line->find('"', kStart.size()) - kStart.size()));
      lines_.push_back(*line);
    }
  }

  std::span<const std::string_view> names() const { return names_; }
  std::string_view name(std::size_t index) const { return names_[index]; }
  std::string_view line(std::size_t index) const { return lines_[index]; }

  std::optional<std::size_t> find(std::string_view name) const {
    const auto found = std::lower_bound(names_.begin(), names_.end(), name);
    if (found == names_.end() || *found != name) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
  }

 private:
  std::vector<std::string_view> names_;
  std::vector<std::string_view> lines_;
};

// A set of zones of one region, by the letters that end their names.
using ZoneMask = std::uint32_t;

ZoneMask mask_of(std::string_view letters) {
  ZoneMask mask = 0;
  for (const char letter : letters) mask |= ZoneMask{1} << (letter - 'a');
  return mask;
}

// For each type, in the order of `types`, the zones of the region that offer it.
std::vector<ZoneMask> read_offerings(std::string_view region, const TypeLines& types) {
  std::vector<ZoneMask> zones_of_type(types.names().size());
  const std::string start = fmt::format("\"{}\":", region);
  Lines lines(fixture("instance_type_offerings.json"));
  while (const auto line = lines.next()) {
    if (!line->starts_with(start)) continue;
    for (const auto& offerings : read_list<state::ZoneOfferings>(line->substr(start.size()))) {
      for (const std::string& name : offerings.instance_types) {
        if (const auto index = types.find(name)) zones_of_type[*index] |= mask_of(offerings.zone_letters);
      }
    }
  }
  return zones_of_type;
}

// Resources of a region that are found by id.
template <class T>
class Listing {
 public:
  Listing(std::vector<T> list, std::optional<std::string> T::*id) : list_(std::move(list)) {
    for (const T& resource : list_) by_id_.emplace((resource.*id).value(), &resource);
  }
  Listing(const Listing&) = delete;  // by_id_ points into list_
  Listing& operator=(const Listing&) = delete;

  std::span<const T> list() const { return list_; }

  const T* find(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

 private:
  std::vector<T> list_;
  std::unordered_map<std::string_view, const T*> by_id_;
};

// What has been read of one region.
struct RegionParts {
  std::optional<std::vector<ZoneMask>> offerings;  // of the types, in their order
  std::optional<Listing<ec2::Image>> images;
  std::vector<std::int64_t> written_bytes;  // see PublicImages
  std::optional<Listing<ec2::Snapshot>> snapshots;
  std::optional<std::vector<PublicParameter>> parameters;
};

}  // namespace

// What has been read so far. Keys are views of names that are kept here or in the fixtures themselves.
struct Catalogue::Parts {
  std::optional<std::vector<state::Region>> regions;
  std::optional<TypeLines> types;
  std::unordered_map<std::string_view, ec2::InstanceTypeInfo> type_of_name;
  std::map<std::string_view, RegionParts> parts_of_region;

  const std::vector<state::Region>& all_regions() {
    if (!regions) regions = read_list<state::Region>(fixture("regions.json"));
    return *regions;
  }

  const state::Region* region(std::string_view name) {
    for (const state::Region& region : all_regions()) {
      if (region.region_name == name) return &region;
    }
    return nullptr;
  }

  const TypeLines& type_lines() { return types ? *types : types.emplace(); }

  ZoneMask zones_offering(std::string_view region_name, std::string_view instance_type) {
    const state::Region* where = region(region_name);
    const auto index = type_lines().find(instance_type);
    if (!where || !index) return 0;
    auto& offerings = parts_of_region[where->region_name].offerings;
    if (!offerings) offerings = read_offerings(region_name, type_lines());
    return (*offerings)[*index];
  }

  const Listing<ec2::Image>* images(std::string_view region_name) {
    const state::Region* where = region(region_name);
    if (!where) return nullptr;
    auto& parts = parts_of_region[where->region_name];
    if (!parts.images) {
      PublicImages read = public_images(region_name, where->partition);
      parts.images.emplace(std::move(read.images), &ec2::Image::image_id);
      parts.written_bytes = std::move(read.written_bytes);
    }
    return &*parts.images;
  }

  const Listing<ec2::Snapshot>* snapshots(std::string_view region_name) {
    const Listing<ec2::Image>* behind = images(region_name);
    if (!behind) return nullptr;
    auto& parts = parts_of_region.find(region_name)->second;
    if (!parts.snapshots)
      parts.snapshots.emplace(public_snapshots(behind->list(), parts.written_bytes), &ec2::Snapshot::snapshot_id);
    return &*parts.snapshots;
  }
};

Catalogue::Catalogue() : parts_(std::make_unique<Parts>()) {}
Catalogue::~Catalogue() = default;

std::span<const state::Region> Catalogue::regions() const { return parts_->all_regions(); }

const state::Region* Catalogue::region(std::string_view name) const { return parts_->region(name); }

std::span<const std::string_view> Catalogue::instance_type_names() const { return parts_->type_lines().names(); }

const ec2::InstanceTypeInfo* Catalogue::instance_type(std::string_view name) const {
  const auto known = parts_->type_of_name.find(name);
  if (known != parts_->type_of_name.end()) return &known->second;
  const TypeLines& types = parts_->type_lines();
  const auto index = types.find(name);
  if (!index) return nullptr;
  auto read = read_list<ec2::InstanceTypeInfo>(types.line(*index));
  return &parts_->type_of_name.emplace(types.name(*index), std::move(read.front())).first->second;
}

bool Catalogue::is_offered(std::string_view region, std::string_view instance_type) const {
  return parts_->zones_offering(region, instance_type) != 0;
}

bool Catalogue::is_offered_in_zone(std::string_view region, std::string_view zone,
                                   std::string_view instance_type) const {
  if (!zone.starts_with(region)) return false;
  const std::string_view letter = zone.substr(region.size());
  if (letter.size() != 1 || letter < "a" || letter > "z") return false;
  return (parts_->zones_offering(region, instance_type) & mask_of(letter)) != 0;
}

std::span<const ec2::Image> Catalogue::images(std::string_view region) const {
  const auto* images = parts_->images(region);
  return images ? images->list() : std::span<const ec2::Image>();
}

const ec2::Image* Catalogue::image(std::string_view region, std::string_view image_id) const {
  const auto* images = parts_->images(region);
  return images ? images->find(image_id) : nullptr;
}

std::span<const ec2::Snapshot> Catalogue::snapshots(std::string_view region) const {
  const auto* snapshots = parts_->snapshots(region);
  return snapshots ? snapshots->list() : std::span<const ec2::Snapshot>();
}

const ec2::Snapshot* Catalogue::snapshot(std::string_view region, std::string_view snapshot_id) const {
  const auto* snapshots = parts_->snapshots(region);
  return snapshots ? snapshots->find(snapshot_id) : nullptr;
}

std::span<const PublicParameter> Catalogue::parameters(std::string_view region) const {
  const state::Region* where = parts_->region(region);
  if (!where) return {};
  auto& parameters = parts_->parts_of_region[where->region_name].parameters;
  if (!parameters) parameters = public_parameters(region, where->partition);
  return *parameters;
}

}  // namespace amity::storage
