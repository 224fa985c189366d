// Functions of the language as the naive evaluator sees them: on strings and calendar types of the
// standard library, with zones and ranges of versions that are spelt out here a second time.

#include <re2/re2.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <stdexcept>

#include "runtime/program/quantity.h"
#include "tests/differential/naive.h"

namespace dpol::test {

using program::Decimal;
using program::Fault;
using program::Function;
using program::Kind;

namespace {

using Days = std::chrono::sys_days;
using Date = std::chrono::year_month_day;
using std::chrono::Sunday;

constexpr std::uint64_t kMadeUpRow = std::uint64_t{1} << 31;
constexpr std::size_t kMostText = 65'536;

class Units final : public program::UnitNames {
 public:
  explicit Units(const compiler::Checked& checked) : checked_(checked) {}
  std::string_view unit_name(std::size_t index) const override { return checked_.types.units.at(index); }

 private:
  const compiler::Checked& checked_;
};

std::int64_t seconds_of(Date date) { return Days(date).time_since_epoch().count() * 86'400LL; }

// The zones that random policies and the examples of functions name.
std::int64_t offset(const std::string& zone, std::int64_t utc) {
  const auto year = Date(Days(std::chrono::floor<std::chrono::days>(std::chrono::seconds(utc)))).year();
  if (zone == "UTC") return 0;
  if (zone == "+05:30") return 19'800;
  if (zone == "+05:45") return 20'700;
  if (zone == "-03:00") return -10'800;
  if (zone == "Europe/Berlin") {
    const std::int64_t from = seconds_of(Date(Days(year / std::chrono::March / Sunday[std::chrono::last]))) + 3'600;
    const std::int64_t to = seconds_of(Date(Days(year / std::chrono::October / Sunday[std::chrono::last]))) + 3'600;
    return utc >= from && utc < to ? 7'200 : 3'600;
  }
  if (zone == "America/New_York") {
    const std::int64_t from = seconds_of(Date(Days(year / std::chrono::March / Sunday[2]))) + 7 * 3'600;
    const std::int64_t to = seconds_of(Date(Days(year / std::chrono::November / Sunday[1]))) + 6 * 3'600;
    return utc >= from && utc < to ? -14'400 : -18'000;
  }
  throw std::logic_error("a zone that no random policy names");
}

struct Version {
  long major, minor, patch;
  bool pre;
  program::Semver whole;
};

bool at_least(const Version& v, const char* text) {
  program::Semver other;
  program::TextError error;
  if (!program::Semver::parse(text, other, error)) throw std::logic_error("no version");
  return !(v.whole < other);
}

// The ranges that random policies and the examples of functions name, in words of their own.
bool in_range(const std::string& range, const Version& v) {
  if (range == "^1.2") return v.major == 1 && v.minor >= 2 && !v.pre;
  if (range == "~1.2.4") return v.major == 1 && v.minor == 2 && v.patch >= 4 && !v.pre;
  if (range == "1.x || 2.0.0-rc.1") return (v.major == 1 && !v.pre) || (at_least(v, "2.0.0-rc.1") && !at_least(v, "2.0.0-rc.1.0"));
  if (range == ">=2.0.0-rc.1") return at_least(v, "2.0.0-rc.1") && (!v.pre || (v.major == 2 && v.minor == 0 && v.patch == 0));
  if (range == ">1.2.3 <2.0.0") return at_least(v, "1.2.3") && !(v.major == 1 && v.minor == 2 && v.patch == 3) && !at_least(v, "2.0.0") && !v.pre;
  if (range == "^1.2 || >=2.0.0-rc.1") return in_range("^1.2", v) || in_range(">=2.0.0-rc.1", v);
  throw std::logic_error("a range that no random policy names");
}

std::string with_case(std::string text, bool up) {
  for (char& c : text) {
    if (up ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
  }
  return text;
}

// Code points, each as its bytes.
std::vector<std::string> points(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if (out.empty() || (static_cast<unsigned char>(c) & 0xC0) != 0x80) out.emplace_back();
    out.back() += c;
  }
  return out;
}

std::vector<std::string> parts_of(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, separator.size(), separator) == 0) {
      parts.emplace_back();
      i += separator.size();
    } else {
      parts.back() += text[i++];
    }
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? separator : "") + parts[i];
  return out;
}

