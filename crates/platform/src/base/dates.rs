//! Dates as people here read them: zone-explicit times, the fiscal year from April, the Japanese era.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::lang::Lang;

/// The zone in which dates are shown. Everything is stored in UTC.
pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC)
}

/// A time as it is stored: UTC, whole seconds, 20 letters, so that text order is time order.
pub fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads a stored time.
pub fn parse_stamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The local date of `at`.
pub fn date(at: Timestamp) -> Date {
    Zoned::new(at, zone()).date()
}

/// A date from outside, `2026-04-01`.
pub fn parse_date(text: &str) -> Option<Date> {
    text.trim().replace('/', "-").parse().ok()
}

/// A stored time for people: `2026-04-01 09:30 JST`; what cannot be read is shown as it is.
pub fn show_stamp(text: &str) -> String {
    parse_stamp(text).map_or_else(|| text.to_owned(), |at| Zoned::new(at, zone()).strftime("%Y-%m-%d %H:%M %Z").to_string())
}

/// The fiscal year (April to March) of a date.
pub fn fiscal_year(date: Date) -> i16 {
    if date.month() >= 4 { date.year() } else { date.year() - 1 }
}

/// First and last day of a fiscal year.
pub fn fiscal_period(year: i16) -> Option<(Date, Date)> {
    Some((Date::new(year, 4, 1).ok()?, Date::new(year + 1, 3, 31).ok()?))
}

/// The fiscal year in words: 令和8年度, FY2026.
pub fn fiscal_year_name(year: i16, lang: Lang) -> String {
    match lang {
        Lang::En => format!("FY{year}"),
        // A fiscal year carries the era of its first day; 2019 began in Heisei 31 and is called 令和元年度 in documents
        // written after 1 May 2019, so the change of era inside that year counts for the whole of it.
        Lang::Ja => match Date::new(year, 5, 1).ok().and_then(era) {
            Some((name, 1)) => format!("{name}元年度"),
            Some((name, number)) => format!("{name}{number}年度"),
            None => format!("{year}年度"),
        },
    }
}

/// The Japanese era and its year; `None` before Meiji 6 (1873), when Japan took the Gregorian calendar.
pub fn era(date: Date) -> Option<(&'static str, i16)> {
    const ERAS: [(&str, (i16, i8, i8)); 5] =
        [("令和", (2019, 5, 1)), ("平成", (1989, 1, 8)), ("昭和", (1926, 12, 25)), ("大正", (1912, 7, 30)), ("明治", (1873, 1, 1))];
    let key = (date.year(), date.month(), date.day());
    let (name, start) = ERAS.iter().find(|(_, start)| key >= *start)?;
    // Meiji counts from 1868, the others from the year they begin.
    let first = if *name == "明治" { 1868 } else { start.0 };
    Some((name, date.year() - first + 1))
}

/// A date for people: 令和8年4月1日, 1 April 2026.
pub fn show_date(date: Date, lang: Lang) -> String {
    match (lang, era(date)) {
        (Lang::Ja, Some((name, year))) => {
            let year = if year == 1 { "元".to_owned() } else { year.to_string() };
            format!("{name}{year}年{}月{}日", date.month(), date.day())
        }
        (Lang::Ja, None) => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        (Lang::En, _) => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A stored day (`2026-04-01`) for people; what cannot be read is shown as it is.
pub fn show_day(text: &str, lang: Lang) -> String {
    parse_date(text).map_or_else(|| text.to_owned(), |day| show_date(day, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eras_begin_and_end_on_their_published_days() {
        let cases = [
            ((1873, 1, 1), ("明治", 6)),
            ((1912, 7, 29), ("明治", 45)),
            ((1912, 7, 30), ("大正", 1)),
            ((1926, 12, 24), ("大正", 15)),
            ((1926, 12, 25), ("昭和", 1)),
            ((1989, 1, 7), ("昭和", 64)),
            ((1989, 1, 8), ("平成", 1)),
            ((2019, 4, 30), ("平成", 31)),
            ((2019, 5, 1), ("令和", 1)),
        ];
        for ((y, m, d), expected) in cases {
            assert_eq!(era(Date::new(y, m, d).unwrap()), Some(expected), "{y}-{m}-{d}");
        }
        assert_eq!(era(Date::new(1872, 12, 31).unwrap()), None);
    }

    #[test]
    fn the_fiscal_year_turns_in_april() {
        assert_eq!(fiscal_year(Date::new(2026, 3, 31).unwrap()), 2025);
        assert_eq!(fiscal_year(Date::new(2026, 4, 1).unwrap()), 2026);
        assert_eq!(fiscal_year_name(2019, Lang::Ja), "令和元年度");
        assert_eq!(fiscal_year_name(2026, Lang::Ja), "令和8年度");
        assert_eq!(fiscal_year_name(2026, Lang::En), "FY2026");
    }
}
