//! Pages as they are written, and pages nobody would write.

use proptest::prelude::*;
use url::Url;

use super::*;

const PAGE: &str = r#"<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>
 架空市  公式サイト</title><meta name="Generator" content="ExampleCMS 4.2"><meta http-equiv="Refresh" content="300; URL='/index.html'">
<link rel="stylesheet" href="/style.css"><link rel="Canonical" href="https://www.kakuu.example/">
<script src="https://cdn.example/a.js" integrity="sha384-x"></script>
<script>// http://comment.example is one; //this is not
var u = "https:\/\/api.example\/v1", v='//tracker.example:8443/x';</script></head>
<body><header><h1>架空市</h1></header><p>お知らせ<b>一覧</b></p><ul><li><a href="/news/1"> 一件目
 のお知らせ</a><li><a href="https://pref.example/"><img src="b.png" alt="県のページ" srcset="b.png 1x, //img.example/b2.png 2x"></a></ul>
<iframe src="https://video.example/e"></iframe><iframe srcdoc="<p>x"></iframe>
<form action="/search"><input name=q><input type=HIDDEN name=csrf value=1><select name=k></select><textarea name=t></textarea>
<button formaction="https://other.example/go">検索</button></form><form method=POST></form><style>p{}</style><template><p>隠れた</p></template>
<noscript><iframe src="https://gtm.example/ns.html"></iframe></noscript></body></html>"#;

fn page(text: &str) -> Page {
    read(text.as_bytes(), None)
}

fn at(address: &str) -> Url {
    Url::parse(address).unwrap()
}

#[test]
fn everything_of_a_page_is_found_in_order() {
    let page = page(PAGE);
    assert_eq!(page.charset, "UTF-8");
    assert_eq!(page.lang.as_deref(), Some("ja"));
    assert_eq!(page.title.as_deref(), Some("架空市 公式サイト"));
    assert_eq!(page.generator(), Some("ExampleCMS 4.2"));
    assert_eq!(page.refresh, Some(Refresh { after: 300, target: Some("/index.html".into()) }));
    assert_eq!(page.text, ["架空市", "お知らせ", "一覧", "一件目 のお知らせ", "検索"]);
    assert_eq!(
        page.links.iter().map(|link| (link.href.as_str(), link.text.as_str())).collect::<Vec<_>>(),
        [("/news/1", "一件目 のお知らせ"), ("https://pref.example/", "県のページ")]
    );
    assert_eq!(page.frames, ["https://video.example/e", "about:srcdoc", "https://gtm.example/ns.html"]);
    assert_eq!(page.images, ["b.png", "b.png", "//img.example/b2.png"]);
    assert_eq!(page.stylesheets, ["/style.css"]);
    assert_eq!(page.related, [Related { rel: "canonical".into(), href: "https://www.kakuu.example/".into() }]);
    assert_eq!((page.scripts.len(), page.scripts[0].integrity.as_deref()), (2, Some("sha384-x")));
    let fields = page.forms[0].fields.iter().map(|field| (field.name.as_str(), field.kind.as_str())).collect::<Vec<_>>();
    assert_eq!(fields, [("q", "text"), ("csrf", "hidden"), ("k", "select"), ("t", "textarea"), ("", "submit")]);
    assert_eq!((page.forms[0].method.as_str(), page.forms[1].method.as_str()), ("get", "post"));
    assert!(!page.cut);
}

#[test]
fn origins_are_whole_and_say_how_they_are_reached() {
    let origins = page(PAGE).origins(&at("https://www.kakuu.example/top/"));
    let of = |reach: Reach| origins.iter().filter(|(one, _)| *one == reach).map(|(_, origin)| origin.as_str()).collect::<Vec<_>>();
    let own = "https://www.kakuu.example";
    assert_eq!(of(Reach::Script), ["https://cdn.example"]);
    assert_eq!(of(Reach::Code), ["http://comment.example", "https://api.example", "https://tracker.example:8443"]);
    assert_eq!(of(Reach::Frame), ["about:", "https://gtm.example", "https://video.example"]);
    assert_eq!(of(Reach::Form), ["https://other.example", own]);
    assert_eq!(of(Reach::Link), ["https://pref.example", own]);
    assert_eq!(of(Reach::Refresh), [own]);
    assert_eq!(of(Reach::Image), ["https://img.example", own]);
}

#[test]
fn a_base_moves_every_relative_address() {
    let text = r#"<base href="https://evil.example/x/"><script src=a.js></script><a href="mailto:a@b.example">m</a><a href="javascript:void 0">j</a>
        <a href="http://例え.テスト:80/">i</a><img src="data:image/png;base64,AAAA"><form></form>"#;
    let origins = page(text).origins(&at("http://a.example/"));
    let expected = [
        (Reach::Script, "https://evil.example"),
        (Reach::Form, "http://a.example"),
        (Reach::Link, "http://xn--r8jz45g.xn--zckzah"),
        (Reach::Link, "javascript:"),
        (Reach::Link, "mailto:"),
        (Reach::Image, "data:"),
    ];
    assert_eq!(origins.into_iter().collect::<Vec<_>>(), expected.map(|(reach, origin)| (reach, origin.to_owned())));
}

