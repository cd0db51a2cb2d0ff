//! Bad input, one table: the same file at the command line and in the browser, in both languages; what is wrong, where, what to do,
//! and nothing changed.

use std::io::Write;
use std::net::TcpStream;

use super::killed::open_cycle;
use super::place::{Place, Server, ask, code, json, read, said, status, text};

/// Where a file is taken in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Register,
    People,
    Answers,
    Standards,
    Observations,
}
use Door::{Answers, Observations, People, Register, Standards};

/// One file that is wrong: where it is sent, its name, its bytes, and what must be said of it: place, fault and remedy.
struct Case {
    into: &'static [Door],
    name: &'static str,
    bytes: Vec<u8>,
    ja: &'static [&'static str],
    en: &'static [&'static str],
}

impl Door {
    /// The command that takes `file` in.
    fn command(self, file: &str) -> Vec<&str> {
        match self {
            Register => vec!["register", "import", file],
            People => vec!["cycle", "respondents", "import", file],
            Answers => vec!["cycle", "answers", "import", "2020", "--organisation", "moa", file],
            Standards => vec!["standards", "import", file],
            Observations => vec!["measure", "import", file],
        }
    }
}

/// The addresses of an installation's forms.
struct Forms {
    server: Server,
    session: String,
    answers: String,
}

impl Forms {
    fn path(&self, into: Door) -> &str {
        match into {
            Register => "/register/import",
            People => "/inspections/respondents/sheet",
            Answers => &self.answers,
            Standards => "/standards/import",
            Observations => "/measurements/import",
        }
    }

    fn send(&self, into: Door, lang: &str, name: &str, bytes: &[u8]) -> String {
        let path = format!("{}?lang={lang}", self.path(into));
        let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nimport\r\n".to_vec();
        body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let headers = [("Cookie", self.session.as_str()), ("Content-Type", "multipart/form-data; boundary=edge")];
        ask(&self.server.address, "POST", &path, &headers, &body).unwrap()
    }
}

/// The text of a page: tags gone, entities back.
fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    ["&#34;", "&quot;"].iter().fold(out, |text, entity| text.replace(entity, "\"")).replace("&#39;", "'").replace("&amp;", "&")
}

/// A ZIP archive with one deflated part that expands to `megabytes` of zeros and says that it holds `declared` bytes (APPNOTE.TXT
/// §4.3; RFC 1951 §3.2.6: a fixed block of one literal and repetitions of 258 bytes at distance 1).
fn bomb(part: &str, megabytes: usize, declared: u32) -> Vec<u8> {
    let (mut packed, mut bits, mut filled) = (Vec::new(), 0_u32, 0);
    let mut put = |value: u32, count: u32, packed: &mut Vec<u8>| {
        bits |= value << filled;
        filled += count;
        while filled >= 8 {
            packed.push((bits & 0xff) as u8);
            bits >>= 8;
            filled -= 8;
        }
    };
    put(0b011, 3, &mut packed);
    put(0x30_u32.reverse_bits() >> 24, 8, &mut packed);
    for _ in 0..megabytes * 1024 * 1024 / 258 {
        put(0b1100_0101_u32.reverse_bits() >> 24, 8, &mut packed);
        put(0, 5, &mut packed);
    }
    put(0, 7, &mut packed);
    put(0, 8, &mut packed);
    let size = u32::try_from(packed.len()).unwrap().to_le_bytes();
    let length = u16::try_from(part.len()).unwrap().to_le_bytes();
    // Version, flags, method, time, date, checksum, both sizes, length of the name, no extra field.
    let head = [&[20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0, 0, 0, 0, 0][..], &size, &declared.to_le_bytes(), &length, &[0, 0]].concat();
    let mut out = [&b"PK\x03\x04"[..], &head, part.as_bytes(), &packed].concat();
    let directory = out.len();
    out.extend_from_slice(&[&b"PK\x01\x02\x14\x00"[..], &head, &[0; 14], part.as_bytes()].concat());
    let length = out.len() - directory;
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
    out.extend_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
    out.extend_from_slice(b"\0\0");
    out
}

/// A workbook cut off in its middle.
fn cut() -> Vec<u8> {
    use formats::sheets::{OutCell, OutColumn, OutSheet, write_xlsx};
    let sheet = OutSheet { name: "s".into(), columns: vec![OutColumn::new("code")], rows: vec![vec![OutCell::from("x")]; 50], ..OutSheet::default() };
    let whole = write_xlsx(&[sheet], &[], formats::lang::Lang::Ja).unwrap();
    whole.get(..whole.len() / 2).unwrap().to_vec()
}

