//! The morning of somebody who leads: five things that matter today, each with its cause. Everything comes out of an
//! index or a few sums, under the same rights as the lists behind it.

use figures::{Amount, Period, amount, delta_query};
use ledger::{Fault, FoundRow, GroupBy, RecordRow, WaitingKind};
use procedure::{Counted, Line, Said};
use std::sync::Arc;
use terms::{Code, Date, RecordId};

use crate::{Person, Platform, TellError, Waiting, telling::as_of, waiting::in_working_days};

/// What a morning tells.
#[derive(Clone, Debug)]
pub struct Morning {
    /// What waits for the person's signature, the most pressing first.
    pub signing: Vec<Waiting>,
    /// Open records with a limit that has passed, by agency, the most first.
    pub overdue: Vec<(Code, u64)>,
    /// Open records of which a limit ends by `soon_until`, by agency, the most first.
    pub soon: Vec<(Code, u64)>,
    /// Three working days on.
    pub soon_until: Date,
    /// What was found unlawful or late since the day before, newest first.
    pub found: Vec<Found>,
    /// Since when.
    pub found_since: Date,
    /// Main figures that changed, the most changed first.
    pub changes: Vec<Change>,
}

/// Something found, with its record.
#[derive(Clone, Debug)]
pub struct Found {
    /// What.
    pub found: FoundRow,
    /// The record.
    pub row: RecordRow,
    /// Its line.
    pub line: Arc<Line>,
}

/// A main figure, beside itself a year and a month ago.
#[derive(Clone, Debug)]
pub struct Change {
    /// Figure.
    pub figure: Code,
    /// Title.
    pub title: Said,
    /// Unit.
    pub unit: String,
    /// From the first of January to today.
    pub year: Period,
    /// Its value.
    pub value: Amount,
    /// The value of the same days a year ago.
    pub year_ago: Amount,
    /// From the first of the month to today.
    pub month: Amount,
    /// The value of the same days of the month before.
    pub month_ago: Amount,
}

/// So much of what was found is looked through.
const FOUND: u32 = 300;
/// So many figures are told.
const CHANGES: usize = 5;

/// The same day of the month before; the last one where it is shorter.
fn month_before(day: Date) -> Date {
    let (year, month) = if day.month() == 1 { (day.year() - 1, 12) } else { (day.year(), day.month() - 1) };
    let days = (28..=day.day().max(28)).rev();
    days.filter_map(|n| Date::new(year, month, n.min(day.day())).ok()).next().unwrap_or(day)
}

impl Platform {
    /// Whether a person holds a post that leads.
    pub fn leads(&self, person: &Person) -> bool {
        person.posts.iter().any(|post| self.catalog.terms.post(post).is_some_and(|post| post.leads))
    }

    /// What matters today to somebody who leads.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn morning(&self, person: &Person) -> Result<Morning, Fault> {
        let now = self.now();
        let today = now.date();
        let agency = self.own_agency(person);
        let soon_until = in_working_days(&self.catalog.calendar, now, crate::SOON);
        let found_since = today.yesterday().unwrap_or(today);
        let signing = self.awaiting_signature(person)?;
        let most = |mut counted: Vec<(Code, u64)>| {
            counted.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
            counted
        };
        let mut read = self.store.read()?;
        let government = &person.government;
        let overdue = read.waiting_by_agency(government, WaitingKind::Late, agency.map(Code::as_str))?;
        let soon = read.due_by_agency(government, today, soon_until, agency.map(Code::as_str))?;
        let rows = read.found(government, found_since, agency.map(Code::as_str), FOUND)?;
        let mut ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut records = read.records_of(government, &ids)?;
        let sight = self.sight_of(read.as_mut(), person, &person.government)?;
        records.retain(|row| sight.sees(row));
        let mut found = Vec::new();
        for one in rows {
            let Some(row) = records.iter().find(|row| row.id == one.record) else { continue };
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            found.push(Found { found: one, row: row.clone(), line });
        }
        drop(read);
        Ok(Morning {
            signing,
            overdue: most(overdue),
            soon: most(soon),
            soon_until,
            found,
            found_since,
            changes: self.changes(person, today, agency)?,
        })
    }

    /// The main figure of each line, which is the first that counts what comes in or is done, beside itself a year and
    /// a month ago; those that changed most first.
    fn changes(&self, person: &Person, today: Date, agency: Option<&Code>) -> Result<Vec<Change>, Fault> {
        let place = match self.place(&person.government, today) {
            Ok(place) => place,
            Err(TellError::Fault(fault)) => return Err(fault),
            Err(_) => return Ok(Vec::new()),
        };
        let year = Period { from: Date::new(today.year(), 1, 1).unwrap_or(today), to: today };
        let month = Period { from: today.first_of_month(), to: today };
        let before = month_before(today);
        let month_ago = Period { from: before.first_of_month(), to: before };
        let lines = self.figure_lines(&person.government, today);
        let mut read = self.store.read()?;
        let own = vec![person.government.clone()];
        let as_of = as_of(read.as_mut(), &own)?;
        let mut all = Vec::new();
        for line in &lines {
            let flow = |figure: &&procedure::Figure| matches!(figure.counted, Counted::Flow(_));
            let Some(figure) = line.figures.iter().find(flow) else { continue };
            let mut tell = |period: Period| -> Result<Amount, Fault> {
                let Some(mut query) = delta_query(figure, place.told(&as_of), period) else {
                    return Ok(Amount::whole(0));
                };
                query.agencies = agency.cloned().into_iter().collect();
                let sum = read.sums(&query, GroupBy::Nothing)?.first().map_or(0, |sum| sum.amount);
                Ok(amount(line, figure, sum))
            };
            let change = Change {
                figure: figure.code.clone(),
                title: figure.title.clone(),
                unit: figure.unit.clone(),
                year,
                value: tell(year)?,
                year_ago: tell(year.previous())?,
                month: tell(month)?,
                month_ago: tell(month_ago)?,
            };
            if change.moved() > 0 {
                all.push(change);
            }
        }
        all.sort_by(|a, b| b.moved().cmp(&a.moved()).then_with(|| a.figure.cmp(&b.figure)));
        all.truncate(CHANGES);
        Ok(all)
    }
}

impl Change {
    /// By how much it differs from what it was, per mille of what it was, or of one where it was nothing.
    fn moved(&self) -> u64 {
        let by = |now: Amount, then: Amount| {
            let difference = now.units.abs_diff(then.units);
            difference.saturating_mul(1_000) / then.units.unsigned_abs().max(1)
        };
        by(self.value, self.year_ago).max(by(self.month, self.month_ago))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_day_of_the_month_before() {
        let before = |day: &str| month_before(day.parse().unwrap_or(Date::MIN)).to_string();
        assert_eq!(before("2026-03-15"), "2026-02-15");
        assert_eq!(before("2026-03-31"), "2026-02-28");
        assert_eq!(before("2024-03-30"), "2024-02-29");
        assert_eq!(before("2026-01-31"), "2025-12-31");
        assert_eq!(before("2026-07-31"), "2026-06-30");
    }
}
