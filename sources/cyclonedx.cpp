// CycloneDX in JSON. Components may hold components.

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/sbom.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeRef;

std::string key_of(NodeRef component) {
  if (const std::string_view purl = text_at(component, "purl"); !purl.empty())
    return std::string(purl);
  return std::string(text_at(component, "name")) + "@" + std::string(text_at(component, "version"));
}

// Documents are of bounded depth.
void count(NodeRef holder, Sbom& sbom) {
  const auto list = list_at(holder, "components");
  if (!list) return;
  for (const NodeRef component : *list) {
    const auto licences = list_at(component, "licenses");
    sbom.add(key_of(component), licences && licences->size() > 0);
    count(component, sbom);
  }
}

// An image is called by what stands behind `@`, where it has that.
std::string subject(NodeRef component) {
  std::string_view name = text_at(component, "name");
  const std::string_view version = text_at(component, "version");
  if (version.starts_with("sha256:")) return std::string(version);
  if (const std::size_t at = name.find("@sha256:"); at != std::string_view::npos)
    return std::string(name.substr(at + 1));
  return std::string(name);
}

}  // namespace

bool recognise_cyclonedx(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && text_at(document->root(), "bomFormat") == "CycloneDX";
}

void read_cyclonedx(const Documents& documents, Facts& facts) {
  Sbom sbom;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    sbom.begin_document();
    count(root, sbom);
    sbom.set_spec_version(text_at(root, "specVersion"));
    if (const auto metadata = entry(root, "metadata")) {
      sbom.set_made_at(moment(text_at(*metadata, "timestamp")));
      if (const auto component = entry(*metadata, "component"))
        sbom.set_subject(subject(*component));
    }
  }
  sbom.write(facts);
}

}  // namespace dpol::sources