#[test]
fn charsets_of_japanese_pages() {
    let text = "<title>架空市のお知らせ</title><p>あいうえお、漢字。</p>";
    for (encoding, name) in [(encoding_rs::SHIFT_JIS, "Shift_JIS"), (encoding_rs::EUC_JP, "EUC-JP"), (encoding_rs::ISO_2022_JP, "ISO-2022-JP")] {
        let (bytes, _, bad) = encoding.encode(text);
        assert!(!bad);
        let guessed = read(&bytes, None);
        let told = read(&bytes, Some(&format!("text/html; Charset=\"{name}\"")));
        let meta = [format!("<meta http-equiv=Content-Type content='text/html; charset={name}'>").as_bytes(), &bytes].concat();
        for page in [guessed, told, read(&meta, None)] {
            assert_eq!((page.charset.as_str(), page.title.as_deref()), (name, Some("架空市のお知らせ")));
        }
    }
    assert_eq!(read(b"caf\xe9 \xff", None).charset, "windows-1252");
    assert_eq!(read("\u{FEFF}é".as_bytes(), Some("text/html; charset=Shift_JIS")).charset, "UTF-8");
    assert_eq!(read("<meta charset=utf-16>あ".as_bytes(), None).text, ["あ"]);
}

#[test]
fn refreshes_of_every_spelling() {
    for (content, after, target) in [
        ("0;url=https://evil.example/", 0, Some("https://evil.example/")),
        ("5", 5, None),
        ("0.5, /a", 0, Some("/a")),
        (" 3 ; URL = \"/b\" ", 3, Some("/b")),
        (".1 x", 0, Some("x")),
    ] {
        let page = page(&format!("<meta http-equiv=refresh content='{content}'>"));
        assert_eq!(page.refresh, Some(Refresh { after, target: target.map(str::to_owned) }), "{content}");
    }
    assert_eq!(page("<meta http-equiv=refresh content='x'>").refresh, None);
}

#[test]
fn the_skeleton_knows_tags_and_nothing_else() {
    let one = page("<div class=a id=b><p>x</p><p lang=en>y</p></div>");
    let two = page("<DIV ID=c CLASS='d'>\n<p>other</p><!-- c --><p>words</DIV>");
    assert_eq!(one.skeleton, two.skeleton);
    assert_ne!(one.skeleton, page("<div><p>x</p><div>y</div></div>").skeleton);
    assert_ne!(page("<b><i></i></b>").skeleton, page("<b></b><i></i>").skeleton);
}

#[test]
fn broken_tables_and_forms_are_put_right_as_browsers_do() {
    let page = page("<table><form action=/a><tr><td><input name=in></table>text<input name=out>");
    assert_eq!(page.forms.iter().map(|form| form.fields.len()).collect::<Vec<_>>(), [2]);
    assert_eq!(page.text, ["text"]);
}

#[test]
fn what_is_out_of_bounds_is_cut() {
    let deep = "<div>".repeat(100_000);
    let many = "<br>".repeat(100_000);
    let attributes = format!("<a {}>x", (0..200_000).map(|n| format!("a{n} ")).collect::<String>());
    let formats = (0..20_000).map(|n| format!("<b a{n}>")).collect::<String>() + &"<p>".repeat(50_000);
    let large = "x".repeat(LARGEST + 1);
    for text in [&deep, &many, &attributes, &formats, &large] {
        let page = page(text);
        assert!(page.cut && page.skeleton.len() < 80_000, "{}", page.skeleton.len());
    }
    assert!(!page(&"<p>".repeat(20_000)).cut);
    assert!(!page(&format!("<img src='data:,{}'>", "A".repeat(500_000))).cut);
}

/// Pieces that reach the odd corners of the tree builder.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<form action=//a.b>",
            "</form>",
            "<b x>",
            "<i>",
            "</b>",
            "<a href=x>",
            "</a>",
            "<svg>",
            "<math>",
            "<annotation-xml encoding=text/html>",
            "<template>",
            "</template>",
            "<select>",
            "<option>",
            "<input type=hidden>",
            "<frameset>",
            "<frame src=y>",
            "<script>",
            "</script>",
            "<title>",
            "<plaintext>",
            "<textarea>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<!doctype",
            "<body>",
            "</body>",
            "</html>",
            "<head>",
            "<noscript>",
            "<p>",
            "</p>",
            "<button>",
            "<nobr>",
            "<iframe srcdoc=x>",
            "\0",
            "&amp;",
            "&#x0;",
            "<meta http-equiv=refresh content=0>",
            "<base href='//c.d'>",
            "<object data=z>",
            "<foreignObject>",
            "<desc>",
            "<ruby><rt>",
            "<caption>",
            "<col>",
            "<marquee>",
            "<?php ?>",
            "<selectedcontent>",
        ])
        .prop_map(str::to_owned),
        "[ -~あ<>\"'=/&;]{0,6}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in soup()) {
        let address = at("https://a.example/b");
        for page in [read(&bytes, None), read(&bytes, Some("text/html; charset=iso-2022-jp")), page(&text)] {
            prop_assert!(page.skeleton.len() <= 10_000);
            let _ = page.origins(&address);
        }
    }

    #[test]
    fn the_order_of_attributes_does_not_matter(values in prop::collection::btree_map("[a-z]{1,8}", "[a-z0-9]{0,5}", 0..8)) {
        let write = |pairs: Vec<(&String, &String)>| pairs.iter().map(|(name, value)| format!(" x{name}=\"{value}\"")).collect::<String>();
        let forward = page(&format!("<a href=/x{}>y</a>", write(values.iter().collect())));
        let backward = page(&format!("<a{} href=/x>y</a>", write(values.iter().rev().collect())));
        prop_assert_eq!(forward, backward);
    }
}
