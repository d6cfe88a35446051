//! Why a date is what it is, in words.

use kernel::{ClockState, Why, WhyStep};
use procedure::Language;
use terms::{DateTime, DayKind, DayNote, DayRole, Period, Unit};

use crate::say;

/// One step of the account of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step as a sentence.
    pub text: String,
    /// Of a count: the days, in runs that fare alike.
    pub days: Vec<String>,
}

/// The account of a limit, step by step, for pages and for `fazhi explain`.
pub fn why(language: Language, why: &Why) -> Vec<Step> {
    let hours = why.steps.iter().any(|step| matches!(step, WhyStep::Counted(period, _) if period.unit == Unit::Hours));
    let told = |step| if hours { in_hours(language, step) } else { step_of(language, step) };
    let mut steps: Vec<Step> = why.steps.iter().map(told).collect();
    let deadline = match why.state {
        ClockState::Runs(deadline) | ClockState::Passed(deadline) | ClockState::Met { deadline, .. } => Some(deadline),
        ClockState::StandsStill => None,
    };
    if deadline.is_some_and(|deadline| deadline.provisional) {
        steps.push(Step { text: say(language, "why-provisional", &[]), days: Vec::new() });
    }
    steps
}

/// A step of a limit in hours, which starts at its moment and never rolls.
fn in_hours(language: Language, step: &WhyStep) -> Step {
    let plain = |code: &str, args: &[(&str, String)]| Step { text: say(language, code, args), days: Vec::new() };
    match step {
        WhyStep::Start(at) => plain("why-start-moment", &[("at", last_day(*at))]),
        WhyStep::Counted(counted, _) => plain("why-counted-hours", &[("period", period(language, *counted))]),
        WhyStep::Ends(last, _) => step_of(language, &WhyStep::Ends(*last, false)),
        other => step_of(language, other),
    }
}

fn step_of(language: Language, step: &WhyStep) -> Step {
    let plain = |code: &str, args: &[(&str, String)]| Step { text: say(language, code, args), days: Vec::new() };
    match step {
        WhyStep::Start(at) => plain("why-start", &[("at", day(*at))]),
        WhyStep::Counted(counted, notes) => Step {
            text: say(language, "why-counted", &[("period", period(language, *counted))]),
            days: notes.iter().map(|note| note_of(language, note, counted.unit)).collect(),
        },
        WhyStep::StoodStill(from, Some(until)) => {
            plain("why-stood-still", &[("from", day(*from)), ("until", day(*until))])
        }
        WhyStep::StoodStill(from, None) => plain("why-stands-still", &[("from", day(*from))]),
        WhyStep::Extended(at, by) => plain("why-extended", &[("at", day(*at)), ("period", period(language, *by))]),
        WhyStep::Until => plain("why-until", &[]),
        WhyStep::Yearly(month, of_month) => {
            plain("why-yearly", &[("month", month.to_string()), ("day", of_month.to_string())])
        }
        WhyStep::Ends(last, true) => plain("why-ends-rolls", &[("day", last_day(*last))]),
        WhyStep::Ends(last, false) => plain("why-ends", &[("day", last_day(*last))]),
    }
}

/// Where a limit stands.
pub fn state(language: Language, state: &ClockState) -> String {
    match state {
        ClockState::Runs(deadline) => say(language, "why-state-runs", &[("day", last_day(deadline.last))]),
        ClockState::StandsStill => say(language, "why-state-still", &[]),
        ClockState::Passed(deadline) => say(language, "why-state-passed", &[("day", last_day(deadline.last))]),
        ClockState::Met { at, deadline } if *at > deadline.last && !deadline.provisional => {
            say(language, "why-state-met-late", &[("at", day(*at)), ("day", last_day(deadline.last))])
        }
        ClockState::Met { at, .. } => say(language, "why-state-met", &[("at", day(*at))]),
    }
}

fn period(language: Language, period: Period) -> String {
    match language {
        Language::Zh => period.zh(),
        Language::En => period.en(),
    }
}

fn day(at: DateTime) -> String {
    at.date().to_string()
}

/// The day; of a limit in hours, the minute.
fn last_day(last: DateTime) -> String {
    let end = (last.hour(), last.minute(), last.second()) == (23, 59, 59);
    if end { day(last) } else { last.strftime("%Y-%m-%d %H:%M").to_string() }
}

fn note_of(language: Language, note: &DayNote, unit: Unit) -> String {
    let args = |name: &'static str, value: String| [(name, value)];
    let when = if note.first == note.last {
        say(language, "day-one", &args("day", note.first.to_string()))
    } else {
        say(language, "day-run", &[("from", note.first.to_string()), ("to", note.last.to_string())])
    };
    // Hours, months and years are counted as a whole; only days have numbers of their own.
    let numbered = matches!(unit, Unit::Days | Unit::WorkingDays);
    let role = match note.role {
        DayRole::Start => say(language, "day-start", &[]),
        DayRole::Counted if !numbered => String::new(),
        DayRole::Counted if note.counted_from == note.counted_to => {
            say(language, "day-counted-one", &args("n", note.counted_to.to_string()))
        }
        DayRole::Counted => {
            let numbers = [("from", note.counted_from.to_string()), ("to", note.counted_to.to_string())];
            say(language, "day-counted", &numbers)
        }
        DayRole::Skipped => say(language, "day-skipped", &[]),
        DayRole::Rolled => say(language, "day-rolled", &[]),
        DayRole::End => say(language, "day-end", &[]),
    };
    // Of the day of the event nobody asks what kind of day it was.
    let kind = note.kind.as_ref().filter(|_| note.role != DayRole::Start).map(|kind| match kind {
        DayKind::Working => say(language, "day-working", &[]),
        DayKind::Weekend => say(language, "day-weekend", &[]),
        DayKind::Holiday(name) => say(language, "day-holiday", &args("name", name.to_string())),
        DayKind::MakeUp(name) => say(language, "day-make-up", &args("name", name.to_string())),
    });
    // A plain weekday needs no notice to be one.
    let told = matches!(note.kind, Some(DayKind::Holiday(_) | DayKind::MakeUp(_)));
    let notice = note.notice.as_ref().filter(|_| told && note.role != DayRole::Start);
    let notice = notice.map(|notice| say(language, "day-notice", &args("notice", notice.clone())));
    let (colon, comma) = if language == Language::Zh { ("：", "，") } else { (": ", ", ") };
    let parts: Vec<String> = [Some(role), kind, notice].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { when } else { format!("{when}{colon}{}", parts.join(comma)) }
}
