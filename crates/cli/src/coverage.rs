//! `fazhi coverage`: where each figure of the published reports comes from, and whether the ledger tells it: from records, or
//! because it was reported with what it rests on.

use platform::{Platform, Reported};
use serde_json::json;

use crate::args::{At, Coverage, Format};
use crate::demo::reports::{self, Printed, Published};
use crate::failure::{Failure, Found};
use crate::{figures, open, scope, show};

const HEADS: [&str; 7] = ["report", "line", "name", "printed", "standing", "by", "ours"];

/// Where a printed figure stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The records tell it.
    Told,
    /// They should, and do not; or it was reported, and otherwise.
    Untold,
    /// No record carries it: it was reported, with what it rests on.
    Reported,
    /// No record carries it, and nobody has reported it.
    ToReport,
    /// Its line is not there yet.
    Lacking,
}

const STANDINGS: [(Standing, &str); 5] = [
    (Standing::Told, "told"),
    (Standing::Untold, "not told"),
    (Standing::Reported, "reported"),
    (Standing::ToReport, "to report"),
    (Standing::Lacking, "no line yet"),
];

struct Row<'r> {
    report: &'r Published,
    printed: &'r Printed,
    standing: Standing,
    by: String,
    ours: String,
}

/// Every figure of the five reports; ends with 1 where one that the lines cover is not told, or was reported otherwise.
pub fn run(at: &At, asked: &Coverage) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let mut reports = reports::read()?;
    if let Some(place) = &asked.place {
        reports.retain(|report| report.place == *place);
        if reports.is_empty() {
            return Err(Failure::new(
                format!("no published report of {place} is at hand"),
                "leave --place away to see all five",
            ));
        }
    }
    let mut rows = Vec::new();
    for report in &reports {
        let reported = report.reported(&platform)?;
        for printed in &report.figures {
            rows.push(row(&platform, report, printed, &reported)?);
        }
    }
    let untold = rows.iter().any(|row| row.standing == Standing::Untold);
    let text = match asked.format {
        Format::Json => json_of(&rows),
        Format::Tsv => show::tsv(&HEADS, &rows.iter().map(Row::cells).collect::<Vec<_>>()),
        Format::Table => table(&reports, &rows, asked.all),
    };
    show::say(&text)?;
    Ok(Found::when(untold))
}

fn row<'r>(
    platform: &Platform,
    report: &'r Published,
    printed: &'r Printed,
    reported: &[Reported],
) -> Result<Row<'r>, Failure> {
    let with = |standing, by, ours| Row { report, printed, standing, by, ours };
    if let Some(evidence) = &printed.reported {
        let mut of = reported.iter().filter(|one| printed.is_of(one));
        let Some(first) = of.next() else { return Ok(with(Standing::ToReport, evidence.clone(), String::new())) };
        let one = std::iter::once(first).chain(of).find(|one| !printed.is_reported_by(one)).unwrap_or(first);
        let standing = if printed.is_reported_by(one) { Standing::Reported } else { Standing::Untold };
        let qualifier = one.qualifier.as_ref().map(|said| said.zh.as_str()).unwrap_or_default();
        let by = format!("{}, record {} of {} by {}", one.evidence, one.record, one.government, one.by);
        return Ok(with(standing, by, format!("{} {qualifier}", one.amount)));
    }
    if let Some(entry) = &printed.lacks {
        let by = match &printed.why {
            Some(why) => format!("{entry} ({why})"),
            None => format!("{entry} {}", scope::name(entry).unwrap_or_default()),
        };
        return Ok(with(Standing::Lacking, by, String::new()));
    }
    let all = report.ours(platform, printed)?;
    let standing = if !all.is_empty() && all.iter().all(|ours| ours.tells) { Standing::Told } else { Standing::Untold };
    let level = if printed.own { " 本级" } else { "" };
    let span = figures::period(report.period(printed)?);
    let codes: Vec<&str> = all.iter().map(|ours| ours.code.as_str()).collect();
    let values = all.iter().map(|ours| ours.value.map_or_else(|| "–".to_owned(), |value| value.to_string()));
    let values: Vec<String> = values.collect();
    Ok(with(standing, format!("{} {span}{level}", codes.join(" + ")), values.join(" + ")))
}

impl Row<'_> {
    fn word(&self) -> &'static str {
        STANDINGS.iter().find(|(standing, _)| *standing == self.standing).map_or("", |(_, word)| word)
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.report.report.clone(),
            self.printed.line.to_string(),
            self.printed.name.clone(),
            format!("{}{}", self.printed.value, self.printed.unit),
            self.word().to_owned(),
            self.by.clone(),
            self.ours.clone(),
        ]
    }
}

/// What stands how often, and the figures themselves: all of them, or those that should be told and are not.
fn table(reports: &[Published], rows: &[Row<'_>], all: bool) -> String {
    let shown = rows.iter().filter(|row| all || row.standing == Standing::Untold);
    let shown: Vec<Vec<String>> = shown.map(Row::cells).collect();
    let mut text = String::new();
    if !shown.is_empty() {
        text = show::table(&HEADS, shown, &[1, 3, 6]) + "\n";
    }
    let count = |standing: Standing, report: Option<&str>| {
        let hit = |row: &&Row<'_>| row.standing == standing && report.is_none_or(|name| row.report.report == name);
        rows.iter().filter(hit).count()
    };
    let line = |name: &str, report: Option<&str>| {
        let counts = STANDINGS.map(|(standing, _)| count(standing, report));
        let mut cells = vec![name.to_owned()];
        cells.extend(counts.iter().map(ToString::to_string));
        cells.push(counts.iter().sum::<usize>().to_string());
        cells
    };
    let mut counts: Vec<Vec<String>> =
        reports.iter().map(|report| line(&report.report, Some(&report.report))).collect();
    counts.push(line("all", None));
    text + &show::table(
        &["report", "told", "not told", "reported", "to report", "no line yet", "figures"],
        counts,
        &[1, 2, 3, 4, 5, 6],
    )
}

fn json_of(rows: &[Row<'_>]) -> String {
    let one = |row: &Row<'_>| {
        json!({
            "report": row.report.report,
            "place": row.report.place.as_str(),
            "line": row.printed.line,
            "name": row.printed.name,
            "value": row.printed.value,
            "unit": row.printed.unit,
            "standing": row.word(),
            "by": row.by,
            "ours": row.ours,
        })
    };
    let all = serde_json::Value::Array(rows.iter().map(one).collect());
    format!("{all:#}\n")
}
