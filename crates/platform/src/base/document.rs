//! Printed documents: a Typst template and its data become a PDF; the same input gives the same bytes.
//!
//! Not here on purpose: the file system, packages from the network, fonts of the machine. A document sees its template, its
//! data, its charts and the embedded fonts, nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::error::{Error, Result};

/// The embedded fonts (SIL Open Font License 1.1), regular and bold: BIZ UDGothic, whose figures are all of one width and stand
/// in columns, and the Latin letters of BIZ UDPGothic, whose figures are not, for running text.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files: [&'static [u8]; 4] = [
        include_bytes!("../../assets/fonts/BIZUDGothic-Regular.ttf"),
        include_bytes!("../../assets/fonts/BIZUDGothic-Bold.ttf"),
        include_bytes!("../../assets/fonts/BIZUDPGothic-Regular-Latin.ttf"),
        include_bytes!("../../assets/fonts/BIZUDPGothic-Bold-Latin.ttf"),
    ];
    files.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect()
});
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// What a document is made from.
pub struct Document<'a> {
    /// The template, Typst source; it reads `json("/data.json")` and `image("/NAME.svg")`.
    pub template: &'a str,
    /// Its data.
    pub data: &'a serde_json::Value,
    /// Its charts: name without ending, SVG with `Palette::Print` colours.
    pub charts: &'a [(String, String)],
    /// The title, for the file's properties.
    pub title: &'a str,
    /// The date it carries.
    pub date: Date,
}

struct Desk {
    main: FileId,
    source: Source,
    files: BTreeMap<String, Bytes>,
    date: Date,
}

/// Names are few and fixed: Typst keeps every name it ever saw for the life of the program.
fn file(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name).map_err(|error| Error::internal(format!("{name}: {error:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }
    fn main(&self) -> FileId {
        self.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.vpath().get_with_slash().to_owned();
        self.files.get(&name).cloned().ok_or(FileError::NotFound(name.into()))
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Datetime::from_ymd(self.date.year().into(), self.date.month().unsigned_abs(), self.date.day().unsigned_abs())
    }
}

impl Document<'_> {
    /// The document as PDF/UA-1 (ISO 14289-1: readable by assistive technology). Takes some 50 ms a page in a debug build,
    /// so call it through [`pdf`].
    fn render(&self) -> Result<Vec<u8>> {
        let main = file("/main.typ")?;
        let mut files = BTreeMap::from([("/data.json".to_owned(), Bytes::from_string(self.data.to_string()))]);
        files.extend(self.charts.iter().map(|(name, svg)| (format!("/{name}.svg"), Bytes::from_string(svg.clone()))));
        let desk = Desk { main, source: Source::new(main, self.template.to_owned()), files, date: self.date };
        let failed = |what: &str, errors: &[typst::diag::SourceDiagnostic]| {
            let list: Vec<String> = errors.iter().map(|error| error.message.to_string()).collect();
            Error::internal(format!("document: {what}: {}", list.join("; ")))
        };
        let document: PagedDocument = typst::compile(&desk).output.map_err(|errors| failed("layout", &errors))?;
        let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| Error::internal(format!("document: {error:?}")))?;
        let options = PdfOptions { ident: Smart::Custom(self.title.to_owned()), standards, ..PdfOptions::default() };
        typst_pdf::pdf(&document, &options).map_err(|errors| failed("PDF", &errors))
    }
}

/// Renders a document away from the threads that answer requests.
pub async fn pdf(template: &str, title: &str, date: Date, data: Arc<serde_json::Value>, charts: Vec<(String, String)>) -> Result<Vec<u8>> {
    let (template, title) = (template.to_owned(), title.to_owned());
    tokio::task::spawn_blocking(move || Document { template: &template, data: &data, charts: &charts, title: &title, date }.render())
        .await
        .map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"
#let data = json("/data.json")
#set document(title: data.title)
#set text(font: "BIZ UDGothic", lang: "ja", size: 10pt)
= #data.title
#figure(image("/bars.svg", alt: "図"), caption: [図])
#table(columns: 2, table.header([組織], [率]), ..data.rows.flatten())
"#;

    #[tokio::test]
    async fn the_same_input_gives_the_same_bytes() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20"><rect width="60" height="10" fill="#1a4f8b"/><text x="2" y="18" font-family="BIZ UDGothic" font-size="6">甲省</text></svg>"##;
        let data = Arc::new(serde_json::json!({ "title": "年次報告", "rows": [["甲省", "99.0 %"], ["乙省", "98.0 %"]] }));
        let date = Date::new(2026, 4, 1).unwrap();
        let make = || pdf(TEMPLATE, "年次報告", date, data.clone(), vec![("bars".into(), svg.into())]);
        let (first, second) = (make().await.unwrap(), make().await.unwrap());
        assert!(first.starts_with(b"%PDF-1.7"));
        assert_eq!(first, second);
        if let Ok(path) = std::env::var("HINOMI_KEEP_PDF") {
            std::fs::write(path, first).unwrap();
        }
    }

    #[tokio::test]
    async fn a_template_reaches_no_file_of_the_machine() {
        let data = Arc::new(serde_json::json!({}));
        let error = pdf("#read(\"/etc/passwd\")", "x", Date::new(2026, 4, 1).unwrap(), data, vec![]).await.unwrap_err();
        assert!(error.to_string().contains("not found"), "{error}");
    }

    #[test]
    fn letters_have_a_face_of_their_own_and_nothing_else_has() {
        let covers = |family: &str, letter: char| -> Vec<bool> {
            BOOK.select_family(family).map(|index| FONTS.get(index).unwrap().info().coverage.contains(letter.into())).collect()
        };
        for letter in ['A', 'é', '0', '–', '“'] {
            assert_eq!(covers("biz udpgothic", letter), [true, true], "{letter}, regular and bold");
        }
        // Kana keep the full width of their sister, and figures in columns ask for it by name.
        assert_eq!((covers("biz udpgothic", 'あ'), covers("biz udgothic", 'あ')), (vec![false, false], vec![true, true]));
        assert_eq!(covers("biz udgothic", '0'), [true, true]);
    }
}
