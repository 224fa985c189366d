// SPDX: JSON of versions 2 (`packages`) and 3 (`@graph`), and the tags and values of version 2. The
// package that the document describes is what the bill is of, and none of its parts; a flat one
// describes all of them, and then all are parts. NOASSERTION and NONE are no licence.

#include <algorithm>
#include <set>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/sbom.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

struct Package {
  std::string id, name, version, purl;
  bool licensed = false;
};

struct SpdxDocument {
  std::vector<Package> packages;
  std::set<std::string, std::less<>> described;
};

bool is_licence(std::string_view text) {
  return !text.empty() && text != "NOASSERTION" && text != "NONE";
}

void add(const SpdxDocument& document, Sbom& sbom) {
  const bool has_subject = document.described.size() == 1 && document.packages.size() > 1;
  for (const Package& one : document.packages) {
    const bool is_subject = document.described.size() == 1 && document.described.contains(one.id);
    if (is_subject) sbom.set_subject(one.version.starts_with("sha256:") ? one.version : one.name);
    if (is_subject && has_subject) continue;
    sbom.add(one.purl.empty() ? one.name + "@" + one.version : one.purl, one.licensed);
  }
}

std::string purl_of(NodeRef package) {
  const auto list = list_at(package, "externalRefs");
  if (!list) return {};
  for (const NodeRef one : *list) {
    if (text_at(one, "referenceType") == "purl")
      return std::string(text_at(one, "referenceLocator"));
  }
  return {};
}

SpdxDocument version_2(NodeRef root) {
  SpdxDocument out;
  if (const auto list = list_at(root, "packages")) {
    for (const NodeRef one : *list) {
      Package& package = out.packages.emplace_back();
      package.id = text_at(one, "SPDXID");
      package.name = text_at(one, "name");
      package.version = text_at(one, "versionInfo");
      package.purl = purl_of(one);
      package.licensed = is_licence(text_at(one, "licenseConcluded")) ||
                         is_licence(text_at(one, "licenseDeclared"));
    }
  }
  if (const auto list = list_at(root, "documentDescribes")) {
    for (const NodeRef one : *list) {
      if (one.is(NodeKind::string)) out.described.emplace(one.text());
    }
  }
  if (const auto list = list_at(root, "relationships")) {
    for (const NodeRef one : *list) {
      if (text_at(one, "relationshipType") == "DESCRIBES")
        out.described.emplace(text_at(one, "relatedSpdxElement"));
    }
  }
  return out;
}

// Licences are elements of their own, bound to packages by relationships.
class Graph {
 public:
  explicit Graph(NodeRef elements) : elements_(elements) {}

  SpdxDocument read() {
    for (const NodeRef one : elements_) {
      if (text_at(one, "type") == "simplelicensing_LicenseExpression" &&
          !is_licence(text_at(one, "simplelicensing_licenseExpression")))
        no_licences_.emplace(text_at(one, "spdxId"));
    }
    for (const NodeRef one : elements_) element(one);
    for (Package& package : out_.packages) package.licensed = licensed_.contains(package.id);
    return std::move(out_);
  }

  std::string_view created() const { return created_; }
  std::string_view version() const { return version_; }

 private:
  void element(NodeRef node) {
    const std::string_view type = text_at(node, "type");
    if (type == "software_Package") {
      Package& package = out_.packages.emplace_back();
      package.id = text_at(node, "spdxId");
      package.name = text_at(node, "name");
      package.version = text_at(node, "software_packageVersion");
      package.purl = text_at(node, "software_packageUrl");
    } else if (type == "SpdxDocument" || type == "software_Sbom") {
      const auto roots = list_at(node, "rootElement");
      if (!roots) return;
      for (const NodeRef one : *roots) {
        if (one.is(NodeKind::string)) out_.described.emplace(one.text());
      }
    } else if (type == "CreationInfo") {
      created_ = text_at(node, "created");
      version_ = text_at(node, "specVersion");
    } else {
      relationship(node);
    }
  }

  void relationship(NodeRef node) {
    const std::string_view kind = text_at(node, "relationshipType");
    if (kind != "hasDeclaredLicense" && kind != "hasConcludedLicense") return;
    const auto licences = list_at(node, "to");
    if (!licences) return;
    for (const NodeRef one : *licences) {
      if (one.is(NodeKind::string) && !no_licences_.contains(one.text()))
        licensed_.emplace(text_at(node, "from"));
    }
  }

