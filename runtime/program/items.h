// items: the rules of a program that people sign off, found by name, and what may be said about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"

namespace dpol::program {

struct ItemRef {
  std::uint32_t policy = 0;
  std::uint32_t rule = 0;   // into Policy::rules
};

// The rules with a `confirm` clause that a name means: one whole id, else every one whose id ends so.
std::vector<ItemRef> find_items(const Program& program, std::string_view name);
// Every name by which one of them may be called, for suggestions.
std::vector<std::string> item_names(const Program& program);
// The roles that a rule asks for, each once; "" is anybody.
std::vector<std::string> roles_of(const Program& program, const Rule& rule);
// Why the rule does not take this answer in this role by this person: a sentence; else nothing.
// Members that a fact names are not known here.
std::optional<std::string> refusal(const Program& program, const Rule& rule, const SignOff& sign_off);

}  // namespace dpol::program
