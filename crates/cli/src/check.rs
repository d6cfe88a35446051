//! `fazhi check`.

use catalog::{Severity, check_statutes, load, render, tally};

use crate::args::{At, Check};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Every finding of the catalogue, and how surely its rules were read.
pub fn run(at: &At, check: &Check) -> Result<Found, Failure> {
    let source = open::source(at)?;
    let (catalog, mut findings) = load(&source);
    if let (Some(catalog), Some(folder)) = (&catalog, &check.statutes) {
        findings.extend(check_statutes(catalog, &open::statutes(folder)?));
    }
    let mut text = render(&findings, &source, false);
    if let Some(catalog) = &catalog {
        let title = |code: &str| {
            let newest = catalog.versions(code).last().map(|line| line.title.zh.clone());
            newest.unwrap_or_default()
        };
        let rows = tally(catalog).into_iter().map(|line| {
            let title = title(&line.line);
            vec![line.line.to_string(), title, line.v.to_string(), line.vx.to_string(), line.k.to_string()]
        });
        text.push_str(&show::table(&["line", "title", "V", "Vx", "K"], rows.collect(), &[2, 3, 4]));
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let verdict = if errors == 0 { "the catalogue can be used" } else { "the catalogue cannot be used" };
    text.push_str(&format!("{} findings, {errors} of them errors: {verdict}\n", findings.len()));
    show::say(&text)?;
    Ok(Found::when(errors > 0))
}
