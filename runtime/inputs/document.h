// Document: what a JSON or YAML document says, as a neutral tree in which every node knows its
// line and its path.
//
// Promises
//  - Numbers are kept as text, so reading loses no digit; what they are is for the reader of a
//    value to say. Strings are UTF-8 without lone surrogates.
//  - Depth, size and node count are bounded; an object has each key once.
//  - One allocation grows with the nodes and one with their texts; nothing is shared or recursive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::inputs {

inline constexpr std::size_t kMaxDocumentBytes = 256U << 20;
inline constexpr std::size_t kMaxDocumentDepth = 200;
inline constexpr std::size_t kMaxDocumentNodes = 10'000'000;

enum class NodeKind : std::uint8_t { null, boolean, number, string, list, map };

class Document;

// A node of a Document; cheap to copy, valid as long as the document stays as it is.
class NodeRef {
 public:
  NodeRef(const Document& document, std::uint32_t index) : document_(&document), index_(index) {}

  NodeKind kind() const;
  bool is(NodeKind kind) const { return this->kind() == kind; }
  std::uint32_t line() const;     // 1-based
  bool truth() const;             // of a boolean
  std::string_view text() const;  // of a string, or a number as the document has it
  std::string_view key() const;   // of a map's entry
  std::uint32_t size() const;     // of a list or map: how many
  // The entry of a map, or nothing.
  std::optional<NodeRef> find(std::string_view key) const;
  // RFC 6901: "", "/tests/failed", "/pods/2".
  std::string pointer() const;

  // Children of a list or map, in the order of the document.
  class Iterator {
   public:
    Iterator(const Document& document, std::uint32_t index) : document_(&document), index_(index) {}
    NodeRef operator*() const { return {*document_, index_}; }
    Iterator& operator++();
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Document* document_;
    std::uint32_t index_;
  };
  Iterator begin() const;
  Iterator end() const;

 private:
  const Document* document_;
  std::uint32_t index_;
};

class Document {
 public:
  NodeRef root() const { return {*this, 0}; }
  std::size_t node_count() const { return nodes_.size(); }
  // Where its text stands behind that many lines of another.
  void move_down(std::uint32_t lines) {
    for (Node& node : nodes_) node.line += lines;
  }

 private:
  friend class NodeRef;
  friend class DocumentWriter;

  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
  };
  // In the order of the document, a parent before its children.
  struct Node {
    Span text;
    Span key;
    std::uint32_t line = 0;
    std::uint32_t parent = 0;
    std::uint32_t next = 0;   // the node behind this one and all below it
    std::uint32_t count = 0;  // children
    NodeKind kind = NodeKind::null;
    bool truth = false;
  };
  std::string_view view(Span span) const {
    return std::string_view(texts_).substr(span.begin, span.length);
  }

  std::vector<Node> nodes_;
  std::string texts_;
};

// What DocumentWriter refuses.
enum class DocumentFault : std::uint8_t { none, too_deep, too_many_nodes, too_long, duplicate_key };

// Builds a Document from front to back. Every call answers false once something was refused; the
// caller then stops.
class DocumentWriter {
 public:
  // Empties `document`; its memory is used again.
  explicit DocumentWriter(Document& document);

  // Of the next node; in a map before each entry.
  void key(std::string_view key);
  bool null(std::uint32_t line) { return scalar(NodeKind::null, {}, line); }
  bool boolean(bool truth, std::uint32_t line);
  bool number(std::string_view text, std::uint32_t line) {
    return scalar(NodeKind::number, text, line);
  }
  bool string(std::string_view text, std::uint32_t line) {
    return scalar(NodeKind::string, text, line);
  }
  bool open_list(std::uint32_t line) { return open(NodeKind::list, line); }
  bool open_map(std::uint32_t line) { return open(NodeKind::map, line); }
  // The list or map opened last.
  bool close();
  // A copy of the finished node `index`, with the lines it has.
  bool copy(std::uint32_t index);

  bool is_complete() const { return open_.empty() && !document_.nodes_.empty(); }
  // The index that the next node will have.
  std::uint32_t next_index() const { return static_cast<std::uint32_t>(document_.nodes_.size()); }
  bool is_finished(std::uint32_t index) const;

  DocumentFault fault() const { return fault_; }
  // A sentence; of a duplicate key with both lines.
  std::string fault_text() const;
  std::uint32_t fault_line() const { return fault_line_; }

 private:
  bool append(NodeKind kind, std::uint32_t line);
  bool scalar(NodeKind kind, std::string_view text, std::uint32_t line);
  bool open(NodeKind kind, std::uint32_t line);
  bool store(std::string_view text, Document::Span& span);
  bool refuse(DocumentFault fault, std::uint32_t line);
  bool check_keys(std::uint32_t map);
  bool refuse_duplicate(std::uint32_t first, std::uint32_t second);

  Document& document_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> entries_;  // of the map being checked
  std::string key_;
  bool has_key_ = false;
  DocumentFault fault_ = DocumentFault::none;
  std::uint32_t fault_line_ = 0;
  std::string duplicate_;
};

}  // namespace dpol::inputs
