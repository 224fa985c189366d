// Opened: a document as far as it had to be read to tell what it is, in the syntax that it has.
//
// Promises: bounded in depth and size; nothing is fetched, no entity of a document is expanded but
// the five of XML and characters by number; each syntax is parsed once, however many formats look.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/inputs/document.h"
#include "runtime/inputs/input_file.h"
#include "runtime/inputs/json.h"

namespace pugi {
class xml_node;
}

namespace dpol::sources {

inline constexpr std::size_t kMaxXmlDepth = 200;
// An element takes some ten times the bytes that it is written in.
inline constexpr std::size_t kMaxXmlBytes = 128U << 20;

// One line of a text, without its end.
struct TextLine {
  std::string_view text;
  std::uint32_t number = 1;
};

// The lines of a text, one after the other; "\r\n" ends one as "\n" does.
class TextLines {
 public:
  explicit TextLines(std::string_view text, std::uint32_t first = 1) : text_(text), first_(first) {}

  class Iterator {
   public:
    Iterator(std::string_view rest, std::uint32_t number) : rest_(rest), number_(number) {}
    TextLine operator*() const;
    Iterator& operator++();
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    std::string_view rest_;
    std::uint32_t number_;
  };
  Iterator begin() const { return {text_, first_}; }
  Iterator end() const { return {text_.substr(text_.size()), 0}; }

 private:
  std::string_view text_;
  std::uint32_t first_;
};

class Opened {
 public:
  // Lines count on behind those of the documents before.
  explicit Opened(inputs::InputFile file, std::uint32_t lines_before = 0);
  ~Opened();
  Opened(Opened&&) noexcept;
  Opened& operator=(Opened&&) noexcept;

  const std::string& name() const { return file_.name; }
  const std::string& bytes() const { return file_.bytes; }
  inputs::Shape shape() const { return shape_; }
  std::uint32_t lines_before() const { return lines_before_; }

  // The document as JSON; null where it is none, and fault() says why.
  const inputs::Document* json();
  // Where each line is JSON of its own: the document of the first.
  const inputs::Document* first_json_line();
  const inputs::Document* yaml();
  // The root element; null where it is no XML.
  const pugi::xml_node* xml();
  std::uint32_t line_of(const pugi::xml_node& node) const;

  // Of the syntax that the document seems to be in: why it could not be read; empty if it could.
  // Its line is one of this document alone.
  const inputs::SyntaxFault& fault() const { return fault_; }

  TextLines lines() const;

 private:
  struct Xml;

  inputs::InputFile file_;
  std::uint32_t lines_before_;
  inputs::Shape shape_;
  inputs::SyntaxFault fault_;
  bool tried_json_ = false;
  bool tried_lines_ = false;
  bool tried_yaml_ = false;
  std::optional<inputs::Document> json_;
  std::optional<inputs::Document> first_line_;
  std::optional<inputs::Document> yaml_;
  std::unique_ptr<Xml> xml_;
};

}  // namespace dpol::sources
