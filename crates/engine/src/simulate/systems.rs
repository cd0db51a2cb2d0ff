//! The system ledger and the counts of machines.

use super::{
    dice::{self, chance, pick},
    model::{Asset, Domain, Organisation, Person, Stage, System, Text},
    names::CONTRACTORS,
    organisations::weight,
    plan::Plan,
};
use crate::facts::{AppliesTo, Role};
use rand::{RngExt, seq::SliceRandom};

/// A kind of system every organisation may have: name, purpose, information, confidentiality, integrity, availability,
/// public-facing, needed on the day of a disaster.
struct Sort {
    name: (&'static str, &'static str),
    purpose: (&'static str, &'static str),
    information: (&'static str, &'static str),
    classes: (u8, u8, u8),
    public: bool,
    same_day: bool,
}

macro_rules! sorts {
    ($($name:literal $en:literal | $purpose:literal $pen:literal | $info:literal $ien:literal | $c:literal $i:literal $a:literal $public:literal $day:literal)+) => {
        [$(Sort { name: ($name, $en), purpose: ($purpose, $pen), information: ($info, $ien), classes: ($c, $i, $a), public: $public, same_day: $day }),+]
    };
}

#[rustfmt::skip]
const SORTS: [Sort; 22] = sorts! {
    "公開ウェブサイト" "public website" | "施策と報道資料を公開する" "publishes policies and press releases" | "公開情報" "public information" | 1 2 2 true true
    "電子メール基盤" "mail service" | "職員の電子メールを送受信する" "sends and receives the staff's mail" | "業務連絡、添付文書" "business correspondence and attachments" | 2 2 2 true true
    "文書管理システム" "document management system" | "行政文書を登録し保存する" "registers and keeps official documents" | "行政文書" "official documents" | 2 2 1 false false
    "人事給与システム" "personnel and payroll system" | "職員の人事と給与を管理する" "manages staff records and pay" | "職員の個人情報" "personal data of the staff" | 3 2 1 false false
    "会計システム" "accounting system" | "予算の執行と支払を処理する" "executes the budget and pays" | "予算、支払先口座" "budget and payees' accounts" | 2 2 1 false false
    "職員認証基盤" "staff sign-in service" | "職員の本人確認と権限を管理する" "identifies staff and keeps their rights" | "認証情報" "credentials" | 3 2 2 false true
    "申請受付システム" "online application service" | "住民や事業者の申請を受け付ける" "receives applications from residents and businesses" | "申請者の個人情報" "personal data of applicants" | 3 2 2 true false
    "端末管理システム" "terminal management system" | "職員端末の設定と更新を配る" "distributes settings and updates to terminals" | "端末の構成情報" "configuration of terminals" | 2 2 1 false false
    "ファイル共有システム" "file sharing system" | "部署ごとの電子ファイルを共有する" "shares files within sections" | "業務ファイル" "business files" | 2 1 1 false false
    "統計調査システム" "survey system" | "統計調査の票を集め集計する" "collects and tabulates survey forms" | "調査票情報" "survey responses" | 3 2 1 true false
    "入札情報システム" "tender information system" | "調達の公告と応札を扱う" "handles tenders and bids" | "応札価格" "bid prices" | 3 2 1 true false
    "電話交換・内線システム" "telephone exchange" | "庁内外の通話をつなぐ" "connects calls" | "通話記録" "call records" | 2 1 2 false true
    "庁内ポータル" "staff portal" | "職員に通知と予定を知らせる" "shows notices and calendars to staff" | "庁内通知" "internal notices" | 1 1 1 false false
    "災害情報共有システム" "disaster information system" | "災害時の状況を関係機関と共有する" "shares the situation in a disaster" | "被害情報" "damage reports" | 2 2 2 true true
    "許認可台帳システム" "permits register" | "許認可の台帳を管理する" "keeps the register of permits" | "許認可情報" "permits" | 2 2 1 false false
    "相談受付システム" "enquiry service" | "相談の内容と経過を記録する" "records enquiries and their course" | "相談者の個人情報" "personal data of enquirers" | 3 1 1 true false
    "研修システム" "training system" | "職員の研修と受講を管理する" "manages staff training" | "受講記録" "attendance records" | 1 1 1 false false
    "ログ分析基盤" "log analysis service" | "機器の記録を集め異常を調べる" "collects logs and looks for anomalies" | "通信記録" "communication records" | 3 2 1 false false
    "テレワーク接続基盤" "remote access service" | "庁外からの接続を中継する" "relays connections from outside" | "接続記録" "connection records" | 2 2 2 true true
    "地図情報システム" "map information system" | "所管施設の位置を管理する" "keeps the positions of facilities" | "施設情報" "facility data" | 2 1 1 false false
    "図面管理システム" "drawings archive" | "施設の図面を保存する" "keeps drawings of facilities" | "施設図面" "drawings" | 3 2 1 false false
    "予約受付システム" "booking service" | "窓口の予約を受け付ける" "takes bookings for the counter" | "予約者の連絡先" "contact data of visitors" | 2 1 1 true false
};

