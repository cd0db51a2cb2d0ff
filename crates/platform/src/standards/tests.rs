//! The standards from outside.

use crate::standards::{actions, store};
use crate::testing::Bench;

#[tokio::test]
async fn the_baseline_ships_once_with_all_it_asks() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    let second = actions::ship_baseline(&mut work, 2).await.unwrap();
    assert_eq!(actions::ship_baseline(&mut work, 1).await.unwrap(), first);
    work.commit().await.unwrap();
    let mut tx = bench.app.db.read().await.unwrap();
    let editions = store::editions(&mut tx).await.unwrap();
    assert_eq!(editions.iter().map(|edition| edition.spelled()).collect::<Vec<_>>(), ["baseline@1", "baseline@2"]);
    for (id, count) in [(&first, 116), (&second, 119)] {
        let all = store::requirements(&mut tx, id).await.unwrap();
        assert_eq!(all.len(), count);
        assert_eq!(store::edition(&mut tx, id).await.unwrap().requirements, count as i64);
        for one in &all {
            for text in [&one.title_ja, &one.title_en, &one.statement_ja, &one.statement_en, &one.question_ja, &one.question_en, &one.guidance_ja, &one.guidance_en, &one.source, &one.block_ja, &one.theme_en] {
                assert!(!text.is_empty(), "{}", one.code);
            }
            assert!(!one.roles.is_empty() && one.theme.starts_with(&one.block));
        }
        assert_eq!(store::requirement(&mut tx, &all[5].id).await.unwrap(), all[5]);
        assert_eq!(all.iter().flat_map(|one| &one.checks).count(), 7);
    }
}
