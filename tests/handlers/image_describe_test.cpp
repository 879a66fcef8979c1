#include "handlers/images.hpp"
#include "tests/handlers/image_world.hpp"

#include <algorithm>
#include <chrono>
#include <set>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using Ids = std::vector<std::string>;
using namespace std::chrono_literals;

namespace {

constexpr auto kAmazonLinux = "al2023-ami-2023.*-x86_64";
constexpr auto kOrganization = "arn:aws:organizations::333333333333:organization/o-abcdefghij";

}  // namespace

TEST_CASE("DescribeImages shows the members that EC2 always shows", "[images][DescribeImages]") {
  ImageWorld world;
  const auto image = world.describe(world.image("golden"));
  CHECK(image.name == "golden");
  CHECK(image.image_location == "111111111111/golden");
  CHECK(image.owner_id == "111111111111");
  CHECK(image.state == "available");
  CHECK(image.creation_date == "2026-01-02T03:04:05.000Z");
  CHECK(image.is_public == false);
  CHECK(image.image_type == "machine");
  CHECK(image.hypervisor == "xen");
  CHECK(image.root_device_type == "ebs");
  CHECK(image.free_tier_eligible == false);
  CHECK_FALSE(image.image_owner_alias);
  CHECK_FALSE(image.description);
  CHECK_FALSE(image.boot_mode);
  CHECK_FALSE(image.deprecation_time);
  CHECK_FALSE(image.last_launched_time);
}

TEST_CASE("DescribeImages knows every documented filter", "[images][DescribeImages]") {
  ImageWorld world;
  for (const std::string_view name : ec2::service().find("DescribeImages")->filters) {
    INFO(name);
    const std::string wire_name = name == "tag:<key>" ? "tag:Team" : std::string(name);
    CHECK(world.error_of(ec2::DescribeImagesRequest{.owners = {"self"}, .filters = {filter(wire_name, {"x"})}}) == "");
  }
  CHECK(world.error_of(ec2::DescribeImagesRequest{.filters = {filter("colour", {"red"})}}) == "InvalidParameterValue");
}

TEST_CASE("DescribeImages filters match what the answer says", "[images][DescribeImages]") {
  ImageWorld world;
  auto request = ImageWorld::registration("golden-1", world.snapshot({.gib = 9}));
  request.description = "The first";
  request.ena_support = true;
  request.tag_specifications = tests::tags_on("image", "Team", "core");
  const std::string golden = *world.call(request).image_id;
  const std::string other = world.image("other");

  const std::pair<ec2::Filter, Ids> rows[] = {
      {filter("name", {"golden-*"}), {golden}},
      {filter("name", {"golden-?", "other"}), {golden, other}},
      {filter("name", {"Golden-1"}), {}},
      {filter("architecture", {"x86_64"}), {golden, other}},
      {filter("architecture", {"arm64"}), {}},
      {filter("description", {"*first"}), {golden}},
      {filter("ena-support", {"true"}), {golden}},
      {filter("block-device-mapping.volume-size", {"9"}), {golden}},
      {filter("block-device-mapping.device-name", {"/dev/xvda"}), {golden, other}},
      {filter("block-device-mapping.encrypted", {"false"}), {golden, other}},
      {filter("block-device-mapping.delete-on-termination", {"true"}), {golden, other}},
      {filter("creation-date", {"2026-01-02T*"}), {golden, other}},
      {filter("creation-date", {"2026-01-03T*"}), {}},
      {filter("image-id", {other}), {other}},
      {filter("is-public", {"false"}), {golden, other}},
      {filter("manifest-location", {"111111111111/golden-1"}), {golden}},
      {filter("owner-id", {"111111111111"}), {golden, other}},
      {filter("root-device-type", {"ebs"}), {golden, other}},
      {filter("state", {"available"}), {golden, other}},
      {filter("tag:Team", {"core"}), {golden}},
      {filter("tag:Team", {"c?re", "x"}), {golden}},
      {filter("tag:Team", {"edge"}), {}},
      {filter("tag-key", {"Team"}), {golden}},
      {filter("virtualization-type", {"hvm"}), {golden, other}},
      {filter("platform", {"windows"}), {}},
  };
  for (const auto& [one, expected] : rows) {
    INFO(*one.name << " = " << one.values.front());
    CHECK(world.ids_of({.owners = {"self"}, .filters = {one}}) == expected);
  }
  SECTION("several filters must all match") {
    CHECK(world.ids_of({.filters = {filter("tag:Team", {"core"}), filter("name", {"other"})}}).empty());
  }
}

