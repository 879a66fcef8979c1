// What the generated descriptor tables are made of. A table says, for one API structure, what each member is called on
// every wire, what it may hold and where it lies in the generated struct; one walker per format reads the tables.
#pragma once

#include "model/timestamp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::model {

struct Shape;

// How a value is held: String and Blob as std::string, Boolean as bool, Integer as std::int32_t, Long as std::int64_t,
// Double as double, Time as model::Timestamp, Structure as its generated struct, List as std::vector, Map as
// model::Map.
enum class Kind : std::uint8_t { String, Boolean, Integer, Long, Double, Time, Blob, Structure, List, Map };

// Where the REST protocols put a member.
enum class Location : std::uint8_t { Body, Payload, Path, Query, Header };

// What the model allows of a scalar or a list; absent bounds are not checked. For strings and lists the bounds are
// lengths.
struct Constraints {
  std::span<const std::string_view> values{};  // of an enumeration, in the model's order
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
  std::string_view pattern{};
  bool sensitive = false;
};

// How to reach the elements of a std::vector<T> without knowing T.
struct ListAccess {
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
  void* (*append)(void* list);
};

// A map keeps its entries in the order they came in. It is small wherever the APIs have one.
template <class T>
using Map = std::vector<std::pair<std::string, T>>;

// How to reach the entries of a Map<T> without knowing T.
struct MapAccess {
  std::size_t (*size)(const void* map);
  const std::string& (*key)(const void* map, std::size_t index);
  const void* (*value)(const void* map, std::size_t index);
  void* (*append)(void* map, std::string key);
};

// How to reach the value of a member that may be absent without knowing its type.
struct StructAccess {
  const void* (*get)(const void* field);  // nullptr when absent
  void* (*emplace)(void* field);          // the value, made if it was absent
};

// The type of a list's elements, or of a map's values.
struct Element {
  Kind kind;
  const Constraints* constraints = nullptr;
  const Shape* shape = nullptr;           // of a Structure
  const ListAccess* access = nullptr;     // of a List
  const MapAccess* map_access = nullptr;  // of a Map
  const Element* element = nullptr;       // of a List or a Map
  std::string_view xml_name = "item";
};

struct Member {
  std::string_view name;        // the API's member name: JSON documents, fixtures
  std::string_view query_name;  // in a request of a query protocol
  std::string_view xml_name;    // in an XML answer
  std::uint32_t offset;
  Kind kind;
  bool required = false;
  bool optional = true;  // held as std::optional (never for lists)
  bool idempotency_token = false;
  bool always_present = false;  // a list that XML answers hold even when it is empty
  const Constraints* constraints = nullptr;
  const Shape* shape = nullptr;                 // of a Structure
  const StructAccess* struct_access = nullptr;  // of an optional Structure
  const ListAccess* list_access = nullptr;      // of a List
  const MapAccess* map_access = nullptr;        // of a Map
  const Element* element = nullptr;             // of a List or a Map
  Location location = Location::Body;           // REST protocols
  std::string_view wire_name{};                 // of a header, a query parameter or a part of the path
};

struct Shape {
  std::string_view name;
  std::span<const Member> members;

  const Member* find(std::string_view member_name) const;            // by API name
  const Member* find_query_name(std::string_view query_name) const;  // by request name
};

struct Operation {
  std::string_view name;
  const Shape* input = nullptr;   // nullptr when no handler was asked for in operations.txt
  const Shape* output = nullptr;  // nullptr when the operation answers nothing
  std::string_view result_wrapper{};
  std::span<const std::string_view> filters{};  // documented filter names, "tag:<key>" included
  bool listed = false;                          // named in operations.txt
  std::string_view http_method = "POST";
  std::string_view http_path = "/";  // "/snapshots/{snapshotId}/blocks"
  unsigned http_status = 200;        // of success
};

struct Service {
  std::string_view name;      // signing name: "ec2"
  std::string_view protocol;  // "ec2", "query", "json", "rest-json"
  std::string_view version;   // "2016-11-15"
  std::string_view xml_namespace;
  std::string_view target_prefix;         // of X-Amz-Target: "AmazonSSM"
  std::span<const Operation> operations;  // sorted by name

  const Operation* find(std::string_view operation_name) const;
};

// The value of a scalar member, or nullptr when it is absent.
template <class T>
const T* get_if(const Member& member, const void* structure) {
  const auto* field = static_cast<const std::byte*>(structure) + member.offset;
  if (!member.optional) return reinterpret_cast<const T*>(field);
  const auto& held = *reinterpret_cast<const std::optional<T>*>(field);
  return held ? &*held : nullptr;
}

template <class T>
void set(const Member& member, void* structure, T value) {
  auto* field = static_cast<std::byte*>(structure) + member.offset;
  if (member.optional)
    *reinterpret_cast<std::optional<T>*>(field) = std::move(value);
  else
    *reinterpret_cast<T*>(field) = std::move(value);
}

// The address of a list member, or of the value of a structure member (nullptr when absent).
inline const void* field_of(const Member& member, const void* structure) {
  return static_cast<const std::byte*>(structure) + member.offset;
}
inline void* field_of(const Member& member, void* structure) {
  return static_cast<std::byte*>(structure) + member.offset;
}
inline const void* structure_of(const Member& member, const void* structure) {
  const void* field = field_of(member, structure);
  return member.optional ? member.struct_access->get(field) : field;
}
inline void* emplace_structure(const Member& member, void* structure) {
  void* field = field_of(member, structure);
  return member.optional ? member.struct_access->emplace(field) : field;
}

template <class T>
inline constexpr ListAccess list_access{
    [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
    [](const void* list, std::size_t index) -> const void* {
      return &(*static_cast<const std::vector<T>*>(list))[index];
    },
    [](void* list) -> void* { return &static_cast<std::vector<T>*>(list)->emplace_back(); },
};

template <class T>
inline constexpr MapAccess map_access{
    [](const void* map) { return static_cast<const Map<T>*>(map)->size(); },
    [](const void* map, std::size_t index) -> const std::string& {
      return (*static_cast<const Map<T>*>(map))[index].first;
    },
    [](const void* map, std::size_t index) -> const void* { return &(*static_cast<const Map<T>*>(map))[index].second; },
    [](void* map, std::string key) -> void* {
      return &static_cast<Map<T>*>(map)->emplace_back(std::move(key), T{}).second;
    },
};

template <class T>
inline constexpr StructAccess optional_access{
    [](const void* field) -> const void* {
      const auto& held = *static_cast<const std::optional<T>*>(field);
      return held ? &*held : nullptr;
    },
    [](void* field) -> void* {
      auto& held = *static_cast<std::optional<T>*>(field);
      return held ? &*held : &held.emplace();
    },
};

// A structure that contains itself is held as a vector of at most one.
template <class T>
inline constexpr StructAccess boxed_access{
    [](const void* field) -> const void* {
      const auto& held = *static_cast<const std::vector<T>*>(field);
      return held.empty() ? nullptr : &held.front();
    },
    [](void* field) -> void* {
      auto& held = *static_cast<std::vector<T>*>(field);
      return held.empty() ? &held.emplace_back() : &held.front();
    },
};

}  // namespace amity::model