std::int64_t bounded(program::Value number, std::int64_t most) {
  const Decimal x = number.as_number();
  if (x < Decimal()) return 0;
  return x > Decimal::from_int64(most) ? most : *x.to_int64();
}

}  // namespace

std::string Naive::text_of(Value v) const {
  for (const auto& [text, id] : made_up_texts_) {
    if (id == v.as_id()) return text;
  }
  return snapshot_.symbols().text(v.as_id());
}

program::Value Naive::row_value(std::uint64_t row, std::uint32_t collection, std::uint32_t column) const {
  if (row >= kMadeUpRow) return made_up_rows_.at(row - kMadeUpRow);
  return snapshot_.column(program_.row_tables[collection].first_column + column)[row];
}

program::Value Naive::made_up_list(const std::vector<Value>& values) {
  const std::uint64_t first = kMadeUpRow + made_up_rows_.size();
  made_up_rows_.insert(made_up_rows_.end(), values.begin(), values.end());
  return Value::rows(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(values.size()));
}

program::Value Naive::built_text(const std::string& text) {
  return text.size() > kMostText ? Value::unknown(Fault::too_large) : text_value(text);
}

program::Value Naive::function(const Expr& expr, const vm::Context& context) {
  std::vector<Value> args;
  for (const compiler::ExprPtr& arg : expr.args) {
    const bool version = arg->type.kind == Kind::semver && arg->op == compiler::ExprOp::constant;
    args.push_back(version ? Value::boolean(true) : evaluate(*arg, context));
  }
  for (const Value v : args) {
    if (v.is_unknown()) return v;
  }
  switch (expr.args[0]->type.kind) {
    case Kind::semver: return version_function(expr, args);
    case Kind::list:
    case Kind::map: return list_function(expr, args);
    case Kind::string: return text_function(expr, args);
    case Kind::time: if (expr.function != Function::text) return time_function(expr, args); break;
    default: break;
  }
  return number_function(expr, args);
}

program::Value Naive::number_function(const Expr& expr, const std::vector<Value>& args) {
  const auto number = [&](std::size_t i) { return args[i].as_number(); };
  const Value bad = Value::unknown(Fault::bad_argument);
  const auto whole = [](bool fits, Decimal d) { return fits ? Value::number(d) : Value::unknown(Fault::overflow); };
  Decimal out;
  switch (expr.function) {
    case Function::abs: return Value::number(number(0).abs());
    case Function::least: return number(1) < number(0) ? args[1] : args[0];
    case Function::greatest: return number(1) > number(0) ? args[1] : args[0];
    case Function::clamp:
      if (number(1) > number(2)) return bad;
      return number(0) < number(1) ? args[1] : number(0) > number(2) ? args[2] : args[0];
    case Function::floor: return whole(Decimal::floor(number(0), out), out);
    case Function::ceil: return whole(Decimal::ceil(number(0), out), out);
    case Function::round: return nearest_multiple(number(0), Decimal::from_int64(1));
    case Function::round_to: return number(1).sign() > 0 ? nearest_multiple(number(0), number(1)) : bad;
    case Function::text: {
      if (expr.args[0]->type.kind == Kind::boolean) return text_value(args[0].is_true() ? "true" : "false");
      if (expr.args[0]->type.kind == Kind::enumeration) {
        return text_value(checked_.types.enums[expr.args[0]->type.index].members[args[0].as_id()]);
      }
      return text_value(program::format_exact(number(0), expr.args[0]->type, Units(checked_)));
    }
    default: throw std::logic_error("a function of numbers that nobody knows");
  }
}

