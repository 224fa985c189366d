#include "sources/sigstore.h"

#include <algorithm>
#include <array>

#include "runtime/inputs/json.h"
#include "runtime/program/digest.h"
#include "sources/base64.h"
#include "sources/json_nodes.h"

namespace dpol::sources {
namespace {

using inputs::Document;
using inputs::NodeKind;
using inputs::NodeRef;

constexpr std::size_t kMostSignatures = 100;

// What is signed, in place of the payload alone.
std::string pre_authentication_encoding(std::string_view type, std::string_view payload) {
  std::string text = "DSSEv1 " + std::to_string(type.size()) + " ";
  text.append(type).append(" ").append(std::to_string(payload.size())).append(" ").append(payload);
  return text;
}

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

bool is_named(std::string_view wanted, std::string_view found) {
  if (wanted.ends_with('*')) return found.starts_with(wanted.substr(0, wanted.size() - 1));
  return found == wanted;
}

std::string bytes_at(NodeRef node, std::string_view key) {
  return from_base64(text_at(node, key)).value_or(std::string());
}

// The certificates of a bundle, the signer's first.
std::vector<std::string> chain_of(NodeRef bundle) {
  std::vector<std::string> chain;
  if (const auto one = entry(bundle, "verificationMaterial", "certificate")) chain.push_back(bytes_at(*one, "rawBytes"));
  const auto list = entry(bundle, "verificationMaterial", "x509CertificateChain", "certificates");
  if (list && list->is(NodeKind::list)) {
    for (const NodeRef one : *list) chain.push_back(bytes_at(one, "rawBytes"));
  }
  return chain;
}

// What was signed, and how it is found in the log.
struct Signature {
  std::string_view bytes;
  std::string payload_digest;  // SHA-256 in hex
};

// An entry of the log: that it is about this signature of this certificate. Each kind has its own places.
class LoggedBody {
 public:
  LoggedBody(const Signature& signature, const std::string& certificate)
      : signature_(signature), certificate_(certificate) {}

  bool is_about(NodeRef body) const {
    const auto spec = entry(body, "spec");
    const std::string_view kind = text_at(body, "kind");
    if (!spec) return false;
    if (kind == "intoto") {
      // Version 0.0.2 has the signature in base64 in base64.
      const auto list = entry(*spec, "content", "envelope", "signatures");
      return has_digest(entry(*spec, "content", "payloadHash")) && any_of(list, [this](NodeRef one) {
               return from_base64(bytes_at(one, "sig")) == signature_.bytes && is_ours(bytes_at(one, "publicKey"));
             });
    }
    if (kind == "dsse") {
      return has_digest(entry(*spec, "payloadHash")) && any_of(entry(*spec, "signatures"), [this](NodeRef one) {
               return bytes_at(one, "signature") == signature_.bytes && is_ours(bytes_at(one, "verifier"));
             });
    }
    if (kind != "hashedrekord") return false;
    const auto signature = entry(*spec, "signature");
    const auto key = entry(*spec, "signature", "publicKey");
    return has_digest(entry(*spec, "data", "hash")) && signature && key &&
           bytes_at(*signature, "content") == signature_.bytes && is_ours(bytes_at(*key, "content"));
  }

 private:
  template <class Test>
  static bool any_of(const std::optional<NodeRef>& list, const Test& test) {
    if (!list || !list->is(NodeKind::list)) return false;
    for (const NodeRef one : *list) {
      if (test(one)) return true;
    }
    return false;
  }

  bool has_digest(const std::optional<NodeRef>& hash) const {
    return hash && text_at(*hash, "algorithm") == "sha256" && text_at(*hash, "value") == signature_.payload_digest;
  }

  bool is_ours(const std::string& pem) const { return certificate_of(pem) == certificate_; }

  const Signature& signature_;
  const std::string& certificate_;
};

class Bundle {
 public:
  Bundle(const Trust& trust, NodeRef node) : trust_(trust), node_(node), chain_(chain_of(node)) {}

  // By its certificate, with a signature that `holds` says a key made.
  template <class Holds>
  void add_certified(const Signature& signature, const Holds& holds, Signers& out) const {
    const auto entries = entry(node_, "verificationMaterial", "tlogEntries");
    if (chain_.empty() || !entries || !entries->is(NodeKind::list)) return;
    for (const NodeRef one : *entries) {
      const auto seconds = logged(one, signature);
      const auto certified = seconds ? trust_.keys.issued(chain_, *seconds) : std::nullopt;
      if (!certified || certified->issuer != trust_.issuer || !is_named(trust_.signer, certified->identity)) continue;
      if (!holds(certified->key)) continue;
      add_name(out.names, certified->identity);
      out.logged_at = std::min(out.logged_at.value_or(*seconds), *seconds);
    }
  }

