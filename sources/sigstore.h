// Who signed an attestation: by a given key, or, as Sigstore does it, by a certificate that an authority issued for
// minutes and an entry in a log that says when.
//
// Promises
//  - A signer is named only where the signature holds over exactly the payload that is read.
//  - A certificate counts where an authority that is trusted issued it, it was valid when the log took the signature
//    in, the log's own signature over that moment and over payload, signature and certificate holds, and it was given
//    to the signer that the policy names. Each alone proves nothing: a certificate's key may have been stolen after
//    its ten minutes, and an authority issues to anybody.
//
// Formats: DSSE (github.com/secure-systems-lab/dsse), Sigstore's bundle 0.1 to 0.3
// (github.com/sigstore/protobuf-specs), entries of Rekor version 1 with a signed entry timestamp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/document.h"
#include "sources/formats.h"
#include "sources/signatures.h"

namespace dpol::sources {

// Whom a source believes: its options.
struct Trust {
  TrustedKeys keys;    // `key`
  TrustedKeys logs;    // `log`
  std::string signer;  // of a certificate; a `*` at its end stands for any rest
  std::string issuer;

  bool asks() const { return !keys.empty(); }
};
// Nothing where an option is wrong, which is reported.
std::optional<Trust> trust_of(const Documents& documents);

struct Signers {
  std::vector<std::string> names;         // files of keys, identities of certificates; each once
  std::optional<std::int64_t> logged_at;  // seconds since 1970, as a log signed it
};

// Of an envelope of DSSE with that payload; `bundle` is what holds it, if it stands in one.
Signers signers_of_envelope(const Trust& trust, inputs::NodeRef envelope, std::string_view payload,
                            std::optional<inputs::NodeRef> bundle);
// Of a bundle whose signature is over something else of which it has the SHA-256 (32 bytes).
Signers signers_of_digest(const Trust& trust, std::string_view sha256, std::string_view signature,
                          inputs::NodeRef bundle);

}  // namespace dpol::sources
