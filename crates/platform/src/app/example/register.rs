//! Organisations, posts, systems and assets of the example, entered through the register's verbs.

use super::stage::Stage;
use crate::base::actor::Scope;
use crate::base::error::Result;
use crate::register::actions::{NewOrganisation, add_organisation};
use crate::register::store;

/// Enters the register.
pub async fn load(stage: &mut Stage) -> Result<()> {
    let mut work = stage.work().await?;
    for one in &stage.government()?.organisations {
        let new = NewOrganisation {
            code: one.code.clone(),
            parent: one.parent.clone().unwrap_or_default(),
            kind: one.kind.as_str().to_owned(),
            name_ja: one.name.ja.clone(),
            name_en: one.name.en.clone(),
            valid_from: one.valid_from.clone(),
        };
        add_organisation(&mut work, &new).await?;
    }
    let stored = store::organisations(&mut work.tx, &Scope::Everything).await?;
    work.commit().await?;
    stage.organisations = stored.into_iter().map(|one| (one.code.clone(), one)).collect();
    Ok(())
}
