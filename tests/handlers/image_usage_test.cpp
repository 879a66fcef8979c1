#include "tests/handlers/fixture_world.hpp"
#include "tests/handlers/image_world.hpp"

#include <chrono>
#include <map>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

constexpr auto kUsingAccount = "333333333333";

// A public image of kAccount that two other accounts have launched: twice and once.
class UsageWorld : public ImageWorld {
 public:
  explicit UsageWorld(handlers::Profile profile = handlers::instant_profile()) : ImageWorld(profile) {
    image_id = image("golden");
    share(image_id, {.group = "all"});
    as(kOtherAccount);
    launch(image_id);
    launch(image_id);
    as(kUsingAccount).launch(image_id);
    as(kAccount);
  }

  ec2::CreateImageUsageReportRequest request() const {
    ec2::CreateImageUsageReportRequest request;
    request.image_id = image_id;
    request.resource_types = {{.resource_type = "ec2:Instance"}};
    return request;
  }
  std::string report() { return *call(request()).report_id; }

  std::vector<ec2::ImageUsageReport> reports(const ec2::DescribeImageUsageReportsRequest& wanted = {}) {
    return call(wanted).image_usage_reports;
  }
  std::map<std::string, std::int64_t> counts(const ec2::DescribeImageUsageReportEntriesRequest& wanted = {}) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& entry : call(wanted).image_usage_report_entries) counts[*entry.account_id] += *entry.usage_count;
    return counts;
  }

  std::string image_id;
};

}  // namespace

TEST_CASE("An image usage report counts what was launched from an image", "[image-usage][CreateImageUsageReport]") {
  UsageWorld world;
  const std::string id = world.report();
  const auto reports = world.reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].report_id == id);
  CHECK(reports[0].image_id == world.image_id);
  CHECK(reports[0].state == "available");
  CHECK(reports[0].creation_time == world.now());
  CHECK(reports[0].expiration_time == world.now() + 30 * 24h);
  CHECK(reports[0].resource_types.at(0).resource_type == "ec2:Instance");
  CHECK(world.counts() == std::map<std::string, std::int64_t>{{std::string(kOtherAccount), 2}, {kUsingAccount, 1}});
  const auto entry = world.call(ec2::DescribeImageUsageReportEntriesRequest{}).image_usage_report_entries.at(0);
  CHECK(entry.report_id == id);
  CHECK(entry.image_id == world.image_id);
  CHECK(entry.resource_type == "ec2:Instance");
  CHECK(entry.report_creation_time == world.now());
  SECTION("of some accounts") {
    auto request = world.request();
    request.account_ids = {kUsingAccount};
    const std::string some = *world.call(request).report_id;
    CHECK(world.counts({.report_ids = {some}}) == std::map<std::string, std::int64_t>{{kUsingAccount, 1}});
    CHECK(world.reports({.report_ids = {some}}).at(0).account_ids == std::vector<std::string>{kUsingAccount});
  }
  SECTION("as things were when it was made") {
    world.as(kUsingAccount).launch(world.image_id);
    world.as(kAccount);
    CHECK(world.counts({.report_ids = {id}})[kUsingAccount] == 1);
  }
  SECTION("for its owner alone") {
    world.as(kOtherAccount);
    CHECK(world.reports().empty());
    CHECK(world.error_of(ec2::DescribeImageUsageReportsRequest{.report_ids = {id}}) ==
          "InvalidImageUsageReportId.NotFound");
  }
  SECTION("and is gone after thirty days") {
    world.advance(30 * 24h);
    CHECK(world.reports().empty());
    CHECK(world.counts().empty());
  }
  SECTION("or when it is deleted") {
    CHECK(world.call(ec2::DeleteImageUsageReportRequest{.report_id = id}).return_value == true);
    CHECK(world.reports().empty());
    CHECK(world.error_of(ec2::DeleteImageUsageReportRequest{.report_id = id}) == "InvalidImageUsageReportId.NotFound");
    CHECK(world.error_of(ec2::DeleteImageUsageReportRequest{.report_id = "r-1"}) ==
          "InvalidImageUsageReportId.Malformed");
  }
}

