// OpenVEX in JSON. A statement holds for each of its products; where it has none, for the
// document's. Of statements on one vulnerability and product the newest counts, the last of those
// of one time.

#include <algorithm>
#include <array>
#include <map>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

struct Statement {
  std::string status;
  std::string justification;
  std::optional<std::string> at;
  std::uint32_t line = 0;
};
using Statements = std::map<std::pair<std::string, std::string>, Statement>;

constexpr std::array<std::string_view, 4> kStatus = {"affected", "under_investigation",
                                                     "not_affected", "fixed"};

// A text in the first versions, a map with a name since.
std::string_view name_of(NodeRef holder, std::string_view key, std::string_view inside) {
  const auto found = entry(holder, key);
  if (!found) return {};
  return found->is(NodeKind::string) ? found->text() : text_at(*found, inside);
}

std::vector<std::string> products_of(NodeRef statement) {
  std::vector<std::string> products;
  if (const auto list = list_at(statement, "products")) {
    for (const NodeRef one : *list)
      products.emplace_back(one.is(NodeKind::string) ? one.text() : text_at(one, "@id"));
  }
  if (products.empty()) products.emplace_back();
  return products;
}

void add(NodeRef statement, const Statement& one, Statements& known) {
  const std::string id(name_of(statement, "vulnerability", "name"));
  for (const std::string& product : products_of(statement)) {
    const auto [place, is_new] = known.try_emplace({id, product}, one);
    const auto& before = place->second.at;
    if (!is_new && !(before && one.at && is_earlier(*one.at, *before))) place->second = one;
  }
}

}  // namespace

bool recognise_openvex(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && list_at(document->root(), "statements") &&
         scalar_at(document->root(), "@context").find("openvex") != std::string_view::npos;
}

void read_openvex(const Documents& documents, Facts& facts) {
  Statements statements;
  std::optional<std::string> made_at;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    auto time = moment(text_at(root, "last_updated"));
    if (!time) time = moment(text_at(root, "timestamp"));
    if (time && (!made_at || is_earlier(*made_at, *time))) made_at = time;
    const NodeRef listed = *list_at(root, "statements");
    for (const NodeRef node : listed) {
      Statement one;
      one.status = text_at(node, "status");
      one.justification = text_at(node, "justification");
      one.at = moment(text_at(node, "timestamp"));
      if (!one.at) one.at = time;
      one.line = node.line();
      if (std::ranges::find(kStatus, one.status) == kStatus.end()) {
        documents.fail(file, node.line(), "a status of OpenVEX", "`" + one.status + "`");
        return;
      }
      add(node, one, statements);
    }
  }
  std::map<std::string_view, std::int64_t> counts;
  for (const auto& [key, one] : statements) ++counts[one.status];
  for (const std::string_view status : kStatus) facts.integer(status, counts[status]);
  facts.open_list("statements");
  for (const auto& [key, one] : statements) {
    facts.open_map({}, one.line);
    facts.text("id", key.first, one.line);
    facts.text("product", key.second, one.line);
    facts.text("status", one.status, one.line);
    if (!one.justification.empty()) facts.text("justification", one.justification, one.line);
    facts.close();
  }
  facts.close();
  if (made_at) facts.text("made_at", *made_at);
}

}  // namespace dpol::sources
