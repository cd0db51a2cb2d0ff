//! The front page of a town, which lives, and what becomes of it.

use super::site::Page;

impl Page {
    /// The page of a town called `name`: news, a form with a token, a counter, an advertisement of somebody else's; other at every request.
    /// `more` stands at the end of its body.
    pub fn town(name: &str, more: &str) -> Self {
        let news: String = ["広報を発行しました", "ごみの収集日が変わります", "予防接種の費用を助成します", "職員を募集します"]
            .iter()
            .enumerate()
            .map(|(at, text)| format!("<li><span>11月{}日</span><a href=\"/news/{at}\">{name}から：{text}</a></li>", 20 - at))
            .collect();
        Self::html(&format!(
            "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{name}公式ホームページ</title><meta name=\"csrf\" content=\"t{{request}}\">\
             <link rel=\"stylesheet\" href=\"/main.css?v={{request}}\"><script src=\"https://tags.advert.example/t.js?r={{request}}\"></script></head>\
             <body><header><h1>{name}</h1><form action=\"/search\"><input type=\"hidden\" name=\"token\" value=\"{{request}}\"><input name=\"q\">\
             <button>検索</button></form><nav><ul><li><a href=\"/life/\">くらし</a></li><li><a href=\"/town/\">行政情報</a></li></ul></nav></header>\
             <main><h2>新着情報</h2><ul>{news}</ul><h2>あいさつ</h2><p>{name}のホームページをご覧いただき、ありがとうございます。</p></main>\
             <footer><p>訪問者 {{request}} 人目</p><p><a href=\"https://www.pref.example/\">県のホームページ</a></p></footer>{more}</body></html>"
        ))
    }

    /// What defacers leave in its place.
    pub fn defaced() -> Self {
        Self::html(
            "<html><head><title>HACKED</title></head><body bgcolor=black><center><font color=red size=7>HACKED BY NOBODY</font><br>\
             <img src=\"https://pictures.evil.example/skull.gif\"><marquee>Your security is a joke, greetings to all our friends</marquee></center></body></html>",
        )
    }
}
