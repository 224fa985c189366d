#include "lang/parse.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lang/ast.h"

namespace dpol::lang {
namespace {

// A file of another language: whatever else is found in it may be none of its faults.
void check_edition(Syntax& syntax) {
  for (const ast::Edition& edition : ast::File(syntax).children<ast::Edition>()) {
    const ast::LiteralExpr number = edition.number();
    if (!number || std::ranges::find(kEditions, number.text()) != std::end(kEditions)) continue;
    const std::string newest(kEditions[std::size(kEditions) - 1]);
    syntax.diagnostics.clear();
    syntax.diagnostics
        .emplace_back(DiagnosticCode::E0228, "edition " + std::string(number.text()) + " of the language is not known here", &syntax.source,
                      syntax.span(number.node()))
        .suggest("this dpol knows edition " + newest + ": use the newer one that the file is written for");
    return;
  }
}

}  // namespace

std::unique_ptr<Syntax> parse(std::string name, std::string text) {
  auto syntax = std::make_unique<Syntax>();
  syntax->source = SourceFile(std::move(name), std::move(text));
  syntax->tokens = tokenize(syntax->source, syntax->diagnostics);
  syntax->tree = parse_tokens(syntax->source, syntax->tokens, syntax->diagnostics);
  check_edition(*syntax);
  sort_diagnostics(syntax->diagnostics);
  if (syntax->diagnostics.size() >= kMaxSyntaxDiagnostics)
    syntax->diagnostics.emplace_back(DiagnosticCode::E0227, "more errors follow; these are the first to mend", &syntax->source,
                                     syntax->diagnostics.back().primary.span);
  return syntax;
}

}  // namespace dpol::lang
