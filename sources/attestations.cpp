// Statements of in-toto, of which SLSA provenance is one: bare, in an envelope of DSSE, in a bundle
// of Sigstore, in the summary that Google Cloud Build gives, one document or one a line. The
// payload is JSON in base64 in JSON. It is read, and no signature is checked: anybody can write an
// envelope, so `verified` stays unknown.

#include <deque>
#include <set>

#include "runtime/inputs/json.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"

namespace dpol::sources {
namespace {

using inputs::Document;
using inputs::NodeKind;
using inputs::NodeRef;

// With either alphabet, padded or not; nothing of a text that is none.
std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0') + 52;
    } else if (c == '+' || c == '-') {
      value = 62;
    } else if (c == '/' || c == '_') {
      value = 63;
    } else {
      return std::nullopt;
    }
    bits = (bits << 6U) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
  }
  return held < 6 ? std::optional(out) : std::nullopt;
}

bool is_envelope(NodeRef node) {
  return entry(node, "payload") && entry(node, "payloadType") && list_at(node, "signatures");
}

bool is_statement(NodeRef node) {
  return text_at(node, "_type").starts_with("https://in-toto.io/Statement/");
}

bool is_attestation(NodeRef root) {
  return is_envelope(root) || is_statement(root) || entry(root, "dsseEnvelope") ||
         entry(root, "provenance_summary", "provenance");
}

struct Statement {
  std::string predicate, builder, source, commit;
  std::vector<std::string> subjects;
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
  explicit Attestations(const Documents& documents) : documents_(documents) {}

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
    facts.unknown("verified");
    facts.open_list("statements");
    for (const Statement& one : statements_) {
      facts.open_map({}, one.line);
      facts.text("predicate", one.predicate, one.line);
      if (!one.builder.empty()) facts.text("builder", one.builder, one.line);
      if (!one.source.empty()) facts.text("source", one.source, one.line);
      if (!one.commit.empty()) facts.text("commit", one.commit, one.line);
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
    if (const auto inner = entry(root, "dsseEnvelope")) return envelope(*inner);
    const auto list = entry(root, "provenance_summary", "provenance");
    if (!list || !list->is(NodeKind::list)) {
      return documents_.fail(*file_, root.line(), "an envelope or a statement", "neither");
    }
    for (const NodeRef one : *list) {
      if (const auto inner = entry(one, "envelope")) envelope(*inner);
    }
  }

  void envelope(NodeRef node) {
    const std::uint32_t line = node.line();
    if (text_at(node, "payloadType").find("in-toto") == std::string_view::npos) {
      return documents_.fail(*file_, line, "a payload of in-toto",
                             "`" + std::string(text_at(node, "payloadType")) + "`");
    }
    const auto payload = from_base64(text_at(node, "payload"));
    if (!payload) return documents_.fail(*file_, line, "a payload in base64", "another text");
    if (const Document* inner = parse(*payload, line)) statement(inner->root(), line);
  }

  void statement(NodeRef node, std::uint32_t line) {
    Statement out;
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
  Attestations reader(documents);
  for (Opened& file : documents.files) reader.document(file);
  reader.write(facts);
}

}  // namespace dpol::sources
