// A filter of a Describe operation over a small state. The first line names both ("DescribeImages name"), the rest are
// the values, one a line: each value more can only find more, and nothing finds what is not there.
#include "model/ec2.hpp"
#include "model/encoding.hpp"
#include "model/wildcard.hpp"
#include "tests/emulator/application_world.hpp"
#include "tests/fuzz/targets.hpp"

#include <pugixml.hpp>

#include <map>
#include <optional>

namespace amity::fuzz {
namespace {

class Filtering {
 public:
  Filtering() {
    world_.ec2("RunInstances",
               "&MinCount=2&MaxCount=2&InstanceType=t3.micro&ImageId=resolve:ssm:/aws/service/"
               "ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
               "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name"
               "&TagSpecification.1.Tag.1.Value=a%2Ab%3Fc");
    world_.ec2("CreateSnapshots");
    world_.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=1");
    world_.ec2("CreateKeyPair", "&KeyName=caf%C3%A9&KeyType=ed25519");
  }

  // How many elements the sets of the answer have; nothing when the request is refused.
  std::optional<std::size_t> count(const model::Operation& operation, const std::string& filter) {
    const emulator::HttpResponse response = world_.ec2(operation.name, filter);
    require_good(response, filter);
    if (response.status != 200) return std::nullopt;
    pugi::xml_document document;
    document.load_buffer(response.body.data(), response.body.size());
    std::size_t items = 0;
    for (const auto& set : document.first_child().children())
      for ([[maybe_unused]] const auto& item : set.children("item")) ++items;
    return items;
  }

 private:
  tests::ApplicationWorld world_{{.seed = 1}, {.level = emulator::LogLevel::Off}};
};

}  // namespace

void run_filters(std::string_view input) {
  static Filtering filtering;
  static std::map<std::string_view, std::optional<std::size_t>> all;
  std::string_view name = take_until(input, '\n');
  const std::string_view action = take_until(name, ' ');
  const model::Operation* known = ec2::service().find(action);
  if (!known || known->filters.empty() || !model::is_valid_utf8(name)) return;
  const model::Operation& operation = *known;
  if (!all.contains(operation.name)) all[operation.name] = filtering.count(operation, "");

  std::string filter = "&Filter.1.Name=" + model::percent_encode(name);
  std::optional<std::size_t> fewer = 0;
  for (int number = 1; !input.empty() && number <= 4; ++number) {
    const std::string_view value = take_until(input, '\n');
    if (!model::is_valid_utf8(value)) return;
    require(model::matches_wildcard(model::escape_pattern(value), value), "an escaped text matches itself", value);
    require(model::matches_wildcard(std::string(value) + "*", value) || value.ends_with('\\') ||
                model::has_wildcards(value) || value.find('\\') != value.npos,
            "a star matches nothing", value);
    filter += "&Filter.1.Value." + std::to_string(number) + "=" + model::percent_encode(value);
    const auto found = filtering.count(operation, filter);
    if (!found) return;
    require(!fewer || *found >= *fewer, "more values find no less", filter);
    require(!all[operation.name] || *found <= *all[operation.name], "a filter finds no more than there is", filter);
    fewer = found;
  }
}

}  // namespace amity::fuzz
