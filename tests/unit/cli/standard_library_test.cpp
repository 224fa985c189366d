// The policies that come with the program: that they compile as they are shipped, and which lines
// of the deployment guide they hold.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// Each module compiled, in the order of standard_modules().
const std::vector<compiler::CompileResult>& compiled() {
  static const std::vector<compiler::CompileResult> all = [] {
    std::vector<compiler::CompileResult> results;
    for (const EmbeddedText& module : standard_modules()) results.push_back(compile_module(module));
    return results;
  }();
  return all;
}

std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "G" + std::string(3 - digits.size(), '0') + digits;
}

using Held = std::map<std::string, std::set<std::string>>;

// A procedure or message, which many policies have: it counts where it is written. One that stands
// outside of policies is called after its module.
struct Shared {
  std::vector<std::string> covers;
  std::string name;               // `high_error_rate`
  std::string written;            // `incident`: the module
  std::set<std::string> at_home;  // the policies of that module that have it
};
using SharedByPlace = std::map<std::pair<std::string, std::size_t>, Shared>;

void add_shared(const compiler::Place& place, const std::vector<std::string>& covers,
                const std::string& name, const std::string& policy, std::string_view module,
                SharedByPlace& all) {
  const fs::path file(place.file->name());
  Shared& shared = all[{file.string(), place.span.begin}];
  shared.covers = covers;
  shared.name = name;
  shared.written = file.stem().string();
  if (file.filename() == module) shared.at_home.insert(policy);
}

// Of each requirement what holds it: `smoke.smoke_application.startup`. What a policy inherits its
// parent holds.
Held find_coverage() {
  Held held;
  SharedByPlace all;
  for (std::size_t i = 0; i < compiled().size(); ++i) {
    const EmbeddedText& module = standard_modules()[i];
    for (const compiler::CheckedPolicy& policy : compiled()[i].checked.policies) {
      for (const compiler::CheckedRule& rule : policy.rules) {
        if (rule.policy != policy.id) continue;
        const bool threshold = rule.kind == program::RuleKind::threshold;
        for (const std::string& id : rule.covers)
          held[id].insert(policy.id + "." + (threshold ? rule.group : rule.path));
      }
      for (const compiler::CheckedProcedure& procedure : policy.procedures)
        add_shared(procedure.place, procedure.covers, procedure.path, policy.id, module.name, all);
      for (const compiler::CheckedMessage& message : policy.messages)
        add_shared(message.place, message.covers, message.name, policy.id, module.name, all);
    }
  }
  for (const auto& [place, shared] : all)
    for (const std::string& id : shared.covers)
      held[id].insert((shared.at_home.empty() ? shared.written : *shared.at_home.begin()) + "." +
                      shared.name);
  return held;
}

const Held& coverage() {
  static const Held held = find_coverage();
  return held;
}

std::string table() {
  const Held& held = coverage();
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
  for (std::size_t i = 0; i < compiled().size(); ++i) {
    const EmbeddedText& module = standard_modules()[i];
    const compiler::CompileResult& result = compiled()[i];
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

TEST(StandardLibrary, HoldsEachRequirement) {
  for (int number = 1; number <= kRequirements; ++number)
    EXPECT_TRUE(coverage().contains(id_of(number))) << id_of(number);
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
