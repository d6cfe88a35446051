//! `fazhi explain`: where each limit of a record stands, and why.

use kernel::{ClockState, WhyStep};
use platform::{ClockView, Light, RecordView};
use terms::{DayRole, GovernmentCode};

use crate::args::{At, Explain};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Tells a record's dates.
pub fn run(at: &At, asked: &Explain) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let government = government(&platform, asked)?;
    let Some(view) = platform.record_of(&government, asked.record)? else {
        return Err(Failure::new(
            format!("{government} has no record {}", asked.record),
            "the pages list the records with their numbers; a record's number is the log position of its first event",
        ));
    };
    show::say(&told(&view))?;
    Ok(Found::Nothing)
}

fn government(platform: &platform::Platform, asked: &Explain) -> Result<GovernmentCode, Failure> {
    if let Some(place) = &asked.place {
        return Ok(place.clone());
    }
    let mut all = open::governments(platform)?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(Failure::new("the ledger keeps several governments", "name one with --place")),
    }
}

fn told(view: &RecordView) -> String {
    let row = &view.row;
    let stage = view.line.stages.get(view.record.stage.index()).map_or("", |stage| stage.title.zh.as_str());
    let mut text = format!("{} {} {}({})\n", row.id, view.line.title.zh, row.label, view.line.name());
    text.push_str(&format!("{stage}; opened {}, {} events, agency {}\n", row.opened, row.seq, row.agency));
    for entry in &view.timeline {
        text.push_str(&format!("  {}  {}  {}\n", entry.done_at, entry.title.zh, entry.actor));
    }
    if view.clocks.is_empty() {
        text.push_str("no limit has started\n");
    }
    for clock in &view.clocks {
        text.push_str(&limit(view, clock));
    }
    text
}

fn limit(view: &RecordView, one: &ClockView) -> String {
    let limit = view.line.limit(one.limit);
    let law: Vec<String> = limit.ground.law.iter().map(ToString::to_string).collect();
    let mut text = format!("\n{} [{}]: {}\n", limit.title.zh, law.join(", "), state(one));
    for step in one.why.iter().flat_map(|why| &why.steps) {
        text.push_str(&match step {
            WhyStep::Start(at) => format!("  starts {}; that day does not count\n", at.date()),
            WhyStep::Counted(period, days) => format!("  {}\n", counted(&period.zh(), days)),
            WhyStep::StoodStill(from, Some(until)) => format!("  stood still {} to {}\n", from.date(), until.date()),
            WhyStep::StoodStill(from, None) => format!("  stands still since {}\n", from.date()),
            WhyStep::Extended(at, by) => format!("  extended on {} by {}\n", at.date(), by.zh()),
            WhyStep::Until => "  until the day that the record holds\n".to_owned(),
            WhyStep::Ends(at, rolls) => {
                let rolls = if *rolls { ", a day off moves to the next working day" } else { "" };
                format!("  ends {at}{rolls}\n")
            }
        });
    }
    text
}

/// The days of a count, in runs that fare alike.
fn counted(period: &str, days: &[terms::DayNote]) -> String {
    let run = |day: &terms::DayNote| {
        let span = if day.first == day.last { day.first.to_string() } else { format!("{} to {}", day.first, day.last) };
        let role = match day.role {
            DayRole::Start => "not counted: the day itself".to_owned(),
            DayRole::Counted if day.counted_from == day.counted_to => format!("day {}", day.counted_from),
            DayRole::Counted => format!("days {} to {}", day.counted_from, day.counted_to),
            DayRole::Skipped => "no working day".to_owned(),
            DayRole::Rolled => "a day off: the end moves on".to_owned(),
            DayRole::End => "the end".to_owned(),
        };
        let notice = day.notice.as_ref().map(|notice| format!(" ({notice})")).unwrap_or_default();
        format!("\n    {span}: {role}{notice}")
    };
    format!("{period}:{}", days.iter().map(run).collect::<String>())
}

fn state(one: &ClockView) -> String {
    let light = match one.light {
        Some(Light::Late) => " (late)",
        Some(Light::Soon) => " (soon)",
        Some(Light::Provisional) => " (provisional: the holidays are not announced yet)",
        _ => "",
    };
    match one.clock.state {
        ClockState::Runs(deadline) => format!("until {}{light}", deadline.last.date()),
        ClockState::StandsStill => "stands still".to_owned(),
        ClockState::Passed(deadline) => format!("passed on {}", deadline.last.date()),
        ClockState::Met { at, deadline } => format!("met on {}, last day {}", at.date(), deadline.last.date()),
    }
}

