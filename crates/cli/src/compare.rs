//! `fazhi compare`: a published report beside our records.

use platform::Compared;
use reader::Qualifier;

use crate::args::{At, Compare};
use crate::failure::{Failure, Found};
use crate::{figures, open, read, show};

/// Published, ours, and the difference; 1 where any differs.
pub fn run(at: &At, asked: &Compare) -> Result<Found, Failure> {
    let (name, text) = read::text_of(&asked.report)?;
    let platform = open::reading(at)?;
    open::know_place(&platform, &asked.place, figures::year(asked.year)?.to)?;
    let all = platform.compare(&asked.place, asked.year, &name, &text)?;
    let rows = all.iter().map(row).collect();
    let differ = all.iter().filter(|one| !one.agrees()).count();
    let heads = ["line", "published", "value", "", "ours", "figure", "period", "difference"];
    let mut out = show::table(&heads, rows, &[2, 4, 7]);
    out.push_str(&format!("{} figures stand in both, {differ} differ\n", all.len()));
    show::say(&out)?;
    Ok(Found::when(differ > 0))
}

fn row(one: &Compared) -> Vec<String> {
    let unknown = || "–".to_owned();
    let difference = match one.difference {
        Some(_) if one.agrees() => "0".to_owned(),
        Some(difference) => difference.to_string(),
        None => unknown(),
    };
    vec![
        one.published.line.to_string(),
        one.published.subject.clone(),
        one.published.value.to_string(),
        match one.published.qualifier {
            Qualifier::Exact => String::new(),
            other => other.name().to_owned(),
        },
        one.ours.value.map_or_else(unknown, |value| value.to_string()),
        figures::code(&one.ours),
        figures::period(one.ours.period),
        difference,
    ]
}
