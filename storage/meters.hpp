// What is used of what AWS bills, as intervals: so much of a usage type, by a resource, from one moment to another.
// They are written when a quantity changes, never sampled, and stay when the resource goes.
#pragma once

#include "model/timestamp.hpp"
#include "storage/table.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

using Seconds = std::chrono::sys_seconds;

// What is billed is billed by the second.
inline Seconds whole_seconds(model::Timestamp time) { return std::chrono::floor<std::chrono::seconds>(time); }
inline std::int64_t number_of(Seconds time) { return time.time_since_epoch().count(); }

// What is billed together.
struct MeterLine {
  std::string source;                // what its quantities come from, a table's name mostly: "volume"
  std::string usage_type;            // without its region's prefix: "EBS:VolumeUsage.gp3"
  std::string operation;             // "CreateVolume-Gp3"
  std::string zone{};                // "us-east-1a", or none
  std::int64_t minimum_seconds = 0;  // a use lasts that long at least

  friend bool operator==(const MeterLine&, const MeterLine&) = default;
};

struct MeterReading {
  MeterLine line;
  std::int64_t quantity = 0;  // in the usage type's own unit (handlers/products.hpp)

  friend bool operator==(const MeterReading&, const MeterReading&) = default;
};

struct EndedMeter {
  MeterReading reading;
  Seconds since{};
};

// An interval that was or is metered; one without an end goes on, one that ends as it begins was used at once.
struct KeptMeter {
  std::string resource_id;
  std::string image_id{};  // of a snapshot's image
  MeterReading reading;
  Seconds since{};
  std::optional<Seconds> until{};
};

struct GoneImage {
  std::string id;
  std::string name;
  Seconds since{};
};

// A tag that a resource has or had; one without an end stays.
struct KeptTag {
  std::string resource_id;
  std::string key;
  std::string value;
  Seconds since{};
  std::optional<Seconds> until{};
};

// A row whose meters are to be looked at.
struct MeterDue {
  std::string source;  // its table
  Scope scope;
  std::string id;
};

// Of one account in one region.
class Meters {
 public:
  Meters(Database& database, const Scope& scope) : database_(database), scope_(scope) {}

  // From `now` on the resource's meters of that source show `readings` and nothing else; gives those that have ended or
  // changed. Quantities must not be negative; zero is no reading.
  std::vector<EndedMeter> set(std::string_view resource_id, std::string_view source,
                              std::span<const MeterReading> readings, Seconds now);
  // Adds to what is used at once rather than over time.
  void count(std::string_view resource_id, const MeterReading& reading, Seconds now);
  // The image that a snapshot was made for, which reports name.
  void belongs_to(std::string_view resource_id, std::string_view image_id);

  // Everything that was metered, and putting it back where it is not yet: for fixtures.
  std::vector<KeptMeter> all() const;
  void put(const KeptMeter& meter);
  // Images that were here, and went.
  std::vector<GoneImage> gone_images() const;
  void put(const GoneImage& image);
  // The tags of what is or was metered.
  std::vector<KeptTag> tags() const;
  void put(const KeptTag& tag);

  // Hands over what is due, of everybody.
  static std::vector<MeterDue> take_due(Database& database);
  // Images that have gone went at `now`.
  static void note_gone_images(Database& database, Seconds now);
  // Tags that have been set or removed were so at the beginning of the hour of `now`.
  static void note_tags(Database& database, Seconds now);

 private:
  struct Open;
  std::int64_t resource_row(std::string_view resource_id);
  std::int64_t line_row(const MeterLine& line);
  std::vector<Open> open_meters(std::int64_t resource, std::string_view source);
  std::int64_t beginning_of(std::int64_t resource, const Open& open, Seconds now);

  Database& database_;
  Scope scope_;
};

}  // namespace amity::storage
