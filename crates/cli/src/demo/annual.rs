//! What a government does with a year once it is over: it reports the numbers that no record carries, and makes its report on
//! the year, from the draft to the public. The steps are in `demo/annual.toml`, the numbers in `demo/reports/`.

use serde::Deserialize;
use terms::{Date, DateTime, Level};

use super::data::{Script, parse};
use super::fill::shift;
use super::reports::Published;
use crate::failure::Failure;

const ANNUAL: &str = include_str!("../../../../demo/annual.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Annual {
    quantity: Script,
    number: Script,
    report: Script,
}

/// What is played of a report after its year, in the government whose report it is.
pub fn scripts(report: &Published, level: Level) -> Result<Vec<Script>, Failure> {
    let annual: Annual = parse("annual.toml", ANNUAL)?;
    let mut all = Vec::new();
    for printed in &report.figures {
        let Some(evidence) = &printed.reported else { continue };
        let (units, places) = digits(&printed.value);
        let rests = format!("{evidence}（合成示范材料）");
        all.push(annual.quantity.of(
            report,
            &printed.name,
            &[
                ("code", &printed.name),
                ("name", &printed.name),
                ("unit", &printed.unit),
                ("definition", &format!("{}，取自{rests}", printed.name)),
            ],
        ));
        all.push(annual.number.of(
            report,
            &printed.name,
            &[
                ("quantity", &printed.name),
                ("reporter", report.place.as_str()),
                ("period", &report.year.to_string()),
                ("amount", &units),
                ("places", &places),
                ("qualifier", printed.qualifier.code()),
                ("evidence", &rests),
            ],
        ));
    }
    let (level, above) = match level {
        Level::Province => ("province", "centre"),
        Level::Prefecture => ("prefecture", "superior"),
        _ => ("county", "superior"),
    };
    all.push(annual.report.of(
        report,
        "",
        &[
            ("reporter", report.place.as_str()),
            ("period", &report.year.to_string()),
            ("level", level),
            ("sent_to", &format!("party_committee,congress,{above}")),
        ],
    ));
    Ok(all)
}

/// When a report's year is over, and no number of it has been reported yet.
pub fn over(report: &Published) -> DateTime {
    Date::new(report.year + 1, 1, 3).unwrap_or(Date::MAX).at(9, 0, 0, 0)
}

impl Script {
    /// This script for a report: of its year, with what is filled in.
    fn of(&self, report: &Published, name: &str, set: &[(&str, &str)]) -> Script {
        let last = Date::new(report.year, 12, 31).unwrap_or(Date::MAX);
        let ended = self.ended.unwrap_or_default();
        let opens = ended.map(|days| shift(last, i64::from(days)).unwrap_or(last));
        let filled = set.iter().map(|(field, value)| ((*field).to_owned(), toml::Value::String((*value).to_owned())));
        let mut all = self.set.clone();
        all.extend(filled);
        Script { name: format!("{} {}: {name}", self.name, report.year), opens, set: all, ..self.clone() }
    }
}

/// A printed number as the register of numbers holds it: its digits, and how many of them stand after the point.
fn digits(printed: &str) -> (String, String) {
    let (whole, part) = printed.split_once('.').unwrap_or((printed, ""));
    (format!("{whole}{part}"), part.len().to_string())
}

#[cfg(test)]
mod tests {
    use super::super::reports;
    use super::{Level, digits, scripts};

    #[test]
    fn every_number_that_no_record_carries_is_entered_and_reported() {
        let (mut numbers, mut last) = (0, 0);
        for report in reports::read().unwrap() {
            let scripts = scripts(&report, Level::County).unwrap();
            let of = |line: &str| scripts.iter().filter(|script| script.line == line).count();
            assert_eq!(of("quantity"), of("reported_quantity"), "{}", report.report);
            numbers += of("reported_quantity");
            last += of("annual_report");
            let after = |script: &super::Script| script.opens.iter().all(|day| day.year() == report.year + 1);
            assert!(scripts.iter().all(after), "{}", report.report);
        }
        assert_eq!((numbers, last), (118, 5));
    }

    #[test]
    fn a_printed_number_is_split_into_digits_and_places() {
        assert_eq!(digits("66.67"), ("6667".to_owned(), "2".to_owned()));
        assert_eq!(digits("10000000000"), ("10000000000".to_owned(), "0".to_owned()));
    }
}
