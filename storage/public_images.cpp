#include "storage/public_images.hpp"

#include "fixtures/embedded.hpp"
#include "model/json.hpp"
#include "model/timestamp.hpp"
#include "storage/database.hpp"
#include "storage/extents.hpp"
#include "storage/public_parameters.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace amity::storage {
namespace {

using Json = rapidjson::Value;

// What all public images have in common unless their family says otherwise.
constexpr std::string_view kCommonMembers = R"({
  "State": "available", "Public": true, "ImageType": "machine", "RootDeviceType": "ebs", "VirtualizationType": "hvm",
  "Hypervisor": "xen", "EnaSupport": true, "SriovNetSupport": "simple", "PlatformDetails": "Linux/UNIX",
  "UsageOperation": "RunInstances", "FreeTierEligible": false,
  "DeregistrationProtection": "disabled", "Since": "0000-00-00", "Until": "9999-99-99", "DeprecatedAfter": {"Years": 2}
})";

rapidjson::Document parse(std::string_view text, std::string_view path) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  if (document.HasParseError()) throw Error(fmt::format("{}: not JSON at byte {}", path, document.GetErrorOffset()));
  return document;
}

std::string_view view(const Json& string) { return {string.GetString(), string.GetStringLength()}; }

const Json* find(const Json& object, std::string_view name) {
  const Json key(rapidjson::StringRef(name.data(), name.size()));
  const auto member = object.FindMember(key);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

// A release, its variant, its family and what all have in common, seen as one object: the first that has a member wins.
class Layers {
 public:
  Layers(const Json& release, const Json& variant, const Json& family, const Json& common)
      : layers_{nullptr, &release, &variant, &family, &common} {}

  const Json* get(std::string_view name) const {
    for (const Json* layer : layers_) {
      if (!layer) continue;
      if (const Json* value = find(*layer, name)) return value;
    }
    return nullptr;
  }

  const Json& at(std::string_view name) const {
    if (const Json* value = get(name)) return *value;
    const Json* image = get("Name");
    throw Error(fmt::format("public image {}: no {}", image ? view(*image) : "without a name", name));
  }

  // A string member, each {member} in it replaced by the value of that member.
  std::string text(std::string_view name) const { return filled(view(at(name))); }

  std::string filled(std::string_view text) const {
    std::string out;
    while (true) {
      const std::size_t open = text.find('{');
      out += text.substr(0, open);
      if (open == std::string_view::npos) return out;
      const std::size_t close = text.find('}', open);
      out += view(at(text.substr(open + 1, close - open - 1)));
      text.remove_prefix(close + 1);
    }
  }

  // The same with one more, above all.
  Layers with(const Json& above) const {
    Layers layers = *this;
    layers.layers_[0] = &above;
    return layers;
  }

 private:
  std::array<const Json*, 5> layers_;
};

// FNV-1a of the parts, spread over all bits (SplitMix64's last steps).
std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](char byte) { hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3; };
  for (const std::string_view part : parts) {
    for (const char byte : part) mix(byte);
    mix('\0');
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

// As EC2 writes ids.
std::string stable_id(std::string_view prefix, std::initializer_list<std::string_view> parts) {
  return fmt::format("{}-0{:016x}", prefix, stable_hash(parts));
}

// The members that an AWS image has, whatever layer they come from.
ec2::Image read_members(const Layers& layers) {
  rapidjson::StringBuffer text;
  rapidjson::Writer writer(text);
  writer.StartObject();
  for (const model::Member& member : ec2::Image::shape.members) {
    const Json* value = layers.get(member.name);
    if (!value) continue;
    writer.Key(member.name.data(), static_cast<rapidjson::SizeType>(member.name.size()));
    if (value->IsString())
      writer.String(layers.text(member.name));
    else
      value->Accept(writer);
  }
  writer.EndObject();
  auto image = model::from_json<ec2::Image>({text.GetString(), text.GetSize()});
  if (!image) throw Error(fmt::format("public image {}: a member of a wrong kind", layers.text("Name")));
  return *std::move(image);
}

// `time` plus {"Days": ...} or {"Years": ...}.
model::Timestamp after(model::Timestamp time, const Json& span) {
  if (const Json* days = find(span, "Days")) return time + std::chrono::days(days->GetInt());
  const auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  date += std::chrono::years(span["Years"].GetInt());
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // from 29 February
  return std::chrono::sys_days(date) + (time - day);
}

ec2::Image expand(const Layers& layers, std::string_view region, std::string_view owner) {
  ec2::Image image = read_members(layers);
  const std::string& name = image.name.value();
  image.owner_id = owner;
  image.image_id = stable_id("ami", {region, owner, name});
  image.image_location = fmt::format("{}/{}", image.image_owner_alias.value_or(std::string(owner)), name);

  const auto created = model::parse_iso8601(image.creation_date.value());
  if (!created) throw Error(fmt::format("public image {}: no date: {}", name, *image.creation_date));
  image.creation_date = model::to_iso8601(*created);
  image.deprecation_time = model::to_iso8601(after(*created, layers.at("DeprecatedAfter")));

  for (ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs) continue;
    mapping.ebs->snapshot_id = stable_id("snap", {region, owner, name, mapping.device_name.value()});
    mapping.ebs->delete_on_termination = true;
    mapping.ebs->encrypted = false;
  }
  return image;
}

