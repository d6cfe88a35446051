//! The other four: offices after one pattern at every level, and lives of records, played so often and in such years that
//! they add up to what a report tells.
//!
//! `demo/lives.toml` holds the lives: scripts without a number. `demo/plays/` says for a report which lives are played how
//! often; `demo/offices.toml` who works at each level. What is played for a place is spread over it and what lies below.

use std::collections::BTreeMap;

use serde::Deserialize;
use terms::{Code, Date, GovernmentCode, Level, PlaceCode, Region, Regions};

use super::data::{Account, Agency, County, Names, Script, parse};
use super::dice::Dice;
use super::stage::Stage;
use crate::failure::Failure;

const OFFICES: &str = include_str!("../../../../demo/offices.toml");
const LIVES: &str = include_str!("../../../../demo/lives.toml");
const PLAYS: [(&str, &str); 4] = [
    ("xilingol-2020", include_str!("../../../../demo/plays/xilingol-2020.toml")),
    ("xinxiang-2021", include_str!("../../../../demo/plays/xinxiang-2021.toml")),
    ("baotou-2020", include_str!("../../../../demo/plays/baotou-2020.toml")),
    ("inner-mongolia-2024", include_str!("../../../../demo/plays/inner-mongolia-2024.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offices {
    office: Vec<Office>,
    account: Vec<Account>,
    people: Names,
    organisations: Names,
    words: BTreeMap<String, Vec<String>>,
}

/// An agency that every government of some levels has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    code: Code,
    /// What follows the place's name.
    name: String,
    /// The same in a league, where it has a name of its own.
    #[serde(default)]
    in_league: Option<String>,
    weight: u32,
    at: Vec<Rung>,
    groups: Vec<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Rung {
    Province,
    Prefecture,
    County,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lives {
    life: Vec<Script>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plays {
    play: Vec<Play>,
}

/// So many records, of these lives by weight.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Play {
    lives: BTreeMap<String, u32>,
    count: u32,
    /// First and last day on which one is opened.
    opens: [Date; 2],
    #[serde(default)]
    at: Reach,
    /// What others rest on: as many in each government, and never fewer in a smaller build.
    #[serde(default)]
    groundwork: bool,
    /// What is filled in beside, and instead of, what the lives say.
    #[serde(default)]
    set: BTreeMap<String, toml::Value>,
    /// Wholes that are divided among the records, by field.
    #[serde(default)]
    shares: BTreeMap<String, u64>,
}

/// Which governments of a place hold it.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Reach {
    /// The place's own and those below it.
    #[default]
    All,
    Own,
    Below,
}

/// The governments that a report tells of, each with its offices and what happens there; every count divided by `scale`.
pub fn stages(report: &str, place: &PlaceCode, regions: &Regions, scale: u32) -> Result<Vec<Stage>, Failure> {
    let Some((_, text)) = PLAYS.iter().find(|(name, _)| *name == report) else { return Ok(Vec::new()) };
    let file = format!("plays/{report}.toml");
    let plays: Plays = parse(&file, text)?;
    let lives: Lives = parse("lives.toml", LIVES)?;
    let offices: Offices = parse("offices.toml", OFFICES)?;
    let last = plays.play.iter().map(|play| play.opens[1]).max().unwrap_or(Date::MAX);
    let mut all = Vec::new();
    for (government, weight) in weights(regions, place, last) {
        let Some(region) = regions.get(&government, last) else { continue };
        all.push((weight, Stage::new(government.clone(), offices.county(region), Vec::new())));
    }
    for (index, play) in (1u32..).zip(&plays.play) {
        let mut dice = Dice::new(u64::from(index), report, 0);
        let there: Vec<usize> = (0..all.len()).filter(|stage| play.at.holds(*stage == 0)).collect();
        let weights: Vec<u32> = there.iter().map(|stage| if play.groundwork { 1 } else { all[*stage].0 }).collect();
        let scale = if play.groundwork { 1 } else { u64::from(scale) };
        let scaled = |whole: u64| if whole == 0 { 0 } else { (whole / scale).max(1) };
        let counts = dice.parts(scaled(u64::from(play.count)), &weights);
        let by_count: Vec<u32> = counts.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect();
        let mut shares: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for (field, whole) in &play.shares {
            shares.insert(field, dice.parts(scaled(*whole), &by_count));
        }
        for (turn, (stage, count)) in there.iter().zip(&counts).enumerate().filter(|(_, (_, count))| **count > 0) {
            let lots: Vec<u32> = play.lives.values().copied().collect();
            let parts = dice.parts(*count, &lots);
            let sizes: Vec<u32> = parts.iter().map(|part| u32::try_from(*part).unwrap_or(u32::MAX)).collect();
            let within: BTreeMap<&str, Vec<u64>> =
                shares.iter().map(|(field, wholes)| (*field, dice.parts(wholes[turn], &sizes))).collect();
            for (lot, (name, size)) in play.lives.keys().zip(&sizes).enumerate().filter(|(_, (_, size))| **size > 0) {
                let life = lives.life.iter().find(|life| life.name == *name).ok_or_else(|| {
                    Failure::new(format!("demo/{file}, play {index}: there is no life `{name}`"), "see demo/lives.toml")
                })?;
                let shares = within.iter().map(|(field, parts)| (*field, parts[lot]));
                let turn = index * 100 + u32::try_from(lot).unwrap_or(0);
                let script = play.script(life, turn, *size, shares);
                all[*stage].1.scripts.push(script);
            }
        }
    }
    Ok(all.into_iter().map(|(_, stage)| stage).filter(|stage| !stage.scripts.is_empty()).collect())
}

/// The governments of a place, its own first, and how much falls to each: to those below three times what falls to those
/// above them.
fn weights(regions: &Regions, place: &PlaceCode, on: Date) -> Vec<(GovernmentCode, u32)> {
    const WHOLE: u32 = 1_000_000;
    let mut all = Vec::new();
    let mut open = vec![(place.clone(), WHOLE)];
    while let Some((code, weight)) = open.pop() {
        let below: Vec<&Region> =
            regions.children(&code, on).into_iter().filter(|region| region.level <= Level::County).collect();
        let part = weight / (1 + 3 * u32::try_from(below.len()).unwrap_or(0));
        all.push((code, part.max(1)));
        open.extend(below.into_iter().rev().map(|region| (region.code.clone(), part * 3)));
    }
    all
}

impl Reach {
    fn holds(self, own: bool) -> bool {
        match self {
            Reach::All => true,
            Reach::Own => own,
            Reach::Below => !own,
        }
    }
}

impl Play {
    fn script<'s>(&self, life: &Script, turn: u32, count: u32, shares: impl Iterator<Item = (&'s str, u64)>) -> Script {
        let mut set = life.set.clone();
        set.extend(self.set.iter().map(|(field, value)| (field.clone(), value.clone())));
        for (field, whole) in shares {
            set.insert(field.to_owned(), toml::Value::String(format!("share {whole}")));
        }
        Script { name: format!("{turn}: {}", life.name), count, opens: self.opens, set, play: turn, ..life.clone() }
    }
}

