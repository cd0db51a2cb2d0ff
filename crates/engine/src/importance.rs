//! Importance ranking of *systems* by stated criteria kept as data; organisations are never ranked here.
//!
//! A system's points are the weighted mean of its levels' points over the criteria that are known; what is not known leaves
//! the mean and shows in the coverage. Because no mean may hide a disaster, a level may carry a floor: a system that must be
//! back the same day never falls below it, however small it is otherwise. Ties share a rank. Every weight is also varied by
//! ±20 %, one at a time, and the best and worst rank that results is given: a rank of "4 (2–9)" is not a reason to act.
//!
//! # Worked examples
//! Criteria confidentiality (weight 3) and users (weight 1); system A has levels with points 1.0 and 0.0, B 0.5 and 1.0:
//! A has (3·1 + 1·0) / 4 = 0.75, B (3·0.5 + 1·1) / 4 = 0.625. A is first; with any weight 20 % off it still is (1–1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::SystemId;
use crate::numbers::{Coverage, decimal, stable};
use crate::words::Words;

/// How far each weight is varied.
pub const VARIATION: f64 = 0.2;

/// One level of a criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub id: String,
    pub name: Words,
    /// Between 0 (unimportant) and 1.
    pub points: f64,
    /// The system's points never fall below this when it has this level.
    pub floor: Option<f64>,
}

/// One stated criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    pub id: String,
    pub name: Words,
    /// Above 0; only the proportion between weights matters.
    pub weight: f64,
    pub levels: Vec<Level>,
}

/// What is known of one system: criterion id → level id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SystemFacts {
    pub system: SystemId,
    pub levels: BTreeMap<String, String>,
}

/// One criterion's part in a system's points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub criterion: String,
    pub level: String,
    /// weight × points ÷ sum of the known weights.
    pub points: f64,
    /// The floor of the level, when it lifted the system.
    pub floor: Option<f64>,
    pub words: Words,
}

/// One system's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    pub system: SystemId,
    /// 1 is the most important; ties share it.
    pub rank: u64,
    /// Best and worst rank when each weight varies by ±20 %.
    pub rank_range: (u64, u64),
    /// Between 0 and 1; `None` when nothing is known: such systems come last and are unranked in truth.
    pub points: Option<f64>,
    /// Criteria known of all criteria.
    pub coverage: Coverage,
    /// Largest part first.
    pub because: Vec<Part>,
}

/// Criteria of a usual kind, a start for a centre that has none yet: change them as data.
pub fn usual_criteria() -> Vec<Criterion> {
    let level = |id: &str, ja: &str, en: &str, points, floor| Level { id: id.to_owned(), name: Words::new(ja, en), points, floor };
    let criterion = |id: &str, ja: &str, en: &str, weight, levels| Criterion { id: id.to_owned(), name: Words::new(ja, en), weight, levels };
    let three =
        || vec![level("3", "3（高い）", "3 (high)", 1.0, None), level("2", "2", "2", 0.5, None), level("1", "1（低い）", "1 (low)", 0.0, None)];
    let two = || vec![level("2", "2（高い）", "2 (high)", 1.0, None), level("1", "1（低い）", "1 (low)", 0.0, None)];
    let yes_no = |floor| vec![level("yes", "はい", "yes", 1.0, floor), level("no", "いいえ", "no", 0.0, None)];
    vec![
        criterion("confidentiality", "機密性", "confidentiality", 3.0, three()),
        criterion("integrity", "完全性", "integrity", 2.0, two()),
        criterion("availability", "可用性", "availability", 2.0, two()),
        criterion("same-day-recovery", "当日中の復旧が必要", "must be back the same day", 3.0, yes_no(Some(0.7))),
        criterion(
            "users",
            "利用者の数",
            "users",
            2.0,
            vec![
                level("over-100000", "10万人超", "over 100,000", 1.0, None),
                level("over-1000", "千人超", "over 1,000", 0.6, None),
                level("fewer", "千人以下", "1,000 or fewer", 0.2, None),
            ],
        ),
        criterion("public-facing", "国民・住民が直接使う", "used by the public", 1.0, yes_no(None)),
        criterion("outsourced", "外部に委託している", "outsourced", 1.0, yes_no(None)),
    ]
}

