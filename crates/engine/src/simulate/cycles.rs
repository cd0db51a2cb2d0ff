//! One cycle: what is so, what each organisation claims, what auditors find, what the priority inspection counts.

use super::{
    dice::{self, chance, pick},
    model::{Asset, AuditFinding, Cell, Cycle, PriorityUnits, Scope, Stage, State, System, Text},
    plan::{Plan, RequirementModel},
    truth::Profile,
    zones::ZoneModel,
};
use crate::facts::{AppliesTo, Finding, Verdict};
use rand::RngExt;
use std::collections::BTreeSet;

/// What does not change from cycle to cycle.
pub(super) struct World<'a> {
    pub seed: u64,
    pub plan: &'a Plan,
    pub requirements: &'a [RequirementModel],
    pub profiles: &'a [Profile],
    pub systems: &'a [System],
    pub assets: &'a [Asset],
}

/// Draws the cells, audits and priority inspection of the cycle `number`, while the domains answer as `zones` say.
pub(super) fn draw(world: &World, number: u32, zones: Vec<ZoneModel>) -> Cycle {
    let mut cycle = Cycle { number, fiscal_year: world.plan.first_fiscal_year + number as i32 - 1, ..Cycle::default() };
    let auditable = Auditable::of(world.requirements);
    for profile in world.profiles {
        let before = cycle.cells.len();
        let systems: Vec<&System> = world.systems.iter().filter(|s| s.organisation == profile.organisation).collect();
        let own: Vec<&ZoneModel> = zones.iter().filter(|z| z.organisation == profile.organisation).collect();
        for requirement in world.requirements {
            if requirement.per_system() {
                for system in &systems {
                    cell(world, &mut cycle, profile, requirement, Scope::System(system.code.clone()), |world| {
                        of_system(world, number, profile, requirement, system)
                    });
                }
            } else {
                cell(world, &mut cycle, profile, requirement, Scope::Organisation, |world| {
                    if requirement.checks.is_empty() { of_organisation(world, number, profile, requirement) } else { measured(requirement, &own) }
                });
                count_units(world, &mut cycle, profile, requirement);
            }
        }
        let cells = cycle.cells.get(before..).unwrap_or_default();
        let audits = audit(world, number, profile, cells, &auditable);
        cycle.audits.extend(audits);
    }
    cycle.zones = zones;
    cycle
}

/// Adds one cell.
fn cell(world: &World, cycle: &mut Cycle, profile: &Profile, requirement: &RequirementModel, scope: Scope, truth: impl Fn(&World) -> State) {
    let truth = truth(world);
    let stream = place(profile, &requirement.id, &scope, cycle.number);
    let claim = profile.claim(&mut dice::stream(world.seed, "claim", &stream), truth);
    cycle.cells.push(Cell { organisation: profile.organisation.clone(), scope, requirement: requirement.id.clone(), truth, claim });
}

/// What names the streams of one cell.
fn place(profile: &Profile, requirement: &str, scope: &Scope, cycle: u32) -> [u64; 4] {
    let system = match scope {
        Scope::Organisation => 0,
        Scope::System(code) => dice::number(code),
    };
    [profile.number, dice::number(requirement), system, u64::from(cycle)]
}

/// What of a standard's requirements auditors look at.
struct Auditable<'a> {
    /// Requirements that accept an audit.
    all: BTreeSet<&'a str>,
    /// Those of them that somebody is asked about, so that there is a claim to hold the verdict against.
    claimed: BTreeSet<&'a str>,
}

impl<'a> Auditable<'a> {
    fn of(requirements: &'a [RequirementModel]) -> Self {
        let accepting = || requirements.iter().filter(|r| r.audit);
        Self {
            all: accepting().map(|r| r.id.as_str()).collect(),
            claimed: accepting().filter(|r| !r.roles.is_empty()).map(|r| r.id.as_str()).collect(),
        }
    }
}

/// Draws the auditors' sample of one organisation's `cells` and what they found there.
///
/// A small organisation is audited more densely, so that its sample is large enough to say something about its claims. What
/// nobody was asked about is looked at too, but no denser: a verdict without a claim beside it says nothing about claims.
fn audit(world: &World, number: u32, profile: &Profile, cells: &[Cell], auditable: &Auditable) -> Vec<AuditFinding> {
    let eligible = || cells.iter().filter(|cell| cell.truth != State::NotApplicable && auditable.all.contains(cell.requirement.as_str()));
    let claimed = |cell: &Cell| auditable.claimed.contains(cell.requirement.as_str());
    let share = |cell: &Cell| {
        let whole = f64::from(world.plan.audit_percent) / 100.0;
        if cell.scope == Scope::Organisation { whole } else { whole / 3.0 }
    };
    let expected: f64 = eligible().filter(|cell| claimed(cell)).map(share).sum();
    let denser = (f64::from(world.plan.audit_minimum) / expected.max(1.0)).max(1.0);
    let mut findings = Vec::new();
    for cell in eligible() {
        let stream = place(profile, &cell.requirement, &cell.scope, number);
        let mut rng = dice::stream(world.seed, "audit", &stream);
        if !chance(&mut rng, share(cell) * if claimed(cell) { denser } else { 1.0 }) {
            continue;
        }
        let finding = found(&mut rng, cell.truth);
        findings.push(AuditFinding {
            organisation: cell.organisation.clone(),
            scope: cell.scope.clone(),
            requirement: cell.requirement.clone(),
            finding,
            note: note(&mut rng, finding),
        });
    }
    findings
}

