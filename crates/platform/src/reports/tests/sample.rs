//! A made-up cycle of six organisations, evaluated by the engine, from which reports are drafted.

use std::collections::BTreeMap;

use engine::evaluate::{AnswersRow, CycleData, FindingRow, Organisation, Requirement, RespondentsRow, UnitsRow, VerdictRow, evaluate};
use engine::facts::{Finding, Role, Verdict};
use engine::outcomes::Remedy;
use engine::rates::{Answers, Respondents};
use engine::triple::Scope;
use engine::words::Words;

use crate::reports::fact::{Class, Facts, Incident, Prevention};
use crate::reports::material::{Checked, Material, Member};
use crate::reports::policy::Policy;
use crate::reports::tree::{Action, Cycle, Named};

/// Names of the organisations.
pub const NAMES: [(&str, &str, &str); 6] = [
    ("moa", "甲省", "Ministry A"),
    ("mob", "乙省", "Ministry B"),
    ("moc", "丙省", "Ministry C"),
    ("mod", "丁庁", "Agency D"),
    ("moe", "戊委員会", "Commission E"),
    ("mof", "己庁", "Agency F"),
];

fn titles() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("inf-01", "格付けの基準を定める", "Set the classification rules"),
        ("hw-02", "端末の更新を適用する", "Apply updates to terminals"),
        ("net-03", "送信ドメイン認証を設定する", "Configure sender authentication"),
        ("net-04", "証明書を更新する", "Renew certificates"),
        ("mgt-05", "教育を毎年行う", "Train staff every year"),
        ("mgt-06", "委託先を確認する", "Check contractors"),
    ]
}

fn cycle(year: i16) -> Cycle {
    Cycle {
        code: format!("fy{year}"),
        name: Words::new(format!("{year}年度 定期点検"), format!("Regular inspection {year}")),
        fiscal_year: year,
        opens_on: format!("{year}-10-01"),
        closes_on: format!("{year}-11-30"),
        edition: "1.0".to_owned(),
    }
}

fn data(year: u64) -> CycleData {
    let mut data = CycleData { cycle: format!("fy{year}"), edition: "1.0".to_owned(), ..CycleData::default() };
    data.requirements = titles().iter().map(|(id, ja, en)| Requirement { id: (*id).into(), title: Words::new(*ja, *en), priority: 1 }).collect();
    data.organisations = NAMES.iter().map(|(id, ja, en)| Organisation { id: (*id).into(), name: Words::new(*ja, *en) }).collect();
    for (o, (code, ..)) in NAMES.iter().enumerate() {
        let o64 = o as u64;
        for (role, asked) in [(Role::Staff, 400 + 37 * o64), (Role::SystemManager, 20 + o64)] {
            let respondents = Respondents { asked, answered: asked - 3 * o64, complete: asked * 9 / 10 - o64 };
            data.respondents.push(RespondentsRow { organisation: (*code).into(), role, respondents });
            for (r, (requirement, ..)) in titles().iter().enumerate() {
                let open = (o64 * 7 + r as u64 * 5 + (2027 - year)) % (asked / 3).min(23);
                let counts = Answers { implemented: asked - open, partly: open / 2, not: open - open / 2, not_applicable: 0 };
                data.answers.push(AnswersRow {
                    organisation: (*code).into(),
                    scope: Scope::whole(),
                    requirement: (*requirement).into(),
                    role,
                    asked,
                    counts,
                });
            }
        }
        for (r, requirement) in ["net-03", "net-04"].iter().enumerate() {
            let verdict = if (o + r) % 3 == 0 { Verdict::NotMet } else { Verdict::Met };
            data.verdicts.push(VerdictRow { organisation: (*code).into(), scope: Scope::whole(), requirement: (*requirement).into(), verdict });
        }
        let finding = if o % 2 == 0 { Finding::Minor } else { Finding::Met };
        data.findings.push(FindingRow {
            organisation: (*code).into(),
            scope: Scope::system(format!("{code}-s1")),
            requirement: "inf-01".into(),
            finding,
        });
        for (class, held) in [("terminal", 1200_u64), ("web-server", 24), ("mail-server", 6)] {
            let done = held - (o64 % 3).min(held);
            data.units.push(UnitsRow { organisation: (*code).into(), class: class.to_owned(), item: "hw-02".to_owned(), held, known: held, done });
        }
    }
    data
}

