#include "model/json.hpp"

#include "model/ec2.hpp"
#include "model/state_fixture.hpp"
#include "model/tiny.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace amity;
using model::JsonError;
using model::JsonReading;
using model::JsonWriting;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

const auto kTime = *model::parse_iso8601("2026-01-02T03:04:05.678Z");

tiny::Thing full_thing() {
  tiny::Thing leaf{.thing_id = "leaf", .place = {.name = "under"}};
  return {.thing_id = "thing-1",
          .labels = {"one", "two"},
          .name = "golden",
          .is_public = true,
          .count = 7,
          .size = std::numeric_limits<std::int64_t>::min(),
          .weight = 0.1,
          .made_at = kTime,
          .data = "\0\xff\x01"s,
          .secret = "hush",
          .color = tiny::Color::dark_blue,
          .instance_type = "anything",
          .owner = tiny::Owner{.name = "me", .since = kTime},
          .place = {.name = "here"},
          .parent = {leaf},
          .parts = {leaf, leaf},
          .grid = {{1, -2}, {}, {std::numeric_limits<std::int32_t>::max()}},
          .notes = {{"b", "first"}, {"a", ""}},
          .owners = {{"x", {.name = "her"}}}};
}

// Reads into a new T; the error's text, "" without one.
template <class T>
std::string error_of(std::string_view json, JsonReading how = {}) {
  T structure;
  const auto error = model::read_json(json, T::shape, &structure, how);
  return error ? std::to_string(error->line) + ": " + error->field + " " + error->message : "";
}

template <class T>
T read(std::string_view json, JsonReading how = {}) {
  T structure;
  const auto error = model::read_json(json, T::shape, &structure, how);
  INFO(json);
  if (error) FAIL(error->line << ' ' << error->field << ' ' << error->message);
  return structure;
}

template <class T>
std::string write(const T& structure, JsonWriting how) {
  std::string json;
  model::append_json(json, T::shape, &structure, how);
  return json;
}

constexpr JsonReading kStrict{.ignore_unknown = false, .check_constraints = true};

}  // namespace

TEST_CASE("A structure with every kind of member survives a round trip", "[model][json]") {
  const std::string json = model::to_json(full_thing());
  const auto copy = model::from_json<tiny::Thing>(json);
  REQUIRE(copy);
  CHECK(model::to_json(*copy) == json);
  CHECK(copy->size == std::numeric_limits<std::int64_t>::min());
  CHECK(copy->weight == 0.1);
  CHECK(copy->made_at == kTime);
  CHECK(copy->data == "\0\xff\x01"s);
  CHECK(copy->parent.at(0).place.name == "under");
  CHECK(copy->grid == std::vector<std::vector<std::int32_t>>{{1, -2}, {}, {std::numeric_limits<std::int32_t>::max()}});
  CHECK(copy->notes == model::Map<std::string>{{"b", "first"}, {"a", ""}});
  CHECK(copy->owners.at(0).second.name == "her");
}

TEST_CASE("JSON is written in the API's names, without what is absent", "[model][json]") {
  CHECK(model::to_json(tiny::Owner{.name = "me"}) == R"({"Name":"me"})");
  CHECK(model::to_json(tiny::Owner{.name = "me", .since = kTime}) ==
        R"({"Name":"me","Since":"2026-01-02T03:04:05.678Z"})");
  CHECK(model::to_json(tiny::Filter{}) == "{}");
  CHECK(model::to_json(tiny::DropThingRequest{.dry_run = false}) == R"({"ThingId":"","DryRun":false})");
  CHECK(model::to_json(tiny::Thing{.thing_id = "t", .data = "\x01\x02", .place = {.name = "p"}, .grid = {{1}, {}}}) ==
        R"({"ThingId":"t","Data":"AQI=","Place":{"Name":"p"},"Grid":[[1],[]]})");
}

TEST_CASE("JSON for a wire may hold epoch times and empty lists, and no members of the head", "[model][json]") {
  CHECK(write(tiny::Owner{.name = "me", .since = kTime}, {.times = model::JsonTimes::EpochSeconds}) ==
        R"({"Name":"me","Since":1767323045.678})");
  CHECK(write(tiny::Owner{.name = "me", .since = *model::parse_iso8601("1969-12-31T23:59:59Z")},
              {.times = model::JsonTimes::EpochSeconds}) == R"({"Name":"me","Since":-1})");
  CHECK(write(tiny::Filter{.name = "n"}, {.empty_lists = true}) == R"({"Name":"n","Values":[]})");
  const tiny::GetPartRequest request{.thing_id = "t", .start = 1, .checksum = "c"};
  CHECK(write(request, {.body_only = true}) == "{}");
  CHECK(write(tiny::GetPartResult{.length = 1, .part = "x"}, {.body_only = true}) == "{}");
  CHECK_FALSE(read<tiny::GetPartRequest>(R"({"Start":1})", {.body_only = true}).start);
}

