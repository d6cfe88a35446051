//! The published reports, figure by figure: what each prints, and where our system has it from.
//!
//! A file for each in `demo/reports/`. A figure is one line of it:
//!
//! * `line`, `name`, `value`, `unit`: where and what the report prints, under a name of ours. A fall is a minus.
//! * `qualifier`: `over` (余), `at_least` (以上), `nearly` (近), `approx` (左右), `at_most`; exact where nothing is said.
//! * `step`: what the last printed digit is worth, where it is not that of `value`: 1000 for 5.5万.
//!
//! and one of three:
//!
//! * `told`, the figure (with its part: `power_item.by_kind/licence`) that the records tell; `also` a second one that the
//!   same number states; `from` and `to` where the period is not the report's year, `own` where it counts the agencies
//!   at the place itself and none below it (本级);
//! * `reported`, what a number rests on which no record carries: it is to be reported, on that evidence;
//! * `lacks`, the entry of docs/scope.md whose line is not there yet, with `why` where that needs a word.

use figures::{Amount, Period};
use platform::{FigureValue, Platform, Reported, Whose};
use serde::Deserialize;
use terms::{Date, PlaceCode, Stretch};

use super::data;
use crate::failure::Failure;

const FILES: [(&str, &str); 5] = [
    ("qilian-2020.toml", include_str!("../../../../demo/reports/qilian-2020.toml")),
    ("xilingol-2020.toml", include_str!("../../../../demo/reports/xilingol-2020.toml")),
    ("xinxiang-2021.toml", include_str!("../../../../demo/reports/xinxiang-2021.toml")),
    ("baotou-2020.toml", include_str!("../../../../demo/reports/baotou-2020.toml")),
    ("inner-mongolia-2024.toml", include_str!("../../../../demo/reports/inner-mongolia-2024.toml")),
];

/// A published report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its name.
    pub report: String,
    /// Whose it is.
    pub place: PlaceCode,
    /// Of which year.
    pub year: i16,
    /// What it prints.
    pub figures: Vec<Printed>,
}

/// One printed figure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// Line of the published text, from 1.
    pub line: u32,
    /// Our name for it.
    pub name: String,
    /// The number as printed, without its qualifier.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// How sure the report is.
    #[serde(default)]
    pub qualifier: Qualifier,
    /// What the last printed digit is worth.
    #[serde(default)]
    pub step: Option<String>,
    /// The figure that tells it.
    #[serde(default)]
    pub told: Option<String>,
    /// A second figure that the same number states.
    #[serde(default)]
    pub also: Option<String>,
    /// Only of the agencies at the place itself.
    #[serde(default)]
    pub own: bool,
    /// First day, where it is not the year's.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day, where it is not the year's.
    #[serde(default)]
    pub to: Option<Date>,
    /// What is behind a number that no record carries.
    #[serde(default)]
    pub reported: Option<String>,
    /// The entry of the scope that has no line yet.
    #[serde(default)]
    pub lacks: Option<String>,
    /// Why, where it needs a word.
    #[serde(default)]
    pub why: Option<String>,
}

/// How sure a report is of a number.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// As printed.
    #[default]
    Exact,
    /// 余.
    Over,
    /// 以上.
    AtLeast,
    /// 近.
    Nearly,
    /// 左右.
    Approx,
    /// 以内.
    AtMost,
}

impl Qualifier {
    /// Its code: as it is written in these files, and as reported numbers say it.
    pub fn code(self) -> &'static str {
        match self {
            Qualifier::Exact => "exact",
            Qualifier::Over => "over",
            Qualifier::AtLeast => "at_least",
            Qualifier::Nearly => "nearly",
            Qualifier::Approx => "approx",
            Qualifier::AtMost => "at_most",
        }
    }
}

/// A figure of ours that a printed one states.
pub struct Ours {
    /// Its code, with the part: `power_item.by_kind/licence`.
    pub code: String,
    /// What we tell; nothing where it cannot be told.
    pub value: Option<Amount>,
    /// Whether that is what is printed.
    pub tells: bool,
}

/// All five reports.
pub fn read() -> Result<Vec<Published>, Failure> {
    FILES.iter().map(|(file, text)| data::parse(&format!("reports/{file}"), text)).collect()
}

impl Published {
    /// First and last day of what a figure counts.
    pub fn period(&self, printed: &Printed) -> Result<Period, Failure> {
        let none = || Failure::new(format!("{}: there is no year {}", self.report, self.year), "mend demo/reports");
        let year = Period::year(self.year).ok_or_else(none)?;
        Ok(Period { from: printed.from.unwrap_or(year.from), to: printed.to.unwrap_or(year.to) })
    }

    /// The numbers of its year that were reported to the ledger, and are not counted from records.
    pub fn reported(&self, platform: &Platform) -> Result<Vec<Reported>, Failure> {
        Ok(platform.reported(&self.place, Stretch::Year(self.year))?)
    }

