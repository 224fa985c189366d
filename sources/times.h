// Moments as tools write them, to one form: seconds since 1970 as dpol reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dpol::sources {

// RFC 3339, also with a space for the T, with a zone of four digits (+0200) or the word UTC, with
// any number of digits of a second; the same as git prints it (Mon May 4 10:11:12 2026 +0200);
// seconds since 1970 (ten digits, a fraction or none), or milli-, micro- or nanoseconds (13, 16, 19
// digits). A moment without a zone is nothing, unless `utc` says that the format means UTC by it.
// The text is RFC 3339.
std::optional<std::string> moment(std::string_view text, bool utc = false);

// Of two such moments.
bool is_earlier(const std::string& a, const std::string& b);

// When something was made that is out of several parts: as its oldest part, and nobody knows where one does not say.
class OldestMoment {
 public:
  void add(const std::optional<std::string>& moment);
  const std::optional<std::string>& value() const { return oldest_; }

 private:
  std::optional<std::string> oldest_;
  bool all_say_ = true;
};

}  // namespace dpol::sources
