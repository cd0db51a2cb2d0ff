//! Sheets from outside: real encodings, hostile archives, and the round trip through both formats.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::*;
use crate::lang::Lang;

const COLUMNS: &[Column] =
    &[Column::required("code", "組織コード", "Code"), Column::required("name", "名称", "Name"), Column::optional("since", "設置日", "Established")];

fn csv(text: &str) -> Result<Sheet, Problem> {
    read_table(text.as_bytes(), "dir/組織.csv", &Limits::default()).map(|mut sheets| sheets.remove(0))
}

fn code<T: std::fmt::Debug>(result: Result<T, Problem>) -> (String, Option<u32>) {
    let problem = result.unwrap_err();
    (problem.code.into_owned(), problem.place.row)
}

fn texts(sheet: &Sheet) -> Vec<Vec<&str>> {
    sheet.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

/// An XLSX archive of the given parts around a minimal workbook of one sheet.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook(sheet: &[u8], strings: Option<&[u8]>) -> Vec<u8> {
    const RELS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const BOOK_RELS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let mut parts =
        vec![("_rels/.rels", RELS), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", BOOK_RELS), ("xl/worksheets/sheet1.xml", sheet)];
    parts.extend(strings.map(|strings| ("xl/sharedStrings.xml", strings)));
    archive(&parts)
}

fn sheet_xml(dimension: &str, data: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{dimension}"/><sheetData>{data}</sheetData></worksheet>"#).into_bytes()
}

fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Problem> {
    read_table(bytes, "組織.xlsx", &Limits::default())
}

#[test]
fn shift_jis_as_excel_writes_it() {
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("名称,組織コード\r\n内閣府①,A1\r\n");
    let sheets = read_table(&bytes, "組織.csv", &Limits::default()).unwrap();
    let table = sheets[0].table(COLUMNS).unwrap();
    let row = table.rows().next().unwrap();
    assert_eq!((row.text("name"), row.text("code"), row.number()), ("内閣府①", "A1", 2));
    assert_eq!(row.place("name").words(Lang::Ja), "「組織」 2行目 「名称」");
}

#[test]
fn unicode_text_as_excel_writes_it() {
    let bytes: Vec<u8> = "\u{FEFF}組織コード\t名称\r\nA1\t\"一,二\"\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let sheets = read_table(&bytes, "x.txt", &Limits::default()).unwrap();
    assert_eq!(texts(&sheets[0]), [["組織コード", "名称"], ["A1", "一,二"]]);
}

#[test]
fn headers_in_any_language_and_order_under_a_title() {
    let sheet = csv("組織の一覧\n\n設置日*, NAME ,ｺｰﾄﾞ,ＣＯＤＥ,備考\n令和8年4月1日,　総務省　,,A1,x\n,,,,\n").unwrap();
    let table = sheet.table(COLUMNS).unwrap();
    let rows: Vec<_> = table.rows().collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].number(), 4);
    assert_eq!(rows[0].text("name"), "総務省");
    assert_eq!(rows[0].date("since").unwrap().as_deref(), Some("2026-04-01"));
    let notes: Vec<_> = table.notes.iter().map(|note| (note.code.as_ref(), note.place.column.as_deref().unwrap())).collect();
    assert_eq!(notes, [("H0124", "C"), ("H0124", "E")]);
}

#[test]
fn every_reason_why_a_table_cannot_be_read_is_told_at_once() {
    let sheet = csv("名称,Name,設置日\nA,B,C,D\n").unwrap();
    let errors = sheet.table(COLUMNS).unwrap_err();
    let codes: Vec<_> = errors.iter().map(|error| error.code.as_ref()).collect();
    assert_eq!(codes, ["H0123", "H0122", "H0117"]);
    assert_eq!(errors[0].place.column.as_deref(), Some("B"));
    assert_eq!(errors[2].place.row, Some(2));
    assert_eq!(csv("x,y\n1,2\n").unwrap().table(COLUMNS).unwrap_err()[0].code, "H0121");
}

