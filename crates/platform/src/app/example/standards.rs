//! The baseline standard: its first edition for the first cycle, its second from the second cycle on.

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::error::Result;
use crate::standards::{actions, store};

/// Editions of the baseline that this program ships.
const SHIPPED: usize = 2;

/// Takes in an edition on its day and draws the government as it stands under that edition.
pub async fn load(stage: &mut Stage) -> Result<()> {
    let first = stage.wish.plan.first_fiscal_year;
    for cycle in 0..stage.wish.plan.cycles {
        let number = (cycle as usize + 1).min(SHIPPED);
        stage.on(&Calendar(first).standard())?;
        let mut work = stage.work().await?;
        // All editions are taken in at the start, so that organisations exist before the first cycle of any length.
        let edition = actions::ship_baseline(&mut work, number).await?;
        let requirements = store::requirements(&mut work.tx, &edition).await?;
        work.commit().await?;
        stage.draw(edition, &requirements);
    }
    Ok(())
}
