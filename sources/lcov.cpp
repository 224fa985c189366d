// lcov tracefiles (geninfo(1), "FILES"). Sums (LF, LH, …) may be missing and a file may have
// several records, so lines, branches and functions are counted. How often a branch was taken may
// be `-`: what it belongs to never ran.

#include <algorithm>
#include <string>

#include "sources/coverage.h"
#include "sources/formats.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

std::string_view take_field(std::string_view& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string_view field = text.substr(0, comma);
  text.remove_prefix(std::min(comma + 1, text.size()));
  return field;
}

class Lcov {
 public:
  explicit Lcov(Coverage& coverage) : coverage_(coverage) {}

  // What was expected where the line is not as it should be.
  std::string_view line(std::string_view text) {
    if (text == "end_of_record") {
      in_record_ = false;
      return {};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view kind = text.substr(0, colon);
    std::string_view rest = text.substr(colon + 1);
    if (kind == "SF") {
      file_ = rest;
      in_record_ = true;
      return {};
    }
    if (!in_record_) return {};
    if (kind == "DA") return data(rest);
    if (kind == "BRDA") return branch(rest);
    if (kind == "FNDA") return function(rest);
    return {};
  }

  bool is_complete() const { return !in_record_; }

 private:
  std::string_view data(std::string_view rest) {
    const std::string_view place = take_field(rest);
    const auto hits = whole_number(take_field(rest));
    if (!whole_number(place) || !hits) return "`DA:LINE,COUNT`";
    coverage_.line(file_, place, *hits > 0);
    return {};
  }
  std::string_view branch(std::string_view rest) {
    const std::size_t last = rest.rfind(',');
    if (last == std::string_view::npos) return "`BRDA:LINE,BLOCK,BRANCH,TAKEN`";
    const std::string_view taken = rest.substr(last + 1);
    const auto count = whole_number(taken);
    if (!count && taken != "-") return "`BRDA:LINE,BLOCK,BRANCH,TAKEN`";
    coverage_.branch(file_, rest.substr(0, last), count.value_or(0) > 0);
    return {};
  }
  std::string_view function(std::string_view rest) {
    const auto count = whole_number(take_field(rest));
    if (!count) return "`FNDA:COUNT,NAME`";
    coverage_.function(file_, rest, *count > 0);
    return {};
  }

  Coverage& coverage_;
  std::string file_;
  bool in_record_ = false;
};

}  // namespace

bool recognise_lcov(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  constexpr std::size_t kLookedAt = 20;
  std::size_t seen = 0;
  for (const TextLine& line : file.lines()) {
    if (line.text.starts_with("SF:")) return true;
    if (++seen == kLookedAt) break;
  }
  return false;
}

void read_lcov(const Documents& documents, Facts& facts) {
  Coverage coverage;
  for (Opened& file : documents.files) {
    Lcov reader(coverage);
    for (const TextLine& line : file.lines()) {
      const std::string_view expected = reader.line(line.text);
      if (!expected.empty())
        documents.fail(file, line.number, std::string(expected), inputs::in_quotes(line.text));
    }
    if (!reader.is_complete())
      documents.fail(file, 0, "`end_of_record`", "the end of the file: is it broken off?");
  }
  if (coverage.is_full()) documents.refuse_more_than(Coverage::kMost, "lines and branches");
  coverage.write(facts);
}

}  // namespace dpol::sources
