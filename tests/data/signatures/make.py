"""Writes the attestations, keys and certificates here anew. Needs the package `cryptography`: another
implementation than the one that dpol verifies with. The private keys are made for one run and kept by nobody."""
import base64, datetime, hashlib, json
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

PAYLOAD = json.dumps({"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
                      "subject": [{"name": "cart", "digest": {"sha256": "ab" * 32}}], "predicate": {}}).encode()
TYPE = "application/vnd.in-toto+json"
PAE = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(PAYLOAD), PAYLOAD)
SIGNER = "https://github.com/acme/cart/.github/workflows/release.yml@refs/tags/v1"
ISSUER = "https://token.actions.githubusercontent.com"
START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)

def b64(data): return base64.b64encode(data).decode()
def write(name, text): open(name, "w").write(text)
def write_json(name, value): write(name, json.dumps(value, indent=1) + "\n")

def public(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

def envelope(signature):
    return {"payloadType": TYPE, "payload": b64(PAYLOAD), "signatures": [{"keyid": "", "sig": b64(signature)}]}

def ecdsa(key, hash_, data=PAE): return key.sign(data, ec.ECDSA(hash_))

pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
p256, p384, p521 = (ec.generate_private_key(c()) for c in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1))
rsa2048, rsa1024, ed = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024), ed25519.Ed25519PrivateKey.generate()
for name, key, signature in [
        ("p256", p256, ecdsa(p256, hashes.SHA256())),
        ("p384", p384, ecdsa(p384, hashes.SHA384())),
        ("p384-sha256", p384, ecdsa(p384, hashes.SHA256())),
        ("p521", p521, ecdsa(p521, hashes.SHA512())),
        ("ed25519", ed, ed.sign(PAE)),
        ("rsa-pkcs1", rsa2048, rsa2048.sign(PAE, padding.PKCS1v15(), hashes.SHA256())),
        ("rsa-pss", rsa2048, rsa2048.sign(PAE, pss, hashes.SHA256())),
        # Signed, and still nobody's word: too short, a broken hash, the payload without what DSSE puts before it.
        ("rsa-1024", rsa1024, rsa1024.sign(PAE, padding.PKCS1v15(), hashes.SHA256())),
        ("bad-sha1", p256, ecdsa(p256, hashes.SHA1())),
        ("bad-payload-alone", p256, ecdsa(p256, hashes.SHA256(), PAYLOAD))]:
    write_json(name + ".json", envelope(signature))
    write(name + ".pub", public(key))
write("dsa.pub", public(dsa.generate_private_key(2048)))

def named(text): return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

def certificate(subject, key, issuer, issuer_key, start, end, authority, identity=None, uses=()):
    made = (x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
            .add_extension(x509.BasicConstraints(authority, None), True))
    if uses: made = made.add_extension(x509.ExtendedKeyUsage(list(uses)), False)
    if identity:
        made = made.add_extension(x509.SubjectAlternativeName([identity]), True)
        made = made.add_extension(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.57264.1.8"),
                                                             b"\x0c" + bytes([len(ISSUER)]) + ISSUER.encode()), False)
    return made.sign(issuer_key, hashes.SHA256())

def pem(cert): return cert.public_bytes(serialization.Encoding.PEM).decode()
def der(cert): return b64(cert.public_bytes(serialization.Encoding.DER))

root, between, leaf, log = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
YEARS = datetime.timedelta(days=3650)
CODE = [ExtendedKeyUsageOID.CODE_SIGNING]
root_cert = certificate("root", root, "root", root, START - YEARS, START + YEARS, True)
between_cert = certificate("between", between, "root", root, START - YEARS, START + YEARS, True)
def leaf_cert(identity=x509.UniformResourceIdentifier(SIGNER), uses=CODE, by="between", key=between):
    return certificate("leaf", leaf, by, key, START, START + 10 * MINUTE, False, identity, uses)
good = leaf_cert()
write("authority.pem", pem(root_cert))
write("between.pem", pem(between_cert))
write("leaf.pem", pem(good))
write("log.pub", public(log))
write("other.pub", public(ec.generate_private_key(ec.SECP256R1())))

def bundle(name, cert=good, at=START + MINUTE, kind="dsse", logged_payload=PAYLOAD, logged_signature=None, logged_cert=None,
           log_key=log, message=False, change=None):
    signature = ecdsa(leaf, hashes.SHA256(), PAYLOAD if message else PAE)
    shown, held = b64(logged_signature or signature), b64(pem(logged_cert or cert).encode())
    digest = {"algorithm": "sha256", "value": hashlib.sha256(logged_payload).hexdigest()}
    spec = {"dsse": {"payloadHash": digest, "signatures": [{"signature": shown, "verifier": held}]},
            "intoto": {"content": {"payloadHash": digest, "envelope": {"payloadType": TYPE, "signatures": [
                {"sig": b64(shown.encode()), "publicKey": held}]}}},
            "hashedrekord": {"data": {"hash": digest}, "signature": {"content": shown, "publicKey": {"content": held}}}}[kind]
    body = b64(json.dumps({"apiVersion": "0.0.1", "kind": kind, "spec": spec}).encode())
    key = log.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    id_ = hashlib.sha256(key).digest()
    seconds = int(at.timestamp())
    text = json.dumps({"body": body, "integratedTime": seconds, "logID": id_.hex(), "logIndex": 7}, separators=(",", ":"))
    entry = {"logIndex": "7", "logId": {"keyId": b64(id_)}, "kindVersion": {"kind": kind, "version": "0.0.1"},
             "integratedTime": str(seconds), "canonicalizedBody": body,
             "inclusionPromise": {"signedEntryTimestamp": b64(ecdsa(log_key, hashes.SHA256(), text.encode()))}}
    out = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
           "verificationMaterial": {"x509CertificateChain": {"certificates": [{"rawBytes": der(cert)}, {"rawBytes": der(between_cert)}]},
                                    "tlogEntries": [entry]}}
    if message:
        out["messageSignature"] = {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(hashlib.sha256(PAYLOAD).digest())},
                                   "signature": b64(signature)}
    else:
        out["dsseEnvelope"] = envelope(signature)
    if change: change(out, entry)
    write_json("bundle-" + name + ".json", out)

bundle("dsse")
bundle("intoto", kind="intoto")
bundle("message", kind="hashedrekord", message=True)
bundle("mail", cert=leaf_cert(x509.RFC822Name("release@acme.example")))
# What nobody shall believe.
bundle("bad-late", at=START + 11 * MINUTE)
bundle("bad-early", at=START - MINUTE)
bundle("bad-other-payload", logged_payload=b"another")
bundle("bad-other-signature", logged_signature=ecdsa(leaf, hashes.SHA256()))
bundle("bad-other-certificate", logged_cert=leaf_cert())
bundle("bad-other-log", log_key=ec.generate_private_key(ec.SECP256R1()))
bundle("bad-not-for-code", cert=leaf_cert(uses=[ExtendedKeyUsageOID.CLIENT_AUTH]))
bundle("bad-self-issued", cert=leaf_cert(by="leaf", key=leaf))
bundle("bad-no-log", change=lambda out, entry: out["verificationMaterial"].update(tlogEntries=[]))
bundle("bad-time-changed", change=lambda out, entry: entry.update(integratedTime=str(int(START.timestamp()) + 2)))
bundle("bad-authority-signs", cert=certificate("leaf", leaf, "between", between, START, START + 10 * MINUTE, True,
                                               x509.UniformResourceIdentifier(SIGNER), CODE))
