//! The baseline standard: its first edition for the first cycle, its second from the second cycle on; and what organisations make of it.

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::actor::{OrganisationId, Role};
use crate::base::error::Result;
use crate::standards::actions::{self, NewOwnRequirement};
use crate::standards::{change, store};

/// Editions of the baseline that this program ships.
const SHIPPED: usize = 2;

/// Takes in the edition of the cycle at `index` on its day, and draws the government as that edition asks it.
pub async fn load(stage: &mut Stage, index: usize) -> Result<()> {
    stage.on(&Calendar(stage.wish.plan.first_fiscal_year + index as i32).standard())?;
    let mut work = stage.work().await?;
    let edition = actions::ship_baseline(&mut work, (index + 1).min(SHIPPED)).await?;
    let requirements = store::requirements(&mut work.tx, &edition).await?;
    work.commit().await?;
    stage.draw(edition, &requirements);
    Ok(())
}

/// Lets every organisation's standard stand on the first edition; the first few ask something of themselves besides.
pub async fn adopt(stage: &Stage) -> Result<()> {
    let Some(edition) = stage.editions.first() else { return Ok(()) };
    let mut work = stage.work().await?;
    actions::adopt_all(&mut work, edition).await?;
    work.commit().await?;
    for code in stage.below(4)? {
        let organisation: OrganisationId = stage.organisation(&code)?.id.clone();
        let mut work = stage.work_as(Role::Ciso, &code).await?;
        let own = NewOwnRequirement {
            code: "own-1".to_owned(),
            title_ja: "窓口端末の画面を覆う".to_owned(),
            title_en: "Shield the screens at the counters".to_owned(),
            statement_ja: "来庁者から見える端末には、のぞき見を防ぐ覆いを付けること。".to_owned(),
            statement_en: "Fit privacy filters to terminals that visitors can see.".to_owned(),
            applies_to: "terminal".to_owned(),
            role: "section-head".to_owned(),
        };
        actions::add_own_requirement(&mut work, &organisation, &own).await?;
        let words = "情報セキュリティ対策基準（例）\n\n第1条　この基準は、統一基準に加えて守る事項を定める。\n";
        actions::add_document(&mut work, &organisation, "情報セキュリティ対策基準", "1.0", "taisaku-kijun.txt", words.as_bytes()).await?;
        work.commit().await?;
    }
    Ok(())
}

/// Lets two organisations leave something out, with the reason: their people are not asked, and auditors look all the same.
pub async fn leave_out(stage: &Stage) -> Result<()> {
    let some = stage.below(5)?;
    for (place, code, reason) in [
        (1, "hw-07", "私物の端末を業務に使うことを禁じており、許可の対象がないため。"),
        (4, "sw-22", "生成AIを業務に使うことを、すべての職員に禁じているため。"),
    ] {
        let Some(organisation) = some.get(place) else { continue };
        let id: OrganisationId = stage.organisation(organisation)?.id.clone();
        let mut work = stage.work_as(Role::Ciso, organisation).await?;
        actions::exclude(&mut work, &id, code, reason).await?;
        work.commit().await?;
    }
    Ok(())
}

/// After a new edition: half of the organisations follow every change, a quarter some, the others none yet.
pub async fn follow(stage: &Stage, index: usize) -> Result<()> {
    let (Some(before), Some(after)) = (index.checked_sub(1).and_then(|at| stage.editions.get(at)), stage.editions.get(index)) else { return Ok(()) };
    if before == after {
        return Ok(());
    }
    let mut work = stage.work().await?;
    let (old, new) = (store::requirements(&mut work.tx, before).await?, store::requirements(&mut work.tx, after).await?);
    drop(work);
    let codes: Vec<String> = change::changes(&old, &new).into_iter().map(|one| one.code).collect();
    for (number, code) in stage.below(usize::MAX)?.iter().enumerate() {
        let followed = match number % 4 {
            0 | 1 => codes.len(),
            2 => codes.len() / 2,
            _ => continue,
        };
        let organisation: OrganisationId = stage.organisation(code)?.id.clone();
        let mut work = stage.work_as(Role::Ciso, code).await?;
        actions::confirm(&mut work, &organisation, codes.get(..followed).unwrap_or_default(), "").await?;
        work.commit().await?;
    }
    Ok(())
}
