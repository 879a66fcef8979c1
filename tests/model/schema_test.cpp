#include "model/schema.hpp"

#include "model/constraints.hpp"
#include "model/ec2.hpp"
#include "model/sts.hpp"
#include "model/tiny.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace amity;
using model::Constraints;
using model::Kind;
using model::Member;

namespace {

bool satisfies(const Constraints& constraints, const std::string& text) {
  return model::satisfies(constraints, Kind::String, &text);
}

template <class Number>
bool satisfies(const Constraints& constraints, Kind kind, Number number) {
  return model::satisfies(constraints, kind, &number);
}

const Member& member(std::string_view name) {
  const Member* found = tiny::Thing::shape.find(name);
  REQUIRE(found);
  return *found;
}

// Every shape that `shape` leads to.
void collect(const model::Shape& shape, std::set<const model::Shape*>& shapes) {
  if (!shapes.insert(&shape).second) return;
  for (const Member& one : shape.members) {
    if (one.shape) collect(*one.shape, shapes);
    for (const model::Element* element = one.element; element; element = element->element)
      if (element->shape) collect(*element->shape, shapes);
  }
}

std::set<const model::Shape*> all_shapes(const model::Service& service) {
  std::set<const model::Shape*> shapes;
  for (const model::Operation& operation : service.operations) {
    if (operation.input) collect(*operation.input, shapes);
    if (operation.output) collect(*operation.output, shapes);
  }
  return shapes;
}

}  // namespace

TEST_CASE("Members are found by the API's name and by the request's", "[model][schema]") {
  const model::Shape& shape = tiny::MakeThingRequest::shape;
  CHECK(shape.find("Color") == shape.find_query_name("Hue"));
  CHECK(shape.find("Labels") == shape.find_query_name("Label"));
  CHECK(shape.find("Owner")->query_name == "Owner");
  CHECK_FALSE(shape.find("color"));
  CHECK_FALSE(shape.find(""));
  CHECK_FALSE(shape.find_query_name("Color"));
}

TEST_CASE("Operations are found by name and know their shapes", "[model][schema]") {
  const model::Service& service = tiny::service();
  const model::Operation* make = service.find("MakeThing");
  REQUIRE(make);
  CHECK(make->input == &tiny::MakeThingRequest::shape);
  CHECK(make->output == &tiny::Thing::shape);
  CHECK(service.find("DropThing")->output == nullptr);
  const model::Operation* unlisted = service.find("NobodyListsThis");
  REQUIRE(unlisted);
  CHECK_FALSE(unlisted->listed);
  CHECK_FALSE(unlisted->input);
  for (const char* name : {"", "makeThing", "MakeThin", "MakeThings", "ZZZ"}) CHECK_FALSE(service.find(name));
  CHECK(service.find("GetPart")->http_path == "/things/{thingId}/part");
  CHECK(service.find("DescribeThings")->filters.size() == 3);
}

TEST_CASE("Scalars are reached through their descriptors", "[model][schema]") {
  tiny::Thing thing{.thing_id = "t", .count = 3};
  CHECK(*model::get_if<std::string>(member("ThingId"), &thing) == "t");
  CHECK(*model::get_if<std::int32_t>(member("Count"), &thing) == 3);
  CHECK(model::get_if<std::string>(member("Name"), &thing) == nullptr);
  model::set<std::string>(member("Name"), &thing, "new");
  model::set<std::string>(member("ThingId"), &thing, "u");
  CHECK(thing.name == "new");
  CHECK(thing.thing_id == "u");
  CHECK(model::scalar_address(member("Count"), &thing) == &*thing.count);
  CHECK(model::scalar_address(member("Size"), &thing) == nullptr);
  CHECK(model::scalar_address(member("Owner"), &thing) == nullptr);
  CHECK(model::scalar_address(member("Labels"), &thing) == nullptr);
}

TEST_CASE("Structures are reached and made through their descriptors", "[model][schema]") {
  tiny::Thing thing;
  CHECK(model::structure_of(member("Owner"), &thing) == nullptr);
  CHECK(model::structure_of(member("Parent"), &thing) == nullptr);
  CHECK(model::structure_of(member("Place"), &thing) == &thing.place);
  void* owner = model::emplace_structure(member("Owner"), &thing);
  CHECK(owner == &*thing.owner);
  CHECK(model::emplace_structure(member("Owner"), &thing) == owner);
  CHECK(model::emplace_structure(member("Place"), &thing) == &thing.place);
  model::emplace_structure(member("Parent"), &thing);
  model::emplace_structure(member("Parent"), &thing);
  CHECK(thing.parent.size() == 1);
}

