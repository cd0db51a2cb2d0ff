//! Until when, or during what: the phrase as it is written, and what it means in days.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

crate::spelled! {
    /// What a phrase says of time.
    Kind {
        /// Done by the end of the period: 2007年度末までに.
        By => "by",
        /// Done at some time within it: 2007年度中に.
        Within => "within",
        /// Begun within it: 2007年度中に検討を開始する.
        StartWithin => "start-within",
        /// Done throughout it: 2007年度においては.
        During => "during",
        /// As before, and on: 2006年度に引き続き.
        Continuing => "continuing",
        /// Over several years: 2006年度からの5か年計画により.
        Over => "over",
        /// From then on: 2007年4月より.
        From => "from",
        /// Again and again: 半年ごとに.
        Recurring => "recurring",
    }
}

/// What a phrase means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub kind: Kind,
    /// The first day (2007-04-01), where the phrase gives one.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// A year as documents write it, and a part of it.
const YEAR: &str = r"(?P<era>昭和|平成|令和)?[ 　]?(?P<year>[0-9０-９]{1,4}|元)[ 　]?年(?P<fiscal>度)?";
const PART: &str =
    r"(?P<part>の?初め|末|の?上半期|の?下半期|の?第[一二三四1-4１-４]四半期|の?早期|[0-9０-９]{1,2}[ 　]?月(?:[0-9０-９]{1,2}[ 　]?日|末)?)";

/// Phrases in the order in which they outweigh each other: kind, and how they are written.
static PHRASES: LazyLock<Vec<(Kind, Option<Regex>)>> = LazyLock::new(|| {
    let rule = |kind, text: String| (kind, Regex::new(&text).ok());
    vec![
        rule(Kind::By, format!(r"(?:原則として|遅くとも)?{YEAR}{PART}?(?:まで(?:の[^、。]{{0,8}}早期)?に|を(?:目処|目途)に?)")),
        rule(Kind::Within, format!(r"{YEAR}{PART}?(?:中|内)(?:において|に)|{}", within())),
        rule(Kind::Continuing, format!(r"{YEAR}(?:以降)?(?:も|にも|においても|に|より)、?(?:引き続き|引続き)|毎年度?引き続き")),
        rule(Kind::Over, format!(r"{YEAR}からの(?P<years>[2-9２-９])[かカヶケヵ箇]年(?:計画|間)")),
        rule(Kind::From, format!(r"{YEAR}{PART}?(?:から|より|以降)")),
        rule(Kind::During, format!(r"{YEAR}{PART}?(?:において(?:は|も)?|における|の[^、。年]{{0,8}}において|も|は|に)")),
        rule(
            Kind::Recurring,
            "(?:半年|四半期|[1-9１-９]年|[1-9１-９]か月)(?:ごとに|毎に)|月に[1-9１-９]回程度|毎月|毎年(?:[0-9]{1,2}月[0-9]{1,2}日)?度?".to_owned(),
        ),
    ]
});

/// A half or a quarter of a year may go without 中.
fn within() -> String {
    let named = |text: &str| text.replace("?P<era>", "?P<era2>").replace("?P<year>", "?P<year2>").replace("?P<fiscal>", "?P<fiscal2>");
    format!(r"{}(?P<part2>の?[上下]半期|の?第[一二三四1-4１-４]四半期|の?早期)(?:において|に)", named(YEAR))
}

/// What was done is no deadline, nor is what others decide or what only the way leads to: how the words up to the next pause go on.
static PAST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("した|された|行った|行なった|があった").ok());
static OTHERS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("開催される|行われる|を踏まえ|を受け$|に基づき$|に基づいて$|に向け$").ok());
static BEGINS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("(?:開始|着手)(?:する|し|を図る)|始める").ok());

/// A phrase with where it stands.
struct Found {
    phrase: String,
    deadline: Deadline,
}

/// The deadline in `text`, of a plan for the year `planned`; phrases about earlier years tell of what was before.
pub(super) fn find(text: &str, planned: Option<i32>) -> Option<(String, Deadline)> {
    let outside = without_brackets(text);
    let mut best: Option<(usize, Found)> = None;
    for (rank, (kind, pattern)) in PHRASES.iter().enumerate() {
        let Some(pattern) = pattern else { continue };
        for captures in pattern.captures_iter(&outside) {
            let Some(found) = read(*kind, &captures, &outside, planned) else { continue };
            // What must be done by a day or within a time outweighs during what it is done; else the more telling form.
            if best.as_ref().is_none_or(|(known, _)| group(rank) < group(*known)) {
                best = Some((rank, found));
            }
        }
    }
    best.map(|(_, found)| (found.phrase, found.deadline))
}

