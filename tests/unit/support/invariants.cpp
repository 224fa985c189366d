#include "tests/unit/support/invariants.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/tree_dump.h"
#include "lang/utf8.h"
#include "runtime/program/codec.h"
#include "runtime/program/disassemble.h"
#include "runtime/program/verify.h"

namespace dpol::test {
namespace {

using lang::Node;
using lang::NodeGroup;
using lang::NodeId;
using lang::NodeKind;
using lang::Syntax;
using lang::Token;
using lang::TokenKind;

std::string at(const std::string& what, std::size_t index, const std::string& wrong) {
  return what + " " + std::to_string(index) + " " + wrong;
}

// ---- formatting

std::string with_line_feeds(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_pair = text[i] == '\r' && text.substr(i + 1, 1) == "\n";
    if (!is_pair) result += text[i];
  }
  if (!result.empty() && !result.ends_with('\n')) result += '\n';
  return result;
}

// What is no token: comments, and what a lexer could not make sense of, each on a line without the blanks around it.
std::string between_tokens(const Syntax& syntax, std::uint32_t from, std::uint32_t to) {
  std::string result;
  std::string line;
  for (const char c : std::string(syntax.source.text({from, to})) + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin != std::string::npos) result += line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin) + "\n";
    line.clear();
  }
  return result;
}

// One line or more for each token and comment, so that two texts can be held against each other.
std::vector<std::string> said_by(const Syntax& syntax) {
  std::vector<std::string> all;
  std::uint32_t from = 0;
  for (const Token& token : syntax.tokens.tokens) {
    all.push_back(between_tokens(syntax, from, token.begin));
    all.push_back(std::string(lang::kind_name(token.kind)) + " " + std::string(syntax.source.text(token.span())));
    from = token.end;
  }
  return all;
}

// Each node's kind and tokens.
std::vector<std::string> nodes_of(const Syntax& syntax) {
  std::vector<std::string> all;
  for (const Node& node : syntax.tree.nodes) {
    all.push_back(std::string(lang::node_info(node.kind).name) + " " + std::to_string(node.first_token) + " " + std::to_string(node.end_token) + " " +
                  std::to_string(node.detail) + (node.across_stages ? " across stages" : "") + (node.has_error ? "!" : ""));
  }
  return all;
}

// ---- tokens

std::string tokens_fault(const Syntax& syntax) {
  const auto& tokens = syntax.tokens.tokens;
  const std::size_t size = syntax.source.text().size();
  if (tokens.empty() || tokens.back().kind != TokenKind::EndOfFile) return "the tokens do not end with the end of the file";
  if (tokens.back().begin != tokens.back().end) return "the end of the file is not zero bytes wide";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.begin > token.end || (token.end > size && !syntax.source.too_large())) return at("token", i, "leaves the file");
    if (i + 1 == tokens.size()) continue;
    if (token.kind == TokenKind::EndOfFile) return at("token", i, "is an end of the file in its middle");
    if (token.begin == token.end) return at("token", i, "is empty");
    if (token.end > tokens[i + 1].begin) return at("token", i, "overlaps the next");
  }
  for (std::size_t i = 0; i + 1 < syntax.tokens.docs.size(); ++i) {
    if (syntax.tokens.docs[i].end > syntax.tokens.docs[i + 1].begin) return at("documentation line", i, "overlaps the next");
  }
  return "";
}

// ---- tree

bool is_detail_legal(const Node& node) {
  switch (node.kind) {
    case NodeKind::Unary:
      return node.detail <= static_cast<std::uint8_t>(lang::UnaryOp::Present);
    case NodeKind::Binary:
      return node.detail <= static_cast<std::uint8_t>(lang::BinaryOp::Divide);
    case NodeKind::Quantifier:
      return node.detail <= static_cast<std::uint8_t>(lang::QuantifierKind::None);
    case NodeKind::Window:
      return node.detail <= static_cast<std::uint8_t>(lang::WindowKind::InSamples);
    default:
      return true;
  }
}