/// Draws the ledgers, in all at least [`Plan::systems`]; large organisations have more.
pub(super) fn draw(seed: u64, plan: &Plan, organisations: &[Organisation], people: &[Person]) -> Vec<System> {
    let taking_part: Vec<&Organisation> = organisations.iter().filter(|o| o.takes_part).collect();
    // A small organisation needs a website and mail too: everyone starts with the same two parts.
    let total: u32 = taking_part.iter().map(|o| weight(&o.code) + 2).sum::<u32>().max(1);
    let mut systems = Vec::new();
    for (position, organisation) in taking_part.iter().enumerate() {
        let mut rng = dice::stream(seed, "systems", &[position as u64]);
        let parts = weight(&organisation.code) as usize + 2;
        let count = (plan.systems * parts).div_ceil(total as usize).max(2);
        let managers: Vec<&Person> = people.iter().filter(|p| p.organisation == organisation.code && p.role == Role::SystemManager).collect();
        let staff = people.iter().filter(|p| p.organisation == organisation.code).count() as u32;
        // The website and mail come first in every ledger; the rest is a shuffle, repeated for branches when it runs out.
        let (first, rest) = SORTS.split_at(2);
        let mut rest: Vec<&Sort> = rest.iter().collect();
        rest.shuffle(&mut rng);
        let wanted = first.iter().chain(rest.iter().copied().cycle()).take(count);
        for (number, sort) in wanted.enumerate() {
            let round = number.saturating_sub(2) / rest.len().max(1);
            let (suffix_ja, suffix_en) =
                if round == 0 { (String::new(), String::new()) } else { (format!("（第{}系）", round + 1), format!(" (unit {})", round + 1)) };
            let (confidentiality, integrity, availability) = sort.classes;
            let stage = match rng.random_range(0..100) {
                0..4 => Stage::Planning,
                4..8 => Stage::Procurement,
                8..13 => Stage::Construction,
                13..97 => Stage::Operation,
                _ => Stage::Disposal,
            };
            let handling_limit = match confidentiality {
                3 => pick(&mut rng, &[("複製禁止・要暗号化", "no copies, encrypt"), ("関係者限り", "for those concerned only")]),
                2 => pick(&mut rng, &[("庁内限り", "inside the organisation only"), ("転送時は許可", "forward by permission"), ("", "")]),
                _ => ("", ""),
            };
            let users = if sort.public { rng.random_range(500..200_000) } else { (staff * rng.random_range(2..=10) / 10).max(3) };
            let (contractor, ..) = pick(&mut rng, &CONTRACTORS);
            systems.push(System {
                code: format!("{}-s{:02}", organisation.code, number + 1),
                organisation: organisation.code.clone(),
                name: Text::new(
                    format!("{}{}{suffix_ja}", organisation.name.ja, sort.name.0),
                    format!("{}: {}{suffix_en}", organisation.name.en, sort.name.1),
                ),
                purpose: Text::new(sort.purpose.0, sort.purpose.1),
                information: Text::new(sort.information.0, sort.information.1),
                confidentiality,
                integrity,
                availability,
                handling_limit: Text::new(handling_limit.0, handling_limit.1),
                users,
                outsourced_to: chance(&mut rng, 0.55).then(|| contractor.to_owned()),
                stage,
                renewal: format!("{:04}-{:02}-01", plan.first_fiscal_year + rng.random_range(1..=6), rng.random_range(1..=12)),
                public_facing: sort.public,
                same_day_recovery: sort.same_day,
                manager: managers.get(number % managers.len().max(1)).map(|p| p.code.clone()),
            });
        }
    }
    systems
}

/// Draws the counts of terminals (by place), web servers and mail servers.
pub(super) fn assets(seed: u64, organisations: &[Organisation], people: &[Person], domains: &[Domain]) -> Vec<Asset> {
    const BRANCHES: [(&str, &str); 4] =
        [("東部事務所", "eastern office"), ("西部事務所", "western office"), ("北部事務所", "northern office"), ("研修所", "training centre")];
    let mut assets = Vec::new();
    for (position, organisation) in organisations.iter().filter(|o| o.takes_part).enumerate() {
        let mut rng = dice::stream(seed, "assets", &[position as u64]);
        let staff = people.iter().filter(|p| p.organisation == organisation.code).count() as u32;
        let mut add = |class: AppliesTo, place: (&str, &str), count: u32| {
            assets.push(Asset { organisation: organisation.code.clone(), class, location: Text::new(place.0, place.1), count });
        };
        let terminals = staff * rng.random_range(105..=140) / 100;
        let away = if staff > 60 { terminals * rng.random_range(10..=35) / 100 } else { 0 };
        add(AppliesTo::Terminal, ("本庁舎", "head office"), terminals - away);
        if away > 0 {
            add(AppliesTo::Terminal, pick(&mut rng, &BRANCHES), away);
        }
        let own = domains.iter().filter(|d| d.organisation == organisation.code);
        let (web, mail) = own.fold((0_u32, 0_u32), |(web, mail), d| (web + 1, mail + u32::from(d.mail)));
        add(AppliesTo::WebServer, ("データセンター", "data centre"), web * rng.random_range(1..=4));
        add(AppliesTo::MailServer, ("データセンター", "data centre"), mail * rng.random_range(1..=3));
    }
    assets
}
