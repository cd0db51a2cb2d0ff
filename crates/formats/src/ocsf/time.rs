//! Times of observations as RFC 3339 text.

/// Milliseconds since 1970-01-01T00:00:00Z as RFC 3339 in UTC; `None` outside the years 1970 to 9999.
pub(super) fn from_millis(millis: i64) -> Option<String> {
    let (seconds, milli) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    // 10000-01-01T00:00:00Z.
    if !(0..253_402_300_800).contains(&seconds) {
        return None;
    }
    let written = crate::date::written(seconds);
    Some(if milli == 0 { written } else { format!("{}.{milli:03}Z", written.trim_end_matches('Z')) })
}

/// The text as RFC 3339, if it is a date and time; a date alone is its first instant. Without a zone `offset` (such as
/// `+09:00`) is taken, and without that there is no time.
pub(super) fn rfc_3339(text: &str, offset: Option<&str>) -> Option<String> {
    let text = crate::sheets::tidy(text);
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text.as_str(), ""),
    };
    let day = crate::sheets::date(day)?;
    let split = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = (rest.get(..split)?.trim(), rest.get(split..)?);
    let zone = match zone {
        "" => offset?.to_owned(),
        "z" | "Z" => "Z".to_owned(),
        zone => zone.to_owned(),
    };
    if zone != "Z" {
        let (hour, minute) = zone.get(1..)?.split_once(':')?;
        two(hour, 23)?;
        two(minute, 59)?;
    }
    let (clock, fraction) = clock.split_once('.').map_or((clock, ""), |(clock, fraction)| (clock, fraction));
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> = if clock.is_empty() { Vec::new() } else { clock.split(':').collect() };
    let (hour, minute, second) = match parts.as_slice() {
        [] => (0, 0, 0),
        [hour, minute] => (two(hour, 23)?, two(minute, 59)?, 0),
        // 60 is a leap second (RFC 3339 section 5.6).
        [hour, minute, second] => (two(hour, 23)?, two(minute, 59)?, two(second, 60)?),
        _ => return None,
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{zone}"))
}

/// One or two digits, at most `most`.
fn two(text: &str, most: u8) -> Option<u8> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|&value| value <= most)
}

#[cfg(test)]
mod tests {
    use super::{from_millis, rfc_3339};

    #[test]
    fn known_instants() {
        assert_eq!(from_millis(0).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(from_millis(1_000_000_000_123).unwrap(), "2001-09-09T01:46:40.123Z");
        assert_eq!(from_millis(951_782_400_000).unwrap(), "2000-02-29T00:00:00Z");
        assert_eq!(from_millis(253_402_300_799_000).unwrap(), "9999-12-31T23:59:59Z");
        for out in [-1, 253_402_300_800_000, i64::MAX, i64::MIN] {
            assert_eq!(from_millis(out), None);
        }
    }

    #[test]
    fn times_people_write() {
        let japan = Some("+09:00");
        assert_eq!(rfc_3339("2026-04-01T09:00:00Z", None).unwrap(), "2026-04-01T09:00:00Z");
        assert_eq!(rfc_3339("2026-04-01t09:00:00.5-03:30", None).unwrap(), "2026-04-01T09:00:00.5-03:30");
        assert_eq!(rfc_3339("2026/4/1 9:05", japan).unwrap(), "2026-04-01T09:05:00+09:00");
        assert_eq!(rfc_3339("令和8年4月1日", japan).unwrap(), "2026-04-01T00:00:00+09:00");
        for wrong in ["2026-04-01", "2026-04-01T09:00:00", "2026-04-01T24:00:00Z", "2026-04-01T09:00:00+9", "x", ""] {
            assert_eq!(rfc_3339(wrong, None), None, "{wrong}");
        }
    }
}
