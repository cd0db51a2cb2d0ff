//! What each organisation reports of its year: texts with numbers in them, training, outsourcing, incidents.

use super::{
    cycles::World,
    dice::{self, chance, day_of, pick},
    model::{Cycle, Incident, IncidentClass, Outsourcing, Prevention, SecurityReport, State, System, Text, Training},
    truth::Profile,
};
use crate::facts::Claim;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Titles of incidents by class.
const INTENTIONAL: [(&str, &str); 5] = [
    ("公開ウェブサイトの改ざん", "Public website altered"),
    ("標的型メールによる端末の感染", "Terminal infected through a targeted mail"),
    ("申請受付への大量アクセスによる停止", "Online applications stopped by a flood of requests"),
    ("委託先を経由した不正な接続", "Unauthorised connection by way of a contractor"),
    ("職員アカウントへの不正なサインイン", "Unauthorised sign-in to a staff account"),
];
const ACCIDENTAL: [(&str, &str); 5] = [
    ("宛先誤りによる電子メールの誤送信", "Mail sent to the wrong recipients"),
    ("USBメモリの紛失", "USB memory lost"),
    ("証明書の更新漏れによる閲覧不能", "Site unreachable because a certificate was not renewed"),
    ("設定誤りによる内部資料の公開", "Internal papers published by a wrong setting"),
    ("記憶装置の故障による業務停止", "Work stopped by a failed storage unit"),
];
const DISASTER: [(&str, &str); 3] = [
    ("落雷による停電で庁内システムが停止", "Systems stopped by a power cut after lightning"),
    ("大雨によるサーバ室の浸水", "Server room flooded by heavy rain"),
    ("地震に伴う通信回線の途絶", "Lines cut by an earthquake"),
];

/// Adds reports, training, outsourcing and incidents to `cycle`; `staff` is the number of respondents of an organisation.
pub(super) fn fill(world: &World, cycle: &mut Cycle, staff: impl Fn(&str) -> u32) {
    for profile in world.profiles {
        let mut rng = dice::stream(world.seed, "report", &[profile.number, u64::from(cycle.number)]);
        let people = staff(&profile.organisation);
        // Who implements more also trains more; it says nothing about honesty.
        let share = (dice::share_of(profile.level) * 0.35 + 0.62 + rng.random_range(-0.04..0.04)).min(0.998);
        let training =
            Training { organisation: profile.organisation.clone(), enrolled: people, completed: (f64::from(people) * share).floor() as u32 };
        let systems: Vec<&System> = world.systems.iter().filter(|s| s.organisation == profile.organisation).collect();
        let contracts = systems.iter().filter(|s| s.outsourced_to.is_some()).count() as u32 + rng.random_range(0..6);
        let with_clauses = contracts - rng.random_range(0..=contracts / 4);
        let outsourcing = Outsourcing {
            organisation: profile.organisation.clone(),
            contracts,
            with_clauses,
            confirmed: with_clauses * rng.random_range(60..=100) / 100,
        };
        let incidents = incidents(&mut rng, cycle, profile, &systems);
        let report = report(&mut rng, cycle, profile, &training, &outsourcing, &incidents);
        cycle.reports.push(report);
        cycle.training.push(training);
        cycle.outsourcing.push(outsourcing);
        cycle.incidents.extend(incidents);
    }
    cycle.incidents.sort_by(|a, b| (&a.happened_at, &a.id).cmp(&(&b.happened_at, &b.id)));
}

/// Nought to four incidents; fewer where more is implemented.
fn incidents(rng: &mut ChaCha8Rng, cycle: &Cycle, profile: &Profile, systems: &[&System]) -> Vec<Incident> {
    let risk = 1.0 - dice::share_of(profile.level);
    let count = (0..4).filter(|_| chance(rng, 0.15 + risk)).count();
    (1..=count)
        .map(|number| {
            let (class, (ja, en)) = match rng.random_range(0..100) {
                0..40 => (IncidentClass::Intentional, pick(rng, &INTENTIONAL)),
                40..90 => (IncidentClass::Accidental, pick(rng, &ACCIDENTAL)),
                _ => (IncidentClass::Disaster, pick(rng, &DISASTER)),
            };
            let day = rng.random_range(0..340);
            let at = |days: u32, hour: u32, minute: u32| format!("{}T{hour:02}:{minute:02}:00+09:00", day_of(cycle.fiscal_year, day + days));
            let noticed_after = if class == IncidentClass::Intentional { rng.random_range(0..9) } else { 0 };
            let recovered_after = noticed_after + rng.random_range(1..14);
            let hour = rng.random_range(1..10);
            let open = day > 320 && chance(rng, 0.5);
            Incident {
                id: format!("{}-{}-{number:02}", cycle.fiscal_year, profile.organisation),
                organisation: profile.organisation.clone(),
                class,
                title: Text::new(ja, en),
                happened_at: at(0, hour, rng.random_range(0..60)),
                detected_at: at(noticed_after, hour + rng.random_range(1..6), rng.random_range(0..60)),
                responded_at: at(noticed_after, 16 + rng.random_range(0..7), rng.random_range(0..60)),
                recovered_at: (!open).then(|| at(recovered_after, rng.random_range(9..20), 0)),
                prevention: if open { Prevention::Planned } else { pick_prevention(rng) },
                system: if systems.is_empty() { None } else { systems.get(rng.random_range(0..systems.len())).map(|s| s.code.clone()) },
            }
        })
        .collect()
}

