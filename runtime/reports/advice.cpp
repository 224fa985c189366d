#include "runtime/reports/advice.h"

#include <fmt/format.h>

#include "runtime/reports/text.h"

namespace dpol::reports {

std::string advice(const decision::Missing& missing) {
  const std::string name = safe(missing.name);
  // A document that is there and does not say it is not brought by naming it again.
  if (!missing.given_by.empty() && missing.fault == "missing" && missing.source.empty())
    return fmt::format("give a document of its source: --source {}=FILE", safe(missing.given_by));
#define DPOL_HINT(row, text) \
  if (missing.fault == #row) return fmt::format(text, name);
#include "runtime/reports/hints.def"
  return {};
}

}  // namespace dpol::reports