// How much of the mapping's volume is written: what the family says, a little more or less for each release.
std::int64_t written_of(const Layers& layers, const ec2::Image& image, const ec2::BlockDeviceMapping& mapping) {
  const Json* gib = find(layers.at("WrittenGiB"), *mapping.device_name);
  if (!gib) throw Error(fmt::format("public image {}: no WrittenGiB of {}", *image.name, *mapping.device_name));
  constexpr std::int64_t kBlocksPerGiB = 2048;
  const auto permille = static_cast<std::int64_t>(975 + stable_hash({*image.name, *mapping.device_name}) % 51);
  const auto blocks = static_cast<std::int64_t>(gib->GetDouble() * kBlocksPerGiB) * permille / 1000;
  return std::min(blocks, mapping.ebs->volume_size.value() * kBlocksPerGiB) * kBlockBytes;
}

// Whose the family's images are in this region; nothing where it is not published.
std::optional<std::string_view> owner_of(const Json& family, std::string_view region, std::string_view partition) {
  if (const Json* regions = find(family, "Regions")) {
    const Json key(rapidjson::StringRef(region.data(), region.size()));
    if (std::find(regions->Begin(), regions->End(), key) == regions->End()) return std::nullopt;
  }
  const Json& owners = family["OwnerIds"];
  const Json* owner = find(owners, region);
  if (!owner) owner = find(owners, partition);
  if (!owner) return std::nullopt;
  return view(*owner);
}

// Visits every release that the region has: `visit(layers, image)`.
template <class Visit>
class Expansion {
 public:
  Expansion(std::string_view region, std::string_view partition, Visit visit)
      : region_(region), partition_(partition), common_(parse(kCommonMembers, "common members")), visit_(visit) {}

  void add_all_families() {
    for (const fixtures::EmbeddedFile& file : fixtures::embedded_files()) {
      if (!file.path.starts_with("images/")) continue;
      const rapidjson::Document families = parse(file.text, file.path);
      for (const Json& family : families.GetArray()) add_family(family);
    }
  }

 private:
  void add_family(const Json& family) {
    const auto owner = owner_of(family, region_, partition_);
    if (!owner) return;
    const Json* variants = find(family, "Variants");
    if (!variants) return add_variant(family, Json(rapidjson::kObjectType), *owner);
    for (const Json& variant : variants->GetArray()) add_variant(family, variant, *owner);
  }

  void add_variant(const Json& family, const Json& variant, std::string_view owner) {
    const Json* releases = find(variant, "Releases");
    if (!releases) releases = &family["Releases"];
    for (const Json& release : releases->GetArray()) {
      const Layers layers(release, variant, family, common_);
      const std::string_view day = view(layers.at("CreationDate")).substr(0, 10);
      if (day < view(layers.at("Since")) || day > view(layers.at("Until"))) continue;
      visit_(layers, expand(layers, region_, owner));
    }
  }

  std::string_view region_;
  std::string_view partition_;
  rapidjson::Document common_;
  Visit visit_;
};