TEST_CASE("DescribeImages answers ids of other kinds of images differently", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string own = world.image("own");
  SECTION("unknown: an error that names them all") {
    CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {own, "ami-00000000000000000"}}) ==
          "InvalidAMIID.NotFound");
  }
  SECTION("malformed") {
    for (const std::string id : {"ami-xyz", "snap-00000000000000000", "ami-", "", "ami-0123456789ABCDEF0"})
      CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {id}}) == "InvalidAMIID.Malformed");
  }
  SECTION("another account's private image: left out") {
    world.as(kOtherAccount);
    CHECK(world.ids_of({.image_ids = {own}}).empty());
  }
  SECTION("in another region: unknown") {
    world.in("eu-west-1");
    CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {own}}) == "InvalidAMIID.NotFound");
  }
  SECTION("named twice: answered once") { CHECK(world.ids_of({.image_ids = {own, own}}) == Ids{own}); }
  SECTION("filters apply, too") {
    CHECK(world.ids_of({.image_ids = {own}, .filters = {filter("name", {"x"})}}).empty());
  }
}

TEST_CASE("DescribeImages lists by owner", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string own = world.image("own");
  world.as(kOtherAccount);
  const std::string shared = world.image("shared");
  world.image("private");
  world.share(shared, {.user_id = std::string(kAccount)});
  world.as(kAccount);

  const auto private_images = [&](std::vector<std::string> owners) {
    return world.ids_of({.owners = std::move(owners), .filters = {filter("is-public", {"false"})}});
  };
  CHECK(private_images({}) == Ids{own, shared});
  CHECK(private_images({"self"}) == Ids{own});
  CHECK(private_images({std::string(kAccount)}) == Ids{own});
  CHECK(private_images({std::string(kOtherAccount)}) == Ids{shared});
  CHECK(private_images({"self", std::string(kOtherAccount)}) == Ids{own, shared});
  CHECK(private_images({"amazon"}).empty());
  for (const std::string owner : {"all", "1234", "Self", "1234567890123", ""})
    CHECK(world.error_of(ec2::DescribeImagesRequest{.owners = {owner}}) == "InvalidUserID.Malformed");
}

TEST_CASE("DescribeImages lists by who may launch", "[images][DescribeImages]") {
  ImageWorld world;
  world.make_call().organizations().add_member(kOrganization, kOtherAccount);
  const std::string to_account = world.image("to-account");
  const std::string to_organization = world.image("to-organization");
  const std::string to_all = world.image("to-all");
  world.image("private");
  world.share(to_account, {.user_id = std::string(kOtherAccount)});
  world.share(to_organization, {.organization_arn = kOrganization});
  world.share(to_all, {.group = "all"});

  const auto executable_by = [&](const std::string& user) {
    return world.ids_of({.executable_users = {user}, .filters = {filter("owner-id", {std::string(kAccount)})}});
  };
  SECTION("those who were given a permission") {
    world.as(kOtherAccount);
    CHECK(executable_by("self") == Ids{to_account, to_organization});
    CHECK(executable_by(std::string(kOtherAccount)) == Ids{to_account, to_organization});
    CHECK(executable_by("all") == Ids{to_all});
    // What others share with whom is not told.
    CHECK(executable_by("444444444444").empty());
  }
  SECTION("the owner asks for a named account: only direct permissions") {
    CHECK(executable_by("self").empty());
    CHECK(executable_by(std::string(kOtherAccount)) == Ids{to_account});
  }
  SECTION("a word that stands for nobody") {
    CHECK(world.error_of(ec2::DescribeImagesRequest{.executable_users = {"amazon"}}) == "InvalidUserID.Malformed");
  }
}

TEST_CASE("Deprecated images are hidden from all but their owner", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string id = world.image("old");
  world.share(id, {.user_id = std::string(kOtherAccount)});
  world.change_image(id, [](state::Image& image) { image.image.deprecation_time = "2026-02-01T00:00:00.000Z"; });
  const std::vector<ec2::Filter> old = {filter("name", {"old"})};
  world.as(kOtherAccount);
  CHECK(world.ids_of({.filters = old}) == Ids{id});
  world.advance(24h * 31);
  CHECK(world.ids_of({.filters = old}).empty());
  CHECK(world.ids_of({.include_deprecated = true, .filters = old}) == Ids{id});
  CHECK(world.ids_of({.image_ids = {id}}) == Ids{id});
  world.as(kAccount);
  CHECK(world.ids_of({.filters = old}) == Ids{id});
}

TEST_CASE("Disabled images are hidden from everybody who does not ask for them", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string id = world.image("off");
  world.change_image(id, [](state::Image& image) { image.image.state = ec2::ImageState::disabled; });
  CHECK(world.own_ids().empty());
  CHECK(world.ids_of({.owners = {"self"}, .include_disabled = true}) == Ids{id});
  CHECK(world.ids_of({.image_ids = {id}}) == Ids{id});
  CHECK(world.as(kOtherAccount).ids_of({.image_ids = {id}}).empty());
}

TEST_CASE("DescribeImages shows only the caller's own tags", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string id = world.image("shared");
  world.share(id, {.group = "all"});
  world.make_call().tags().set(id, "image", "Owner", "me");
  world.as(kOtherAccount);
  CHECK(world.describe(id).tags.empty());
  world.make_call().tags().set(id, "image", "Mine", "yes");
  REQUIRE(world.describe(id).tags.size() == 1);
  CHECK(world.describe(id).tags.front().key == "Mine");
  CHECK(world.ids_of({.filters = {filter("tag-key", {"Mine"})}}) == Ids{id});
  CHECK(world.ids_of({.filters = {filter("tag-key", {"Owner"})}}).empty());
}