// By the distance to the multiples on both sides.
program::Value Naive::nearest_multiple(Decimal x, Decimal step) {
  const program::Int128 units = x.abs().raw();
  const program::Int128 below = units / step.raw() * step.raw();
  const bool up = (units - below) * 2 >= step.raw();
  const program::Int128 result = up ? below + step.raw() : below;
  if (!Decimal::in_range(result)) return Value::unknown(Fault::overflow);
  const Decimal magnitude = Decimal::from_raw(result);
  return Value::number(x.is_negative() ? magnitude.neg() : magnitude);
}

program::Value Naive::text_function(const Expr& expr, const std::vector<Value>& args) {
  const std::string text = text_of(args[0]);
  const auto other = [&](std::size_t i) { return text_of(args[i]); };
  const Value bad = Value::unknown(Fault::bad_argument);
  switch (expr.function) {
    case Function::starts_with: return Value::boolean(text.rfind(other(1), 0) == 0);
    case Function::ends_with: {
      const std::string end = other(1);
      return Value::boolean(text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0);
    }
    case Function::chars: return Value::number(Decimal::from_int64(static_cast<std::int64_t>(points(text).size())));
    case Function::lower: return built_text(with_case(text, false));
    case Function::upper: return built_text(with_case(text, true));
    case Function::trim: {
      std::string rest = text;
      while (!rest.empty() && std::string(" \t\r\n").find(rest.back()) != std::string::npos) rest.pop_back();
      while (!rest.empty() && std::string(" \t\r\n").find(rest.front()) != std::string::npos) rest.erase(0, 1);
      return built_text(rest);
    }
    case Function::substitute: return other(1).empty() ? bad : built_text(joined(parts_of(text, other(1)), other(2)));
    case Function::substring: {
      const std::vector<std::string> all = points(text);
      std::string out;
      for (std::int64_t i = bounded(args[1], 1'000'000); i < bounded(args[2], 1'000'000) && i < std::ssize(all); ++i) {
        out += all[static_cast<std::size_t>(i)];
      }
      return built_text(out);
    }
    case Function::concat: return built_text(text + other(1));
    case Function::split: {
      if (other(1).empty()) return bad;
      std::vector<Value> parts;
      for (const std::string& part : parts_of(text, other(1))) parts.push_back(text_value(part));
      return made_up_list(parts);
    }
    case Function::text: return args[0];
    case Function::to_int:
    case Function::to_float: {
      const auto number = Decimal::parse(text);
      const bool fits = number && (expr.function == Function::to_float || number->to_int64());
      return fits ? Value::number(*number) : bad;
    }
    case Function::to_duration: {
      program::Quantity quantity;
      program::QuantityError error;
      const bool read = program::parse_quantity(text, program::QuantityStyle::input, program::NoUnits(), quantity, error);
      return read && quantity.type == program::Type::duration() ? Value::number(quantity.value) : bad;
    }
    case Function::capture: {
      const RE2 pattern(expr.args[1]->constant.text);
      const std::int64_t group = bounded(args[2], 1'000);
      if (args[2].as_number().is_negative() || group > pattern.NumberOfCapturingGroups()) return bad;
      std::vector<re2::StringPiece> found(static_cast<std::size_t>(group) + 1);
      if (!pattern.Match(text, 0, text.size(), RE2::UNANCHORED, found.data(), static_cast<int>(found.size())) ||
          found.back().data() == nullptr) {
        return Value::unknown(Fault::no_match);
      }
      return built_text(std::string(found.back()));
    }
    default: throw std::logic_error("a function of texts that nobody knows");
  }
}

program::Value Naive::list_function(const Expr& expr, const std::vector<Value>& args) {
  const Value list = args[0];
  const std::uint32_t collection = expr.args[0]->type.index;
  if (expr.function == Function::slice) {
    const std::int64_t from = bounded(args[1], list.row_count());
    const std::int64_t to = std::max(from, bounded(args[2], list.row_count()));
    return Value::rows(list.first_row() + static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from));
  }
  std::vector<Value> values;
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    const Value value = row_value(std::uint64_t{list.first_row()} + i, collection, 0);
    if (value.is_unknown()) return value;
    values.push_back(value);
  }
  const bool texts = expr.args[0]->type.kind == Kind::map ||
                     checked_.types.collections[collection].element.kind == Kind::string;
  const auto before = [&](Value a, Value b) { return texts ? text_of(a) < text_of(b) : a.raw() < b.raw(); };
  switch (expr.function) {
    case Function::join: {
      std::vector<std::string> parts;
      for (const Value value : values) parts.push_back(text_of(value));
      return built_text(joined(parts, text_of(args[1])));
    }
    case Function::distinct: {
      std::vector<Value> once;
      for (const Value value : values) {
        if (std::ranges::find(once, value) == once.end()) once.push_back(value);
      }
      return made_up_list(once);
    }
    case Function::sorted:
    case Function::keys:
      std::stable_sort(values.begin(), values.end(), before);
      return made_up_list(values);
    case Function::has_key: return Value::boolean(std::ranges::find(values, args[1]) != values.end());
    default: throw std::logic_error("a function of lists that nobody knows");
  }
}

