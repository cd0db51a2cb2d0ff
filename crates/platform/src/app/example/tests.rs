//! The example from outside: the same seed gives the same content.

use super::*;

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
    let links = links(&app, &made).await.unwrap();
    for role in ["administrator", "evaluator", "ciso", "advisor", "auditor", "system-manager"] {
        assert!(links.iter().any(|link| link.role == role), "{role}");
    }
    let _ = std::fs::remove_dir_all(dir);
}
