//! Charts: well-formed, escaped, the same bytes every time, and never a picture without its table.

use proptest::prelude::*;

use super::*;

fn head(title: &str) -> Head {
    Head { title: title.into(), description: "A & B <より大きい> \"引用\"".into(), lang: Lang::Ja }
}

/// Names of the elements in order of their ends; panics where the text is not well-formed XML without a prolog.
fn well_formed(svg: &str) -> Vec<String> {
    let (mut open, mut seen, mut rest) = (Vec::new(), Vec::new(), svg);
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        assert!(!text.contains('>'), "stray > in {text}");
        for entity in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|name| entity.starts_with(name));
            assert!(known, "bare & before {entity}");
        }
        let end = tail.find('>').expect("an unfinished tag");
        let inside = &tail[1..end];
        assert!(!inside.contains('<'), "a tag in a tag: {inside}");
        assert!(inside.matches('"').count().is_multiple_of(2), "quotes of {inside}");
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            seen.push(name.to_owned());
        } else if inside.ends_with('/') {
            seen.push(inside.split([' ', '/']).next().unwrap().to_owned());
        } else {
            open.push(inside.split(' ').next().unwrap().to_owned());
        }
        rest = &tail[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "left open: {open:?}");
    assert!(svg.chars().all(|c| c == '\n' || !c.is_control()), "a control character");
    seen
}

fn bars() -> Bars {
    let bar = |label: &str, value, interval, note: &str, marked| Bar { label: label.into(), value, interval, note: note.into(), marked };
    Bars {
        head: head("到達率"),
        unit: Unit::new("%", 1),
        bars: vec![
            bar("内閣府", Some(91.26), Some((82.0, 96.1)), "73/80", false),
            bar("とても長い名前の独立行政法人情報基盤整備機構", Some(40.0), Some((28.5, 52.6)), "24/60", true),
            bar("<script>alert(1)</script>", None, None, "", false),
            bar("海上庁", Some(100.0), None, "", false),
        ],
        baseline: Some(("中央値".into(), 78.4)),
        bounds: Some((0.0, 100.0)),
    }
}

fn strip() -> Strip {
    let dot = |number: u32| {
        let value = 70.0 + f64::from(number * 37 % 23);
        Dot { label: format!("組織{number}"), value, outlier: false }
    };
    let mut dots: Vec<Dot> = (0..24).map(dot).collect();
    for (label, value) in [("港湾整備庁", 31.0), ("統計局", 33.5), ("文書管理機構", 40.0), ("海上庁", 99.0), ("農林研究所", 97.5)]
    {
        dots.push(Dot { label: label.into(), value, outlier: true });
    }
    let row = |label: &str, dots: Vec<Dot>| StripRow { label: label.into(), dots, quartiles: Some((74.0, 80.5, 87.0)) };
    let few = StripRow { label: "監査".into(), dots: vec![Dot { label: "内閣府".into(), value: 55.0, outlier: false }], quartiles: None };
    Strip { head: head("組織の分布"), unit: Unit::new("%", 1), rows: vec![row("実施率", dots), few], bounds: Some((0.0, 100.0)) }
}

fn heat() -> Heat {
    let row = |label: &str, values: [Option<f64>; 4]| HeatRow { label: label.into(), values: values.to_vec() };
    Heat {
        head: head("区分ごとの実施率"),
        unit: Unit::new("%", 0),
        row_name: "組織".into(),
        columns: owned(["情報の取扱い", "機器の管理", "ソフトウェア", "体制と教育"]),
        rows: vec![
            row("内閣府", [Some(92.0), Some(88.0), Some(75.0), Some(100.0)]),
            row("港湾整備庁", [Some(31.0), None, Some(12.0), Some(58.0)]),
            row("海上庁", [Some(66.0), Some(70.4), Some(81.0), Some(0.0)]),
        ],
        shades: (100.0, 0.0),
    }
}

