//! The domain policy check: whether a domain lies under an allowed suffix, label by label.

use hickory_proto::rr::Name;
use serde_json::json;

use crate::observation::{Judged, State, Text};
use crate::reasons::Why;
use crate::target::{Allowed, name_of, plain};

/// Judges `name` against `allow`. Asks nobody.
pub(crate) fn check(name: &Name, allow: &Allowed) -> Judged {
    let domain = plain(name);
    // Unreadable entries of the list match nothing and stay visible in the evidence.
    let suffixes: Vec<Name> = allow.suffixes.iter().filter_map(|s| name_of(s.trim().trim_start_matches('.'))).collect();
    let listed = suffixes.iter().map(plain).collect::<Vec<_>>().join(", ");
    let longest = suffixes.iter().filter(|suffix| suffix.zone_of(name)).max_by_key(|suffix| suffix.num_labels());
    let judged = match longest {
        _ if suffixes.is_empty() => Judged::new(State::CouldNotMeasure, Why::SuffixNoList, &[]),
        Some(suffix) if suffix == name => Judged::new(State::NotApplicable, Why::SuffixItself, &[]),
        Some(suffix) => Judged::new(State::Met, Why::SuffixMet, &[("suffix", &plain(suffix))]),
        None => {
            let first = domain.split('.').next().unwrap_or_default();
            let allowed = suffixes.first().map(plain).unwrap_or_default();
            Judged::new(State::NotMet, Why::SuffixOther, &[("allowed", &listed)]).remedy(format!("{first}.{allowed}"))
        }
    };
    let mut judged = judged
        .value(domain.clone())
        .observed(Text::same(domain.clone()))
        .expected(&format!("次のいずれかの下のドメイン名: {listed}"), &format!("a domain under one of: {listed}"))
        .command(format!("echo {domain} | grep -E '\\.({})$'", suffixes.iter().map(|s| plain(s).replace('.', "\\.")).collect::<Vec<_>>().join("|")));
    judged.evidence = json!({ "domain": domain, "suffixes": allow.suffixes, "version": allow.version });
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(domain: &str, suffixes: &[&str]) -> State {
        let allow = Allowed { suffixes: suffixes.iter().map(|s| (*s).to_owned()).collect(), version: "test".into() };
        check(&name_of(domain).unwrap(), &allow).state
    }

    #[test]
    fn matches_at_label_boundaries_only() {
        assert_eq!(state("mof.go.jp", &["go.jp"]), State::Met);
        assert_eq!(state("WWW.MOF.GO.JP.", &[".Go.Jp."]), State::Met);
        assert_eq!(state("evilgo.jp", &["go.jp"]), State::NotMet);
        assert_eq!(state("go.jp.example.com", &["go.jp"]), State::NotMet);
        assert_eq!(state("go.jp", &["go.jp"]), State::NotApplicable);
        assert_eq!(state("a.b.lg.jp", &["go.jp", "lg.jp"]), State::Met);
        assert_eq!(state("窓口.東京.jp", &["東京.jp"]), State::Met);
        assert_eq!(state("窓口.xn--1lqs71d.jp", &["東京.jp"]), State::Met);
        assert_eq!(state("mof.go.jp", &[]), State::CouldNotMeasure);
    }
}
