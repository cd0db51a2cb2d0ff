//! Which algorithms kept evidence shows, and where.

use std::collections::BTreeSet;

use formats::evidence::{Evidence, Handshake, Heard, Question, Reply, Roots};
use formats::tls::{
    Authentication, CERTIFICATE, Exchanged, Group, KeyExchange, Kind as GroupKind, SERVER_HELLO, SERVER_KEY_EXCHANGE, ServerHello, Suite, Version,
    certificates, messages,
};
use serde::Serialize;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::{is_own_issue, key, signature};
use super::plan::Purpose;
use super::{Algorithm, names};

formats::spelled! {
    /// Where an algorithm was seen.
    Place {
        /// The key of a server's own certificate.
        CertificateKey => "certificate-key",
        /// The signature on it.
        CertificateSignature => "certificate-signature",
        AuthorityKey => "authority-key",
        AuthoritySignature => "authority-signature",
        TlsVersion => "tls-version",
        TlsSuite => "tls-suite",
        TlsGroup => "tls-group",
        /// The hash under a server's key exchange.
        ExchangeSignature => "exchange-signature",
        ZoneKey => "zone-key",
        /// The digest of a zone's key at its parent (DS).
        Delegation => "delegation",
        /// A key that signs mail (DKIM).
        MailKey => "mail-key",
    }
}

impl Place {
    /// What it is used for there.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::TlsVersion | Self::TlsSuite | Self::TlsGroup => Purpose::Transport,
            _ => Purpose::Authentication,
        }
    }
}

/// An algorithm in use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Use {
    pub algorithm: Algorithm,
    pub place: Place,
    /// The server or the zone.
    pub host: String,
}

/// Every algorithm that `evidence` shows in use by its target. The signature of a trusted root on itself proves nothing and is no use;
/// what the root and the registries of the DNS use is not the target's.
pub fn found(evidence: &Evidence) -> BTreeSet<Use> {
    let mut seen = Seen { roots: &evidence.place.roots, host: String::new(), uses: BTreeSet::new() };
    for exchange in &evidence.exchanges {
        seen.host = host(&exchange.question);
        match &exchange.heard {
            Heard::Message { wire, .. } => {
                let uses = names::uses(&wire.0, &evidence.target.domain);
                seen.uses.extend(uses.into_iter().map(|(algorithm, place, host)| Use { algorithm, place, host }));
            }
            Heard::Response(response) => response.handshake.iter().for_each(|shown| seen.handshake(shown)),
            Heard::Handshake(shown) => seen.handshake(shown),
            Heard::Hello(reply) => seen.reply(reply),
            Heard::Session(session) => session.handshake.iter().for_each(|shown| seen.handshake(shown)),
            Heard::Failure(_) => {}
        }
    }
    seen.uses
}

fn host(question: &Question) -> String {
    match question {
        Question::Dns { name, .. }
        | Question::Server { name, .. }
        | Question::Http { name, .. }
        | Question::Tls { name, .. }
        | Question::Smtp { name, .. } => name.clone(),
        Question::Hello { hello, address, .. } if hello.name.is_empty() => address.to_string(),
        Question::Hello { hello, .. } => hello.name.clone(),
    }
}

/// What was seen so far.
struct Seen<'a> {
    roots: &'a Roots,
    host: String,
    uses: BTreeSet<Use>,
}

