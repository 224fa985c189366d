// How a long random test is made longer or shorter, and how what ended it is told.
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace dpol::test {

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What a sanitizer or abort() ends says nothing more by itself: `tell` is called before.
inline void tell_on_death(void (*tell)()) {
  static void (*last_words)() = nullptr;
  last_words = tell;
  std::signal(SIGABRT, [](int) {
    last_words();
    std::signal(SIGABRT, SIG_DFL);
  });
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(tell);
#endif
}

}  // namespace dpol::test