fn cases() -> Vec<Case> {
    let sheets = &[Register, People, Answers, Observations][..];
    let case = |into, name, bytes: Vec<u8>, ja, en| Case { into, name, bytes, ja, en };
    let systems = "organisation,code,name_ja,confidentiality,integrity,availability\n";
    let people = "organisation,code,name,roles\n";
    vec![
        case(
            sheets,
            "cut.xlsx",
            cut(),
            &["cut.xlsx", "壊れているか、途中で切れています", "Excelで開けることを確かめ"],
            &["cut.xlsx", "damaged or cut short", "save it again"],
        ),
        case(
            sheets,
            "bomb.xlsx",
            bomb("xl/workbook.xml", 300, 300 * 1024 * 1024),
            &["bomb.xlsx", "展開すると 256 MiB を超える", "新しいブックに値として貼り付け"],
            &["bomb.xlsx", "expands beyond 256 MiB", "into a new workbook"],
        ),
        case(
            sheets,
            "liar.xlsx",
            bomb("xl/workbook.xml", 300, 1_000),
            &["liar.xlsx", "壊れているか、途中で切れています", "Excelで開けることを確かめ"],
            &["liar.xlsx", "damaged or cut short", "save it again"],
        ),
        case(sheets, "none.csv", Vec::new(), &["空です|選んでください", "選"], &["empty|choose", "hoose"]),
        case(
            sheets,
            "odd.csv",
            b"code,name\n\x81\xff\xff\xfe\xa0 \x00,x\n".to_vec(),
            &["odd.csv", "UTF-8、Shift_JIS、UTF-16のどれとしても読めない", "「CSV UTF-8」として保存し直してください"],
            &["odd.csv", "neither UTF-8, Shift_JIS nor UTF-16", "“CSV UTF-8”"],
        ),
        case(
            sheets,
            "other.csv",
            b"just,some\ntext,here\n".to_vec(),
            &["other", "見出しの行が見つかりません", "ひな形のファイルを書き出し"],
            &["other", "no header row was found", "Export the template"],
        ),
        case(
            &[Register],
            "formula.csv",
            format!("{systems}moa,sys-1,=cmd|' /C calc'!A0,1,1,1\n").into_bytes(),
            &["2行目|2", "name_ja|名称", "=cmd", "使えません"],
            &["row 2|2", "name_ja|Name", "=cmd", "cannot be used"],
        ),
        case(
            &[Register],
            "twice.csv",
            format!("{systems}moa,sys-1,一,1,1,1\nmoa,sys-1,二,1,1,1\n").into_bytes(),
            &["3", "sys-1", "同じものが2回あります", "1つにしてください"],
            &["3", "sys-1", "stands here twice", "Keep one of them"],
        ),
        case(
            &[Register],
            "nowhere.csv",
            format!("{systems}nowhere,sys-1,一,1,1,1\n").into_bytes(),
            &["2", "nowhere", "この組織が見つかりません", "コードを確かめてください"],
            &["2", "nowhere", "was not found", "Check the code"],
        ),
        case(
            &[People],
            "people.csv",
            format!("{people}nowhere,x1,山田,staff\n").into_bytes(),
            &["2行目", "nowhere", "見つかりません", "確かめ"],
            &["row 2", "nowhere", "There is no organisation", "Check"],
        ),
        case(
            &[People],
            "same.csv",
            format!("{people}moa,x1,山田,staff\nmoa,x1,鈴木,staff\n").into_bytes(),
            &["3行目", "x1", "二度", "一人一行"],
            &["row 3", "x1", "twice", "one line per person"],
        ),
        case(
            &[Answers],
            "answers.csv",
            "職員コード,項目番号,回答\np000,nothing-1,実施している\n".into(),
            &["2行目", "nothing-1", "この版にありません", "項目番号を確かめてください"],
            &["row 2", "nothing-1", "has no item", "Check the number"],
        ),
        case(
            &[Answers],
            "stranger.csv",
            "職員コード,項目番号,回答\nzz9,nothing-1,実施している\n".into(),
            &["2行目", "zz9", "回答者の中にありません", "コードを確かめてください"],
            &["row 2", "zz9", "No respondent", "Check the code"],
        ),
        case(&[Standards], "half.json", b"{\"catalog\": {".to_vec(), &["JSONとして読めません", "直すか"], &["not well-formed JSON", "Mend"]),
        case(
            &[Standards],
            "keys.json",
            b"{\"catalog\": {\"uuid\": \"a\", \"uuid\": \"b\"}}".to_vec(),
            &["同じキー「uuid」が二度", "一方を削除"],
            &["“uuid” is written twice", "delete the other"],
        ),
        case(
            &[Standards],
            "deep.json",
            format!("{{\"catalog\": {}1{}}}", "[".repeat(200), "]".repeat(200)).into_bytes(),
            &["入れ子が深すぎます", "浅く"],
            &["nested too deeply", "fewer levels"],
        ),
        case(
            &[Standards],
            "other.json",
            b"{\"plan\": {}}".to_vec(),
            &["catalog", "「plan」", "正しい種類のファイル"],
            &["catalog", "plan", "Choose"],
        ),
        case(
            &[Observations],
            "half.json",
            b"[{\"class_uid\": 2003,".to_vec(),
            &["JSONとして読めません", "直すか"],
            &["not well-formed JSON", "Mend"],
        ),
        case(
            &[Observations],
            "class.json",
            b"[{\"class_uid\": 1001}]".to_vec(),
            &["Compliance Finding", "class_uid 1001", "書き出し側"],
            &["Compliance Finding", "class_uid 1001", "exporting system"],
        ),
    ]
}

