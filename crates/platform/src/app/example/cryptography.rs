//! What systems of the example declare of their cryptography, the plan they are held against, and one algorithm that was broken.

use jiff::ToSpan;

use super::stage::Stage;
use crate::base::actor::Role;
use crate::base::dates::date;
use crate::base::error::{Error, Result};
use crate::cryptography::actions;
use crate::cryptography::compromise::NewCompromise;
use crate::cryptography::declaration::NewDeclaration;
use crate::cryptography::rule::NewRule;

/// The one system that still keeps something with a hash that was broken long ago.
const BEHIND: usize = 7;

/// Enters the plan, and what most systems declare. One of six declares nothing.
pub async fn load(stage: &Stage) -> Result<()> {
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    for rule in plan(stage.wish.plan.first_fiscal_year) {
        actions::set_rule(&mut work, &rule).await?;
    }
    work.commit().await?;
    let year = stage.wish.plan.first_fiscal_year;
    let uses: Vec<NewDeclaration> = stage.systems.keys().enumerate().flat_map(|(at, code)| declared(at, code, year)).collect();
    let mut work = stage.work().await?;
    actions::declare(&mut work, &uses).await?;
    work.commit().await
}

fn plan(year: i32) -> Vec<NewRule> {
    let rule = |algorithm: &str, purpose: &str, successor: &str, from: String, by: String, note: &str| NewRule {
        algorithm: algorithm.to_owned(),
        purpose: purpose.to_owned(),
        successor: successor.to_owned(),
        no_new_from: from,
        gone_by: by,
        note: note.to_owned(),
    };
    let (first, last) = (|years: i32| format!("{:04}-04-01", year + years), |years: i32| format!("{:04}-03-31", year + years));
    vec![
        rule("sha-1", "", "sha-256", first(-3), last(5), "新しく作る情報システムは、はじめから移行先を使う。"),
        rule("sha-1", "timestamp", "sha-256", first(-8), last(1), "長期に検証するものから先に移行する。"),
        rule("rsa-1024", "", "rsa-3072", first(-8), last(1), ""),
        rule("rsa-2048", "", "ecdsa-p256", first(6), last(13), ""),
        rule("3des", "", "aes-256-gcm", first(-3), last(2), ""),
        rule("tls-1.0", "", "tls-1.3", first(-3), last(1), ""),
        rule("tls-1.1", "", "tls-1.3", first(-3), last(1), ""),
    ]
}

fn declared(at: usize, code: &str, year: i32) -> Vec<NewDeclaration> {
    let new = |purpose: &str, algorithm: &str, exchangeable: &str, gone_on: String| NewDeclaration {
        system: code.to_owned(),
        purpose: purpose.to_owned(),
        algorithm: algorithm.to_owned(),
        exchangeable: exchangeable.to_owned(),
        gone_on,
        note: String::new(),
    };
    let last = |years: i32| format!("{:04}-03-31", year + years);
    let open = String::new;
    match at {
        BEHIND => vec![new("storage", "md5", "yes", open()), new("storage", "aes-256-gcm", "yes", open())],
        _ => match at % 6 {
            0 => Vec::new(),
            1 => vec![new("storage", "aes-256-gcm", "yes", open())],
            2 => vec![new("long-signature", "sha-256", "no", open()), new("long-signature", "rsa-2048", "no", open())],
            3 => vec![new("long-signature", "sha-1", "no", last(6)), new("long-signature", "rsa-1024", "no", last(6))],
            4 => vec![new("timestamp", "sha-1", "yes", open()), new("storage", "3des", "", last(4))],
            _ => vec![new("authentication", "sha-1", "", last(0)), new("authentication", "sha-256", "yes", open())],
        },
    }
}

/// Records a hash that was broken long ago, which hits the one system that is behind.
pub async fn break_one(stage: &Stage) -> Result<()> {
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    let due = date(work.now).checked_add(6.months()).map_err(Error::internal)?;
    let new = NewCompromise {
        algorithm: "md5".to_owned(),
        known_on: "2008-12-30".to_owned(),
        severity: "notice".to_owned(),
        words_ja: "同じハッシュ値を持つ証明書が実際に作られました。まだ使っている情報システムは移行してください。".to_owned(),
        words_en: "Certificates with the same hash value were made in practice. Systems that still use it must move on.".to_owned(),
        due_on: due.to_string(),
    };
    actions::record(&mut work, &new).await?;
    work.commit().await
}
