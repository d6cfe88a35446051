//! What a signature or an annulment would do, told before it is given: dry runs through the same kernel.

use figures::{Amount, Period, Places, amount, delta_query};
use kernel::{Ask, Command, Event, Kind, Question, Refusal, Standing, Verdict, Warning, judge};
use ledger::{Fault, GroupBy};
use procedure::{Actor, Said};
use std::collections::BTreeMap;
use terms::{Code, RecordId};

use crate::{
    Person, Platform, RecordView,
    history::History,
    lookups::{self, Asking},
    rows::decode_state,
    telling::as_of,
};

/// What a person's signature would meet now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// The next signature is this person's to give.
    pub mine: bool,
    /// It is the last one: the act counts from it.
    pub last: bool,
    /// Why it cannot be given now.
    pub refusals: Vec<Refusal>,
    /// What the act would want a reason for, and has none.
    pub warnings: Vec<Warning>,
}

/// A figure that changes with what is taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Restated {
    /// Figure.
    pub figure: Code,
    /// Title.
    pub title: Said,
    /// Unit.
    pub unit: String,
    /// The year that changes.
    pub year: i16,
    /// What it tells now.
    pub before: Amount,
    /// What it would tell.
    pub after: Amount,
}

impl Platform {
    /// What the next signature under a record's proposal would meet; `None` where there is no proposal.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn outlook(&self, person: &Person, view: &RecordView) -> Result<Option<Outlook>, Fault> {
        let Some(proposal) = &view.record.proposal else { return Ok(None) };
        let now = self.now();
        let line = &view.line;
        let act = line.act(proposal.act);
        let signers = act.signers(proposal.signed);
        let last = act.signers(proposal.signed.saturating_add(1)).is_empty();
        let actor: Actor = person.actor(&self.catalog.terms);
        let own = view.record.agency == person.agency;
        let mine = signers.iter().any(|post| actor.posts.contains(post) && (own || actor.across.contains(post)));
        let mut outlook = Outlook { mine, last, ..Outlook::default() };
        if !mine {
            return Ok(Some(outlook));
        }
        let current = kernel::lapses(line, &view.record, &self.catalog.calendar, now).1;
        let mut read = self.store.read()?;
        let asked: Vec<procedure::LookupId> =
            act.rules.iter().flat_map(|rule| line.rules[rule.index()].is.lookups()).collect();
        let asking = Asking {
            government: &person.government,
            line,
            record: Some(&current),
            inputs: &proposal.changes,
            actor: &actor,
            now,
            calendar: &self.catalog.calendar,
            regions: &self.catalog.regions,
            position: read.head(&person.government)?.position,
        };
        let answers = lookups::answers(read.as_mut(), &self.definitions, &asking, &asked)?;
        let question = Question {
            line,
            record: Some(&current),
            answers: &answers,
            calendar: &self.catalog.calendar,
            actor: &actor,
            standing: Standing::Normal,
        };
        let command =
            Command { ask: Ask::Sign, at: now, inputs: Vec::new(), reasons: Vec::new(), opening: None, message: None };
        match judge(&question, &command) {
            Verdict::Refused(refusals) => outlook.refusals = refusals,
            Verdict::Asks(warnings) => outlook.warnings = warnings,
            Verdict::Granted(_) | Verdict::Incomplete(_) => {}
        }
        Ok(Some(outlook))
    }

    /// The figures that the annulment of a record's event would restate, each with what it tells before and after; of a
    /// stock, as of the end of the year or today. Empty where the person does not see the record, or nothing changes.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn restated(&self, person: &Person, id: RecordId, seq: u32) -> Result<Vec<Restated>, Fault> {
        let mut read = self.store.read()?;
        let government = &person.government;
        let sight = self.sight_of(read.as_mut(), person, government)?;
        let Some(row) = read.record(government, id)?.filter(|row| sight.sees(row)) else {
            return Ok(Vec::new());
        };
        let Some(record) = decode_state(&row.state) else { return Ok(Vec::new()) };
        let stored = read.events(government, id)?;
        let mut history = History::read(read.as_mut(), &self.definitions, &stored)?;
        let Some(line) = history.line().cloned() else { return Ok(Vec::new()) };
        let annulment = Event::bare(Kind::Annulled { seq }, self.now(), person.account.clone());
        history.extend(&line, &[annulment]);
        let Some(after) = history.fold(id)? else { return Ok(Vec::new()) };
        let before = Some((line.as_ref(), &record));
        let deltas = figures::deltas(&line, before, &after, &self.catalog.calendar, government, 0);
        let today = self.now().date();
        let mut changes: BTreeMap<(Code, i16), i64> = BTreeMap::new();
        for delta in deltas {
            *changes.entry((delta.figure, delta.day.year())).or_insert(0) += delta.amount;
        }
        // What is in stock at the end of a year stays so until something takes it out.
        let as_of = as_of(read.as_mut(), std::slice::from_ref(government))?;
        let mut all = Vec::new();
        for ((code, year), change) in changes {
            let Some(figure) = line.figures.iter().find(|figure| figure.code == code) else { continue };
            let Some(mut period) = Period::year(year).filter(|_| change != 0) else { continue };
            if figure.counted.stands() && period.to > today {
                period.to = today;
            }
            let places = Places { as_of: &as_of, ranges: &[], agencies: &[] };
            let Some(query) = delta_query(figure, places, period) else { continue };
            let told = read.sums(&query, GroupBy::Nothing)?.first().map_or(0, |sum| sum.amount);
            all.push(Restated {
                figure: code,
                title: figure.title.clone(),
                unit: figure.unit.clone(),
                year,
                before: amount(&line, figure, told),
                after: amount(&line, figure, told + change),
            });
        }
        Ok(all)
    }
}
