// Migrations of a database, whichever tool tells of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "sources/facts.h"

namespace dpol::sources {

// Facts of schemas/migrations.dpol.
class Migrations {
 public:
  // Of one version and name the later one counts. A state is one of the schema's.
  void add(std::string_view version, std::string_view name, std::string_view state,
           std::uint32_t line);
  // Migrations of which the tool tells how many there are and not which.
  void add_unlisted(std::string_view state, std::int64_t count);
  void set_current(std::string_view version) { current_ = version; }
  void set_dirty(bool dirty) { dirty_ = dirty_.value_or(false) || dirty; }
  void add_irreversible(bool one) { irreversible_ = irreversible_.value_or(0) + (one ? 1 : 0); }
  // What the tool cannot tell of: a state that it does not have, or a list that would not be whole.
  void knows_nothing_of(std::initializer_list<std::string_view> states) { untold_.insert(states); }
  void knows_all_of(std::string_view state) { untold_.erase(state); }
  // Whether there is a list to look at; one of a part would look like one of all.
  void lists(bool whole) { lists_ = whole; }

  void write(Facts& facts) const;

 private:
  struct Migration {
    std::string name;
    std::string_view state;
    std::uint32_t line = 0;
  };
  std::map<std::pair<std::string, std::string>, Migration> all_;
  std::map<std::string_view, std::int64_t> unlisted_;
  std::set<std::string_view> untold_;
  std::string current_;
  std::optional<bool> dirty_;
  std::optional<std::int64_t> irreversible_;
  bool lists_ = true;
};

}  // namespace dpol::sources
