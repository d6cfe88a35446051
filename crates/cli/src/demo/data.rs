//! The demonstration's data files, as they are written: who works there, what happens.

use std::collections::BTreeMap;

use serde::Deserialize;
use terms::{Code, Date, PlaceCode};

use super::fill::shift;
use crate::failure::Failure;

const AGENCIES: &str = include_str!("../../../../demo/agencies.toml");
const SCRIPTS: &str = include_str!("../../../../demo/scripts.toml");

/// Who works there, and the words for what they write.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct County {
    pub agency: Vec<Agency>,
    pub account: Vec<Account>,
    pub people: Names,
    pub organisations: Names,
    pub words: BTreeMap<String, Vec<String>>,
}

/// An agency.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    pub code: Code,
    pub name: String,
    pub place: PlaceCode,
    pub weight: u32,
    pub groups: Vec<String>,
}

/// An account that every agency of some groups has.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub suffix: String,
    pub of: Vec<String>,
    pub title: String,
    pub posts: Vec<Code>,
}

/// Names put together from two lists, and seen at once to be synthetic.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub prefix: String,
    pub first: Vec<String>,
    pub second: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripts {
    script: Vec<Script>,
}

/// What happens to `count` records of a line.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    pub name: String,
    pub line: Code,
    /// How many; of a life, said by whoever plays it.
    #[serde(default)]
    pub count: u32,
    /// The group of agencies that do it.
    pub by: String,
    /// First and last day on which a record is opened; of a `recent` script, known once it is read.
    #[serde(default = "no_days")]
    pub opens: [Date; 2],
    /// Opened so many to so many days before the demonstration is built, so that something waits on the desk; what
    /// lies after that day is left undone.
    #[serde(default)]
    pub recent: Option<[i32; 2]>,
    /// Opened so many to so many days after the end of the year that is reported.
    #[serde(default)]
    pub ended: Option<[i32; 2]>,
    /// Which turn of which play it is, for numbers that nobody else has.
    #[serde(default)]
    pub play: u32,
    /// How much falls in each month, January first.
    #[serde(default)]
    pub months: Option<[u32; 12]>,
    /// Of a hundred records, how many are opened on a day off.
    #[serde(default)]
    pub days_off: u32,
    /// Records belong to a village of the agency's township.
    #[serde(default)]
    pub villages: bool,
    /// Entered under an import order.
    #[serde(default)]
    pub import: bool,
    /// The value of this field is kept under this tag for other records to name: `tag = field`.
    #[serde(default)]
    pub keeps: Option<[String; 2]>,
    /// What is filled in wherever an act asks for it.
    #[serde(default)]
    pub set: BTreeMap<String, toml::Value>,
    pub step: Vec<Step>,
}

/// One step of a script.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub act: String,
    /// How long after the step before: `0`, `2..5` working days, `3..9 days`.
    #[serde(default)]
    pub after: Option<String>,
    /// Recorded so many days after it was done; facts only.
    #[serde(default)]
    pub late: Option<String>,
    /// The post that does it, where another than the act's first.
    #[serde(default)]
    pub post: Option<Code>,
    /// What comes back: done where nothing is said, else the code of a refusal, `asks` or `incomplete`.
    #[serde(default)]
    pub answer: Option<String>,
    /// Reasons for rules that warn.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// What is filled in here.
    #[serde(default)]
    pub set: BTreeMap<String, toml::Value>,
}

fn no_days() -> [Date; 2] {
    [Date::MIN; 2]
}

/// A county and its scripts, for a demonstration built today.
pub fn county(today: Date) -> Result<(County, Vec<Script>), Failure> {
    let mut scripts = parse::<Scripts>("scripts.toml", SCRIPTS)?.script;
    for script in &mut scripts {
        if let Some([first, last]) = script.recent {
            script.opens = [first, last].map(|days| shift(today, -i64::from(days)).unwrap_or(today));
        }
    }
    Ok((parse("agencies.toml", AGENCIES)?, scripts))
}

/// A file of the demonstration.
pub fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        Failure::new(format!("demo/{file} is not what the program expects: {error}"), "mend the file and build again")
    })
}

#[cfg(test)]
mod tests {
    use super::{Date, county};

    #[test]
    fn the_data_files_are_well_formed() {
        let (county, _) = county(Date::constant(2026, 11, 24)).unwrap();
        assert_eq!(county.agency.iter().filter(|one| one.groups.contains(&"enforcement".to_owned())).count(), 57);
        assert_eq!(county.agency.iter().filter(|one| one.groups.contains(&"listed".to_owned())).count(), 50);
    }
}
