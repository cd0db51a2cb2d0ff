//! The register as a workbook: four sheets, headers in Japanese or English, read and written. Pure.
//!
//! What [`write`] writes, [`read`] and the [`plan`](super::plan) find unchanged. A column that a file does not have leaves
//! what is there as it is; an empty cell empties it.

mod read;
mod write;

use formats::sheets::Column;

use super::asset::{Asset, NewAsset};
use super::organisation::{NewOrganisation, Organisation, OrganisationLine};
use super::plan::{Known, Noun};
use super::post::{NewPost, Post, PostKind};
use super::system::{NewSystem, Stage, System, SystemId};
use crate::base::actor::OrganisationId;
use crate::base::lang::{Lang, texts};

pub use read::{Lines, problem, read};
pub use write::sheets;

/// The columns of a noun's sheet.
pub fn columns(noun: Noun) -> &'static [Column] {
    const ORGANISATIONS: &[Column] = &[
        Column::required("code", "コード", "Code"),
        Column::optional("parent", "上位の組織コード", "Parent code"),
        Column::required("kind", "種別", "Kind"),
        Column::required("name_ja", "名称（日本語）", "Name (Japanese)"),
        Column::optional("name_en", "名称（英語）", "Name (English)"),
        Column::required("valid_from", "開始日", "First day"),
        Column::optional("valid_to", "終了日", "Last day"),
        Column::optional("successor", "承継先コード", "Successor code"),
    ];
    const POSTS: &[Column] = &[
        Column::required("organisation", "組織コード", "Organisation code"),
        Column::required("post", "役職", "Post"),
        Column::optional("position", "番号", "Number"),
        Column::optional("name", "氏名", "Name of holder"),
        Column::optional("title", "職名", "Title"),
        Column::optional("email", "メールアドレス", "E-mail address"),
        Column::optional("expert", "専門家", "Expert"),
        Column::optional("concurrent", "併任", "Concurrent post"),
        Column::optional("valid_from", "開始日", "First day"),
    ];
    const SYSTEMS: &[Column] = &[
        Column::required("organisation", "組織コード", "Organisation code"),
        Column::required("code", "システムコード", "System code"),
        Column::required("name_ja", "名称（日本語）", "Name (Japanese)"),
        Column::optional("name_en", "名称（英語）", "Name (English)"),
        Column::optional("purpose", "目的", "Purpose"),
        Column::optional("information", "取り扱う情報", "Information handled"),
        Column::required("confidentiality", "機密性", "Confidentiality"),
        Column::required("integrity", "完全性", "Integrity"),
        Column::required("availability", "可用性", "Availability"),
        Column::optional("handling_limit", "取扱制限", "Handling limit"),
        Column::optional("users", "利用者数", "Users"),
        Column::optional("outsourced_to", "委託先", "Outsourced to"),
        Column::optional("stage", "段階", "Stage"),
        Column::optional("renewal_date", "更改予定日", "Renewal date"),
        Column::optional("public_facing", "公開", "Public-facing"),
        Column::optional("same_day_recovery", "当日復旧", "Same-day recovery"),
        Column::optional("retired_on", "廃止日", "Retired on"),
    ];
    const ASSETS: &[Column] = &[
        Column::required("organisation", "組織コード", "Organisation code"),
        Column::required("asset_kind", "資産の種類", "Asset kind"),
        Column::required("name", "資産の名称", "Asset name"),
        Column::optional("count", "数", "Count"),
        Column::optional("system", "システムコード", "System code"),
        Column::optional("location", "所在地", "Location"),
    ];
    match noun {
        Noun::Organisation => ORGANISATIONS,
        Noun::Post => POSTS,
        Noun::System => SYSTEMS,
        Noun::Asset => ASSETS,
    }
}

/// The name of a noun's sheet.
pub fn sheet_name(noun: Noun, lang: Lang) -> &'static str {
    match noun {
        Noun::Organisation => lang.pick("組織", "Organisations"),
        Noun::Post => lang.pick("体制", "Posts"),
        Noun::System => lang.pick("情報システム", "Systems"),
        Noun::Asset => lang.pick("資産", "Assets"),
    }
}

/// A value and the words for it: the code, Japanese, English.
#[derive(Clone, Debug)]
pub(super) struct Word<T> {
    value: T,
    code: String,
    ja: String,
    en: String,
}

