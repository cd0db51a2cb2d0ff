//! Word lists. Every organisation, place and person is invented; family names are compounds that are rarely or never borne.

/// (code, ja, en). The centre comes first.
pub(super) const CENTRE: (&str, &str, &str) = ("anzen", "国家情報安全管理室", "National Information Safety Office");

/// Ministries: (code, ja, en, weight in people).
pub(super) const MINISTRIES: [(&str, &str, &str, u32); 13] = [
    ("suiro", "水路交通省", "Ministry of Waterways and Mobility", 9),
    ("kurashi", "暮らし安心省", "Ministry of Everyday Life", 10),
    ("shinrin", "森林沿岸省", "Ministry of Forests and Coasts", 8),
    ("gakugei", "学芸省", "Ministry of Learning and the Arts", 8),
    ("sukoyaka", "健やか省", "Ministry of Well-being", 10),
    ("kaikei", "会計省", "Ministry of Accounts", 9),
    ("koryu", "国際交流省", "Ministry of Exchange Abroad", 6),
    ("hoki", "法規省", "Ministry of Statutes", 7),
    ("sonae", "備え省", "Ministry of Preparedness", 5),
    ("doryoku", "資源動力省", "Ministry of Resources and Power", 6),
    ("waza", "技能労働省", "Ministry of Work and Skills", 8),
    ("kiroku", "記録統計省", "Ministry of Records and Statistics", 4),
    ("sato", "郷づくり省", "Ministry of Towns and Villages", 7),
];

/// Agencies under the ministries: (code, parent, ja, en, weight in people).
pub(super) const AGENCIES: [(&str, &str, &str, &str, u32); 12] = [
    ("kasen", "suiro", "河川見守り庁", "River Watch Agency", 4),
    ("minato", "suiro", "港湾連絡庁", "Harbour Liaison Agency", 4),
    ("yakuzen", "sukoyaka", "薬膳審査庁", "Remedies Review Agency", 3),
    ("kansatsu", "sonae", "天空観察庁", "Sky Observation Agency", 3),
    ("bunko", "gakugei", "文庫文化財庁", "Libraries and Heritage Agency", 3),
    ("yakusho", "hoki", "登録証明庁", "Registry and Certificates Agency", 5),
    ("choshu", "kaikei", "納付管理庁", "Payments Collection Agency", 8),
    ("mori", "shinrin", "植林研究機構", "Tree Planting Research Institute", 2),
    ("kunren", "waza", "技能訓練機構", "Skills Training Organisation", 3),
    ("denki", "doryoku", "動力検査機構", "Power Inspection Organisation", 2),
    ("shohi", "kurashi", "くらし相談機構", "Household Advice Organisation", 2),
    ("tokei", "kiroku", "統計計算所", "Statistical Computing Centre", 2),
];

/// Others: (code, parent, kind letter, ja, en, weight). Kind: l = local government, s = sector body, o = operator.
pub(super) const OTHERS: [(&str, &str, char, &str, &str, u32); 7] = [
    ("pref-kirishiro", "sato", 'l', "霧城県", "Kirishiro Prefecture", 8),
    ("city-aosaka", "pref-kirishiro", 'l', "蒼坂市", "Aosaka City", 5),
    ("town-hoshigase", "pref-kirishiro", 'l', "星ヶ瀬町", "Hoshigase Town", 2),
    ("suido-kyogikai", "suiro", 's', "水道情報共有協議会", "Waterworks Information Sharing Council", 1),
    ("kirishiro-suido", "suido-kyogikai", 'o', "霧城水道企業団", "Kirishiro Waterworks", 2),
    ("yukinami-denryoku", "doryoku", 'o', "雪波電力", "Yukinami Electric Power", 3),
    ("city-tsuyuhama", "pref-kirishiro", 'l', "露浜市", "Tsuyuhama City", 4),
];

/// Former organisations: (code, parent, ja, en, successor, whether merged; else renamed).
pub(super) const FORMER: [(&str, &str, &str, &str, &str, bool); 3] = [
    ("tosho", "gakugei", "文庫庁", "Libraries Agency", "bunko", true),
    ("isan", "gakugei", "文化財庁", "Heritage Agency", "bunko", true),
    ("keisan", "kiroku", "中央計算所", "Central Computing Centre", "tokei", false),
];

/// Contractors: (code, ja, en).
pub(super) const CONTRACTORS: [(&str, &str, &str); 5] = [
    ("aozora-keisan", "あおぞら計算センター", "Aozora Computing Centre"),
    ("tsubame-joho", "つばめ情報サービス", "Tsubame Information Services"),
    ("yamabiko", "やまびこ通信システムズ", "Yamabiko Communication Systems"),
    ("hotaru-cloud", "ほたるクラウド", "Hotaru Cloud"),
    ("komorebi", "こもれび保守", "Komorebi Maintenance"),
];