impl Seen<'_> {
    fn add(&mut self, algorithm: Option<Algorithm>, place: Place) {
        self.uses.extend(algorithm.map(|algorithm| Use { algorithm, place, host: self.host.clone() }));
    }

    fn handshake(&mut self, shown: &Handshake) {
        let chain: Vec<&[u8]> = shown.chain.iter().map(|der| der.0.as_slice()).collect();
        self.chain(&chain);
        let (version, suite) = agreed(&shown.detail);
        self.add(version.and_then(of_version), Place::TlsVersion);
        suite.into_iter().for_each(|suite| self.suite(suite));
    }

    fn reply(&mut self, reply: &Reply) {
        let messages = messages(&reply.messages.0);
        let find = |kind: u8| messages.iter().find(|message| message.kind == kind).map(|message| message.body.as_slice());
        let Some(hello) = find(SERVER_HELLO).and_then(ServerHello::read) else { return };
        let (Some(version), Some(suite)) = (hello.agreed(), Suite::of(hello.suite)) else { return };
        self.add(of_version(version), Place::TlsVersion);
        self.suite(suite);
        self.add(hello.group.and_then(of_group), Place::TlsGroup);
        if let Some(exchange) = find(SERVER_KEY_EXCHANGE).and_then(|body| KeyExchange::read(body, version, suite)) {
            self.exchange(exchange, version, suite);
        }
        if let Some(chain) = find(CERTIFICATE).and_then(certificates) {
            self.chain(&chain.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
    }

    fn suite(&mut self, suite: Suite) {
        self.add(of_cipher(suite), Place::TlsSuite);
        self.add(of_mac(suite), Place::TlsSuite);
        if suite.key_exchange().starts_with("RSA") {
            self.add(Algorithm::of("rsa-key-transport"), Place::TlsSuite);
        }
    }

    fn exchange(&mut self, exchange: KeyExchange, version: Version, suite: Suite) {
        let group = match exchange.exchanged {
            Exchanged::Group(code) => of_group(code),
            Exchanged::Prime(bits) => Algorithm::dh(bits),
            Exchanged::ShortRsa(bits) => Algorithm::rsa(bits),
            // Whatever it is, nobody vouches for it.
            Exchanged::OwnCurve => None,
        };
        self.add(group, Place::TlsGroup);
        match (exchange.scheme, suite.authentication()) {
            (Some(scheme), _) => self.add(of_scheme(scheme), Place::ExchangeSignature),
            (None, Authentication::Anonymous | Authentication::Apart) => {}
            // Before TLS 1.2 there is no choice: MD5 with SHA-1 for RSA, SHA-1 for the others (RFC 4346 7.4.3, 8422 5.4).
            (None, kind) if version < Version::Tls12 => {
                if kind == Authentication::Rsa {
                    self.add(Algorithm::of("md5"), Place::ExchangeSignature);
                }
                self.add(Algorithm::of("sha-1"), Place::ExchangeSignature);
            }
            (None, _) => {}
        }
    }

    fn chain(&mut self, chain: &[&[u8]]) {
        let read: Vec<(&[u8], X509Certificate<'_>)> = chain.iter().filter_map(|der| Some((*der, X509Certificate::from_der(der).ok()?.1))).collect();
        // The server's own is the first, or, where that is an authority's, the first that is none.
        let own = read.iter().position(|(_, one)| !one.is_ca()).unwrap_or(0);
        for (at, (der, one)) in read.iter().enumerate() {
            let (of_key, of_signature) =
                if at == own { (Place::CertificateKey, Place::CertificateSignature) } else { (Place::AuthorityKey, Place::AuthoritySignature) };
            self.add(key(one.public_key()), of_key);
            let anchor = is_own_issue(one) && (at != own || is_given(self.roots, der));
            if !anchor {
                self.add(signature(one), of_signature);
            }
        }
    }
}

fn is_given(roots: &Roots, der: &[u8]) -> bool {
    matches!(roots, Roots::Der(list) if list.iter().any(|root| root.0 == der))
}

/// Version and suite of a finished handshake, as `probe` writes them down: `Some(TLSv1_3) Some(TLS13_AES_128_GCM_SHA256)`.
fn agreed(detail: &str) -> (Option<Version>, Option<Suite>) {
    let mut words = detail.split(' ').filter_map(|word| word.strip_prefix("Some(")?.strip_suffix(')'));
    let version = match words.next() {
        Some("TLSv1_2") => Some(Version::Tls12),
        Some("TLSv1_3") => Some(Version::Tls13),
        _ => return (None, None),
    };
    let name = words.next().unwrap_or_default().replacen("TLS13_", "TLS_", 1);
    (version, Suite::all().find(|suite| suite.name == name))
}

fn of_version(version: Version) -> Option<Algorithm> {
    Algorithm::of(match version {
        Version::Ssl3 => "ssl-3.0",
        Version::Tls10 => "tls-1.0",
        Version::Tls11 => "tls-1.1",
        Version::Tls12 => "tls-1.2",
        Version::Tls13 => "tls-1.3",
    })
}

fn of_cipher(suite: Suite) -> Option<Algorithm> {
    const STARTS: [(&str, &str); 20] = [
        ("AES_128_CBC", "aes-128-cbc"),
        ("AES_128_CCM", "aes-128-ccm"),
        ("AES_128_GCM", "aes-128-gcm"),
        ("AES_256_CBC", "aes-256-cbc"),
        ("AES_256_CCM", "aes-256-ccm"),
        ("AES_256_GCM", "aes-256-gcm"),
        ("ARIA_128_", "aria-128"),
        ("ARIA_256_", "aria-256"),
        ("CAMELLIA_128_", "camellia-128"),
        ("CAMELLIA_256_", "camellia-256"),
        ("CHACHA20_POLY1305", "chacha20-poly1305"),
        ("3DES_", "3des"),
        ("DES40_", "des"),
        ("DES_", "des"),
        ("IDEA_", "idea"),
        ("RC2_", "rc2"),
        ("RC4_", "rc4"),
        ("SEED_", "seed"),
        ("SM4_GCM", "sm4"),
        ("SM4_CCM", "sm4"),
    ];
    if suite.is_null() {
        return Algorithm::of("null");
    }
    STARTS.iter().find(|(start, _)| suite.cipher().starts_with(start)).and_then(|(_, id)| Algorithm::of(id))
}

/// What protects against changes, where the cipher does not do it itself.
fn of_mac(suite: Suite) -> Option<Algorithm> {
    if suite.is_authenticated_encryption() {
        return None;
    }
    Algorithm::of(match suite.cipher().rsplit('_').next() {
        Some("MD5") => "hmac-md5",
        Some("SHA") => "hmac-sha-1",
        Some("SHA256" | "SHA384") => "hmac-sha-2",
        _ => return None,
    })
}

fn of_group(code: u16) -> Option<Algorithm> {
    let group = Group::of(code)?;
    let bits = usize::from(group.bits);
    match (group.name, group.kind) {
        ("secp256r1", _) => Algorithm::of("ecdh-p256"),
        ("secp384r1", _) => Algorithm::of("ecdh-p384"),
        ("secp521r1", _) => Algorithm::of("ecdh-p521"),
        (name @ ("x25519" | "x448"), _) => Algorithm::of(name),
        (_, GroupKind::Curve) => Algorithm::curve("ecdh", bits),
        (_, GroupKind::FiniteField) => Algorithm::dh(bits),
        (name, GroupKind::PostQuantum) => Algorithm::of(name).or_else(|| Algorithm::of("kyber-draft")),
    }
}

/// The hash of a signature scheme of TLS, or the signature where its hash is built in (RFC 5246 7.4.1.4.1, 8446 4.2.3).
fn of_scheme(code: u16) -> Option<Algorithm> {
    Algorithm::of(match code {
        0x0100..=0x01ff => "md5",
        0x0200..=0x02ff => "sha-1",
        0x0300..=0x03ff => "sha-224",
        0x0400..=0x04ff | 0x0804 | 0x0809 | 0x081a => "sha-256",
        0x0500..=0x05ff | 0x0805 | 0x080a | 0x081b => "sha-384",
        0x0600..=0x06ff | 0x0806 | 0x080b | 0x081c => "sha-512",
        0x0708 => "sm3",
        0x0807 => "ed25519",
        0x0808 => "ed448",
        0x0904 => "ml-dsa-44",
        0x0905 => "ml-dsa-65",
        0x0906 => "ml-dsa-87",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use formats::evidence::{End, Exchange, Octets, Opening, Place as From, Target};
    use formats::tls::{Codes, GROUPS, Hello, SCHEMES, handshake};

    use super::*;

    const ADDRESS: &str = "192.0.2.1:443";

    fn shown(question: Question, heard: Heard, roots: Roots) -> Vec<String> {
        let place = From { roots, ..From::internet("test") };
        let mut evidence = Evidence::new(place, Target::new("a.example.jp"), 7);
        evidence.keep(Exchange { question, heard, ms: 1, tried: Vec::new() });
        found(&evidence).into_iter().map(|one| format!("{} {}", one.algorithm, one.place.as_str())).collect()
    }

    fn pem(text: &[u8]) -> Octets {
        Octets(x509_parser::pem::parse_x509_pem(text).unwrap().1.contents)
    }

    fn chain(chain: Vec<Octets>, detail: &str, roots: Roots) -> Vec<String> {
        let shown_by = Handshake { chain, proved: true, detail: detail.into(), ..Handshake::default() };
        shown(Question::Tls { address: ADDRESS.parse().unwrap(), name: "a.example.jp".into() }, Heard::Handshake(shown_by), roots)
    }

    #[test]
    fn sha_1_counts_in_a_servers_certificate_and_never_in_a_roots_own_signature() {
        let leaf = || pem(include_bytes!("../../tests/data/sha1-signature.pem"));
        let authority = || pem(include_bytes!("../../tests/data/sha1-authority.pem"));
        let found = chain(vec![leaf(), authority()], "", Roots::Der(Vec::new()));
        assert!(found.contains(&"sha-1 certificate-signature".to_owned()), "{found:?}");
        assert!(!found.iter().any(|one| one == "sha-1 authority-signature"), "{found:?}");
        assert!(found.iter().any(|one| one.ends_with(" authority-key")), "{found:?}");
        // A root that serves as the server's own certificate is still a root.
        let alone = chain(vec![authority()], "", Roots::Der(vec![authority()]));
        assert!(!alone.iter().any(|one| one.ends_with("signature")), "{alone:?}");
        let untrusted = chain(vec![authority()], "", Roots::Der(Vec::new()));
        assert!(untrusted.contains(&"sha-1 certificate-signature".to_owned()), "{untrusted:?}");
    }

    #[test]
    fn a_short_key_and_an_unreadable_certificate() {
        let found = chain(vec![pem(include_bytes!("../../tests/data/weak-key.pem"))], "", Roots::Webpki);
        assert!(found.iter().any(|one| one == "rsa-1024 certificate-key"), "{found:?}");
        assert!(chain(vec![Octets(vec![0x30, 3, 1, 2, 3])], "", Roots::Webpki).is_empty());
    }

    #[test]
    fn a_finished_handshake_names_version_and_suite() {
        let found = chain(Vec::new(), "Some(TLSv1_3) Some(TLS13_AES_256_GCM_SHA384)", Roots::Webpki);
        assert_eq!(found, ["aes-256-gcm tls-suite", "tls-1.3 tls-version"]);
        let found = chain(Vec::new(), "Some(TLSv1_2) Some(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256)", Roots::Webpki);
        assert_eq!(found, ["chacha20-poly1305 tls-suite", "tls-1.2 tls-version"]);
        assert!(chain(Vec::new(), "handshake timed out", Roots::Webpki).is_empty());
    }

    fn hello(version: Version, suite: &str, group: Option<u16>, exchange: Option<&[u8]>) -> Vec<String> {
        let suite = Suite::all().find(|one| one.name == suite).unwrap();
        let answer = ServerHello { version: version.code(), suite: suite.code, retry: false, group, extensions: Vec::new() };
        let mut messages = handshake(SERVER_HELLO, &answer.write(&[1; 32]));
        messages.extend(exchange.map(|body| handshake(SERVER_KEY_EXCHANGE, body)).unwrap_or_default());
        let reply = Reply { messages: Octets(messages), alert: None, end: End::Whole };
        let hello = Hello {
            version,
            name: "a.example.jp".into(),
            suites: Codes(vec![suite.code]),
            groups: Codes::default(),
            schemes: Codes::default(),
            shares: Vec::new(),
        };
        shown(
            Question::Hello { address: ADDRESS.parse().unwrap(), hello, certificates: false, opening: Opening::Direct },
            Heard::Hello(reply),
            Roots::Webpki,
        )
    }

    #[test]
    fn hellos_show_versions_suites_groups_and_signatures() {
        assert_eq!(
            hello(Version::Tls13, "TLS_AES_128_GCM_SHA256", Some(0x11ec), None),
            ["aes-128-gcm tls-suite", "tls-1.3 tls-version", "x25519mlkem768 tls-group"]
        );
        assert_eq!(hello(Version::Tls12, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", None, None).len(), 4);
        // Curve 23, a point of four octets, rsa_pkcs1_sha1.
        let body = [3, 0, 23, 4, 1, 2, 3, 4, 2, 1, 0, 0];
        let found = hello(Version::Tls12, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None, Some(&body));
        assert_eq!(found, ["aes-128-gcm tls-suite", "ecdh-p256 tls-group", "sha-1 exchange-signature", "tls-1.2 tls-version"]);
        // Before TLS 1.2 nobody is asked: MD5 with SHA-1.
        let found = hello(Version::Tls10, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", None, Some(&body[..8]));
        for one in ["md5 exchange-signature", "sha-1 exchange-signature", "rc4 tls-suite", "hmac-sha-1 tls-suite", "tls-1.0 tls-version"] {
            assert!(found.iter().any(|shown| shown == one), "{one}: {found:?}");
        }
        let prime = [&[0, 128][..], &[0xff; 128], &[0, 1, 2], &[0, 1, 9]].concat();
        assert!(hello(Version::Tls12, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", None, Some(&prime)).contains(&"dh-1024 tls-group".to_owned()));
    }

    #[test]
    fn everything_tls_knows_has_its_place_in_the_vocabulary() {
        for suite in Suite::all() {
            assert!(of_cipher(suite).is_some(), "{}", suite.name);
            assert_eq!(of_mac(suite).is_none(), suite.is_authenticated_encryption(), "{}", suite.name);
        }
        for group in GROUPS {
            assert!(of_group(group.code).is_some(), "{}", group.name);
        }
        for (code, name) in SCHEMES {
            assert!(of_scheme(*code).is_some(), "{name}");
        }
        for version in Version::ALL {
            assert!(of_version(*version).is_some());
        }
    }
}
