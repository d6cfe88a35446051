//! Where a limit stands: a clock is read off what was done (starts, stops, resumptions, extensions, ends), never kept.

use procedure::{Allow, Extension, Facts, Limit, LimitId, Line, Record, Start, Truth, What};
use terms::{Calendar, Date, DateTime, Deadline, Period, Unit};

/// A limit of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// What started it.
    pub start: DateTime,
    /// Times it stood still: from, until (`None`: it stands still now).
    pub stops: Vec<(DateTime, Option<DateTime>)>,
    /// Extensions: when, by how much.
    pub extensions: Vec<(DateTime, u32)>,
    /// Where it stands.
    pub state: ClockState,
}

/// Where a clock stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockState {
    /// It runs, until this deadline (for a minimum: nothing before its end).
    Runs(Deadline),
    /// It stands still.
    StandsStill,
    /// It passed, and nothing has met it since.
    Passed(Deadline),
    /// It was met.
    Met {
        /// When.
        at: DateTime,
        /// What it was met against.
        deadline: Deadline,
    },
}

/// Where a limit of a record stands; `None`: it has not started, or does not apply.
pub fn clock(line: &Line, record: &Record, id: LimitId, calendar: &Calendar) -> Option<Clock> {
    let limit = line.limit(id);
    let facts =
        Facts { line, record: Some(record), inputs: &[], answers: &[], now: None, actor: None, calendar, this: None };
    if limit.when.as_ref().is_some_and(|when| facts.truth(when) != Truth::Yes) {
        return None;
    }
    if let Allow::Until(field) = limit.allow
        && record.get(field).is_none()
    {
        // It runs from when the field is filled in: until then nobody knows the day.
        return None;
    }
    let mut round = Round::default();
    round.begin_with_fields(limit, record);
    for done in &record.done {
        match done.what {
            What::Lapse(lapsed) if lapsed == id => round.passed = true,
            What::Lapse(_) => {}
            What::Act(act) => round.step(line, id, limit, act, done.at, done.extended),
        }
    }
    round.clock(line, id, record, calendar)
}

/// The limits that run, with their last days, earliest first.
pub fn due_days(line: &Line, record: &Record, calendar: &Calendar) -> Vec<(LimitId, Deadline)> {
    if record.closed(line) {
        return Vec::new();
    }
    let mut due: Vec<(LimitId, Deadline)> = line
        .limits_with_ids()
        .filter(|(_, limit)| !matches!(limit.allow, Allow::AtLeast(_)))
        .filter_map(|(id, _)| match clock(line, record, id, calendar)?.state {
            ClockState::Runs(deadline) => Some((id, deadline)),
            _ => None,
        })
        .collect();
    due.sort_by_key(|(id, deadline)| (deadline.last, *id));
    due
}

#[derive(Default)]
struct Round {
    start: Option<DateTime>,
    stops: Vec<(DateTime, Option<DateTime>)>,
    extensions: Vec<(DateTime, u32)>,
    met: Option<DateTime>,
    passed: bool,
}

impl Round {
    fn begin(&mut self, at: DateTime) {
        *self = Round { start: Some(at), ..Round::default() };
    }

    fn begin_with_fields(&mut self, limit: &Limit, record: &Record) {
        let day = |value: &terms::Value| match value {
            terms::Value::Date(date) => Some(date.at(0, 0, 0, 0)),
            terms::Value::Moment(moment) => Some(*moment),
            // What is told of a period is told once it is over.
            terms::Value::Key(period) => Some(period.parse::<terms::Stretch>().ok()?.last().at(0, 0, 0, 0)),
            _ => None,
        };
        for start in &limit.starts {
            if let Start::Field(field) = start
                && let Some(at) = record.get(*field).and_then(day)
            {
                self.begin(at);
            }
        }
        if let Allow::Until(field) = limit.allow
            && limit.starts.is_empty()
            && record.get(field).is_some()
        {
            self.begin(record.done.first().map_or(DateTime::MIN, |done| done.at));
        }
    }

