//! Which checks belong together, and in which order they are best made.

use formats::evidence::Check;

/// What belongs together for people: a table of its own, a line of a trend. The name is stable.
pub const FAMILIES: &[(&str, &[Check])] = &[
    ("mail", &[Check::Spf, Check::Dkim, Check::Dmarc, Check::Mx]),
    (
        "transport",
        &[
            Check::StartTls,
            Check::MailTlsVersions,
            Check::MailTlsSuites,
            Check::MailTlsGroups,
            Check::MailCertificate,
            Check::MtaSts,
            Check::TlsRpt,
            Check::Dane,
        ],
    ),
    ("domain", &[Check::DomainSuffix, Check::NameServers, Check::Dnssec, Check::Caa, Check::Ipv6, Check::Ipv6SameContent]),
    ("tls", &[Check::HttpsCertificate, Check::HttpsExpiry, Check::CertificateChain, Check::TlsVersions, Check::TlsSuites, Check::TlsGroups]),
    (
        "web",
        &[Check::HttpsRedirect, Check::Hsts, Check::SecurityHeaders, Check::Cookies, Check::SecurityTxt, Check::SoftwareSupport, Check::Exposures],
    ),
];

/// All checks in the order of a visit: what many checks build on is asked first. SPF may need many questions, so it comes last:
/// whatever it leaves unasked is its own.
pub const ORDER: &[Check] = &[
    Check::DomainSuffix,
    Check::Mx,
    Check::HttpsCertificate,
    Check::HttpsExpiry,
    Check::CertificateChain,
    Check::TlsVersions,
    Check::TlsSuites,
    Check::TlsGroups,
    Check::HttpsRedirect,
    Check::Hsts,
    Check::SecurityHeaders,
    Check::Cookies,
    Check::SecurityTxt,
    Check::SoftwareSupport,
    Check::Exposures,
    Check::NameServers,
    Check::Ipv6,
    Check::Ipv6SameContent,
    Check::Dnssec,
    Check::Dmarc,
    Check::StartTls,
    Check::MailTlsVersions,
    Check::MailTlsSuites,
    Check::MailTlsGroups,
    Check::MailCertificate,
    Check::Dane,
    Check::MtaSts,
    Check::TlsRpt,
    Check::Caa,
    Check::Dkim,
    Check::Spf,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_one_family_and_one_place() {
        let sorted = |mut checks: Vec<Check>| {
            checks.sort();
            checks
        };
        assert_eq!(sorted(ORDER.to_vec()), Check::ALL);
        assert_eq!(sorted(FAMILIES.iter().flat_map(|(_, checks)| checks.iter().copied()).collect()), Check::ALL);
    }
}
