#include "cli/starters.h"

#include <algorithm>

#include "cli/embedded.h"

namespace dpol::cli {
namespace {

Starter starter(std::string_view name, std::string_view doc) {
  Starter starter{
      .name = name, .doc = doc, .files = {}, .policy = {}, .tests = {}, .facts = {}, .metrics = {}};
  const auto add = [&](std::string_view suffix, std::string_view about) {
    std::string file = std::string(name).append(suffix);
    const auto files = starter_files();
    const auto found = std::ranges::find(files, file, &EmbeddedText::name);
    if (found == files.end()) return std::string();
    starter.files.push_back({file, about, found->text});
    return file;
  };
  starter.policy = add(".dpol", "the policy");
  starter.tests = add("_test.dpol", "its tests");
  starter.facts = add("_facts.json", "an example release");
  starter.metrics = add("_metrics.ndjson", "what was measured of it");
  return starter;
}

}  // namespace

std::span<const Starter> starters() {
  static const Starter kStarters[] = {
#define DPOL_STARTER(name, doc) starter(#name, doc),
#include "cli/starters.def"
  };
  return kStarters;
}

}  // namespace dpol::cli
