//! Dates as the Internet writes them, to Unix seconds: RFC 3339, and whatever cookies carry.

/// Seconds of a day.
const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, if there is such a date.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    // Years begin in March, so that the leap day ends them.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Unix seconds as a UTC date, by the proleptic Gregorian calendar.
pub fn written_day(at: i64) -> String {
    let days = at.div_euclid(DAY) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

/// Unix seconds as RFC 3339 text in UTC.
pub fn written(at: i64) -> String {
    let seconds = at.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:{:02}Z", written_day(at), seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|c| c.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `YYYY-MM-DD` as Unix seconds of its beginning (UTC).
pub fn day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let sized = (year.len(), month.len(), day.len()) == (4, 2, 2);
    sized.then(|| days(number(year)?, number(month)?, number(day)?)).flatten().map(|days| days * DAY)
}

/// A date and time of RFC 3339 5.6; a leap second counts as the one after it, fractions are cut.
pub fn rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = rest.split_at_checked(8)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() {
                return None;
            }
            zone
        }
        None => zone,
    };
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
            sign * (bounded(hours, 23)? * 3_600 + bounded(minutes, 59)? * 60)
        }
    };
    Some(day(date)? + time(clock)? - offset)
}

/// Two digits up to `most`.
fn bounded(text: &str, most: i64) -> Option<i64> {
    number(text).filter(|value| text.len() == 2 && *value <= most)
}

fn time(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':');
    Some(bounded(parts.next()?, 23)? * 3_600 + bounded(parts.next()?, 59)? * 60 + bounded(parts.next()?, 60)?)
}

/// The date of a cookie's `Expires`, in whatever form (RFC 6265 5.1.1).
pub fn of_cookie(text: &str) -> Option<i64> {
    let (mut clock, mut day, mut month, mut year) = (None, None, None, None);
    let is_delimiter = |c: char| !(c.is_ascii_alphanumeric() || c == ':' || u32::from(c) > 0x7e);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()).take(32) {
        let digits = token.bytes().take_while(u8::is_ascii_digit).count();
        let leading = token.get(..digits).unwrap_or_default();
        if clock.is_none() && token.matches(':').count() == 2 {
            let padded: Vec<String> = token.split(':').map(|part| format!("{part:0>2}")).collect();
            clock = time(&padded.join(":"));
            if clock.is_some() {
                continue;
            }
        }
        if day.is_none() && (1..=2).contains(&digits) {
            day = number(leading);
        } else if let (None, Some(at)) = (month, token.get(..3).and_then(|name| MONTHS.iter().position(|one| name.eq_ignore_ascii_case(one)))) {
            month = i64::try_from(at + 1).ok();
        } else if year.is_none() && matches!(digits, 2 | 4) {
            year = number(leading).map(|year| match year {
                70..=99 => year + 1_900,
                0..=69 => year + 2_000,
                _ => year,
            });
        }
    }
    let year = year.filter(|year| *year >= 1_601)?;
    Some(days(year, month?, day?)? * DAY + clock?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_3339() {
        assert_eq!(rfc3339("1985-04-12T23:20:50.52Z"), Some(482_196_050));
        assert_eq!(rfc3339("1996-12-19T16:39:57-08:00"), Some(851_042_397));
        assert_eq!(rfc3339("1990-12-31T23:59:60Z"), Some(662_688_000));
        assert_eq!(rfc3339("1937-01-01T12:00:27.87+00:20"), Some(-1_041_337_173));
        assert_eq!(rfc3339("2026-03-31t00:00:00z"), rfc3339("2026-03-31T09:00:00+09:00"));
        for wrong in [
            "2026-03-31",
            "2026-02-29T00:00:00Z",
            "2026-03-31T24:00:00Z",
            "2026-03-31T00:00:00",
            "2026-3-31T00:00:00Z",
            "2026-03-31T00:00:00.Z",
            "あ",
            "",
        ] {
            assert_eq!(rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_three_forms_of_http() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "6 NOVEMBER 1994 8:49:37"] {
            assert_eq!(of_cookie(text), Some(784_111_777), "{text}");
        }
        for wrong in ["", "tomorrow", "Sun, 06 Nov 1994", "32 Jan 2020 00:00:00", "1 Jan 1600 00:00:00"] {
            assert_eq!(of_cookie(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", shaped in "[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}T[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(Z|[+-][0-9]{2}:[0-9]{2})") {
            for text in [text, shaped] {
                let _ = (rfc3339(&text), of_cookie(&text), day(&text));
            }
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for at in [0, 951_782_400, 1_790_000_000, 4_102_444_799, -1, 253_402_300_799] {
            assert_eq!(rfc3339(&written(at)), Some(at));
        }
        assert_eq!(written(951_782_400), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let dates = (1_600..2_401).flat_map(|year| (1..=12).flat_map(move |month| (1..=31).filter_map(move |day| days(year, month, day))));
        let dates: Vec<i64> = dates.collect();
        assert_eq!(dates.len(), 292_560);
        assert!(dates.windows(2).all(|pair| pair[1] == pair[0] + 1));
        assert_eq!(days(1_970, 1, 1), Some(0));
    }
}
