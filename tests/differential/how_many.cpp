#include "tests/differential/how_many.h"

namespace dpol::test {

std::uint64_t how_many_policies() {
#if defined(__SANITIZE_ADDRESS__)
  return 1'000;
#else
  return 20'000;
#endif
}

}  // namespace dpol::test
