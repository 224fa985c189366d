// BigInt: whole numbers of any size by schoolbook methods on decimal digits. It is the oracle of
// the Decimal tests, so it is slow and plain on purpose and shares no code with what it judges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace dpol::program::testing {

class BigInt {
 public:
  BigInt() = default;
  explicit BigInt(std::string text) {
    negative_ = text[0] == '-';
    if (negative_) text.erase(0, 1);
    digits_.assign(text.rbegin(), text.rend());
    trim();
  }

  bool is_zero() const { return digits_.empty(); }
  bool is_negative() const { return negative_; }
  BigInt abs() const { return make(false, digits_); }
  BigInt neg() const { return make(!negative_, digits_); }

  std::string text() const {
    if (is_zero()) return "0";
    return (negative_ ? "-" : "") + std::string(digits_.rbegin(), digits_.rend());
  }

  friend int compare(const BigInt& a, const BigInt& b) {
    if (a.negative_ != b.negative_) return a.negative_ ? -1 : 1;
    const int order = compare_magnitudes(a.digits_, b.digits_);
    return a.negative_ ? -order : order;
  }

  friend BigInt operator+(const BigInt& a, const BigInt& b) {
    if (a.negative_ == b.negative_) return make(a.negative_, add(a.digits_, b.digits_));
    if (compare_magnitudes(a.digits_, b.digits_) >= 0) {
      return make(a.negative_, subtract(a.digits_, b.digits_));
    }
    return make(b.negative_, subtract(b.digits_, a.digits_));
  }
  friend BigInt operator-(const BigInt& a, const BigInt& b) { return a + b.neg(); }

  friend BigInt operator*(const BigInt& a, const BigInt& b) {
    std::string sum;
    for (std::size_t i = 0; i < b.digits_.size(); ++i) {
      std::string term(i, '0');
      int carry = 0;
      for (const char digit : a.digits_) {
        const int product = (digit - '0') * (b.digits_[i] - '0') + carry;
        term += static_cast<char>('0' + product % 10);
        carry = product / 10;
      }
      if (carry != 0) term += static_cast<char>('0' + carry);
      sum = add(sum, term);
    }
    return make(a.negative_ != b.negative_, sum);
  }

  // The quotient towards zero, and the rest with the dividend's sign.
  friend std::pair<BigInt, BigInt> divide(const BigInt& a, const BigInt& b) {
    std::string quotient(a.digits_.size(), '0');
    std::string rest;
    for (std::size_t i = a.digits_.size(); i-- > 0;) {
      rest.insert(rest.begin(), a.digits_[i]);
      trim(rest);
      while (compare_magnitudes(rest, b.digits_) >= 0) {
        rest = subtract(rest, b.digits_);
        ++quotient[i];
      }
    }
    return {make(a.negative_ != b.negative_, quotient), make(a.negative_, rest)};
  }

  // To the nearest whole number, ties to even.
  friend BigInt divide_half_even(const BigInt& a, const BigInt& b) {
    const auto [quotient, rest] = divide(a.abs(), b.abs());
    const int order = compare(rest + rest, b.abs());
    const bool odd = !quotient.is_zero() && (quotient.digits_[0] - '0') % 2 == 1;
    const bool up = order > 0 || (order == 0 && odd);
    const BigInt magnitude = up ? quotient + BigInt("1") : quotient;
    return a.negative_ != b.negative_ ? magnitude.neg() : magnitude;
  }

 private:
  // Least significant digit first, no leading zeros.
  static BigInt make(bool negative, std::string digits) {
    BigInt result;
    result.digits_ = std::move(digits);
    result.negative_ = negative;
    result.trim();
    return result;
  }
  static void trim(std::string& digits) {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
  }
  void trim() {
    trim(digits_);
    if (digits_.empty()) negative_ = false;
  }
  static int compare_magnitudes(const std::string& a, const std::string& b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    for (std::size_t i = a.size(); i-- > 0;) {
      if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    }
    return 0;
  }
  static std::string add(const std::string& a, const std::string& b) {
    std::string sum;
    int carry = 0;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
      const int digit = (i < a.size() ? a[i] - '0' : 0) + (i < b.size() ? b[i] - '0' : 0) + carry;
      sum += static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    return sum;
  }
  static std::string subtract(std::string a, const std::string& b) {
    int borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const int digit = a[i] - '0' - (i < b.size() ? b[i] - '0' : 0) - borrow;
      borrow = digit < 0 ? 1 : 0;
      a[i] = static_cast<char>('0' + digit + 10 * borrow);
    }
    trim(a);
    return a;
  }

  std::string digits_;
  bool negative_ = false;
};

}  // namespace dpol::program::testing
