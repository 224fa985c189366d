#include "runtime/state/state.h"

#include <sqlite3.h>

#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace dpol::state {
namespace {

using program::KeptBaseline;
using program::Sending;
using program::SignOff;

constexpr int kApplicationId = 0x64706F6C;  // "dpol": whose file it is, in its header
constexpr int kPatienceMilliseconds = 5'000;
constexpr int kMostTextBytes = 1 << 20;

constexpr int kFirstSchema = 1;
constexpr int kFormWithSignOffs = 1;
constexpr int kFormWithSendings = 2;
constexpr int kFormWithBaselines = 3;
// What each form of the file added to the one before.
constexpr const char* kSignOffs =
    "CREATE TABLE sign_off ("
    "  id INTEGER PRIMARY KEY,"
    "  item TEXT NOT NULL, service TEXT NOT NULL, version TEXT NOT NULL, environment TEXT NOT NULL,"
    "  stage TEXT NOT NULL, by TEXT NOT NULL, role TEXT NOT NULL, answer TEXT NOT NULL,"
    "  note TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX sign_off_release ON sign_off (service, version, environment);";
constexpr const char* kSendings =
    "CREATE TABLE sending ("
    "  id INTEGER PRIMARY KEY,"
    "  message TEXT NOT NULL, service TEXT NOT NULL, version TEXT NOT NULL, environment TEXT NOT NULL,"
    "  by TEXT NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX sending_release ON sending (service, version, environment);";

constexpr const char* kBaselines =
    "CREATE TABLE baseline ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL, metric TEXT NOT NULL, service TEXT NOT NULL, version TEXT NOT NULL,"
    "  environment TEXT NOT NULL, value TEXT NOT NULL, unit TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX baseline_newest ON baseline (service, environment, name, metric, at);";
constexpr const char* kTables[] = {kSignOffs, kSendings, kBaselines};
static_assert(std::size(kTables) == kSchemaVersion, "each form adds a table");

// SQLite's codes in the words of somebody who only sees a file.
std::string words_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "is locked by another program; try again when that is done";
    case SQLITE_FULL:
      return "cannot be written: the disk is full";
    case SQLITE_READONLY:
      return "cannot be written: it is read-only";
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "may not be opened";
    case SQLITE_CANTOPEN:
      return "cannot be opened";
    case SQLITE_NOTADB:
      return "is no database";
    case SQLITE_CORRUPT:
      return "is damaged";
    case SQLITE_IOERR:
      return "cannot be read or written: the device failed";
    case SQLITE_NOMEM:
      return "needs more memory than there is";
    case SQLITE_TOOBIG:
      return "holds or would hold a text that is too long";
    default:
      return std::string("cannot be used: ") + sqlite3_errstr(code);
  }
}

Fault fault_of(int code) { return {words_of(code)}; }

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    code_ = sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, const std::string& text) {
    if (code_ != SQLITE_OK) return;
    code_ = sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT,
                                SQLITE_UTF8);
  }
  // From the first on.
  void bind_all(std::initializer_list<const std::string*> texts) {
    int index = 0;
    for (const std::string* text : texts) bind(++index, *text);
  }
  void bind(int index, std::int64_t number) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, index, number);
  }
  // SQLITE_ROW, SQLITE_DONE, or what went wrong, now or before.
  int step() { return code_ == SQLITE_OK ? sqlite3_step(statement_) : code_; }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is(int column, int type) const { return sqlite3_column_type(statement_, column) == type; }
  std::string text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

int run(sqlite3* database, const char* sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
}

// One number, or the code of what went wrong.
int ask(sqlite3* database, const char* sql, std::int64_t& number) {
  Statement statement(database, sql);
  const int code = statement.step();
  if (code != SQLITE_ROW) return code == SQLITE_DONE ? SQLITE_CORRUPT : code;
  number = statement.number(0);
  return SQLITE_OK;
}

