#include "sources/signatures.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <climits>

#include "runtime/program/digest.h"

namespace dpol::sources {
namespace {

constexpr std::size_t kMostInFile = 100;
constexpr std::size_t kMostInChain = 10;
constexpr int kDeepestChain = 8;
constexpr int kFewestRsaBits = 2048;

template <auto Free>
struct Freed {
  void operator()(auto* what) const { Free(what); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
struct ChainFreed {
  void operator()(STACK_OF(X509)* chain) const { sk_X509_free(chain); }
};
using ChainPtr = std::unique_ptr<STACK_OF(X509), ChainFreed>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;

// The library keeps what went wrong for the thread; nothing of that shall be met by others.
struct ErrorsOfOthers {
  ~ErrorsOfOthers() { ERR_clear_error(); }
};

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Bio reading(std::string_view text) {
  return Bio(text.size() > INT_MAX ? nullptr : BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A block of PEM.
struct Block {
  std::string name;
  std::string der;
};

// The blocks of a text; nothing where one is broken or there are too many.
std::optional<std::vector<Block>> blocks_of(std::string_view text) {
  const ErrorsOfOthers errors;
  std::vector<Block> blocks;
  const Bio bio = reading(text);
  while (bio && blocks.size() <= kMostInFile) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &length) != 1) {
      if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return blocks;
      return std::nullopt;
    }
    blocks.push_back({name, std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(length))});
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  return std::nullopt;
}

CertificatePtr certificate(std::string_view der) {
  const unsigned char* at = bytes(der);
  const unsigned char* end = at + der.size();
  CertificatePtr read(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(read) : nullptr;
}

// A key of a kind that signed_text knows, and none that is too short.
bool is_usable(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return EVP_PKEY_get_bits(key) >= 256;
    case EVP_PKEY_RSA:
      return EVP_PKEY_get_bits(key) >= kFewestRsaBits;
    case EVP_PKEY_ED25519:
      return true;
    default:
      return false;
  }
}

const EVP_MD* hash_of_curve(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
}

bool verified(EVP_PKEY* key, const EVP_MD* hash, int padding, std::string_view text, std::string_view signature) {
  const ErrorsOfOthers errors;
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;  // belongs to the other
  if (!context || EVP_DigestVerifyInit(context.get(), &of_key, hash, nullptr, key) != 1) return false;
  if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(of_key, padding) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

bool verified_digest(EVP_PKEY* key, int padding, std::string_view sha256, std::string_view signature) {
  const ErrorsOfOthers errors;
  const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context || EVP_PKEY_verify_init(context.get()) != 1) return false;
  if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) != 1) return false;
  if (EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1) return false;
  return EVP_PKEY_verify(context.get(), bytes(signature), signature.size(), bytes(sha256), sha256.size()) == 1;
}

// The first URI or e-mail address.
std::string identity_of(const X509* leaf) {
  std::string found;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; names != nullptr && found.empty() && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    const ASN1_IA5STRING* text = name->type == GEN_URI     ? name->d.uniformResourceIdentifier
                                 : name->type == GEN_EMAIL ? name->d.rfc822Name
                                                           : nullptr;
    if (text != nullptr)
      found.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                   static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(names);
  return found;
}

std::string extension(const X509* leaf, const char* oid) {
  const std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>> object(OBJ_txt2obj(oid, 1));
  const int at = object ? X509_get_ext_by_OBJ(leaf, object.get(), -1) : -1;
  if (at < 0) return {};
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(X509_get_ext(leaf, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
          static_cast<std::size_t>(ASN1_STRING_length(data))};
}

// Fulcio's extensions, github.com/sigstore/fulcio/blob/main/docs/oid-info.md: the newer one is a UTF8String, the
// older one a text as it is.
std::string issuer_of(const X509* leaf) {
  const std::string newer = extension(leaf, "1.3.6.1.4.1.57264.1.8");
  if (newer.empty()) return extension(leaf, "1.3.6.1.4.1.57264.1.1");
  const unsigned char* at = bytes(newer);
  const std::unique_ptr<ASN1_UTF8STRING, Freed<ASN1_STRING_free>> text(
      d2i_ASN1_UTF8STRING(nullptr, &at, static_cast<long>(newer.size())));
  if (!text) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text.get())),
          static_cast<std::size_t>(ASN1_STRING_length(text.get()))};
}

// Whether a chain from the leaf to the store holds at that moment.
bool holds(X509* leaf, std::span<const std::string> others, X509_STORE* store, std::int64_t seconds) {
  std::vector<CertificatePtr> kept;
  const ChainPtr between(sk_X509_new_null());
  for (const std::string& der : others) {
    kept.push_back(certificate(der));
    if (!between || !kept.back() || sk_X509_push(between.get(), kept.back().get()) == 0) return false;
  }
  const StoreContext context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store, leaf, between.get()) != 1) return false;
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(seconds));
  X509_VERIFY_PARAM_set_depth(param, kDeepestChain);
  // An authority that is trusted need not have issued its own certificate.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  return X509_verify_cert(context.get()) == 1;
}

}  // namespace

