// Trivy. Since schema 2 an object with `Results`, before a list of results. A result without
// `Vulnerabilities`, or with null, has none; a document without `Results` looked at nothing that
// has packages, which is what Trivy writes for an image without any.

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"
#include "sources/vulnerabilities.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

bool is_legacy(NodeRef root) {
  if (!root.is(NodeKind::list) || root.size() == 0) return false;
  const NodeRef first = *root.begin();
  return first.is(NodeKind::map) && first.find("Target") && first.find("Vulnerabilities");
}

void add_result(const Documents& documents, const Opened& file, NodeRef result,
                Vulnerabilities& found) {
  if (!result.is(NodeKind::map))
    return documents.fail(file, result.line(), "a result: a map with `Target`", "something else");
  if (const auto list = list_at(result, "Vulnerabilities")) {
    for (const NodeRef one : *list) {
      const std::string id(text_at(one, "VulnerabilityID"));
      if (id.empty())
        return documents.fail(file, one.line(), "a vulnerability with `VulnerabilityID`", "none");
      found.add(id, std::string(text_at(one, "PkgName")),
                std::string(text_at(one, "InstalledVersion")),
                std::string(text_at(one, "FixedVersion")), severity_of(text_at(one, "Severity")),
                one.line());
    }
  }
  if (const auto secrets = list_at(result, "Secrets")) found.add_secrets(secrets->size());
  if (const auto rules = list_at(result, "Misconfigurations")) {
    std::int64_t broken = 0;
    for (const NodeRef rule : *rules) broken += text_at(rule, "Status") == "PASS" ? 0 : 1;
    found.add_misconfigurations(broken);
  }
}

// The digest that the image was looked at under; else its name.
std::string_view subject(NodeRef root) {
  if (const auto digests = entry(root, "Metadata", "RepoDigests");
      digests && digests->is(NodeKind::list) && digests->size() != 0) {
    const std::string_view digest =
        (*digests->begin()).is(NodeKind::string) ? (*digests->begin()).text() : std::string_view();
    const std::size_t at = digest.find('@');
    if (at != std::string_view::npos) return digest.substr(at + 1);
  }
  return text_at(root, "ArtifactName");
}

}  // namespace

bool recognise_trivy(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const NodeRef root = document->root();
  return is_legacy(root) || (root.is(NodeKind::map) && root.find("SchemaVersion") &&
                             (root.find("Results") || root.find("ArtifactName")));
}

void read_trivy(const Documents& documents, Facts& facts) {
  Vulnerabilities found;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (root.is(NodeKind::list)) {
      for (const NodeRef result : root) add_result(documents, file, result, found);
      continue;
    }
    found.subject(subject(root));
    if (const auto time = moment(text_at(root, "CreatedAt"))) found.made_at(*time);
    if (const auto results = list_at(root, "Results")) {
      for (const NodeRef result : *results) add_result(documents, file, result, found);
    }
  }
  found.write(facts);
}

}  // namespace dpol::sources
