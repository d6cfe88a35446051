//! What a record contributes to the figures of its line.

use std::cell::OnceCell;

use kernel::{Clock, ClockState, clock};
use ledger::DeltaRow;
use procedure::{ActId, Counted, Facts, Figure, LimitId, Line, Record, StageId, Truth, What};
use terms::{Calendar, Code, Date, GovernmentCode, PlaceCode, Value};

/// So much, on a day, in a part of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Position of the figure in the line.
    pub figure: usize,
    /// Day on which it counts.
    pub day: Date,
    /// The choice by which the figure is broken down; empty where it is not.
    pub part: Code,
    /// How much.
    pub amount: i64,
}

/// All that a record contributes, as it stands.
pub fn contributions(line: &Line, record: &Record, calendar: &Calendar) -> Vec<Contribution> {
    let facts =
        Facts { line, record: Some(record), inputs: &[], answers: &[], now: None, actor: None, calendar, this: None };
    let clocks = Clocks::new(line, record, calendar);
    let mut all = Vec::new();
    for (index, figure) in line.figures.iter().enumerate().filter(|(_, figure)| figure.counted.from_records()) {
        if figure.per_matter && passed_on(line, record) {
            continue;
        }
        if figure.filter.as_ref().is_some_and(|filter| facts.truth(filter) != Truth::Yes) {
            continue;
        }
        for (part, weight) in parts(figure, record) {
            let push = |(day, amount)| Contribution { figure: index, day, part: part.clone(), amount: amount * weight };
            all.extend(days(line, figure, record, &clocks).into_iter().map(push));
        }
    }
    all
}

/// Whether a record of the same line opened this one: the matter counts where it began.
fn passed_on(line: &Line, record: &Record) -> bool {
    let own = |origin: &terms::Thread| {
        line.effects.iter().any(|effect| effect.code == origin.effect && effect.opens == line.code)
    };
    record.origin.as_ref().is_some_and(own)
}

/// What one event adds: what the record contributes after it, less what it contributed before. That was under the line
/// of its own time: a record may have moved to another version since, which counts otherwise.
pub fn deltas(
    line: &Line,
    before: Option<(&Line, &Record)>,
    after: &Record,
    calendar: &Calendar,
    government: &GovernmentCode,
    position: u64,
) -> Vec<DeltaRow> {
    let row = |line: &Line, record: &Record, contribution: &Contribution, sign: i64| DeltaRow {
        government: government.clone(),
        figure: line.figures[contribution.figure].code.clone(),
        day: contribution.day,
        position,
        record: record.id,
        agency: record.agency.clone(),
        place: record.place.clone(),
        part: contribution.part.clone(),
        amount: contribution.amount * sign,
    };
    let old = before.map(|(line, record)| contributions(line, record, calendar)).unwrap_or_default();
    let new = contributions(line, after, calendar);
    let moved = before.is_some_and(|(of, before)| {
        !std::ptr::eq(of, line) || before.agency != after.agency || before.place != after.place
    });
    let mut rows: Vec<DeltaRow> = Vec::new();
    let mut kept: Vec<&Contribution> = if moved { Vec::new() } else { new.iter().collect() };
    for contribution in &old {
        match kept.iter().position(|other| *other == contribution) {
            Some(index) => {
                kept.swap_remove(index);
            }
            None => rows.extend(before.map(|(line, before)| row(line, before, contribution, -1))),
        }
    }
    let added: Vec<&Contribution> = if moved { new.iter().collect() } else { kept };
    rows.extend(added.into_iter().map(|contribution| row(line, after, contribution, 1)));
    combine(rows)
}

/// One row for each place in the sums; those that cancel out are left away.
fn combine(mut rows: Vec<DeltaRow>) -> Vec<DeltaRow> {
    type Key = (Code, Date, Code, Code, PlaceCode);
    let key = |row: &DeltaRow| -> Key {
        (row.figure.clone(), row.day, row.part.clone(), row.agency.clone(), row.place.clone())
    };
    rows.sort_by_key(key);
    rows.dedup_by(|next, first| {
        let same = key(next) == key(first);
        if same {
            first.amount += next.amount;
        }
        same
    });
    rows.retain(|row| row.amount != 0);
    rows
}

/// The parts of a figure that the record falls into.
fn parts(figure: &Figure, record: &Record) -> Vec<(Code, i64)> {
    match figure.by.map(|field| record.get(field)) {
        None => vec![(Code::default(), 1)],
        Some(Some(Value::Choice(code) | Value::Key(code))) => vec![(code.clone(), 1)],
        Some(Some(Value::Choices(codes))) => codes.iter().map(|code| (code.clone(), 1)).collect(),
        Some(_) => vec![(Code::default(), 1)],
    }
}