std::string node_fault(const Syntax& syntax, NodeId id) {
  const Node& node = syntax.tree[id];
  if (node.subtree_size == 0 || node.subtree_size > id + 1) return at("node", id, "claims more nodes than come before it");
  if (node.first_token > node.end_token || node.end_token > syntax.tokens.size()) return at("node", id, "has no range of tokens");
  if (!is_detail_legal(node)) return at("node", id, "has a detail that its kind does not know");
  if (node.across_stages && node.kind != NodeKind::Window) return at("node", id, "is no window and goes across stages");
  bool has_error = node_info(node.kind).group == NodeGroup::Trouble || node.kind == NodeKind::MissingExpression;
  lang::TokenIndex limit = node.end_token;
  NodeId next = id;                           // one past the child
  const NodeId first = id + 1 - node.subtree_size;
  while (next > first) {
    const Node& child = syntax.tree[next - 1];
    if (child.subtree_size == 0 || child.subtree_size > next - first) return at("node", id, "has a child that reaches out of it");
    if (child.end_token > limit) return at("node", id, "has a child beyond its end or its next sibling's begin");
    if (child.first_token < node.first_token) return at("node", id, "has a child before its begin");
    limit = child.first_token;
    has_error |= child.has_error;
    next -= child.subtree_size;
  }
  // A statement in the wrong place carries an error though nothing below it does.
  if (has_error && !node.has_error) return at("node", id, "hides an error below it");
  return "";
}

std::string tree_fault(const Syntax& syntax) {
  const auto& nodes = syntax.tree.nodes;
  if (nodes.empty() || nodes.back().kind != NodeKind::File) return "the last node is no file";
  if (nodes.back().subtree_size != nodes.size()) return "the file's node does not hold all others";
  if (nodes.back().first_token != 0 || nodes.back().end_token + 1 < syntax.tokens.size()) return "the file's node does not span all tokens";
  for (NodeId id = 0; id < nodes.size(); ++id) {
    if (id + 1 < nodes.size() && nodes[id].kind == NodeKind::File) return at("node", id, "is a file within a file");
    if (std::string fault = node_fault(syntax, id); !fault.empty()) return fault;
    const lang::Span span = syntax.span(id);
    if (span.begin > span.end || span.end > syntax.source.text().size()) return at("node", id, "leaves the file");
  }
  if (nodes.back().has_error && syntax.ok()) return "the tree holds an error of which no message speaks";
  return "";
}

// ---- views: every accessor that decodes text, on every node

std::size_t read_literal(const lang::ast::LiteralExpr& literal) {
  switch (literal.token()) {
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Percent:
    case TokenKind::Points:
    case TokenKind::Factor:
    case TokenKind::Quantity:
    case TokenKind::Rate:
      return literal.number().size();
    case TokenKind::Date:
      return literal.date().exists() ? 1 : 0;
    case TokenKind::Semver:
      return literal.semver().pre.size();
    case TokenKind::String:
    case TokenKind::Query:
      return literal.parts().size() + literal.plain_text().value_or("").size();
    case TokenKind::Regex:
      return literal.pattern().size();
    default:
      return literal.boolean() ? 1 : 0;
  }
}

std::size_t read_body(const lang::ast::Body& body) {
  return body.clauses().size() + body.verbs().size() + body.confirms().size() + body.title().value().size() +
         body.name().text().size() + body.if_missing().action().text().size() + body.why().string().text().size();
}

std::size_t read_view(const Syntax& syntax, NodeId id) {
  const lang::ast::View view(syntax, id);
  std::size_t read = view.doc().size() + read_body(lang::ast::Body(syntax, id));
  if (auto literal = view.as<lang::ast::LiteralExpr>()) read += read_literal(literal);
  if (auto path = view.as<lang::ast::PathExpr>()) read += path.joined().size() + path.segments().size();
  if (auto title = view.as<lang::ast::Title>()) read += title.parts().size();
  if (auto value = view.as<lang::ast::EnumValue>()) read += value.value().size();
  if (auto type = view.as<lang::ast::Type>()) read += type.joined().size() + type.unit().size() + type.per().size();
  if (auto window = view.as<lang::ast::WindowExpr>()) read += window.count().text().size() + window.window_span().end;
  if (auto action = view.as<lang::ast::Action>()) read += static_cast<std::size_t>(action.outcome());
  if (auto binary = view.as<lang::ast::BinaryExpr>()) read += binary.op_span().end;
  return read;
}

// ---- messages

bool is_boundary(const lang::SourceFile& file, std::uint32_t offset) {
  const std::string_view text = file.text();
  return offset >= text.size() || (static_cast<unsigned char>(text[offset]) & 0xC0U) != 0x80;
}

std::string place_fault(const lang::SourceFile* file, lang::Span span) {
  if (file == nullptr) return "points to no file";
  if (span.begin > span.end || span.end > file->text().size()) return "points out of its file";
  // In text that is not UTF-8 there are no whole characters to keep to.
  const bool whole = is_boundary(*file, span.begin) && is_boundary(*file, span.end);
  return whole || lang::find_invalid_utf8(file->text()) != std::string_view::npos ? "" : "points into a character";
}

std::string words_fault(const std::string& text) {
  if (text.empty()) return "says nothing";
  if (text.find('\n') != std::string::npos) return "has several lines";
  return text.back() == '.' && !text.ends_with("..") ? "ends with a full stop" : "";
}

