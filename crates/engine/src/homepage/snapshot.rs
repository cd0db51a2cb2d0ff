//! A page at one moment, as far as comparing needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use formats::html::{self, Page, Reach};
use serde::{Deserialize, Serialize};
use url::Url;

use super::sketch::Sketch;

/// Characters in a shingle of text: long enough that common words alone do not make texts alike.
const SHINGLE: usize = 4;
/// Characters of title and excerpt that are kept, and hosts of each kind.
const TITLE: usize = 300;
const EXCERPT: usize = 400;
const HOSTS: usize = 400;

formats::spelled! {
    /// The script most of a text is written in.
    #[derive(Default)]
    Writing {
        Japanese => "japanese",
        Han => "han",
        Hangul => "hangul",
        Latin => "latin",
        Cyrillic => "cyrillic",
        Arabic => "arabic",
        Thai => "thai",
        Other => "other",
        /// Too little text to tell.
        #[default]
        None => "none",
    }
}

/// What stood around a page when it was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Unix seconds.
    pub at: i64,
    pub status: u16,
    /// SHA-256 of the server's certificate, hexadecimal; none without TLS.
    pub certificate: Option<String>,
    pub addresses: BTreeSet<String>,
    /// Empty: not known.
    pub name_servers: BTreeSet<String>,
}

/// A page at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Unix seconds.
    pub at: i64,
    pub status: u16,
    /// Where the page was read, after redirects within the organisation's own names.
    pub address: String,
    /// The host of somebody else the page redirects to; then nothing of a page is known.
    pub away: Option<String>,
    pub title: String,
    /// Declared language, its first subtag.
    pub lang: String,
    pub writing: Writing,
    /// Tag paths, and which follows which.
    pub skeleton: Sketch,
    /// Shingles of the text.
    pub text: Sketch,
    /// Hosts of others that the page reaches, and how often.
    pub hosts: BTreeMap<Reach, BTreeMap<String, u32>>,
    pub certificate: Option<String>,
    pub addresses: BTreeSet<String>,
    pub name_servers: BTreeSet<String>,
    /// The beginning of the text, for people.
    pub excerpt: String,
}

impl Snapshot {
    /// The page `bytes` that `address` sent.
    pub fn of(bytes: &[u8], content_type: Option<&str>, address: &Url, around: Circumstances) -> Self {
        let page = html::read(bytes, content_type);
        let text = page.text.join(" ");
        Self {
            title: page.title.as_deref().unwrap_or_default().chars().take(TITLE).collect(),
            lang: page
                .lang
                .as_deref()
                .and_then(|lang| lang.split('-').next())
                .unwrap_or_default()
                .chars()
                .take(8)
                .collect::<String>()
                .to_ascii_lowercase(),
            writing: writing(&text),
            skeleton: skeleton(&page.skeleton),
            text: shingles(&text),
            hosts: hosts(&page, address),
            excerpt: text.chars().take(EXCERPT).collect(),
            ..Self::bare(address, around)
        }
    }

    /// A redirect to `host`, which belongs to somebody else.
    pub fn away(host: &str, address: &Url, around: Circumstances) -> Self {
        Self { away: Some(host.to_owned()), ..Self::bare(address, around) }
    }

    fn bare(address: &Url, around: Circumstances) -> Self {
        Self {
            at: around.at,
            status: around.status,
            address: address.as_str().chars().take(TITLE).collect(),
            certificate: around.certificate,
            addresses: around.addresses,
            name_servers: around.name_servers,
            ..Self::default()
        }
    }
}

/// Each path of tags, and each pair of neighbours: a list that grows by some items stays the same, a page that is put together differently does
/// not.
fn skeleton(paths: &[u64]) -> Sketch {
    let pairs = paths.iter().zip(paths.iter().skip(1)).map(|(one, next)| one.rotate_left(17) ^ next);
    Sketch::of(paths.iter().copied().chain(pairs))
}

