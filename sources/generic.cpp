// Facts out of any JSON or YAML document, by JSON pointers (RFC 6901). What stands nowhere is
// unknown. Of several documents the later wins, fact by fact.

#include <map>

#include "sources/formats.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
  }
  return out;
}

std::optional<NodeRef> element(NodeRef list, std::string_view token) {
  const auto wanted = whole_number(token);
  if (!wanted || *wanted >= list.size()) return std::nullopt;
  auto at = list.begin();
  for (std::int64_t i = 0; i < *wanted; ++i) ++at;
  return *at;
}

std::optional<NodeRef> find(NodeRef root, std::string_view pointer) {
  std::optional<NodeRef> at = root;
  while (at && !pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = unescaped(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (at->is(NodeKind::map)) {
      at = at->find(token);
    } else if (at->is(NodeKind::list)) {
      at = element(*at, token);
    } else {
      at.reset();
    }
  }
  return at;
}

void read(const Documents& documents, Facts& facts, const inputs::Document* (Opened::*parsed)()) {
  for (const FieldPlace& field : documents.fields) {
    std::optional<NodeRef> found;
    for (Opened& file : documents.files) {
      if (const auto node = find((file.*parsed)()->root(), field.at)) found = node;
    }
    if (found) {
      facts.copy(field.fact, *found, field.unit);
    } else {
      facts.unknown(field.fact);
    }
  }
}

}  // namespace

bool recognise_json(Opened& file) { return file.json() != nullptr; }
void read_json(const Documents& documents, Facts& facts) { read(documents, facts, &Opened::json); }

bool recognise_yaml(Opened& file) { return file.yaml() != nullptr; }
void read_yaml(const Documents& documents, Facts& facts) { read(documents, facts, &Opened::yaml); }

}  // namespace dpol::sources
