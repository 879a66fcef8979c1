#include "emulator/query_decoder.hpp"

#include "emulator/http.hpp"
#include "handlers/errors.hpp"
#include "model/constraints.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace amity::emulator {
namespace {

namespace errors = handlers::errors;

constexpr std::size_t kMaxDepth = 24;

// A segment of the parameters' names, with what stands behind it: "Filter.1.Name=x" is Filter -> 1 -> Name = "x".
struct Node {
  std::string_view segment;
  const std::string* value = nullptr;
  std::vector<Node> children;
};

bool belongs_to_the_protocol(std::string_view name) {
  static constexpr std::string_view kNames[] = {"Action",    "Version",         "AWSAccessKeyId",
                                                "Signature", "SignatureMethod", "SignatureVersion",
                                                "Timestamp", "Expires",         "SecurityToken"};
  return name.starts_with("X-Amz-") || std::ranges::find(kNames, name) != std::end(kNames);
}

void place(Node& root, const QueryParameter& parameter) {
  Node* node = &root;
  std::string_view rest = parameter.first;
  for (std::size_t depth = 0;; ++depth) {
    if (depth == kMaxDepth) throw errors::unknown_parameter(parameter.first);
    const auto dot = rest.find('.');
    const std::string_view segment = rest.substr(0, dot);
    // Names arrive sorted, so a segment that was seen before is the last one.
    if (node->children.empty() || node->children.back().segment != segment)
      node->children.push_back({.segment = segment, .value = nullptr, .children = {}});
    node = &node->children.back();
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (!node->value) node->value = &parameter.second;
}

Node tree_of(const QueryParameters& parameters) {
  std::vector<const QueryParameter*> sorted;
  for (const QueryParameter& parameter : parameters.all())
    if (!belongs_to_the_protocol(parameter.first)) sorted.push_back(&parameter);
  std::ranges::stable_sort(sorted, {},
                           [](const QueryParameter* parameter) -> const std::string& { return parameter->first; });
  Node root;
  for (const QueryParameter* parameter : sorted) place(root, *parameter);
  return root;
}

std::string join(std::string_view path, std::string_view segment) {
  return path.empty() ? std::string(segment) : fmt::format("{}.{}", path, segment);
}

// The first parameter below `node`, to name it in an error.
std::string leaf_name(const Node& node, std::string path) {
  const Node* at = &node;
  while (!at->value && !at->children.empty()) {
    at = &at->children.front();
    path = join(path, at->segment);
  }
  return path;
}

template <class Number>
Number parse_number(std::string_view text, std::string_view path) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw errors::invalid_value(path, text, "It must be a number.");
  if constexpr (std::is_floating_point_v<Number>)
    if (!std::isfinite(value)) throw errors::invalid_value(path, text, "It must be a finite number.");
  return value;
}

bool parse_boolean(std::string_view text, std::string_view path) {
  if (equals_ignoring_case(text, "true") || text == "1") return true;
  if (equals_ignoring_case(text, "false") || text == "0") return false;
  throw errors::invalid_value(path, text, "It must be true or false.");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// EC2 takes the names of attributes in any case and with blanks around them; Ansible counts on it.
std::string parse_attribute_name(std::string_view text, const model::Constraints* constraints) {
  if (constraints)
    for (const std::string_view value : constraints->values)
      if (equals_ignoring_case(value, trimmed(text))) return std::string(value);
  return std::string(text);
}

// Packer and other older clients send what they have no value for as "VpcId=". For a member that names a resource EC2
// takes that for absent; elsewhere an empty text is a value ("Description=", "NoDevice=").
bool is_absent_when_empty(const model::Member& member) {
  return member.optional && member.kind == model::Kind::String &&
         (member.name.ends_with("Id") || member.name.ends_with("Arn") || member.name.ends_with("Zone"));
}

// Lists of instances are the one thing that EC2 misses in words of its own.
handlers::ApiError missing(const model::Member& member, const std::string& path) {
  if (member.kind == model::Kind::List && member.query_name == "InstanceId")
    return errors::invalid_parameter_combination("No instances specified");
  return errors::missing_parameter(path);
}

class Decoder {
 public:
  explicit Decoder(QueryDialect dialect) : dialect_(dialect) {}

  void structure(const Node& node, const std::string& path, const model::Shape& shape, void* target) const {
    for (const Node& child : node.children) {
      const model::Member* member = shape.find_query_name(child.segment);
      if (!member) throw errors::unknown_parameter(leaf_name(child, join(path, child.segment)));
      read_member(child, join(path, child.segment), *member, target);
    }
    for (const model::Member& member : shape.members)
      if (member.required && std::ranges::find(node.children, member.query_name, &Node::segment) == node.children.end())
        throw missing(member, join(path, member.query_name));
  }

 private:
  void read_member(const Node& node, const std::string& path, const model::Member& member, void* target) const {
    if (member.kind == model::Kind::Structure) {
      refuse_value(node, path);
      structure(node, path, *member.shape, model::emplace_structure(member, target));
    } else if (member.kind == model::Kind::List) {
      list(node, path, *member.list_access, *member.element, model::field_of(member, target));
      check_list_length(member, path, target);
    } else {
      scalar_member(node, path, member, target);
    }
  }

  static void check_list_length(const model::Member& member, const std::string& path, const void* target) {
    const auto length = static_cast<std::int64_t>(member.list_access->size(model::field_of(member, target)));
    if (member.required && length == 0) throw missing(member, path);
    if (!member.constraints) return;
    if ((member.constraints->max && length > *member.constraints->max) ||
        (member.constraints->min && length > 0 && length < *member.constraints->min))
      throw errors::invalid_parameter_value(
          fmt::format("The parameter {} has {} elements, which is not allowed", path, length));
  }

  static void refuse_value(const Node& node, const std::string& path) {
    if (node.value) throw errors::unknown_parameter(path);
  }

  void list(const Node& node, const std::string& path, const model::ListAccess& access, const model::Element& element,
            void* target) const {
    if (dialect_ == QueryDialect::Aws) {
      // "Tags=" alone is an empty list.
      if (node.children.empty() && node.value && node.value->empty()) return;
      for (const Node& child : node.children)
        if (child.segment != "member") throw errors::unknown_parameter(leaf_name(child, join(path, child.segment)));
      if (!node.children.empty()) elements(node.children.front(), join(path, "member"), access, element, target);
      return;
    }
    // "Filter=", as older JavaScript SDKs write an empty list, is to EC2 a list of one element of which nothing is
    // said.
    if (node.children.empty() && node.value && node.value->empty()) {
      void* nothing = access.append(target);
      if (element.kind == model::Kind::Structure) structure(Node{}, path, *element.shape, nothing);
      return;
    }
    elements(node, path, access, element, target);
  }

  void elements(const Node& node, const std::string& path, const model::ListAccess& access,
                const model::Element& element, void* target) const {
    refuse_value(node, path);
    std::vector<std::pair<std::uint32_t, const Node*>> ordered;
    for (const Node& child : node.children) {
      std::uint32_t index = 0;
      const auto [end, error] = std::from_chars(child.segment.begin(), child.segment.end(), index);
      if (error != std::errc() || end != child.segment.end() || child.segment.size() > 9)
        throw errors::unknown_parameter(leaf_name(child, join(path, child.segment)));
      ordered.emplace_back(index, &child);
    }
    std::ranges::sort(ordered, {}, &std::pair<std::uint32_t, const Node*>::first);
    for (const auto& [index, child] : ordered) {
      const std::string child_path = join(path, child->segment);
      void* value = access.append(target);
      if (element.kind == model::Kind::Structure) {
        refuse_value(*child, child_path);
        structure(*child, child_path, *element.shape, value);
      } else if (element.kind == model::Kind::List) {
        list(*child, child_path, *element.access, *element.element, value);
      } else {
        scalar(text_of(*child, child_path), child_path, element.kind, element.constraints, value);
      }
    }
  }

  static const std::string& text_of(const Node& node, const std::string& path) {
    if (!node.children.empty() || !node.value) throw errors::unknown_parameter(leaf_name(node, path));
    return *node.value;
  }

  void scalar_member(const Node& node, const std::string& path, const model::Member& member, void* target) const {
    const std::string& text = text_of(node, path);
    if (text.empty() && is_absent_when_empty(member)) return;
    switch (member.kind) {
      case model::Kind::String:
        if (member.name == "Attribute")
          set_scalar<std::string>(parse_attribute_name(text, member.constraints), path, member, target);
        else
          set_scalar<std::string>(text, path, member, target);
        break;
      case model::Kind::Blob: set_scalar<std::string>(text, path, member, target); break;
      case model::Kind::Boolean: set_scalar<bool>(text, path, member, target); break;
      case model::Kind::Integer: set_scalar<std::int32_t>(text, path, member, target); break;
      case model::Kind::Long: set_scalar<std::int64_t>(text, path, member, target); break;
      case model::Kind::Double: set_scalar<double>(text, path, member, target); break;
      case model::Kind::Time: set_scalar<model::Timestamp>(text, path, member, target); break;
      case model::Kind::Structure:
      case model::Kind::List:
      case model::Kind::Map: break;
    }
  }

  template <class T>
  static void set_scalar(const std::string& text, const std::string& path, const model::Member& member, void* target) {
    T value{};
    scalar(text, path, member.kind, member.constraints, &value);
    model::set<T>(member, target, std::move(value));
  }

  static void scalar(const std::string& text, const std::string& path, model::Kind kind,
                     const model::Constraints* constraints, void* value) {
    switch (kind) {
      case model::Kind::String: *static_cast<std::string*>(value) = text; break;
      case model::Kind::Blob: {
        auto bytes = model::base64_decode(text);
        if (!bytes) throw errors::invalid_value(path, text, "It must be base64-encoded.");
        *static_cast<std::string*>(value) = *std::move(bytes);
        break;
      }
      case model::Kind::Boolean: *static_cast<bool*>(value) = parse_boolean(text, path); break;
      case model::Kind::Integer: *static_cast<std::int32_t*>(value) = parse_number<std::int32_t>(text, path); break;
      case model::Kind::Long: *static_cast<std::int64_t*>(value) = parse_number<std::int64_t>(text, path); break;
      case model::Kind::Double: *static_cast<double*>(value) = parse_number<double>(text, path); break;
      case model::Kind::Time: {
        const auto time = model::parse_iso8601(text);
        if (!time) throw errors::invalid_value(path, text, "It must be a time in the form YYYY-MM-DDThh:mm:ssZ.");
        *static_cast<model::Timestamp*>(value) = *time;
        break;
      }
      case model::Kind::Structure:
      case model::Kind::List:
      case model::Kind::Map: break;
    }
    if (constraints && !model::satisfies(*constraints, kind, value))
      throw errors::invalid_value(path, text, expectation(*constraints));
  }

  static std::string expectation(const model::Constraints& constraints) {
    if (!constraints.values.empty()) {
      if (constraints.values.size() > 20) return "It is not one of the allowed values.";
      return fmt::format("Expecting one of: {}.", fmt::join(constraints.values, ", "));
    }
    if (constraints.min && constraints.max)
      return fmt::format("Expecting between {} and {}.", *constraints.min, *constraints.max);
    if (constraints.min) return fmt::format("Expecting at least {}.", *constraints.min);
    if (constraints.max) return fmt::format("Expecting at most {}.", *constraints.max);
    return "It does not have the required form.";
  }

  QueryDialect dialect_;
};

}  // namespace

void decode_query(const QueryParameters& parameters, QueryDialect dialect, const model::Shape& shape, void* request) {
  const Node root = tree_of(parameters);
  Decoder(dialect).structure(root, "", shape, request);
}

}  // namespace amity::emulator
