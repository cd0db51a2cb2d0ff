//! TLS reporting: where senders tell of failed TLS (RFC 8460 3).

/// Whether `text` is a TLSRPT record at all (RFC 8460 3: others are left out before they are counted).
pub fn is_record(text: &[u8]) -> bool {
    text.strip_prefix(b"v=TLSRPTv1").is_some_and(|rest| matches!(rest.iter().find(|c| !matches!(c, b' ' | b'\t')), Some(b';') | None))
}

/// The report addresses (`mailto:` and `https:` URIs) of a record that [`is_record`] accepts.
///
/// # Errors
/// A short English phrase: what makes the record not count.
pub fn addresses(text: &[u8]) -> Result<Vec<String>, &'static str> {
    let text = std::str::from_utf8(text).map_err(|_| "not ASCII")?;
    let mut found = None;
    for field in text.split(';').skip(1).map(str::trim).filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').ok_or("a field without =")?;
        if name.trim() == "rua" {
            if found.is_some() {
                return Err("rua appears twice");
            }
            found = Some(value);
        }
    }
    let usable = |uri: &&str| {
        let lower = uri.to_ascii_lowercase();
        (lower.starts_with("mailto:") && lower.contains('@')) || lower.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
    };
    let uris: Vec<&str> = found.ok_or("rua is missing")?.split(',').map(str::trim).collect();
    if !uris.iter().all(usable) {
        return Err("rua is not a list of mailto: or https: addresses");
    }
    Ok(uris.into_iter().take(16).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_records_of_the_rfc() {
        assert_eq!(addresses(b"v=TLSRPTv1;rua=mailto:reports@example.com").unwrap(), ["mailto:reports@example.com"]);
        assert_eq!(addresses(b"v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt, mailto:a@b.example;").unwrap().len(), 2);
        assert!(is_record(b"v=TLSRPTv1;rua=x") && !is_record(b"v=TLSRPTv2;rua=x") && !is_record(b"v=tlsrptv1;rua=x"));
        for wrong in ["v=TLSRPTv1", "v=TLSRPTv1; rua=", "v=TLSRPTv1; rua=http://a.example", "v=TLSRPTv1; rua=mailto:a", "v=TLSRPTv1; rua"] {
            assert!(addresses(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (is_record(&bytes), addresses(&bytes));
        }
    }
}