/// Levels of one system as (index of criterion, points, floor).
type Known = Vec<(usize, f64, Option<f64>)>;

fn points(known: &Known, weights: &[f64]) -> Option<f64> {
    let (mut sum, mut weight, mut floor) = (0.0, 0.0, 0.0_f64);
    for (i, points, least) in known {
        let w = weights.get(*i).copied().unwrap_or(0.0);
        sum += w * points;
        weight += w;
        floor = floor.max(least.unwrap_or(0.0));
    }
    (weight > 0.0).then(|| stable((sum / weight).max(floor)))
}

/// Ranks (1 = most points, ties share) in the order of `systems`; those without points share the last rank.
fn ranks(systems: &[Known], weights: &[f64]) -> Vec<u64> {
    let all: Vec<f64> = systems.iter().map(|k| points(k, weights).unwrap_or(-1.0)).collect();
    let mut sorted = all.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    all.iter().map(|p| sorted.partition_point(|other| other > p) as u64 + 1).collect()
}

/// Ranks `systems` by `criteria`, most important first, ties in the order of their ids.
pub fn rank(systems: &[SystemFacts], criteria: &[Criterion]) -> Vec<Ranked> {
    let mut sorted: Vec<&SystemFacts> = systems.iter().collect();
    sorted.sort();
    sorted.dedup_by(|a, b| a.system == b.system);
    let weights: Vec<f64> = criteria.iter().map(|c| c.weight.max(0.0)).collect();
    let level = |facts: &SystemFacts, criterion: &Criterion| -> Option<Level> {
        let id = facts.levels.get(&criterion.id)?;
        criterion.levels.iter().find(|l| &l.id == id).cloned()
    };
    let levels = |facts: &&SystemFacts| -> Known {
        let known = criteria.iter().enumerate();
        known.filter_map(|(i, c)| level(facts, c).map(|l| (i, l.points, l.floor))).collect()
    };
    let known: Vec<Known> = sorted.iter().map(levels).collect();
    let base = ranks(&known, &weights);
    let mut ranges: Vec<(u64, u64)> = base.iter().map(|r| (*r, *r)).collect();
    for i in 0..weights.len() {
        for factor in [1.0 - VARIATION, 1.0 + VARIATION] {
            let mut varied = weights.clone();
            if let Some(w) = varied.get_mut(i) {
                *w *= factor;
            }
            for (range, rank) in ranges.iter_mut().zip(ranks(&known, &varied)) {
                *range = (range.0.min(rank), range.1.max(rank));
            }
        }
    }
    let mut ranked: Vec<Ranked> = sorted
        .iter()
        .zip(&known)
        .zip(base.iter().zip(&ranges))
        .map(|((facts, known), (rank, range))| Ranked {
            system: facts.system.clone(),
            rank: *rank,
            rank_range: *range,
            points: points(known, &weights),
            coverage: Coverage { known: known.len() as u64, all: criteria.len() as u64 },
            because: parts(known, criteria, &weights, |c| level(facts, c)),
        })
        .collect();
    ranked.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.system.cmp(&b.system)));
    ranked
}

