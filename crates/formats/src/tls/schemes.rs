//! Signature schemes by code and IANA name (RFC 5246 7.4.1.4.1, 8446 4.2.3, 8734, 8998).

/// Codes with their IANA names, by code. Those of TLS 1.2 are a hash (high octet) and a key kind (low octet).
pub const SCHEMES: &[(u16, &str)] = &[
    (0x0101, "rsa_pkcs1_md5"),
    (0x0103, "ecdsa_md5"),
    (0x0201, "rsa_pkcs1_sha1"),
    (0x0202, "dsa_sha1"),
    (0x0203, "ecdsa_sha1"),
    (0x0301, "rsa_pkcs1_sha224"),
    (0x0302, "dsa_sha224"),
    (0x0303, "ecdsa_sha224"),
    (0x0401, "rsa_pkcs1_sha256"),
    (0x0402, "dsa_sha256"),
    (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0501, "rsa_pkcs1_sha384"),
    (0x0502, "dsa_sha384"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0601, "rsa_pkcs1_sha512"),
    (0x0602, "dsa_sha512"),
    (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0708, "sm2sig_sm3"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"),
    (0x0806, "rsa_pss_rsae_sha512"),
    (0x0807, "ed25519"),
    (0x0808, "ed448"),
    (0x0809, "rsa_pss_pss_sha256"),
    (0x080a, "rsa_pss_pss_sha384"),
    (0x080b, "rsa_pss_pss_sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256"),
    (0x081b, "ecdsa_brainpoolP384r1tls13_sha384"),
    (0x081c, "ecdsa_brainpoolP512r1tls13_sha512"),
    (0x0904, "mldsa44"),
    (0x0905, "mldsa65"),
    (0x0906, "mldsa87"),
];

/// The name of `code`, or the code itself.
pub fn named(code: u16) -> String {
    let at = SCHEMES.binary_search_by_key(&code, |(code, _)| *code).ok();
    at.and_then(|at| SCHEMES.get(at)).map_or_else(|| format!("0x{code:04x}"), |(_, name)| (*name).to_owned())
}

/// The hash `code` signs with when it is weak: MD5 or SHA-1 (RFC 9155 2).
pub fn weak_hash(code: u16) -> Option<&'static str> {
    match code >> 8 {
        1 => Some("MD5"),
        2 => Some("SHA-1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_knows_weak_hashes() {
        assert!(SCHEMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!((named(0x0804).as_str(), named(0xfafa).as_str()), ("rsa_pss_rsae_sha256", "0xfafa"));
        assert_eq!((weak_hash(0x0201), weak_hash(0x0103), weak_hash(0x0804)), (Some("SHA-1"), Some("MD5"), None));
    }
}
