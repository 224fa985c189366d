// Statements of in-toto, of which SLSA provenance is one: bare, in an envelope of DSSE, in a bundle
// of Sigstore, in the summary that Google Cloud Build gives, one document or one a line. The
// payload is JSON in base64 in JSON. Anybody can write an envelope: without keys to check its
// signatures with, `verified` is unknown.

#include <algorithm>
#include <deque>
#include <set>

#include "runtime/inputs/json.h"
#include "runtime/program/digest.h"
#include "runtime/program/time_text.h"
#include "sources/base64.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/sigstore.h"

namespace dpol::sources {
namespace {

using inputs::Document;
using inputs::NodeKind;
using inputs::NodeRef;

bool is_envelope(NodeRef node) {
  return entry(node, "payload") && entry(node, "payloadType") && list_at(node, "signatures");
}

bool is_statement(NodeRef node) {
  return text_at(node, "_type").starts_with("https://in-toto.io/Statement/");
}

bool is_attestation(NodeRef root) {
  return is_envelope(root) || is_statement(root) || entry(root, "dsseEnvelope") ||
         (entry(root, "messageSignature") && entry(root, "verificationMaterial")) ||
         entry(root, "provenance_summary", "provenance");
}

struct Statement {
  std::string predicate, builder, source, commit;
  std::vector<std::string> subjects;
  Signers signers;
  std::uint32_t line = 0;
};

std::string commit_of(NodeRef holder) {
  const auto digest = entry(holder, "digest");
  if (!digest) return {};
  for (const std::string_view key : {"gitCommit", "sha1"}) {
    if (const std::string_view text = text_at(*digest, key); !text.empty())
      return std::string(text);
  }
  return {};
}

// Where each version of the predicate has who built it and from what.
void add_provenance(NodeRef predicate, Statement& out) {
  if (const auto builder = entry(predicate, "builder")) out.builder = text_at(*builder, "id");
  if (const auto builder = entry(predicate, "runDetails", "builder"))
    out.builder = text_at(*builder, "id");
  const auto take = [&](const std::optional<NodeRef>& from) {
    if (!from || !out.source.empty()) return;
    out.source = text_at(*from, "uri");
    out.commit = commit_of(*from);
  };
  const auto take_first = [&](const std::optional<NodeRef>& list) {
    if (list && list->is(NodeKind::list) && list->size() > 0) take(*list->begin());
  };
  take(entry(predicate, "invocation", "configSource"));
  take(entry(predicate, "buildDefinition", "externalParameters", "source"));
  take_first(entry(predicate, "buildDefinition", "resolvedDependencies"));
  take_first(entry(predicate, "materials"));
}

class Attestations {
 public:
  Attestations(const Documents& documents, Trust trust) : documents_(documents), trust_(std::move(trust)) {}

  void document(Opened& file) {
    file_ = &file;
    if (file.first_json_line() == nullptr) return attestation(file.json()->root(), 0);
    for (const TextLine& line : file.lines()) {
      if (line.text.find_first_not_of(" \t") == std::string_view::npos) continue;
      const Document* parsed = parse(line.text, line.number);
      if (parsed == nullptr) return;
      attestation(parsed->root(), line.number);
    }
  }

  void write(Facts& facts) const {
    if (trust_.asks()) {
      facts.boolean("verified", !statements_.empty() && std::ranges::all_of(statements_, is_signed));
    } else {
      facts.unknown("verified");
    }
    facts.open_list("statements");
    for (const Statement& one : statements_) {
      facts.open_map({}, one.line);
      facts.text("predicate", one.predicate, one.line);
      if (!one.builder.empty()) facts.text("builder", one.builder, one.line);
      if (!one.source.empty()) facts.text("source", one.source, one.line);
      if (!one.commit.empty()) facts.text("commit", one.commit, one.line);
      write_signers(one, facts);
      facts.open_list("subjects", one.line);
      for (const std::string& subject : one.subjects) facts.text({}, subject, one.line);
      facts.close();
      facts.close();
    }
    facts.close();
    std::set<std::string> subjects;
    for (const Statement& one : statements_)
      subjects.insert(one.subjects.begin(), one.subjects.end());
    facts.open_list("subjects");
    for (const std::string& subject : subjects) facts.text({}, subject);
    facts.close();
  }

 private:
  static bool is_signed(const Statement& one) { return !one.signers.names.empty(); }

  void write_signers(const Statement& one, Facts& facts) const {
    if (!trust_.asks()) {
      facts.unknown("verified", one.line);
      return facts.unknown("signers", one.line);
    }
    facts.boolean("verified", is_signed(one), one.line);
    facts.open_list("signers", one.line);
    for (const std::string& name : one.signers.names) facts.text({}, name, one.line);
    facts.close();
    if (const auto at = one.signers.logged_at)
      facts.text("logged_at", program::format_time(program::Decimal::from_int64(*at)), one.line);
  }

