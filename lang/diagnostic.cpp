#include "lang/diagnostic.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "lang/sorting.h"

namespace dpol::lang {
namespace {

constexpr std::array kInfos = {
#define DPOL_DIAGNOSTIC(code, name, severity, title) \
  DiagnosticInfo{DiagnosticCode::code, #code, #name, Severity::severity, title},
#include "lang/diagnostics.def"
};

}  // namespace

std::span<const DiagnosticInfo> diagnostic_infos() { return kInfos; }

const DiagnosticInfo& diagnostic_info(DiagnosticCode code) { return kInfos[static_cast<std::size_t>(code)]; }

const DiagnosticInfo* find_diagnostic(std::string_view text) {
  const auto* at = std::find_if(kInfos.begin(), kInfos.end(), [&](const DiagnosticInfo& i) { return i.text == text; });
  return at == kInfos.end() ? nullptr : at;
}

Diagnostic::Diagnostic(DiagnosticCode diagnostic_code, std::string text, const SourceFile* file, Span span,
                       std::string label)
    : code(diagnostic_code),
      severity(diagnostic_info(diagnostic_code).severity),
      message(std::move(text)),
      primary{file, span, std::move(label)} {}

std::string_view Diagnostic::code_text() const {
  return rule_code.empty() ? diagnostic_info(code).text : rule_code;
}

Diagnostic& Diagnostic::also(const SourceFile* file, Span span, std::string label) {
  secondary.push_back({file, span, std::move(label)});
  return *this;
}

Diagnostic& Diagnostic::suggest(std::string text) {
  help.push_back({std::move(text), {}});
  return *this;
}

Diagnostic& Diagnostic::suggest(std::string text, const SourceFile* file, Span span, std::string replacement) {
  help.push_back({std::move(text), {{file, span, std::move(replacement)}}});
  return *this;
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
  const auto key = [](const Diagnostic& d) {
    const std::string_view file = d.primary.file != nullptr ? std::string_view(d.primary.file->name()) : "";
    return std::tuple(file, d.primary.span.begin, d.code, d.rule_code);
  };
  sort_stably(diagnostics, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

bool has_errors(std::span<const Diagnostic> diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

}  // namespace dpol::lang
