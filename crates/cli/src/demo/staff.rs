//! Agencies and accounts: who can do what.

use std::collections::HashMap;

use ledger::{AccountRow, AgencyRow};
use platform::Person;
use terms::{Code, GovernmentCode};

use super::data::{Agency, County, Names};
use super::dice::Dice;

/// Everybody at work in the county.
pub struct Staff {
    pub agencies: Vec<Agency>,
    pub people: Vec<Person>,
    /// What each of them does, in the same order.
    pub titles: Vec<String>,
    by_agency: HashMap<Code, Vec<usize>>,
}

impl Staff {
    /// Agencies and accounts of the county.
    pub fn new(county: &County, government: &GovernmentCode, dice: &mut Dice) -> Staff {
        let (mut people, mut titles) = (Vec::new(), Vec::new());
        let mut by_agency: HashMap<Code, Vec<usize>> = HashMap::new();
        for agency in &county.agency {
            let has = |of: &[String]| of.iter().any(|group| agency.groups.contains(group));
            for account in county.account.iter().filter(|account| has(&account.of)) {
                by_agency.entry(agency.code.clone()).or_default().push(people.len());
                titles.push(account.title.clone());
                people.push(Person {
                    government: government.clone(),
                    account: format!("{}-{}", agency.code, account.suffix).into(),
                    shown: name(&county.people, dice),
                    agency: agency.code.clone(),
                    posts: account.posts.clone(),
                });
            }
        }
        Staff { agencies: county.agency.clone(), people, titles, by_agency }
    }

    /// The agencies of a group.
    pub fn group(&self, group: &str) -> Vec<&Agency> {
        self.agencies.iter().filter(|agency| agency.groups.iter().any(|one| one == group)).collect()
    }

    /// Whoever has one of these posts: in the agency first, then anywhere in the government.
    pub fn holder(&self, agency: &str, posts: &[Code]) -> Option<&Person> {
        let own = self.by_agency.get(agency).into_iter().flatten().map(|index| &self.people[*index]);
        let holds = |post: &Code| own.clone().find(|person| person.posts.contains(post));
        let anywhere = |post: &Code| self.people.iter().find(|person| person.posts.contains(post));
        posts.iter().find_map(holds).or_else(|| posts.iter().find_map(anywhere))
    }

    /// Whoever keeps the agency's files.
    pub fn keeper(&self, agency: &str) -> Option<&Person> {
        self.by_agency.get(agency).and_then(|all| all.first()).map(|index| &self.people[*index])
    }

    /// The agencies as the ledger keeps them.
    pub fn agency_rows(&self, government: &GovernmentCode) -> Vec<AgencyRow> {
        let row = |agency: &Agency| AgencyRow {
            government: government.clone(),
            code: agency.code.clone(),
            name: agency.name.clone(),
            place: agency.place.clone(),
        };
        self.agencies.iter().map(row).collect()
    }

    /// The accounts as the ledger keeps them, all with one password: there is nothing behind it to guard.
    pub fn account_rows(&self, password: &str) -> Vec<AccountRow> {
        let row = |person: &Person| AccountRow {
            government: person.government.clone(),
            name: person.account.clone(),
            shown: person.shown.clone(),
            agency: person.agency.clone(),
            posts: person.posts.clone(),
            password: password.to_owned(),
        };
        self.people.iter().map(row).collect()
    }
}

/// A synthetic name.
pub fn name(names: &Names, dice: &mut Dice) -> String {
    let first = dice.pick(&names.first).cloned().unwrap_or_default();
    let second = dice.pick(&names.second).cloned().unwrap_or_default();
    format!("{}{first}{second}", names.prefix)
}
