//! The example from outside: the same seed gives the same content.

use engine::homepage::Standing;

use super::*;
use crate::base::db::Tx;

/// When the homepages were looked at last, Unix seconds.
async fn homepages_seen(tx: &mut Tx) -> i64 {
    let pages = crate::measurements::homepages::store::list(tx, &Scope::Everything).await.unwrap();
    pages.iter().filter_map(|one| crate::base::dates::parse_stamp(one.seen_at.as_deref()?)).map(jiff::Timestamp::as_second).max().unwrap()
}

async fn loaded(wish: &Wish) -> (Arc<App>, Loaded, Truth, std::path::PathBuf) {
    let dir = std::env::temp_dir().join(format!("hinomi-example-{}-{}", std::process::id(), wish.seed));
    std::fs::create_dir_all(&dir).unwrap();
    let db = crate::testing::fresh_database(&dir).await;
    let config = Config { data: dir.clone(), ..Config::default() };
    let (loaded, truth) = load(&db, &config, wish, &mut |_| {}).await.unwrap();
    (application(&db, &Clock::System, &Entropy::system(), &config), loaded, truth, dir)
}

#[tokio::test]
async fn a_loaded_example_is_known_and_each_role_gets_a_link() {
    let wish = Wish::small(11);
    let (app, made, truth, dir) = loaded(&wish).await;
    assert_eq!(super::loaded(&app.db).await.unwrap().unwrap().wish, wish);
    assert_eq!(truth.over_claimers.len(), 1);
    let mut tx = app.db.read().await.unwrap();
    let at = jiff::Timestamp::from_second(homepages_seen(&mut tx).await).unwrap();
    let pages = crate::measurements::homepages::api::all(&mut tx, &Scope::Everything, at).await.unwrap();
    let standing = |wanted: Standing| pages.iter().filter(|one| one.homepage.standing == wanted).count();
    assert_eq!(standing(Standing::Changed), 1, "{pages:#?}");
    assert!(standing(Standing::Up) >= 2 && pages.iter().any(|one| one.looks.down > 0 && one.homepage.standing == Standing::Up), "{pages:#?}");
    drop(tx);
    let links = links(&app, &made).await.unwrap();
    for role in ["administrator", "evaluator", "ciso", "advisor", "auditor", "system-manager"] {
        assert!(links.iter().any(|link| link.role == role), "{role}");
    }
    // One algorithm was broken; it hits one system, whose organisation is asked to mend it.
    let mut tx = app.db.read().await.unwrap();
    let broken = crate::cryptography::store::compromises(&mut tx).await.unwrap();
    let hits = crate::cryptography::store::hits(&mut tx, &Scope::Everything, &broken[0].id).await.unwrap();
    let mut asked = crate::improvements::store::recommendations(&mut tx, &Scope::Everything, "").await.unwrap();
    asked.retain(|one| one.origin == "compromise");
    assert_eq!((broken.len(), hits.len(), asked.len()), (1, 1, 1));
    let _ = std::fs::remove_dir_all(dir);
}

#[test]
fn whoever_looks_around_finds_this_years_cycle_open_and_everything_else_in_the_past() {
    for (today, year) in [("2026-11-27", 2026), ("2027-03-31", 2026), ("2027-04-01", 2026), ("2027-05-30", 2026), ("2027-05-31", 2027)] {
        let today: Date = today.parse().unwrap();
        let wish = Wish::small(11).seen_on(today).unwrap();
        assert_eq!(wish.plan.first_fiscal_year + wish.plan.cycles as i32, year, "{today}");
        let window = Window::around(today).unwrap();
        let day = today.to_string();
        assert!(window.opens < day && day < window.closes, "{window:?}");
        // What happens last before it: the edition that the open cycle asks about is taken in, and later-year posts are given up.
        assert!(Calendar(year).standard() < window.announced, "{window:?}");
        assert!(Calendar(year - 2).recommended() < window.announced, "{window:?}");
    }
}
