// A policy as text, compiled and looked at by the linter.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/lint/lint.h"

namespace dpol::lint::test {

inline compiler::CompileResult compile(const std::string& text) {
  compiler::CompileOptions options;
  options.entries = {{"policy.dpol", text}};
  options.policy_paths = {"lib"};
  options.read_file = [](const std::string& path) -> std::optional<std::string> {
    if (path != "lib/std/facts.dpol") return std::nullopt;
    return "module std.facts\nfacts { failed int }\n";
  };
  return compiler::compile(options);
}

inline std::string complaints(const compiler::CompileResult& result) {
  std::string text = result.defect;
  for (const lang::Diagnostic& diagnostic : result.diagnostics) {
    text += lang::render_diagnostic(diagnostic);
  }
  return text;
}

// The names of what is found, in order.
inline std::vector<std::string> found(const std::string& text) {
  const compiler::CompileResult result = compile(text);
  EXPECT_TRUE(result.ok()) << complaints(result) << text;
  std::vector<std::string> names;
  for (const Finding& finding : lint(result, {})) names.emplace_back(rule_info(finding.rule).name);
  return names;
}

}  // namespace dpol::lint::test
