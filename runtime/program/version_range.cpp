#include "runtime/program/version_range.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "runtime/program/characters.h"

namespace dpol::program {

namespace {

constexpr std::size_t kMostDigits = 15;
constexpr std::string_view kExpectedComparator = "a comparator such as `^1.2` or `>=2.0.0`";

using Core = std::array<std::uint64_t, 3>;

// "1.2.3-0" is below every other version of those numbers.
Semver version_of(const Core& core, std::string_view prerelease) {
  std::string text =
      std::to_string(core[0]) + "." + std::to_string(core[1]) + "." + std::to_string(core[2]);
  if (!prerelease.empty()) text.append("-").append(prerelease);
  Semver version;
  TextError error;
  Semver::parse(text, version, error);
  return version;
}

bool same_core(const Semver& a, const Semver& b) {
  return a.major_version() == b.major_version() && a.minor_version() == b.minor_version() &&
         a.patch_version() == b.patch_version();
}

}  // namespace

class RangeReader {
 public:
  RangeReader(std::string_view text, TextError& error) : text_(text), error_(error) {}

  bool read(std::vector<VersionRange::Alternative>& out) {
    do {
      VersionRange::Alternative alternative;
      skip_spaces();
      do {
        if (!comparator(alternative)) return false;
        skip_spaces();
      } while (at_ < text_.size() && text_[at_] != '|');
      out.push_back(std::move(alternative));
    } while (take("||"));
    return at_ == text_.size() || fail("`||` or the end of the range");
  }

 private:
  using Sign = VersionRange::Sign;
  // A version whose last numbers may be missing.
  struct Partial {
    Core core{};
    std::size_t given = 0;
    std::string prerelease;
  };

  bool fail(std::string_view expected) {
    error_ = {at_, expected};
    return false;
  }
  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool number(std::uint64_t& out) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const bool leading_zero = digits.size() > 1 && digits[0] == '0';
    if (digits.empty() || digits.size() > kMostDigits || leading_zero) {
      at_ = begin;
      return fail("a number without leading zeros, or `x`");
    }
    out = 0;
    for (const char c : digits) out = out * 10 + static_cast<std::uint64_t>(c - '0');
    return true;
  }

  bool partial(Partial& out) {
    take("v");
    for (bool open = true; open && out.given < out.core.size();) {
      if (take("x") || take("X") || take("*")) {
        while (take(".x") || take(".X") || take(".*")) continue;
        return true;
      }
      if (!number(out.core[out.given])) return false;
      ++out.given;
      open = out.given < out.core.size() && take(".");
    }
    return out.given < out.core.size() || labels(out);
  }

  // "-rc.1" and "+build", read by the reader of versions.
  bool labels(Partial& out) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '|') ++at_;
    const std::string_view rest = text_.substr(begin, at_ - begin);
    if (rest.empty()) return true;
    Semver version;
    TextError error;
    if (!Semver::parse("0.0.0" + std::string(rest), version, error)) {
      at_ = begin;
      return fail("`-` and a pre-release, a space, `||` or the end of the range");
    }
    for (const std::string& part : version.prerelease()) {
      if (!out.prerelease.empty()) out.prerelease += '.';
      out.prerelease += part;
    }
    return true;
  }

  // The lowest version, pre-releases included, that is above all that `version` leaves open.
  static Semver above(Core core, std::size_t number) {
    ++core[number];
    for (std::size_t i = number + 1; i < core.size(); ++i) core[i] = 0;
    return version_of(core, "0");
  }

  bool comparator(VersionRange::Alternative& out) {
    std::string_view sign = "=";
    bool written = false;
    for (const std::string_view candidate : {"^", "~", ">=", "<=", ">", "<", "="}) {
      if (!take(candidate)) continue;
      sign = candidate;
      written = true;
      break;
    }
    skip_spaces();
    const bool begins =
        at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == 'v' || text_[at_] == 'x' ||
                               text_[at_] == 'X' || text_[at_] == '*');
    if (!begins) return fail(written ? "a version" : kExpectedComparator);
    Partial version;
    if (!partial(version)) return false;
    if (!version.prerelease.empty())
      out.named.push_back(version_of(version.core, version.prerelease));
    add(out, sign, version);
    return true;
  }

  void add(VersionRange::Alternative& out, std::string_view sign, const Partial& version) {
    const Semver low = version_of(version.core, version.prerelease);
    const auto bound = [&out](Sign s, Semver v) { out.bounds.push_back({s, std::move(v)}); };
    if (version.given == 0) {  // any version, or with < and > none
      if (sign == "<" || sign == ">") bound(Sign::less, version_of({}, "0"));
      return;
    }
    const std::size_t last = version.given - 1;
    const bool whole = version.given == version.core.size();
    if (sign == ">=") return bound(Sign::greater_equal, low);
    if (sign == "<") return bound(Sign::less, whole ? low : version_of(version.core, "0"));
    if (sign == ">") {
      return whole ? bound(Sign::greater, low)
                   : bound(Sign::greater_equal, above(version.core, last));
    }
    if (sign == "<=") {
      return whole ? bound(Sign::less_equal, low) : bound(Sign::less, above(version.core, last));
    }
    if (sign == "=" && whole) return bound(Sign::equal, low);
    bound(Sign::greater_equal, low);
    std::size_t fixed = last;
    if (sign == "~") fixed = std::min<std::size_t>(last, 1);
    if (sign == "^") {
      fixed = 0;
      while (fixed < last && version.core[fixed] == 0) ++fixed;
    }
    bound(Sign::less, above(version.core, fixed));
  }

  std::string_view text_;
  TextError& error_;
  std::size_t at_ = 0;
};

bool VersionRange::parse(std::string_view text, VersionRange& out, TextError& error) {
  std::vector<Alternative> alternatives;
  if (!RangeReader(text, error).read(alternatives)) return false;
  out.alternatives_ = std::move(alternatives);
  return true;
}

bool VersionRange::contains(const Semver& version) const {
  const auto holds = [&version](const Bound& bound) {
    const auto order = version.compare(bound.version);
    switch (bound.sign) {
      case Sign::less:
        return order < 0;
      case Sign::less_equal:
        return order <= 0;
      case Sign::equal:
        return order == 0;
      case Sign::greater:
        return order > 0;
      case Sign::greater_equal:
        return order >= 0;
    }
    return false;
  };
  return std::ranges::any_of(alternatives_, [&](const Alternative& alternative) {
    if (!std::ranges::all_of(alternative.bounds, holds)) return false;
    return version.prerelease().empty() ||
           std::ranges::any_of(alternative.named, [&version](const Semver& named) {
             return same_core(named, version);
           });
  });
}

}  // namespace dpol::program