#[test]
fn a_cell_is_judged_with_its_place() {
    let sheet = csv("code,name,since\n１,,明日\n").unwrap();
    let table = sheet.table(COLUMNS).unwrap();
    let row = table.rows().next().unwrap();
    assert_eq!(row.count("code").unwrap(), Some(1));
    assert_eq!(row.required("name").unwrap_err().code, "H0125");
    let wrong = row.date("since").unwrap_err();
    assert_eq!((wrong.code.as_ref(), wrong.place.column.as_deref()), ("H0127", Some("since")));
    let choices: &[(bool, &[&str])] = &[(true, &["あり", "yes"]), (false, &["なし", "no"])];
    let problem = row.choice("since", choices, Lang::Ja).unwrap_err();
    assert_eq!(problem.remedy(Lang::Ja), "「あり」、「なし」 のいずれかを入力してください。");
}

#[test]
fn broken_csv_is_named_by_row() {
    assert_eq!(code(csv("a,b\n1,\"2\n3,4\n")), ("H0115".into(), Some(2)));
    assert_eq!(code(csv("a,b\n\"1\"x,2\n")), ("H0116".into(), Some(2)));
    assert_eq!(code(read_table(b"a,b\n\x81,\xFF\xFF", "x", &Limits::default())), ("H0114".into(), Some(2)));
    assert_eq!(code(csv("")), ("H0102".into(), None));
    let tiny = Limits { rows: 2, columns: 2, cell: 3, ..Limits::default() };
    assert_eq!(code(read_table(b"1\n2\n3\n", "x", &tiny)).0, "H0109");
    assert_eq!(code(read_table(b"1,2,3\n", "x", &tiny)).0, "H0110");
    assert_eq!(code(read_table(b"1234\n", "x", &tiny)).0, "H0113");
    assert_eq!(read_table("あいう\n".as_bytes(), "x", &tiny).unwrap()[0].rows[0][0].text, "あいう");
}

#[test]
fn other_files_are_called_by_their_name() {
    assert_eq!(code(read_table(b"%PDF-1.7", "x.xlsx", &Limits::default())).0, "H0103");
    assert_eq!(code(read_table(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1], "x.xlsx", &Limits::default())).0, "H0104");
    assert_eq!(code(read(&archive(&[("readme.txt", b"hello")]))).0, "H0103");
    let small = Limits { bytes: 4, ..Limits::default() };
    assert_eq!(code(read_table(b"a,b,c", "x", &small)).0, "H0101");
}

