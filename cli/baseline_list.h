// Kept baselines as text: of what, of which version, how old.
//
// Promises: no control character of a name reaches the result; `now` is what ages are counted from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program/kept_baseline.h"

namespace dpol::cli {

// Those that stand together were kept together.
std::string baselines_as_text(const std::vector<program::KeptBaseline>& kept, std::int64_t now);
// dpol.baselines/1
std::string baselines_as_json(const std::vector<program::KeptBaseline>& kept, std::int64_t now);

}  // namespace dpol::cli
