// State: what dpol remembers between runs, in one SQLite file: the sign-offs that people gave, the
// messages that were sent and the baselines that were saved.
//
// Promises
//  - Nothing of SQLite is seen from outside, and no exception leaves: what went wrong is a Fault, a
//    sentence that begins with what the file's name would be followed by ("is locked …").
//  - Rows are only ever added; a change is one transaction, so that a file is never half
//    written, and two writers wait for each other (up to five seconds).
//  - A file of another program, a damaged one and one of a later dpol are refused, never changed. One
//    of an earlier dpol is read as it is, and gets the new tables when something is recorded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/program/kept_baseline.h"
#include "runtime/program/sending.h"
#include "runtime/program/sign_off.h"

namespace dpol::state {

// Rises when the tables change.
inline constexpr int kSchemaVersion = 3;
// Of one release, for all its items; more are refused.
inline constexpr std::size_t kMostSignOffs = 10'000;
// Likewise, of all its messages.
inline constexpr std::size_t kMostSendings = 10'000;
// That are listed at once.
inline constexpr std::size_t kMostBaselines = 10'000;

struct Fault {
  std::string text;
};
template <class T>
using Result = std::variant<T, Fault>;

enum class Open : std::uint8_t {
  read,   // the file must be there, and is not written
  write,  // made where it is not there, with its folder
};

class State {
 public:
  static Result<State> open(const std::string& path, Open mode);
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  // What is kept of `sign_off` is all but its source.
  std::optional<Fault> record(const program::SignOff& sign_off);
  // Those of one release, in the order in which they were recorded.
  Result<std::vector<program::SignOff>> sign_offs(const std::string& service,
                                                  const std::string& version,
                                                  const std::string& environment) const;

  std::optional<Fault> record(const program::Sending& sending);
  // Likewise, in the order in which they were recorded.
  Result<std::vector<program::Sending>> sendings(const std::string& service, const std::string& version,
                                                 const std::string& environment) const;

  // All or none of them.
  std::optional<Fault> record(const std::vector<program::KeptBaseline>& baselines);
  // The newest one of that name and metric that is not later than `newest`.
  Result<std::optional<program::KeptBaseline>> baseline(const std::string& service,
                                                        const std::string& environment,
                                                        const std::string& name,
                                                        const std::string& metric,
                                                        std::int64_t newest) const;
  // Of each service, environment, name and metric the newest one; by name, service and environment.
  Result<std::vector<program::KeptBaseline>> baselines() const;

 private:
  struct Database;
  explicit State(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace dpol::state