#[test]
fn a_zip_bomb_is_refused_by_what_it_really_expands_to() {
    let zeros = vec![b' '; 3 << 20];
    let bytes = archive(&[("xl/workbook.xml", &zeros)]);
    assert!(bytes.len() < 10_000);
    let limits = Limits { expanded: 2 << 20, ..Limits::default() };
    assert_eq!(code(read_table(&bytes, "x", &limits)).0, "H0106");
    // The same archive with lying sizes (1 byte) in the local and central headers.
    let mut lying = bytes.clone();
    let size = u32::to_le_bytes(3 << 20);
    while let Some(at) = lying.windows(4).position(|window| window == size) {
        lying[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    let refused = code(read_table(&lying, "x", &limits)).0;
    assert!(["H0106", "H0107"].contains(&refused.as_str()), "{refused}");
    let many = Limits { entries: 3, ..Limits::default() };
    assert_eq!(code(read_table(&workbook(&sheet_xml("A1", ""), None), "x", &many)).0, "H0105");
}

#[test]
fn a_shared_string_that_every_cell_refers_to_is_weighed() {
    let strings = format!("<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{}</t></si></sst>", "x".repeat(30_000));
    let cells: String = (1..=100).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")).collect();
    let bytes = workbook(&sheet_xml("A1:A100", &cells), Some(strings.as_bytes()));
    let limits = Limits { text: 1_000_000, ..Limits::default() };
    assert_eq!(code(read_table(&bytes, "x", &limits)), ("H0112".into(), Some(34)));
    assert_eq!(read(&bytes).unwrap()[0].rows.len(), 100);
}

#[test]
fn a_declared_number_of_strings_is_not_believed() {
    let part = |count: &str, before: &str| {
        format!("{before}<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount = '{count}'><si><t>x</t></si></sst>")
    };
    let data = sheet_xml("A1", r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#);
    let code_of = |strings: &[u8]| read(&workbook(&data, Some(strings))).map_err(|problem| problem.code.into_owned());
    assert_eq!(texts(&code_of(part("1", "").as_bytes()).unwrap()[0]), [["x"]]);
    for count in ["100000000000", "99999999999999999999999", "+4000000000"] {
        for before in ["", &format!("<!--{}-->", "-".repeat(70_000).replace("--", "x-"))] {
            assert_eq!(code_of(part(count, before).as_bytes()).unwrap_err(), "H0107");
        }
        let wide: Vec<u8> = format!("\u{FEFF}{}", part(count, "")).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(code_of(&wide).unwrap_err(), "H0107");
    }
}

#[test]
fn a_declared_dimension_costs_nothing_and_a_real_one_is_bounded() {
    let cell = |at: &str| format!("<row><c r=\"{at}\"><v>1.0</v></c></row>");
    let sheets = read(&workbook(&sheet_xml("A1:XFD1048576", &cell("B2")), None)).unwrap();
    assert_eq!(texts(&sheets[0]), [vec![], vec!["", "1"]]);
    assert_eq!(code(read(&workbook(&sheet_xml("A1", &cell("A1048576")), None))).0, "H0109");
    assert_eq!(code(read(&workbook(&sheet_xml("A1", &cell("XFD1")), None))).0, "H0110");
}

#[test]
fn values_of_cells_as_people_see_them() {
    let data = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>=1+1</t></is></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="e"><v>#REF!</v></c><c r="D1"><v>0.1</v></c><c r="E1" t="b"><v>1</v></c><c r="F1"/></row>"#;
    let sheets = read(&workbook(&sheet_xml("A1", data), None)).unwrap();
    assert_eq!(texts(&sheets[0]), [["=1+1", "2", "#REF!", "0.1", "TRUE"]]);
    let kinds: Vec<_> = sheets[0].rows[0].iter().map(|cell| cell.kind).collect();
    assert_eq!(kinds, [CellKind::FormulaLike, CellKind::Plain, CellKind::Error, CellKind::Plain, CellKind::Plain]);
}

#[test]
fn dates_of_a_spreadsheet_are_iso_text() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let formats = ["yyyy/m/d", "yyyy-mm-dd hh:mm", "[$-411]ggge\"年\"m\"月\"d\"日\"", "hh:mm", "[hh]:mm:ss", "0.00", "@"];
    // 2026-04-01 is day 46113 of the 1900 calendar.
    let numbers = [46_113.0, 46_113.0 + 9.0 / 24.0 + 5.0 / 1_440.0, 46_113.0, 0.75, 1.5, 46_113.0, 46_113.0];
    for ((column, format), number) in (0_u16..).zip(formats).zip(numbers) {
        let format = rust_xlsxwriter::Format::new().set_num_format(format);
        page.write_number_with_format(0, column, number, &format).unwrap();
    }
    let sheets = read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(texts(&sheets[0]), [["2026-04-01", "2026-04-01T09:05:00", "2026-04-01", "18:00:00", "36:00:00", "46113", "46113"]]);
}

fn example() -> OutSheet {
    OutSheet {
        name: "自己点検/2026".into(),
        lead: vec!["記入のしかた".into()],
        columns: vec![
            OutColumn::of(&COLUMNS[0], Lang::Ja),
            OutColumn::of(&COLUMNS[1], Lang::Ja),
            OutColumn::new("回答").choices(["実施", "一部実施, 理由あり", "未実施"]),
        ],
        rows: vec![vec!["A1".into(), "=cmd".into(), OutCell::Empty], vec![7_i64.into(), 0.5.into(), "実施".into()]],
    }
}

#[test]
fn a_sheet_goes_out_and_comes_back() {
    let write = || write_xlsx(&[example(), example()], &[("cycle", "2026"), ("organisation", "'=x")], Lang::Ja).unwrap();
    let bytes = write();
    assert_eq!(bytes, write(), "same input, same bytes");
    let sheets = read(&bytes).unwrap();
    let names: Vec<_> = visible(&sheets).map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["自己点検-2026", "自己点検-2026 (2)"]);
    assert_eq!(hidden_values(&sheets), BTreeMap::from([("cycle".into(), "2026".into()), ("organisation".into(), "'=x".into())]));
    let table = sheets[0].table(COLUMNS).unwrap();
    let rows: Vec<_> = table.rows().map(|row| (row.number(), row.text("code"), row.text("name"))).collect();
    assert_eq!(rows, [(3, "A1", "=cmd"), (4, "7", "0.5")]);
    assert!(sheets[0].rows[2][1].kind == CellKind::FormulaLike);
}

#[test]
fn csv_is_what_excel_opens_rightly() {
    let text = String::from_utf8(write_csv(&example())).unwrap();
    assert_eq!(text, "\u{FEFF}組織コード,名称,回答\r\nA1,'=cmd,\r\n7,0.5,実施\r\n");
}

#[test]
fn a_text_too_long_for_excel_is_refused_with_its_place() {
    let sheet = OutSheet { rows: vec![vec!["x".repeat(32_768).into()]], ..example() };
    let problem = write_xlsx(&[sheet], &[], Lang::Ja).unwrap_err();
    assert_eq!((problem.code.as_ref(), problem.place.row), ("H0113", Some(3)));
}

#[test]
fn a_damaged_workbook_is_a_problem_and_never_a_panic() {
    let bytes = write_xlsx(&[example()], &[("a", "b")], Lang::En).unwrap();
    for end in (4..bytes.len()).step_by(97) {
        assert_eq!(code(read(&bytes[..end])).0, "H0107", "cut at {end}");
    }
    for at in (0..bytes.len()).step_by(13) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x55;
        let _ = read(&changed);
    }
}

