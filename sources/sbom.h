// What a bill of materials says, in whichever standard.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sources/facts.h"

namespace dpol::sources {

struct Sbom {
  std::int64_t components = 0;
  std::int64_t unlicensed = 0;
  std::string subject;
  std::string spec_version;
  std::optional<std::string> made_at;

  void write(Facts& facts) const {
    facts.integer("components", components);
    facts.integer("unlicensed", unlicensed);
    if (!subject.empty()) facts.text("subject", subject);
    facts.text("spec_version", spec_version);
    if (made_at) facts.text("made_at", *made_at);
  }
};

}  // namespace dpol::sources
