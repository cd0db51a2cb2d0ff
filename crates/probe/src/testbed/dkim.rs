//! The DKIM keys that domains of the testbed publish. Their private halves were thrown away: nothing is signed here.

/// The selector under which every domain publishes its key.
pub const SELECTOR: &str = "s1";

// Public keys as SubjectPublicKeyInfo in base64, made by `openssl genrsa <bits>` and `openssl genpkey -algorithm ed25519`.

/// RSA, 512 bits.
pub const RSA_512: &str =
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALcafmVUohTzD7j7W2k1fclIkkYDWUA6TJaKrVUY4lvTlUnGJ/3PkOGWvjv6FJqD+XJkBeds9n3FPS73VYtunK8CAwEAAQ==";
/// RSA, 1024 bits.
pub const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDtXtJoW3bpglhCGdA1UEzRqUuGFg4+7uoZqVZHP743HTQ6BOZo0W1GrS8lXYFGYMpEmlwEKDm2g/f3/PdPInrb1A+TDtxSfyCKhZLsCOvjrGh1pZegh7BKGaGiVlscL1M8Fh4VN7E0wdNHZxKc9IdfDtcw88E+e3Bbh0Ih2XAGewIDAQAB";
/// RSA, 2048 bits.
pub const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqqdL8sVd8wjHe7ne6xWmACCyBaN6kftFlgbhYhI9pgGlKHDXhj4Ie1cGy6lOE1JOxg7wybZJ0Bfi4Kj5pHZmA8NkZhJ5DZzIVUlEi851pezVi4xQqTU1kdLwh0+Eer1MubN7ZbUT3lwAbEFM6Lfg7jE1r7rIk8pFA/iZwvKDJJf6meKU1cxP8/G7db1BlnHJMSXl4Ri/rXe90WF2jdlacEr8LyUdyEOSdInc/X/ujLiYwwdmqqmZ8GfzPtYU6prAiSj4SkT5mbG0A3xTdyDqa8qkq9oH43QPcAH6Fc6hxMEQG7uu0jmldc4vdGpfLzERAo7X0pSN0M5ar1pSt3xvCwIDAQAB";
/// RSA, 4096 bits.
pub const RSA_4096: &str = "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAu28gX1OVhYnwT+fwC/qYYj+4vBYeTnCfH7oKw7aVqnDlNX4n4em1ssmKkaw+AuC5TF42kNIIYFdVRfpSTXIz9fL4tdpyk6+evcMq1/rQr851zRkqGQURqd7U7a/8EK6R6ilImIggtO5hlM0PkuQai/BMRvhuccF+jhHpLiueyRHgEZBLoWtC6y9YCbB3tvpVkusiA7guWYmQF+yyMLBDcf41bSWIWyN3o4X/kVq0kOoBCAt3fKdJEEAfmpfYzQfNZ9gbNZlljuB/mIH3dXabSkkLdZnuPTfvx0yOz2z54Ac1TTT/GN21P+IQvSFNAOr+4eq+tZ5z55HDGoATeHR08/fmlI0gnL72KuWar0KGft9KUm6YehawoalLZqbFWfrdiCLk56APvPMj7irGZLxUyZ2VTdZ8rEVIbmRRjfXSoOc9S08Hof7AHkO9dvWp8fqO0gki1lNUYV3bGk9Ujv2Mn0hyFV5u8Ho/rXqmNTyNfrkHykOwUqoJlAXvf9EMj0MGU0G4oUW4vkzK6ybccofc4QQjYEiDkXOLDDTaw4CzmMGMgJaZCUe9SQ5rFp42ykOiS6TYLZOFYHuj9ot06ONrYKb9eEhNMutigkyZHNnAYg9+cg5GEm9lQLj5WB66uTf9ZAyNnYW57hHUYFI89Oyiqmxab5RNsBfI2kxjAq/w2MsCAwEAAQ==";
/// Ed25519: the 32 octets alone (RFC 8463 4).
pub const ED25519: &str = "B5Dbd0a3hLQ9OnpKdoyKACUF73qIti8Ax10Ji0BEBkI=";

/// DKIM states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dkim {
    Rsa2048,
    Rsa1024,
    Rsa512,
    /// Longer than one string of a TXT record by far.
    Rsa4096,
    Ed25519,
    Revoked,
    /// Revoked at every name by a wildcard, as a domain without mail does.
    AllRevoked,
    Missing,
    /// The name exists without a TXT record.
    NoText,
    /// A wildcard answers with a text for another purpose.
    OtherText,
    TwoRecords,
    /// Not base64 where the key should be.
    Garbage,
    /// Base64 of what is no key.
    NotAKey,
    /// An Ed25519 key wrapped as if it were RSA's.
    Wrapped,
    UnknownKind,
    /// `t=y`
    Testing,
    /// `h=sha1`
    OnlySha1,
    /// `s=` another service than mail.
    OtherService,
    /// An alias of a name of `provider.example`; whether a key lies there is that zone's matter.
    Alias,
}

impl Dkim {
    /// Owner (relative), type and data of each record.
    pub(super) fn records(self) -> Vec<(String, &'static str, String)> {
        let own = format!("{SELECTOR}._domainkey");
        let text = |owner: &str, data: String| vec![(owner.to_owned(), "TXT", data)];
        let key = |rest: String| text(&own, format!("v=DKIM1; {rest}"));
        match self {
            Self::Rsa2048 => key(format!("k=rsa; p={RSA_2048}")),
            Self::Rsa1024 => key(format!("k=rsa; p={RSA_1024}")),
            Self::Rsa512 => key(format!("p={RSA_512}")),
            Self::Rsa4096 => key(format!("k=rsa; p={RSA_4096}")),
            Self::Ed25519 => key(format!("k=ed25519; p={ED25519}")),
            Self::Revoked => key("k=rsa; p=".to_owned()),
            Self::AllRevoked => text("*._domainkey", "v=DKIM1; p=".to_owned()),
            Self::Missing => Vec::new(),
            Self::NoText => vec![(own, "A", "192.0.2.1".to_owned())],
            Self::OtherText => text(&own, "v=spf1 -all".to_owned()),
            Self::TwoRecords => [key(format!("p={RSA_2048}")), key(format!("p={RSA_1024}"))].concat(),
            Self::Garbage => key("p=*** key goes here ***".to_owned()),
            Self::NotAKey => key("p=aGVsbG8=".to_owned()),
            Self::Wrapped => key(format!("k=ed25519; p=MCowBQYDK2VwAyEA{ED25519}")),
            Self::UnknownKind => key(format!("k=falcon; p={ED25519}")),
            Self::Testing => key(format!("t=y; p={RSA_2048}")),
            Self::OnlySha1 => key(format!("h=sha1; p={RSA_2048}")),
            Self::OtherService => key(format!("s=tlsrpt; p={RSA_2048}")),
            Self::Alias => vec![(own, "CNAME", "key._domainkey.provider.example.".to_owned())],
        }
    }
}