  NodeRef elements_;
  SpdxDocument out_;
  std::set<std::string, std::less<>> no_licences_;
  std::set<std::string, std::less<>> licensed_;
  std::string_view created_;
  std::string_view version_;
};

// `Tag: value`; a value between <text> and </text> may go on over several lines.
class TagValue {
 public:
  void line(std::string_view text) {
    if (in_text_) {
      in_text_ = text.find("</text>") == std::string_view::npos;
      return;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.starts_with('#')) return;
    const std::string_view tag = text.substr(0, colon);
    std::string_view value = text.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    in_text_ = value.starts_with("<text>") && value.find("</text>") == std::string_view::npos;
    set(tag, value);
  }

  SpdxDocument& document() { return out_; }
  const std::string& version() const { return version_; }
  const std::string& created() const { return created_; }
  bool is_in_text() const { return in_text_; }

 private:
  void set(std::string_view tag, std::string_view value) {
    if (tag == "SPDXVersion" && value.starts_with("SPDX-")) version_ = value.substr(5);
    if (tag == "Created") created_ = value;
    if (tag == "PackageName") out_.packages.emplace_back().name = value;
    // A file or a snippet that follows has an identity of its own.
    if (tag == "FileName" || tag == "SnippetSPDXID") in_package_ = false;
    if (tag == "PackageName") in_package_ = true;
    constexpr std::string_view kDescribes = "SPDXRef-DOCUMENT DESCRIBES ";
    if (tag == "Relationship" && value.starts_with(kDescribes))
      out_.described.emplace(value.substr(kDescribes.size()));
    if (!in_package_ || out_.packages.empty()) return;
    Package& package = out_.packages.back();
    if (tag == "SPDXID") package.id = value;
    if (tag == "PackageVersion") package.version = value;
    if (tag == "PackageLicenseConcluded" || tag == "PackageLicenseDeclared")
      package.licensed = package.licensed || is_licence(value);
    if (const std::size_t purl = value.find(" purl "); tag == "ExternalRef" && purl < value.size())
      package.purl = value.substr(purl + 6);
  }

  SpdxDocument out_;
  std::string version_;
  std::string created_;
  bool in_package_ = false;
  bool in_text_ = false;
};

bool is_tag_value(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  for (const TextLine& line : file.lines()) {
    if (line.text.empty() || line.text.starts_with('#')) continue;
    return line.text.starts_with("SPDXVersion:");
  }
  return false;
}

void read_json(NodeRef root, Sbom& sbom) {
  if (const auto graph = list_at(root, "@graph")) {
    Graph reader(*graph);
    add(reader.read(), sbom);
    sbom.set_spec_version(reader.version());
    sbom.set_made_at(moment(reader.created()));
    return;
  }
  add(version_2(root), sbom);
  sbom.set_spec_version(text_at(root, "spdxVersion").substr(5));
  if (const auto info = entry(root, "creationInfo"))
    sbom.set_made_at(moment(text_at(*info, "created")));
}

}  // namespace

bool recognise_spdx(Opened& file) {
  if (is_tag_value(file)) return true;
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  if (text_at(document->root(), "spdxVersion").starts_with("SPDX-")) return true;
  return list_at(document->root(), "@graph") &&
         scalar_at(document->root(), "@context").find("spdx.org") != std::string_view::npos;
}

void read_spdx(const Documents& documents, Facts& facts) {
  Sbom sbom;
  for (Opened& file : documents.files) {
    sbom.begin_document();
    if (file.shape() == inputs::Shape::json) {
      read_json(file.json()->root(), sbom);
      continue;
    }
    TagValue reader;
    for (const TextLine& line : file.lines()) reader.line(line.text);
    if (!file.bytes().ends_with('\n') || reader.is_in_text()) {
      documents.fail(file, 0, "a last line that ends", "a document that is broken off");
      continue;
    }
    add(reader.document(), sbom);
    sbom.set_spec_version(reader.version());
    sbom.set_made_at(moment(reader.created()));
  }
  sbom.write(facts);
}

}  // namespace dpol::sources
