// Where the stages of the compiler put what they have to say.
//
// Promises: one place gets one message of a code (a threshold over three metrics is checked three
// times and complains once); at most kMaxDiagnostics are kept.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/checked.h"
#include "lang/diagnostic.h"

namespace dpol::compiler {

inline constexpr std::size_t kMaxDiagnostics = 200;

class Sink {
 public:
  using Code = lang::DiagnosticCode;

  // The answer is valid until the next call; labels and help are added to it.
  lang::Diagnostic& report(Code code, const Place& place, std::string message,
                           std::string label = {});
  bool has_errors() const { return has_errors_; }
  // Nothing more is kept: whoever would go on only to find more may stop.
  bool is_full() const { return kept_.size() >= kMaxDiagnostics; }
  // Empties the sink.
  std::vector<lang::Diagnostic> take();

 private:
  std::deque<lang::Diagnostic> kept_;
  lang::Diagnostic dropped_;
  std::set<std::tuple<const lang::SourceFile*, std::uint32_t, std::uint32_t, Code>> seen_;
  bool has_errors_ = false;
};

// `name`, as messages quote code.
std::string quoted(std::string_view name);
// "did you mean `x`?" as label and as help that can be applied; nothing where nothing is near.
void suggest_nearest(lang::Diagnostic& diagnostic, const Place& place, std::string_view wrong,
                     const std::vector<std::string>& candidates);
// "`a`, `b` and 4 more"; for lists of legal names.
std::string list_of(const std::vector<std::string>& names, std::size_t most = 6);

}  // namespace dpol::compiler