/// First halves of invented family and place names: (kanji, kana, romaji).
pub(super) const HEADS: [(&str, &str, &str); 22] = [
    ("霧", "キリ", "kiri"),
    ("楓", "カエデ", "kaede"),
    ("露", "ツユ", "tsuyu"),
    ("蒼", "アオ", "ao"),
    ("澪", "ミオ", "mio"),
    ("暁", "アケ", "ake"),
    ("萩", "ハギ", "hagi"),
    ("雪", "ユキ", "yuki"),
    ("鷺", "サギ", "sagi"),
    ("椿", "ツバキ", "tsubaki"),
    ("苔", "コケ", "koke"),
    ("霞", "カスミ", "kasumi"),
    ("鈴", "スズ", "suzu"),
    ("茜", "アカネ", "akane"),
    ("狐", "キツネ", "kitsune"),
    ("蛍", "ホタル", "hotaru"),
    ("弦", "ツル", "tsuru"),
    ("灯", "アカリ", "akari"),
    ("帆", "ホ", "ho"),
    ("霜", "シモ", "shimo"),
    ("藍", "アイ", "ai"),
    ("杏", "アンズ", "anzu"),
];

/// Second halves.
pub(super) const TAILS: [(&str, &str, &str); 16] = [
    ("瀬", "セ", "se"),
    ("丘", "オカ", "oka"),
    ("峰", "ミネ", "mine"),
    ("里", "サト", "sato"),
    ("森", "モリ", "mori"),
    ("坂", "サカ", "saka"),
    ("沼", "ヌマ", "numa"),
    ("辻", "ツジ", "tsuji"),
    ("庭", "ニワ", "niwa"),
    ("垣", "ガキ", "gaki"),
    ("窪", "クボ", "kubo"),
    ("渡", "ワタリ", "watari"),
    ("宿", "ジュク", "juku"),
    ("畑", "ハタ", "hata"),
    ("橋", "ハシ", "hashi"),
    ("泉", "イズミ", "izumi"),
];

/// Given names.
pub(super) const GIVEN: [(&str, &str, &str); 40] = [
    ("美咲", "ミサキ", "misaki"),
    ("健太", "ケンタ", "kenta"),
    ("陽子", "ヨウコ", "yoko"),
    ("拓海", "タクミ", "takumi"),
    ("直樹", "ナオキ", "naoki"),
    ("由香", "ユカ", "yuka"),
    ("翔", "ショウ", "sho"),
    ("恵", "メグミ", "megumi"),
    ("誠", "マコト", "makoto"),
    ("千尋", "チヒロ", "chihiro"),
    ("浩二", "コウジ", "koji"),
    ("彩", "アヤ", "aya"),
    ("隆", "タカシ", "takashi"),
    ("真由美", "マユミ", "mayumi"),
    ("大輔", "ダイスケ", "daisuke"),
    ("奈々", "ナナ", "nana"),
    ("修", "オサム", "osamu"),
    ("遥", "ハルカ", "haruka"),
    ("光", "ヒカル", "hikaru"),
    ("裕子", "ヒロコ", "hiroko"),
    ("剛", "ツヨシ", "tsuyoshi"),
    ("綾乃", "アヤノ", "ayano"),
    ("徹", "トオル", "toru"),
    ("桃子", "モモコ", "momoko"),
    ("一郎", "イチロウ", "ichiro"),
    ("静香", "シズカ", "shizuka"),
    ("和也", "カズヤ", "kazuya"),
    ("京子", "キョウコ", "kyoko"),
    ("進", "ススム", "susumu"),
    ("香織", "カオリ", "kaori"),
    ("亮", "リョウ", "ryo"),
    ("典子", "ノリコ", "noriko"),
    ("学", "マナブ", "manabu"),
    ("早苗", "サナエ", "sanae"),
    ("秀樹", "ヒデキ", "hideki"),
    ("紗季", "サキ", "saki"),
    ("昇", "ノボル", "noboru"),
    ("理恵", "リエ", "rie"),
    ("勇気", "ユウキ", "yuki"),
    ("葵", "アオイ", "aoi"),
];

/// Sections of an organisation.
pub(super) const SECTIONS: [(&str, &str); 12] = [
    ("総務課", "General Affairs"),
    ("人事課", "Personnel"),
    ("会計課", "Accounting"),
    ("政策企画課", "Policy Planning"),
    ("広報課", "Public Relations"),
    ("調査課", "Research"),
    ("指導課", "Guidance"),
    ("地域支援課", "Regional Support"),
    ("統計課", "Statistics"),
    ("法務課", "Legal Affairs"),
    ("窓口業務課", "Public Counter"),
    ("施設管理課", "Facilities"),
];

/// The section that runs systems.
pub(super) const SYSTEMS_SECTION: (&str, &str) = ("情報システム課", "Information Systems");
/// The section that answers for security.
pub(super) const SECURITY_SECTION: (&str, &str) = ("情報セキュリティ対策室", "Information Security Office");
/// The section that audits.
pub(super) const AUDIT_SECTION: (&str, &str) = ("監査室", "Audit Office");
