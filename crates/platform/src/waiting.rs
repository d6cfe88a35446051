//! What waits for whom, as it follows from a record: the next signature, a stand-in, limits that passed. Kept in an
//! index of its own, so that nobody's desk looks through records.

use std::sync::Arc;

use kernel::{ClockState, clock};
use ledger::{Fault, RecordRow, WaitingKind, WaitingQuery, WaitingRow};
use procedure::{Binds, Habit, LimitId, Line, Record, What};
use terms::{Calendar, Code, Date, DateTime, RecordId};

use crate::{Light, Person, Platform, rows::decode_state};

/// A record with its line, and the day for which it waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The record.
    pub row: RecordRow,
    /// Its line.
    pub line: Arc<Line>,
    /// The day: see [`WaitingRow::day`].
    pub day: Date,
    /// What it waits for: an act, a limit.
    pub what: Code,
}

/// A day far off, for what no day presses.
const NEVER: Date = Date::constant(9999, 12, 31);

/// What a record waits for.
pub(crate) fn rows(line: &Line, record: &Record, due: Option<Date>, calendar: &Calendar) -> Vec<WaitingRow> {
    if record.closed(line) && record.proposal.is_none() {
        return Vec::new();
    }
    let row = |kind, what: Code, who: Code, day| WaitingRow {
        record: record.id,
        kind,
        what,
        who,
        agency: record.agency.clone(),
        day,
    };
    let mut rows = Vec::new();
    if let Some(proposal) = &record.proposal {
        let act = line.act(proposal.act);
        let day = due.unwrap_or(NEVER);
        let signers = act.signers(proposal.signed).iter();
        rows.extend(signers.map(|post| row(WaitingKind::Sign, act.code.clone(), post.clone(), day)));
    }
    if let (Some((account, until)), false) = (&record.stand_in, record.closed(line)) {
        rows.push(row(WaitingKind::StandIn, Code::default(), account.clone(), *until));
    }
    for (limit, day) in passed(line, record, calendar) {
        let who = record.handler.clone().unwrap_or_default();
        rows.push(row(WaitingKind::Late, line.limit(limit).code.clone(), who, day));
    }
    rows.sort_by(|a, b| (a.kind.name(), &a.what, &a.who).cmp(&(b.kind.name(), &b.what, &b.who)));
    rows
}

/// The limits that bind the agency and have passed without being met, with their last days.
fn passed(line: &Line, record: &Record, calendar: &Calendar) -> Vec<(LimitId, Date)> {
    if record.closed(line) {
        return Vec::new();
    }
    let mut limits: Vec<LimitId> = record
        .done
        .iter()
        .filter_map(|done| match done.what {
            What::Lapse(limit) if line.limit(limit).binds == Binds::Agency => Some(limit),
            _ => None,
        })
        .collect();
    limits.sort_unstable();
    limits.dedup();
    let late = |limit: LimitId| match clock(line, record, limit, calendar)?.state {
        ClockState::Passed(deadline) => Some((limit, deadline.last.date())),
        _ => None,
    };
    limits.into_iter().filter_map(late).collect()
}

/// As much as one list of a desk shows.
const MOST: u32 = 200;

