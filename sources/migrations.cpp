// Migrations of databases: what Flyway, dbmate and golang-migrate print of the state of one.
// Not what they print while they migrate: a log says `Applied` of a migration that failed the line
// after. Each tool keeps less or more of what went wrong, so some facts are unknown of some.
#include "sources/migrations.h"

#include <algorithm>
#include <array>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

constexpr std::array<std::string_view, 5> kMigrationStates = {"applied", "pending", "failed",
                                                              "missing", "ignored"};

// ---- Flyway ----

// "" of a word that is not known: better no answer than a wrong one.
std::string_view flyway_state(std::string_view word) {
  struct Row {
    std::string_view word;
    std::string_view state;
  };
  static constexpr Row kRows[] = {
      {"Success", "applied"},
      {"Out of Order", "applied"},
      {"Baseline", "applied"},
      {"Superseded", "applied"},
      {"Future", "applied"},
      {"Below Baseline", "ignored"},
      {"Ignored (Baseline)", "ignored"},
      {"Above Target", "ignored"},
      {"Ignored", "ignored"},
      {"Available", "ignored"},
      {"Deleted", "ignored"},
      {"Pending", "pending"},
      {"Outdated", "pending"},
      {"Undone", "pending"},
      {"Failed", "failed"},
      {"Failed (Missing)", "failed"},
      {"Missing Failed", "failed"},
      {"Failed (Future)", "failed"},
      {"Future Failed", "failed"},
      {"Missing", "missing"},
      {"Missing Success", "missing"},
  };
  const auto* const found = std::ranges::find(kRows, word, &Row::word);
  return found == std::end(kRows) ? std::string_view() : found->state;
}

void flyway(const Documents& documents, Opened& file, Migrations& out) {
  const NodeRef root = file.json()->root();
  bool dirty = false;
  const NodeRef listed = *list_at(root, "migrations");
  for (const NodeRef one : listed) {
    const std::string_view state = flyway_state(text_at(one, "state"));
    if (state.empty()) {
      return documents.fail(file, one.line(), "a state of Flyway",
                            "`" + std::string(text_at(one, "state")) + "`");
    }
    std::string_view name = text_at(one, "filepath");
    name.remove_prefix(std::min(name.find_last_of("/\\") + 1, name.size()));
    if (name.empty()) name = text_at(one, "description");
    out.add(scalar_at(one, "version"), name, state, one.line());
    dirty = dirty || state == "failed";
    const std::string_view undoable = text_at(one, "undoable");
    if (state == "pending" && !undoable.empty()) out.add_irreversible(undoable != "Yes");
  }
  out.set_dirty(dirty);
  out.set_current(scalar_at(root, "schemaVersion"));
}

// ---- dbmate ----

// A migration that fails leaves no trace: it stays pending. Its counts at the end show that the
// list is whole.
void dbmate(const Documents& documents, Opened& file, Migrations& out) {
  std::map<char, std::int64_t> listed;
  std::map<std::string_view, std::optional<std::int64_t>> told;
  std::string_view current;
  for (const TextLine& line : file.lines()) {
    const std::string_view text = line.text;
    if (text.starts_with("[X] ") || text.starts_with("[ ] ")) {
      const std::string_view name = text.substr(4);
      const std::string_view version = name.substr(0, name.find('_'));
      out.add(version, name, text[1] == 'X' ? "applied" : "pending", line.number);
      ++listed[text[1]];
      if (text[1] == 'X') current = version;
    }
    for (const std::string_view word : {"Applied", "Pending"}) {
      if (text.starts_with(word) && text.substr(word.size()).starts_with(": "))
        told[word] = whole_number(text.substr(word.size() + 2));
    }
  }
  if (told["Applied"] != listed['X'] || told["Pending"] != listed[' ']) {
    return documents.fail(file, 0, "`Applied: N` and `Pending: N` that count the lines above",
                          "a document that is broken off");
  }
  out.set_current(current);
}

// ---- golang-migrate ----

// `3`, `3 (dirty)`: the version alone.
std::optional<std::string_view> migrate_version(std::string_view text, bool& dirty) {
  constexpr std::string_view kDirty = " (dirty)";
  dirty = text.ends_with(kDirty);
  if (dirty) text.remove_suffix(kDirty.size());
  return whole_number(text) ? std::optional(text) : std::nullopt;
}

std::string_view only_line(const Opened& file) {
  std::string_view found;
  for (const TextLine& line : file.lines()) {
    if (line.text.empty()) continue;
    if (!found.empty()) return {};
    found = line.text;
  }
  return found;
}

template <class Read>
void read_all(const Documents& documents, Facts& facts, const Read& read) {
  Migrations migrations;
  for (Opened& file : documents.files) read(documents, file, migrations);
  migrations.write(facts);
}

}  // namespace

void Migrations::add(std::string_view version, std::string_view name, std::string_view state,
                     std::uint32_t line) {
  all_.insert_or_assign({std::string(version), std::string(name)},
                        Migration{std::string(name), state, line});
}

void Migrations::add_unlisted(std::string_view state, std::int64_t count) {
  unlisted_[state] += count;
  if (count > 0) lists_ = false;
}

void Migrations::write(Facts& facts) const {
  std::map<std::string_view, std::int64_t> counts = unlisted_;
  for (const auto& [key, one] : all_) ++counts[one.state];
  for (const std::string_view state : kMigrationStates)
    untold_.contains(state) ? facts.unknown(state) : facts.integer(state, counts[state]);
  irreversible_ ? facts.integer("irreversible", *irreversible_) : facts.unknown("irreversible");
  dirty_ ? facts.boolean("dirty", *dirty_) : facts.unknown("dirty");
  if (!current_.empty()) facts.text("current", current_);
  if (!lists_) return facts.unknown("migrations");
  facts.open_list("migrations");
  for (const auto& [key, one] : all_) {
    facts.open_map({}, one.line);
    facts.text("version", key.first, one.line);
    facts.text("name", one.name, one.line);
    facts.text("state", one.state, one.line);
    facts.close();
  }
  facts.close();
}

bool recognise_flyway(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && list_at(document->root(), "migrations") &&
         entry(document->root(), "flywayVersion") &&
         text_at(document->root(), "operation") == "info";
}
void read_flyway(const Documents& documents, Facts& facts) { read_all(documents, facts, flyway); }

bool recognise_dbmate(Opened& file) {
  for (const TextLine& line : file.lines()) {
    if (line.text.empty()) continue;
    return line.text.starts_with("[X] ") || line.text.starts_with("[ ] ") ||
           line.text.starts_with("Applied: 0");
  }
  return false;
}
void read_dbmate(const Documents& documents, Facts& facts) { read_all(documents, facts, dbmate); }

bool recognise_golang_migrate(Opened& file) {
  bool dirty = false;
  return file.shape() == inputs::Shape::text && migrate_version(only_line(file), dirty);
}
void read_golang_migrate(const Documents& documents, Facts& facts) {
  Migrations migrations;
  migrations.knows_nothing_of({"applied", "pending", "missing", "ignored"});
  migrations.lists(false);
  bool any_dirty = false;
  for (Opened& file : documents.files) {
    if (!file.bytes().ends_with('\n'))
      return documents.fail(file, 0, "a last line that ends", "a document that is broken off");
    bool dirty = false;
    migrations.set_current(*migrate_version(only_line(file), dirty));
    migrations.set_dirty(dirty);
    any_dirty = any_dirty || dirty;
  }
  if (any_dirty) migrations.add_unlisted("failed", 1);
  migrations.write(facts);
}

}  // namespace dpol::sources
