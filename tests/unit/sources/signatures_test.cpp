// Whether attestations are signed by those whom a source believes: real ones of npm, and ones that another
// implementation signed (tests/data/signatures/make.py), among them those that nobody shall believe.

#include "sources/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sources/support.h"

namespace dpol::sources {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

constexpr std::string_view kSigner = "https://github.com/acme/cart/.github/workflows/release.yml@refs/tags/v1";
constexpr std::string_view kIssuer = "https://token.actions.githubusercontent.com";

std::string data(const std::string& name) {
  return file_text(fs::path(DPOL_SOURCE_DIR) / "tests/data/signatures" / name);
}

// `key = "p256.pub"`, of a file here; a text where there is none of that name.
OptionValue option(std::string name, const std::string& value) {
  if (name == "key" || name == "log") return {std::move(name), value, data(value)};
  return {std::move(name), {}, value};
}

std::string read_signed(const std::string& text, std::vector<OptionValue> options) {
  inputs::InputErrors errors;
  const auto document = read(*find_format("attestations"), {{"x", text}}, {{}, std::move(options)}, errors);
  if (document) return dump(*document);
  std::string out;
  for (const inputs::InputError& error : errors.take()) out += error.to_text() + "\n";
  return out;
}

std::vector<OptionValue> sigstore(std::string_view signer = kSigner, std::string_view issuer = kIssuer,
                                  const std::string& authority = "authority.pem", const std::string& log = "log.pub") {
  return {option("key", authority), option("log", log), option("signer", std::string(signer)),
          option("issuer", std::string(issuer))};
}

class Algorithms : public testing::TestWithParam<const char*> {};

TEST_P(Algorithms, OfTheRightKeyAlone) {
  const std::string name = GetParam();
  const std::string text = data(name + ".json");
  EXPECT_THAT(read_signed(text, {option("key", name + ".pub")}), StartsWith("verified true\n"));
  EXPECT_THAT(read_signed(text, {option("key", name + ".pub")}), HasSubstr("signers [\"" + name + ".pub\"]"));
  EXPECT_THAT(read_signed(text, {option("key", "other.pub")}), StartsWith("verified false\n"));
  EXPECT_THAT(read_signed(text, {option("key", "other.pub"), option("key", name + ".pub")}),
              StartsWith("verified true\n"));
  EXPECT_THAT(read_signed(text, {}), StartsWith("verified null\n"));
}
INSTANTIATE_TEST_SUITE_P(Sources, Algorithms,
                         testing::Values("p256", "p384", "p384-sha256", "p521", "ed25519", "rsa-pkcs1", "rsa-pss"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Signatures, NoneThatProvesNothing) {
  for (const std::string name : {"bad-sha1", "bad-payload-alone"})
    EXPECT_THAT(read_signed(data(name + ".json"), {option("key", name + ".pub")}), StartsWith("verified false\n")) << name;
}

TEST(Signatures, OfEveryStatementOrOfNone) {
  inputs::InputErrors errors;
  const SourceSettings settings{{}, {option("key", "p256.pub")}};
  const auto both = read(*find_format("attestations"),
                         {{"a", data("p256.json")}, {"b", data("p384.json")}}, settings, errors);
  ASSERT_TRUE(both);
  EXPECT_THAT(dump(*both), StartsWith("verified false\n"));
  // One that stands in no envelope is signed by nobody.
  const std::string bare = R"({"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "p"})";
  EXPECT_THAT(read_signed(bare, {option("key", "p256.pub")}), StartsWith("verified false\n"));
}

// Whatever character of payload or signature is another one. The last ones hold bits that are no byte's.
TEST(Signatures, OfExactlyWhatIsRead) {
  const std::string text = data("p256.json");
  for (const std::string_view key : {"\"payload\": \"", "\"sig\": \""}) {
    const std::size_t begin = text.find(key) + key.size();
    const std::size_t end = text.find_first_of("=\"", begin) - 1;
    ASSERT_GT(end, begin + 80);
    for (std::size_t at = begin; at < end; ++at) {
      std::string other = text;
      other[at] = other[at] == 'A' ? 'B' : 'A';
      EXPECT_THAT(read_signed(other, {option("key", "p256.pub")}), Not(StartsWith("verified true"))) << at;
    }
  }
}

TEST(Signatures, OfRealBundles) {
  const auto sample = [](const char* name) { return file_text(samples_folder() / "attestations" / name); };
  const std::string publish = sample("sigstore-bundle-npm-publish.json");
  EXPECT_THAT(read_signed(publish, {option("key", "npm.pub")}), StartsWith("verified true\n"));
  EXPECT_THAT(read_signed(publish, {option("key", "p256.pub")}), StartsWith("verified false\n"));
  const std::string provenance = sample("sigstore-bundle-npm-provenance.json");
  const auto trusting = [&](std::string_view signer, std::string_view issuer) {
    return read_signed(provenance, sigstore(signer, issuer, "fulcio-root.pem", "rekor.pub"));
  };
  const std::string found = trusting("https://github.com/sigstore/sigstore-js/.github/workflows/*", kIssuer);
  EXPECT_THAT(found, StartsWith("verified true\n"));
  EXPECT_THAT(found, HasSubstr("logged_at \"2023-04-18T17:45:12Z\""));
  EXPECT_THAT(trusting("https://github.com/sigstore/another/*", kIssuer), StartsWith("verified false\n"));
  EXPECT_THAT(trusting("https://github.com/sigstore/sigstore-js/.github/workflows/*", "https://accounts.example"),
              StartsWith("verified false\n"));
  EXPECT_THAT(read_signed(provenance, sigstore("https://github.com/*", kIssuer, "authority.pem", "rekor.pub")),
              StartsWith("verified false\n"));
  EXPECT_THAT(read_signed(provenance, sigstore("https://github.com/*", kIssuer, "fulcio-root.pem", "log.pub")),
              StartsWith("verified false\n"));
}