TEST_CASE("Every text survives a round trip as JSON", "[model][json]") {
  std::string all_bytes;
  for (char c = 0; c < 0x7f; ++c) all_bytes += c;
  for (const std::string& text :
       {""s, all_bytes, "\x7f \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80 \xe2\x80\xa8"s, "\"\\/"s}) {
    const std::string json = model::to_json(tiny::Owner{.name = text});
    CHECK(json.find('\n') == std::string::npos);
    CHECK(read<tiny::Owner>(json).name == text);
  }
  CHECK(model::list_to_json(std::vector<std::string>{"a\"b", "", "\n"}) == R"(["a\"b","","\n"])");
  CHECK(model::list_to_json(std::vector<std::string>{}) == "[]");
}

TEST_CASE("Numbers survive a round trip as JSON, and what is no number is null", "[model][json]") {
  for (const double number : {0.0, -0.0, 1.0, 0.1, 1e-300, 1.7976931348623157e308, 5e-324, 123456789.123456789}) {
    const std::string json = model::to_json(tiny::Thing{.weight = number});
    CHECK(read<tiny::Thing>(json).weight == number);
  }
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(read<tiny::Thing>(model::to_json(tiny::Thing{.weight = none})).weight);
  CHECK(read<tiny::Thing>(R"({"Weight":3})").weight == 3.0);
  CHECK(read<tiny::Thing>(R"({"Weight":18446744073709551615})").weight == 18446744073709551615.0);
  CHECK(read<tiny::Thing>(R"({"Size":9223372036854775807})").size == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("What the AWS CLI prints is read", "[model][json]") {
  const auto image = read<ec2::Image>(R"({
    "Architecture": "x86_64",
    "CreationDate": "2026-01-02T03:04:05.000Z",
    "ImageId": "ami-0123456789abcdef0",
    "Public": false,
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": false, "SnapshotId": "snap-1"}},
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    ],
    "Tags": [{"Key": "Name", "Value": "golden"}],
    "SomethingOfTomorrow": {"Deep": [[{"x": null}], 1.5, true]}
  })");
  CHECK(image.architecture == "x86_64");
  CHECK(image.is_public == false);
  REQUIRE(image.block_device_mappings.size() == 2);
  CHECK(image.block_device_mappings.at(0).ebs->volume_size == 8);
  CHECK_FALSE(image.block_device_mappings.at(1).ebs);
  CHECK(image.tags.at(0).value == "golden");
  const auto volume = read<ec2::Volume>(R"({"CreateTime": "2026-01-02T04:04:05.678+01:00", "Size": 8})");
  CHECK(volume.create_time == kTime);
}

TEST_CASE("Times are read from text and from epoch seconds", "[model][json]") {
  const auto since = [](std::string_view value) {
    return read<tiny::Owner>(R"({"Since":)" + std::string(value) + "}").since;
  };
  CHECK(since("1767323045.678") == kTime);
  CHECK(since("\"2026-01-02T03:04:05.678Z\"") == kTime);
  CHECK(since("0") == model::Timestamp{});
  CHECK(since("-1.5") == model::Timestamp(std::chrono::milliseconds(-1500)));
  CHECK(since("253402300799.999") == model::kLatestTimestamp);
  for (const char* value : {"253402300800", "-1e300", "1e300", "\"yesterday\"", "\"\"", "\"1767323045\""})
    CHECK(error_of<tiny::Owner>(R"({"Since":)" + std::string(value) + "}") == "1: Since has an invalid value");
  CHECK(error_of<tiny::Owner>(R"({"Since":true})") == "1: Since is of the wrong type");
}

TEST_CASE("A single value stands for a list of one, unless lists must be lists", "[model][json]") {
  CHECK(read<tiny::Filter>(R"({"Values":"x"})").values == std::vector<std::string>{"x"});
  CHECK(read<state::Fixture>(R"({"Region":"*"})").region == std::vector<std::string>{"*"});
  CHECK(read<tiny::DescribeThingsRequest>(R"({"Filters":{"Name":"n"}})").filters.at(0).name == "n");
  const JsonReading lists{.lists_of_one = false};
  CHECK(error_of<tiny::Filter>(R"({"Values":"x"})", lists) == "1: Values must be a list");
  CHECK(error_of<tiny::DescribeThingsRequest>(R"({"Filters":{"Name":"n"}})", lists) == "1: Filters must be a list");
}

