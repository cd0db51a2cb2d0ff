//! Web servers that each have one thing to be said about how they speak TLS, and are called after it.

use probe::testbed::{Https, Tls, Zone};

/// How they speak.
const SPOKEN: [(&str, Tls); 4] = [
    ("modern", Tls::Modern),
    ("only-tls12", Tls::Only12),
    ("only-tls13", Tls::Only13),
    // Answers hellos and never ends a handshake.
    ("hello-everything", Tls::Everything),
];

/// What they show.
const SHOWN: [(&str, Https); 4] =
    [("expired", Https::Expired), ("wrong-name", Https::WrongName), ("self-signed", Https::SelfSigned), ("untrusted", Https::Untrusted)];

/// Every one of them, below `tls.example`; `others` are names for servers that somebody else runs at 127.0.0.1.
pub fn all(others: &[String]) -> Vec<Zone> {
    let named = |name: &str| Zone::good(format!("{name}.tls.example"));
    let spoken = SPOKEN.iter().map(|(name, tls)| Zone { tls: *tls, ..named(name) });
    let shown = SHOWN.iter().map(|(name, https)| Zone { https: *https, ..named(name) });
    spoken.chain(shown).chain(others.iter().map(|name| named(name))).collect()
}
