//! The standards from outside.

use formats::oscal::ChangeKind;

use crate::standards::change::{Kind, changes};
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

#[tokio::test]
async fn the_second_edition_changes_what_it_says_it_changes() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    let second = actions::ship_baseline(&mut work, 2).await.unwrap();
    let (old, new) = (store::requirements(&mut work.tx, &first).await.unwrap(), store::requirements(&mut work.tx, &second).await.unwrap());
    let ours = changes(&old, &new);
    let catalog = |text: &str| formats::oscal::Catalog::read(text.as_bytes()).unwrap().0;
    let (a, b) = (catalog(include_str!("baseline/edition-1.json")), catalog(include_str!("baseline/edition-2.json")));
    let theirs = formats::oscal::diff(&a, &b);
    let kind = |kind: &ChangeKind| match kind {
        ChangeKind::Added => Kind::Added,
        ChangeKind::Changed { .. } => Kind::Changed,
        ChangeKind::Withdrawn => Kind::Withdrawn,
    };
    assert_eq!(
        ours.iter().map(|one| (one.code.clone(), one.kind)).collect::<Vec<_>>(),
        theirs.iter().map(|one| (one.control_id.clone(), kind(&one.kind))).collect::<Vec<_>>()
    );
    let count = |kind: Kind| ours.iter().filter(|one| one.kind == kind).count();
    assert_eq!((count(Kind::Added), count(Kind::Changed), count(Kind::Withdrawn)), (6, 8, 3));
    for one in &ours {
        assert_eq!(one.fields.is_empty(), one.kind != Kind::Changed);
        assert!(one.fields.iter().all(|field| field.before != field.after), "{one:?}");
    }
    assert!(changes(&new, &new).is_empty());
}
