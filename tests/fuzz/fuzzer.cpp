// The entry point of a libFuzzer program; DPOL_FUZZ_NAME is the target it is built for.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dpol::fuzz::DPOL_FUZZ_NAME({data, size});
  return 0;
}