/// What somebody changed, by verb. Looking at a file before it is taken in leaves a line, but no change; and the background work,
/// which goes on meanwhile, is nobody's.
fn changes(place: &Place) -> Vec<String> {
    let log = place.fine(&["audit", "export"]);
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let verbs = lines
        .filter(|line| !["job", "schedule", "measurements"].contains(&line["actor_name"].as_str().unwrap()))
        .map(|line| line["verb"].as_str().unwrap().to_owned());
    verbs.filter(|verb| !matches!(verb.as_str(), "register.preview" | "edition.examine")).collect()
}

/// Whether `said` holds every word; `a|b` is either.
fn missing<'a>(said: &str, words: &'a [&'a str]) -> Vec<&'a str> {
    words.iter().copied().filter(|word| !word.split('|').any(|one| said.contains(one))).collect()
}

/// An installation with an open cycle, served, with the administrator's session.
fn forms(place: &Place) -> Forms {
    let (_, session) = open_cycle(place, 1);
    let server = Server::start(place);
    let cookie = [("Cookie", session.as_str())];
    let found = |path: &str, key: &str, value: &str| {
        let list = json(&ask(&server.address, "GET", path, &cookie, b"").unwrap());
        list.as_array().unwrap().iter().find(|one| one[key] == value).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let cycle = found("/api/v1/inspections/cycles", "code", "2020");
    let moa = found("/api/v1/register/organisations", "code", "moa");
    let answers = format!("/inspections/cycles/{cycle}/organisations/{moa}/sheet");
    Forms { server, session, answers }
}

#[test]
fn a_bad_file_is_refused_with_place_and_remedy_and_nothing_changes() {
    let place = Place::new();
    let forms = forms(&place);
    let before = changes(&place);
    let mut wrong = Vec::new();
    for case in cases() {
        let file = place.file(case.name);
        std::fs::write(&file, &case.bytes).unwrap();
        for into in case.into {
            for (lang, words) in [("ja", case.ja), ("en", case.en)] {
                let output = place.run(&[&["--lang", lang][..], &into.command(text(&file))].concat());
                let lacks = missing(&said(&output), words);
                if code(&output) == 0 || !lacks.is_empty() {
                    wrong.push(format!(
                        "{into:?} {} {lang} at the command line: {} lacks {lacks:?} in:\n{}",
                        case.name,
                        code(&output),
                        said(&output)
                    ));
                }
                let answer = forms.send(*into, lang, case.name, &case.bytes);
                let shown = plain(&answer);
                let lacks = missing(&shown, words);
                if status(&answer) != 422 || !lacks.is_empty() {
                    wrong.push(format!("{into:?} {} {lang} in the browser: {} lacks {lacks:?} in:\n{shown}", case.name, status(&answer)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
    assert_eq!(changes(&place), before);

    // Windows writes CSV in Shift_JIS: that is no fault, and what it holds can be confirmed.
    let (bytes, _, lossy) =
        encoding_rs::SHIFT_JIS.encode("組織コード,システムコード,名称（日本語）,機密性,完全性,可用性\nmoa,sjis-1,申請受付,1,1,1\n");
    assert!(!lossy);
    let page = forms.send(Register, "ja", "sjis.csv", &bytes);
    assert!(status(&page) == 200 && page.contains("name=\"hash\""), "{page}");
    let file = place.file("sjis.csv");
    std::fs::write(&file, &bytes).unwrap();
    place.fine(&["register", "import", text(&file)]);
    assert!(place.fine(&["--json", "register", "import", text(&file)]).contains("\"unchanged\": 1"));

    // After closing nothing more is taken in, and it is said to whom to turn.
    place.fine(&["cycle", "close", "2020"]);
    let before = changes(&place);
    let bytes = "職員コード,項目番号,回答\np000,x-1,実施している\n".as_bytes();
    let file = place.file("late.csv");
    std::fs::write(&file, bytes).unwrap();
    for (lang, words) in [
        ("ja", &["締め切られた", "何も変わっていません", "連絡してください"][..]),
        ("en", &["is closed", "Nothing was changed", "tell the organisation"]),
    ] {
        let output = place.run(&[&["--lang", lang][..], &Answers.command(text(&file))].concat());
        assert!(code(&output) == 2 && missing(&said(&output), words).is_empty(), "{}", said(&output));
        let answer = forms.send(Answers, lang, "late.csv", bytes);
        assert!(status(&answer) == 409 && missing(&plain(&answer), words).is_empty(), "{answer}");
    }
    assert_eq!(changes(&place), before);
}

#[test]
fn a_program_that_sends_no_json_learns_where_it_is_wrong() {
    let place = Place::new();
    let forms = forms(&place);
    let before = changes(&place);
    let headers = [("Cookie", forms.session.as_str()), ("Content-Type", "application/json")];
    for (body, place_of) in
        [("[{\"organisation\":", "line 1"), ("[{\"organisation\": 5}]", "organisation"), ("[{\"code\":\"a\",\"code\":\"b\"}]", "code")]
    {
        for (lang, words) in [("ja", "JSONを読み取れませんでした"), ("en", "The JSON sent could not be read")] {
            let path = format!("/api/v1/inspections/respondents?lang={lang}");
            let answer = ask(&forms.server.address, "POST", &path, &headers, body.as_bytes()).unwrap();
            let title = json(&answer)["title"].as_str().unwrap().to_owned();
            assert!(status(&answer) == 422 && title.contains(words) && title.contains(place_of) && title.contains("openapi.json"), "{answer}");
        }
    }
    assert_eq!(changes(&place), before);
}

/// Two gigabytes.
const HUGE: u64 = 2 * 1024 * 1024 * 1024;

#[test]
fn two_gigabytes_are_refused_before_they_are_read() {
    let place = Place::new();
    let forms = forms(&place);
    let before = changes(&place);
    let host = &forms.server.address;
    for path in ["/register/import?lang=en", "/inspections/respondents/sheet?lang=en", "/api/v1/register/import?lang=en", "/standards/import?lang=en"]
    {
        let head = |how: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=edge\r\n{how}\r\n\r\n",
                forms.session
            )
        };
        // Announced: the answer comes although nothing is sent.
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(head(&format!("Content-Length: {HUGE}")).as_bytes()).unwrap();
        let answer = read(&mut stream).unwrap();
        assert!(status(&answer) == 413 && answer.contains("64 MB at most") && answer.contains("Split it"), "{path}: {answer}");

        // Not announced: the answer comes, or the line is cut, soon after the most that is taken.
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(head("Transfer-Encoding: chunked").as_bytes()).unwrap();
        let form = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        let mut piece = format!("{:x}\r\n", form.len()).into_bytes();
        piece.extend_from_slice(form);
        piece.extend_from_slice(b"\r\n");
        let mut sent = 0_u64;
        let chunk = [&b"100000\r\n"[..], &[b'a'; 0x10_0000], b"\r\n"].concat();
        let mut open = stream.write_all(&piece).is_ok();
        while open && sent < HUGE {
            open = stream.write_all(&chunk).is_ok();
            sent += 0x10_0000;
        }
        assert!(sent < 100 * 1024 * 1024, "{path}: {sent} bytes were taken");
    }
    assert_eq!(changes(&place), before);

    // At the command line a file of that size is not read whole either.
    let file = place.file("huge.csv");
    std::fs::File::create(&file).unwrap().set_len(HUGE).unwrap();
    for into in [Register, People, Answers, Standards, Observations] {
        let output = place.run(&[&["--lang", "en"][..], &into.command(text(&file))].concat());
        assert!(code(&output) > 0 && said(&output).contains("too large") && said(&output).contains("Split"), "{into:?}: {}", said(&output));
    }
    assert_eq!(changes(&place), before);
}
