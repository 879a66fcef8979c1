#include "handlers/fixture_form.hpp"

#include "model/json.hpp"

#include <deque>

namespace amity::handlers {
namespace {

using model::Element;
using model::Kind;
using model::Member;
using model::Shape;

// state::Image holds an ec2::Image under its own name, and so do the others.
bool is_core(const Shape& shape, const Member& member) {
  return member.kind == Kind::Structure && !member.optional && member.name == shape.name;
}

// Makes tables that describe the same structs as the generated ones, but in the flat form.
class Flattener {
 public:
  const Shape& flatten(const Shape& shape) {
    std::vector<Member> members;
    for (const Member& member : shape.members) {
      if (is_core(shape, member))
        lift(member, members);
      else
        members.push_back(flatten(member));
    }
    members_.push_back(std::move(members));
    return shapes_.emplace_back(Shape{.name = shape.name, .members = members_.back()});
  }

 private:
  // The members of the structure inside become members of the structure around it.
  static void lift(const Member& core, std::vector<Member>& members) {
    for (Member member : core.shape->members) {
      member.offset += core.offset;
      members.push_back(member);
    }
  }

  Member flatten(Member member) {
    if (member.kind != Kind::List || member.element->kind != Kind::Structure || !is_ours(*member.element->shape))
      return member;
    Element element = *member.element;
    element.shape = &flatten(*element.shape);
    member.element = &elements_.emplace_back(element);
    return member;
  }

  static bool is_ours(const Shape& shape) {
    if (shape.name == state::FixtureReservation::shape.name) return true;
    for (const Member& member : shape.members)
      if (is_core(shape, member)) return true;
    return false;
  }

  // What does not move when more is added.
  std::deque<std::vector<Member>> members_;
  std::deque<Element> elements_;
  std::deque<Shape> shapes_;
};

// Every resource on a line of its own, so that people and diff can read it.
void append_resources(std::string& out, const Member& list, const void* field) {
  out += '[';
  for (std::size_t i = 0; i < list.list_access->size(field); ++i) {
    out += i == 0 ? "\n" : ",\n";
    model::append_json(out, *list.element->shape, list.list_access->at(field, i));
  }
  out += ']';
}

void append_fixture(std::string& out, const state::Fixture& fixture) {
  out += '{';
  for (const Member& member : fixture_shape().members) {
    const Member only[] = {member};
    std::string json;
    if (member.kind == Kind::List && member.element->kind == Kind::Structure) {
      const void* field = model::field_of(member, static_cast<const void*>(&fixture));
      if (member.list_access->size(field) == 0) continue;
      json = '"' + std::string(member.name) + "\":";
      append_resources(json, member, field);
    } else {
      model::append_json(json, Shape{.name = {}, .members = only}, &fixture);
      if (json == "{}") continue;
      json = json.substr(1, json.size() - 2);
    }
    out.append(out.back() == '{' ? "" : ",\n").append(json);
  }
  out += '}';
}

}  // namespace

const Shape& fixture_shape() {
  static Flattener flattener;
  static const Shape& shape = flattener.flatten(state::Fixture::shape);
  return shape;
}

std::vector<state::Fixture> parse_fixtures(const FixtureText& text) {
  std::vector<state::Fixture> fixtures;
  const auto error = model::read_json_list(text.text, fixture_shape(), model::list_access<state::Fixture>, &fixtures,
                                           {.known_at_top = true});
  if (error) throw FixtureError(text.name, error->line, error->field, error->message);
  return fixtures;
}

std::string write_fixtures(const std::vector<state::Fixture>& fixtures) {
  std::string json = "[";
  for (const state::Fixture& fixture : fixtures) {
    if (json.size() > 1) json += ",\n";
    append_fixture(json, fixture);
  }
  return json + "]";
}

}  // namespace amity::handlers