fn scatter() -> Scatter {
    let point = |number: u32| {
        let (a, b) = (f64::from(number * 29 % 31) / 6.0 - 2.5, f64::from(number * 17 % 27) / 7.0 - 1.8);
        Point { label: format!("第{number}庁"), x: a, y: b, marked: number.is_multiple_of(9) }
    };
    Scatter {
        head: head("似ている組織"),
        unit: Unit::new("", 2),
        point_name: "組織".into(),
        x_label: "第1主成分：機器の管理が進んでいる".into(),
        y_label: "第2主成分：教育が進んでいる".into(),
        points: (0..28).map(point).collect(),
    }
}

fn line() -> Line {
    let series = |label: &str, values: [Option<f64>; 4]| Series { label: label.into(), values: values.to_vec() };
    Line {
        head: head("推移"),
        unit: Unit::new("%", 1),
        step_name: "周期".into(),
        steps: owned(["令和5年度", "令和6年度", "令和7年度", "令和8年度"]),
        series: vec![
            series("把握率", [Some(88.0), Some(92.0), Some(95.5), Some(97.0)]),
            series("実施率", [Some(70.0), None, Some(82.0), Some(96.0)]),
            series("到達率", [Some(41.0), Some(52.0), Some(50.0), Some(64.2)]),
        ],
        bounds: Some((0.0, 100.0)),
    }
}

fn states() -> States {
    let state = |sign: Sign| {
        let words = match sign {
            Sign::Good => "適合",
            Sign::Bad => "不適合",
            Sign::Unknown => "測定不能",
            Sign::Nothing => "該当なし",
        };
        State { sign, words: words.into() }
    };
    let row = |label: &str, cells: [Option<Sign>; 5]| StateRow { label: label.into(), cells: cells.map(|cell| cell.map(state)).to_vec() };
    let moment = |day: &str| Moment { short: day.into(), whole: format!("2026-{day} 09:00") };
    States {
        head: head("判定の移り変わり"),
        moment_name: "測定日時".into(),
        moments: ["04-01", "04-02", "04-03", "04-04", "04-05"].map(moment).to_vec(),
        rows: vec![
            row("SPF", [Some(Sign::Good), Some(Sign::Good), Some(Sign::Bad), Some(Sign::Unknown), Some(Sign::Bad)]),
            row("とても長い名前の実測項目その一", [None, Some(Sign::Nothing), Some(Sign::Nothing), None, Some(Sign::Good)]),
        ],
        legend: [Sign::Good, Sign::Bad, Sign::Unknown, Sign::Nothing].map(state).to_vec(),
    }
}

fn all() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("bars", Box::new(bars())),
        ("strip", Box::new(strip())),
        ("heat", Box::new(heat())),
        ("scatter", Box::new(scatter())),
        ("line", Box::new(line())),
        ("states", Box::new(states())),
    ]
}

#[test]
fn each_is_well_formed_named_and_the_same_twice() {
    for (name, chart) in all() {
        for palette in [Palette::Css, Palette::Print] {
            let svg = chart.svg("c-1", palette);
            assert!(well_formed(&svg).ends_with(&["svg".to_owned()]), "{name}");
            assert_eq!(svg, chart.svg("c-1", palette));
            assert!(svg.contains("role=\"img\" aria-labelledby=\"c-1-title c-1-desc\""));
            assert!(svg.contains("A &amp; B &lt;より大きい&gt; &quot;引用&quot;</desc>"));
            assert!(!svg.contains("style="), "a content security policy may forbid it");
            assert_eq!(svg.contains("var(--"), palette == Palette::Css);
            assert!(!svg.contains("<script"));
        }
    }
}