impl Platform {
    /// The agency to whose records a person's lists are narrowed; `None`: all of the government.
    pub(crate) fn own_agency<'p>(&self, person: &'p Person) -> Option<&'p Code> {
        let across = |post: &Code| self.catalog.terms.post(post).is_some_and(|post| post.across);
        (!person.posts.iter().any(across)).then_some(&person.agency)
    }

    /// Records with a proposal whose next signature is this person's, the most pressing first; those that the person
    /// proposed and another has to sign are left out.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn awaiting_signature(&self, person: &Person) -> Result<Vec<Waiting>, Fault> {
        let mut found: Vec<WaitingRow> = Vec::new();
        let mut read = self.store.read()?;
        for post in &person.posts {
            let across = self.catalog.terms.post(post).is_some_and(|post| post.across);
            let query = WaitingQuery {
                kind: WaitingKind::Sign,
                who: Some(post.clone()),
                agency: (!across).then(|| person.agency.clone()),
                after: None,
                limit: MOST,
            };
            found.extend(read.waiting(&person.government, &query)?);
        }
        let mut all = self.with_rows(read.as_mut(), person, found)?;
        all.retain(|one| {
            let proposal = decode_state(&one.row.state).and_then(|record| record.proposal);
            proposal.is_some_and(|proposal| proposal.mend.is_none() || proposal.by != person.account)
        });
        Ok(all)
    }

    /// Records in whose handler's place this person acts today.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn standing_in(&self, person: &Person) -> Result<Vec<Waiting>, Fault> {
        let mut read = self.store.read()?;
        let query = WaitingQuery {
            kind: WaitingKind::StandIn,
            who: Some(person.account.clone()),
            agency: None,
            after: Some((self.now().date().yesterday().unwrap_or(Date::MIN), RecordId(u64::MAX))),
            limit: MOST,
        };
        let found = read.waiting(&person.government, &query)?;
        self.with_rows(read.as_mut(), person, found)
    }

    /// Open records of which a limit that binds the agency has passed: those this person handles, or all that the person
    /// oversees; the longest overdue first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn overdue(&self, person: &Person, mine: bool, agency: Option<&Code>) -> Result<Vec<Waiting>, Fault> {
        let mut read = self.store.read()?;
        let query = WaitingQuery {
            kind: WaitingKind::Late,
            who: mine.then(|| person.account.clone()),
            agency: self.own_agency(person).or(agency).cloned(),
            after: None,
            limit: MOST,
        };
        let found = read.waiting(&person.government, &query)?;
        self.with_rows(read.as_mut(), person, found)
    }

    /// A record's row with its line, for somebody who may see it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn seen_row(&self, person: &Person, id: RecordId) -> Result<Option<(RecordRow, Arc<Line>)>, Fault> {
        let mut read = self.store.read()?;
        let sight = self.sight_of(read.as_mut(), person, &person.government)?;
        let row = read.record(&person.government, id)?.filter(|row| sight.sees(row));
        let Some(row) = row else { return Ok(None) };
        let line = self.definitions.line(read.as_mut(), row.definition)?;
        Ok(Some((row, line)))
    }

    /// The rows of what waits, each record once, under a person's rights, by day.
    fn with_rows(
        &self,
        read: &mut dyn ledger::Read,
        person: &Person,
        mut found: Vec<WaitingRow>,
    ) -> Result<Vec<Waiting>, Fault> {
        found.sort_by_key(|row| (row.day, row.record));
        let mut ids: Vec<RecordId> = Vec::new();
        found.retain(|row| {
            let new = !ids.contains(&row.record);
            if new {
                ids.push(row.record);
            }
            new
        });
        let mut rows = read.records_of(&person.government, &ids)?;
        let sight = self.sight_of(read, person, &person.government)?;
        rows.retain(|row| sight.sees(row));
        let mut all = Vec::with_capacity(rows.len());
        for waiting in found {
            let Some(at) = rows.iter().position(|row| row.id == waiting.record) else { continue };
            let row = rows.swap_remove(at);
            let line = self.definitions.line(read, row.definition)?;
            all.push(Waiting { row, line, day: waiting.day, what: waiting.what });
        }
        Ok(all)
    }

    /// What a person handles and has to do: cases that are open, and whatever has a limit that runs; with the light of
    /// its day. First what is due, earliest first, then the rest, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn mine(&self, person: &Person) -> Result<Vec<crate::InboxItem>, Fault> {
        let mut all = self.handled(person, None, ledger::Order::Due)?;
        let undated = self.handled(person, Some(true), ledger::Order::Newest)?;
        all.extend(undated.into_iter().filter(|item| item.row.due.is_none()));
        Ok(all)
    }

    /// What a person handles and that waits for nothing: entries of registers and journal notes that are in force.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn entries_of(&self, person: &Person) -> Result<Vec<crate::InboxItem>, Fault> {
        let mut all = self.handled(person, Some(false), ledger::Order::Newest)?;
        all.retain(|item| item.row.due.is_none());
        Ok(all)
    }

    /// The open records that a person handles; `cases` narrows them to lines of cases, or to the others.
    fn handled(
        &self,
        person: &Person,
        cases: Option<bool>,
        order: ledger::Order,
    ) -> Result<Vec<crate::InboxItem>, Fault> {
        let today = self.now().date();
        let mut read = self.store.read()?;
        let mut query = ledger::RecordQuery {
            handler: Some(person.account.clone()),
            closed: Some(false),
            order,
            limit: MOST,
            ..self.query(read.as_mut(), person, &person.government)?
        };
        if let Some(cases) = cases {
            let lines = self.catalog.lines().filter(|line| (line.habit == Habit::Case) == cases);
            query.lines = lines.map(|line| line.code.clone()).collect();
            if query.lines.is_empty() {
                return Ok(Vec::new());
            }
        }
        let mut items = Vec::new();
        for row in read.records(&query)? {
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let light = row.due.map(|due| Light::of(due, today));
            items.push(crate::InboxItem { row, line, light });
        }
        Ok(items)
    }
}

/// The day that follows so many working days.
pub(crate) fn in_working_days(calendar: &Calendar, now: DateTime, n: u32) -> Date {
    calendar.advance(now.date(), n, terms::Unit::WorkingDays)
}