TEST(Signatures, OfBundlesByCertificate) {
  for (const std::string name : {"dsse", "intoto", "message"}) {
    const std::string text = data("bundle-" + name + ".json");
    const std::string found = read_signed(text, sigstore());
    EXPECT_THAT(found, StartsWith("verified true\n")) << name;
    EXPECT_THAT(found, HasSubstr("logged_at \"2026-03-01T12:01:00Z\"")) << name;
    EXPECT_THAT(found, HasSubstr("signers [\"" + std::string(kSigner).substr(0, 40))) << name;
    // An authority between is one, too; the certificate by itself is a key.
    EXPECT_THAT(read_signed(text, sigstore(kSigner, kIssuer, "between.pem")), StartsWith("verified true\n")) << name;
    EXPECT_THAT(read_signed(text, {option("key", "leaf.pem")}), StartsWith("verified true\n")) << name;
    // The beginning of a name is not the name.
    EXPECT_THAT(read_signed(text, sigstore(kSigner.substr(0, 30))), StartsWith("verified false\n")) << name;
  }
  EXPECT_THAT(read_signed(data("bundle-mail.json"), sigstore("release@acme.example")), StartsWith("verified true\n"));
  EXPECT_THAT(read_signed(data("bundle-mail.json"), sigstore()), StartsWith("verified false\n"));
}

TEST(Signatures, OfNoBundleWithADoubt) {
  int seen = 0;
  for (const auto& file : fs::directory_iterator(fs::path(DPOL_SOURCE_DIR) / "tests/data/signatures")) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("bundle-bad-")) continue;
    EXPECT_THAT(read_signed(data(name), sigstore()), StartsWith("verified false\n")) << name;
    ++seen;
  }
  EXPECT_EQ(seen, 11);
}

TEST(Signatures, AskForAllThatACertificateNeeds) {
  const std::string text = data("bundle-dsse.json");
  for (const std::size_t missing : {1U, 2U, 3U}) {
    std::vector<OptionValue> options = sigstore();
    options.erase(options.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_THAT(read_signed(text, options), HasSubstr("expected who signed")) << missing;
  }
  EXPECT_THAT(read_signed(text, {option("key", "p256.pub"), option("signer", "x")}),
              HasSubstr("expected the certificate of an authority in `key`"));
  // With keys in place of the log's an authority is no key of a log.
  EXPECT_THAT(read_signed(text, sigstore(kSigner, kIssuer, "authority.pem", "between.pem")),
              HasSubstr("expected who signed"));
}

TEST(Signatures, OfFilesThatHoldKeys) {
  const auto added = [](const std::string& pem) { return TrustedKeys().add("k", pem).value_or(""); };
  EXPECT_THAT(added(""), HasSubstr("holds no `PUBLIC KEY`"));
  EXPECT_THAT(added("no key"), HasSubstr("holds no `PUBLIC KEY`"));
  EXPECT_THAT(added("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"), HasSubstr("holds a private key"));
  EXPECT_THAT(added("-----BEGIN RSA PUBLIC KEY-----\nMC4=\n-----END RSA PUBLIC KEY-----\n"),
              HasSubstr("holds a `RSA PUBLIC KEY`"));
  EXPECT_THAT(added("-----BEGIN PUBLIC KEY-----\nMC4=\n-----END PUBLIC KEY-----\n"), HasSubstr("holds a key that is none of"));
  EXPECT_THAT(added("-----BEGIN CERTIFICATE-----\nMC4=\n-----END CERTIFICATE-----\n"), HasSubstr("cannot be read"));
  EXPECT_THAT(added(data("p256.pub").substr(0, 100)), HasSubstr("is broken off"));
  EXPECT_THAT(added(data("rsa-1024.pub")), HasSubstr("from 2048 bits on"));
  EXPECT_THAT(added(data("dsa.pub")), HasSubstr("none of ECDSA"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += data("p256.pub");
  EXPECT_EQ(added(many), "");
  many += data("p256.pub");
  EXPECT_THAT(added(many), HasSubstr("more than 100"));
  TrustedKeys two;
  EXPECT_FALSE(two.add("two", "a remark\n" + data("p256.pub") + data("p384.pub")));
  EXPECT_EQ(two.keys().size(), 2U);
  EXPECT_THAT(read_signed(data("p256.json"), {{"key", "release.pub", "no key"}}), StartsWith("release.pub: the file holds no"));
}

}  // namespace
}  // namespace dpol::sources