    /// What our records tell of a printed figure; nothing where they are not to tell it.
    pub fn ours(&self, platform: &Platform, printed: &Printed) -> Result<Vec<Ours>, Failure> {
        let period = self.period(printed)?;
        let whose = if printed.own { Whose::own(&self.place) } else { Whose::from(&self.place) };
        let mut all = Vec::new();
        for code in printed.told.iter().chain(&printed.also) {
            let (figure, part) = code.split_once('/').map_or((code.as_str(), None), |(code, part)| (code, Some(part)));
            let told = platform.figure(whose, period, figure)?;
            let hit = told.iter().find(|value: &&FigureValue| value.part.as_deref() == part);
            let hit = hit.ok_or_else(|| {
                let what = format!("{}, line {}: there is no figure `{code}`", self.report, printed.line);
                Failure::new(what, "name a figure and a part that `fazhi figures` lists")
            })?;
            let value = hit.value;
            let tells = value.is_some_and(|value| printed.is_told_by(value));
            all.push(Ours { code: code.clone(), value, tells });
        }
        Ok(all)
    }
}

impl Printed {
    /// Whether a number was reported as it is printed: the same, as exactly as the report says it, or one that rounds to it.
    pub fn is_reported_by(&self, reported: &Reported) -> bool {
        let same =
            amount(&self.value).and_then(|value| value.compare(reported.amount)).is_some_and(|order| order.is_eq());
        let exact = reported.qualifier_code == Qualifier::Exact.code();
        (same && reported.qualifier_code == self.qualifier.code()) || (exact && self.is_told_by(reported.amount))
    }

    /// Whether a reported number is of the same thing: of its name and unit.
    pub fn is_of(&self, reported: &Reported) -> bool {
        reported.name == self.name && reported.unit == self.unit
    }

    /// Whether a value rounds to what is printed, with its qualifier.
    pub fn is_told_by(&self, told: Amount) -> bool {
        let Some(value) = amount(&self.value) else { return false };
        let step = self.step.as_deref().and_then(amount).unwrap_or(Amount { units: 1, scale: value.scale });
        let (Some(above), Some(twice)) = (told.minus(value), step.minus(Amount::whole(0))) else { return false };
        let scale = above.scale.max(twice.scale).max(value.scale);
        let units = |amount: Amount| i128::from(amount.units) * 10_i128.pow(u32::from(scale - amount.scale));
        let (above, step, tenth) = (units(above), units(step), units(value).abs() / 10);
        match self.qualifier {
            Qualifier::Exact => (-step..step).contains(&(2 * above)),
            Qualifier::Over => above > 0 && above <= tenth,
            Qualifier::AtLeast => above >= 0,
            Qualifier::Nearly => above < 0 && -above <= tenth,
            Qualifier::Approx => above.abs() <= tenth,
            Qualifier::AtMost => above <= 0,
        }
    }
}

/// `-46.5` as an amount.
fn amount(text: &str) -> Option<Amount> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    Some(Amount { units: format!("{whole}{part}").parse().ok()?, scale: u8::try_from(part.len()).ok()? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Amount, Printed, Qualifier, read};

    fn printed(value: &str, qualifier: Qualifier, step: Option<&str>) -> Printed {
        let of = |told: &str| told.to_owned();
        Printed {
            line: 1,
            name: of("n"),
            value: of(value),
            unit: of("件"),
            qualifier,
            step: step.map(of),
            told: Some(of("a.b")),
            also: None,
            own: false,
            from: None,
            to: None,
            reported: None,
            lacks: None,
            why: None,
        }
    }

    #[test]
    fn every_printed_figure_has_one_place() {
        let reports = read().unwrap();
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for report in &reports {
            for printed in &report.figures {
                let places = [&printed.told, &printed.reported, &printed.lacks];
                assert_eq!(
                    places.iter().filter(|place| place.is_some()).count(),
                    1,
                    "{} {}",
                    report.report,
                    printed.name
                );
                *count.entry(&report.report).or_insert(0) += 1;
            }
        }
        assert_eq!(count.values().sum::<usize>(), 336);
        assert_eq!(count.len(), 5);
    }

    #[test]
    fn equal_means_that_it_rounds_to_what_is_printed() {
        let told = |value: &str, qualifier, step, ours: &[i64]| -> Vec<bool> {
            let printed = printed(value, qualifier, step);
            ours.iter().map(|units| printed.is_told_by(Amount::whole(*units))).collect()
        };
        assert_eq!(told("552", Qualifier::Exact, None, &[551, 552, 553]), [false, true, false]);
        assert_eq!(
            told("98000", Qualifier::Exact, Some("1000"), &[97_499, 97_500, 98_344, 98_500]),
            [false, true, true, false]
        );
        assert_eq!(told("15000", Qualifier::Over, None, &[15_000, 15_263, 16_501]), [false, true, false]);
        assert_eq!(told("160000", Qualifier::Nearly, None, &[159_000, 160_000, 100_000]), [true, false, false]);
        assert_eq!(told("99", Qualifier::AtLeast, None, &[98, 99, 100]), [false, true, true]);
    }

    #[test]
    fn shares_round_to_the_digits_that_are_printed() {
        let share = |part, whole| Amount::percent(Amount::whole(part), Amount::whole(whole)).unwrap();
        assert!(printed("99.13", Qualifier::Exact, None).is_told_by(share(4_450, 4_489)));
        assert!(printed("97", Qualifier::Exact, None).is_told_by(share(22_814, 23_520)));
        assert!(!printed("85", Qualifier::Exact, None).is_told_by(share(859, 1_004)));
        assert!(printed("-46.5", Qualifier::Exact, None).is_told_by(Amount { units: -4_650, scale: 2 }));
        assert!(!printed("46.5", Qualifier::Exact, None).is_told_by(Amount { units: -4_650, scale: 2 }));
    }
}
