//! The domain policy check: whether a domain lies under an allowed suffix, label by label.

use formats::dns::{name_of, plain};
use formats::evidence::{Allowed, Verdict};
use hickory_proto::rr::Name;

use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

/// Judges `name` against `allow`. Asks nobody.
pub(super) fn check(name: &Name, allow: &Allowed) -> Judged {
    let domain = plain(name);
    // Unreadable entries of the list match nothing and stay visible in the evidence.
    let suffixes: Vec<Name> = allow.suffixes.iter().filter_map(|s| name_of(s.trim().trim_start_matches('.'))).collect();
    let listed = suffixes.iter().map(plain).collect::<Vec<_>>().join(", ");
    let longest = suffixes.iter().filter(|suffix| suffix.zone_of(name)).max_by_key(|suffix| suffix.num_labels());
    let judged = match longest {
        _ if suffixes.is_empty() => Judged::new(Verdict::CouldNotMeasure, Why::SuffixNoList, &[]),
        Some(suffix) if suffix == name => Judged::new(Verdict::NotApplicable, Why::SuffixItself, &[]),
        Some(suffix) => Judged::new(Verdict::Met, Why::SuffixMet, &[("suffix", &plain(suffix))]),
        None => {
            let first = domain.split('.').next().unwrap_or_default();
            let allowed = suffixes.first().map(plain).unwrap_or_default();
            Judged::new(Verdict::NotMet, Why::SuffixOther, &[("allowed", &listed)]).remedy(format!("{first}.{allowed}"))
        }
    };
    judged
        .value(domain.clone())
        .observed(Words::same(domain.clone()))
        .expected(&format!("次のいずれかの下のドメイン名: {listed}"), &format!("a domain under one of: {listed}"))
        .command(format!("echo {domain} | grep -E '\\.({})$'", suffixes.iter().map(|s| plain(s).replace('.', "\\.")).collect::<Vec<_>>().join("|")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(domain: &str, suffixes: &[&str]) -> Verdict {
        let allow = Allowed { suffixes: suffixes.iter().map(|s| (*s).to_owned()).collect(), version: "test".into() };
        check(&name_of(domain).unwrap(), &allow).verdict
    }

    #[test]
    fn matches_at_label_boundaries_only() {
        assert_eq!(state("mof.go.jp", &["go.jp"]), Verdict::Met);
        assert_eq!(state("WWW.MOF.GO.JP.", &[".Go.Jp."]), Verdict::Met);
        assert_eq!(state("evilgo.jp", &["go.jp"]), Verdict::NotMet);
        assert_eq!(state("go.jp.example.com", &["go.jp"]), Verdict::NotMet);
        assert_eq!(state("go.jp", &["go.jp"]), Verdict::NotApplicable);
        assert_eq!(state("a.b.lg.jp", &["go.jp", "lg.jp"]), Verdict::Met);
        assert_eq!(state("窓口.東京.jp", &["東京.jp"]), Verdict::Met);
        assert_eq!(state("窓口.xn--1lqs71d.jp", &["東京.jp"]), Verdict::Met);
        assert_eq!(state("mof.go.jp", &[]), Verdict::CouldNotMeasure);
    }
}
