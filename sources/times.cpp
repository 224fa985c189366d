#include "sources/times.h"

#include <algorithm>
#include <cctype>

#include "runtime/inputs/value_reader.h"

namespace dpol::sources {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

// Takes a prefix that looks like `####-##`: a `#` is a digit.
bool take(std::string_view& text, std::string_view shape, std::string& out) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '#' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  out += text.substr(0, shape.size());
  text.remove_prefix(shape.size());
  return true;
}

std::optional<std::string> since_1970(std::string_view text) {
  const std::size_t whole = std::min(text.find('.'), text.size());
  if (!are_digits(text.substr(0, whole))) return std::nullopt;
  if (whole < text.size()) {
    if (!are_digits(text.substr(whole + 1)) || whole < 9 || whole > 10) return std::nullopt;
    // dpol counts in nanoseconds.
    return std::string(text.substr(0, std::min(text.size(), whole + 10)));
  }
  std::size_t fraction = 0;
  switch (text.size()) {
    case 9:
    case 10:
      return std::string(text);
    case 13:
      fraction = 3;
      break;
    case 16:
      fraction = 6;
      break;
    case 19:
      fraction = 9;
      break;
    default:
      return std::nullopt;
  }
  return std::string(text.substr(0, text.size() - fraction)) + "." +
         std::string(text.substr(text.size() - fraction));
}

// As git and others print it for people: `Mon May 4 10:11:12 2026 +0200`, to RFC 3339; nothing of
// any other text.
std::optional<std::string> for_people(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() < 20 || text[3] != ' ' || text[7] != ' ') return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(4, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  text.remove_prefix(8);
  if (text.starts_with(' ')) text.remove_prefix(1);
  std::string day;
  std::string time;
  std::string year;
  if (!take(text, "## ", day) && !take(text, "# ", day)) return std::nullopt;
  if (!take(text, "##:##:## ", time) || !take(text, "####", year)) return std::nullopt;
  day.pop_back();
  time.pop_back();
  const auto two_digits = [](std::string number) {
    return number.size() == 1 ? "0" + number : number;
  };
  return year + "-" + two_digits(std::to_string(month / 3 + 1)) + "-" + two_digits(day) + "T" +
         time + std::string(text);
}

// A text that looks like one may still be none: the 31st of June.
std::optional<std::string> spelt_out(std::string_view text, bool utc) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (auto seconds = since_1970(text)) return seconds;
  const auto reordered = for_people(text);
  if (reordered) text = *reordered;
  std::string out;
  if (!take(text, "####-##-##", out) || text.empty() ||
      (text[0] != 'T' && text[0] != ' ' && text[0] != 't'))
    return std::nullopt;
  out += 'T';
  text.remove_prefix(1);
  if (!take(text, "##:##:##", out)) return std::nullopt;
  if (text.starts_with('.') || text.starts_with(',')) {
    text.remove_prefix(1);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    out.append(".").append(text.substr(0, std::min<std::size_t>(digits, 9)));
    text.remove_prefix(digits);
  }
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty()) return utc ? std::optional(out + "Z") : std::nullopt;
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT" || text == "+0000 UTC")
    return out + "Z";
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  out += text[0];
  text.remove_prefix(1);
  if (take(text, "##:##", out) && text.empty()) return out;
  std::string hours;
  if (take(text, "##", hours) && take(text, "##", hours) && text.empty())
    return out + hours.substr(0, 2) + ":" + hours.substr(2);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> moment(std::string_view text, bool utc) {
  auto spelt = spelt_out(text, utc);
  inputs::Mismatch ignored;
  if (spelt && !inputs::read_instant(*spelt, true, ignored)) spelt.reset();
  return spelt;
}

bool is_earlier(const std::string& a, const std::string& b) {
  inputs::Mismatch ignored;
  const auto first = inputs::read_instant(a, true, ignored);
  const auto second = inputs::read_instant(b, true, ignored);
  return first && second && *first < *second;
}

void OldestMoment::add(const std::optional<std::string>& moment) {
  all_say_ = all_say_ && moment;
  if (!all_say_) {
    oldest_.reset();
  } else if (!oldest_ || is_earlier(*moment, *oldest_)) {
    oldest_ = moment;
  }
}

}  // namespace dpol::sources
