//! The registered definitions: each number's meaning in words; a number that is not here is not shown anywhere.

use super::reported::*;
use super::{Definition, Unit};

/// 把握率: reach rate.
pub static REACH_RATE: Definition = Definition {
    id: "reach-rate",
    version: 1,
    name_ja: "把握率",
    name_en: "reach rate",
    formula_ja: "回答した人数 ÷ 回答を求めた人数。対策を実施したかどうかは問いません。",
    formula_en: "People who answered divided by people who were asked. Says nothing about whether they did what is required.",
    numerator_ja: "回答した人",
    numerator_en: "people who answered",
    denominator_ja: "回答を求めた人",
    denominator_en: "people who were asked",
    coverage_ja: "回答を求めた人のうち、名簿で確認できた人",
    coverage_en: "people asked who are on the frozen list",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 実施率: implementation rate.
pub static IMPLEMENTATION_RATE: Definition = Definition {
    id: "implementation-rate",
    version: 1,
    name_ja: "実施率",
    name_en: "implementation rate",
    formula_ja: "「実施」の回答数 ÷ 該当する回答数（実施＋一部実施＋未実施）。数えるのは対策（回答）であり、人ではありません。99.0 ％のように高く出やすい数字です。",
    formula_en: "Answers \"implemented\" divided by applicable answers (implemented + partly + not). Counts measures (answers), not people: the kind of number that reads 99.0 %.",
    numerator_ja: "「実施」の回答",
    numerator_en: "answers \"implemented\"",
    denominator_ja: "該当する回答（「該当なし」を除く）",
    denominator_en: "applicable answers (\"not applicable\" left out)",
    coverage_ja: "求めた回答のうち、得られた回答",
    coverage_en: "answers received of answers asked for",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 到達率: attainment rate.
pub static ATTAINMENT_RATE: Definition = Definition {
    id: "attainment-rate",
    version: 1,
    name_ja: "到達率",
    name_en: "attainment rate",
    formula_ja: "求められた対策をすべて実施した人数 ÷ 回答した人数。一つでも未実施があれば到達に数えません。実施率が対策を数えるのに対し、到達率は人を数えるため、同じ回答からでも値は異なり、比べることはできません。",
    formula_en: "People who implemented everything asked of them divided by people who answered. One thing left undone and the person is not counted. The implementation rate counts measures, this one counts people: from the same answers they differ, and they must not be compared with each other.",
    numerator_ja: "求められた対策をすべて実施した人",
    numerator_en: "people who implemented everything asked of them",
    denominator_ja: "回答した人",
    denominator_en: "people who answered",
    coverage_ja: "回答を求めた人のうち、回答した人",
    coverage_en: "people who answered of people asked",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 重点検査の実施率: priority inspection rate.
pub static PRIORITY_INSPECTION_RATE: Definition = Definition {
    id: "priority-inspection-rate",
    version: 1,
    name_ja: "重点検査の実施率",
    name_en: "priority inspection rate",
    formula_ja: "対策を終えた台数 ÷ 保有台数。",
    formula_en: "Units done divided by units held.",
    numerator_ja: "対策を終えた台数",
    numerator_en: "units done",
    denominator_ja: "保有台数",
    denominator_en: "units held",
    coverage_ja: "保有台数のうち、状況を確認できた台数",
    coverage_en: "units whose state is known, of units held",
    unit: Unit::Percent,
    small_group_guard: false,
    estimate: false,
};

/// 過大申告率: over-claim rate.
pub static OVER_CLAIM_RATE: Definition = Definition {
    id: "over-claim-rate",
    version: 1,
    name_ja: "過大申告率",
    name_en: "over-claim rate",
    formula_ja: "「実施」と申告し、監査または実測で満たしていないとされた件数 ÷ 「実施」と申告し、監査または実測で確かめた件数。",
    formula_en: "Claims \"implemented\" contradicted by audit or measurement, divided by claims \"implemented\" that were checked by audit or measurement.",
    numerator_ja: "監査または実測と食い違った「実施」の申告",
    numerator_en: "contradicted claims \"implemented\"",
    denominator_ja: "監査または実測で確かめた「実施」の申告",
    denominator_en: "checked claims \"implemented\"",
    coverage_ja: "「実施」の申告のうち、確かめたもの",
    coverage_en: "checked claims of all claims \"implemented\"",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: true,
};

/// 未申告率: unadmitted rate.
pub static UNADMITTED_RATE: Definition = Definition {
    id: "unadmitted-rate",
    version: 1,
    name_ja: "未申告率",
    name_en: "unadmitted rate",
    formula_ja: "監査または実測で満たしていないとされた件数のうち、「実施」と申告していた件数の割合。対策の進み具合によらず、不備を正直に申告しているかどうかを表します。",
    formula_en: "Of what audit or measurement found not met, the share that was claimed as implemented. Says whether gaps are admitted, whatever their number.",
    numerator_ja: "「実施」と申告していた不備",
    numerator_en: "gaps claimed as implemented",
    denominator_ja: "申告があり、満たしていないとされた件数",
    denominator_en: "found not met, with an applicable claim",
    coverage_ja: "満たしていないとされたもののうち、該当する申告があったもの",
    coverage_en: "gaps with an applicable claim of all gaps found",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: true,
};

/// 申告上の実施率: claimed rate.
pub static CLAIMED_RATE: Definition = Definition {
    id: "claimed-rate",
    version: 1,
    name_ja: "申告上の実施率",
    name_en: "claimed rate",
    formula_ja: "組織として「実施」と申告した件数 ÷ 該当する申告の件数。",
    formula_en: "Requirements the organisation claims as implemented divided by its applicable claims.",
    numerator_ja: "「実施」の申告",
    numerator_en: "claims \"implemented\"",
    denominator_ja: "該当する申告（「該当なし」を除く）",
    denominator_en: "applicable claims (\"not applicable\" left out)",
    coverage_ja: "対象となる遵守事項のうち、申告があったもの",
    coverage_en: "claims made of claims due",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 実測適合率: measured met rate.
pub static MEASURED_MET_RATE: Definition = Definition {
    id: "measured-met-rate",
    version: 1,
    name_ja: "実測適合率",
    name_en: "measured met rate",
    formula_ja: "実測で満たしていた件数 ÷ 実測できた件数。測定できなかったもの、古くなったものは分母から外し、網羅率に示します。",
    formula_en: "Measured as met divided by measured as met or not met. What could not be measured, or is stale, leaves the denominator and shows in the coverage.",
    numerator_ja: "実測で満たしていた件数",
    numerator_en: "measured as met",
    denominator_ja: "実測で判定できた件数",
    denominator_en: "measured as met or not met",
    coverage_ja: "実測の対象のうち、判定できたもの",
    coverage_en: "decided of everything that was to be measured",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 監査適合率: audited met rate.
pub static AUDITED_MET_RATE: Definition = Definition {
    id: "audited-met-rate",
    version: 1,
    name_ja: "監査適合率",
    name_en: "audited met rate",
    formula_ja: "監査で満たしていると判定された件数 ÷ 監査した件数。抽出して調べるため、幅を添えます。",
    formula_en: "Audited as met divided by audited. An audit takes a sample, so an interval belongs to it.",
    numerator_ja: "監査で満たしていると判定された件数",
    numerator_en: "audited as met",
    denominator_ja: "監査した件数",
    denominator_en: "audited",
    coverage_ja: "申告のうち、監査したもの",
    coverage_en: "audited of all claims",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: true,
};

/// 一致度（コーエンのκ）: agreement (Cohen's κ).
pub static COHEN_KAPPA: Definition = Definition {
    id: "cohen-kappa",
    version: 1,
    name_ja: "一致度（コーエンのκ）",
    name_en: "agreement (Cohen's κ)",
    formula_ja: "（実際の一致率 − 偶然の一致率）÷（1 − 偶然の一致率）。偶然の一致率は、双方の判定の割合の積から求めます。",
    formula_en: "(Observed − chance agreement) divided by (1 − chance agreement); chance is the product of both sides' shares (Cohen 1960).",
    numerator_ja: "判定が一致した組",
    numerator_en: "pairs that agree",
    denominator_ja: "双方の判定がそろった組",
    denominator_en: "pairs judged by both",
    coverage_ja: "申告のうち、双方の判定がそろったもの",
    coverage_en: "pairs judged by both of all claims",
    unit: Unit::Ratio,
    small_group_guard: true,
    estimate: true,
};

/// 一致度（グウェットのAC1）: agreement (Gwet's AC1).
pub static GWET_AC1: Definition = Definition {
    id: "gwet-ac1",
    version: 1,
    name_ja: "一致度（グウェットのAC1）",
    name_en: "agreement (Gwet's AC1)",
    formula_ja: "（実際の一致率 − 偶然の一致率）÷（1 − 偶然の一致率）。偶然の一致率は、判定に迷う割合から求めます。ほとんどが同じ判定でも、κのように急に下がることがありません。",
    formula_en: "(Observed − chance agreement) divided by (1 − chance agreement); chance as Gwet (2008) defines it, so that it stays sensible when nearly all judgements are alike.",
    numerator_ja: "判定が一致した組",
    numerator_en: "pairs that agree",
    denominator_ja: "双方の判定がそろった組",
    denominator_en: "pairs judged by both",
    coverage_ja: "申告のうち、双方の判定がそろったもの",
    coverage_en: "pairs judged by both of all claims",
    unit: Unit::Ratio,
    small_group_guard: true,
    estimate: true,
};

/// 体制の不足: security organisation gaps.
pub static SECURITY_ORGANISATION_GAPS: Definition = Definition {
    id: "security-organisation-gaps",
    version: 1,
    name_ja: "体制の不足",
    name_en: "security organisation gaps",
    formula_ja: "置くべき役職のうち、空席のものの数。",
    formula_en: "Posts that must exist and are vacant.",
    numerator_ja: "空席の役職",
    numerator_en: "vacant posts",
    denominator_ja: "置くべき役職",
    denominator_en: "posts that must exist",
    coverage_ja: "置くべき役職のうち、届け出のあったもの",
    coverage_en: "posts reported on, of posts that must exist",
    unit: Unit::Count,
    small_group_guard: false,
    estimate: false,
};

/// 未解決の指摘: findings open.
pub static FINDINGS_OPEN: Definition = Definition {
    id: "findings-open",
    version: 1,
    name_ja: "未解決の指摘",
    name_en: "findings open",
    formula_ja: "改善勧告として組織に伝えた指摘のうち、まだ終わっていないものの数。取り下げたものは数えません。",
    formula_en: "Findings sent to organisations as recommendations and not yet closed. What was withdrawn is not counted.",
    numerator_ja: "未解決の指摘",
    numerator_en: "open findings",
    denominator_ja: "すべての指摘",
    denominator_en: "all findings",
    coverage_ja: "すべての指摘のうち、状態が分かるもの",
    coverage_en: "findings whose state is known",
    unit: Unit::Count,
    small_group_guard: false,
    estimate: false,
};

/// 期限内改善率: closed-in-time rate.
pub static CLOSED_IN_TIME_RATE: Definition = Definition {
    id: "closed-in-time-rate",
    version: 1,
    name_ja: "期限内改善率",
    name_en: "closed-in-time rate",
    formula_ja: "期限までに再測定または監査人の確認で終わった指摘 ÷ 期限を過ぎた指摘。期限より早く終わったものも、期限が過ぎるまでは数えません。",
    formula_en: "Findings closed by a new measurement or an auditor by their due date, divided by findings whose due date has passed. What is closed early is counted once its date has passed.",
    numerator_ja: "期限内に終わった指摘",
    numerator_en: "findings closed in time",
    denominator_ja: "期限を過ぎた指摘",
    denominator_en: "findings whose due date has passed",
    coverage_ja: "すべての指摘のうち、期限を過ぎたもの",
    coverage_en: "findings past their due date of all findings",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 改善に要した日数（中央値）: days to close (median).
pub static DAYS_TO_CLOSE: Definition = Definition {
    id: "days-to-close",
    version: 1,
    name_ja: "改善に要した日数（中央値）",
    name_en: "days to close (median)",
    formula_ja: "指摘から、再測定または監査人の確認で終わるまでの日数の中央値。",
    formula_en: "Median days from the finding to its closing by a new measurement or an auditor.",
    numerator_ja: "終わった指摘",
    numerator_en: "closed findings",
    denominator_ja: "終わった指摘",
    denominator_en: "closed findings",
    coverage_ja: "すべての指摘のうち、終わったもの",
    coverage_en: "closed of all findings",
    unit: Unit::Days,
    small_group_guard: true,
    estimate: false,
};

/// ホームページ稼働率: homepage availability.
pub static HOMEPAGE_AVAILABILITY: Definition = Definition {
    id: "homepage-availability",
    version: 1,
    name_ja: "ホームページ稼働率",
    name_en: "homepage availability",
    formula_ja: "監視地点から見て、ページが表示できた回数 ÷ 表示できたかどうかが分かった回数。直近30日を数えます。監視地点の側の都合で分からなかった回は分母から外し、網羅率に示します。",
    formula_en: "Looks from the watch point that found the page, divided by looks that could tell, over the last 30 days. Looks that could not tell leave the denominator and show in the coverage.",
    numerator_ja: "ページを表示できた回数",
    numerator_en: "looks that found the page",
    denominator_ja: "表示できたかどうかが分かった回数",
    denominator_en: "looks that could tell",
    coverage_ja: "見に行った回数のうち、表示できたかどうかが分かったもの",
    coverage_en: "looks that could tell, of all looks",
    unit: Unit::Percent,
    small_group_guard: false,
    estimate: false,
};

/// DMARC整合率: DMARC aligned rate.
pub static DMARC_ALIGNED_RATE: Definition = Definition {
    id: "dmarc-aligned-rate",
    version: 1,
    name_ja: "DMARC整合率",
    name_en: "DMARC aligned rate",
    formula_ja: "受信側のDMARC集計レポートに載った、組織のドメイン名を差出人とするメールのうち、DKIM又はSPFがそのドメイン名と整合していたメール ÷ どちらの結果も分かったメール。直近30日に終わった報告を数えます。結果の分からないメールは分母から外し、網羅率に示します。",
    formula_en: "Of the mail that receivers' DMARC aggregate reports tell of in the name of the organisation's domains: mail whose DKIM or SPF result is aligned with the domain, divided by mail whose results are known, in reports that ended within the last 30 days. Mail without results leaves the denominator and shows in the coverage.",
    numerator_ja: "DKIM又はSPFが整合していたメール",
    numerator_en: "mail with DKIM or SPF aligned",
    denominator_ja: "結果の分かったメール",
    denominator_en: "mail whose results are known",
    coverage_ja: "報告されたメールのうち、結果の分かったもの",
    coverage_en: "mail whose results are known, of all reported mail",
    unit: Unit::Percent,
    small_group_guard: false,
    estimate: false,
};

/// 暗号移行率: crypto transition rate.
pub static CRYPTO_TRANSITION_RATE: Definition = Definition {
    id: "crypto-transition-rate",
    version: 1,
    name_ja: "暗号移行率",
    name_en: "crypto transition rate",
    formula_ja: "移行計画でやめることにした暗号も、危殆化した暗号も使っていない情報システム ÷ 実測または申告のある情報システム。期限前でも、まだ使っていれば移行済みに数えません。",
    formula_en: "Systems that use neither what the plan bids to leave nor what was broken, divided by systems of which anything is measured or declared. Whoever still uses it has not moved, even before the last day.",
    numerator_ja: "移行を終えた情報システム",
    numerator_en: "systems that have moved",
    denominator_ja: "実測または申告のある情報システム",
    denominator_en: "systems measured or declared",
    coverage_ja: "すべての情報システムのうち、実測または申告のあるもの",
    coverage_en: "systems measured or declared of all systems",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 個別の暗号の移行率: share that left one algorithm.
pub static CRYPTO_LEFT_RATE: Definition = Definition {
    id: "crypto-left-rate",
    version: 1,
    name_ja: "使っていない情報システムの割合",
    name_en: "share of systems without the algorithm",
    formula_ja: "その暗号をその用途に使っていない情報システム ÷ 実測または申告のある情報システム。見えていない使い方があるかもしれないため、把握の割合と一緒に読みます。",
    formula_en: "Systems that do not use the algorithm for the purpose, divided by systems of which anything is measured or declared. There may be uses nobody sees, so read it with its coverage.",
    numerator_ja: "その暗号を使っていない情報システム",
    numerator_en: "systems without the algorithm",
    denominator_ja: "実測または申告のある情報システム",
    denominator_en: "systems measured or declared",
    coverage_ja: "すべての情報システムのうち、実測または申告のあるもの",
    coverage_en: "systems measured or declared of all systems",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 長期署名の備え: crypto agility rate.
pub static CRYPTO_AGILITY_RATE: Definition = Definition {
    id: "crypto-agility-rate",
    version: 1,
    name_ja: "長期の署名への備えの割合",
    name_en: "crypto agility rate",
    formula_ja: "長期の署名・タイムスタンプに256ビット以上のハッシュ関数を使うか、すぐに入れ替えられる情報システム ÷ そのどちらかを申告で確かめられる情報システム。",
    formula_en: "Systems whose long-lived signatures and timestamps use a hash of 256 bits or more, or one that can be exchanged quickly, divided by systems whose declaration says which it is.",
    numerator_ja: "256ビット以上か、すぐに入れ替えられる情報システム",
    numerator_en: "systems with 256 bits or an exchangeable hash",
    denominator_ja: "申告で確かめられる情報システム",
    denominator_en: "systems whose declaration says which it is",
    coverage_ja: "長期の署名・タイムスタンプを申告した情報システムのうち、確かめられるもの",
    coverage_en: "those of the systems that declared long-lived signatures or timestamps",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// Every definition, in reading order.
pub static DEFINITIONS: &[&Definition] = &[
    &REACH_RATE,
    &IMPLEMENTATION_RATE,
    &ATTAINMENT_RATE,
    &PRIORITY_INSPECTION_RATE,
    &OVER_CLAIM_RATE,
    &UNADMITTED_RATE,
    &CLAIMED_RATE,
    &MEASURED_MET_RATE,
    &AUDITED_MET_RATE,
    &COHEN_KAPPA,
    &GWET_AC1,
    &SECURITY_ORGANISATION_GAPS,
    &FINDINGS_OPEN,
    &CLOSED_IN_TIME_RATE,
    &DAYS_TO_CLOSE,
    &INCIDENTS,
    &DAYS_TO_RESPOND,
    &DAYS_TO_RECOVER,
    &RECURRENCE_PREVENTED_RATE,
    &TRAINING_COMPLETION_RATE,
    &OUTSOURCING_COVERED_RATE,
    &OUTSOURCING_CHECKED_RATE,
    &MAIL_DRILL_OPENED_RATE,
    &MAIL_DRILL_REPORTED_RATE,
    &HOMEPAGE_AVAILABILITY,
    &DMARC_ALIGNED_RATE,
    &CRYPTO_TRANSITION_RATE,
    &CRYPTO_LEFT_RATE,
    &CRYPTO_AGILITY_RATE,
];