/// The material of the second cycle; the first one is its past.
pub fn material() -> Material {
    let before = evaluate(&data(2025));
    let mut now = data(2026);
    now.previous = Some(before.summary());
    let evaluation = evaluate(&now);
    let named = |(code, ja, en): &(&str, &str, &str)| Named { code: (*code).to_owned(), name: Words::new(*ja, *en) };
    let checks = NAMES.iter().enumerate().flat_map(|(o, (code, ..))| {
        ["spf", "dmarc", "mx", "dnssec", "https-certificate", "https-expiry"].into_iter().enumerate().map(move |(c, check)| Checked {
            organisation: (*code).to_owned(),
            check: check.to_owned(),
            met: (9 - (o + c) % 4) as u64,
            not_met: ((o + c) % 4) as u64,
            unknown: u64::from(o == 1),
        })
    });
    let facts = NAMES.iter().enumerate().map(|(o, (code, ..))| {
        let o = o as i64;
        let facts: Facts = [
            ("training-courses", 4),
            ("training-target", 420 + o),
            ("training-completed", 401),
            ("outsourcing-contracts", 38),
            ("outsourcing-covered", 36),
            ("outsourcing-checked", 30),
            ("drills", 2),
            ("alerts", 14),
            ("mail-drill-sent", 400),
            ("mail-drill-opened", 31 + o),
            ("mail-drill-reported", 260),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        ((*code).to_owned(), facts)
    });
    let incident = |code: &str, class, ja: &str, en: &str, state| Incident {
        code: code.to_owned(),
        class,
        title_ja: ja.to_owned(),
        title_en: en.to_owned(),
        detected_on: "2026-06-03".to_owned(),
        responded_on: "2026-06-03".to_owned(),
        recovered_on: "2026-06-09".to_owned(),
        affected: Some(120),
        prevention_ja: "可搬媒体の持出しを許可制とし、暗号化機能を備えた媒体に限定した。".to_owned(),
        prevention_en: "Removable media need permission and must encrypt.".to_owned(),
        prevention_state: state,
    };
    let incidents = vec![
        incident("2026-01", Class::Loss, "職員がUSBメモリを紛失した", "A member of staff lost a USB stick", Prevention::Done),
        incident(
            "2026-02",
            Class::TargetedMail,
            "標的型メールにより端末が感染した",
            "A terminal was infected by a targeted mail",
            Prevention::UnderWay,
        ),
    ];
    Material {
        cycle: cycle(2026),
        centre: Named { code: "centre".to_owned(), name: Words::new("内閣情報保全センター", "Information Security Centre") },
        members: NAMES.iter().map(|one| Member { key: one.0.to_owned(), named: named(one) }).collect(),
        evaluation: Some(evaluation),
        earlier: vec![(cycle(2025), before.figures)],
        requirements: titles().iter().map(|one| (one.0.to_owned(), named(one))).collect(),
        systems: NAMES
            .iter()
            .map(|(code, ja, en)| {
                (
                    format!("{code}-s1"),
                    Named { code: format!("{code}-s1"), name: Words::new(format!("{ja}基幹システム"), format!("Core system of {en}")) },
                )
            })
            .collect(),
        checks: checks.collect(),
        actions: vec![
            Action {
                code: "R-1".to_owned(),
                organisation: "moa".to_owned(),
                requirement: "net-03".to_owned(),
                title: "送信ドメイン認証を設定すること".to_owned(),
                reason: "実測で不適合".to_owned(),
                state: "accepted".to_owned(),
                owner: "情報システム課長".to_owned(),
                due_on: "2027-03-31".to_owned(),
                steps: vec![("DMARCレコードを公開する".to_owned(), "2027-01-31".to_owned())],
                closed: false,
            },
            Action {
                code: "R-2".to_owned(),
                organisation: "mob".to_owned(),
                requirement: "net-04".to_owned(),
                title: "証明書を更新すること".to_owned(),
                state: "closed".to_owned(),
                closed: true,
                ..Action::default()
            },
        ],
        remedies: BTreeMap::from([
            ("moa".to_owned(), vec![Remedy { open: true, ..Remedy::default() }]),
            ("mob".to_owned(), vec![Remedy { due: true, closed_in_time: true, days_to_close: Some(40), ..Remedy::default() }]),
        ]),
        facts: facts.collect(),
        incidents: BTreeMap::from([("moa".to_owned(), incidents)]),
        policy: Policy::default(),
    }
}