// A value of a parameter in a release: `text`, filled in, or an object of such texts, which becomes JSON.
std::string parameter_value(const Layers& layers, const Json& text) {
  if (text.IsString()) return layers.filled(view(text));
  rapidjson::StringBuffer json;
  rapidjson::Writer writer(json);
  writer.StartObject();
  for (const auto& member : text.GetObject()) {
    writer.Key(member.name.GetString());
    member.value.IsString() ? writer.String(layers.filled(view(member.value))) : member.value.Accept(writer);
  }
  writer.EndObject();
  return {json.GetString(), json.GetSize()};
}

class Parameters {
 public:
  // What a release publishes is the next version of each of its parameters.
  void add(const Layers& release, const ec2::Image& image) {
    const auto modified = *model::parse_iso8601(image.creation_date.value());
    const Json* data_type = release.get("ParameterDataType");
    for (const char* list : {"Parameters", "MoreParameters"})
      if (const Json* names = release.get(list))
        for (const Json& name : names->GetArray())
          add(release.filled(view(name)), data_type ? view(*data_type) : kImage, {*image.image_id, modified});
    if (const Json* values = release.get("ParameterValues"))
      for (const auto& member : values->GetObject()) {
        const bool is_id = member.value == "{ImageId}";
        add(release.filled(view(member.name)), is_id && !data_type ? kImage : kText,
            {parameter_value(release, member.value), modified});
      }
  }

  std::vector<PublicParameter> take() {
    std::vector<PublicParameter> parameters;
    for (auto& [name, parameter] : by_name_) parameters.push_back(std::move(parameter));
    return parameters;
  }

 private:
  static constexpr std::string_view kImage = "aws:ec2:image";
  static constexpr std::string_view kText = "text";

  void add(std::string name, std::string_view data_type, PublicParameter::Version version) {
    auto& parameter = by_name_[name];
    parameter.name = std::move(name);
    parameter.data_type = data_type;
    parameter.versions.push_back(std::move(version));
  }

  std::map<std::string, PublicParameter> by_name_;
};

}  // namespace

PublicImages public_images(std::string_view region, std::string_view partition) {
  PublicImages all;
  Expansion(region, partition, [&](const Layers& release, ec2::Image image) {
    for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings)
      if (mapping.ebs) all.written_bytes.push_back(written_of(release, image, mapping));
    all.images.push_back(std::move(image));
  }).add_all_families();
  all.images.shrink_to_fit();
  return all;
}

std::vector<PublicParameter> public_parameters(std::string_view region, std::string_view partition) {
  Parameters parameters;
  Expansion(region, partition, [&](const Layers& release, const ec2::Image& image) {
    // What only the finished image has, for use in values.
    rapidjson::Document made(rapidjson::kObjectType);
    made.AddMember("ImageId", rapidjson::StringRef(*image.image_id), made.GetAllocator());
    made.AddMember("Name", rapidjson::StringRef(*image.name), made.GetAllocator());
    parameters.add(release.with(made), image);
  }).add_all_families();
  return parameters.take();
}

std::vector<ec2::Snapshot> public_snapshots(std::span<const ec2::Image> images,
                                            std::span<const std::int64_t> written_bytes) {
  std::vector<ec2::Snapshot> snapshots;
  for (const ec2::Image& image : images) {
    const auto created = model::parse_iso8601(image.creation_date.value());
    for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
      if (!mapping.ebs) continue;
      ec2::Snapshot& snapshot = snapshots.emplace_back();
      snapshot.snapshot_id = mapping.ebs->snapshot_id;
      snapshot.owner_id = image.owner_id;
      snapshot.owner_alias = image.image_owner_alias;
      snapshot.description = "";
      snapshot.volume_id = "vol-ffffffff";  // what EC2 shows for a snapshot that came by copy
      snapshot.volume_size = mapping.ebs->volume_size;
      snapshot.full_snapshot_size_in_bytes = written_bytes[snapshots.size() - 1];
      snapshot.encrypted = false;
      snapshot.storage_tier = "standard";
      snapshot.state = "completed";
      snapshot.progress = "100%";
      snapshot.start_time = created;
      snapshot.completion_time = created;
    }
  }
  return snapshots;
}

}  // namespace amity::storage
