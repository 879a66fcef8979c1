#include "handlers/fixture_meters.hpp"

#include "storage/meters.hpp"

namespace amity::handlers {
std::vector<state::FixtureMeter> dump_meters(storage::Database& database, const storage::Scope& scope) {
  std::vector<state::FixtureMeter> meters;
  for (const storage::KeptMeter& kept : storage::Meters(database, scope).all()) {
    const storage::MeterLine& line = kept.reading.line;
    state::FixtureMeter meter{.resource_id = kept.resource_id,
                              .source = line.source,
                              .usage_type = line.usage_type,
                              .operation = line.operation,
                              .quantity = kept.reading.quantity,
                              .since = kept.since};
    if (!kept.image_id.empty()) meter.image_id = kept.image_id;
    if (!line.zone.empty()) meter.zone = line.zone;
    if (line.minimum_seconds) meter.minimum_seconds = line.minimum_seconds;
    if (kept.until) meter.until = *kept.until;
    meters.push_back(std::move(meter));
  }
  return meters;
}

std::vector<state::FixtureGoneImage> dump_gone_images(storage::Database& database, const storage::Scope& scope) {
  std::vector<state::FixtureGoneImage> images;
  for (const storage::GoneImage& image : storage::Meters(database, scope).gone_images())
    images.push_back({.image_id = image.id, .name = image.name, .since = image.since});
  return images;
}

std::vector<state::FixtureMeteredTag> dump_metered_tags(storage::Database& database, const storage::Scope& scope) {
  std::vector<state::FixtureMeteredTag> tags;
  for (const storage::KeptTag& kept : storage::Meters(database, scope).tags()) {
    state::FixtureMeteredTag tag{
        .resource_id = kept.resource_id, .key = kept.key, .value = kept.value, .since = kept.since};
    if (kept.until) tag.until = *kept.until;
    tags.push_back(std::move(tag));
  }
  return tags;
}

void load_meters(FixtureTarget& target) {
  Call call = target.call();
  storage::Meters meters(call.store().database(), call.scope());
  for (std::size_t i = 0; i < target.fixture.meters.size(); ++i) {
    const state::FixtureMeter& meter = target.fixture.meters[i];
    const auto text = [&](const std::optional<std::string>& member, std::string_view name) {
      if (!member || member->empty()) throw FieldError{element_path("Meters", i, name), "is missing"};
      return *member;
    };
    if (!meter.since) throw FieldError{element_path("Meters", i, "Since"), "is missing"};
    if (meter.quantity.value_or(0) <= 0) throw FieldError{element_path("Meters", i, "Quantity"), "must be positive"};
    if (meter.until && *meter.until < *meter.since)
      throw FieldError{element_path("Meters", i, "Until"), "must not be before Since"};
    storage::KeptMeter kept{.resource_id = text(meter.resource_id, "ResourceId"),
                            .image_id = meter.image_id.value_or(""),
                            .reading = {.line = {.source = text(meter.source, "Source"),
                                                 .usage_type = text(meter.usage_type, "UsageType"),
                                                 .operation = text(meter.operation, "Operation"),
                                                 .zone = meter.zone.value_or(""),
                                                 .minimum_seconds = meter.minimum_seconds.value_or(0)},
                                        .quantity = *meter.quantity},
                            .since = storage::whole_seconds(*meter.since)};
    if (meter.until) kept.until = storage::whole_seconds(*meter.until);
    meters.put(kept);
    target.count("Meters");
  }
  for (std::size_t i = 0; i < target.fixture.gone_images.size(); ++i) {
    const state::FixtureGoneImage& image = target.fixture.gone_images[i];
    target.check_id(kImage, image.image_id, element_path("GoneImages", i, "ImageId"));
    meters.put(storage::GoneImage{.id = *image.image_id,
                                  .name = image.name.value_or(""),
                                  .since = storage::whole_seconds(image.since.value_or(target.now()))});
  }
  for (std::size_t i = 0; i < target.fixture.metered_tags.size(); ++i) {
    const state::FixtureMeteredTag& tag = target.fixture.metered_tags[i];
    const auto is_missing = [&](std::string_view name) {
      return FieldError{element_path("MeteredTags", i, name), "is missing"};
    };
    if (tag.resource_id.value_or("").empty()) throw is_missing("ResourceId");
    if (tag.key.value_or("").empty()) throw is_missing("Key");
    if (!tag.since) throw is_missing("Since");
    if (tag.until && *tag.until <= *tag.since)
      throw FieldError{element_path("MeteredTags", i, "Until"), "must be after Since"};
    storage::KeptTag kept{.resource_id = *tag.resource_id,
                          .key = *tag.key,
                          .value = tag.value.value_or(""),
                          .since = storage::whole_seconds(*tag.since)};
    if (tag.until) kept.until = storage::whole_seconds(*tag.until);
    meters.put(kept);
  }
}

}  // namespace amity::handlers