// Of which form the file is, which is how many tables it has; 0: it is empty.
Result<int> form_of(sqlite3* database) {
  std::int64_t tables = 0;
  std::int64_t application = 0;
  std::int64_t version = 0;
  for (const auto& [sql, number] : {std::pair{"SELECT count(*) FROM sqlite_master", &tables},
                                    {"PRAGMA application_id", &application},
                                    {"PRAGMA user_version", &version}}) {
    if (const int code = ask(database, sql, *number); code != SQLITE_OK) return fault_of(code);
  }
  if (tables == 0 && application == 0 && version == 0) return 0;
  if (application != kApplicationId) return Fault{"is a database of another program"};
  if (version > kSchemaVersion)
    return Fault{"was written by a later dpol: this one does not know its form"};
  if (version < kFirstSchema) return Fault{"is damaged: it does not say of which form it is"};
  // A view of that name could run for ever.
  std::int64_t whole = 0;
  const int code = ask(database,
                       "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN "
                       "('sign_off', 'sending', 'baseline')",
                       whole);
  if (code != SQLITE_OK) return fault_of(code);
  if (whole != version) return Fault{"is damaged: a table is not in it"};
  return static_cast<int>(version);
}

// Undoes what was begun unless it was finished.
class Transaction {
 public:
  explicit Transaction(sqlite3* database)
      : database_(database), code_(run(database, "BEGIN IMMEDIATE")) {}
  ~Transaction() {
    if (code_ == SQLITE_OK && !done_) run(database_, "ROLLBACK");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  int code() const { return code_; }
  int commit() {
    const int code = run(database_, "COMMIT");
    done_ = code == SQLITE_OK;
    return code;
  }

 private:
  sqlite3* database_;
  int code_;
  bool done_ = false;
};

// One row, whose texts come before the moment.
std::optional<Fault> insert_row(sqlite3* database, const char* sql,
                                std::initializer_list<const std::string*> texts, std::int64_t at) {
  Statement statement(database, sql);
  statement.bind_all(texts);
  statement.bind(static_cast<int>(texts.size()) + 1, at);
  if (const int code = statement.step(); code != SQLITE_DONE) return fault_of(code);
  return std::nullopt;
}

std::optional<Fault> insert(sqlite3* database, const char* sql,
                            std::initializer_list<const std::string*> texts, std::int64_t at) {
  Transaction transaction(database);
  if (transaction.code() != SQLITE_OK) return fault_of(transaction.code());
  if (auto fault = insert_row(database, sql, texts, at)) return fault;
  if (const int code = transaction.commit(); code != SQLITE_OK) return fault_of(code);
  return std::nullopt;
}

std::optional<Fault> create_tables(sqlite3* database) {
  Transaction transaction(database);
  if (transaction.code() != SQLITE_OK) return fault_of(transaction.code());
  // Another writer may have been first.
  const auto found = form_of(database);
  if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
  if (std::get<int>(found) == kSchemaVersion) return std::nullopt;
  std::string sql;
  for (int form = std::get<int>(found); form < kSchemaVersion; ++form) sql += kTables[form];
  sql += "PRAGMA application_id = " + std::to_string(kApplicationId) +
                          ";PRAGMA user_version = " + std::to_string(kSchemaVersion);
  if (const int code = run(database, sql.c_str()); code != SQLITE_OK) return fault_of(code);
  if (const int code = transaction.commit(); code != SQLITE_OK) return fault_of(code);
  return std::nullopt;
}

std::optional<Fault> make_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return std::nullopt;
  std::filesystem::create_directories(folder, error);
  if (!error) return std::nullopt;
  return Fault{"cannot be made: its folder cannot: " + error.message()};
}

}  // namespace

struct State::Database {
  sqlite3* handle = nullptr;
  int form = kSchemaVersion;

  Database() = default;
  ~Database() { sqlite3_close_v2(handle); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int open(const std::string& path, int flags);
};

int State::Database::open(const std::string& path, int flags) {
  // ":memory:" and the like are files here.
  const std::string file = path.starts_with(':') ? "./" + path : path;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) return code;
  sqlite3_busy_timeout(handle, kPatienceMilliseconds);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMostTextBytes);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  return SQLITE_OK;
}

State::State(std::unique_ptr<Database> database) : database_(std::move(database)) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

