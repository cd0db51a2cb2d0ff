//! MTA-STS: the record that announces a policy, and the policy (RFC 8461 3).

/// Seconds; about a year (RFC 8461 3.2).
const LONGEST: u32 = 31_557_600;
/// Octets of a policy that are read (RFC 8461 3.3 suggests 64 kB).
pub const LARGEST: usize = 65_536;

/// Whether `text` is an MTA-STS record at all (RFC 8461 3.1: others are left out before they are counted).
pub fn is_record(text: &[u8]) -> bool {
    text.strip_prefix(b"v=STSv1").is_some_and(|rest| matches!(rest.iter().find(|c| !matches!(c, b' ' | b'\t')), Some(b';') | None))
}

/// The `id` of a record that [`is_record`] accepts.
///
/// # Errors
/// A short English phrase: what makes the record not count.
pub fn id(text: &[u8]) -> Result<String, &'static str> {
    let text = std::str::from_utf8(text).map_err(|_| "not ASCII")?;
    let mut found = None;
    for field in text.split(';').skip(1).map(str::trim).filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').ok_or("a field without =")?;
        if name.trim() == "id" {
            if found.is_some() {
                return Err("id appears twice");
            }
            found = Some(value.trim());
        }
    }
    let id = found.ok_or("id is missing")?;
    let shaped = (1..=32).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric());
    shaped.then(|| id.to_owned()).ok_or("id is not 1 to 32 letters and digits")
}

/// What senders are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Enforce,
    Testing,
    None,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub mode: Mode,
    /// Seconds.
    pub max_age: u32,
    /// Patterns of mail hosts, lower case.
    pub mx: Vec<String>,
}

impl Policy {
    /// Reads a policy file. Lines end in CRLF or LF; unknown keys are ignored; of a key that may stand once the first counts.
    ///
    /// # Errors
    /// A short English phrase: what makes the policy not count.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > LARGEST {
            return Err("larger than 64 kB");
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        let (mut version, mut mode, mut max_age, mut mx) = (None, None, None, Vec::new());
        for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            let (key, value) = line.split_once(':').ok_or("a line without a colon")?;
            let value = value.trim();
            match key.trim() {
                "version" => version = version.or(Some(value)),
                "mode" => mode = mode.or(Some(value)),
                "max_age" => max_age = max_age.or(Some(value)),
                "mx" => mx.push(value.to_ascii_lowercase()),
                _ => {}
            }
        }
        if version != Some("STSv1") {
            return Err("version is not STSv1");
        }
        let mode = match mode {
            Some("enforce") => Mode::Enforce,
            Some("testing") => Mode::Testing,
            Some("none") => Mode::None,
            _ => return Err("mode is not enforce, testing or none"),
        };
        let digits = |text: &&str| (1..=10).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        let max_age = max_age.filter(digits).and_then(|text| text.parse::<u32>().ok()).filter(|age| *age <= LONGEST);
        let max_age = max_age.ok_or("max_age is not a number up to 31557600")?;
        if mode != Mode::None && mx.is_empty() {
            return Err("mx is missing");
        }
        Ok(Self { mode, max_age, mx })
    }

    /// Whether mail may be delivered to `host` (lower case, no last dot): a wildcard stands for one label (RFC 8461 4.1).
    pub fn covers(&self, host: &str) -> bool {
        self.mx.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(rest) => host.split_once('.').is_some_and(|(first, below)| !first.is_empty() && below == rest),
            None => pattern == host,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_and_their_ids() {
        assert!(is_record(b"v=STSv1; id=1;") && is_record(b"v=STSv1 ;id=1"));
        assert!(!is_record(b"v=STSv10; id=1") && !is_record(b"v=stsv1; id=1") && !is_record(b" v=STSv1; id=1"));
        assert_eq!(id(b"v=STSv1; id=20160831085700Z;"), Ok("20160831085700Z".to_owned()));
        for wrong in ["v=STSv1", "v=STSv1; id=", "v=STSv1; id=a-b", "v=STSv1; id=1; id=2", "v=STSv1; id", &format!("v=STSv1; id={}", "1".repeat(33))]
        {
            assert!(id(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_policy_of_the_rfc() {
        let text = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n";
        let policy = Policy::parse(text.as_bytes()).unwrap();
        assert_eq!((policy.mode, policy.max_age, policy.mx.len()), (Mode::Enforce, 604_800, 3));
        assert_eq!(Policy::parse(text.replace("\r\n", "\n").as_bytes()).unwrap(), policy);
        assert!(policy.covers("mail.example.com") && policy.covers("a.example.net"));
        assert!(!policy.covers("a.b.example.net") && !policy.covers("example.net") && !policy.covers("other.example.com"));
    }

    #[test]
    fn what_does_not_count() {
        for wrong in [
            "mode: enforce\nmx: a.example\nmax_age: 1",
            "version: STSv1\nmode: strict\nmx: a.example\nmax_age: 1",
            "version: STSv1\nmode: enforce\nmax_age: 1",
            "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557601",
            "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1",
            "version: STSv1\nmode: enforce\nmx: a.example",
            "<!doctype html>",
        ] {
            assert!(Policy::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(Policy::parse(b"version: STSv1\nmode: none\nmax_age: 86400").is_ok());
        assert_eq!(Policy::parse(b"version: STSv1\nmode: none\nmode: enforce\nmax_age: 1").unwrap().mode, Mode::None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "v=STSv1;( ?(id|x)=?[a-z0-9 ;]{0,8};){0,4}") {
            let _ = (is_record(&bytes), id(&bytes), Policy::parse(&bytes), id(text.as_bytes()));
        }
    }
}