TEST_CASE("A list of structures is read, or one alone", "[model][json]") {
  const auto read_list = [](std::string_view json, std::vector<tiny::Owner>& owners) {
    return model::read_json_list(json, tiny::Owner::shape, model::list_access<tiny::Owner>, &owners);
  };
  std::vector<tiny::Owner> owners;
  CHECK_FALSE(read_list(R"([{"Name":"a"},{"Name":"b"}])", owners));
  CHECK_FALSE(read_list(R"({"Name":"c"})", owners));
  CHECK_FALSE(read_list("[]", owners));
  REQUIRE(owners.size() == 3);
  CHECK(owners.at(2).name == "c");
  CHECK(read_list(R"([{"Name":"a"},
                      {"Name":1}])",
                  owners)
            ->field == "[1].Name");
  for (const char* json : {"1", "\"x\"", "null", "[[]]", "[1]"}) CHECK(read_list(json, owners));
}

TEST_CASE("An absent or null member stays absent", "[model][json]") {
  const auto thing = read<tiny::Thing>(R"({"Name":null,"Owner":null,"Labels":null,"Notes":null,"Count":null})");
  CHECK_FALSE(thing.name);
  CHECK_FALSE(thing.owner);
  CHECK(thing.labels.empty());
  CHECK(thing.notes.empty());
  CHECK(read<tiny::Thing>(R"({"Labels":[null,"a",null]})").labels == std::vector<std::string>{"a"});
  CHECK(read<tiny::Thing>(R"({"Owner":{}})").owner);
}

TEST_CASE("An error names the line and the field", "[model][json]") {
  const std::string json = R"({
  "Things": [
    {"ThingId": "a"},
    {
      "Owner": {"Name": "n"},
      "Parts": [{}, {"Grid": [[1], [2, "x"]]}]
    }
  ]
})";
  CHECK(error_of<tiny::DescribeThingsResult>(json) == "6: Things[1].Parts[1].Grid[1][1] is of the wrong type");
  CHECK(error_of<tiny::Thing>("{\n\n\"Notes\": {\"a\": \"b\", \"c\": 1}}") == "3: Notes.c is of the wrong type");
  CHECK(error_of<tiny::Thing>("{\"Owner\": {\n\"Age\": 1}}", kStrict) == "2: Owner.Age is not a member of Owner");
  CHECK(error_of<tiny::Thing>("{\"Owner\": {\n}}", kStrict) == "2: Owner.Name is missing");
}

TEST_CASE("Values of the wrong type are refused", "[model][json]") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"Name":1})", "Name is of the wrong type"},
      {R"({"Name":{}})", "Name must not be an object"},
      {R"({"Name":[]})", "Name must not be a list"},
      {R"({"Public":"true"})", "Public is of the wrong type"},
      {R"({"Public":1})", "Public is of the wrong type"},
      {R"({"Count":"1"})", "Count is of the wrong type"},
      {R"({"Count":1.5})", "Count has an invalid value"},
      {R"({"Count":2147483648})", "Count has an invalid value"},
      {R"({"Count":-2147483649})", "Count has an invalid value"},
      {R"({"Size":9223372036854775808})", "Size has an invalid value"},
      {R"({"Data":"***"})", "Data has an invalid value"},
      {R"({"Owner":"me"})", "Owner must be an object"},
      {R"({"Owner":[]})", "Owner must not be a list"},
      {R"({"Labels":{}})", "Labels must be a list"},
      {R"({"Labels":[[]]})", "Labels[0] must not be a list"},
      {R"({"Labels":["a",{}]})", "Labels[1] must not be an object"},
      {R"({"Parts":["a"]})", "Parts[0] must be an object"},
      {R"({"Notes":[]})", "Notes must not be a list"},
      {R"({"Notes":"a"})", "Notes must be an object"},
  };
  for (const auto& [json, expected] : rows) CHECK(error_of<tiny::Thing>(json) == "1: "s + expected);
}

TEST_CASE("Text that is no JSON is refused", "[model][json]") {
  const std::string_view rows[] = {"",
                                   " ",
                                   "{",
                                   "}",
                                   "{\"Name\"}",
                                   "{\"Name\":}",
                                   "{Name:\"a\"}",
                                   "{\"Name\":\"a\",}",
                                   "{\"Name\":\"a\"}{}",
                                   "{\"Name\":\"a\"} x",
                                   "{\"Name\":\"a\"}\0"sv,
                                   "{\"Name\":\"a\0\"}"sv,
                                   "{\"Name\":\"a\nb\"}",
                                   "{\"Name\":\"\xff\"}",
                                   "{\"Name\":\"\xed\xa0\x80\"}",
                                   R"({"Name":"\ud800"})",
                                   R"({"Name":"\ud800x"})",
                                   R"({"Name":"\udc00\ud800"})",
                                   R"({"Name":"\x41"})",
                                   R"({"Count":01})",
                                   R"({"Count":+1})",
                                   R"({"Count":NaN})",
                                   R"({"Weight":1e999})",
                                   "{'Name':'a'}",
                                   "{/**/}"};
  for (const std::string_view json : rows) {
    INFO(json);
    CHECK_THAT(error_of<tiny::Thing>(json), Catch::Contains("not valid JSON"));
  }
  for (const char* json : {"null", "1", "\"x\"", "true", "[]", "[{}]"}) {
    INFO(json);
    CHECK(error_of<tiny::Thing>(json) == "1:  must be an object");
  }
}