/// The first two kinds of phrases are equals: the earlier one in the text wins.
fn group(rank: usize) -> usize {
    rank.max(1)
}

fn read(kind: Kind, captures: &Captures<'_>, text: &str, planned: Option<i32>) -> Option<Found> {
    let whole = captures.get(0)?;
    let phrase = whole.as_str().trim().to_owned();
    let after = text.get(whole.end()..)?;
    let clause = after.split(['、', '。', '\n']).next().unwrap_or_default();
    let Some(year) = captures.name("year").or_else(|| captures.name("year2")) else {
        return (kind == Kind::Recurring || kind == Kind::Continuing).then_some(Found { phrase, deadline: Deadline { kind, from: None, to: None } });
    };
    let era = captures.name("era").or_else(|| captures.name("era2")).map_or("", |era| era.as_str());
    let year = year_of(era, year.as_str())?;
    let fiscal = captures.name("fiscal").or_else(|| captures.name("fiscal2")).is_some();
    let part = captures.name("part").or_else(|| captures.name("part2")).map_or("", |part| part.as_str());
    let is = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(clause));
    // Where the year of the plan is known, that alone tells what is past.
    let past = planned.map_or_else(|| is(&PAST), |planned| year < planned);
    if !matches!(kind, Kind::Continuing | Kind::Over) && (past || is(&OTHERS)) {
        return None;
    }
    if kind == Kind::Over {
        let years: i32 = captures.name("years")?.as_str().chars().map(super::label::narrow).collect::<String>().parse().ok()?;
        let (from, _) = days(year, fiscal, "")?;
        let (_, to) = days(year + years - 1, fiscal, "")?;
        return Some(Found { phrase, deadline: Deadline { kind, from: Some(from), to: Some(to) } });
    }
    let (from, to) = days(year, fiscal, part)?;
    let sentence = after.split('。').next().unwrap_or_default();
    let begins = matches!(kind, Kind::Within | Kind::During) && BEGINS.as_ref().is_some_and(|begins| begins.is_match(sentence));
    let deadline = match kind {
        Kind::By => Deadline { kind, from: None, to: Some(to) },
        Kind::From => Deadline { kind, from: Some(from), to: None },
        Kind::Continuing => Deadline { kind, from: Some(from), to: None },
        _ if begins => Deadline { kind: Kind::StartWithin, from: Some(from), to: Some(to) },
        _ => Deadline { kind, from: Some(from), to: Some(to) },
    };
    Some(Found { phrase, deadline })
}

/// `text` with everything in brackets blank, at the same places: dates in brackets tell when something was decided.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let blank = |c: char| std::iter::repeat_n(' ', c.len_utf8());
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match super::label::narrow(c) {
            '(' => depth += 1,
            // A bracket that nobody opened closes nothing.
            ')' => depth = depth.saturating_sub(1),
            '\n' => depth = 0,
            _ if depth == 0 => {
                out.push(c);
                continue;
            }
            _ => {}
        }
        match c {
            '\n' => out.push(c),
            other => out.extend(blank(other)),
        }
    }
    out
}

/// The year in the common era.
fn year_of(era: &str, text: &str) -> Option<i32> {
    let narrow: String = text.chars().map(super::label::narrow).collect();
    let number: i32 = if narrow == "元" { 1 } else { narrow.parse().ok()? };
    let year = number
        + match era {
            "昭和" => 1925,
            "平成" => 1988,
            "令和" => 2018,
            _ => 0,
        };
    (1900..=2200).contains(&year).then_some(year)
}

/// The first and the last day of a year or a part of it.
fn days(year: i32, fiscal: bool, part: &str) -> Option<(String, String)> {
    let narrow: String = part.chars().map(super::label::narrow).filter(|c| *c != ' ').collect();
    let bare = narrow.trim_start_matches('の');
    let first = if fiscal { 4 } else { 1 };
    let months = |begin: u32, count: u32| {
        let at = |months: u32| (year + i32::try_from(months / 12).unwrap_or(0), months % 12 + 1);
        let ((from_year, from), (to_year, to)) = (at(first - 1 + begin), at(first - 1 + begin + count - 1));
        (format!("{from_year}-{from:02}-01"), format!("{to_year}-{to:02}-{:02}", length(to_year, to)))
    };
    if let Some((month, rest)) = bare.split_once('月') {
        let month: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        let last = length(year, month);
        let day = rest.strip_suffix('日').and_then(|day| day.parse::<u32>().ok()).filter(|day| (1..=last).contains(day));
        let (from, to) = day.map_or((1, last), |day| (day, day));
        return Some((format!("{year}-{month:02}-{from:02}"), format!("{year}-{month:02}-{to:02}")));
    }
    Some(match bare {
        "" | "末" => months(0, 12),
        "初め" | "早期" => months(0, if bare == "早期" { 6 } else { 1 }),
        "上半期" => months(0, 6),
        "下半期" => months(6, 6),
        quarter => {
            let number = quarter.chars().nth(1)?;
            let place = "一二三四".chars().position(|one| one == number).or_else(|| number.to_digit(10).map(|digit| digit as usize - 1))?;
            months(u32::try_from(place).ok()?.checked_mul(3).filter(|begin| *begin < 12)?, 3)
        }
    })
}

