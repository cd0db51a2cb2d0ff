//! Pages as municipalities have them, and what becomes of them.

/// The front page of a town.
#[derive(Clone)]
pub struct Site {
    /// Varies what varies by itself: tokens, counters, the hour, the banner on show.
    pub request: u64,
    pub title: String,
    /// Headline and address.
    pub news: Vec<(String, String)>,
    /// Put at the end of the head, at the beginning of the content and at the end of the body.
    pub head: String,
    pub notice: String,
    pub foot: String,
    /// Where the search form sends to.
    pub search: String,
}

const HEADLINES: [&str; 8] = [
    "広報ここのつ12月号を発行しました",
    "年末年始のごみ収集日程について",
    "住民税の申告相談を受け付けています",
    "町営住宅の入居者を募集します",
    "インフルエンザ予防接種の費用を助成します",
    "子育て支援センターの行事予定",
    "道路工事による通行止めのお知らせ",
    "図書館の蔵書点検に伴う休館",
];

const SPONSORS: [&str; 5] = ["kikaku", "kensetsu", "shokuhin", "kanko", "denki"];

impl Site {
    pub fn new() -> Self {
        let news = HEADLINES.iter().enumerate().map(|(at, text)| ((*text).to_owned(), format!("/news/{at}.html"))).collect();
        Self {
            request: 1,
            title: "ここのつ町公式ホームページ".to_owned(),
            news,
            head: String::new(),
            notice: String::new(),
            foot: String::new(),
            search: "/search".to_owned(),
        }
    }

    pub fn at(request: u64) -> Self {
        Self { request, ..Self::new() }
    }

    pub fn html(&self) -> String {
        let n = self.request;
        let sponsor = |at: u64| SPONSORS[usize::try_from(at % 5).unwrap()];
        let banner = |at: u64| {
            let name = sponsor(at);
            format!("<li><a href=\"https://{name}.example/\" rel=\"sponsored\"><img src=\"/banner/{name}.png\" alt=\"広告 {name}\"></a></li>")
        };
        let news: String = self
            .news
            .iter()
            .enumerate()
            .map(|(at, (text, address))| format!("<li><span class=\"date\">11月{}日</span><a href=\"{address}\">{text}</a></li>", 27 - at % 27))
            .collect();
        let menu: String = [("くらし", "life"), ("子育て", "child"), ("健康・福祉", "health"), ("産業", "work"), ("町政情報", "town")]
            .iter()
            .map(|(text, path)| format!("<li><a href=\"/{path}/\">{text}</a><ul><li><a href=\"/{path}/faq\">{text}のよくある質問</a></li></ul></li>"))
            .collect();
        format!(
            "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{title}</title><meta name=\"csrf-token\" content=\"{token:016x}\">\
             <link rel=\"stylesheet\" href=\"/css/main.css?v={n}\"><script src=\"https://www.ads.example/tag.js?slot={n}\" nonce=\"{token:x}\" async></script>\
             <script nonce=\"{token:x}\">window.dataLayer=[];var t={n};load(\"https://metrics.example/c?x={n}\");</script>{head}</head>\
             <body class=\"top\" data-time=\"{n}\"><header><p><a href=\"/\"><img src=\"/logo.png\" alt=\"ここのつ町\"></a></p>\
             <form action=\"{search}\" method=\"get\"><input type=\"hidden\" name=\"token\" value=\"{token:x}\"><input name=\"q\"><button>検索</button></form>\
             <nav><ul>{menu}</ul></nav></header><main>{notice}<section><h2>新着情報</h2><ul>{news}</ul></section>\
             <section><h2>人口と世帯</h2><table><tr><th>人口</th><td>12,{n}人</td></tr><tr><th>世帯</th><td>5,{n}世帯</td></tr></table></section>\
             <section><h2>町長あいさつ</h2><p>ここのつ町のホームページをご覧いただきありがとうございます。海と山に恵まれたこの町で、\
             安心して暮らし続けられるまちづくりを、町民のみなさまとともに進めてまいります。</p></section>\
             <aside><h2>広告</h2><ul>{b1}{b2}</ul></aside></main><footer><p>ここのつ町役場 〒000-0000 電話 00-0000-0000</p>\
             <p>訪問者 {n} 人目 11月27日 {h}時{m}分</p><p><a href=\"https://www.pref.example/\">県のホームページ</a></p></footer>{foot}</body></html>",
            title = self.title,
            token = n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            head = self.head,
            search = self.search,
            notice = self.notice,
            foot = self.foot,
            b1 = banner(n),
            b2 = banner(n + 1),
            h = n % 24,
            m = n % 60,
        )
    }
}

/// What defacers leave: a page of their own.
pub fn defaced() -> String {
    "<html><head><title>HACKED BY NOBODY CREW</title></head><body bgcolor=black><center><h1><font color=red>HACKED BY NOBODY CREW</font></h1>\
     <img src=\"https://i.pictures.example/skull.gif\"><br><marquee>Your security is a joke. We were here. Greetz to all our friends.</marquee>\
     <embed src=\"https://sound.example/a.mp3\" autostart=true></center></body></html>"
        .to_owned()
}

/// The same town after its pages were made anew.
pub fn redesigned() -> String {
    let cards: String = HEADLINES
        .iter()
        .map(|text| format!("<article><figure><picture><source srcset=\"/i.webp\"><img src=\"/i.png\" alt=\"\"></picture></figure><div><h3><a href=\"/n\">{text}</a></h3><time>11月27日</time></div></article>"))
        .collect();
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>ここのつ町公式ホームページ</title><link rel=\"stylesheet\" href=\"/n.css\"></head>\
         <body><div id=\"app\"><div><div><button>メニュー</button><div><div><span><a href=\"/\">ここのつ町</a></span></div></div></div></div>\
         <div><div><div><h1>海と山のまち</h1></div></div><div><section><div><h2>新着情報</h2><div>{cards}</div></div></section></div></div>\
         <div><div><dl><dt>人口</dt><dd>12,345人</dd></dl></div></div></div><script src=\"/app.js\"></script></body></html>"
    )
}