struct PublicKey::Held {
  KeyPtr key;
  std::string digest;
};

namespace {

// Null where it is of a kind that is not known here.
std::shared_ptr<const PublicKey::Held> held(KeyPtr key) {
  if (!key || !is_usable(key.get())) return nullptr;
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key.get(), &der);
  if (length <= 0) return nullptr;
  std::string digest = program::sha256_hex({reinterpret_cast<char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return std::make_shared<const PublicKey::Held>(PublicKey::Held{std::move(key), std::move(digest)});
}

}  // namespace

struct TrustedKeys::Authorities {
  StorePtr store;
};

bool PublicKey::signed_text(std::string_view text, std::string_view signature) const {
  EVP_PKEY* key = held_->key.get();
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return verified(key, EVP_sha256(), 0, text, signature) || verified(key, hash_of_curve(key), 0, text, signature);
    case EVP_PKEY_RSA:
      return verified(key, EVP_sha256(), RSA_PKCS1_PADDING, text, signature) ||
             verified(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, text, signature);
    default:
      return verified(key, nullptr, 0, text, signature);
  }
}

bool PublicKey::signed_digest(std::string_view sha256, std::string_view signature) const {
  EVP_PKEY* key = held_->key.get();
  if (sha256.size() != program::kDigestBytes) return false;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return verified_digest(key, 0, sha256, signature);
    case EVP_PKEY_RSA:
      return verified_digest(key, RSA_PKCS1_PADDING, sha256, signature) ||
             verified_digest(key, RSA_PKCS1_PSS_PADDING, sha256, signature);
    default:
      return false;
  }
}

const std::string& PublicKey::digest() const { return held_->digest; }

std::optional<std::string> TrustedKeys::add(const std::string& file, std::string_view pem) {
  const ErrorsOfOthers errors;
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return "holds a private key: a check needs the public one alone, and a private one belongs nowhere near it";
  const auto blocks = blocks_of(pem);
  if (!blocks) return "is broken off, or holds more than " + std::to_string(kMostInFile) + " keys";
  if (blocks->empty()) return "holds no `PUBLIC KEY` and no `CERTIFICATE` in PEM";
  for (const Block& block : *blocks) {
    KeyPtr key;
    if (block.name == "PUBLIC KEY") {
      const unsigned char* at = bytes(block.der);
      key.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(block.der.size())));
    } else if (block.name == "CERTIFICATE") {
      const CertificatePtr read = certificate(block.der);
      if (!read) return "holds a certificate that cannot be read";
      if (X509_check_ca(read.get()) == 1) {
        if (!authorities_) authorities_ = std::make_shared<Authorities>(Authorities{StorePtr(X509_STORE_new())});
        if (X509_STORE_add_cert(authorities_->store.get(), read.get()) != 1)
          return "holds a certificate that cannot be read";
        continue;
      }
      key.reset(X509_get_pubkey(read.get()));
    } else {
      return "holds a `" + block.name + "`; `openssl pkey -pubin -in FILE -pubout` makes a `PUBLIC KEY` of one";
    }
    auto usable = held(std::move(key));
    if (!usable) return "holds a key that is none of ECDSA, Ed25519 and RSA from 2048 bits on";
    keys_.push_back({file, PublicKey(std::move(usable))});
  }
  return std::nullopt;
}

std::optional<Certified> TrustedKeys::issued(std::span<const std::string> chain, std::int64_t seconds) const {
  const ErrorsOfOthers errors;
  if (!authorities_ || chain.empty() || chain.size() > kMostInChain) return std::nullopt;
  const CertificatePtr leaf = certificate(chain.front());
  if (!leaf || X509_check_ca(leaf.get()) != 0) return std::nullopt;
  const std::uint32_t uses = X509_get_extended_key_usage(leaf.get());
  if (uses == UINT32_MAX || (uses & XKU_CODE_SIGN) == 0) return std::nullopt;
  if (!holds(leaf.get(), chain.subspan(1), authorities_->store.get(), seconds)) return std::nullopt;
  auto usable = held(KeyPtr(X509_get_pubkey(leaf.get())));
  if (!usable) return std::nullopt;
  return Certified{PublicKey(std::move(usable)), identity_of(leaf.get()), issuer_of(leaf.get())};
}

std::string certificate_of(std::string_view pem) {
  const auto blocks = blocks_of(pem);
  return blocks && blocks->size() == 1 && blocks->front().name == "CERTIFICATE" ? blocks->front().der : std::string();
}

}  // namespace dpol::sources
