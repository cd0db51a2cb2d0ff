//! The register from outside.

use crate::base::actor::Role;
use crate::register::actions::{NewOrganisation, add_organisation};
use crate::testing::Bench;

fn ministry(code: &str) -> NewOrganisation {
    NewOrganisation {
        code: code.into(),
        parent: "centre".into(),
        kind: "ministry".into(),
        name_ja: "試験省".into(),
        name_en: "Ministry of Tests".into(),
        valid_from: "2026-04-01".into(),
    }
}

#[tokio::test]
async fn a_ciso_sees_only_their_own_organisation() {
    let bench = Bench::new().await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let page = bench.get_as("ciso@example.test", "/register/organisations").await;
    assert!(page.body.contains("甲省") && !page.body.contains("乙省"), "{}", page.body);
    let other = bench.organisation("mob").await;
    assert_eq!(bench.get_as("ciso@example.test", &format!("/register/organisations/{}", other.id)).await.status, 404);
}

#[tokio::test]
async fn adding_twice_names_the_field_and_leaves_one() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    add_organisation(&mut work, &ministry("mot")).await.unwrap();
    work.commit().await.unwrap();
    let mut work = bench.work().await;
    assert_eq!(add_organisation(&mut work, &ministry("mot")).await.unwrap_err().status(), 422);
}

#[tokio::test]
async fn wrong_input_names_each_field_in_both_languages() {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    let sent = [("parent", "centre"), ("kind", "nonsense"), ("code", "大文字"), ("name_ja", ""), ("name_en", "x"), ("valid_from", "tomorrow")];
    let page = bench.post_as("centre@example.test", "/register/organisations/new?lang=en", &sent).await;
    assert_eq!(page.status, 422);
    for words in ["Use only small letters", "Please choose one", "Please fill this in", "Write the date as"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}
