// Sending: that a message of a policy went out to the people of one release, wherever that was kept.
#pragma once

#include <cstdint>
#include <string>

namespace dpol::program {

struct Sending {
  std::string message{};      // its name
  std::string service{};      // of the release; "" where the policy knows none
  std::string version{};
  std::string environment{};
  std::string by{};           // who sent it; may be ""
  std::string note{};
  std::int64_t at = 0;        // ns since the Unix epoch
  friend bool operator==(const Sending&, const Sending&) = default;
};

}  // namespace dpol::program