TEST_CASE("Lists and maps are reached through their descriptors", "[model][schema]") {
  tiny::Thing thing{.labels = {"a", "b"}};
  const Member& labels = member("Labels");
  CHECK(labels.list_access->size(model::field_of(labels, &thing)) == 2);
  CHECK(labels.list_access->at(model::field_of(labels, &thing), 1) == &thing.labels[1]);
  *static_cast<std::string*>(labels.list_access->append(model::field_of(labels, &thing))) = "c";
  CHECK(thing.labels.back() == "c");
  const Member& notes = member("Notes");
  void* map = model::field_of(notes, &thing);
  *static_cast<std::string*>(notes.map_access->append(map, "key")) = "value";
  CHECK(notes.map_access->size(map) == 1);
  CHECK(notes.map_access->key(map, 0) == "key");
  CHECK(*static_cast<const std::string*>(notes.map_access->value(map, 0)) == "value");
}

TEST_CASE("The generated tables of every service hold together", "[model][schema]") {
  for (const model::Service* service : {&ec2::service(), &sts::service(), &tiny::service()}) {
    CHECK(std::ranges::is_sorted(service->operations, {}, &model::Operation::name));
    for (const model::Shape* shape : all_shapes(*service)) {
      INFO(service->name << ' ' << shape->name);
      std::set<std::string_view> names, query_names;
      for (const Member& one : shape->members) {
        INFO(one.name);
        CHECK(names.insert(one.name).second);
        CHECK(query_names.insert(one.query_name).second);
        CHECK((one.kind == Kind::Structure) == (one.shape != nullptr));
        CHECK((one.kind == Kind::Structure && one.optional) == (one.struct_access != nullptr));
        CHECK((one.kind == Kind::List) == (one.list_access != nullptr));
        CHECK((one.kind == Kind::Map) == (one.map_access != nullptr));
        CHECK((one.kind == Kind::List || one.kind == Kind::Map) == (one.element != nullptr));
        if (one.kind == Kind::List) CHECK_FALSE(one.optional);
      }
    }
  }
}

TEST_CASE("Requests and results name each other", "[model][schema]") {
  static_assert(std::is_same_v<tiny::MakeThingRequest::Result, tiny::Thing>);
  static_assert(std::is_void_v<tiny::DropThingRequest::Result>);
  CHECK(std::string_view(tiny::MakeThingRequest::kService) == "tiny");
  CHECK(std::string_view(tiny::MakeThingRequest::kOperation) == "MakeThing");
}

TEST_CASE("Lengths of texts are counted in characters, of blobs in bytes", "[model][constraints]") {
  const Constraints three{.min = 3, .max = 3};
  CHECK(satisfies(three, "abc"));
  CHECK(satisfies(three, "\xc3\xa4\xc3\xb6\xf0\x9f\x98\x80"));
  CHECK_FALSE(satisfies(three, "ab"));
  CHECK_FALSE(satisfies(three, "abcd"));
  const std::string bytes = "\xc3\xa4x";
  CHECK(model::satisfies(three, Kind::Blob, &bytes));
  CHECK(satisfies({}, std::string(100000, 'x')));
  CHECK(satisfies({.max = 0}, ""));
}

TEST_CASE("Numbers must be in their range", "[model][constraints]") {
  const Constraints range{.min = -1, .max = 5};
  for (const int number : {-1, 0, 5}) {
    CHECK(satisfies<std::int32_t>(range, Kind::Integer, number));
    CHECK(satisfies<std::int64_t>(range, Kind::Long, number));
  }
  for (const int number : {-2, 6}) {
    CHECK_FALSE(satisfies<std::int32_t>(range, Kind::Integer, number));
    CHECK_FALSE(satisfies<std::int64_t>(range, Kind::Long, number));
  }
  CHECK(satisfies<std::int64_t>({.min = 1}, Kind::Long, std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("An enumeration allows its values, case included", "[model][constraints]") {
  const Constraints& color = *member("Color").constraints;
  CHECK(satisfies(color, "dark-blue"));
  for (const char* text : {"", "Dark-Blue", "dark_blue", "dark-blue "}) CHECK_FALSE(satisfies(color, text));
}

TEST_CASE("A pattern must match the whole text", "[model][constraints]") {
  const Constraints digits{.pattern = "[0-9]{3}"};
  CHECK(satisfies(digits, "123"));
  for (const char* text : {"12", "1234", "a123", "123\n", ""}) CHECK_FALSE(satisfies(digits, text));
  CHECK(satisfies({.pattern = "^a?$"}, ""));
}

TEST_CASE("A pattern that cannot be read, or a text too long for it, refuses nothing", "[model][constraints]") {
  CHECK(satisfies({.pattern = R"(^[\p{L}]+$)"}, "a"));
  CHECK(satisfies({.pattern = R"([\u0020-\uD7FF]+)"}, "\xe2\x82\xac"));
  CHECK(satisfies({.pattern = "(?i)all"}, "ALL"));
  CHECK(satisfies({.pattern = R"([\s\S]*)"}, std::string(1 << 20, 'x')));
  CHECK(satisfies({.pattern = "(a|b)*c"}, std::string(1 << 20, 'a')));
}
