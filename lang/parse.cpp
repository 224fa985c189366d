#include "lang/parse.h"

#include <utility>

namespace dpol::lang {

std::unique_ptr<Syntax> parse(std::string name, std::string text) {
  auto syntax = std::make_unique<Syntax>();
  syntax->source = SourceFile(std::move(name), std::move(text));
  syntax->tokens = tokenize(syntax->source, syntax->diagnostics);
  syntax->tree = parse_tokens(syntax->source, syntax->tokens, syntax->diagnostics);
  sort_diagnostics(syntax->diagnostics);
  if (syntax->diagnostics.size() >= kMaxSyntaxDiagnostics)
    syntax->diagnostics.emplace_back(DiagnosticCode::E0227, "more errors follow; these are the first to mend", &syntax->source,
                                     syntax->diagnostics.back().primary.span);
  return syntax;
}

}  // namespace dpol::lang
