//! Why a limit ends on its day: every start, stop, extension and roll, and the days between.

use procedure::{Allow, LimitId, Line, Record};
use terms::{Calendar, DateTime, DayNote, Period, Unit};

use crate::{
    ClockState,
    clock::{clock, extension},
};

/// The account of a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// The steps, in order.
    pub steps: Vec<WhyStep>,
    /// Where it stands.
    pub state: ClockState,
}

/// One step of the account.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyStep {
    /// It started here; the first day does not count.
    Start(DateTime),
    /// The budget, counted from the start, day by day; without rolling.
    Counted(Period, Vec<DayNote>),
    /// It stood still.
    StoodStill(DateTime, Option<DateTime>),
    /// It was extended.
    Extended(DateTime, Period),
    /// It ends on a day that the record holds.
    Until,
    /// It ends on the next such day of a year: month, day.
    Yearly(i8, i8),
    /// It ends here; rolled over days off where `rolled`.
    Ends(DateTime, bool),
}

/// Why this date. `None`: the limit has not started, or does not apply.
pub fn why(line: &Line, record: &Record, id: LimitId, calendar: &Calendar) -> Option<Why> {
    let clock = clock(line, record, id, calendar)?;
    let limit = line.limit(id);
    let mut steps = vec![WhyStep::Start(clock.start)];
    match limit.allow {
        Allow::AtMost(period) | Allow::AtLeast(period) => {
            let still = clock.stops.is_empty() && clock.extensions.is_empty();
            steps.push(WhyStep::Counted(period, calendar.explain(clock.start, period, limit.rolls && still)));
        }
        Allow::Until(_) => steps.push(WhyStep::Until),
        Allow::Yearly(month, day) => steps.push(WhyStep::Yearly(month, day)),
    }
    steps.extend(clock.stops.iter().map(|(from, until)| WhyStep::StoodStill(*from, *until)));
    let unit = extension(line, id).map_or(Unit::Days, |extension| extension.at_most.unit);
    steps.extend(clock.extensions.iter().map(|(at, by)| WhyStep::Extended(*at, Period::new(*by, unit))));
    if let ClockState::Runs(deadline) | ClockState::Passed(deadline) | ClockState::Met { deadline, .. } = clock.state {
        steps.push(WhyStep::Ends(deadline.last, limit.rolls));
    }
    Some(Why { steps, state: clock.state })
}
