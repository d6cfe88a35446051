//! Whether the records tell what the published report tells.

use figures::{Amount, Period};
use platform::Platform;

use super::data::{Certainty, Target, Targets};
use crate::failure::Failure;

/// Asks the platform for every target; fails with all that are not told.
pub fn check(platform: &Platform, targets: &Targets) -> Result<usize, Failure> {
    let mut wrong = Vec::new();
    let mut years: Vec<i16> = targets.target.iter().map(|target| target.year).collect();
    years.sort_unstable();
    years.dedup();
    for year in years {
        let period = Period::year(year).ok_or_else(|| Failure::new(format!("there is no year {year}"), ""))?;
        let values = platform.figures(&targets.place, period)?;
        for target in targets.target.iter().filter(|target| target.year == year) {
            let hit = values.iter().find(|value| value.code == target.figure && value.part == target.part);
            let told = hit.and_then(|value| value.value);
            if !told.is_some_and(|told| tells(target, told)) {
                wrong.push(said(target, told));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(targets.target.len());
    }
    let what = format!("the demonstration does not tell {} of its targets:\n    {}", wrong.len(), wrong.join("\n    "));
    Err(Failure::new(what, "mend demo/scripts.toml or the line that counts"))
}

fn tells(target: &Target, told: Amount) -> bool {
    match target.qualifier {
        Certainty::Exact => told == Amount::whole(target.value),
        Certainty::Over => {
            told.scale == 0 && told.units > target.value && told.units < target.value + target.value / 10
        }
    }
}

fn said(target: &Target, told: Option<Amount>) -> String {
    let part = target.part.as_ref().map(|part| format!("/{part}")).unwrap_or_default();
    let told = told.map_or_else(|| "nothing".to_owned(), |told| told.to_string());
    let over = if target.qualifier == Certainty::Over { "over " } else { "" };
    format!(
        "{}{part} {}: {over}{} ({}:{}), and the records tell {told}",
        target.figure, target.year, target.value, target.report, target.line
    )
}
