// What the compiler knows of the functions of the language beside their rows in functions.def.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/program.h"

namespace dpol::compiler {

struct Signature {
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::string result;
};
Signature signature_of(program::Function function);

// What weekday() answers.
inline constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
bool is_weekday(std::string_view text);

}  // namespace dpol::compiler
