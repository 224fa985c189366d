// What bills of materials say, in whichever standard.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sources/facts.h"

namespace dpol::sources {

// A component is known by its package URL or, without one, its name and version. One that several
// documents list counts once; of one name within a document there may be several.
class Sbom {
 public:
  void begin_document() {
    end_document();
    ++documents_;
  }
  void add(const std::string& key, bool has_licence) {
    Count& count = document_[key];
    ++count.all;
    if (!has_licence) ++count.unlicensed;
  }

  // Of the last document. What several are of nobody can say.
  void set_subject(std::string subject) { subject_ = std::move(subject); }
  void set_spec_version(std::string_view version) { spec_version_ = version; }
  void set_made_at(std::optional<std::string> time) {
    if (time) made_at_ = std::move(time);
  }

  void write(Facts& facts) {
    end_document();
    Count sum;
    for (const auto& [key, count] : components_) {
      sum.all += count.all;
      sum.unlicensed += count.unlicensed;
    }
    facts.integer("components", sum.all);
    facts.integer("unlicensed", sum.unlicensed);
    if (documents_ == 1 && !subject_.empty()) facts.text("subject", subject_);
    facts.text("spec_version", spec_version_);
    if (made_at_) facts.text("made_at", *made_at_);
  }

 private:
  struct Count {
    std::int64_t all = 0;
    std::int64_t unlicensed = 0;
  };

  void end_document() {
    for (const auto& [key, count] : document_) {
      Count& known = components_[key];
      known.all = std::max(known.all, count.all);
      known.unlicensed = std::max(known.unlicensed, count.unlicensed);
    }
    document_.clear();
  }

  std::map<std::string, Count> components_;
  std::map<std::string, Count> document_;
  std::string subject_;
  std::string spec_version_;
  std::optional<std::string> made_at_;
  int documents_ = 0;
};

}  // namespace dpol::sources
