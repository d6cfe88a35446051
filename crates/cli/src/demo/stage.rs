//! A government of the demonstration: who works there, and what happens.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use ledger::Fault;
use platform::Platform;
use terms::GovernmentCode;

use super::data::{County, Script};
use super::dice::Dice;
use super::fill::Kept;
use super::plan;
use super::play::{Play, Played};
use super::staff::Staff;
use crate::failure::Failure;

/// A government with its agencies, its people and the scripts that are played there.
pub struct Stage {
    pub government: GovernmentCode,
    pub county: County,
    pub scripts: Vec<Script>,
    pub staff: Staff,
    seed: u64,
}

impl Stage {
    /// A stage; the same government always has the same people.
    pub fn new(government: GovernmentCode, county: County, scripts: Vec<Script>) -> Stage {
        let seed = government.as_str().parse().unwrap_or(0);
        let staff = Staff::new(&county, &government, &mut Dice::new(seed, "staff", 0));
        Stage { government, county, scripts, staff, seed }
    }

    /// Agencies and accounts, all with one password: there is nothing behind it to guard.
    pub fn found(&self, platform: &Platform, password: &str) -> Result<(), Fault> {
        let mut batch = platform.batch(&self.government)?;
        let tx = batch.transaction();
        for row in self.staff.agency_rows(&self.government) {
            tx.put_agency(&row)?;
        }
        for row in self.staff.account_rows(password) {
            tx.put_account(&row)?;
        }
        batch.commit()
    }

    /// Plays scripts, and says what was done in how long; nothing where the platform was closed meanwhile.
    pub fn play(
        &self,
        platform: &Platform,
        scripts: &[Script],
        said: &str,
    ) -> Result<Option<(Played, Duration)>, Failure> {
        let started = Instant::now();
        let mut plans = Vec::new();
        for script in scripts {
            plans.extend(plan::plans(script, &self.staff, platform.catalog(), &self.government, self.seed)?);
        }
        let bar = ProgressBar::new(plans.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} records, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_prefix(said.to_owned());
        let mut play = Play {
            platform,
            government: &self.government,
            county: &self.county,
            staff: &self.staff,
            kept: Kept::default(),
            bar: &bar,
            played: Played::default(),
        };
        let ended = play.all(&mut plans)?;
        bar.finish_and_clear();
        Ok(ended.then(|| (play.played, started.elapsed())))
    }
}