fn length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, &'static str, Option<String>, Option<String>) {
        let (phrase, due) = find(text, Some(2007)).unwrap_or_else(|| panic!("{text}"));
        (phrase, due.kind.as_str(), due.from, due.to)
    }

    fn check(text: &str, phrase: &str, kind: &str, from: &str, to: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (seen, seen_kind, seen_from, seen_to) = of(text);
        assert_eq!((seen.as_str(), seen_kind, seen_from, seen_to), (phrase, kind, some(from), some(to)), "{text}");
    }

    #[test]
    fn phrases_and_what_they_mean() {
        check("検討を進め、2007年度末までに結論を得る。", "2007年度末までに", "by", "", "2008-03-31");
        check("利用するドメイン名は、原則として2008年3月までに利用する。", "原則として2008年3月までに", "by", "", "2008-03-31");
        check("調査を2007年中に実施する。", "2007年中に", "within", "2007-01-01", "2007-12-31");
        check("2007年度上半期中に試行する。", "2007年度上半期中に", "within", "2007-04-01", "2007-09-30");
        check("2007年度の上半期に提示する。", "2007年度の上半期に", "within", "2007-04-01", "2007-09-30");
        check("2007年度第一四半期において策定する。", "2007年度第一四半期において", "within", "2007-04-01", "2007-06-30");
        check("分析を2007年度中に開始する。", "2007年度中に", "start-within", "2007-04-01", "2008-03-31");
        check("2007 年度も引き続き、推進する。", "2007 年度も引き続き", "continuing", "2007-04-01", "");
        check("2006年度に引き続き実施する。", "2006年度に引き続き", "continuing", "2006-04-01", "");
        check("2007年4月より体制を整備する。", "2007年4月より", "from", "2007-04-01", "");
        check("2007年度において導入する。", "2007年度において", "during", "2007-04-01", "2008-03-31");
        check("半年ごとに進捗状況を公表する。", "半年ごとに", "recurring", "", "");
        check("平成25年度末までに半減する。", "平成25年度末までに", "by", "", "2014-03-31");
    }

    #[test]
    fn the_past_and_what_others_decided_are_no_deadlines() {
        check("2006年度に策定した指針を踏まえ、2007年度に見直す。", "2007年度に", "during", "2007-04-01", "2008-03-31");
        check("指針(2008年4月13日までに決定)に基づき、2007年度末までに作成する。", "2007年度末までに", "by", "", "2008-03-31");
        check("2007年6月を目処に行われる改定を踏まえ、2007年9月を目処に確認する。", "2007年9月を目処に", "by", "", "2007-09-30");
        check("2006年度に、検討を行い、確立を図ったところ、調査を2007年度に実施する。", "2007年度に", "during", "2007-04-01", "2008-03-31");
        check("2008年度における本格運用に向け、2007年度においては体制を強化する。", "2007年度においては", "during", "2007-04-01", "2008-03-31");
        check("国際会合の2007年度における開催を図る。", "2007年度における", "during", "2007-04-01", "2008-03-31");
        check("2008年までに通信に対応した技術を確立する。", "2008年までに", "by", "", "2008-12-31");
        check("2006年度からの5か年計画により実施する。", "2006年度からの5か年計画", "over", "2006-04-01", "2011-03-31");
        check("2009年度までに確立することを目標として、2007年度も引き続き推進する。", "2009年度までに", "by", "", "2010-03-31");
        for text in ["体制を継続的に確保する。", "2002年にOECDが策定した指針を実現する。", "2005年には発生した。"]
        {
            assert_eq!(find(text, Some(2007)), None, "{text}");
        }
        // Without the year of the plan the tense tells.
        assert_eq!(find("2006年度に策定した指針を改める。", None), None);
        assert!(find("2006年度に策定する。", None).is_some());
    }
}
