// Words for parts of a checked policy that stand in several places of a document.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "compiler/checked.h"
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

// "1 rule", "2 rules"
std::string counted(std::size_t count, std::string_view one);

std::string duration(const compiler::Decimal& seconds);
std::string moment(const compiler::Decimal& seconds);  // since 1970

// `int`, `high | low`, `list of pod`.
std::string type_text(const program::Type& type, const compiler::TypeTable& types);
// What a value of the type may be or holds, where its name does not say that; else nothing.
std::string type_values(const program::Type& type, const compiler::TypeTable& types);

// "2 people as `engineer`, other than whom `author` names".
Text approval_text(const compiler::Approval& approval, const compiler::Checked& checked);

// Names of places in a document, each once.
class Anchors {
 public:
  std::string of(std::string_view name);

 private:
  std::set<std::string> taken_;
};

}  // namespace dpol::doc
