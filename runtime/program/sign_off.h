// SignOff: what somebody said about one item of one release, wherever it was kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dpol::program {

enum class Answer : std::uint8_t {
  confirm,
  refuse,
  not_applicable,  // of an item that may be
  proceed,         // of a stage that a person decides on, from here …
  hold,
  rollback,        // … to here
};
inline constexpr std::size_t kAnswerCount = 6;

// "confirm", "refuse", "not_applicable", "proceed", "hold", "rollback": as files have them.
const char* answer_name(Answer answer);
std::optional<Answer> find_answer(std::string_view name);

struct SignOff {
  std::string item{};         // the rule's whole id
  std::string service{};      // of the release; "" where the policy knows none
  std::string version{};
  std::string environment{};
  std::string stage{};        // of an item that stands in a rollout; else ""
  std::string by{};
  std::string role{};         // in which they speak; "" where the item asks for none
  Answer answer = Answer::confirm;
  std::string note{};
  std::int64_t at = 0;      // ns since the Unix epoch
  std::string source{};       // where it was read, for reports: "signoffs.json:4"
  friend bool operator==(const SignOff&, const SignOff&) = default;
};

}  // namespace dpol::program