Result<State> State::open(const std::string& path, Open mode) {
  std::error_code error;
  if (path.empty()) return Fault{"has no name"};
  if (std::filesystem::is_directory(path, error)) return Fault{"is a folder"};
  if (mode == Open::read && !std::filesystem::exists(path, error)) return Fault{"is not there"};
  if (mode == Open::write) {
    if (auto fault = make_folder(path)) return *std::move(fault);
  }
  auto database = std::make_unique<Database>();
  const int flags =
      mode == Open::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (const int code = database->open(path, flags); code != SQLITE_OK) return fault_of(code);
  const auto found = form_of(database->handle);
  if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
  database->form = std::get<int>(found);
  if (database->form != kSchemaVersion && mode == Open::write) {
    if (auto fault = create_tables(database->handle)) return *std::move(fault);
    database->form = kSchemaVersion;
  }
  return State(std::move(database));
}

std::optional<Fault> State::record(const SignOff& sign_off) {
  const std::string answer = program::answer_name(sign_off.answer);
  return insert(database_->handle,
                "INSERT INTO sign_off (item, service, version, environment, stage, by, role, "
                "answer, note, at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                {&sign_off.item, &sign_off.service, &sign_off.version, &sign_off.environment,
                 &sign_off.stage, &sign_off.by, &sign_off.role, &answer, &sign_off.note},
                sign_off.at);
}

Result<std::vector<SignOff>> State::sign_offs(const std::string& service,
                                              const std::string& version,
                                              const std::string& environment) const {
  std::vector<SignOff> found;
  if (database_->form < kFormWithSignOffs) return found;
  Statement select(database_->handle,
                   "SELECT item, stage, by, role, note, answer, at FROM sign_off"
                   " WHERE service = ?1 AND version = ?2 AND environment = ?3 ORDER BY id");
  select.bind_all({&service, &version, &environment});
  int code = select.step();
  for (; code == SQLITE_ROW; code = select.step()) {
    if (found.size() == kMostSignOffs) {
      return Fault{"holds more than " + std::to_string(kMostSignOffs) +
                   " sign-offs for this release"};
    }
    constexpr int kAnswerColumn = 5;
    constexpr int kAtColumn = 6;
    const auto answer = program::find_answer(select.text(kAnswerColumn));
    if (!answer || !select.is(kAtColumn, SQLITE_INTEGER))
      return Fault{"is damaged: it holds a sign-off that says nothing"};
    SignOff sign_off{.service = service, .version = version, .environment = environment};
    int column = 0;
    for (std::string* into :
         {&sign_off.item, &sign_off.stage, &sign_off.by, &sign_off.role, &sign_off.note}) {
      *into = select.text(column++);
    }
    sign_off.answer = *answer;
    sign_off.at = select.number(kAtColumn);
    found.push_back(std::move(sign_off));
  }
  if (code != SQLITE_DONE) return fault_of(code);
  return found;
}

std::optional<Fault> State::record(const Sending& sending) {
  return insert(database_->handle,
                "INSERT INTO sending (message, service, version, environment, by, note, at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                {&sending.message, &sending.service, &sending.version, &sending.environment,
                 &sending.by, &sending.note},
                sending.at);
}

Result<std::vector<Sending>> State::sendings(const std::string& service, const std::string& version,
                                             const std::string& environment) const {
  std::vector<Sending> found;
  if (database_->form < kFormWithSendings) return found;
  Statement select(database_->handle,
                   "SELECT message, by, note, at FROM sending"
                   " WHERE service = ?1 AND version = ?2 AND environment = ?3 ORDER BY id");
  select.bind_all({&service, &version, &environment});
  int code = select.step();
  for (; code == SQLITE_ROW; code = select.step()) {
    if (found.size() == kMostSendings)
      return Fault{"holds more than " + std::to_string(kMostSendings) + " messages of this release"};
    constexpr int kAtColumn = 3;
    if (!select.is(kAtColumn, SQLITE_INTEGER))
      return Fault{"is damaged: it holds a message that was sent at no time"};
    Sending sending{.service = service, .version = version, .environment = environment};
    int column = 0;
    for (std::string* into : {&sending.message, &sending.by, &sending.note})
      *into = select.text(column++);
    sending.at = select.number(kAtColumn);
    found.push_back(std::move(sending));
  }
  if (code != SQLITE_DONE) return fault_of(code);
  return found;
}

