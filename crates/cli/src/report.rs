//! `fazhi report`.

use procedure::Language;

use crate::args::{At, Paper, Report};
use crate::failure::{Failure, Found};
use crate::{figures, open, show};

/// The year's report.
pub fn run(at: &At, asked: &Report) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, figures::year(asked.year)?.to)?;
    let report = platform.report(&asked.place, asked.year, Language::Zh)?;
    let text = match asked.format {
        Paper::Text => report.text(),
        Paper::Md => report.markdown(),
    };
    match &asked.output {
        None => show::say(&text)?,
        Some(file) => std::fs::write(file, text).map_err(|error| {
            let what = format!("the report cannot be written to {}: {error}", file.display());
            Failure::new(what, "name a file in a folder that is there and may be written")
        })?,
    }
    Ok(Found::Nothing)
}
