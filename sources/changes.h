// Records of changes, whichever tracker keeps them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sources/facts.h"

namespace dpol::sources {

// As schemas/change.dpol has it; what a tracker does not have is left as it is here.
struct ChangeRecord {
  std::string title;
  // new, active, done; "" where it is not known.
  std::string_view state;
  std::string status;
  // In the words of the schema; "" where there is none of them.
  std::string_view stage;
  std::optional<bool> approved, emergency, on_hold;
  std::string_view risk;
  std::string priority;
  std::optional<std::string> starts_at, ends_at, updated_at;
  std::uint32_t line = 0;
};

class ChangeRecords {
 public:
  // Of one id the later one counts.
  void add(std::string_view id, ChangeRecord record);
  std::size_t size() const { return records_.size(); }
  void write(Facts& facts) const;

 private:
  std::map<std::string, ChangeRecord> records_;
};

}  // namespace dpol::sources
