//! Day by day: why a period ends when it ends.

use crate::calendar::{Calendar, DayKind, date_of, number_of, tomorrow};
use crate::{Date, DateTime, Period, Unit};

/// What a run of days does in a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayRole {
    /// The day of the event: not counted.
    Start,
    /// Counted.
    Counted,
    /// Not counted, being no working day.
    Skipped,
    /// Behind the last day, which was no working day: the end moves over it.
    Rolled,
    /// The working day to which the end moved.
    End,
}

/// A run of days that fare alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayNote {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// What it does in the count.
    pub role: DayRole,
    /// What its days are; `None` where a run of days is counted whatever they are.
    pub kind: Option<DayKind>,
    /// The first number counted in this run; 0 where nothing is counted.
    pub counted_from: u32,
    /// The last number counted in this run; 0 where nothing is counted.
    pub counted_to: u32,
    /// The notice that makes its days what they are; `None` beyond the last one.
    pub notice: Option<String>,
}

impl Calendar {
    /// Why [`Calendar::deadline`] gives the date it gives, in runs of days that fare alike.
    pub fn explain(&self, start: DateTime, period: Period, rolls: bool) -> Vec<DayNote> {
        let mut notes = vec![self.note(start.date(), DayRole::Start, 0)];
        if period.unit == Unit::WorkingDays {
            self.count_working(start.date(), period.n, &mut notes);
        } else {
            notes.extend(self.count_all(start, period));
        }
        if rolls && period.unit != Unit::Hours {
            self.roll(self.advance(start.date(), period.n, period.unit), &mut notes);
        }
        notes
    }

    fn count_working(&self, start: Date, n: u32, notes: &mut Vec<DayNote>) {
        let mut counted = 0;
        let mut day = start;
        while counted < n && day < Date::MAX {
            day = tomorrow(day);
            if self.is_working(day) {
                counted += 1;
                fold(notes, self.note(day, DayRole::Counted, counted));
            } else {
                fold(notes, self.note(day, DayRole::Skipped, 0));
            }
        }
    }

    /// One run for a count in which every day is alike, and its last day apart, since that one may roll.
    fn count_all(&self, start: DateTime, period: Period) -> Vec<DayNote> {
        let (from, to) = (start.date(), self.deadline(start, period, false).last.date());
        let run = |first, last, counted_from, counted_to| DayNote {
            first,
            last,
            role: DayRole::Counted,
            kind: None,
            counted_from,
            counted_to,
            notice: None,
        };
        let last = |counted| DayNote { counted_from: counted, ..self.note(to, DayRole::Counted, period.n) };
        match (period.unit, period.n) {
            (_, 0) => Vec::new(),
            (Unit::Hours, n) => vec![run(from, to, 1, n)],
            (Unit::Days, 1) => vec![last(1)],
            (Unit::Days, n) => vec![run(tomorrow(from), date_of(number_of(to) - 1), 1, n - 1), last(n)],
            _ => vec![run(tomorrow(from), date_of(number_of(to) - 1), 1, period.n), last(period.n)],
        }
    }

    fn roll(&self, unrolled: Date, notes: &mut Vec<DayNote>) {
        let end = self.next_working(unrolled);
        if end == unrolled {
            return;
        }
        let mut day = tomorrow(unrolled);
        while day < end {
            fold(notes, self.note(day, DayRole::Rolled, 0));
            day = tomorrow(day);
        }
        notes.push(self.note(end, DayRole::End, 0));
    }

    fn note(&self, day: Date, role: DayRole, counted: u32) -> DayNote {
        let known = self.known_from() <= day && day <= self.known_until();
        DayNote {
            first: day,
            last: day,
            role,
            kind: Some(self.kind(day)),
            counted_from: counted,
            counted_to: counted,
            notice: if known { self.notice_of(day).map(str::to_owned) } else { None },
        }
    }
}

/// Joins a day to the run before it, if it fares alike.
fn fold(notes: &mut Vec<DayNote>, next: DayNote) {
    match notes.last_mut() {
        Some(run) if run.role == next.role && run.kind == next.kind && run.notice == next.notice => {
            run.last = next.last;
            run.counted_to = next.counted_to;
        }
        _ => notes.push(next),
    }
}
