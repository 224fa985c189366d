// Public keys and certificates out of files, and whether they made a signature.
//
// Promises
//  - True only where such a key made the signature over exactly these bytes. Every doubt is false: an algorithm
//    that is not known here, a key that is too short, a fault of the library.
//  - No clock and nothing fetched: dates of certificates are compared with the moment that the caller names.
//
// Algorithms, as cosign, npm and securesystemslib use them: ECDSA with SHA-256 or with the hash of its curve's
// size (P-256, P-384, P-521; FIPS 186-5), Ed25519 (RFC 8032), RSA of 2048 bits or more with SHA-256, as PKCS #1
// version 1.5 or PSS (RFC 8017).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::sources {

class PublicKey {
 public:
  struct Held;
  explicit PublicKey(std::shared_ptr<const Held> held) : held_(std::move(held)) {}

  bool signed_text(std::string_view text, std::string_view signature) const;
  // Of a text of which only its SHA-256 is known, 32 bytes. No Ed25519 key can tell.
  bool signed_digest(std::string_view sha256, std::string_view signature) const;
  // SHA-256 of the key as SubjectPublicKeyInfo (RFC 5280) in hex: by this transparency logs are known.
  const std::string& digest() const;

 private:
  std::shared_ptr<const Held> held_;
};

// What a certificate says of whom it was given to.
struct Certified {
  PublicKey key;
  std::string identity;  // the first URI or e-mail address of its alternative names
  std::string issuer;    // who made sure of that, as Fulcio writes it; "" where it is not said
};

// The files that somebody trusts.
class TrustedKeys {
 public:
  struct Named {
    std::string file;
    PublicKey key;
  };

  // Adds what a file in PEM holds: `PUBLIC KEY`, or `CERTIFICATE`. One of an authority stands for all that it
  // issues, any other for its own key and nothing else of it. What is wrong with the file, if something is.
  std::optional<std::string> add(const std::string& file, std::string_view pem);

  bool empty() const { return keys_.empty() && authorities_ == nullptr; }
  const std::vector<Named>& keys() const { return keys_; }
  bool has_authority() const { return authorities_ != nullptr; }
  // The first certificate of a chain in DER, if it is one for signing code or documents that an authority
  // issued, by way of the others perhaps, and that was valid at that moment (seconds since 1970).
  std::optional<Certified> issued(std::span<const std::string> chain, std::int64_t seconds) const;

 private:
  struct Authorities;
  std::vector<Named> keys_;
  std::shared_ptr<Authorities> authorities_;
};

// The certificate of a text in PEM as DER; "" where it holds none.
std::string certificate_of(std::string_view pem);

}  // namespace dpol::sources
