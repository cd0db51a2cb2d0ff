//! A report in its forms: HTML, PDF, CSV, JSON, OSCAL. Each takes what an audience sees, never the whole.

pub mod csv;
pub mod html;
pub mod oscal;
pub mod pdf;

use serde_json::json;

use super::policy::Seen;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::respond::File;

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// A form of a report.
    Format {
        /// A page that stands alone.
        Html => "html",
        /// A printed document, PDF/UA-1.
        Pdf => "pdf",
        /// Every number of it, one a row.
        Csv => "csv",
        /// The report as data.
        Json => "json",
        /// OSCAL assessment results.
        Results => "oscal-ar",
        /// OSCAL plan of action and milestones.
        Poam => "oscal-poam",
    }
}

impl Format {
    /// The media type.
    pub fn media(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json | Self::Results | Self::Poam => "application/json",
        }
    }

    /// The ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Results => "oscal-ar.json",
            Self::Poam => "oscal-poam.json",
        }
    }
}

/// The report as data: what is seen, with the audience and the licence.
pub fn json(seen: &Seen) -> Result<Vec<u8>> {
    let value = json!({ "audience": seen.audience(), "licence": seen.licence(), "report": seen.tree() });
    let mut bytes = serde_json::to_vec_pretty(&value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A report in one form. [`Error::NotFound`]: this form would be empty for this audience.
pub async fn render(seen: &Seen, format: Format, lang: Lang) -> Result<File> {
    let bytes = match format {
        Format::Html => html::page(seen, lang)?.into_bytes(),
        Format::Pdf => pdf::render(seen, lang).await?,
        Format::Csv => csv::rows(seen, lang)?,
        Format::Json => json(seen)?,
        Format::Results => oscal::results(seen, lang)?.into_bytes(),
        Format::Poam => oscal::poam(seen, lang)?.ok_or(Error::NotFound)?.into_bytes(),
    };
    let tree = seen.tree();
    let name = format!("{}-{}-v{}-{}.{}", tree.cycle.code, tree.organisation.code, tree.version, lang.as_str(), format.ending());
    Ok(File { name, kind: format.media(), bytes, inline: matches!(format, Format::Html | Format::Pdf) })
}