TEST_CASE("An image usage report takes its time", "[image-usage][CreateImageUsageReport]") {
  UsageWorld world(handlers::realistic_profile());
  world.advance(1h);
  const std::string id = world.report();
  CHECK(world.reports().at(0).state == "pending");
  CHECK(world.counts().empty());
  CHECK(world.error_of(world.request()) == "ResourceLimitExceeded");  // one of an image at a time
  world.advance(1h);
  CHECK(world.reports().at(0).state == "available");
  CHECK(world.counts().size() == 2);
  CHECK(world.error_of(world.request()) == "");
}

TEST_CASE("CreateImageUsageReport understands its resource types", "[image-usage][CreateImageUsageReport]") {
  UsageWorld world;
  const auto error_of = [&](auto change) {
    auto request = world.request();
    change(request);
    return world.error_of(request);
  };
  using Request = ec2::CreateImageUsageReportRequest;
  const auto with_types = [&](std::vector<ec2::ImageUsageResourceTypeRequest> types) {
    return error_of([&](Request& request) { request.resource_types = std::move(types); });
  };
  const std::vector<ec2::ImageUsageResourceTypeOptionRequest> depth = {
      {.option_name = "version-depth", .option_values = {"100"}}};
  CHECK(with_types({{.resource_type = "ec2:LaunchTemplate", .resource_type_options = depth}}) == "");
  CHECK(with_types({}) == "MissingParameter");
  CHECK(with_types({{.resource_type = "ec2:Volume"}}) == "InvalidParameterValue");
  CHECK(with_types({{.resource_type = "ec2:Instance"}, {.resource_type = "ec2:Instance"}}) == "InvalidParameterValue");
  CHECK(with_types({{.resource_type = "ec2:Instance", .resource_type_options = depth}}) ==
        "InvalidParameterCombination");
  CHECK(with_types({{.resource_type = "ec2:LaunchTemplate",
                     .resource_type_options = {{.option_name = "version-depth", .option_values = {"0"}}}}}) ==
        "InvalidParameterValue");
  CHECK(with_types({{.resource_type = "ec2:LaunchTemplate", .resource_type_options = {{.option_name = "x"}}}}) ==
        "InvalidParameterValue");
  CHECK(error_of([](Request& request) { request.account_ids = {"me"}; }) == "InvalidUserID.Malformed");
  CHECK(error_of([](Request& request) { request.image_id = "ami-1"; }) == "InvalidAMIID.Malformed");
  CHECK(error_of([](Request& request) { request.image_id = "ami-00000000000000000"; }) == "InvalidAMIID.NotFound");
  CHECK(error_of([](Request& request) { request.tag_specifications = tests::tags_on("image", "a", "b"); }) ==
        "InvalidParameterValue");
  CHECK(error_of([](Request& request) { request.dry_run = true; }) == "DryRunOperation");
  CHECK(world.as(kOtherAccount).error_of(world.request()) == "AuthFailure");
  SECTION("with the newest twenty versions of launch templates unless told otherwise") {
    world.as(kAccount);
    auto request = world.request();
    request.resource_types = {{.resource_type = "ec2:LaunchTemplate"}};
    const std::string id = *world.call(request).report_id;
    const auto types = world.reports({.report_ids = {id}}).at(0).resource_types;
    CHECK(types.at(0).resource_type_options.at(0).option_values == std::vector<std::string>{"20"});
  }
}

TEST_CASE("An image usage report counts launch templates", "[image-usage][CreateImageUsageReport]") {
  UsageWorld world;
  world.as(kOtherAccount);
  for (const char* name : {"web", "database"}) {
    ec2::CreateLaunchTemplateRequest request;
    request.launch_template_name = name;
    request.launch_template_data.image_id = world.image_id;
    world.call(request);
  }
  world.as(kAccount);
  auto request = world.request();
  request.resource_types = {{.resource_type = "ec2:LaunchTemplate"}};
  const std::string id = *world.call(request).report_id;
  CHECK(world.counts({.report_ids = {id}}) == std::map<std::string, std::int64_t>{{std::string(kOtherAccount), 2}});
}

