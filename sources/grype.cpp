// Grype: `matches`, each of one vulnerability and one artifact. One that is ignored stands in
// `ignoredMatches` and does not count.

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"
#include "sources/vulnerabilities.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

std::string fixed_in(NodeRef match) {
  const auto versions = entry(match, "vulnerability", "fix", "versions");
  if (!versions || !versions->is(NodeKind::list) || versions->size() == 0) return {};
  const NodeRef first = *versions->begin();
  return first.is(NodeKind::string) ? std::string(first.text()) : std::string();
}

std::string_view subject(NodeRef root) {
  const auto target = entry(root, "source", "target");
  if (!target) return {};
  if (target->is(NodeKind::string)) return target->text();
  if (const auto digests = list_at(*target, "repoDigests"); digests && digests->size() != 0) {
    const NodeRef first = *digests->begin();
    const std::string_view digest = first.is(NodeKind::string) ? first.text() : std::string_view();
    if (const std::size_t at = digest.find('@'); at != std::string_view::npos)
      return digest.substr(at + 1);
  }
  return text_at(*target, "userInput");
}

}  // namespace

bool recognise_grype(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && list_at(document->root(), "matches") &&
         (entry(document->root(), "source") || entry(document->root(), "descriptor") ||
          entry(document->root(), "distro"));
}

void read_grype(const Documents& documents, Facts& facts) {
  Vulnerabilities found;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    found.subject(subject(root));
    if (const auto descriptor = entry(root, "descriptor")) {
      if (const auto time = moment(text_at(*descriptor, "timestamp"))) found.made_at(*time);
    }
    const auto matches = list_at(root, "matches");
    for (const NodeRef match : *matches) {
      const auto vulnerability = entry(match, "vulnerability");
      const auto artifact = entry(match, "artifact");
      if (!vulnerability || !artifact || text_at(*vulnerability, "id").empty()) {
        documents.fail(file, match.line(), "a match with `vulnerability` and `artifact`",
                       "one without");
        continue;
      }
      found.add(std::string(text_at(*vulnerability, "id")), std::string(text_at(*artifact, "name")),
                std::string(text_at(*artifact, "version")), fixed_in(match),
                severity_of(text_at(*vulnerability, "severity")), match.line());
    }
  }
  found.write(facts);
}

}  // namespace dpol::sources
