#include "runtime/program/sign_off.h"

#include <algorithm>
#include <array>

namespace dpol::program {
namespace {

constexpr std::array<std::string_view, kAnswerCount> kAnswers = {
    "confirm", "refuse", "not_applicable", "proceed", "hold", "rollback"};

}  // namespace

const char* answer_name(Answer answer) { return kAnswers[static_cast<std::size_t>(answer)].data(); }

std::optional<Answer> find_answer(std::string_view name) {
  const auto found = std::ranges::find(kAnswers, name);
  if (found == kAnswers.end()) return std::nullopt;
  return static_cast<Answer>(found - kAnswers.begin());
}

}  // namespace dpol::program