namespace {

constexpr const char* kBaselineColumns = "name, metric, service, version, environment, unit, value, at";

Result<KeptBaseline> baseline_of(const Statement& row) {
  constexpr int kValueColumn = 6;
  constexpr int kAtColumn = 7;
  const auto value = program::Decimal::parse(row.text(kValueColumn));
  if (!value || !row.is(kAtColumn, SQLITE_INTEGER))
    return Fault{"is damaged: it holds a baseline that is no number, or of no time"};
  KeptBaseline kept{.value = *value, .at = row.number(kAtColumn)};
  int column = 0;
  for (std::string* into :
       {&kept.name, &kept.metric, &kept.service, &kept.version, &kept.environment, &kept.unit}) {
    *into = row.text(column++);
  }
  return kept;
}

}  // namespace

std::optional<Fault> State::record(const std::vector<KeptBaseline>& baselines) {
  Transaction transaction(database_->handle);
  if (transaction.code() != SQLITE_OK) return fault_of(transaction.code());
  for (const KeptBaseline& kept : baselines) {
    const std::string value = kept.value.to_string();
    auto fault = insert_row(database_->handle,
                            "INSERT INTO baseline (name, metric, service, version, environment, unit, "
                            "value, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                            {&kept.name, &kept.metric, &kept.service, &kept.version,
                             &kept.environment, &kept.unit, &value},
                            kept.at);
    if (fault) return fault;
  }
  if (const int code = transaction.commit(); code != SQLITE_OK) return fault_of(code);
  return std::nullopt;
}

Result<std::optional<KeptBaseline>> State::baseline(const std::string& service,
                                                    const std::string& environment,
                                                    const std::string& name,
                                                    const std::string& metric,
                                                    std::int64_t newest) const {
  if (database_->form < kFormWithBaselines) return std::optional<KeptBaseline>();
  const std::string sql = std::string("SELECT ") + kBaselineColumns +
                          " FROM baseline WHERE service = ?1 AND environment = ?2 AND name = ?3"
                          " AND metric = ?4 AND at <= ?5 ORDER BY at DESC, id DESC LIMIT 1";
  Statement select(database_->handle, sql.c_str());
  select.bind_all({&service, &environment, &name, &metric});
  constexpr int kNewest = 5;
  select.bind(kNewest, newest);
  const int code = select.step();
  if (code == SQLITE_DONE) return std::optional<KeptBaseline>();
  if (code != SQLITE_ROW) return fault_of(code);
  auto kept = baseline_of(select);
  if (const auto* fault = std::get_if<Fault>(&kept)) return *fault;
  return std::optional(std::move(std::get<KeptBaseline>(kept)));
}

Result<std::vector<KeptBaseline>> State::baselines() const {
  std::vector<KeptBaseline> found;
  if (database_->form < kFormWithBaselines) return found;
  const std::string sql = std::string("SELECT ") + kBaselineColumns +
                          " FROM (SELECT *, row_number() OVER (PARTITION BY service, environment,"
                          " name, metric ORDER BY at DESC, id DESC) AS place FROM baseline)"
                          " WHERE place = 1 ORDER BY name, service, environment, at, id";
  Statement select(database_->handle, sql.c_str());
  int code = select.step();
  for (; code == SQLITE_ROW; code = select.step()) {
    if (found.size() == kMostBaselines)
      return Fault{"holds more than " + std::to_string(kMostBaselines) + " baselines"};
    auto kept = baseline_of(select);
    if (const auto* fault = std::get_if<Fault>(&kept)) return *fault;
    found.push_back(std::move(std::get<KeptBaseline>(kept)));
  }
  if (code != SQLITE_DONE) return fault_of(code);
  return found;
}

}  // namespace dpol::state