TEST_CASE("DescribeImages finds the public images of the catalogue", "[images][DescribeImages][catalogue]") {
  ImageWorld world;
  const auto found =
      world.call(ec2::DescribeImagesRequest{.owners = {"amazon"}, .filters = {filter("name", {kAmazonLinux})}}).images;
  REQUIRE_FALSE(found.empty());
  for (const auto& image : found) {
    CHECK(image.image_owner_alias == "amazon");
    CHECK(image.is_public == true);
    CHECK(image.architecture == "x86_64");
  }
  SECTION("by id, even one that is deprecated") {
    CHECK(world.describe(*found.front().image_id).name == found.front().name);
  }
  SECTION("by the alias of another kind of owner not at all") {
    CHECK(world.ids_of({.owners = {"aws-marketplace"}, .filters = {filter("name", {kAmazonLinux})}}).empty());
  }
  SECTION("with tags that the caller gave them") {
    const std::string id = *found.back().image_id;
    world.make_call().tags().set(id, "image", "Approved", "yes");
    CHECK(world.ids_of({.owners = {"amazon"}, .filters = {filter("tag:Approved", {"yes"})}}) == Ids{id});
  }
  SECTION("deprecated ones only on request") {
    const auto all =
        world.ids_of({.owners = {"amazon"}, .include_deprecated = true, .filters = {filter("name", {kAmazonLinux})}});
    CHECK(all.size() > found.size());
  }
  SECTION("other ids in another region") {
    world.in("eu-central-1");
    const auto there = world.ids_of({.owners = {"amazon"}, .filters = {filter("name", {kAmazonLinux})}});
    CHECK_FALSE(there.empty());
    CHECK(std::ranges::find(there, *found.front().image_id) == there.end());
  }
}

TEST_CASE("DescribeImages cuts pages across own and public images", "[images][DescribeImages]") {
  ImageWorld world;
  for (int i = 0; i < 7; ++i) world.image("own-" + std::to_string(i));
  ec2::DescribeImagesRequest request{.filters = {filter("name", {"own-*", kAmazonLinux})}};
  const Ids everything = world.ids_of(request);
  REQUIRE(everything.size() > 8);

  Ids paged;
  request.max_results = 5;
  do {
    const auto page = world.call(request);
    CHECK(page.images.size() <= 5);
    for (const auto& image : page.images) paged.push_back(*image.image_id);
    request.next_token = page.next_token;
  } while (request.next_token);
  CHECK(paged == everything);
}

TEST_CASE("DescribeImages refuses bad pages", "[images][DescribeImages]") {
  ImageWorld world;
  const std::string id = world.image("one");
  CHECK(world.error_of(ec2::DescribeImagesRequest{.max_results = 4}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeImagesRequest{.max_results = 1001}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeImagesRequest{.next_token = "x"}) == "InvalidNextToken");
  CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {id}, .max_results = 5}) ==
        "InvalidParameterCombination");
}

TEST_CASE("A launch is reported in LastLaunchedTime a day later", "[images][RunInstances]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto launch = [&] {
    auto call = world.make_call();
    handlers::note_launch(call, handlers::find_launchable_image(call, id));
  };
  launch();
  world.advance(23h);
  CHECK_FALSE(world.describe(id).last_launched_time);
  launch();
  world.advance(1h);
  CHECK(world.describe(id).last_launched_time == "2026-01-02T03:04:05.000Z");
  world.advance(23h);
  CHECK(world.describe(id).last_launched_time == "2026-01-03T02:04:05.000Z");
}

TEST_CASE("Only images that are available and shared can be launched", "[images][RunInstances]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto launch_error = [&](const std::string& image_id) -> std::string {
    auto call = world.make_call();
    try {
      handlers::find_launchable_image(call, image_id);
      return {};
    } catch (const handlers::ApiError& error) {
      return error.code() + ": " + error.message();
    }
  };
  CHECK(launch_error(id).empty());
  CHECK(launch_error("ami-nonsense").starts_with("InvalidAMIID.Malformed"));
  CHECK(launch_error("ami-00000000000000000") ==
        "InvalidAMIID.NotFound: The image id '[ami-00000000000000000]' does not exist");
  world.as(kOtherAccount);
  CHECK(launch_error(id) == "AuthFailure: Not authorized for images: [" + id + "]");
  world.as(kAccount).share(id, {.user_id = std::string(kOtherAccount)});
  world.as(kOtherAccount);
  CHECK(launch_error(id).empty());
  for (const std::string state : {"pending", "failed", "disabled"}) {
    world.change_image(id, [&](state::Image& image) { image.image.state = state; });
    CHECK(launch_error(id) == "InvalidAMIID.Unavailable: The image ID '" + id + "' is no longer available");
  }
  world.as(kAccount).call(ec2::DeregisterImageRequest{.image_id = id});
  CHECK(launch_error(id).starts_with("InvalidAMIID.Unavailable"));
}
