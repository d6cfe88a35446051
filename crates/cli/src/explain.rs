//! `fazhi explain`: where each limit of a record stands, and why.

use platform::{ClockView, Light, RecordView};
use procedure::{Article, Language};

use crate::args::{At, Explain};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Tells a record's dates.
pub fn run(at: &At, asked: &Explain) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let Some(view) = platform.record_of(&government, asked.record)? else {
        return Err(Failure::new(
            format!("{government} has no record {}", asked.record),
            "the pages list the records with their numbers; a record's number is the log position of its first event",
        ));
    };
    show::say(&told(&view))?;
    Ok(Found::Nothing)
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
    let law: Vec<String> = limit.ground.law.iter().map(Article::zh).collect();
    let state = wording::state(Language::Zh, &one.clock.state);
    let light = match one.light {
        Some(Light::Late) => "(late)",
        Some(Light::Soon) => "(soon)",
        Some(Light::Provisional) => "(provisional: the holidays are not announced yet)",
        _ => "",
    };
    let mut text = format!("\n{} [{}]: {state}{light}\n", limit.title.zh, law.join("、"));
    for step in one.why.iter().flat_map(|why| wording::why(Language::Zh, why)) {
        text.push_str(&format!("  {}\n", step.text));
        for day in step.days {
            text.push_str(&format!("    {day}\n"));
        }
    }
    text
}
