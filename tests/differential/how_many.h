// How many policies are compared where nobody says: fewer under sanitizers.
#pragma once

#include <cstdint>

namespace dpol::test {

std::uint64_t how_many_policies();

}  // namespace dpol::test
