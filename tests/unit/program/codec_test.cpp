// A Program survives its file; a file that was cut, changed or made up does not survive decode().

#include "runtime/program/codec.h"

#include <gtest/gtest.h>

#include "runtime/program/digest.h"
#include "runtime/program/verify.h"
#include "tests/unit/program/random.h"
#include "tests/unit/support/sample_program.h"

namespace dpol::program {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kVersionAt = 6;
constexpr std::size_t kLengthAt = 14;
constexpr std::size_t kDigestAt = 22;
constexpr std::size_t kBodyAt = 54;

const Program& sample() {
  static const Program kProgram = test::sample_program().program;
  return kProgram;
}

std::string fault_of(const Bytes& bytes) {
  const auto result = decode(bytes);
  const auto* fault = std::get_if<DecodeFault>(&result);
  if (fault == nullptr) return "";
  EXPECT_LE(fault->offset, bytes.size());
  return fault->what;
}

void put(Bytes& bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// Length and digest as they must be: only the body is wrong, if anything is.
void seal(Bytes& bytes) {
  put(bytes, kLengthAt, bytes.size() - kBodyAt);
  const Digest digest = sha256(std::span(bytes).subspan(kBodyAt));
  std::copy(digest.begin(), digest.end(), bytes.begin() + kDigestAt);
}

TEST(Codec, RoundTrip) {
  const Bytes bytes = encode(sample());
  const auto result = decode(bytes);
  ASSERT_TRUE(std::holds_alternative<Program>(result)) << std::get<DecodeFault>(result).what;
  EXPECT_EQ(std::get<Program>(result), sample());
  EXPECT_EQ(encode(std::get<Program>(result)), bytes);
}

TEST(Codec, RoundTripOfAnEmptyProgram) {
  const auto result = decode(encode(Program()));
  ASSERT_TRUE(std::holds_alternative<Program>(result));
  EXPECT_EQ(std::get<Program>(result), Program());
}

TEST(Codec, TheFileBeginsAsDocumented) {
  const Bytes bytes = encode(sample());
  EXPECT_TRUE(looks_like_program(bytes));
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 6), "DPOLC\n");
  EXPECT_FALSE(looks_like_program({}));
  EXPECT_FALSE(looks_like_program(Bytes{'D', 'P', 'O', 'L', 'C'}));
  EXPECT_FALSE(looks_like_program(Bytes{'p', 'o', 'l', 'i', 'c', 'y'}));
}

TEST(Codec, RefusesOtherFiles) {
  EXPECT_NE(fault_of({}).find("DPOLC"), std::string::npos);
  EXPECT_NE(fault_of({'p', 'o', 'l', 'i', 'c', 'y', ' ', 'x'}).find("DPOLC"), std::string::npos);
}

TEST(Codec, RefusesAnotherFormat) {
  Bytes bytes = encode(sample());
  put(bytes, kVersionAt, format_version() + 1);
  EXPECT_NE(fault_of(bytes).find("format"), std::string::npos);
}

TEST(Codec, RefusesADamagedBody) {
  Bytes bytes = encode(sample());
  bytes.back() ^= 1;
  EXPECT_NE(fault_of(bytes).find("SHA-256"), std::string::npos);
}

TEST(Codec, RefusesWhatFollowsTheEnd) {
  Bytes bytes = encode(sample());
  bytes.push_back(0);
  EXPECT_NE(fault_of(bytes).find("length"), std::string::npos);
  seal(bytes);
  EXPECT_NE(fault_of(bytes).find("the end of the file"), std::string::npos);
}

TEST(Codec, AHeaderThatClaimsAGigabyteIsRefusedAtOnce) {
  Bytes bytes = encode(Program());
  put(bytes, kLengthAt, std::uint64_t{1} << 30);
  EXPECT_NE(fault_of(bytes).find("length"), std::string::npos);
}

