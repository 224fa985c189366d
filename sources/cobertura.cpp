// Cobertura XML. The rates of its root are fractions of counts that older writers leave out, and 0
// where there was nothing to cover, so lines are counted; a class that stands in the report twice
// counts once. `timestamp` is in seconds by some writers and in milliseconds by others.

#include <algorithm>

#include "sources/coverage.h"
#include "sources/formats.h"
#include "sources/numbers.h"
#include "sources/times.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

// `condition-coverage="50% (1/2)"`: how many of how many.
struct Conditions {
  std::int64_t covered = 0;
  std::int64_t valid = 0;
};
std::optional<Conditions> conditions(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t slash = text.find('/', open);
  const std::size_t close = text.find(')', slash);
  if (open == std::string_view::npos || slash == std::string_view::npos ||
      close == std::string_view::npos)
    return std::nullopt;
  const auto covered = whole_number(text.substr(open + 1, slash - open - 1));
  const auto valid = whole_number(text.substr(slash + 1, close - slash - 1));
  constexpr std::int64_t kMost = 10'000;  // branches of one line
  if (!covered || !valid || *covered > *valid || *valid > kMost) return std::nullopt;
  return Conditions{*covered, *valid};
}

class Cobertura {
 public:
  Cobertura(const Documents& documents, const Opened& file, Coverage& coverage)
      : documents_(documents), file_(file), coverage_(coverage) {}

  void report(const pugi::xml_node& root) {
    if (const auto time = moment(attribute(root, "timestamp"))) coverage_.made_at(*time);
    walk(root);
    if (seen_) return;
    // A summary without classes.
    totals(root, "lines-covered", "lines-valid", &Coverage::add_lines);
    totals(root, "branches-covered", "branches-valid", &Coverage::add_branches);
  }

 private:
  void walk(const pugi::xml_node& node) {
    for (const pugi::xml_node child : node.children()) {
      if (local_name(child) == "class") {
        seen_ = true;
        one_class(child);
      } else {
        walk(child);
      }
    }
  }

  void one_class(const pugi::xml_node& node) {
    std::string_view name = attribute(node, "filename");
    if (name.empty()) name = attribute(node, "name");
    for (const pugi::xml_node line : node.child("lines").children("line")) one_line(name, line);
    for (const pugi::xml_node method : node.child("methods").children("method")) {
      bool entered = false;
      bool any = false;
      for (const pugi::xml_node line : method.child("lines").children("line")) {
        any = true;
        entered = entered || count_of(line, "hits").value_or(0) > 0;
        // Also where the class does not repeat it.
        one_line(name, line);
      }
      const std::string place =
          std::string(attribute(method, "name")) + std::string(attribute(method, "signature"));
      if (any)
        coverage_.function(name, std::string(attribute(node, "name")) + "." + place, entered);
    }
  }

  void one_line(std::string_view name, const pugi::xml_node& line) {
    const auto number = count_of(line, "number");
    const auto hits = count_of(line, "hits");
    if (!number || !hits) {
      documents_.fail(file_, file_.line_of(line), "`number` and `hits`, whole numbers",
                      "a line without them");
      return;
    }
    const std::string place = std::to_string(*number);
    coverage_.line(name, place, *hits > 0);
    const auto found = conditions(attribute(line, "condition-coverage"));
    for (std::int64_t i = 0; found && i < found->valid; ++i)
      coverage_.branch(name, place + "." + std::to_string(i), i < found->covered);
  }

  void totals(const pugi::xml_node& root, const char* covered, const char* valid,
              void (Coverage::*add)(std::int64_t, std::int64_t)) {
    const auto some = count_of(root, covered);
    const auto all = count_of(root, valid);
    if (some && all) (coverage_.*add)(*some, *all);
  }

  const Documents& documents_;
  const Opened& file_;
  Coverage& coverage_;
  bool seen_ = false;
};

}  // namespace

bool recognise_cobertura(Opened& file) {
  const pugi::xml_node* root = file.xml();
  return root != nullptr && local_name(*root) == "coverage" &&
         (has_attribute(*root, "line-rate") || root->child("packages"));
}

void read_cobertura(const Documents& documents, Facts& facts) {
  Coverage coverage;
  for (Opened& file : documents.files) Cobertura(documents, file, coverage).report(*file.xml());
  if (coverage.is_full()) documents.refuse_more_than(Coverage::kMost, "lines and branches");
  coverage.write(facts);
}

}  // namespace dpol::sources
