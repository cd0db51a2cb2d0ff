//! The pen of the charts: escaped SVG elements, colours by palette, widths of text, round axis steps.

use std::fmt::Write as _;

use super::{Head, Palette};
use crate::lang::Lang;

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Data colours, from 1; beyond the sixth they begin again.
    Data(usize),
    Text,
    Muted,
    Grid,
    /// The ground of the page, for outlines that lift a mark off others.
    Ground,
    /// As it shall be.
    Good,
    /// Look at it.
    Warn,
    /// Not as it shall be.
    Bad,
}

impl Ink {
    fn value(self, palette: Palette) -> String {
        // Data colours: Okabe and Ito (2008), told apart with colour vision deficiencies; all are darker than 3:1 on white.
        const SCREEN: [&str; 6] = ["#0b5f99", "#b34700", "#00775a", "#8d4b87", "#6b5b00", "#4d4d4d"];
        const PRINT: [&str; 6] = ["#003d66", "#b34700", "#4d4d4d", "#00775a", "#8d4b87", "#000000"];
        let (name, screen, print) = match self {
            Self::Data(number) => {
                let at = number.saturating_sub(1) % 6;
                let pick = |colors: &[&'static str; 6]| colors.get(at).copied().unwrap_or("#000000");
                (format!("--chart-{}", at + 1), pick(&SCREEN), pick(&PRINT))
            }
            Self::Text => ("--chart-text".to_owned(), "#1a1a1a", "#000000"),
            Self::Muted => ("--chart-muted".to_owned(), "#595959", "#404040"),
            Self::Grid => ("--chart-grid".to_owned(), "#d0d0d0", "#c0c0c0"),
            Self::Ground => ("--chart-ground".to_owned(), "#ffffff", "#ffffff"),
            // The page's own colours of states: the badges beside a chart have the same.
            Self::Good => ("--good".to_owned(), "#17613a", "#404040"),
            Self::Warn => ("--warn".to_owned(), "#7a4b00", "#404040"),
            Self::Bad => ("--bad".to_owned(), "#a3201b", "#000000"),
        };
        match palette {
            Palette::Css => format!("var({name}, {screen})"),
            Palette::Print => print.to_owned(),
        }
    }
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) const FONT: f64 = 12.0;

/// One picture being drawn. Lengths in user units; one is a pixel at full size.
pub(super) struct Pen {
    out: String,
    palette: Palette,
}

impl Pen {
    pub(super) fn new(head: &Head, id: &str, palette: Palette, width: f64, height: f64) -> Self {
        let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let (w, h) = (num(width), num(height));
        // Proportional Latin letters are a little wider than `width` reckons, so English is printed a little smaller.
        let (font, size) = match (palette, head.lang) {
            (Palette::Css, _) => ("", FONT),
            (Palette::Print, Lang::Ja) => (" font-family=\"BIZ UDGothic, Noto Sans CJK JP, sans-serif\"", FONT),
            (Palette::Print, Lang::En) => (" font-family=\"BIZ UDPGothic, BIZ UDGothic, Noto Sans CJK JP, sans-serif\"", FONT - 1.0),
        };
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" lang=\"{lang}\" font-size=\"{size}\"{font}>\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{desc}</desc>\n",
            lang = head.lang.as_str(),
            size = num(size),
            title = escape(&head.title),
            desc = escape(&head.description),
        );
        Self { out, palette }
    }

    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.out.write_fmt(text);
        self.out.push('\n');
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, ink: Ink, text: &str) {
        self.text_with(x, y, anchor, ink, text, "");
    }

    pub(super) fn bold(&mut self, x: f64, y: f64, anchor: Anchor, ink: Ink, text: &str) {
        self.text_with(x, y, anchor, ink, text, " font-weight=\"bold\"");
    }

    /// Text that rises to the right, from its beginning at (x, y).
    pub(super) fn rising(&mut self, x: f64, y: f64, ink: Ink, text: &str) {
        let turn = format!(" transform=\"rotate(-40 {} {})\"", num(x), num(y));
        self.text_with(x, y, Anchor::Start, ink, text, &turn);
    }

    /// Text along a vertical axis, read from below, centred at (x, y).
    pub(super) fn upright(&mut self, x: f64, y: f64, ink: Ink, text: &str) {
        let turn = format!(" transform=\"rotate(-90 {} {})\"", num(x), num(y));
        self.text_with(x, y, Anchor::Middle, ink, text, &turn);
    }

    fn text_with(&mut self, x: f64, y: f64, anchor: Anchor, ink: Ink, text: &str, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let fill = ink.value(self.palette);
        self.put(format_args!("<text x=\"{}\" y=\"{}\"{anchor} fill=\"{fill}\"{more}>{}</text>", num(x), num(y), escape(text)));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64, dash: &str) {
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let stroke = ink.value(self.palette);
        self.put(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{}\"{dash}/>",
            num(from.0),
            num(from.1),
            num(to.0),
            num(to.1),
            num(width)
        ));
    }

    pub(super) fn path(&mut self, points: &[(f64, f64)], ink: Ink, dash: &str) {
        let at: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", num(*x), num(*y))).collect();
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let stroke = ink.value(self.palette);
        self.put(format_args!("<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\"{dash}/>", at.join(" ")));
    }

    /// A filled rectangle; `tip` is shown by browsers when pointed at.
    pub(super) fn rect(&mut self, corner: (f64, f64), size: (f64, f64), ink: Ink, opacity: f64, tip: &str) {
        let opacity = if opacity < 1.0 { format!(" fill-opacity=\"{}\"", fixed(opacity, 2)) } else { String::new() };
        let fill = ink.value(self.palette);
        let tip = if tip.is_empty() { String::new() } else { format!("<title>{}</title>", escape(tip)) };
        self.put(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"{opacity}>{tip}</rect>",
            num(corner.0),
            num(corner.1),
            num(size.0.max(0.0)),
            num(size.1.max(0.0))
        ));
    }

    /// A rectangle of diagonal strokes: there is no value here.
    pub(super) fn hatch(&mut self, corner: (f64, f64), size: (f64, f64)) {
        let (x, y, w, h) = (corner.0, corner.1, size.0, size.1);
        let step = 8.0;
        let mut offset = step;
        while offset < w + h {
            let from = if offset < h { (x, y + offset) } else { (x + offset - h, y + h) };
            let to = if offset < w { (x + offset, y) } else { (x + w, y + offset - w) };
            self.line(from, to, Ink::Grid, 1.0, "");
            offset += step;
        }
    }

    /// One of six marks, told apart by shape as well as by colour.
    pub(super) fn mark(&mut self, x: f64, y: f64, shape: usize, ink: Ink, tip: &str) {
        let r = 4.5;
        let shape = match shape % 6 {
            0 => format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", num(x), num(y), num(r)),
            1 => polygon(&[(x, y - r * 1.3), (x + r * 1.3, y), (x, y + r * 1.3), (x - r * 1.3, y)]),
            2 => format!("<rect x=\"{}\" y=\"{}\" width=\"8\" height=\"8\"", num(x - 4.0), num(y - 4.0)),
            3 => polygon(&[(x, y - r * 1.2), (x + r * 1.2, y + r), (x - r * 1.2, y + r)]),
            4 => polygon(&[(x, y + r * 1.2), (x + r * 1.2, y - r), (x - r * 1.2, y - r)]),
            _ => format!("<rect x=\"{}\" y=\"{}\" width=\"5\" height=\"12\"", num(x - 2.5), num(y - 6.0)),
        };
        let (fill, edge) = (ink.value(self.palette), Ink::Ground.value(self.palette));
        self.put(format_args!("{shape} fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"1\"><title>{}</title></{}>", escape(tip), tag(&shape)));
    }
}

