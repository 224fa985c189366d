// Messages to the author of a policy, and their two written forms: text with source lines, and JSON.
//
// Promises: rendering reads nothing but its arguments (no locale, no terminal), never fails, and shows the same bytes
// for the same diagnostic. A diagnostic may point into several files.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source.h"

namespace dpol::lang {

enum class Severity : std::uint8_t { Error, Warning, Note };

enum class DiagnosticCode : std::uint16_t {
#define DPOL_DIAGNOSTIC(code, name, severity, title) code,
#include "lang/diagnostics.def"
};

struct DiagnosticInfo {
  DiagnosticCode code;
  std::string_view text;  // "E0201"
  std::string_view name;  // "expected"
  Severity severity;
  std::string_view title;
};

[[nodiscard]] std::span<const DiagnosticInfo> diagnostic_infos();
[[nodiscard]] const DiagnosticInfo& diagnostic_info(DiagnosticCode code);
/// By "E0201"; null if there is none.
[[nodiscard]] const DiagnosticInfo* find_diagnostic(std::string_view text);

/// A place in a file and what to say there. The file must outlive the label.
struct Label {
  const SourceFile* file = nullptr;
  Span span;
  std::string text;  // may be empty: carets alone
};

/// Replaces `span` of `file` by `replacement`; an empty span inserts.
struct Edit {
  const SourceFile* file = nullptr;
  Span span;
  std::string replacement;
};

struct Help {
  std::string text;
  std::vector<Edit> edits;  // all of them together carry out the help; often none
};

struct Diagnostic {
  DiagnosticCode code{};
  Severity severity = Severity::Error;
  std::string message;  // one line, no final full stop
  Label primary;
  std::vector<Label> secondary;
  std::vector<Help> help;
  /// Shown in place of `code` where it is set: the code of a lint rule, which no row of diagnostics.def has. It is a
  /// text that outlives the diagnostic.
  std::string_view rule_code;

  [[nodiscard]] std::string_view code_text() const;

  Diagnostic() = default;
  /// The severity is the table's.
  Diagnostic(DiagnosticCode diagnostic_code, std::string text, const SourceFile* file, Span span,
             std::string label = {});

  Diagnostic& also(const SourceFile* file, Span span, std::string label);
  Diagnostic& suggest(std::string text);
  Diagnostic& suggest(std::string text, const SourceFile* file, Span span, std::string replacement);
};

/// Sorted by place (file name, then offset, then code), stable: the order in which messages are shown.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics);
[[nodiscard]] bool has_errors(std::span<const Diagnostic> diagnostics);

struct RenderOptions {
  bool color = false;
  std::uint32_t max_width = 120;  // longer source lines are cut around the place they are shown for
  std::uint32_t tab_width = 4;
};

/// The text form, ending with a newline.
[[nodiscard]] std::string render_diagnostic(const Diagnostic& diagnostic, const RenderOptions& options = {});
/// One JSON object on one line, ending with a newline.
[[nodiscard]] std::string render_diagnostic_json(const Diagnostic& diagnostic);

}  // namespace dpol::lang
