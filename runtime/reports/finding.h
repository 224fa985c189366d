// What a report for programs says of one rule: how much it matters, and in words.
//
// Promises: pure; every text is safe (text.h), of one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

// The gravest first.
enum class Weight : std::uint8_t {
  stops,    // it fired, failed or holds
  unknown,  // nobody can tell: it holds
  waits,    // for people, or for time to pass
  warns,
  trial,    // it decides nothing, and would
  passes,
  skipped,
};
Weight weight_of(const decision::RuleVerdict& rule);

struct Finding {
  const decision::PolicyVerdict* policy = nullptr;
  const decision::RuleVerdict* rule = nullptr;
  Weight weight = Weight::passes;
};
// Of all policies that apply, in their order.
std::vector<Finding> findings(const decision::Verdict& verdict);
// The gravest first, and of those that weigh alike what decides most.
std::vector<Finding> by_weight(std::vector<Finding> all);

// "checkout 3.1.0 · production"; "" where nothing is known of it.
std::string release_text(const decision::PolicyVerdict& policy);
// "NO-GO checkout · checkout 3.1.0 · production"
std::string decision_line(const decision::PolicyVerdict& policy);
// Why, where no rule says it, and how many rules came to what.
std::string decision_reason(const decision::PolicyVerdict& policy);
bool lets_go(const decision::PolicyVerdict& policy);

// "fail: Tests pass", "would fail: …" of a trial; the id where there is no title.
std::string headline(const decision::RuleVerdict& rule);
// Whether one condition that is none of theirs, such as their policy's `only if`, stopped both.
bool same_cause(const decision::RuleVerdict& a, const decision::RuleVerdict& b);
// "latency is 2s, 3s"
std::string seen_text(const decision::Observed& part);
// "waived (else fail) by Ann until …", or why the waiver counts for nothing.
std::string waiver_words(const decision::WaiverVerdict& waiver);
// "signed by Ann as release_manager at …"
std::string sign_off_words(const decision::SignOffVerdict& sign_off);
// "2 of 12 series: pod "a"; pod "b"". Of rules with such a list.
std::string series_words(const decision::RuleVerdict& rule);
// What was seen, what is missing and how to bring it, who waived or is asked: a line each.
std::vector<std::string> details(const decision::RuleVerdict& rule);

// What is not known, each once however many rules wait for it.
struct MissingInput {
  const decision::Missing* missing = nullptr;
  std::size_t rules = 0;
};
// Of the rules that are wanted, in their order.
std::vector<MissingInput> missing_inputs(const decision::PolicyVerdict& policy, bool (*wanted)(const decision::RuleVerdict&));

// Without the "./" that readers of reports do not understand.
std::string_view without_dot(std::string_view path);
// "metrics.ndjson:3": where a value was read; an address of a server has no line.
struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;  // 0: of the whole file
};
SourcePlace source_place(std::string_view source);

}  // namespace dpol::reports