 private:
  // When a log that is trusted took the signature in.
  std::optional<std::int64_t> logged(NodeRef logged, const Signature& signature) const {
    const auto id = entry(logged, "logId");
    const auto promise = entry(logged, "inclusionPromise");
    const auto seconds = count_at(logged, "integratedTime");
    const auto index = count_at(logged, "logIndex");
    const std::string body = bytes_at(logged, "canonicalizedBody");
    if (!id || !promise || !seconds || !index || body.empty()) return std::nullopt;
    const std::string key = bytes_at(*id, "keyId");
    if (key.size() != program::kDigestBytes) return std::nullopt;
    program::Digest digest;
    std::ranges::copy(key, digest.begin());
    const std::string log = program::to_hex(digest);
    // As RFC 8785 has it: the keys in order, nothing between them.
    const std::string text = R"({"body":")" + std::string(text_at(logged, "canonicalizedBody")) +
                             R"(","integratedTime":)" + std::to_string(*seconds) + R"(,"logID":")" + log +
                             R"(","logIndex":)" + std::to_string(*index) + "}";
    const std::string timestamp = bytes_at(*promise, "signedEntryTimestamp");
    const bool promised = std::ranges::any_of(trust_.logs.keys(), [&](const TrustedKeys::Named& one) {
      return one.key.digest() == log && one.key.signed_text(text, timestamp);
    });
    if (!promised) return std::nullopt;
    inputs::JsonReader reader;
    inputs::SyntaxFault fault;
    Document document;
    if (!reader.read(body, document, fault)) return std::nullopt;
    return LoggedBody(signature, chain_.front()).is_about(document.root()) ? seconds : std::nullopt;
  }

  const Trust& trust_;
  NodeRef node_;
  std::vector<std::string> chain_;
};

// By the keys that are given, and by the certificate of a bundle.
template <class Holds>
void add_signers(const Trust& trust, const Signature& signature, const Holds& holds,
                 const std::optional<NodeRef>& bundle, Signers& out) {
  for (const TrustedKeys::Named& one : trust.keys.keys()) {
    if (holds(one.key)) add_name(out.names, one.file);
  }
  if (bundle && trust.keys.has_authority()) Bundle(trust, *bundle).add_certified(signature, holds, out);
}

class TrustReader {
 public:
  explicit TrustReader(const Documents& documents) : documents_(documents) {}

  std::optional<Trust> read() {
    for (const OptionValue& option : documents_.options) add(option);
    const bool certificates = trust_.keys.has_authority();
    const bool more = !trust_.logs.empty() || !trust_.signer.empty() || !trust_.issuer.empty();
    if (sound_ && certificates && (trust_.logs.keys().empty() || trust_.signer.empty() || trust_.issuer.empty())) {
      refuse("who signed, beside the certificate of an authority, which issues to anybody: `signer`, `issuer`, and "
             "`log`, the key of the log that says when",
             "not all of them");
    }
    if (sound_ && !certificates && more)
      refuse("the certificate of an authority in `key`, beside `signer`, `issuer` and `log`", "none");
    return sound_ ? std::optional(std::move(trust_)) : std::nullopt;
  }

 private:
  void add(const OptionValue& option) {
    if (option.name == "signer") {
      trust_.signer = option.text;
    } else if (option.name == "issuer") {
      trust_.issuer = option.text;
    } else if (const auto fault = (option.name == "log" ? trust_.logs : trust_.keys).add(option.file, option.text)) {
      sound_ = false;
      documents_.errors.begin(option.file);
      inputs::InputError error;
      error.found = "the file " + *fault;
      documents_.errors.add(std::move(error));
    }
  }

  // Of the key rather than of the documents, which are not at fault.
  void refuse(std::string expected, std::string found) {
    sound_ = false;
    const auto key = std::ranges::find(documents_.options, "key", &OptionValue::name);
    documents_.errors.begin(key == documents_.options.end() ? documents_.files.front().name() : key->file);
    inputs::InputError error;
    error.expected = std::move(expected);
    error.found = std::move(found);
    documents_.errors.add(std::move(error));
  }

  const Documents& documents_;
  Trust trust_;
  bool sound_ = true;
};

}  // namespace

std::optional<Trust> trust_of(const Documents& documents) { return TrustReader(documents).read(); }

Signers signers_of_envelope(const Trust& trust, NodeRef envelope, std::string_view payload,
                            std::optional<NodeRef> bundle) {
  Signers out;
  const auto signatures = list_at(envelope, "signatures");
  if (!trust.asks() || !signatures || signatures->size() > kMostSignatures) return out;
  const std::string text = pre_authentication_encoding(text_at(envelope, "payloadType"), payload);
  const std::string digest = program::sha256_hex(payload);
  for (const NodeRef one : *signatures) {
    const std::string bytes = bytes_at(one, "sig");
    const auto holds = [&](const PublicKey& key) { return key.signed_text(text, bytes); };
    add_signers(trust, {bytes, digest}, holds, bundle, out);
  }
  return out;
}

Signers signers_of_digest(const Trust& trust, std::string_view sha256, std::string_view signature, NodeRef bundle) {
  Signers out;
  if (!trust.asks() || sha256.size() != program::kDigestBytes) return out;
  program::Digest digest;
  std::ranges::copy(sha256, digest.begin());
  const auto holds = [&](const PublicKey& key) { return key.signed_digest(sha256, signature); };
  add_signers(trust, {signature, program::to_hex(digest)}, holds, bundle, out);
  return out;
}

}  // namespace dpol::sources
