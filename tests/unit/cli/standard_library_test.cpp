// The policies that come with the program: that they compile as they are shipped, and which lines
// of the deployment guide they hold.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "cli/embedded.h"
#include "cli/standard_library.h"
#include "compiler/compile.h"
#include "runtime/vm/pattern.h"
#include "sources/schemas.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kRequirements = 628;  // of the guide: G001 to G628

compiler::CompileResult compile_module(const EmbeddedText& module) {
  compiler::CompileOptions options;
  options.entries = {{"dpol:std/" + std::string(module.name), std::string(module.text)}};
  options.library = standard_module;
  options.check_regex = vm::pattern_fault;
  options.source_formats = sources::source_formats();
  options.open_parameters = true;
  return compiler::compile(options);
}

std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "G" + std::string(3 - digits.size(), '0') + digits;
}

// Of each requirement what holds it: `smoke.smoke_application.startup`, in the order of the
// modules.
std::map<std::string, std::set<std::string>> coverage() {
  std::map<std::string, std::set<std::string>> held;
  for (const EmbeddedText& module : standard_modules()) {
    const compiler::CompileResult result = compile_module(module);
    for (const compiler::CheckedPolicy& policy : result.checked.policies) {
      const auto add = [&](const std::vector<std::string>& ids, const std::string& what) {
        for (const std::string& id : ids) held[id].insert(policy.id + "." + what);
      };
      // What a policy inherits its parent holds.
      for (const compiler::CheckedRule& rule : policy.rules)
        if (rule.policy == policy.id)
          add(rule.covers, rule.kind == program::RuleKind::threshold ? rule.group : rule.path);
      for (const compiler::CheckedProcedure& procedure : policy.procedures)
        add(procedure.covers, procedure.path);
      for (const compiler::CheckedMessage& message : policy.messages)
        add(message.covers, message.name);
    }
  }
  return held;
}

std::string table() {
  const auto held = coverage();
  std::string text = "requirement\theld by\n";
  for (int number = 1; number <= kRequirements; ++number) {
    text += id_of(number) + "\t";
    if (const auto found = held.find(id_of(number)); found != held.end()) {
      std::string all;
      for (const std::string& what : found->second) all += (all.empty() ? "" : " ") + what;
      text += all;
    }
    text += "\n";
  }
  return text;
}

TEST(StandardLibrary, EveryModuleCompilesAsItIsShipped) {
  EXPECT_GE(standard_modules().size(), 10U);
  for (const EmbeddedText& module : standard_modules()) {
    const compiler::CompileResult result = compile_module(module);
    EXPECT_TRUE(result.ok()) << module.name;
    for (const lang::Diagnostic& diagnostic : result.diagnostics)
      ADD_FAILURE() << module.name << ": " << diagnostic.message;
  }
}

TEST(StandardLibrary, CoversRequirementsThatThereAre) {
  std::set<std::string> known;
  for (int number = 1; number <= kRequirements; ++number) known.insert(id_of(number));
  for (const auto& [id, what] : coverage())
    EXPECT_TRUE(known.contains(id)) << id << " of " << *what.begin();
}

// stdlib-policies/coverage.tsv; DPOL_UPDATE=1 writes it.
TEST(StandardLibrary, TheTableSaysWhatHoldsEachRequirement) {
  const fs::path file = fs::path(DPOL_SOURCE_DIR) / "stdlib-policies/coverage.tsv";
  const std::string text = table();
  if (std::getenv("DPOL_UPDATE") != nullptr) std::ofstream(file, std::ios::binary) << text;
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {}));
}

TEST(StandardLibrary, KnowsItsOwnModulesOnly) {
  ASSERT_TRUE(standard_module("std.facts"));
  EXPECT_EQ(standard_module("std.facts")->name, "dpol:std/facts.dpol");
  for (const char* const name :
       {"facts", "std", "std.", "std.nothing", "other.facts", "std.facts.dpol"})
    EXPECT_FALSE(standard_module(name)) << name;
}

}  // namespace
}  // namespace dpol::cli
