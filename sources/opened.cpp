#include "sources/opened.h"

#include <algorithm>
#include <pugixml.hpp>

#include "runtime/inputs/yaml.h"

namespace dpol::sources {

using inputs::Document;
using inputs::Shape;

struct Opened::Xml {
  pugi::xml_document document;
  pugi::xml_node root;
  std::vector<std::uint32_t> line_ends;  // offsets
  bool sound = false;
};

namespace {

// pugixml itself needs no stack for depth, but those who walk a document do.
bool is_too_deep(pugi::xml_node root) {
  std::size_t depth = 0;
  pugi::xml_node at = root;
  while (at) {
    if (at.first_child()) {
      if (++depth > kMaxXmlDepth) return true;
      at = at.first_child();
      continue;
    }
    while (at && at != root && !at.next_sibling()) {
      at = at.parent();
      --depth;
    }
    if (!at || at == root) return false;
    at = at.next_sibling();
  }
  return false;
}

std::uint32_t line_at(const std::vector<std::uint32_t>& line_ends, std::ptrdiff_t offset) {
  const auto end = std::ranges::lower_bound(
      line_ends, static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(offset, 0)));
  return static_cast<std::uint32_t>(end - line_ends.begin()) + 1;
}

}  // namespace

Opened::Opened(inputs::InputFile file, std::uint32_t lines_before)
    : file_(std::move(file)), lines_before_(lines_before), shape_(inputs::sniff(file_.bytes)) {}
Opened::~Opened() = default;
Opened::Opened(Opened&&) noexcept = default;
Opened& Opened::operator=(Opened&&) noexcept = default;

const Document* Opened::json() {
  if (!tried_json_ && shape_ == Shape::json) {
    inputs::JsonReader reader;
    json_.emplace();
    if (reader.read(file_.bytes, *json_, fault_)) {
      json_->move_down(lines_before_);
    } else {
      json_.reset();
    }
  }
  tried_json_ = true;
  return json_ ? &*json_ : nullptr;
}

const Document* Opened::first_json_line() {
  if (!tried_lines_ && shape_ == Shape::json) {
    for (const TextLine& line : lines()) {
      if (line.text.find_first_not_of(" \t") == std::string_view::npos) continue;
      inputs::JsonReader reader;
      inputs::SyntaxFault fault;
      first_line_.emplace();
      if (!reader.read(line.text, *first_line_, fault, line.number)) first_line_.reset();
      break;
    }
  }
  tried_lines_ = true;
  return first_line_ ? &*first_line_ : nullptr;
}

const Document* Opened::yaml() {
  if (!tried_yaml_ && (shape_ == Shape::text || shape_ == Shape::json)) {
    yaml_.emplace();
    if (file_.bytes.size() > inputs::kMaxYamlBytes) {
      fault_ = {0, "is YAML of more than " + std::to_string(inputs::kMaxYamlBytes >> 20) + " MiB"};
      yaml_.reset();
    } else if (inputs::read_yaml(file_.bytes, *yaml_, fault_)) {
      yaml_->move_down(lines_before_);
    } else {
      yaml_.reset();
    }
  }
  tried_yaml_ = true;
  return yaml_ ? &*yaml_ : nullptr;
}

const pugi::xml_node* Opened::xml() {
  if (!xml_) {
    xml_ = std::make_unique<Xml>();
    if (shape_ != Shape::html) return nullptr;
    if (file_.bytes.size() > kMaxXmlBytes) {
      fault_ = {0, "is XML of more than " + std::to_string(kMaxXmlBytes >> 20) + " MiB"};
      return nullptr;
    }
    for (std::size_t at = file_.bytes.find('\n'); at != std::string::npos;
         at = file_.bytes.find('\n', at + 1))
      xml_->line_ends.push_back(static_cast<std::uint32_t>(at));
    const auto result = xml_->document.load_buffer(file_.bytes.data(), file_.bytes.size(),
                                                   pugi::parse_default, pugi::encoding_utf8);
    if (!result) {
      fault_ = {line_at(xml_->line_ends, result.offset),
                std::string("is not XML: ") + result.description()};
    } else if (is_too_deep(xml_->document)) {
      fault_ = {0, "is XML nested deeper than " + std::to_string(kMaxXmlDepth) + " levels"};
    } else {
      xml_->root = xml_->document.document_element();
      xml_->sound = static_cast<bool>(xml_->root);
    }
  }
  return xml_->sound ? &xml_->root : nullptr;
}

std::uint32_t Opened::line_of(const pugi::xml_node& node) const {
  return xml_ ? lines_before_ + line_at(xml_->line_ends, node.offset_debug()) : 0;
}

TextLines Opened::lines() const {
  std::string_view text = file_.bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return TextLines(text, lines_before_ + 1);
}

TextLine TextLines::Iterator::operator*() const {
  std::string_view text = rest_.substr(0, rest_.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return {text, number_};
}

TextLines::Iterator& TextLines::Iterator::operator++() {
  rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
  ++number_;
  return *this;
}

}  // namespace dpol::sources
