// JaCoCo XML: counters of what was missed and covered, repeated at every level. Those of the root
// are for everything; a kind that is missing was not measured.

#include "sources/coverage.h"
#include "sources/formats.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

void add_counter(const Documents& documents, const Opened& file, const pugi::xml_node& counter,
                 Coverage& coverage) {
  const auto missed = count_of(counter, "missed");
  const auto covered = count_of(counter, "covered");
  constexpr std::int64_t kMost = 1'000'000'000'000;
  if (!missed || !covered || *missed > kMost || *covered > kMost) {
    documents.fail(file, file.line_of(counter), "`missed` and `covered`, whole numbers",
                   "a counter without them");
    return;
  }
  const std::string_view type = attribute(counter, "type");
  if (type == "LINE") coverage.add_lines(*covered, *missed + *covered);
  if (type == "BRANCH") coverage.add_branches(*covered, *missed + *covered);
  if (type == "METHOD") coverage.add_functions(*covered, *missed + *covered);
}

}  // namespace

bool recognise_jacoco(Opened& file) {
  const pugi::xml_node* root = file.xml();
  return root != nullptr && local_name(*root) == "report" &&
         (root->child("counter") || root->child("package") || root->child("group"));
}

void read_jacoco(const Documents& documents, Facts& facts) {
  Coverage coverage;
  for (Opened& file : documents.files) {
    for (const pugi::xml_node counter : file.xml()->children("counter"))
      add_counter(documents, file, counter, coverage);
  }
  coverage.write(facts);
}

}  // namespace dpol::sources
