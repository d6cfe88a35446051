//! `fazhi read`.

use std::path::Path;

use reader::{Check, Figure};
use serde_json::json;

use crate::args::{Format, Read};
use crate::failure::{Failure, Found};
use crate::show;

/// A report's name (that of its file, without the ending) and its text.
pub fn text_of(file: &Path) -> Result<(String, String), Failure> {
    let shown = file.display().to_string();
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::new(format!("{shown} cannot be read: {error}"), "name a report as a file"))?;
    let text = reader::open(&shown, &bytes).map_err(|error| Failure::new(error.to_string(), ""))?;
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((name, text))
}

/// The figures of published reports, or their arithmetic.
pub fn run(asked: &Read) -> Result<Found, Failure> {
    let mut figures: Vec<Figure> = Vec::new();
    let mut checks: Vec<Check> = Vec::new();
    for file in &asked.files {
        let (name, text) = text_of(file)?;
        let found = reader::read(&name, &text);
        checks.extend(reader::audit(&found, &text));
        figures.extend(found);
    }
    if asked.audit {
        show::say(&audited(&checks, asked.format))?;
        return Ok(Found::when(checks.iter().any(|check| !check.holds)));
    }
    let text = match asked.format {
        Format::Tsv => reader::to_tsv(&figures),
        Format::Json => reader::to_json(&figures),
        Format::Table => {
            let row = |figure: &Figure| {
                vec![
                    format!("{}:{}", figure.report, figure.line),
                    figure.subject.clone(),
                    figure.value.to_string(),
                    figure.unit.clone(),
                    figure.qualifier.name().to_owned(),
                ]
            };
            let rows = figures.iter().map(row).collect();
            show::table(&["line", "subject", "value", "unit", "qualifier"], rows, &[2])
                + &format!("{} figures\n", figures.len())
        }
    };
    show::say(&text)?;
    Ok(Found::Nothing)
}

fn audited(checks: &[Check], format: Format) -> String {
    const HEADS: [&str; 7] = ["report", "line", "kind", "formula", "stated", "computed", "holds"];
    let row = |check: &Check| {
        vec![
            check.report.clone(),
            check.line.to_string(),
            check.kind.name().to_owned(),
            check.formula.clone(),
            check.stated.to_string(),
            check.computed.to_string(),
            check.holds.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = checks.iter().map(row).collect();
    match format {
        Format::Tsv => show::tsv(&HEADS, &rows),
        Format::Table => show::table(&HEADS, rows, &[1, 4, 5]),
        Format::Json => {
            let one = |row: &Vec<String>| {
                let pairs = HEADS.iter().zip(row).map(|(head, cell)| ((*head).to_owned(), json!(cell)));
                serde_json::Value::Object(pairs.collect())
            };
            format!("{:#}\n", serde_json::Value::Array(rows.iter().map(one).collect()))
        }
    }
}