fn parts(known: &Known, criteria: &[Criterion], weights: &[f64], level: impl Fn(&Criterion) -> Option<Level>) -> Vec<Part> {
    let total: f64 = known.iter().filter_map(|(i, ..)| weights.get(*i)).sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let plain: f64 = known.iter().filter_map(|(i, p, _)| Some(weights.get(*i)? * p)).sum::<f64>() / total;
    let part = |(i, criterion): (usize, &Criterion)| {
        let level = level(criterion)?;
        let share = weights.get(i)? * level.points / total;
        let floor = level.floor.filter(|f| *f > plain);
        let number = decimal(share, 2);
        let (ja, en) = match floor {
            Some(f) => (format!("。この水準だけで{}点以上", decimal(f, 2)), format!("; this level alone gives at least {}", decimal(f, 2))),
            None => (String::new(), String::new()),
        };
        Some(Part {
            criterion: criterion.id.clone(),
            level: level.id.clone(),
            points: stable(share),
            floor,
            words: Words::new(
                format!("{}は「{}」（{number}点{ja}）", criterion.name.ja, level.name.ja),
                format!("{}: {} ({number} points{en})", criterion.name.en, level.name.en),
            ),
        })
    };
    let mut parts: Vec<Part> = criteria.iter().enumerate().filter_map(part).collect();
    parts.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.criterion.cmp(&b.criterion)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(id: &str, levels: &[(&str, &str)]) -> SystemFacts {
        let levels = levels.iter().map(|(c, l)| ((*c).to_owned(), (*l).to_owned())).collect();
        SystemFacts { system: id.into(), levels }
    }

    fn criterion(id: &str, weight: f64, levels: &[(&str, f64)]) -> Criterion {
        let level = |(l, points): &(&str, f64)| Level { id: (*l).to_owned(), name: Words::new(*l, *l), points: *points, floor: None };
        Criterion { id: id.to_owned(), name: Words::new(id, id), weight, levels: levels.iter().map(level).collect() }
    }

    #[test]
    fn the_worked_example_holds() {
        let criteria = [criterion("c", 3.0, &[("high", 1.0), ("mid", 0.5)]), criterion("u", 1.0, &[("many", 1.0), ("few", 0.0)])];
        let systems = [facts("b", &[("c", "mid"), ("u", "many")]), facts("a", &[("c", "high"), ("u", "few")])];
        let ranked = rank(&systems, &criteria);
        let got: Vec<_> = ranked.iter().map(|r| (r.system.as_str(), r.rank, r.rank_range, r.points)).collect();
        assert_eq!(got, [("a", 1, (1, 1), Some(0.75)), ("b", 2, (2, 2), Some(0.625))]);
        let sum: f64 = ranked[0].because.iter().map(|p| p.points).sum();
        assert_eq!(Some(sum), ranked[0].points);
    }

    #[test]
    fn close_calls_have_a_range() {
        let criteria = [criterion("x", 1.0, &[("y", 1.0), ("n", 0.0)]), criterion("z", 1.1, &[("y", 1.0), ("n", 0.0)])];
        let systems = [facts("a", &[("x", "y"), ("z", "n")]), facts("b", &[("x", "n"), ("z", "y")])];
        let ranked = rank(&systems, &criteria);
        assert_eq!((ranked[0].system.as_str(), ranked[0].rank_range), ("b", (1, 2)));
        assert_eq!(ranked[1].rank_range, (1, 2));
    }

    #[test]
    fn a_floor_lifts_and_says_so() {
        let systems = [facts("small", &[("same-day-recovery", "yes"), ("confidentiality", "1"), ("users", "fewer")])];
        let ranked = rank(&systems, &usual_criteria());
        assert_eq!(ranked[0].points, Some(0.7));
        assert_eq!(ranked[0].coverage, Coverage { known: 3, all: 7 });
        let part = ranked[0].because.iter().find(|p| p.criterion == "same-day-recovery").unwrap();
        assert_eq!(part.floor, Some(0.7));
        assert!(part.words.en.contains("at least 0.70"), "{}", part.words.en);
    }

    #[test]
    fn unknown_systems_come_last_and_ties_share() {
        let same = [("confidentiality", "2")];
        let systems = [facts("u", &[]), facts("b", &same), facts("a", &same), facts("v", &[("nonsense", "x")])];
        let ranked = rank(&systems, &usual_criteria());
        let got: Vec<_> = ranked.iter().map(|r| (r.system.as_str(), r.rank, r.points.is_some())).collect();
        assert_eq!(got, [("a", 1, true), ("b", 1, true), ("u", 3, false), ("v", 3, false)]);
    }
}