  const Document* parse(std::string_view text, std::uint32_t line) {
    inputs::JsonReader reader;
    inputs::SyntaxFault fault;
    Document& document = parsed_.emplace_back();
    if (reader.read(text, document, fault, line)) return &document;
    documents_.fail(*file_, line, "a statement in JSON", "a text that " + fault.text);
    return nullptr;
  }

  void attestation(NodeRef root, std::uint32_t line) {
    if (is_statement(root)) return statement(root, line == 0 ? root.line() : line);
    if (is_envelope(root)) return envelope(root);
    if (const auto inner = entry(root, "dsseEnvelope")) return envelope(*inner, root);
    if (const auto inner = entry(root, "messageSignature")) return message(*inner, root);
    const auto list = entry(root, "provenance_summary", "provenance");
    if (!list || !list->is(NodeKind::list)) {
      return documents_.fail(*file_, root.line(), "an envelope or a statement", "neither");
    }
    for (const NodeRef one : *list) {
      if (const auto inner = entry(one, "envelope")) envelope(*inner);
    }
  }

  // A bundle of something that is not here, of which it has the digest.
  void message(NodeRef node, NodeRef bundle) {
    const auto digest = entry(node, "messageDigest");
    const auto bytes = digest ? from_base64(text_at(*digest, "digest")) : std::nullopt;
    const auto signature = from_base64(text_at(node, "signature"));
    if (!bytes || bytes->size() != program::kDigestBytes || text_at(*digest, "algorithm") != "SHA2_256")
      return documents_.fail(*file_, node.line(), "`messageDigest` with a SHA2_256 in base64", "another one");
    if (!signature) return documents_.fail(*file_, node.line(), "a signature in base64", "another text");
    Statement out;
    out.line = node.line();
    out.predicate = "signature";
    program::Digest subject;
    std::ranges::copy(*bytes, subject.begin());
    out.subjects.push_back("sha256:" + program::to_hex(subject));
    out.signers = signers_of_digest(trust_, *bytes, *signature, bundle);
    statements_.push_back(std::move(out));
  }

  void envelope(NodeRef node, std::optional<NodeRef> bundle = {}) {
    const std::uint32_t line = node.line();
    if (text_at(node, "payloadType").find("in-toto") == std::string_view::npos) {
      return documents_.fail(*file_, line, "a payload of in-toto",
                             "`" + std::string(text_at(node, "payloadType")) + "`");
    }
    const auto payload = from_base64(text_at(node, "payload"));
    if (!payload) return documents_.fail(*file_, line, "a payload in base64", "another text");
    const Document* inner = parse(*payload, line);
    if (inner != nullptr) statement(inner->root(), line, signers_of_envelope(trust_, node, *payload, bundle));
  }

  void statement(NodeRef node, std::uint32_t line, Signers signers = {}) {
    Statement out;
    out.signers = std::move(signers);
    out.line = line;
    out.predicate = text_at(node, "predicateType");
    if (const auto list = list_at(node, "subject")) {
      for (const NodeRef subject : *list) digests(subject, out);
    }
    if (text_at(node, "_type") == "link") link(node, out);
    if (const auto predicate = entry(node, "predicate")) add_provenance(*predicate, out);
    statements_.push_back(std::move(out));
  }

  // The oldest kind of statement: of a step, with what it made by name.
  static void link(NodeRef node, Statement& out) {
    out.predicate = "link";
    const auto products = entry(node, "products");
    if (!products || !products->is(NodeKind::map)) return;
    for (const NodeRef product : *products) {
      if (!product.is(NodeKind::map)) continue;
      for (const NodeRef digest : product) add_digest(digest, out);
    }
  }

  static void digests(NodeRef subject, Statement& out) {
    const auto digest = entry(subject, "digest");
    if (!digest || !digest->is(NodeKind::map)) return;
    for (const NodeRef one : *digest) add_digest(one, out);
  }

  static void add_digest(NodeRef digest, Statement& out) {
    if (digest.is(NodeKind::string))
      out.subjects.push_back(std::string(digest.key()) + ":" + std::string(digest.text()));
  }

  const Documents& documents_;
  Trust trust_;
  Opened* file_ = nullptr;
  std::deque<Document> parsed_;
  std::vector<Statement> statements_;
};

}  // namespace

bool recognise_attestations(Opened& file) {
  if (const Document* line = file.first_json_line()) return is_attestation(line->root());
  const Document* document = file.json();
  return document != nullptr && is_attestation(document->root());
}

void read_attestations(const Documents& documents, Facts& facts) {
  auto trust = trust_of(documents);
  if (!trust) return;
  Attestations reader(documents, std::move(*trust));
  for (Opened& file : documents.files) reader.document(file);
  reader.write(facts);
}

}  // namespace dpol::sources
