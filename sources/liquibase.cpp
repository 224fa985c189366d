// What `liquibase status` and `liquibase history` print: texts for people, alone or with the log
// around them. Status tells what a database has yet to get, history what it got; neither tells of
// failures, as Liquibase writes down only what went well. A changeset is known by path, id and
// author together.

#include <algorithm>
#include <vector>

#include "sources/formats.h"
#include "sources/migrations.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

struct Changeset {
  std::string id;
  std::uint32_t line = 0;
};

// What is known of one database; of two reports of one kind the later one counts.
struct LiquibaseState {
  std::optional<std::int64_t> pending_count;
  bool has_history = false;
  std::map<std::string, Changeset> pending, applied;
  std::string last_applied;
};

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

// `[INFO] …` as Maven prints it, `[2026-05-04 10:11:12] INFO [liquibase.ui] …` as its own log does.
std::string_view without_log_prefix(std::string_view text) {
  if (!text.starts_with('[')) return text;
  const std::size_t end = text.find("] ");
  if (end == std::string_view::npos) return text;
  std::string_view rest = text.substr(end + 2);
  const std::size_t level = rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (level == 0 || level == std::string_view::npos) return rest;
  if (const std::size_t logger = rest.find("] ");
      rest.substr(level).starts_with(" [") && logger != std::string_view::npos)
    rest.remove_prefix(logger + 2);
  return rest;
}

// The URL alone: history has no user in front of it. Neither has a status without a user.
std::string_view database_of(std::string_view connection) {
  return connection.substr(connection.find('@') + 1);
}

struct LiquibaseHeading {
  enum class Kind : std::uint8_t { status, history };
  Kind kind = Kind::status;
  std::string_view database;
  std::int64_t pending = 0;
};

// A line that begins a report.
std::optional<LiquibaseHeading> liquibase_heading(std::string_view text) {
  constexpr std::string_view kUpToDate = " is up to date";
  constexpr std::string_view kHistory = "Liquibase History for ";
  text = without_log_prefix(text);
  if (text.starts_with(kHistory)) {
    return LiquibaseHeading{LiquibaseHeading::Kind::history, text.substr(kHistory.size()), 0};
  }
  if (text.ends_with(kUpToDate)) {
    text.remove_suffix(kUpToDate.size());
    if (text.find('@') == std::string_view::npos) return std::nullopt;
    return LiquibaseHeading{LiquibaseHeading::Kind::status, database_of(text), 0};
  }
  // Up to version 3 they were `change sets`.
  for (const std::string_view words :
       {" changesets have not been applied to ", " change sets have not been applied to "}) {
    const std::size_t at = text.find(words);
    if (at == std::string_view::npos) continue;
    const auto count = whole_number(text.substr(0, at));
    if (!count) return std::nullopt;
    return LiquibaseHeading{LiquibaseHeading::Kind::status,
                            database_of(text.substr(at + words.size())), *count};
  }
  return std::nullopt;
}

class Liquibase {
 public:
  // The reason why the document cannot be used, with the line of it.
  struct Fault {
    std::uint32_t line = 0;
    std::string expected, found;
  };

  std::optional<Fault> read(const Opened& file) {
    state_ = nullptr;
    for (const TextLine& line : file.lines()) {
      if (const auto heading = liquibase_heading(line.text)) {
        if (auto fault = end()) return fault;
        begin(*heading, line.number);
      } else if (state_ != nullptr && status_) {
        status_line(line);
      } else if (state_ != nullptr) {
        if (auto fault = history_line(line)) return fault;
      }
    }
    return end();
  }

  void write(Facts& facts) const {
    Migrations out;
    out.knows_nothing_of({"applied", "pending", "missing", "ignored"});
    if (every([](const LiquibaseState& one) { return one.has_history; }))
      out.knows_all_of("applied");
    if (every([](const LiquibaseState& one) { return one.pending_count.has_value(); })) {
      out.knows_all_of("pending");
    } else {
      // A list of what was applied alone would look like one without anything pending.
      out.lists(false);
    }
    for (const auto& [name, one] : databases_) add(one.applied, "applied", out);
    // A changeset that is to run again is pending, and so is one that a second database lacks.
    for (const auto& [name, one] : databases_) {
      add(one.pending, "pending", out);
      const auto listed = static_cast<std::int64_t>(one.pending.size());
      if (one.pending_count && *one.pending_count > listed)
        out.add_unlisted("pending", *one.pending_count - listed);
      if (!one.last_applied.empty()) out.set_current(one.last_applied);
    }
    out.write(facts);
  }

 private:
  template <class Is>
  bool every(const Is& is) const {
    return std::ranges::all_of(databases_, [&](const auto& one) { return is(one.second); });
  }

  static void add(const std::map<std::string, Changeset>& from, std::string_view state,
                  Migrations& out) {
    for (const auto& [name, one] : from) out.add(one.id, name, state, one.line);
  }

  void begin(const LiquibaseHeading& heading, std::uint32_t line) {
    state_ = &databases_[std::string(heading.database)];
    status_ = heading.kind == LiquibaseHeading::Kind::status;
    begun_at_ = line;
    listed_ = 0;
    columns_.reset();
    open_table_ = false;
    promised_.reset();
    if (status_) {
      state_->pending_count = heading.pending;
      state_->pending.clear();
    } else {
      state_->has_history = false;
      state_->applied.clear();
      state_->last_applied.clear();
    }
  }