TEST_CASE("A NUL and a pair of surrogates inside a text are kept", "[model][json]") {
  CHECK(read<tiny::Owner>(R"({"Name":"a\u0000b"})").name == "a\0b"s);
  CHECK(read<tiny::Owner>(R"({"Name":"\ud83d\ude00"})").name == "\xf0\x9f\x98\x80");
}

TEST_CASE("JSON may be nested 64 deep where it is known, and at will where it is skipped", "[model][json]") {
  const auto nested = [](std::size_t depth) {
    std::string json;
    for (std::size_t i = 0; i < depth; ++i) json += R"({"Parent":)";
    json += "{}" + std::string(depth, '}');
    return json;
  };
  CHECK(error_of<tiny::Thing>(nested(63)).empty());
  CHECK_THAT(error_of<tiny::Thing>(nested(64)), Catch::Contains("is nested too deeply"));
  CHECK_THAT(error_of<tiny::Thing>(nested(100000)), Catch::Contains("is nested too deeply"));
  const std::string skipped =
      R"({"Unknown":)" + std::string(100000, '[') + std::string(100000, ']') + R"(,"Name":"n"})";
  CHECK(read<tiny::Thing>(skipped).name == "n");
}

TEST_CASE("Members that are unknown are skipped with all that they hold", "[model][json]") {
  const auto owner = read<tiny::Owner>(
      R"({"A":{"Name":"no","B":[{"Name":"no"}]},"C":[1,{"Name":[]}],"D":null,"Name":"yes","E":"no"})");
  CHECK(owner.name == "yes");
}

TEST_CASE("A member that is given twice has its last value", "[model][json]") {
  CHECK(read<tiny::Owner>(R"({"Name":"a","Name":"b"})").name == "b");
}

TEST_CASE("Strict reading refuses what the model does not allow", "[model][json]") {
  const std::string required = R"("ThingId":"t","Place":{"Name":"p"})";
  CHECK(error_of<tiny::Thing>("{" + required + "}", kStrict).empty());
  const std::pair<const char*, const char*> rows[] = {
      {R"("Count":0)", "Count has a value that is not allowed"},
      {R"("Count":101)", "Count has a value that is not allowed"},
      {R"("Color":"blue")", "Color has a value that is not allowed"},
      {R"("Name":"no")", "Name has a value that is not allowed"},
      {R"("Name":"UPPER")", "Name has a value that is not allowed"},
      {R"("Labels":["abc","x"])", "Labels[1] has a value that is not allowed"},
      {R"("Labels":["abc","abc","abc","abc"])", "Labels has too many or too few elements"},
      {R"("Notes":{"k":"x"})", "Notes.k has a value that is not allowed"},
      {R"("Nonsense":1)", "Nonsense is not a member of Thing"},
  };
  for (const auto& [member, expected] : rows)
    CHECK(error_of<tiny::Thing>("{" + required + "," + member + "}", kStrict) == "1: "s + expected);
  CHECK(error_of<tiny::Thing>(R"({"ThingId":"t"})", kStrict) == "1: Place is missing");
  CHECK(error_of<tiny::Thing>(R"({"ThingId":null,"Place":{"Name":"p"}})", kStrict) == "1: ThingId is missing");
  CHECK(error_of<tiny::Thing>("{" + required + R"(,"InstanceType":"unheard.of"})", kStrict).empty());
  CHECK(error_of<tiny::Thing>(R"({"Color":"blue","Count":1000})").empty());
}

TEST_CASE("A big answer survives a round trip", "[model][json]") {
  ec2::DescribeInstancesResult result;
  for (int i = 0; i < 500; ++i) {
    ec2::Reservation& reservation = result.reservations.emplace_back();
    reservation.reservation_id = "r-" + std::to_string(i);
    ec2::Instance& instance = reservation.instances.emplace_back();
    instance.instance_id = "i-" + std::to_string(i);
    instance.launch_time = kTime + std::chrono::milliseconds(i);
    instance.state = ec2::InstanceState{.code = 16, .name = "running"};
    instance.tags = {{.key = "Name", .value = std::string(50, 'x')}};
    instance.block_device_mappings.emplace_back().ebs.emplace().volume_id = "vol-" + std::to_string(i);
  }
  const std::string json = model::to_json(result);
  const auto copy = model::from_json<ec2::DescribeInstancesResult>(json);
  REQUIRE(copy);
  CHECK(copy->reservations.size() == 500);
  CHECK(model::to_json(*copy) == json);
}
