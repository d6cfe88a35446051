//! `fazhi figures` and `fazhi recount`.

use std::collections::BTreeMap;

use ::figures::Period;
use platform::{FigureValue, Whose};
use serde_json::json;
use terms::Code;

use crate::args::{At, Figures, Format, Recount};
use crate::failure::{Failure, Found};
use crate::{open, show};

const HEADS: [&str; 6] = ["code", "title", "value", "unit", "period", "as_of"];

/// A calendar year.
pub fn year(year: i16) -> Result<Period, Failure> {
    Period::year(year).ok_or_else(|| Failure::new(format!("there is no year {year}"), "write it with four digits"))
}

/// The code of a figure, of a part with it: `power_item.by_kind/licence`.
pub fn code(value: &FigureValue) -> String {
    value.part.as_ref().map_or_else(|| value.code.to_string(), |part| format!("{}/{part}", value.code))
}

/// `2020`, or its first and last day.
pub fn period(period: Period) -> String {
    match Period::year(period.from.year()) {
        Some(year) if year == period => period.from.year().to_string(),
        _ => format!("{}/{}", period.from, period.to),
    }
}

/// The figures of a place.
pub fn run(at: &At, asked: &Figures) -> Result<Found, Failure> {
    let span = match (asked.year, asked.from, asked.to) {
        (Some(one), ..) => year(one)?,
        (None, Some(from), Some(to)) if from <= to => Period { from, to },
        _ => return Err(Failure::new("the period ends before it begins", "write --from before --to")),
    };
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, span.to)?;
    let whose = if asked.own { Whose::own(&asked.place) } else { Whose::from(&asked.place) };
    let values = platform.figures(whose, span)?;
    let text = match asked.format {
        Format::Json => json_of(&values),
        Format::Tsv => show::tsv(&HEADS, &values.iter().map(row).collect::<Vec<_>>()),
        Format::Table => show::table(&HEADS, values.iter().map(row).collect(), &[2, 5]),
    };
    show::say(&text)?;
    Ok(Found::Nothing)
}

fn row(value: &FigureValue) -> Vec<String> {
    vec![
        code(value),
        value.title.zh.clone(),
        value.value.map_or_else(|| "–".to_owned(), |value| value.to_string()),
        value.unit.clone(),
        period(value.period),
        value.positions(),
    ]
}

fn json_of(values: &[FigureValue]) -> String {
    let one = |value: &FigureValue| {
        json!({
            "code": code(value),
            "line": value.line.as_str(),
            "title": { "zh": value.title.zh, "en": value.title.en },
            "value": value.value.map(|value| value.to_string()),
            "unit": value.unit,
            "own": value.own,
            "from": value.period.from.to_string(),
            "to": value.period.to.to_string(),
            "as_of": value.as_of.iter().map(|(government, position)| (government.to_string(), json!(position))).collect::<serde_json::Map<_, _>>(),
        })
    };
    let all = serde_json::Value::Array(values.iter().map(one).collect());
    format!("{all:#}\n")
}

/// The same figures counted from the records, beside what is told.
pub fn recount(at: &At, asked: &Recount) -> Result<Found, Failure> {
    let span = year(asked.year)?;
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, span.to)?;
    let counted = platform.recount(&asked.place, span)?;
    let told = platform.figures(&asked.place, span)?;
    let broken_down: Vec<Code> =
        told.iter().filter(|value| value.part.is_some()).map(|value| value.code.clone()).collect();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for ((figure, _), amount) in &counted {
        *sums.entry(figure.as_str()).or_insert(0) += amount;
    }
    let from_records = from_records(&platform);
    let mut rows = Vec::new();
    let mut compared = 0_usize;
    for value in told.iter().filter(|value| from_records.contains(&value.code)) {
        let part = value.part.clone().unwrap_or_default();
        let ours = match (&value.part, broken_down.contains(&value.code)) {
            (None, true) => sums.get(value.code.as_str()).copied().unwrap_or(0),
            _ => counted.get(&(value.code.clone(), part)).copied().unwrap_or(0),
        };
        compared += 1;
        let Some(amount) = value.value.filter(|amount| amount.units != ours) else { continue };
        rows.push(vec![code(value), value.title.zh.clone(), amount.units.to_string(), ours.to_string()]);
    }
    let differ = rows.len();
    let mut text = String::new();
    if differ > 0 {
        text = show::table(&["code", "title", "told", "counted"], rows, &[2, 3]);
    }
    text.push_str(&format!("{compared} figures counted anew from the records, {differ} differ\n"));
    if differ > 0 {
        text.push_str("`fazhi verify` names the first record that differs\n");
    }
    show::say(&text)?;
    Ok(Found::when(differ > 0))
}

/// Figures that are sums over records; the others are computed from them.
fn from_records(platform: &platform::Platform) -> Vec<Code> {
    let lines = platform.catalog().codes().into_iter().flat_map(|code| platform.catalog().versions(&code));
    let mut codes: Vec<Code> = lines
        .flat_map(|line| {
            let counted = line.figures.iter().filter(|figure| figure.counted.from_records());
            counted.map(|figure| figure.code.clone()).collect::<Vec<_>>()
        })
        .collect();
    codes.sort();
    codes.dedup();
    codes
}
