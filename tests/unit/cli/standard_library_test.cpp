// The policies that come with the program: that they compile as they are shipped, and which lines
// of the deployment guide they hold.

#include <gtest/gtest.h>

#include <algorithm>
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

// What holds requirements: `smoke.smoke_application.startup`.
struct Holder {
  std::string title;
  std::string module;  // where it is written
  std::string_view kind;
  std::set<std::string> ids;
};
using Holders = std::map<std::string, Holder>;
using Held = std::map<std::string, std::set<std::string>>;

constexpr std::string_view kChecked = "checked";    // by facts and metrics
constexpr std::string_view kSigned = "signed off";  // by people
constexpr std::string_view kProcedure = "procedure";
constexpr std::string_view kMessage = "message";

// A procedure or message, which many policies have: it counts where it is written. One that stands
// outside of policies is called after its module.
struct Shared {
  std::vector<std::string> covers;
  std::string name;               // `high_error_rate`
  std::string title;
  std::string_view kind;
  std::string written;            // `incident`: the module
  std::set<std::string> at_home;  // the policies of that module that have it
};
using SharedByPlace = std::map<std::pair<std::string, std::size_t>, Shared>;

std::string module_of(const compiler::Place& place) {
  return fs::path(place.file->name()).stem().string();
}

void add_shared(const compiler::Place& place, Shared found, const std::string& policy,
                std::string_view module, SharedByPlace& all) {
  Shared& shared = all[{std::string(place.file->name()), place.span.begin}];
  found.written = module_of(place);
  found.at_home = std::move(shared.at_home);
  if (found.written + ".dpol" == module) found.at_home.insert(policy);
  shared = std::move(found);
}

std::string_view kind_of(const compiler::CheckedRule& rule) {
  const bool is_signed = std::ranges::any_of(rule.clauses, [](const auto& clause) {
    return clause.verb == program::Verb::confirm;
  });
  return is_signed ? kSigned : kChecked;
}

// What a policy inherits its parent holds.
Holders find_holders() {
  Holders held;
  SharedByPlace all;
  const auto hold = [&held](const std::string& name, Holder what,
                            const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    Holder& holder = held.emplace(name, std::move(what)).first->second;
    holder.ids.insert(ids.begin(), ids.end());
  };
  for (std::size_t i = 0; i < compiled().size(); ++i) {
    const EmbeddedText& module = standard_modules()[i];
    for (const compiler::CheckedPolicy& policy : compiled()[i].checked.policies) {
      for (const compiler::CheckedRule& rule : policy.rules) {
        if (rule.policy != policy.id) continue;
        const bool threshold = rule.kind == program::RuleKind::threshold;
        hold(policy.id + "." + (threshold ? rule.group : rule.path),
             {rule.title, module_of(rule.place), kind_of(rule), {}}, rule.covers);
      }
      for (const compiler::CheckedProcedure& one : policy.procedures)
        add_shared(one.place, {one.covers, one.path, one.title, kProcedure, {}, {}}, policy.id,
                   module.name, all);
      for (const compiler::CheckedMessage& one : policy.messages)
        add_shared(one.place, {one.covers, one.name, {}, kMessage, {}, {}}, policy.id, module.name,
                   all);
    }
  }
  for (const auto& [place, shared] : all)
    hold((shared.at_home.empty() ? shared.written : *shared.at_home.begin()) + "." + shared.name,
         {shared.title, shared.written, shared.kind, {}}, shared.covers);
  return held;
}

const Holders& holders() {
  static const Holders all = find_holders();
  return all;
}

// Of each requirement what holds it.
Held find_coverage() {
  Held held;
  for (const auto& [name, holder] : holders())
    for (const std::string& id : holder.ids) held[id].insert(name);
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

// Titles stand in cells of tables.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

std::string guide() {
  std::map<std::string_view, int> counts;
  std::map<std::string, std::vector<const Holders::value_type*>> by_module;
  for (const Holders::value_type& holder : holders()) {
    ++counts[holder.second.kind];
    by_module[holder.second.module].push_back(&holder);
  }
  std::string text =
      "# What holds which requirement\n\n"
      "The standard library implements a deployment guide of " + std::to_string(kRequirements) +
      " requirements, `G001` to `G" + std::to_string(kRequirements) +
      "`. Each rule, procedure and message says in its `covers` which of them it holds. This page is made from\n"
      "that, by `tests/unit/cli/standard_library_test.cpp` with `DPOL_UPDATE=1`, which fails where a requirement is held by nothing "
      "or there is none of that number.\n\n"
      "| What holds them | How many |\n|---|---|\n";
  text += "| rules that facts and metrics decide | " + std::to_string(counts[kChecked]) + " |\n";
  text += "| rules that people sign off | " + std::to_string(counts[kSigned]) + " |\n";
  text += "| procedures | " + std::to_string(counts[kProcedure]) + " |\n";
  text += "| messages | " + std::to_string(counts[kMessage]) + " |\n";
  text += "\n## From the policies to the guide\n";
  for (const auto& [module, all] : by_module) {
    text += "\n### [std." + module + "](../stdlib-policies/std/" + module + ".dpol)\n\n"
            "| | | How | Requirements |\n|---|---|---|---|\n";
    for (const Holders::value_type* holder : all) {
      std::string ids;
      for (const std::string& id : holder->second.ids)
        ids += (ids.empty() ? "" : ", ") + ("[" + id + "](#" + id + ")");
      text += "| `" + holder->first + "` | " + cell(holder->second.title) + " | " +
              std::string(holder->second.kind) + " | " + ids + " |\n";
    }
  }
  text += "\n## From the guide to the policies\n\n| Requirement | Held by |\n|---|---|\n";
  for (int number = 1; number <= kRequirements; ++number) {
    const std::string id = id_of(number);
    text += "| <a id=\"" + id + "\"></a>" + id + " | ";
    if (const auto found = coverage().find(id); found != coverage().end()) {
      std::string all;
      for (const std::string& name : found->second)
        all += (all.empty() ? "" : ", ") + ("[`" + name + "`](../stdlib-policies/std/" +
                                            holders().at(name).module + ".dpol)");
      text += all;
    }
    text += " |\n";
  }
  return text;
}

void expect_file(const std::string& name, const std::string& text) {
  const fs::path file = fs::path(DPOL_SOURCE_DIR) / name;
  if (std::getenv("DPOL_UPDATE") != nullptr) std::ofstream(file, std::ios::binary) << text;
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
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

// DPOL_UPDATE=1 writes both.
TEST(StandardLibrary, TheTableSaysWhatHoldsEachRequirement) {
  expect_file("stdlib-policies/coverage.tsv", table());
}

TEST(StandardLibrary, ThePageShowsBothDirections) { expect_file("docs/guide.md", guide()); }

TEST(StandardLibrary, HalfOfWhatIsCheckedNeedsNobody) {
  int checked = 0;
  int rules = 0;
  for (const auto& [name, holder] : holders()) {
    checked += holder.kind == kChecked ? 1 : 0;
    rules += holder.kind == kChecked || holder.kind == kSigned ? 1 : 0;
  }
  EXPECT_GE(2 * checked, rules);
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