#[test]
fn letters_of_columns() {
    let all: Vec<_> = [0, 25, 26, 51, 52, 701, 702, 16_383].map(letters).into();
    assert_eq!(all, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
}

fn texts_out(rows: &[Vec<String>]) -> OutSheet {
    let width = rows.iter().map(Vec::len).max().unwrap_or(1);
    OutSheet {
        name: "S".into(),
        columns: (0..width).map(|n| OutColumn::new(format!("c{n}"))).collect(),
        rows: rows.iter().map(|row| row.iter().map(|text| OutCell::from(text.as_str())).collect()).collect(),
        ..OutSheet::default()
    }
}

/// Rows without trailing empty cells and rows: the form in which what is written and what is read can be compared.
fn trimmed(rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = rows
        .map(|mut row| {
            while row.last().is_some_and(String::is_empty) {
                row.pop();
            }
            row
        })
        .collect();
    while rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows
}

fn read_back(bytes: &[u8]) -> Vec<Vec<String>> {
    let sheets = read(bytes).unwrap();
    trimmed(sheets[0].rows.iter().skip(1).map(|row| row.iter().map(|cell| cell.text.clone()).collect()))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "['=+@\t\r\n\", -]{0,4}[a-z＝　]{0,2}", "(_x[0-9A-F]{4}_|[ _x\r\n]|&amp;|<b>){0,4}",]
}

proptest! {
    #[test]
    fn any_text_goes_through_csv(rows in prop::collection::vec(prop::collection::vec(any_text(), 1..4), 0..5)) {
        let expected = trimmed(rows.iter().cloned());
        prop_assert_eq!(read_back(&write_csv(&texts_out(&rows))), expected);
    }

    #[test]
    fn any_text_goes_through_xlsx(rows in prop::collection::vec(prop::collection::vec(any_text(), 1..4), 0..5)) {
        let expected = trimmed(rows.iter().cloned());
        prop_assert_eq!(read_back(&write_xlsx(&[texts_out(&rows)], &[], Lang::Ja).unwrap()), expected);
    }

    #[test]
    fn reads_csv_as_another_reader_does(text in "[a,\"\r\n]{0,40}") {
        if let Ok(sheet) = delimited::read(&text, "x", &Limits::default()) {
            let mut peer = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = peer.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            // The peer leaves blank lines out; here they keep their place as empty rows.
            let ours: Vec<Vec<String>> = sheet.rows.iter().map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect();
            let lone = |row: &Vec<String>| row.is_empty() || row.as_slice() == [""];
            let strip = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> { rows.into_iter().filter(|row| !lone(row)).collect() };
            prop_assert_eq!(strip(ours), strip(expected));
        }
    }

    #[test]
    fn no_xml_breaks_the_reader(
        data in r#"(<row( r="[0-9]{0,12}")?>|</row>|<c( r="[A-Z]{0,9}[0-9]{0,12}")?( t="(s|e|d|n|str|inlineStr)")?( s="9")?>|</c>|<v>-?[0-9e.]{0,12}</v>|<is><t>a</t></is>|<f t="shared" si="0" ref="A1:B2">A1</f>|<t>|&#x?[0-9]{1,3};){0,12}"#,
        dimension in "[A-Z]{0,8}[0-9]{0,12}(:[A-Z]{0,8}[0-9]{0,12})?",
    ) {
        let limits = Limits { rows: 2_000, ..Limits::default() };
        let _ = read_table(&workbook(&sheet_xml(&dimension, &data), None), "x", &limits);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_table(&bytes, "x", &Limits::default());
    }
}
