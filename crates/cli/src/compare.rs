//! `fazhi compare`: a published report beside our records.

use platform::{Asker, Compared, Comparison};
use reader::Qualifier;
use serde_json::json;

use crate::args::{At, Compare, Format};
use crate::failure::{Failure, Found};
use crate::{figures, open, read, show};

const HEADS: [&str; 10] =
    ["line", "published", "value", "", "ours", "figure", "period", "difference", "score", "next best"];

/// Published, ours, the difference and how surely they are the same figure; 1 where any differs.
pub fn run(at: &At, asked: &Compare) -> Result<Found, Failure> {
    let (name, text) = read::text_of(&asked.report)?;
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, figures::year(asked.year)?.to)?;
    let compared = platform.compare(Asker::Operator, &asked.place, asked.year, &name, &text)?;
    let differ = compared.both.iter().filter(|one| !one.agrees()).count();
    let text = match asked.format {
        Format::Json => json_of(&compared, asked.all),
        Format::Tsv => show::tsv(&HEADS, &rows(&compared, asked.all)),
        Format::Table => {
            let table = show::table(&HEADS, rows(&compared, asked.all), &[2, 4, 7, 8]);
            let (both, theirs) = (compared.both.len(), compared.theirs.len());
            format!("{table}{both} figures stand in both, {differ} differ; {theirs} are no figure of ours\n")
        }
    };
    show::say(&text)?;
    Ok(Found::when(differ > 0))
}

fn rows(compared: &Comparison, all: bool) -> Vec<Vec<String>> {
    let theirs: &[reader::Figure] = if all { &compared.theirs } else { &[] };
    let mut rows: Vec<(u32, u32, Vec<String>)> = Vec::new();
    rows.extend(compared.both.iter().map(|one| (one.published.line, one.published.column, row(one))));
    rows.extend(theirs.iter().map(|one| (one.line, one.column, theirs_alone(one))));
    rows.sort_by_key(|(line, column, _)| (*line, *column));
    rows.into_iter().map(|(.., row)| row).collect()
}

/// The first cells: what the report says.
fn published(figure: &reader::Figure, value: String) -> Vec<String> {
    let qualifier = match figure.qualifier {
        Qualifier::Exact => String::new(),
        other => other.name().to_owned(),
    };
    vec![figure.line.to_string(), figure.subject.clone(), value, qualifier]
}

fn row(one: &Compared) -> Vec<String> {
    let unknown = || "–".to_owned();
    let difference = match one.difference {
        Some(_) if one.agrees() => "0".to_owned(),
        Some(difference) => difference.to_string(),
        None => unknown(),
    };
    let mut cells = published(&one.published, theirs(one));
    cells.extend([
        one.ours.value.map_or_else(unknown, |value| value.to_string()),
        figure(one),
        figures::period(one.ours.period),
        difference,
        one.score.map_or_else(unknown, |score| score.to_string()),
        one.next.as_ref().map_or_else(unknown, |(code, score)| format!("{code} {score}")),
    ]);
    cells
}

/// What the report says; a fall as a minus.
fn theirs(one: &Compared) -> String {
    one.theirs().map_or_else(|| one.published.value.to_string(), |value| value.to_string())
}

/// Our figure, with a word where it is of the level itself.
fn figure(one: &Compared) -> String {
    let level = if one.ours.own { " 本级" } else { "" };
    format!("{}{level}", figures::code(&one.ours))
}

fn theirs_alone(figure: &reader::Figure) -> Vec<String> {
    let mut cells = published(figure, figure.value.to_string());
    cells.resize(HEADS.len(), "–".to_owned());
    cells
}

fn json_of(compared: &Comparison, all: bool) -> String {
    let said = |figure: &reader::Figure| {
        json!({
            "line": figure.line,
            "quote": figure.quote,
            "subject": figure.subject,
            "value": figure.value.to_string(),
            "unit": figure.unit,
            "qualifier": figure.qualifier.name(),
            "change": figure.change.name(),
        })
    };
    let both = compared.both.iter().map(|one| {
        json!({
            "published": said(&one.published),
            "figure": figures::code(&one.ours),
            "own": one.ours.own,
            "from": one.ours.period.from.to_string(),
            "to": one.ours.period.to.to_string(),
            "ours": one.ours.value.map(|value| value.to_string()),
            "difference": one.difference.map(|difference| difference.to_string()),
            "agrees": one.agrees(),
            "score": one.score,
            "next": one.next.as_ref().map(|(code, score)| json!({ "figure": code.as_str(), "score": score })),
        })
    });
    let mut shown = json!({ "both": both.collect::<Vec<_>>() });
    if all {
        shown["theirs"] = compared.theirs.iter().map(said).collect();
    }
    format!("{shown:#}\n")
}