/// Every run of characters that carry meaning. Figures count as one and the same: dates and counters change by themselves.
fn shingles(text: &str) -> Sketch {
    let mut plain: Vec<char> = Vec::with_capacity(text.len() / 2);
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        let c = if c.is_numeric() { '0' } else { c };
        if c != '0' || plain.last() != Some(&'0') {
            plain.extend(c.to_lowercase());
        }
    }
    // A text shorter than a shingle is one.
    let windows = plain.windows(SHINGLE.min(plain.len().max(1)));
    Sketch::of(
        windows.map(|window| window.iter().fold(0, |hash: u64, c| hash.rotate_left(16) ^ u64::from(u32::from(*c)).wrapping_mul(0x0100_0000_01b3))),
    )
}

/// The script most letters belong to. Some kana make a text Japanese: Chinese has none.
fn writing(text: &str) -> Writing {
    let mut counts = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let script = match u32::from(c) {
            0x3040..=0x30ff | 0xff66..=0xff9f => Writing::Japanese,
            0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => Writing::Han,
            0x1100..=0x11ff | 0xac00..=0xd7af => Writing::Hangul,
            0x41..=0x24f | 0xff21..=0xff5a => Writing::Latin,
            0x400..=0x52f => Writing::Cyrillic,
            0x600..=0x77f => Writing::Arabic,
            0xe00..=0xe7f => Writing::Thai,
            _ => Writing::Other,
        };
        *counts.entry(script).or_insert(0_usize) += 1;
    }
    let all: usize = counts.values().sum();
    if all < 20 {
        return Writing::None;
    }
    let kana = counts.get(&Writing::Japanese).copied().unwrap_or_default();
    if kana * 10 >= all {
        return Writing::Japanese;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(Writing::None, |(script, _)| script)
}

/// The name an organisation registered, of which `host` is a part; of an address the address.
pub(super) fn house(host: &str) -> &str {
    match host.parse::<IpAddr>() {
        Ok(_) => host,
        Err(_) => psl::domain_str(host).unwrap_or(host),
    }
}

/// Hosts that do not belong to the house of `address`. Its own names may come and go.
fn hosts(page: &Page, address: &Url) -> BTreeMap<Reach, BTreeMap<String, u32>> {
    let own = house(address.host_str().unwrap_or_default()).to_owned();
    let mut found: BTreeMap<Reach, BTreeMap<String, u32>> = BTreeMap::new();
    for (reach, origin) in page.reaches(address) {
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
        let bare =
            host.rsplit_once(':').map_or(host, |(bare, port)| if port.bytes().all(|c| c.is_ascii_digit()) && !port.is_empty() { bare } else { host });
        // `mailto:`, `javascript:` and the like lead to no server; as a script, frame or form they are worth knowing.
        let nowhere = host.ends_with(':') && matches!(reach, Reach::Link | Reach::Image | Reach::Style);
        if nowhere || house(bare) == own {
            continue;
        }
        let known = found.entry(reach).or_default();
        if known.len() < HOSTS || known.contains_key(host) {
            let count = known.entry(host.to_owned()).or_insert(0);
            *count = count.saturating_add(1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_text() {
        for (text, expected) in [
            ("架空市の公式ホームページです。くらしの情報をお届けします。", Writing::Japanese),
            ("HACKED BY NOBODY, your security is a joke", Writing::Latin),
            ("欢迎访问我们的网站这里有最新的新闻和公告以及服务信息", Writing::Han),
            ("Ваш сайт взломан, смените пароль", Writing::Cyrillic),
            ("短い", Writing::None),
            ("12345 67890 12345 67890 12345", Writing::None),
        ] {
            assert_eq!(writing(text), expected, "{text}");
        }
    }

    #[test]
    fn figures_are_all_alike() {
        assert_eq!(shingles("令和8年11月27日 訪問者 123,456人"), shingles("令和８年 1月 5日 訪問者 1,999人"));
        assert_ne!(shingles("令和8年11月"), shingles("平成8年11月"));
        assert!(shingles("。、！").is_empty() && !shingles("火").is_empty());
    }

    #[test]
    fn a_house_is_the_registered_name() {
        assert_eq!(house("www.city.kakuu.lg.jp"), "kakuu.lg.jp");
        assert_eq!((house("192.0.2.1"), house("lg.jp")), ("192.0.2.1", "lg.jp"));
    }
}
