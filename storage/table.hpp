// One way to keep every resource: a row with the columns that are searched, side tables for lists that are searched,
// and the document. A resource is declared once, as a TableSpec (storage/tables.cpp); Repository<T> gives it typed
// access.
#pragma once

#include "model/schema.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::storage {

class Database;

// Whose resources, and where.
struct Scope {
  std::string account;
  std::string region;

  friend bool operator==(const Scope&, const Scope&) = default;
};

// A column beside account, region and id: its value in a document; nullopt is NULL. Integers are passed as text of
// digits and stored by the column's own type.
struct ColumnSpec {
  std::string_view name;
  std::optional<std::string> (*value)(const void* document);
};

// A side table (owner, value) of a list in the document.
struct LinkSpec {
  std::string_view table;
  std::vector<std::string> (*values)(const void* document);
};

// Adapts a function over T to the untyped form that ColumnSpec and LinkSpec hold.
template <class T, auto Function>
auto over(const void* document) {
  return Function(*static_cast<const T*>(document));
}

struct TableSpec {
  std::string_view name;
  const model::Shape& shape;
  std::string (*id)(const void* document);
  std::span<const ColumnSpec> columns;
  std::span<const LinkSpec> links;
};

// Which rows. All conditions must hold.
class Query {
 public:
  // A column (or "id") equals `value`.
  Query& where(std::string_view column, std::string_view value);
  // A side table holds `value` for the row.
  Query& linked(std::string_view table, std::string_view value);
  // Rows behind this one: the next page.
  Query& after(std::int64_t row);
  Query& newest_first();

  // Whose rows; the account's own unless said otherwise.
  // Own, and those whose side table `share` names one of `grantees`.
  Query& or_shared(std::string_view share, std::span<const std::string> grantees);
  // Everybody's.
  Query& of_any_account();

 private:
  friend class TableCore;
  std::vector<std::pair<std::string, std::string>> columns_;
  std::vector<std::pair<std::string, std::string>> links_;
  std::string share_;
  std::string grantees_;  // JSON array
  std::int64_t after_ = 0;
  bool any_account_ = false;
  bool newest_first_ = false;
};

// The untyped half of Repository.
class TableCore {
 public:
  TableCore(Database& database, const TableSpec& spec, const Scope& scope)
      : database_(database), spec_(spec), scope_(scope) {}

  // The account that owns `id` in this region.
  std::optional<std::string> owner(std::string_view id) const;
  bool read(std::string_view id, bool any_account, void* document) const;
  // `visit` gets the row's number and its document as JSON text; it says whether to go on.
  using Visit = std::function<bool(std::int64_t row, std::string_view account, std::string_view document)>;
  void scan(const Query& query, const Visit& visit) const;
  std::size_t count(const Query& query) const;

  void insert(const void* document);
  void update(const void* document);
  void remove(std::string_view id);

 private:
  std::string conditions(const Query& query) const;
  class Statement bind_conditions(const std::string& sql, const Query& query) const;
  void bind_values(class Statement& statement, int first, const void* document) const;
  void write_links(std::int64_t row, const void* document);
  void parse(std::string_view json, void* document) const;
  friend class RepositoryAccess;
  template <class T>
  friend class Repository;

  Database& database_;
  const TableSpec& spec_;
  Scope scope_;
};

// The declaration of T's table; one specialization a resource, in storage/tables.hpp.
template <class T>
const TableSpec& table_of();

// The resources of one kind of one account in one region. Cheap to make; holds no state but its scope.
template <class T>
class Repository {
 public:
  Repository(Database& database, const Scope& scope) : core_(database, table_of<T>(), scope) {}

  const Scope& scope() const { return core_.scope_; }

  // The account's own resource.
  std::optional<T> find(std::string_view id) const { return read(id, false); }
  // The resource whoever owns it, in this region.
  std::optional<T> find_any(std::string_view id) const { return read(id, true); }
  std::optional<std::string> owner(std::string_view id) const { return core_.owner(id); }
  // The only or first one that fits.
  std::optional<T> find_by(const Query& query) const {
    std::optional<T> found;
    scan(query, [&](std::int64_t, const T& resource) {
      found = resource;
      return false;
    });
    return found;
  }

  // Visits rows in order of creation until `visit(row, resource)` answers false; the resource is the visitor's to take.
  // The table must not be changed meanwhile.
  template <class Visitor>
  void scan(const Query& query, Visitor visit) const {
    core_.scan(query, [&](std::int64_t row, std::string_view, std::string_view document) {
      T resource;
      core_.parse(document, &resource);
      return visit(row, resource);
    });
  }
  std::vector<T> all(const Query& query = {}) const {
    std::vector<T> resources;
    core_.scan(query, [&](std::int64_t, std::string_view, std::string_view document) {
      core_.parse(document, &resources.emplace_back());
      return true;
    });
    return resources;
  }
  std::size_t count(const Query& query = {}) const { return core_.count(query); }

  void insert(const T& resource) { core_.insert(&resource); }
  // Replaces the resource of the same id in this region, whoever owns it; ownership does not change.
  void update(const T& resource) { core_.update(&resource); }
  void remove(std::string_view id) { core_.remove(id); }

 private:
  std::optional<T> read(std::string_view id, bool any_account) const {
    std::optional<T> resource(std::in_place);
    if (!core_.read(id, any_account, &*resource)) resource.reset();
    return resource;
  }

  TableCore core_;
};

}  // namespace amity::storage