std::string diagnostic_fault(const lang::Diagnostic& diagnostic) {
  if (std::string fault = words_fault(diagnostic.message); !fault.empty()) return fault;
  if (std::string fault = place_fault(diagnostic.primary.file, diagnostic.primary.span); !fault.empty()) return fault;
  for (const lang::Label& label : diagnostic.secondary) {
    if (std::string fault = place_fault(label.file, label.span); !fault.empty()) return "has a label that " + fault;
  }
  for (const lang::Help& help : diagnostic.help) {
    if (help.text.empty()) return "has help that says nothing";
    for (const lang::Edit& edit : help.edits) {
      if (std::string fault = place_fault(edit.file, edit.span); !fault.empty()) return "has an edit that " + fault;
    }
  }
  if (!lang::render_diagnostic(diagnostic).ends_with('\n')) return "is rendered without a line's end";
  if (!lang::render_diagnostic_json(diagnostic).ends_with("}\n")) return "is rendered as no JSON object";
  return "";
}

std::string program_fault(const program::Program& program) {
  if (const auto fault = program::verify(program)) return "the program is not sound: " + fault->what;
  if (program::disassemble(program).empty()) return "the program has no listing";
  const std::vector<std::uint8_t> bytes = program::encode(program);
  const auto decoded = program::decode(bytes);
  if (const auto* fault = std::get_if<program::DecodeFault>(&decoded)) {
    return "its encoding cannot be read, byte " + std::to_string(fault->offset) + ": " + fault->what;
  }
  if (!(std::get<program::Program>(decoded) == program)) return "what its encoding holds is another program";
  return "";
}

}  // namespace

std::string syntax_fault(const Syntax& syntax) {
  if (std::string fault = tokens_fault(syntax); !fault.empty()) return fault;
  if (std::string fault = tree_fault(syntax); !fault.empty()) return fault;
  if (syntax.diagnostics.size() > lang::kMaxSyntaxDiagnostics + 1) return "there are more messages than the limit allows";
  if (std::string fault = diagnostics_fault(syntax.diagnostics); !fault.empty()) return fault;
  const bool ours = std::all_of(syntax.diagnostics.begin(), syntax.diagnostics.end(),
                                [&](const lang::Diagnostic& d) { return d.primary.file == &syntax.source; });
  if (!ours) return "a message points to another file";
  std::size_t read = lang::dump_tree(syntax).size() + lang::dump_tokens(syntax).size();
  for (NodeId id = 0; id < syntax.tree.nodes.size(); ++id) read += read_view(syntax, id);
  return read > 0 ? "" : "the dump of the tree is empty";
}

std::string diagnostics_fault(std::span<const lang::Diagnostic> diagnostics) {
  for (const lang::Diagnostic& diagnostic : diagnostics) {
    const std::string fault = diagnostic_fault(diagnostic);
    if (fault.empty()) continue;
    return std::string(lang::diagnostic_info(diagnostic.code).text) + " `" + diagnostic.message + "` " + fault;
  }
  return "";
}

std::string compile_fault(const compiler::CompileResult& result) {
  if (std::string fault = diagnostics_fault(result.diagnostics); !fault.empty()) return fault;
  const bool has_errors = lang::has_errors(result.diagnostics);
  if (has_errors && result.program) return "there is a program in spite of errors";
  if (has_errors) return "";
  return result.program ? program_fault(*result.program) : "there is neither a program nor an error";
}

std::string format_fault(const std::string& text, lang::FormatReach* reach) {
  const lang::Formatted formatted = lang::format(text);
  if (reach != nullptr) *reach = formatted.reach;
  if (text.size() > lang::kMaxSourceBytes) return formatted.text == text ? "" : "a file that is too large was changed";
  const auto before = lang::parse("x", with_line_feeds(text));
  const auto after = lang::parse("x", formatted.text);
  if (said_by(*before) != said_by(*after)) return "formatting changes tokens or comments:\n" + formatted.text;
  // Not the dump, which shows the blanks in a name such as `a . b`, too.
  if (nodes_of(*before) != nodes_of(*after)) return "formatting changes the tree:\n" + formatted.text;
  if (formatted.text.find("\r\n") != std::string::npos) return "a line ends in CR LF";
  if (!formatted.text.empty() && !formatted.text.ends_with('\n')) return "the last line has no end";
  const std::string again = lang::format(formatted.text).text;
  if (again != formatted.text) return "formatted twice it is another text:\n" + formatted.text + "---- then\n" + again;
  if (before->ok() && formatted.reach != lang::FormatReach::Statements) return "a sound file is not formatted";
  return "";
}

}  // namespace dpol::test
