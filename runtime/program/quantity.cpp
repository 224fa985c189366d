// Reading quantities.

#include "runtime/program/quantity.h"

#include <array>

#include "runtime/program/characters.h"

namespace dpol::program {
namespace {

constexpr Int128 kWhole = Decimal::kScale;

struct UnitRow {
  std::string_view name;
  Int128 factor;  // raw Decimal: base units in one of this unit
  Dimension dimension;
};

constexpr std::array kUnits = {
    UnitRow{"ns", kWhole / 1'000'000'000, Dimension::duration()},
    UnitRow{"us", kWhole / 1'000'000, Dimension::duration()},
    UnitRow{"\u00b5s", kWhole / 1'000'000, Dimension::duration()},  // micro sign
    UnitRow{"\u03bcs", kWhole / 1'000'000, Dimension::duration()},  // Greek small letter mu
    UnitRow{"ms", kWhole / 1'000, Dimension::duration()},
    UnitRow{"s", kWhole, Dimension::duration()},
    UnitRow{"m", kWhole * 60, Dimension::duration()},
    UnitRow{"h", kWhole * 3'600, Dimension::duration()},
    UnitRow{"d", kWhole * 86'400, Dimension::duration()},
    UnitRow{"w", kWhole * 604'800, Dimension::duration()},
    UnitRow{"B", kWhole, Dimension::bytes()},
    UnitRow{"kB", kWhole * 1'000, Dimension::bytes()},
    UnitRow{"MB", kWhole * 1'000'000, Dimension::bytes()},
    UnitRow{"GB", kWhole * 1'000'000'000, Dimension::bytes()},
    UnitRow{"TB", kWhole * 1'000'000'000'000, Dimension::bytes()},
    UnitRow{"KiB", kWhole << 10, Dimension::bytes()},
    UnitRow{"MiB", kWhole << 20, Dimension::bytes()},
    UnitRow{"GiB", kWhole << 30, Dimension::bytes()},
    UnitRow{"TiB", kWhole << 40, Dimension::bytes()},
};

const UnitRow* find_unit_row(std::string_view name) {
  for (const UnitRow& row : kUnits) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

constexpr std::string_view kExpectedUnit =
    "a unit (ns us ms s m h d w; B kB MB GB TB KiB MiB GiB TiB; %, pp, x; or a declared one)";

// Bytes beyond ASCII count as letters, so that a unit in UTF-8 is named whole in messages.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80);
}

bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

struct Number {
  Decimal value;
  bool whole = true;  // written without fraction and exponent
};

class QuantityReader {
 public:
  QuantityReader(std::string_view text, QuantityStyle style, const UnitLookup& units,
                 QuantityError& error)
      : text_(text), style_(style), units_(units), error_(error) {}

  bool read(Quantity& out) {
    Quantity quantity;
    if (!read_signed(quantity)) return false;
    if (at_ != text_.size()) {
      return fail(QuantityFault::trailing, at_, "the end of the quantity", text_.substr(at_));
    }
    out = quantity;
    return true;
  }

 private:
  bool fail(QuantityFault fault, std::size_t at, std::string_view expected,
            std::string_view text = {}) {
    error_ = {fault, {at, expected}, text};
    return false;
  }
  bool out_of_range() {
    return fail(QuantityFault::out_of_range, 0, "a value below 1.7e20 in base units", text_);
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
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

  bool read_signed(Quantity& quantity) {
    bool negative = false;
    if (style_ == QuantityStyle::input) {
      negative = take('-');
      if (!negative) take('+');
    }
    if (!read_unsigned(quantity)) return false;
    if (negative) quantity.value = quantity.value.neg();
    return true;
  }

  bool read_unsigned(Quantity& quantity) {
    Number number;
    if (!read_number(number)) return false;
    if (style_ == QuantityStyle::input && peek() == ' ' && peek(1) != '\0') ++at_;
    if (at_ == text_.size()) {
      quantity.value = number.value;
      quantity.form = number.whole ? QuantityForm::integer : QuantityForm::decimal;
      quantity.type = Type::of(number.whole ? Kind::integer : Kind::number);
      return true;
    }
    if (take('%')) return scaled(number, kWhole / 100, Kind::ratio, QuantityForm::percent, quantity);
    if (peek() == '/') return read_rate(number, kWhole, Dimension::none(), quantity);
    return read_unit(number, quantity);
  }

  // Appends digits to `digits`; "_" may stand between two of them.
  bool read_digits(std::string& digits) {
    while (is_digit(peek())) {
      digits += text_[at_++];
      if (peek() != '_') continue;
      if (!is_digit(peek(1))) {
        return fail(QuantityFault::bad_number, at_ + 1, "a digit after \"_\"");
      }
      ++at_;
    }
    return true;
  }

  bool read_number(Number& number) {
    const std::size_t start = at_;
    std::string digits;
    if (!read_digits(digits)) return false;
    if (style_ == QuantityStyle::literal && !check_literal_whole(digits, start)) return false;
    if (!read_fraction(digits, number)) return false;
    if (style_ == QuantityStyle::input) read_exponent(digits, number);
    const NumberError fault = Decimal::parse(digits, number.value);
    if (fault == NumberError::out_of_range) return out_of_range();
    if (fault == NumberError::none) return true;
    Decimal ignored;
    at_ = start;
    if (style_ == QuantityStyle::input &&
        Decimal::parse(text_.substr(start), ignored) == NumberError::not_finite) {
      return fail(QuantityFault::not_finite, start, "a finite number", text_);
    }
    return fail(QuantityFault::no_number, start, "a number", text_.substr(start));
  }

  bool check_literal_whole(std::string_view digits, std::size_t start) {
    if (digits.empty()) {
      return fail(QuantityFault::no_number, start, "a number", text_.substr(start));
    }
    if (digits.size() == 1 || digits[0] != '0') return true;
    return fail(QuantityFault::bad_number, start, "a number without leading zeros", text_);
  }

  bool read_fraction(std::string& digits, Number& number) {
    if (peek() != '.') return true;
    if (style_ == QuantityStyle::literal && !is_digit(peek(1))) {
      return fail(QuantityFault::bad_number, at_ + 1, "a digit after the point");
    }
    number.whole = false;
    digits += text_[at_++];
    const std::size_t before = digits.size();
    if (!read_digits(digits)) return false;
    if (style_ == QuantityStyle::input ||
        digits.size() - before <= static_cast<std::size_t>(Decimal::kFractionDigits)) {
      return true;
    }
    return fail(QuantityFault::bad_number, at_, "at most 18 digits after the point", text_);
  }

  // An "e" without digits is left to be a unit's first letter.
  void read_exponent(std::string& digits, Number& number) {
    if (peek() != 'e' && peek() != 'E') return;
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if (!is_digit(peek(1 + sign))) return;
    number.whole = false;
    digits.append(text_.substr(at_, 1 + sign));
    at_ += 1 + sign;
    digits.append(take_while(is_digit));
  }

  bool scaled(const Number& number, Int128 factor, Kind kind, QuantityForm form,
              Quantity& quantity) {
    quantity.type = Type::of(kind);
    quantity.form = form;
    return Decimal::mul(number.value, Decimal::from_raw(factor), quantity.value) || out_of_range();
  }

  bool read_unit(const Number& number, Quantity& quantity) {
    const std::size_t start = at_;
    if (!is_letter(peek()) && peek() != '_') {
      return fail(QuantityFault::trailing, at_, "a unit or the end of the number",
                  text_.substr(at_));
    }
    const std::string_view name = take_while(is_name);
    if (name == "x") return scaled(number, kWhole, Kind::number, QuantityForm::factor, quantity);
    if (name == "pp") {
      return scaled(number, kWhole / 100, Kind::points, QuantityForm::points, quantity);
    }
    if (const UnitRow* row = find_unit_row(name)) return amount(number, *row, quantity);
    if (const auto unit = units_.find_unit(name); unit && *unit < Dimension::kUserUnits) {
      return amount(number, {name, kWhole, Dimension::user(*unit)}, quantity);
    }
    // Perhaps it goes on in a smaller unit: the name of 1h30m is "h30m" so far.
    at_ = start;
    const UnitRow* row = find_unit_row(take_while(is_letter));
    if (row == nullptr || row->dimension != Dimension::duration() || !is_digit(peek())) {
      return fail(QuantityFault::unknown_unit, start, kExpectedUnit, name);
    }
    return read_compound(number, *row, quantity);
  }

  bool amount(const Number& number, const UnitRow& unit, Quantity& quantity) {
    if (peek() == '/') return read_rate(number, unit.factor, unit.dimension, quantity);
    quantity.type = Type::quantity(unit.dimension);
    quantity.form = QuantityForm::quantity;
    return Decimal::mul(number.value, Decimal::from_raw(unit.factor), quantity.value) ||
           out_of_range();
  }

  bool read_rate(const Number& number, Int128 factor, const Dimension& dimension,
                 Quantity& quantity) {
    const std::size_t start = ++at_;
    const std::string_view name = take_while(is_name);
    const UnitRow* per = find_unit_row(name);
    const bool allowed = name == "s" || name == "m" || name == "h" || name == "d";
    if (!allowed || per == nullptr) {
      return fail(QuantityFault::bad_rate, start, "s, m, h or d after \"/\"", name);
    }
    Dimension rate;
    if (!Dimension::divide(dimension, Dimension::duration(), rate)) return out_of_range();
    quantity.type = Type::quantity(rate);
    quantity.form = QuantityForm::rate;
    return Decimal::mul_div(number.value, Decimal::from_raw(factor), Decimal::from_raw(per->factor),
                            quantity.value) ||
           out_of_range();
  }

  bool bad_compound(std::size_t at, std::string_view expected) {
    return fail(QuantityFault::bad_compound, at, expected, text_);
  }

  // Behind the first unit, before a digit.
  bool read_compound(Number number, const UnitRow& first, Quantity& quantity) {
    quantity.type = Type::duration();
    quantity.form = QuantityForm::quantity;
    const UnitRow* unit = &first;
    Decimal sum;
    for (std::size_t start = 0;;) {
      Decimal part;
      if (!Decimal::mul(number.value, Decimal::from_raw(unit->factor), part) ||
          !Decimal::add(sum, part, sum)) {
        return out_of_range();
      }
      if (!is_digit(peek())) break;
      if (!number.whole) return bad_compound(start, "a whole number in all parts but the last");
      number = {};
      start = at_;
      if (!read_number(number)) return false;
      const std::size_t unit_at = at_;
      const UnitRow* next = find_unit_row(take_while(is_letter));
      if (next == nullptr || next->dimension != Dimension::duration() ||
          next->factor >= unit->factor) {
        return bad_compound(unit_at, "a duration's unit smaller than the one before");
      }
      unit = next;
    }
    quantity.value = sum;
    return true;
  }

  std::string_view text_;
  QuantityStyle style_;
  const UnitLookup& units_;
  QuantityError& error_;
  std::size_t at_ = 0;
};

}  // namespace

bool parse_quantity(std::string_view text, QuantityStyle style, const UnitLookup& units,
                    Quantity& out, QuantityError& error) {
  return QuantityReader(text, style, units, error).read(out);
}

}  // namespace dpol::program
