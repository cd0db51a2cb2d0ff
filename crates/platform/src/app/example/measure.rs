//! Measures the example's domains for real: probes ask the testbed as it stands in the cycle, on the cycle's day.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::judge::Profile;
use engine::simulate::Kind;
use jiff::SignedDuration;
use probe::testbed::Page;

use super::calendar::{Calendar, morning};
use super::stage::Stage;
use super::world::Story;
use super::{World, operator};
use crate::base::config::App;
use crate::base::error::{Error, Result};
use crate::base::jobs;
use crate::base::work::Work;
use crate::measurements::actions;
use crate::measurements::homepages::api::{WatchingIn, change};
use crate::measurements::run::{Asked, State};
use crate::measurements::setting::Wanted;

/// An observation of a cycle is good until the next one: the example is not measured daily.
const MAX_AGE_DAYS: i64 = 370;

/// Whoever looks at the example in some years still finds every number's evidence.
const FOR_EVER: i64 = 0;

/// Sets which suffixes each kind of organisation must use.
pub async fn settings(stage: &Stage) -> Result<()> {
    let suffix = |kind: Kind| match kind {
        Kind::Centre | Kind::Ministry | Kind::Agency => Some("go.example"),
        Kind::LocalGovernment | Kind::SectorBody | Kind::Operator => Some("lg.example"),
        Kind::Contractor => None,
    };
    let kinds = [Kind::Centre, Kind::Ministry, Kind::Agency, Kind::LocalGovernment, Kind::SectorBody, Kind::Operator];
    let by_kind: BTreeMap<String, Vec<String>> =
        kinds.into_iter().filter_map(|kind| Some((kind.as_str().to_owned(), vec![suffix(kind)?.to_owned()]))).collect();
    let mut work = stage.work().await?;
    let wanted = Wanted { by_kind, hour: None, max_age_days: MAX_AGE_DAYS, profile: Some(Profile::Recommended), evidence_days: FOR_EVER };
    actions::set(&mut work, wanted).await?;
    work.commit().await
}

/// Measures everything as it stands in the cycle at `index`.
pub async fn load(stage: &Stage, index: usize) -> Result<()> {
    let cycle = stage.cycle(index)?;
    let day = Calendar(cycle.fiscal_year).measured();
    stage.on(&day)?;
    let world = World::start(&cycle.zones, morning(&day)?, stage.wish.seed).await?;
    let app = stage.with_config(|config| config.probe = world.reach());
    let mut work = Work::begin(&app, &operator()).await?;
    let run = actions::run(&mut work, &Asked::default()).await?;
    work.commit().await?;
    jobs::run_due(&app).await?;
    let run = crate::measurements::store::run(&mut app.db.read().await?, &crate::base::actor::Scope::Everything, &run).await?;
    if run.state != State::Done {
        return Err(Error::internal(format!("the measurement of the example ended as {}", run.state.as_str())));
    }
    settle(&app).await
}

/// Minutes between two looks at a homepage.
const EVERY: u32 = 10;

/// Watches the homepages for a day after the cycle at `index` was measured: one is defaced, one is down for some minutes, one has news.
pub async fn homepages(stage: &Stage, index: usize) -> Result<()> {
    let cycle = stage.cycle(index)?;
    let begin = morning(&Calendar(cycle.fiscal_year).measured())?;
    let world = World::start(&cycle.zones, begin, stage.wish.seed).await?;
    let app = stage.with_config(|config| config.probe = world.reach());
    let look = async |minutes: i64| {
        app.clock.set(begin + SignedDuration::from_mins(minutes));
        settle(&app).await
    };
    app.clock.set(begin);
    watch(&app, EVERY).await?;
    // Twice for learning; from then on every ten minutes, and after one where something is odd.
    look(1).await?;
    look(2).await?;
    let Some(story) = Story::of(&cycle.zones) else { return watch(&app, 0).await };
    let day = 24 * 60;
    world.front(&story.defaced, Some(Page::defaced()))?;
    world.front(&story.down, Some(Page::html("").status(503)))?;
    let news = format!("<h1>{}</h1><p>大雨のため、本日の窓口業務は正午までとします。お急ぎの方は電話でご相談ください。</p>", story.news);
    let head = format!("<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{}</title></head><body>", story.news);
    world.front(&story.news, Some(Page::html(&format!("{head}{news}</body></html>"))))?;
    look(day).await?;
    look(day + 1).await?;
    world.front(&story.down, None)?;
    look(day + 12).await?;
    // This world ends here; nobody looks where nothing is.
    watch(&app, 0).await
}

/// Looks every so many minutes from now on; 0: nobody looks.
async fn watch(app: &Arc<App>, minutes: u32) -> Result<()> {
    let mut work = Work::begin(app, &operator()).await?;
    change(&mut work, WatchingIn { minutes: Some(minutes), ..WatchingIn::default() }).await?;
    work.commit().await
}

/// Lets whoever serves the example go on watching its homepages.
pub async fn go_on(stage: &Stage) -> Result<()> {
    watch(&stage.app, EVERY).await
}

/// Lets background work notice what happened, as workers would.
pub async fn settle(app: &Arc<App>) -> Result<()> {
    jobs::plan(app).await?;
    jobs::run_due(app).await.map(drop)
}
