//! Judges evidence under rules: what was heard of a domain becomes a verdict with its reason, and never a packet is sent.
//!
//! A check reads [`Evidence`] and says what is missing, until nothing is; whoever holds a network asks for it (`probe`). Evidence
//! that was kept is judged again by the very same functions: see [`rejudge`]. Begin at [`judge`]. A new check is a variant of
//! [`Check`], a rule under `rules`, its sentences in [`Why`], a module with a `check` function, and one arm here.

mod caa;
pub(crate) mod case;
mod certificate;
mod dmarc;
mod dnssec;
mod https;
mod judgement;
mod macros;
mod mta_sts;
mod mx;
mod reasons;
mod rules;
mod sender;
mod spf;
mod suffix;
mod tls_rpt;

use formats::dns::name_of;
use formats::evidence::{Check, Evidence, Missing, Verdict};

pub use case::Case;
pub use judgement::{Judgement, Reason, RuleRef};
pub use reasons::Why;
pub use rules::{Profile, Quantifier, Rule, Rules};
pub use sender::{Evaluated, Evaluation, Outcome, Sender, evaluate};
pub use spf::{Cost, TermCost, cost};

use judgement::Judged;

use crate::words::Words;

/// Judges one check of the evidence's target, under `rules`.
///
/// # Errors
/// What would have to be asked first.
pub fn judge(check: Check, evidence: &Evidence, rules: &Rules) -> Result<Judgement, Missing> {
    let case = Case { evidence, rules };
    let target = &evidence.target;
    let judged = match name_of(&target.domain) {
        None => Judged::new(Verdict::CouldNotMeasure, Why::InvalidDomain, &[("domain", &target.domain)]),
        Some(name) => match check {
            Check::DomainSuffix => suffix::check(&name, &target.allow),
            Check::Mx => mx::check(&case, &name)?,
            Check::Dmarc => dmarc::check(&case, &name)?,
            Check::Spf => spf::check(&case, &name)?,
            Check::MtaSts => mta_sts::check(&case, &name)?,
            Check::TlsRpt => tls_rpt::check(&case, &name)?,
            Check::Dnssec => dnssec::check(&case, &name)?,
            Check::Caa => caa::check(&case, &name)?,
            Check::HttpsCertificate => https::check_certificate(&case, &name)?,
            Check::HttpsExpiry => https::check_expiry(&case, &name)?,
        },
    };
    let rule = rules.rule(check).map_or_else(|| RuleRef::none(check), |rule| rule.reference(evidence.at));
    Ok(Judgement::new(judged, check, rule, evidence))
}

/// Judges kept evidence again. What it does not hold could not be measured; nobody is asked.
pub fn rejudge(check: Check, evidence: &Evidence, rules: &Rules) -> Judgement {
    judge(check, evidence, rules).unwrap_or_else(|missing| {
        let question = case::said(missing.question());
        let judged = Judged::new(Verdict::CouldNotMeasure, Why::NotInEvidence, &[("question", &question)]);
        let rule = rules.rule(check).map_or_else(|| RuleRef::none(check), |rule| rule.reference(evidence.at));
        Judgement::new(judged, check, rule, evidence)
    })
}

/// Who acts on what a check found.
fn who(check: Check) -> Words {
    match check {
        Check::Spf | Check::Dmarc | Check::Mx | Check::MtaSts | Check::TlsRpt => {
            Words::new("メールとDNSの担当者（委託先を含む）", "whoever runs mail and DNS, contractors included")
        }
        Check::Dnssec | Check::Caa => {
            Words::new("DNSの担当者（DNS事業者・ドメイン登録事業者を含む）", "whoever runs the DNS, with the DNS provider and registrar")
        }
        Check::HttpsCertificate | Check::HttpsExpiry => {
            Words::new("ウェブサーバの担当者（委託先を含む）", "whoever runs the web server, contractors included")
        }
        Check::DomainSuffix => Words::new("情報システムの責任者", "the owner of the information system"),
    }
}
