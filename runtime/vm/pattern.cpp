#include "runtime/vm/pattern.h"

#include <re2/re2.h>

namespace dpol::vm {

std::optional<std::string> pattern_fault(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternBytes);
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (compiled.ok()) return std::nullopt;
  return compiled.error();
}

}  // namespace dpol::vm