fn tag(element: &str) -> &str {
    element.trim_start_matches('<').split(' ').next().unwrap_or_default()
}

fn polygon(points: &[(f64, f64)]) -> String {
    let at: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", num(*x), num(*y))).collect();
    format!("<polygon points=\"{}\"", at.join(" "))
}

/// Text for XML 1.0: markup escaped, characters that XML forbids left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A number with fixed decimals and no negative zero.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// A length: one decimal at most.
pub(super) fn num(value: f64) -> String {
    let text = fixed(if value.is_finite() { value } else { 0.0 }, 1);
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// The width a text takes: full-width characters one em, others a little more than half.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(|c| if u32::from(c) < 0x1100 { 0.58 } else { 1.0 }).sum::<f64>() * FONT
}

/// The text, cut with `…` where it would be wider than `room`.
pub(super) fn fit(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = FONT;
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// An axis from a value to a length, with round steps.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    /// Values of the grid lines.
    pub ticks: Vec<f64>,
    /// Decimals the ticks need.
    pub decimals: usize,
}

impl Axis {
    /// Covers `values` (and 0 if `zero`), ending at round steps; `bounds` are kept where they are given.
    pub(super) fn new(values: impl Iterator<Item = f64>, zero: bool, bounds: Option<(f64, f64)>, length: (f64, f64)) -> Self {
        let (mut low, mut high) = if zero { (0.0_f64, 0.0_f64) } else { (f64::INFINITY, f64::NEG_INFINITY) };
        for value in values.filter(|value| value.is_finite() && value.abs() < 1e15) {
            low = low.min(value);
            high = high.max(value);
        }
        if let Some((a, b)) = bounds {
            (low, high) = (low.min(a), high.max(b));
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-9 * high.abs().max(1e-6) {
            high = low + 1.0;
        }
        let (step, decimals) = step((high - low) / 5.0);
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        let outside = bounds.is_none();
        let first = if outside && first * step > low + step * 1e-6 { first - 1.0 } else { first };
        let last = if outside && last * step < high - step * 1e-6 { last + 1.0 } else { last };
        let mut ticks = Vec::new();
        let mut number = first;
        while number <= last && ticks.len() < 20 {
            ticks.push(number * step);
            number += 1.0;
        }
        Self { low: low.min(first * step), high: high.max(last * step), from: length.0, to: length.1, ticks, decimals }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }
}

/// The round step (1, 2 or 5 times a power of ten) not below `rough`, and the decimals it needs.
fn step(rough: f64) -> (f64, usize) {
    let mut power = -9_i32;
    while power < 16 {
        for factor in [1.0, 2.0, 5.0] {
            let candidate = factor * 10_f64.powi(power);
            if candidate >= rough * (1.0 - 1e-9) {
                return (candidate, usize::try_from(-power).unwrap_or(0));
            }
        }
        power += 1;
    }
    (rough, 0)
}