impl<T> Word<T> {
    fn of_key(value: T, code: &str, key: &str) -> Self {
        Self { value, code: code.to_owned(), ja: texts().get(Lang::Ja, key), en: texts().get(Lang::En, key) }
    }

    fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.ja, &self.en)
    }
}

/// All words a workbook chooses from.
pub(super) struct Words {
    kinds: Vec<Word<String>>,
    posts: Vec<Word<PostKind>>,
    stages: Vec<Word<Stage>>,
    assets: Vec<Word<String>>,
    answers: Vec<Word<bool>>,
}

impl Words {
    fn new(known: &Known) -> Self {
        let kinds = known.kinds.iter().map(|kind| Word {
            value: kind.code.clone(),
            code: kind.code.clone(),
            ja: kind.name_ja.clone(),
            en: kind.name_en.clone(),
        });
        Self {
            kinds: kinds.collect(),
            posts: PostKind::ALL.iter().map(|kind| Word::of_key(*kind, kind.as_str(), &format!("register-post-{}", kind.as_str()))).collect(),
            stages: Stage::ALL.iter().map(|stage| Word::of_key(*stage, stage.as_str(), &format!("register-stage-{}", stage.as_str()))).collect(),
            assets: super::asset::KINDS.iter().map(|kind| Word::of_key((*kind).to_owned(), kind, &format!("register-asset-{kind}"))).collect(),
            answers: vec![Word::of_key(true, "1", "register-yes"), Word::of_key(false, "0", "register-no")],
        }
    }
}

fn code_of(known: &Known, id: Option<&OrganisationId>) -> String {
    id.and_then(|id| known.codes.get(id)).cloned().unwrap_or_default()
}

/// The line that says what `one` is.
pub fn organisation_line(known: &Known, one: &Organisation) -> OrganisationLine {
    OrganisationLine {
        new: NewOrganisation {
            code: one.code.clone(),
            parent: code_of(known, one.parent_id.as_ref()),
            kind: one.kind.clone(),
            name_ja: one.name_ja.clone(),
            name_en: one.name_en.clone(),
            valid_from: one.valid_from.clone(),
        },
        valid_to: one.valid_to.clone().unwrap_or_default(),
        successor: code_of(known, one.successor_id.as_ref()),
    }
}

/// The line that says what `one` is.
pub fn post_line(known: &Known, one: &Post) -> NewPost {
    NewPost {
        organisation: code_of(known, Some(&one.organisation_id)),
        post: one.post,
        position: one.position,
        name: one.name.clone(),
        title: one.title.clone(),
        email: one.email.clone(),
        expert: one.expert,
        concurrent: one.concurrent,
        valid_from: one.valid_from.clone(),
    }
}

/// The line that says what `one` is.
pub fn system_line(known: &Known, one: &System) -> NewSystem {
    NewSystem {
        organisation: code_of(known, Some(&one.organisation_id)),
        code: one.code.clone(),
        name_ja: one.name_ja.clone(),
        name_en: one.name_en.clone(),
        purpose: one.purpose.clone(),
        information: one.information.clone(),
        confidentiality: one.confidentiality,
        integrity: one.integrity,
        availability: one.availability,
        handling_limit: one.handling_limit.clone(),
        users: one.users,
        outsourced_to: one.outsourced_to.clone(),
        stage: one.stage,
        renewal_date: one.renewal_date.clone().unwrap_or_default(),
        public_facing: one.public_facing,
        same_day_recovery: one.same_day_recovery,
        retired_on: one.retired_on.clone().unwrap_or_default(),
    }
}

/// The line that says what `one` is; `systems` gives codes by id.
pub fn asset_line(known: &Known, systems: &std::collections::BTreeMap<SystemId, String>, one: &Asset) -> NewAsset {
    NewAsset {
        organisation: code_of(known, Some(&one.organisation_id)),
        system: one.system_id.as_ref().and_then(|id| systems.get(id)).cloned().unwrap_or_default(),
        kind: one.kind.clone(),
        name: one.name.clone(),
        count: one.count,
        location: one.location.clone(),
    }
}

/// The codes of known systems by id.
pub fn system_codes(known: &Known) -> std::collections::BTreeMap<SystemId, String> {
    known.systems.values().map(|system| (system.id.clone(), system.code.clone())).collect()
}