/// How much easier (log-odds) a requirement is than the ordinary one; urgent ones are done first.
fn ease(world: &World, requirement: &RequirementModel) -> f64 {
    let mut rng = dice::stream(world.seed, "requirement", &[dice::number(&requirement.id)]);
    dice::normal(&mut rng, if requirement.priority <= 1 { 0.3 } else { 0.0 }, 0.8)
}

fn of_organisation(world: &World, cycle: u32, profile: &Profile, requirement: &RequirementModel) -> State {
    let asset_class = matches!(requirement.applies_to, AppliesTo::Terminal | AppliesTo::WebServer | AppliesTo::MailServer);
    let mut rng = dice::stream(world.seed, "applies", &[profile.number, dice::number(&requirement.id)]);
    if asset_class && chance(&mut rng, 0.03) {
        return State::NotApplicable;
    }
    profile.state(world.seed, cycle, &requirement.id, ease(world, requirement), 0.5)
}

/// A system lies a little above or below its organisation; one that is not yet in operation need not do everything.
fn of_system(world: &World, cycle: u32, profile: &Profile, requirement: &RequirementModel, system: &System) -> State {
    let number = dice::number(&system.code);
    let mut rng = dice::stream(world.seed, "applies", &[number, dice::number(&requirement.id)]);
    let idle = matches!(system.stage, Stage::Planning | Stage::Procurement | Stage::Disposal);
    if chance(&mut rng, if idle { 0.35 } else { 0.02 }) {
        return State::NotApplicable;
    }
    let own = dice::normal(&mut dice::stream(world.seed, "system", &[number]), 0.0, 0.5);
    let name = format!("{} {}", requirement.id, system.code);
    profile.state(world.seed, cycle, &name, ease(world, requirement) + own, 0.4)
}

/// A measured requirement is as its zones are: implemented if none fails any of its checks, not if all do.
fn measured(requirement: &RequirementModel, zones: &[&ZoneModel]) -> State {
    let fails = |zone: &&&ZoneModel| requirement.checks.iter().any(|check| zone.expected(*check) == Verdict::NotMet);
    match zones.iter().filter(fails).count() {
        0 => State::Implemented,
        failing if failing == zones.len() => State::Not,
        _ => State::Partly,
    }
}

/// An auditor's verdict on something that is `truth`; three in two hundred are wrong.
fn found(rng: &mut rand_chacha::ChaCha8Rng, truth: State) -> Finding {
    let wrong = chance(rng, 0.015);
    let depth: f64 = rng.random();
    match (truth == State::Implemented) != wrong {
        true if depth < 0.04 => Finding::Strength,
        true if depth < 0.14 => Finding::Observation,
        true => Finding::Met,
        false if depth < if truth == State::Not { 0.55 } else { 0.15 } => Finding::Major,
        false => Finding::Minor,
    }
}

fn note(rng: &mut rand_chacha::ChaCha8Rng, finding: Finding) -> Text {
    let (ja, en) = match finding {
        Finding::Strength => pick(
            rng,
            &[
                ("手順が自動化されており、他組織の参考になる。", "The procedure is automated; others can learn from it."),
                ("毎月の点検記録が残り、改善まで追跡できる。", "Monthly checks are on record and followed to their remedy."),
            ],
        ),
        Finding::Met => pick(
            rng,
            &[
                ("規程と実際の記録が一致することを確認した。", "The rule and the records agree."),
                ("設定画面と台帳を照合し、相違はなかった。", "Settings and ledger were compared; no difference."),
                ("担当者への聞き取りと証跡で確認した。", "Confirmed by interview and records."),
            ],
        ),
        Finding::Observation => pick(
            rng,
            &[
                ("実施されているが、記録の様式が部署ごとに異なる。", "It is done, but each section keeps its record differently."),
                ("実施されているが、担当者一人に頼っている。", "It is done, but depends on one person."),
            ],
        ),
        Finding::Minor => pick(
            rng,
            &[
                ("対象の一部で実施の記録がない。", "For a part of the scope there is no record."),
                ("手順はあるが、直近の半年は行われていない。", "The procedure exists, but was not followed in the last half year."),
                ("退職者の権限が数件残っていた。", "A few rights of people who left were still active."),
            ],
        ),
        Finding::Major => pick(
            rng,
            &[
                ("規程も実施の記録も示されなかった。", "Neither a rule nor a record could be shown."),
                ("設定を確認したところ、対策は有効になっていなかった。", "The settings show that the measure is not active."),
            ],
        ),
    };
    Text::new(ja, en)
}

/// Counts the machines of the class a requirement applies to. The priority inspection counts machines, not words: it follows
/// the truth.
fn count_units(world: &World, cycle: &mut Cycle, profile: &Profile, requirement: &RequirementModel) {
    let class = requirement.applies_to;
    let held: u32 = world.assets.iter().filter(|a| a.organisation == profile.organisation && a.class == class).map(|a| a.count).sum();
    let Some(truth) = cycle.cells.last().map(|cell| cell.truth) else {
        return;
    };
    if held == 0 || truth == State::NotApplicable {
        return;
    }
    let stream = [profile.number, dice::number(&requirement.id), u64::from(cycle.number)];
    let mut rng = dice::stream(world.seed, "units", &stream);
    let percent = match truth {
        State::Implemented if chance(&mut rng, 0.7) => 100,
        State::Implemented => rng.random_range(97..100),
        State::Partly => rng.random_range(45..92),
        _ => rng.random_range(3..40),
    };
    cycle.priority.push(PriorityUnits {
        organisation: profile.organisation.clone(),
        requirement: requirement.id.clone(),
        class,
        held,
        // Rounded up for whoever has it implemented, down for whoever has not.
        done: if truth == State::Implemented { (held * percent).div_ceil(100) } else { held * percent / 100 },
    });
}