  // At the end of a report: whether all of it was there.
  std::optional<Fault> end() {
    if (state_ == nullptr) return std::nullopt;
    if (status_) {
      // Without --verbose none is listed.
      if (listed_ == 0 || listed_ == *state_->pending_count) return std::nullopt;
      return Fault{begun_at_, "as many changesets below as the line says", std::to_string(listed_)};
    }
    if (!state_->has_history || open_table_ || (promised_ && *promised_ != listed_)) {
      return Fault{begun_at_, "a history of Liquibase to its end", "a document that is broken off"};
    }
    return std::nullopt;
  }

  // `     path::id::author`
  void status_line(const TextLine& line) {
    const std::string_view text = without_log_prefix(line.text);
    if (text.starts_with(' ') && listed_ < *state_->pending_count &&
        add_changeset(without_blanks(text), line.number, state_->pending))
      ++listed_;
  }

  bool add_changeset(std::string_view name, std::uint32_t line,
                     std::map<std::string, Changeset>& to) {
    const std::size_t first = name.find("::");
    const std::size_t last = name.rfind("::");
    if (first == std::string_view::npos || last < first + 2) return false;
    add_changeset(std::string(name), name.substr(first + 2, last - first - 2), line, to);
    return true;
  }

  void add_changeset(std::string name, std::string_view id, std::uint32_t line,
                     std::map<std::string, Changeset>& to) {
    if (&to == &state_->applied) state_->last_applied = id;
    to.insert_or_assign(std::move(name), Changeset{std::string(id), line});
  }

  // As tables, one for each deployment, or, in older versions and with `--format=TEXT`, as texts.
  std::optional<Fault> history_line(const TextLine& line) {
    const std::string_view text = without_log_prefix(line.text);
    if (text.starts_with("No changesets deployed")) {
      state_->has_history = true;
    } else if (text.starts_with("- Database updated at ")) {
      if (promised_ && *promised_ != listed_) return end();
      const std::size_t at = text.find(" Applied ");
      const std::string_view from =
          at == std::string_view::npos ? std::string_view() : text.substr(at + 9);
      promised_ = whole_number(from.substr(0, from.find(' ')));
      if (!promised_) return Fault{line.number, "`Applied N changeset(s)`", "none"};
      listed_ = 0;
      state_->has_history = true;
    } else if (promised_ && text.starts_with(' ')) {
      if (add_changeset(without_blanks(text), line.number, state_->applied)) ++listed_;
    } else if (text.starts_with('|')) {
      return table_row(text, line.number);
    } else if (text.starts_with("+-")) {
      if (columns_) open_table_ = false;
    }
    return std::nullopt;
  }

  std::optional<Fault> table_row(std::string_view text, std::uint32_t line) {
    std::vector<std::string_view> cells;
    for (std::string_view rest = text.substr(1); !rest.empty();) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      cells.push_back(without_blanks(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto column = [&](std::string_view name) {
      return static_cast<std::size_t>(std::ranges::find(cells, name) - cells.begin());
    };
    open_table_ = true;
    if (const Columns found{column("Changelog Path"), column("Changeset ID"),
                            column("Changeset Author"), cells.size()};
        found.path < cells.size() && found.id < cells.size() && found.author < cells.size()) {
      columns_ = found;
      return std::nullopt;
    }
    if (!columns_ || cells.size() != columns_->count)
      return Fault{line, "a row of the table with all of its cells", "another"};
    const std::string_view id = cells[columns_->id];
    add_changeset(std::string(cells[columns_->path])
                      .append("::")
                      .append(id)
                      .append("::")
                      .append(cells[columns_->author]),
                  id, line, state_->applied);
    state_->has_history = true;
    return std::nullopt;
  }

  struct Columns {
    std::size_t path = 0, id = 0, author = 0, count = 0;
  };

  std::map<std::string, LiquibaseState> databases_;
  // Of the report that is being read.
  LiquibaseState* state_ = nullptr;
  bool status_ = false;
  std::uint32_t begun_at_ = 0;
  std::int64_t listed_ = 0;
  std::optional<Columns> columns_;
  bool open_table_ = false;
  std::optional<std::int64_t> promised_;
};

}  // namespace

bool recognise_liquibase(Opened& file) {
  // A log begins with `[`, as JSON may.
  if (file.shape() != inputs::Shape::text && file.shape() != inputs::Shape::json) return false;
  for (const TextLine& line : file.lines()) {
    if (liquibase_heading(line.text)) return true;
  }
  return false;
}

void read_liquibase(const Documents& documents, Facts& facts) {
  Liquibase reader;
  for (const Opened& file : documents.files) {
    if (!file.bytes().ends_with('\n'))
      return documents.fail(file, 0, "a last line that ends", "a document that is broken off");
    if (const auto fault = reader.read(file))
      return documents.fail(file, fault->line, fault->expected, fault->found);
  }
  reader.write(facts);
}

}  // namespace dpol::sources