fn pick_prevention(rng: &mut ChaCha8Rng) -> Prevention {
    match rng.random_range(0..10) {
        0..6 => Prevention::Done,
        6..9 => Prevention::UnderWay,
        _ => Prevention::Planned,
    }
}

/// The CISO's fields: what the organisation itself would write, so its numbers are its claims.
fn report(
    rng: &mut ChaCha8Rng,
    cycle: &Cycle,
    profile: &Profile,
    training: &Training,
    outsourcing: &Outsourcing,
    incidents: &[Incident],
) -> SecurityReport {
    let own = || cycle.cells.iter().filter(|c| c.organisation == profile.organisation);
    let said = |claim: Claim| own().filter(|c| c.claim == claim).count();
    let (done, partly, not) = (said(Claim::Implemented), said(Claim::Partly), said(Claim::Not));
    let applicable = done + partly + not;
    let audited = cycle.audits.iter().filter(|a| a.organisation == profile.organisation);
    let (audits, unmet) = audited.fold((0, 0), |(all, unmet), a| (all + 1, unmet + usize::from(!a.finding.is_met())));
    let attacks = incidents.iter().filter(|i| i.class == IncidentClass::Intentional).count();
    let closed = incidents.iter().filter(|i| i.prevention == Prevention::Done).count();
    let year = cycle.fiscal_year;
    let percent = 100 * done / applicable.max(1);
    let (focus_ja, focus_en) = pick(
        rng,
        &[
            ("端末の更新の徹底", "keeping terminals up to date"),
            ("電子メールのなりすまし対策", "protection against forged mail"),
            ("委託先の対策の確認", "confirming what contractors do"),
            ("退職者の権限の整理", "removing the rights of people who left"),
            ("ウェブサイトの証明書の管理", "care for website certificates"),
        ],
    );
    let (next_ja, next_en) = pick(
        rng,
        &[
            ("すべての公開ドメインで送信者認証を受信拒否の設定にする", "set mail authentication to reject on every public domain"),
            ("システムごとの復旧手順を年1回試す", "try the recovery of each system once a year"),
            ("新任者の研修を着任後30日以内に終える", "train newcomers within 30 days of their start"),
            ("情報システム台帳と実機の照合を半期ごとに行う", "compare the ledger with the machines every half year"),
        ],
    );
    let remaining = applicable - done;
    SecurityReport {
        organisation: profile.organisation.clone(),
        message: Text::new(
            format!("本年度は{applicable}項目のうち{done}項目（{percent}％）を実施しました。残る{remaining}項目の担当と期限を決め、順に進めます。"),
            format!(
                "In fiscal {year} we implemented {done} of {applicable} items ({percent} %). The remaining {remaining} have an owner and a date."
            ),
        ),
        priority_activity: Text::new(format!("重点として{focus_ja}に取り組みました。"), format!("Our priority was {focus_en}.")),
        results: Text::new(
            format!(
                "研修は対象{}人のうち{}人が修了。委託契約{}件のうち{}件で対策の履行を確認。監査で確認された{audits}項目のうち{unmet}項目に指摘がありました。",
                training.enrolled, training.completed, outsourcing.contracts, outsourcing.confirmed
            ),
            format!(
                "{} of {} people completed training. Measures were confirmed in {} of {} contracts. Auditors looked at {audits} items and found {unmet} not met.",
                training.completed, training.enrolled, outsourcing.confirmed, outsourcing.contracts
            ),
        ),
        recurrence_prevention: if incidents.is_empty() {
            Text::new("対象となる障害・事故等はありませんでした。", "There was no incident.")
        } else {
            Text::new(
                format!("障害・事故等は{}件（うち攻撃によるもの{attacks}件）。{closed}件で再発防止策を終えました。", incidents.len()),
                format!(
                    "There were {} incidents, {attacks} of them attacks. Measures against recurrence are complete for {closed}.",
                    incidents.len()
                ),
            )
        },
        next_year: Text::new(format!("来年度は、{next_ja}。"), format!("Next year we will {next_en}.")),
        advisor_comment: advice(own().filter(|c| c.truth == State::Partly).count(), unmet),
    }
}

/// The adviser looks at what is begun and at the auditors' findings, not at the rate.
fn advice(begun: usize, unmet: usize) -> Text {
    if unmet > 4 {
        Text::new(
            format!("監査の指摘{unmet}件は、自己点検の回答とあわせて見直すことを勧めます。"),
            format!("The {unmet} findings of the audit should be read beside the self-inspection."),
        )
    } else {
        Text::new(
            format!("着手済みの{begun}項目を先に終えると、少ない手間で効果が出ます。"),
            format!("Finish the {begun} items already begun first: little work, much effect."),
        )
    }
}
