// Runs of text and what is made of them, for whoever writes a Document; knows nothing of policies.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/doc/document.h"

namespace dpol::doc {

inline Run plain(std::string text) { return {Form::plain, std::move(text), {}}; }
inline Run strong(std::string text) { return {Form::strong, std::move(text), {}}; }
inline Run code(std::string text, std::string target = {}) {
  return {Form::code, std::move(text), std::move(target)};
}
// Nothing where there is nothing to say.
Text words(std::string_view text);
bool is_blank(std::string_view text);
Text code_or_nothing(std::string_view text);
void append(Text& text, Text more);
// a, b and c
Text listed(const std::vector<Text>& parts);
Text listed_code(const std::vector<std::string>& parts);
// Documentation is text of several lines; an empty one ends a paragraph.
std::vector<std::string> paragraphs(const std::string& doc);

// "1 rule", "2 rules"
std::string counted(std::size_t count, std::string_view one);

// Names of places in a document, each once.
class Anchors {
 public:
  std::string of(std::string_view name);

 private:
  std::set<std::string> taken_;
};

}  // namespace dpol::doc