#[test]
fn each_has_its_data_as_a_table() {
    for (name, chart) in all() {
        let (headers, rows) = chart.data_table();
        assert!(!rows.is_empty() && rows.iter().all(|row| row.len() == headers.len()), "{name}");
    }
    let (headers, rows) = bars().data_table();
    assert_eq!(headers, ["項目", "値", "下限", "上限", "備考"]);
    assert_eq!(rows[0], ["内閣府", "91.3%", "82.0%", "96.1%", "73/80"]);
    assert_eq!(rows[2][1], "–");
    assert_eq!(rows[4], ["中央値", "78.4%", "", "", ""]);
    let (headers, rows) = states().data_table();
    assert_eq!(headers, ["測定日時", "SPF", "とても長い名前の実測項目その一"]);
    assert_eq!(rows[0], ["2026-04-01 09:00", "適合", "–"]);
    assert_eq!(rows[3], ["2026-04-04 09:00", "測定不能", "–"]);
}

#[test]
fn snapshots() {
    for (name, chart) in all() {
        insta::assert_snapshot!(name, chart.svg("c", Palette::Print));
    }
}

#[test]
fn a_state_is_told_without_its_colour_and_the_newest_moment_is_named() {
    let mut many = states();
    many.moments = (1..=40).map(|at| Moment { short: format!("{at:02}-15"), whole: format!("{at}") }).collect();
    for chart in [states(), many] {
        let svg = chart.svg("c", Palette::Css);
        for sign in ["○", "×", "?", "－"] {
            assert!(svg.contains(&format!(">{sign}</text>")), "{sign}");
        }
        assert!(svg.contains(&format!(">{}</text>", chart.moments.last().unwrap().short)));
        assert!(svg.contains("<title>SPF / 2026-04-03 09:00: 不適合</title>") || chart.moments.len() == 40);
    }
}

#[test]
fn an_id_cannot_break_out() {
    let svg = bars().svg("a\"><b", Palette::Css);
    assert!(svg.contains("aria-labelledby=\"ab-title ab-desc\""));
}

#[test]
fn numbers_are_written_the_same_everywhere() {
    let unit = Unit::new("%", 1);
    assert_eq!([Some(-0.04), Some(99.95), None, Some(f64::NAN)].map(|value| unit.text(value)), ["0.0%", "100.0%", "–", "–"]);
    assert_eq!([-0.04, 2.0, 2.25, f64::NAN].map(draw::num), ["0", "2", "2.2", "0"]);
}

proptest! {
    #[test]
    fn any_data_gives_a_picture(
        values in prop::collection::vec(prop::option::of(any::<f64>()), 0..6),
        text in any::<String>(),
    ) {
        let plain: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        let head = || Head { title: text.clone(), description: text.clone(), lang: Lang::En };
        let charts: Vec<Box<dyn Chart>> = vec![
            Box::new(Bars { head: head(), bars: values.iter().map(|&value| Bar { label: text.clone(), value, interval: value.map(|v| (v, -v)), ..Bar::default() }).collect(), ..Bars::default() }),
            Box::new(Strip { head: head(), rows: vec![StripRow { label: text.clone(), dots: plain.iter().map(|&value| Dot { label: text.clone(), value, outlier: true }).collect(), quartiles: None }], ..Strip::default() }),
            Box::new(Heat { head: head(), columns: vec![text.clone(); 3], rows: vec![HeatRow { label: text.clone(), values: values.clone() }], ..Heat::default() }),
            Box::new(Scatter { head: head(), points: plain.iter().map(|&x| Point { label: text.clone(), x, y: -x, marked: false }).collect(), ..Scatter::default() }),
            Box::new(States { head: head(), moments: vec![Moment { short: text.clone(), whole: text.clone() }; values.len()], rows: vec![StateRow { label: text.clone(), cells: plain.iter().map(|value| value.is_finite().then(|| State { sign: Sign::Bad, words: text.clone() })).collect() }], ..States::default() }),
            Box::new(Line { head: head(), steps: vec![text.clone(); 4], series: vec![Series { label: text.clone(), values: values.clone() }], ..Line::default() }),
        ];
        for chart in charts {
            let svg = chart.svg("x", Palette::Css);
            well_formed(&svg);
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""));
        }
    }
}
