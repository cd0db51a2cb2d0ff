"""Measures TLS servers with sslyze: ENDPOINTS ([{name, address, port}]) and ROOTS (base64 of DER), both JSON.

Prints {name: {"facts": {fact: [words]}}} in words of our own; {name: {}} where it found no server.
"""

import base64
import json as js
import ssl
import sys
import tempfile
import warnings
from pathlib import Path

from cryptography.utils import CryptographyDeprecationWarning

warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)
from sslyze import (  # noqa: E402
    CertificateInfoExtraArgument,
    ScanCommand,
    ScanCommandsExtraArguments,
    Scanner,
    ServerNetworkLocation,
    ServerScanRequest,
)

VERSIONS = {
    "SSL 2.0": ScanCommand.SSL_2_0_CIPHER_SUITES,
    "SSL 3.0": ScanCommand.SSL_3_0_CIPHER_SUITES,
    "TLS 1.0": ScanCommand.TLS_1_0_CIPHER_SUITES,
    "TLS 1.1": ScanCommand.TLS_1_1_CIPHER_SUITES,
    "TLS 1.2": ScanCommand.TLS_1_2_CIPHER_SUITES,
    "TLS 1.3": ScanCommand.TLS_1_3_CIPHER_SUITES,
}
WEAK = {"sha1": "SHA-1", "md5": "MD5"}
# Why it does not trust a certificate, by what the library under it says.
DISTRUST = {
    "not valid at validation time": "expired",
    "no matching subjectAltName": "wrong name",
    "Certificate is missing required extension": "untrusted",
    "candidates exhausted": "untrusted",
}


def facts(scanned):
    accepted = {}
    for version, command in VERSIONS.items():
        attempt = getattr(scanned, command.value)
        accepted[version] = attempt.result.accepted_cipher_suites if attempt.result else []
    suites = [one for found in accepted.values() for one in found]
    keys = [one.ephemeral_key for one in suites if one.ephemeral_key]
    curves = scanned.elliptic_curves.result
    found = {
        "versions": [version for version, suites in accepted.items() if suites],
        "suites": sorted({one.cipher_suite.name for one in suites}),
        "groups": sorted({curve.name.lower() for curve in (curves and curves.supported_curves) or []}),
        "primes": sorted({str(key.size) for key in keys if key.type_name == "DH"}),
    }
    shown = scanned.certificate_info.result
    if shown:
        found |= certificates(shown.certificate_deployments[0])
    return found


def certificates(deployment):
    chain = deployment.received_certificate_chain
    ours = next(one for one in deployment.path_validation_results if one.trust_store.path == ROOTS)
    said = ours.validation_error or ""
    leaf = chain[0].public_key()
    return {
        "trust": ["trusted"] if ours.was_validation_successful else [next((word for text, word in DISTRUST.items() if text in said), said)],
        "key": [f"{'EC' if hasattr(leaf, 'curve') else 'RSA'} {leaf.key_size}"],
        "weak signatures": sorted({WEAK[one.signature_hash_algorithm.name] for one in chain if one.signature_hash_algorithm.name in WEAK}),
        "order": ["right" if deployment.received_chain_has_valid_order else "wrong"],
        "certificates": [str(len(chain))],
    }


endpoints, roots = js.loads(sys.argv[1]), js.loads(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    ROOTS = Path(folder) / "roots.pem"
    ROOTS.write_text("".join(ssl.DER_cert_to_PEM_cert(base64.b64decode(root)) for root in roots))
    extra = ScanCommandsExtraArguments(certificate_info=CertificateInfoExtraArgument(custom_ca_file=ROOTS))
    commands = {ScanCommand.CERTIFICATE_INFO, ScanCommand.ELLIPTIC_CURVES, *VERSIONS.values()}
    scanner = Scanner()
    scanner.queue_scans(
        ServerScanRequest(
            server_location=ServerNetworkLocation(hostname=one["name"], port=one["port"], ip_address=one["address"]),
            scan_commands=commands,
            scan_commands_extra_arguments=extra,
        )
        for one in endpoints
    )
    results = {}
    for scan in scanner.get_results():
        results[scan.server_location.hostname] = {"facts": facts(scan.scan_result)} if scan.scan_result else {}
print(js.dumps(results))