impl Offices {
    /// The offices of a government.
    fn county(&self, region: &Region) -> County {
        let rung = match region.level {
            Level::Province => Rung::Province,
            Level::Prefecture => Rung::Prefecture,
            _ => Rung::County,
        };
        let short = region.short.as_deref().filter(|_| rung == Rung::Province).unwrap_or(&region.name);
        let agency = |office: &Office| {
            let name = office.in_league.as_ref().filter(|_| region.name.ends_with('盟')).unwrap_or(&office.name);
            Agency {
                code: office.code.clone(),
                name: format!("{short}{name}"),
                place: region.code.clone(),
                weight: office.weight,
                groups: office.groups.clone(),
            }
        };
        County {
            agency: self.office.iter().filter(|office| office.at.contains(&rung)).map(agency).collect(),
            account: self.account.clone(),
            people: self.people.clone(),
            organisations: self.organisations.clone(),
            words: self.words.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, PLAYS, stages};
    use crate::demo::reports;

    fn catalog() -> std::sync::Arc<catalog::Catalog> {
        catalog::load(&catalog::Source::built_in()).0.unwrap().into()
    }

    #[test]
    fn what_is_played_is_divided_without_a_rest() {
        let catalog = catalog();
        let reports = reports::read().unwrap();
        for (name, _) in PLAYS {
            let report = reports.iter().find(|report| report.report == name).unwrap();
            let stages = stages(name, &report.place, &catalog.regions, 1).unwrap();
            let records: u64 =
                stages.iter().flat_map(|stage| &stage.scripts).map(|script| u64::from(script.count)).sum();
            let plays: super::Plays =
                super::parse(name, PLAYS.iter().find(|(one, _)| *one == name).unwrap().1).unwrap();
            assert_eq!(records, plays.play.iter().map(|play| u64::from(play.count)).sum::<u64>(), "{name}");
        }
    }

    #[test]
    fn every_life_is_of_a_line_in_force_when_it_is_played() {
        let catalog = catalog();
        for report in reports::read().unwrap() {
            for stage in stages(&report.report, &report.place, &catalog.regions, 100).unwrap() {
                for script in &stage.scripts {
                    let line = |day: Date| catalog.line(&script.line, &stage.government, day);
                    assert!(script.opens.iter().all(|day| line(*day).is_some()), "{} {}", report.report, script.name);
                }
            }
        }
    }
}
