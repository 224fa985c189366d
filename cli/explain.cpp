#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "cli/app.h"
#include "cli/embedded.h"
#include "cli/failure.h"
#include "cli/policies.h"
#include "cli/rule_page.h"
#include "compiler/lint/lint.h"
#include "lang/diagnostic.h"

namespace dpol::cli {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// Of a lint rule, by its code or its name.
std::optional<std::string> page_of_lint_rule(const std::string& word) {
  const lint::RuleInfo* info = lint::find_rule(word);
  if (info == nullptr) info = lint::find_rule(upper(word));
  if (info == nullptr) return std::nullopt;
  const auto pages = lint_pages();
  const auto page = std::ranges::find(pages, info->name, &EmbeddedText::name);
  if (page != pages.end()) return std::string(page->text);
  return fmt::format("{} ({}): {}\n", info->name, info->code, info->title);
}

std::string page_of(const std::string& word, const CommandLine& line) {
  const std::string code = upper(word);
  const auto pages = diagnostic_pages();
  const auto page = std::ranges::find(pages, code, &EmbeddedText::name);
  if (page != pages.end()) return std::string(page->text);
  if (const lang::DiagnosticInfo* info = lang::find_diagnostic(code)) {
    return fmt::format("{}: {}\n", info->text, info->title);
  }
  if (const auto lint_page = page_of_lint_rule(word)) return *lint_page;
  std::vector<std::string> known;
  for (const lint::RuleInfo& info : lint::rules()) known.emplace_back(info.name);
  for (const lang::DiagnosticInfo& info : lang::diagnostic_infos()) known.emplace_back(info.text);
  line.fail(fmt::format("there is no message {}{}; of a rule say in which policy: dpol explain RULE POLICY",
                        in_ticks(word), did_you_mean(word, known)));
}

}  // namespace

int run_explain(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  std::string topic;
  PolicyOptions options;
  line.positional("CODE|RULE", topic, "a message's code, such as E0201; or a rule's name");
  options.consequence = "there is no program to explain";
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  if (topic.empty()) line.fail("explain what? a message's code, or a rule and its policy");
  if (options.files.empty()) {
    console.out << page_of(topic, line);
    return kExitDone;
  }
  options.check(line);
  console.out << rule_pages(load_policies(options, console), topic);
  return kExitDone;
}

}  // namespace dpol::cli
