// Snyk. One object for a project, a list of them for several. A project that could not be looked at
// has `error` and no `vulnerabilities`: that is no clean one. `uniqueCount` is wrong at times, so
// vulnerabilities are counted, each once for a version of a package and not once for a path to it.

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/vulnerabilities.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

bool is_project(NodeRef node) {
  return node.is(NodeKind::map) && node.find("ok") &&
         (node.find("vulnerabilities") || node.find("error"));
}

std::string fixed_in(NodeRef vulnerability) {
  const auto versions = list_at(vulnerability, "fixedIn");
  if (!versions || versions->size() == 0) return {};
  const NodeRef first = *versions->begin();
  return first.is(NodeKind::string) ? std::string(first.text()) : std::string();
}

void add_project(const Documents& documents, const Opened& file, NodeRef project,
                 Vulnerabilities& found) {
  const auto list = is_project(project) ? list_at(project, "vulnerabilities") : std::nullopt;
  if (!list) {
    documents.fail(file, project.line(), "a project with `vulnerabilities`",
                   text_at(project, "error").empty()
                       ? "one without"
                       : inputs::in_quotes(text_at(project, "error")));
    return;
  }
  found.subject(text_at(project, "projectName"));
  for (const NodeRef one : *list) {
    const std::string id(text_at(one, "id"));
    if (id.empty())
      return documents.fail(file, one.line(), "a vulnerability with `id`", "one without");
    std::string package(text_at(one, "packageName"));
    if (package.empty()) package = text_at(one, "name");
    // Issues of licences are none of vulnerabilities.
    if (text_at(one, "type") == "license") continue;
    found.add(id, package, std::string(text_at(one, "version")), fixed_in(one),
              severity_of(text_at(one, "severity")), one.line());
  }
  if (const auto applications = list_at(project, "applications")) {
    for (const NodeRef application : *applications)
      add_project(documents, file, application, found);
  }
}

}  // namespace

bool recognise_snyk(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const NodeRef root = document->root();
  return is_project(root) ||
         (root.is(NodeKind::list) && root.size() != 0 && is_project(*root.begin()));
}

void read_snyk(const Documents& documents, Facts& facts) {
  Vulnerabilities found;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (root.is(NodeKind::map)) {
      add_project(documents, file, root, found);
      continue;
    }
    for (const NodeRef project : root) add_project(documents, file, project, found);
  }
  found.write(facts);
}

}  // namespace dpol::sources