// Every table in turn claims 2^30 entries; none of them is believed before it was read.
TEST(Codec, TablesThatClaimAGigabyteAreRefusedAtOnce) {
  const Bytes empty = encode(Program());
  for (std::size_t at = kBodyAt; at + 4 <= empty.size(); at += 4) {
    Bytes bytes = empty;
    bytes[at + 3] = 0x40;
    seal(bytes);
    EXPECT_NE(fault_of(bytes).find("a count that fits the file"), std::string::npos) << at;
  }
}

TEST(Codec, MoreEntriesThanAnyProgramHasAreRefused) {
  Bytes bytes = encode(Program());
  const std::uint32_t count = 5'000'000;
  bytes.resize(bytes.size() + 4 * std::size_t{count});
  for (std::size_t i = 0; i < 4; ++i) bytes[kBodyAt + i] = static_cast<std::uint8_t>(count >> (8 * i));
  seal(bytes);
  EXPECT_NE(fault_of(bytes).find("fewer entries"), std::string::npos);
}

TEST(Codec, EveryTruncationIsRefused) {
  const Bytes whole = encode(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_NE(fault_of(bytes), "") << size;
    if (size < kBodyAt) continue;
    seal(bytes);  // even if somebody made it look whole
    ASSERT_NE(fault_of(bytes), "") << size;
  }
}

TEST(Codec, RefusesValuesThatNoEnumHas) {
  Program program = sample();
  program.policies[0].rules[0].kind = static_cast<RuleKind>(200);
  EXPECT_NE(fault_of(encode(program)).find("one of the values there are"), std::string::npos);
  program = sample();
  program.code[0].op = static_cast<Opcode>(5000);
  EXPECT_NE(fault_of(encode(program)).find("one of the values there are"), std::string::npos);
}

TEST(Codec, RefusesNumbersOutOfRange) {
  Program program = sample();
  program.metrics[0].stale_seconds = Decimal::from_raw(Decimal::kMaxUnits + 1);
  EXPECT_NE(fault_of(encode(program)).find("a number in range"), std::string::npos);
}

TEST(Codec, RefusesBooleansThatAreNeither) {
  Program program;
  program.strings = {"x"};
  program.enumerations.push_back({.name = 0, .ordered = true, .members = {0}});
  Bytes bytes = encode(program);
  // strings: count, length, "x"; units: count; enumerations: count, name; ordered
  const std::size_t ordered_at = kBodyAt + 4 + 4 + 1 + 4 + 4 + 4;
  ASSERT_EQ(bytes[ordered_at], 1);
  bytes[ordered_at] = 2;
  seal(bytes);
  EXPECT_NE(fault_of(bytes).find("0 or 1"), std::string::npos);
}

TEST(Codec, DecodeVerifies) {
  Program program = sample();
  program.code[0].a = 0;
  EXPECT_NE(fault_of(encode(program)).find("not a cell to write"), std::string::npos);
}

// One byte here and there, the digest mended: what decode() lets through is sound.
TEST(Codec, WhatSurvivesMutationIsSound) {
  const Bytes whole = encode(sample());
  testing::Random random(20'250'213);
  std::size_t survivors = 0;
  for (int round = 0; round < 8'000; ++round) {
    Bytes bytes = whole;
    for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
      bytes[kBodyAt + random.below(bytes.size() - kBodyAt)] =
          random.coin() ? static_cast<std::uint8_t>(random.bits())
                        : static_cast<std::uint8_t>(random.below(4));
    }
    seal(bytes);
    const auto result = decode(bytes);
    const auto* program = std::get_if<Program>(&result);
    if (program == nullptr) continue;
    ++survivors;
    ASSERT_FALSE(verify(*program));
    ASSERT_EQ(encode(*program), bytes);
  }
  // Some changes (a line number, a title's letter) are none that matter.
  EXPECT_GT(survivors, 100U);
  EXPECT_LT(survivors, 7'600U);
}

}  // namespace
}  // namespace dpol::program
