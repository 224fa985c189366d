#include "runtime/inputs/document.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {

NodeKind NodeRef::kind() const { return document_->nodes_[index_].kind; }
std::uint32_t NodeRef::line() const { return document_->nodes_[index_].line; }
bool NodeRef::truth() const { return document_->nodes_[index_].truth; }
std::string_view NodeRef::text() const { return document_->view(document_->nodes_[index_].text); }
std::string_view NodeRef::key() const { return document_->view(document_->nodes_[index_].key); }
std::uint32_t NodeRef::size() const { return document_->nodes_[index_].count; }

NodeRef::Iterator& NodeRef::Iterator::operator++() {
  index_ = document_->nodes_[index_].next;
  return *this;
}

// A scalar's next is its neighbour, so it has no children here either.
NodeRef::Iterator NodeRef::begin() const { return {*document_, index_ + 1}; }
NodeRef::Iterator NodeRef::end() const { return {*document_, document_->nodes_[index_].next}; }

std::optional<NodeRef> NodeRef::find(std::string_view key) const {
  if (!is(NodeKind::map)) return std::nullopt;
  for (const NodeRef entry : *this) {
    if (entry.key() == key) return entry;
  }
  return std::nullopt;
}

std::string NodeRef::pointer() const {
  if (index_ == 0) return {};
  const NodeRef parent(*document_, document_->nodes_[index_].parent);
  std::string path = parent.pointer();
  path += '/';
  if (parent.is(NodeKind::list)) {
    std::size_t position = 0;
    for (auto child = parent.begin(); (*child).index_ != index_; ++child) ++position;
    return path += std::to_string(position);
  }
  for (const char c : key()) {
    if (c == '~') {
      path += "~0";
    } else if (c == '/') {
      path += "~1";
    } else {
      path += c;
    }
  }
  return path;
}

DocumentWriter::DocumentWriter(Document& document) : document_(document) {
  document_.nodes_.clear();
  document_.texts_.clear();
}

void DocumentWriter::key(std::string_view key) {
  key_ = key;
  has_key_ = true;
}

bool DocumentWriter::refuse(DocumentFault fault, std::uint32_t line) {
  if (fault_ == DocumentFault::none) {
    fault_ = fault;
    fault_line_ = line;
  }
  return false;
}

bool DocumentWriter::store(std::string_view text, Document::Span& span) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max() - document_.texts_.size()) {
    return refuse(DocumentFault::too_long, fault_line_);
  }
  span.begin = static_cast<std::uint32_t>(document_.texts_.size());
  span.length = static_cast<std::uint32_t>(text.size());
  document_.texts_.append(text);
  return true;
}

bool DocumentWriter::append(NodeKind kind, std::uint32_t line) {
  if (fault_ != DocumentFault::none) return false;
  if (document_.nodes_.size() >= kMaxDocumentNodes) {
    return refuse(DocumentFault::too_many_nodes, line);
  }
  assert(!open_.empty() || document_.nodes_.empty());
  Document::Node node;
  node.kind = kind;
  node.line = line;
  node.next = next_index() + 1;
  if (!open_.empty()) {
    node.parent = open_.back();
    Document::Node& parent = document_.nodes_[node.parent];
    ++parent.count;
    assert(has_key_ == (parent.kind == NodeKind::map));
    if (has_key_ && !store(key_, node.key)) return false;
  }
  has_key_ = false;
  document_.nodes_.push_back(node);
  return true;
}

bool DocumentWriter::boolean(bool truth, std::uint32_t line) {
  if (!append(NodeKind::boolean, line)) return false;
  document_.nodes_.back().truth = truth;
  return true;
}

bool DocumentWriter::scalar(NodeKind kind, std::string_view text, std::uint32_t line) {
  return append(kind, line) && store(text, document_.nodes_.back().text);
}

bool DocumentWriter::open(NodeKind kind, std::uint32_t line) {
  if (open_.size() >= kMaxDocumentDepth) return refuse(DocumentFault::too_deep, line);
  const std::uint32_t index = next_index();
  if (!append(kind, line)) return false;
  open_.push_back(index);
  return true;
}