    fn step(
        &mut self,
        line: &Line,
        id: LimitId,
        limit: &Limit,
        act: procedure::ActId,
        at: DateTime,
        extended: Option<u32>,
    ) {
        if self.start.is_some() {
            if limit.ends.contains(&act) && self.met.is_none() {
                self.met = Some(at);
            }
            if limit.stops.contains(&act) && self.stops.last().is_none_or(|(_, until)| until.is_some()) {
                self.stops.push((at, None));
            }
            if limit.resumes.contains(&act)
                && let Some((_, until @ None)) = self.stops.last_mut()
            {
                *until = Some(at);
            }
            if let Some(by) = extended
                && extension(line, id).is_some_and(|extension| extension.act == act)
            {
                self.extensions.push((at, by));
            }
        }
        if limit.starts.contains(&Start::Act(act)) {
            self.begin(at);
        }
    }

    fn clock(self, line: &Line, id: LimitId, record: &Record, calendar: &Calendar) -> Option<Clock> {
        let start = self.start?;
        let deadline = deadline(line, id, record, calendar, start, &self.stops, &self.extensions);
        let stands_still = self.stops.last().is_some_and(|(_, until)| until.is_none());
        let state = match (self.met, self.passed) {
            (Some(at), _) => ClockState::Met { at, deadline },
            (None, true) => ClockState::Passed(deadline),
            (None, false) if stands_still => ClockState::StandsStill,
            (None, false) => ClockState::Runs(deadline),
        };
        Some(Clock { start, stops: self.stops, extensions: self.extensions, state })
    }
}

/// The extension of a limit.
pub(crate) fn extension(line: &Line, id: LimitId) -> Option<&Extension> {
    line.extensions.iter().find(|extension| extension.limit == id)
}

/// The end of a day.
pub(crate) fn end_of(day: Date) -> DateTime {
    day.at(23, 59, 59, 0)
}

/// The last moment: the budget counted from the start, then the time it stood still, then extensions, then the
/// roll over a day off, then a later date that was told to the party.
fn deadline(
    line: &Line,
    id: LimitId,
    record: &Record,
    calendar: &Calendar,
    start: DateTime,
    stops: &[(DateTime, Option<DateTime>)],
    extensions: &[(DateTime, u32)],
) -> Deadline {
    let limit = line.limit(id);
    let period = match limit.allow {
        Allow::AtMost(period) | Allow::AtLeast(period) => period,
        Allow::Until(field) => return until(record, field),
        // A day that the law names is that day, working day or not.
        Allow::Yearly(month, day) => {
            return Deadline { last: end_of(next(start.date(), month, day)), provisional: false };
        }
    };
    if period.unit == Unit::Hours {
        return in_hours(start, period, stops);
    }
    let mut last = calendar.advance(start.date(), period.n, period.unit);
    for (from, until) in stops.iter().filter_map(|(from, until)| Some((from.date(), until.as_ref()?.date()))) {
        let unit = if period.unit == Unit::WorkingDays { Unit::WorkingDays } else { Unit::Days };
        last = calendar.advance(last, calendar.elapsed(from, until, unit), unit);
    }
    if let Some(extension) = extension(line, id) {
        for (_, by) in extensions {
            last = calendar.advance(last, *by, extension.at_most.unit);
        }
    }
    if limit.rolls {
        last = calendar.next_working(last);
    }
    let counted = limit.rolls || period.unit == Unit::WorkingDays;
    let provisional = counted && last > calendar.known_until();
    let told = limit.told.and_then(|field| record.get(field));
    if let Some(terms::Value::Date(told)) = told
        && *told > last
    {
        return Deadline { last: end_of(*told), provisional: false };
    }
    Deadline { last: end_of(last), provisional }
}

/// The next such day of a year after a day.
fn next(after: Date, month: i8, day: i8) -> Date {
    let of = |year: i16| Date::new(year, month, day).unwrap_or(Date::MAX);
    let same = of(after.year());
    if same > after { same } else { of(after.year() + 1) }
}

fn until(record: &Record, field: procedure::FieldId) -> Deadline {
    let last = match record.get(field) {
        Some(terms::Value::Date(date)) => end_of(*date),
        Some(terms::Value::Moment(moment)) => *moment,
        _ => DateTime::MAX,
    };
    Deadline { last, provisional: false }
}

fn in_hours(start: DateTime, period: Period, stops: &[(DateTime, Option<DateTime>)]) -> Deadline {
    let mut last = start.saturating_add(jiff::Span::new().hours(i64::from(period.n)));
    for (from, until) in stops {
        if let Some(until) = until {
            last = last.saturating_add(until.duration_since(*from));
        }
    }
    Deadline { last, provisional: false }
}
