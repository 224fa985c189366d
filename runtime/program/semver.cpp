#include "runtime/program/semver.h"

#include <algorithm>
#include <utility>

#include "runtime/program/characters.h"

namespace dpol::program {
namespace {

bool is_identifier(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool is_numeric(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

constexpr std::array<std::string_view, 3> kExpectedNumber = {
    "a major version number", "a minor version number", "a patch version number"};
constexpr std::string_view kExpectedPlainNumber = "a number without leading zeros";

class SemverReader {
 public:
  SemverReader(std::string_view text, TextError& error) : text_(text), error_(error) {}

  bool read(std::array<std::string, 3>& core, std::vector<std::string>& prerelease,
            std::string& build) {
    take('v');
    for (std::size_t i = 0; i < core.size(); ++i) {
      if (i != 0 && !take('.')) return fail("\".\": a version has three numbers");
      if (!read_number(kExpectedNumber[i], core[i])) return false;
    }
    if (take('-') && !read_prerelease(prerelease)) return false;
    if (take('+') && !read_build(build)) return false;
    return at_ == text_.size() || fail("\"-\", \"+\" or the end of the version");
  }

 private:
  bool fail(std::string_view expected) {
    error_ = {at_, expected};
    return false;
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view take_while(bool (*accept)(char)) {
    const std::size_t start = at_;
    while (at_ < text_.size() && accept(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  bool reject_leading_zero(std::string_view number) {
    if (number.size() == 1 || number[0] != '0') return true;
    at_ -= number.size();
    return fail(kExpectedPlainNumber);
  }

  bool read_number(std::string_view expected, std::string& number) {
    const std::string_view digits = take_while(is_digit);
    if (digits.empty()) return fail(expected);
    number = digits;
    return reject_leading_zero(digits);
  }

  bool read_prerelease(std::vector<std::string>& identifiers) {
    do {
      const std::string_view identifier = take_while(is_identifier);
      if (identifier.empty()) return fail("a pre-release identifier (letters, digits, \"-\")");
      if (is_numeric(identifier) && !reject_leading_zero(identifier)) return false;
      identifiers.emplace_back(identifier);
    } while (take('.'));
    return true;
  }

  bool read_build(std::string& build) {
    const std::size_t start = at_;
    do {
      if (take_while(is_identifier).empty()) {
        return fail("a build identifier (letters, digits, \"-\")");
      }
    } while (take('.'));
    build = text_.substr(start, at_ - start);
    return true;
  }

  std::string_view text_;
  TextError& error_;
  std::size_t at_ = 0;
};

// Both without leading zeros: the longer number is the greater.
std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_numeric = is_numeric(a);
  const bool b_numeric = is_numeric(b);
  if (a_numeric && b_numeric) return compare_numbers(a, b);
  if (a_numeric != b_numeric) {
    return a_numeric ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  return a.compare(b) <=> 0;
}

}  // namespace

bool Semver::parse(std::string_view text, Semver& out, TextError& error) {
  Semver read;
  if (!SemverReader(text, error).read(read.core_, read.prerelease_, read.build_)) return false;
  out = std::move(read);
  return true;
}

std::weak_ordering Semver::compare(const Semver& other) const {
  for (std::size_t i = 0; i < core_.size(); ++i) {
    const auto order = compare_numbers(core_[i], other.core_[i]);
    if (order != 0) return order;
  }
  // A release comes after its pre-releases.
  if (prerelease_.empty() || other.prerelease_.empty()) {
    return prerelease_.empty() <=> other.prerelease_.empty();
  }
  const std::size_t common = std::min(prerelease_.size(), other.prerelease_.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = compare_identifiers(prerelease_[i], other.prerelease_[i]);
    if (order != 0) return order;
  }
  return prerelease_.size() <=> other.prerelease_.size();
}

std::string Semver::to_string() const {
  std::string text = core_[0] + '.' + core_[1] + '.' + core_[2];
  for (std::size_t i = 0; i < prerelease_.size(); ++i) {
    text += i == 0 ? '-' : '.';
    text += prerelease_[i];
  }
  if (!build_.empty()) text += '+' + build_;
  return text;
}

}  // namespace dpol::program