program::Value Naive::version_function(const Expr& expr, const std::vector<Value>& args) {
  const Expr& arg = *expr.args[0];
  Version v{};
  program::TextError error;
  if (arg.op == compiler::ExprOp::constant) program::Semver::parse(arg.constant.text, v.whole, error);
  else v.whole = snapshot_.semvers()[args[0].as_id()];
  v.major = std::stol(v.whole.major_version());
  v.minor = std::stol(v.whole.minor_version());
  v.patch = std::stol(v.whole.patch_version());
  v.pre = !v.whole.prerelease().empty();
  switch (expr.function) {
    case Function::satisfies: return Value::boolean(in_range(expr.args[1]->constant.text, v));
    case Function::major: return Value::number(Decimal::from_int64(v.major));
    case Function::minor: return Value::number(Decimal::from_int64(v.minor));
    case Function::patch: return Value::number(Decimal::from_int64(v.patch));
    case Function::is_prerelease: return Value::boolean(v.pre);
    case Function::text: return text_value(v.whole.to_string());
    default: throw std::logic_error("a function of versions that nobody knows");
  }
}

program::Value Naive::time_function(const Expr& expr, const std::vector<Value>& args) {
  Decimal whole;
  Decimal::floor(args[0].as_number(), whole);
  const auto utc = whole.to_int64();
  constexpr std::int64_t kMost = 250'000'000'000;
  if (!utc || *utc > kMost || *utc < -60'000'000'000) return Value::unknown(Fault::bad_argument);
  const std::int64_t ahead = offset(expr.args[1]->constant.text, *utc);
  const std::chrono::seconds local(*utc + ahead);
  const Days day(std::chrono::floor<std::chrono::days>(local));
  const Date date(day);
  const std::int64_t second = (local - day.time_since_epoch()).count();
  const auto number = [](std::int64_t n) { return Value::number(Decimal::from_int64(n)); };
  static const char* const kDays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
  switch (expr.function) {
    case Function::year: return number(int(date.year()));
    case Function::month: return number(unsigned(date.month()));
    case Function::day_of_month: return number(unsigned(date.day()));
    case Function::hour: return number(second / 3'600);
    case Function::minute: return number(second % 3'600 / 60);
    case Function::weekday: return text_value(kDays[std::chrono::weekday(day).c_encoding()]);
    case Function::date: {
      const auto padded = [](std::string text, std::size_t digits) {
        while (text.size() < digits) text.insert(0, "0");
        return text;
      };
      return text_value(padded(std::to_string(int(date.year())), 4) + "-" +
                        padded(std::to_string(unsigned(date.month())), 2) + "-" +
                        padded(std::to_string(unsigned(date.day())), 2));
    }
    case Function::start_of_day: {
      // Clocks change long after midnight in these zones.
      const std::int64_t midnight = day.time_since_epoch().count() * 86'400LL;
      const std::int64_t guess = midnight - ahead;
      return number(midnight - offset(expr.args[1]->constant.text, guess));
    }
    default: throw std::logic_error("a function of moments that nobody knows");
  }
}

}  // namespace dpol::test
