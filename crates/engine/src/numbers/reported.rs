//! The registered definitions of what organisations report themselves: incidents, training, outsourcing, drills.

use super::{Definition, Unit};

/// 障害・事故等の件数: incidents.
pub static INCIDENTS: Definition = Definition {
    id: "incidents",
    version: 1,
    name_ja: "障害・事故等の件数",
    name_en: "incidents",
    formula_ja: "対象期間に検知したと組織が報告した障害・事故等の件数。多いほど悪いとは限らず、よく見つけている組織ほど多くなることもあります。",
    formula_en: "Incidents detected in the period, as organisations report them. More is not always worse: whoever looks harder finds more.",
    numerator_ja: "報告された障害・事故等",
    numerator_en: "incidents reported",
    denominator_ja: "報告された障害・事故等",
    denominator_en: "incidents reported",
    coverage_ja: "すべての組織のうち、報告した組織",
    coverage_en: "organisations that reported, of all",
    unit: Unit::Count,
    small_group_guard: false,
    estimate: false,
};

/// 対応開始までの日数（中央値）: days to respond (median).
pub static DAYS_TO_RESPOND: Definition = Definition {
    id: "days-to-respond",
    version: 1,
    name_ja: "対応開始までの日数（中央値）",
    name_en: "days to respond (median)",
    formula_ja: "障害・事故等を検知した日から対応を始めた日までの日数の中央値。",
    formula_en: "Median days from the detection of an incident to the beginning of the response.",
    numerator_ja: "対応を始めた障害・事故等",
    numerator_en: "incidents responded to",
    denominator_ja: "対応を始めた障害・事故等",
    denominator_en: "incidents responded to",
    coverage_ja: "報告された障害・事故等のうち、対応を始めた日が分かるもの",
    coverage_en: "incidents whose day of response is known, of all",
    unit: Unit::Days,
    small_group_guard: true,
    estimate: false,
};

/// 復旧までの日数（中央値）: days to recover (median).
pub static DAYS_TO_RECOVER: Definition = Definition {
    id: "days-to-recover",
    version: 1,
    name_ja: "復旧までの日数（中央値）",
    name_en: "days to recover (median)",
    formula_ja: "障害・事故等を検知した日から復旧した日までの日数の中央値。復旧していないものは網羅率に示します。",
    formula_en: "Median days from the detection of an incident to recovery. What is not recovered from shows in the coverage.",
    numerator_ja: "復旧した障害・事故等",
    numerator_en: "incidents recovered from",
    denominator_ja: "復旧した障害・事故等",
    denominator_en: "incidents recovered from",
    coverage_ja: "報告された障害・事故等のうち、復旧したもの",
    coverage_en: "incidents recovered from, of all",
    unit: Unit::Days,
    small_group_guard: true,
    estimate: false,
};

/// 再発防止の完了率: recurrence prevented.
pub static RECURRENCE_PREVENTED_RATE: Definition = Definition {
    id: "recurrence-prevented-rate",
    version: 1,
    name_ja: "再発防止の完了率",
    name_en: "recurrence prevented",
    formula_ja: "再発防止策を終えた障害・事故等 ÷ 報告された障害・事故等。",
    formula_en: "Incidents whose prevention of recurrence is done divided by incidents reported.",
    numerator_ja: "再発防止策を終えた障害・事故等",
    numerator_en: "incidents whose prevention is done",
    denominator_ja: "報告された障害・事故等",
    denominator_en: "incidents reported",
    coverage_ja: "報告された障害・事故等のうち、再発防止策の状態が分かるもの",
    coverage_en: "incidents whose prevention is reported on, of all",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 教育の受講率: training completion rate.
pub static TRAINING_COMPLETION_RATE: Definition = Definition {
    id: "training-completion-rate",
    version: 1,
    name_ja: "教育の受講率",
    name_en: "training completion rate",
    formula_ja: "教育を受講し終えた人数 ÷ 受講の対象とした人数。",
    formula_en: "People who completed the training divided by people who were to take it.",
    numerator_ja: "受講し終えた人",
    numerator_en: "people who completed",
    denominator_ja: "受講の対象とした人",
    denominator_en: "people who were to take it",
    coverage_ja: "人数・件数を報告した組織",
    coverage_en: "organisations that reported the counts",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 委託契約への対策明記率: outsourcing contracts with security clauses.
pub static OUTSOURCING_COVERED_RATE: Definition = Definition {
    id: "outsourcing-covered-rate",
    version: 1,
    name_ja: "委託契約への対策明記率",
    name_en: "outsourcing contracts with security clauses",
    formula_ja: "情報セキュリティ対策を契約に明記した委託の件数 ÷ 外部委託の件数。",
    formula_en: "Outsourcing contracts that state security measures divided by all outsourcing contracts.",
    numerator_ja: "対策を明記した委託",
    numerator_en: "contracts that state them",
    denominator_ja: "外部委託",
    denominator_en: "outsourcing contracts",
    coverage_ja: "人数・件数を報告した組織",
    coverage_en: "organisations that reported the counts",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 委託先の実施状況確認率: outsourcing contracts checked.
pub static OUTSOURCING_CHECKED_RATE: Definition = Definition {
    id: "outsourcing-checked-rate",
    version: 1,
    name_ja: "委託先の実施状況確認率",
    name_en: "outsourcing contracts checked",
    formula_ja: "委託先の対策の実施状況を確かめた委託の件数 ÷ 外部委託の件数。",
    formula_en: "Outsourcing contracts whose contractor was checked divided by all outsourcing contracts.",
    numerator_ja: "実施状況を確かめた委託",
    numerator_en: "contracts checked",
    denominator_ja: "外部委託",
    denominator_en: "outsourcing contracts",
    coverage_ja: "人数・件数を報告した組織",
    coverage_en: "organisations that reported the counts",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 標的型メール訓練の開封率: mail drill opened rate.
pub static MAIL_DRILL_OPENED_RATE: Definition = Definition {
    id: "mail-drill-opened-rate",
    version: 1,
    name_ja: "標的型メール訓練の開封率",
    name_en: "mail drill opened rate",
    formula_ja: "訓練の標的型メールの添付・リンクを開いた人数 ÷ 訓練メールを送った人数。",
    formula_en: "People who opened the attachment or link of the drill mail divided by people it was sent to.",
    numerator_ja: "開いた人",
    numerator_en: "people who opened it",
    denominator_ja: "送った人",
    denominator_en: "people it was sent to",
    coverage_ja: "人数・件数を報告した組織",
    coverage_en: "organisations that reported the counts",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};

/// 標的型メール訓練の通報率: mail drill reported rate.
pub static MAIL_DRILL_REPORTED_RATE: Definition = Definition {
    id: "mail-drill-reported-rate",
    version: 1,
    name_ja: "標的型メール訓練の通報率",
    name_en: "mail drill reported rate",
    formula_ja: "訓練の標的型メールを窓口に通報した人数 ÷ 訓練メールを送った人数。",
    formula_en: "People who reported the drill mail divided by people it was sent to.",
    numerator_ja: "通報した人",
    numerator_en: "people who reported it",
    denominator_ja: "送った人",
    denominator_en: "people it was sent to",
    coverage_ja: "人数・件数を報告した組織",
    coverage_en: "organisations that reported the counts",
    unit: Unit::Percent,
    small_group_guard: true,
    estimate: false,
};
