"""TLS servers that no library of today can be any more, in Python (tlslite-ng), each at a port of its own: FOLDER for keys.

Prints {"roots": [base64 of DER], "ports": {name: port}}, then for each line on standard input how many connections each had so far.
"""

import base64
import json
import multiprocessing
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

from tlslite.api import X509, HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

FOLDER = Path(sys.argv[1])
OLD, NEW = ["aes256", "aes128"], ["aes256gcm", "aes128gcm"]
SIGNED = ["ecdhe_rsa", "dhe_rsa"]
SSL3, TLS10, TLS11, TLS12, TLS13 = (3, 0), (3, 1), (3, 2), (3, 3), (3, 4)
# A safe prime of 1024 bits (RFC 2409 6.2).
OAKLEY = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)

# Name: versions, ciphers, MACs, key exchanges, what it shows, further settings.
SERVERS = {
    "ssl3": (SSL3, TLS12, OLD, ["sha"], ["rsa"], "plain", {}),
    "ssl3-alone": (SSL3, SSL3, OLD, ["sha"], ["rsa"], "plain", {}),
    "tls10-alone": (TLS10, TLS10, OLD, ["sha"], SIGNED, "plain", {}),
    "tls11-alone": (TLS11, TLS11, OLD, ["sha"], SIGNED, "plain", {}),
    "rc4": (TLS10, TLS12, ["rc4", *OLD], ["md5", "sha"], ["rsa"], "plain", {}),
    "null": (TLS12, TLS12, ["null", *NEW], ["sha", "md5", "sha256", "aead"], ["rsa", "ecdhe_rsa"], "plain", {}),
    "3des": (TLS12, TLS12, ["3des", *NEW], ["sha", "aead"], ["rsa", "ecdhe_rsa"], "plain", {}),
    "anonymous": (TLS12, TLS12, OLD, ["sha"], ["dh_anon", "ecdh_anon"], None, {}),
    "static": (TLS12, TLS12, [*NEW, *OLD], ["sha", "sha256", "aead"], ["rsa"], "plain", {}),
    "cbc": (TLS12, TLS12, OLD, ["sha", "sha256", "sha384"], ["ecdhe_rsa"], "plain", {}),
    "prime1024": (TLS12, TLS12, NEW, ["aead"], ["dhe_rsa"], "plain", {"dhParams": (2, OAKLEY)}),
    "curves": (TLS12, TLS12, NEW, ["aead"], ["ecdhe_rsa"], "plain", {"eccCurves": ["secp521r1", "secp384r1", "x448", "x25519"]}),
    "curve224": (TLS12, TLS12, NEW, ["aead"], ["ecdhe_rsa"], "plain", {"eccCurves": ["secp256r1", "secp224r1"]}),
    "ccm": (TLS12, TLS13, ["aes128ccm", "aes256ccm", "aes128ccm_8", "chacha20-poly1305"], ["aead"], SIGNED, "plain", {}),
    "ffdhe13": (TLS13, TLS13, NEW, ["aead"], [], "plain", {"eccCurves": ["secp256r1"], "dhGroups": ["ffdhe2048", "ffdhe3072"]}),
    "rsa1024": (TLS12, TLS12, NEW, ["aead"], SIGNED, "rsa1024", {"rsaSchemes": ["pkcs1"]}),
    "sha1": (TLS12, TLS12, NEW, ["aead"], SIGNED, "sha1", {}),
    "sha1-above": (TLS12, TLS12, NEW, ["aead"], SIGNED, "sha1-above", {}),
    "incomplete": (TLS12, TLS12, NEW, ["aead"], SIGNED, "incomplete", {}),
    "disordered": (TLS12, TLS12, NEW, ["aead"], SIGNED, "disordered", {}),
    "with-root": (TLS12, TLS12, NEW, ["aead"], SIGNED, "with-root", {}),
}


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certify(name, issuer, extensions, bits=2048, digest="sha256"):
    """A certificate by `issuer` (itself where none) in NAME.pem, with its key in NAME.key."""
    (FOLDER / f"{name}.cnf").write_text(extensions)
    openssl("req", "-new", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name} of the peers")
    by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"] if issuer else ["-signkey", f"{name}.key"]
    openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", "90", f"-{digest}", "-extfile", f"{name}.cnf", "-out", f"{name}.pem")


AUTHORITY = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
LEAF = (
    "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n"
    "subjectAltName=DNS:*.tls.example\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
)
certify("root", None, AUTHORITY.replace("authorityKeyIdentifier=keyid\n", ""))
certify("intermediate", "root", AUTHORITY)
certify("intermediate-sha1", "root", AUTHORITY, digest="sha1")
certify("leaf", "intermediate", LEAF)
certify("leaf-1024", "intermediate", LEAF, bits=1024)
certify("leaf-sha1", "intermediate", LEAF, digest="sha1")
certify("leaf-under-sha1", "intermediate-sha1", LEAF)
CHAINS = {
    "plain": ["leaf", "intermediate"],
    "rsa1024": ["leaf-1024", "intermediate"],
    "sha1": ["leaf-sha1", "intermediate"],
    "sha1-above": ["leaf-under-sha1", "intermediate-sha1"],
    "incomplete": ["leaf"],
    "disordered": ["leaf", "root", "intermediate"],
    "with-root": ["leaf", "intermediate", "root"],
}


def answer(client, chain, key, settings):
    try:
        client.settimeout(10)
        TLSConnection(client).handshakeServer(certChain=chain, privateKey=key, settings=settings, anon=chain is None)
    except Exception:  # noqa: BLE001 – whatever a probe does, the server goes on
        pass
    finally:
        client.close()


def serve(listener, count, least, most, ciphers, macs, exchanges, shown, more):
    chain = key = None
    if shown:
        chain = X509CertChain([X509().parse((FOLDER / f"{name}.pem").read_text()) for name in CHAINS[shown]])
        key = parsePEMKey((FOLDER / f"{CHAINS[shown][0]}.key").read_text(), private=True)
    settings = HandshakeSettings()
    settings.minKeySize, settings.minVersion, settings.maxVersion = 512, least, most
    settings.cipherNames, settings.macNames, settings.keyExchangeNames = ciphers, macs, exchanges
    # What is new since TLS 1.2 was new would be spoken by none of these.
    settings.useEncryptThenMAC, settings.eccCurves, settings.keyShares = False, ["x25519", "secp256r1", "secp384r1"], []
    for name, value in more.items():
        setattr(settings, name, value)
    while True:
        client, _ = listener.accept()
        with count.get_lock():
            count.value += 1
        threading.Thread(target=answer, args=(client, chain, key, settings), daemon=True).start()


counts, ports = {}, {}
for name, words in SERVERS.items():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    counts[name], ports[name] = multiprocessing.Value("i"), listener.getsockname()[1]
    multiprocessing.Process(target=serve, args=(listener, counts[name], *words), daemon=True).start()
root = ssl.PEM_cert_to_DER_cert((FOLDER / "root.pem").read_text())
print(json.dumps({"roots": [base64.b64encode(root).decode()], "ports": ports}), flush=True)
for _ in sys.stdin:
    print(json.dumps({name: count.value for name, count in counts.items()}), flush=True)
