#include "runtime/program/digest.h"

#include <gtest/gtest.h>

namespace dpol::program {
namespace {

// The examples of FIPS 180-4 and of NIST's test vectors.
constexpr std::string_view kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kTwoBlocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr std::string_view kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kMillion = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Digest, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), kEmpty);
  EXPECT_EQ(sha256_hex("abc"), kAbc);
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), kTwoBlocks);
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), kMillion);
}

TEST(Digest, PiecesGiveTheSameAsTheWhole) {
  const std::string text(1'000'000, 'a');
  Sha256 hash;
  for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 3 % 1009 + 1) {
    hash.update(std::string_view(text).substr(at, step));
  }
  EXPECT_EQ(hash.finish_hex(), kMillion);
}

TEST(Digest, StartsAfreshAfterFinish) {
  Sha256 hash;
  hash.update("something else");
  hash.finish();
  hash.update("a");
  hash.update("bc");
  EXPECT_EQ(hash.finish_hex(), kAbc);
  EXPECT_EQ(hash.finish_hex(), kEmpty);
}

TEST(Digest, BytesAsWellAsText) {
  const std::uint8_t bytes[] = {'a', 'b', 'c'};
  EXPECT_EQ(to_hex(sha256(bytes)), kAbc);
  EXPECT_EQ(to_hex(sha256({})), kEmpty);
}

}  // namespace
}  // namespace dpol::program
