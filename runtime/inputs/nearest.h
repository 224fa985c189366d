// The name that was probably meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::inputs {

// The candidate with the fewest letters inserted, dropped, changed or swapped, if that is few for
// its length; of several the first in `candidates`. Case differences cost nothing.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

// "did you mean `service`?", or "".
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace dpol::inputs
