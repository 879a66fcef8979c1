#include "handlers/fixtures.hpp"

#include "handlers/api_error.hpp"
#include "handlers/fixture_blocks.hpp"
#include "handlers/fixture_target.hpp"
#include "handlers/meters.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <map>

namespace amity::handlers {
namespace {

std::string sentence(std::string_view source, std::size_t line, std::string_view field, std::string_view message) {
  return fmt::format("{}{}{}: {}{}{}", source, source.empty() ? "line " : ":", line, field, field.empty() ? "" : " ",
                     message);
}

// One fixture of a text.
struct Part {
  const FixtureText* text;
  std::string prefix;  // of its fields' paths: "[1]." in a list
  state::Fixture fixture;
  std::vector<std::string> regions;
};

FixtureError located(const Part& part, const FieldError& error) {
  const std::string field = part.prefix + error.field;
  return {part.text->name, model::line_of_field(part.text->text, field), field, error.message};
}

bool is_list(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && text[start] == '[';
}

std::vector<std::string> regions_of(const state::Fixture& fixture, const storage::Catalogue& catalogue,
                                    const std::string& otherwise) {
  std::vector<std::string> regions = fixture.region;
  if (regions.empty()) regions.push_back(otherwise);
  if (regions == std::vector<std::string>{"*"}) {
    regions.clear();
    for (const state::Region& region : catalogue.regions()) regions.push_back(region.region_name);
  }
  for (std::size_t i = 0; i < regions.size(); ++i)
    if (!catalogue.region(regions[i]))
      throw FieldError{element_path("Region", i), fmt::format("'{}' is no AWS Region", regions[i])};
  return regions;
}

void check_arn(std::string_view arn, std::string_view type, const std::string& field) {
  if (!arn.starts_with("arn:") || arn.find(type) == std::string_view::npos)
    throw FieldError{field + ".Arn", fmt::format("must be an ARN with \"{}\" in it", type)};
}

// Accounts of a unit are accounts of its organization.
void load_organization(Environment environment, const state::Organization& organization, const std::string& path) {
  storage::Organizations members(environment.store.database());
  check_arn(organization.arn, ":organization/o-", path);
  for (const std::string& account : organization.accounts) members.add_member(organization.arn, account);
  for (std::size_t i = 0; i < organization.organizational_units.size(); ++i) {
    const state::OrganizationalUnit& unit = organization.organizational_units[i];
    check_arn(unit.arn, ":ou/o-", path + '.' + element_path("OrganizationalUnits", i));
    for (const std::string& account : unit.accounts) {
      members.add_member(unit.arn, account);
      members.add_member(organization.arn, account);
    }
  }
}

class Loader {
 public:
  Loader(Environment environment, const storage::Scope& defaults, model::Timestamp now,
         std::span<const FixtureText> texts)
      : environment_(environment), defaults_(defaults), now_(now) {
    for (const FixtureText& text : texts) add(text);
  }

  std::vector<FixtureCount> load() {
    // Organizations are in no region.
    for (const Part& part : parts_) guarded(part, [&] { load_organizations(part.fixture); });
    for (const auto step : {load_networks, load_security_group_rules, load_network_interfaces, load_snapshots,
                            load_images, make_snapshots_of_images, load_key_pairs, load_launches, load_instances,
                            load_volumes, match_instances, load_launch_templates, load_parameters, load_other_rows})
      for (const Part& part : parts_) run(step, part);
    for (const Part& part : parts_)
      guarded(part, [&] {
        if (const auto count = load_block_maps(environment_, part.fixture)) counts_["BlockMaps"] += count;
      });
    std::vector<FixtureCount> counts;
    for (const auto& [member, count] : counts_) counts.push_back({member, count});
    return counts;
  }

 private:
  void add(const FixtureText& text) {
    auto fixtures = parse_fixtures(text);
    for (std::size_t i = 0; i < fixtures.size(); ++i) {
      Part part{.text = &text,
                .prefix = is_list(text.text) ? fmt::format("[{}].", i) : "",
                .fixture = std::move(fixtures[i]),
                .regions = {}};
      guarded(part, [&] { part.regions = regions_of(part.fixture, environment_.catalogue, defaults_.region); });
      parts_.push_back(std::move(part));
    }
  }

  template <class Work>
  static void guarded(const Part& part, Work work) {
    try {
      work();
    } catch (const FieldError& error) {
      throw located(part, error);
    }
  }

  void run(void (*step)(FixtureTarget&), const Part& part) {
    for (const std::string& region : part.regions) {
      const std::string account = part.fixture.account.value_or(defaults_.account);
      FixtureTarget target(environment_, now_, part.fixture, {account, region}, counts_);
      guarded(part, [&] {
        target.check_account(account, "Account");
        step(target);
      });
    }
  }

  void load_organizations(const state::Fixture& fixture) {
    for (std::size_t i = 0; i < fixture.organizations.size(); ++i)
      load_organization(environment_, fixture.organizations[i], element_path("Organizations", i));
    if (!fixture.organizations.empty()) counts_["Organizations"] += fixture.organizations.size();
  }

  Environment environment_;
  storage::Scope defaults_;
  model::Timestamp now_;
  std::vector<Part> parts_;
  std::map<std::string_view, std::size_t> counts_;
};

}  // namespace

FixtureError::FixtureError(std::string_view source, std::size_t line_number, std::string field_path, std::string why)
    : std::runtime_error(sentence(source, line_number, field_path, why)),
      line(line_number),
      field(std::move(field_path)),
      message(std::move(why)) {}

std::vector<FixtureCount> load_fixtures(Environment environment, const storage::Scope& defaults, model::Timestamp now,
                                        std::span<const FixtureText> texts) {
  auto counts = Loader(environment, defaults, now, texts).load();
  settle_meters(environment, now);
  return counts;
}

}  // namespace amity::handlers