/// The days on which the record counts, and how much.
fn days(line: &Line, figure: &Figure, record: &Record, clocks: &Clocks<'_>) -> Vec<(Date, i64)> {
    match &figure.counted {
        Counted::Flow(acts) => first(record, acts).map(|day| (day, 1)).into_iter().collect(),
        Counted::Times(acts) => {
            let times = record.done.iter().filter(|done| matches!(done.what, What::Act(act) if acts.contains(&act)));
            times.map(|done| (done.at.date(), 1)).collect()
        }
        Counted::Sum(acts, field) => {
            let amount = match record.get(*field) {
                Some(Value::Number(number)) => *number,
                Some(Value::Money(fen)) => fen.0,
                _ => 0,
            };
            first(record, acts).filter(|_| amount != 0).map(|day| (day, amount)).into_iter().collect()
        }
        Counted::Stock(stages) => stays(line, record, stages),
        Counted::Lapses(limit) => {
            let lapse = record.done.iter().find(|done| done.what == What::Lapse(*limit));
            lapse.map(|done| (done.at.date(), 1)).into_iter().collect()
        }
        Counted::Ended(limits) => ends(clocks, limits).into_iter().map(|(day, _)| (day, 1)).collect(),
        Counted::InTime(limits) => {
            let all = ends(clocks, limits);
            all.into_iter().filter(|(_, in_time)| *in_time).map(|(day, _)| (day, 1)).collect()
        }
        Counted::Overdue(limits) => overdue(line, record, limits, clocks),
        Counted::Agencies(_) | Counted::Ratio(..) | Counted::Difference(..) | Counted::YearOnYear(_) => Vec::new(),
    }
}

/// Where the limits of a record stand, each read off its history once: several figures ask for the same.
struct Clocks<'r> {
    line: &'r Line,
    record: &'r Record,
    calendar: &'r Calendar,
    all: Vec<OnceCell<Option<Clock>>>,
}

impl<'r> Clocks<'r> {
    fn new(line: &'r Line, record: &'r Record, calendar: &'r Calendar) -> Clocks<'r> {
        Clocks { line, record, calendar, all: vec![OnceCell::new(); line.limits.len()] }
    }

    fn of(&self, id: LimitId) -> Option<&Clock> {
        let read = || clock(self.line, self.record, id, self.calendar);
        self.all.get(id.index())?.get_or_init(read).as_ref()
    }
}

/// The days on which limits ended in their last run, and whether they were met in time. One that was not counts on the day
/// it passed, whenever it was met afterwards.
fn ends(clocks: &Clocks<'_>, limits: &[LimitId]) -> Vec<(Date, bool)> {
    let end = |id: &LimitId| match clocks.of(*id)?.state {
        ClockState::Met { at, deadline } if at <= deadline.last => Some((at.date(), true)),
        ClockState::Met { deadline, .. } | ClockState::Passed(deadline) => Some((deadline.last.date(), false)),
        ClockState::Runs(_) | ClockState::StandsStill => None,
    };
    limits.iter().filter_map(end).collect()
}

/// One on the day on which a limit passed, one less on the day on which it was met after all, or the record closed.
fn overdue(line: &Line, record: &Record, limits: &[LimitId], clocks: &Clocks<'_>) -> Vec<(Date, i64)> {
    let left = || {
        let closed: Vec<StageId> =
            (0_u16..).map(StageId).zip(&line.stages).filter(|(_, s)| s.closed).map(|(id, _)| id).collect();
        stays(line, record, &closed).last().filter(|(_, way)| *way == 1).map(|(day, _)| *day)
    };
    let mut days = Vec::new();
    for id in limits {
        let (passed, met) = match clocks.of(*id).map(|clock| clock.state) {
            Some(ClockState::Met { at, deadline }) if at > deadline.last => (deadline.last.date(), Some(at.date())),
            Some(ClockState::Passed(deadline)) => (deadline.last.date(), None),
            _ => continue,
        };
        let end = met.into_iter().chain(left()).min();
        // What was closed before it passed was never overdue.
        if end.is_none_or(|end| end > passed) {
            days.push((passed, 1));
            days.extend(end.map(|end| (end, -1)));
        }
    }
    days
}

fn first(record: &Record, acts: &[ActId]) -> Option<Date> {
    let done = record.done.iter().find(|done| matches!(done.what, What::Act(act) if acts.contains(&act)));
    done.map(|done| done.at.date())
}

/// One on each day on which the record came into one of the stages, one less on each day on which it left them.
fn stays(line: &Line, record: &Record, stages: &[StageId]) -> Vec<(Date, i64)> {
    let mut days = Vec::new();
    let mut stage = StageId(0);
    let mut inside = false;
    for done in &record.done {
        let What::Act(id) = done.what else { continue };
        let act = line.act(id);
        let in_place = act.from.is_empty() || act.opens || act.from.contains(&stage);
        match act.to {
            Some(to) if act.track.is_none() && in_place => stage = to,
            _ if !act.opens => continue,
            _ => {}
        }
        let now = stages.contains(&stage);
        if now != inside {
            days.push((done.at.date(), if now { 1 } else { -1 }));
            inside = now;
        }
    }
    days
}