bool DocumentWriter::close() {
  if (fault_ != DocumentFault::none) return false;
  const std::uint32_t index = open_.back();
  open_.pop_back();
  document_.nodes_[index].next = next_index();
  return document_.nodes_[index].kind != NodeKind::map || check_keys(index);
}

bool DocumentWriter::refuse_duplicate(std::uint32_t first, std::uint32_t second) {
  duplicate_ = "the key " + in_quotes(document_.view(document_.nodes_[first].key)) +
               " stands twice: " + "lines " + std::to_string(document_.nodes_[first].line) +
               " and " + std::to_string(document_.nodes_[second].line);
  return refuse(DocumentFault::duplicate_key, document_.nodes_[second].line);
}

bool DocumentWriter::check_keys(std::uint32_t map) {
  const auto& nodes = document_.nodes_;
  const auto key_of = [this](std::uint32_t index) {
    return document_.view(document_.nodes_[index].key);
  };
  entries_.clear();
  for (std::uint32_t i = map + 1; i < nodes[map].next; i = nodes[i].next) entries_.push_back(i);
  constexpr std::size_t kFew = 12;
  if (entries_.size() <= kFew) {
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (key_of(entries_[j]) == key_of(entries_[i])) {
          return refuse_duplicate(entries_[j], entries_[i]);
        }
      }
    }
    return true;
  }
  // Stable by the index, so that the two lines named are the first two.
  std::ranges::sort(entries_, [&key_of](std::uint32_t a, std::uint32_t b) {
    const int order = key_of(a).compare(key_of(b));
    return order != 0 ? order < 0 : a < b;
  });
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (key_of(entries_[i - 1]) == key_of(entries_[i])) {
      return refuse_duplicate(entries_[i - 1], entries_[i]);
    }
  }
  return true;
}

bool DocumentWriter::is_finished(std::uint32_t index) const {
  return index < document_.nodes_.size() && std::ranges::find(open_, index) == open_.end();
}

bool DocumentWriter::copy(std::uint32_t index) {
  assert(is_finished(index));
  const std::uint32_t end = document_.nodes_[index].next;
  // Texts are shared: a node may stand for many without growing the document's text.
  std::vector<std::uint32_t> ends;
  const std::size_t base_depth = open_.size();
  const std::uint32_t shift = next_index() - index;
  for (std::uint32_t i = index; i < end; ++i) {
    while (!ends.empty() && ends.back() == i) ends.pop_back();
    const Document::Node from = document_.nodes_[i];
    if (i == index) {
      if (!append(from.kind, from.line)) return false;
    } else {
      if (document_.nodes_.size() >= kMaxDocumentNodes) {
        return refuse(DocumentFault::too_many_nodes, from.line);
      }
      document_.nodes_.push_back(from);
      document_.nodes_.back().parent = from.parent + shift;
    }
    Document::Node& to = document_.nodes_.back();
    to.text = from.text;
    to.truth = from.truth;
    to.count = from.count;
    to.next = from.next + shift;
    const bool nests = from.kind == NodeKind::list || from.kind == NodeKind::map;
    if (!nests) continue;
    if (base_depth + ends.size() >= kMaxDocumentDepth) {
      return refuse(DocumentFault::too_deep, from.line);
    }
    ends.push_back(from.next);
  }
  return true;
}

std::string DocumentWriter::fault_text() const {
  switch (fault_) {
    case DocumentFault::none:
      return {};
    case DocumentFault::too_deep:
      return "nested deeper than " + std::to_string(kMaxDocumentDepth) + " levels";
    case DocumentFault::too_many_nodes:
      return "more than " + std::to_string(kMaxDocumentNodes) + " values";
    case DocumentFault::too_long:
      return "its texts are longer than 4 GiB together";
    case DocumentFault::duplicate_key:
      return duplicate_;
  }
  return {};
}

}  // namespace dpol::inputs