TEST_CASE("Image usage reports are named, filtered, tagged and paged", "[image-usage][DescribeImageUsageReports]") {
  UsageWorld world;
  auto request = world.request();
  request.tag_specifications = tests::tags_on("image-usage-report", "Team", "core");
  const std::string tagged = *world.call(request).report_id;
  world.advance(24h);
  const std::string second = world.report();
  const std::string silver = world.image("silver");
  request = world.request();
  request.image_id = silver;
  const std::string third = *world.call(request).report_id;
  const auto ids = [&](const ec2::DescribeImageUsageReportsRequest& wanted) {
    std::vector<std::string> found;
    for (const auto& report : world.reports(wanted)) found.push_back(*report.report_id);
    return found;
  };
  CHECK(ids({}) == std::vector{tagged, second, third});
  CHECK(ids({.image_ids = {silver}}) == std::vector{third});
  CHECK(ids({.image_ids = {silver}, .report_ids = {second}}).empty());
  CHECK(ids({.filters = {filter("creation-time", {"2026-01-02T*"})}}) == std::vector{tagged});
  CHECK(ids({.filters = {filter("tag:Team", {"core"})}}) == std::vector{tagged});
  CHECK(ids({.filters = {filter("state", {"pending"})}}).empty());
  CHECK(world.reports({.report_ids = {tagged}}).at(0).tags.at(0).value == "core");
  CHECK(world.counts({.report_ids = {tagged}, .filters = {filter("account-id", {kUsingAccount})}}).size() == 1);
  CHECK(world.counts({.filters = {filter("creation-time", {"2026-01-02T*"})}})[std::string(kOtherAccount)] == 2);
  CHECK(world.counts({.filters = {filter("resource-type", {"ec2:LaunchTemplate"})}}).empty());
  CHECK(world.counts({.image_ids = {silver}}).empty());
  for (const char* operation : {"DescribeImageUsageReports", "DescribeImageUsageReportEntries"})
    for (const std::string_view name : ec2::service().find(operation)->filters) {
      INFO(operation << ' ' << name);
      const std::string wire_name = name == "tag" || name == "tag:<key>" ? "tag:x" : std::string(name);
      if (operation == std::string_view("DescribeImageUsageReports"))
        CHECK(world.error_of(ec2::DescribeImageUsageReportsRequest{.filters = {filter(wire_name, {"x"})}}) == "");
      else
        CHECK(world.error_of(ec2::DescribeImageUsageReportEntriesRequest{.filters = {filter(wire_name, {"x"})}}) == "");
    }
  SECTION("pages of reports") {
    const auto page = world.call(ec2::DescribeImageUsageReportsRequest{.max_results = 2});
    CHECK(page.image_usage_reports.size() == 2);
    CHECK(ids({.next_token = page.next_token}) == std::vector{third});
  }
  SECTION("pages of entries, across reports") {
    std::size_t seen = 0;
    ec2::DescribeImageUsageReportEntriesRequest wanted{.max_results = 3};
    do {
      const auto page = world.call(wanted);
      seen += page.image_usage_report_entries.size();
      wanted.next_token = page.next_token;
    } while (wanted.next_token);
    CHECK(seen == 4);
  }
  SECTION("and refused when malformed") {
    CHECK(world.error_of(ec2::DescribeImageUsageReportsRequest{.image_ids = {"ami-1"}}) == "InvalidAMIID.Malformed");
    CHECK(world.error_of(ec2::DescribeImageUsageReportEntriesRequest{.report_ids = {"amiur-1"}}) ==
          "InvalidImageUsageReportId.Malformed");
    CHECK(world.error_of(ec2::DescribeImageUsageReportEntriesRequest{.max_results = 0}) == "InvalidParameterValue");
  }
}

TEST_CASE("Image usage reports are part of a dump", "[image-usage][fixtures]") {
  UsageWorld world;
  auto request = world.request();
  request.tag_specifications = tests::tags_on("image-usage-report", "Team", "core");
  const std::string id = *world.call(request).report_id;
  CHECK(world.counts({.report_ids = {id}}).size() == 2);
  tests::World copy;
  tests::load(copy, tests::dump(world));
  CHECK(copy.call(ec2::DescribeImageUsageReportEntriesRequest{.report_ids = {id}}).image_usage_report_entries.size() ==
        2);
  const auto reports = copy.call(ec2::DescribeImageUsageReportsRequest{.report_ids = {id}}).image_usage_reports;
  CHECK(reports.at(0).state == "available");
  CHECK(reports.at(0).tags.at(0).value == "core");
  copy.advance(30 * 24h);
  CHECK(copy.call(ec2::DescribeImageUsageReportsRequest{}).image_usage_reports.empty());
}
