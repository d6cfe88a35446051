//! What a line can do at all: stages that nothing enters or leaves, acts nothing reaches, fields nothing fills.

use procedure::{Act, ActKind, Habit, Lapse, Start, TrackId};
use terms::Code;

use crate::finding::{Spot, error, warning};
use crate::lower::Lower;

/// Checks the finished line.
pub(crate) fn check(lower: &mut Lower<'_, '_>) {
    if !lower.line.stages.is_empty() && opening(lower) {
        let main = reach(lower, None);
        course(lower, None, &main);
        leaving(lower, &main);
        for track in (0u16..).map(TrackId).take(lower.line.tracks.len()) {
            let reached = reach(lower, Some(track));
            course(lower, Some(track), &reached);
        }
    }
    deemed(lower);
    starts(lower);
    filled(lower);
}

fn opening(lower: &mut Lower<'_, '_>) -> bool {
    if lower.line.acts.iter().any(|act| act.opens) {
        return true;
    }
    if let Some(entry) = lower.tree.entry("line") {
        let draft = error("D120", "no act opens a record of this line");
        lower.findings.add(&entry.spot, draft.help("write `opens = true` in the act that a record begins with"));
    }
    false
}

/// Where an act leads from a stage of a course, if it can be done there and moves the record.
fn step(lower: &Lower<'_, '_>, act: &Act, track: Option<TrackId>, stage: usize) -> Option<usize> {
    let from = |at: &procedure::StageId| at.index() == stage;
    let open = || !lower.line.stages_of(track)[stage].closed;
    let can = act.track == track && !act.opens && if act.from.is_empty() { open() } else { act.from.iter().any(from) };
    if can { act.to.map(|to| to.index()) } else { None }
}

/// Which stages of a course a record can come to.
fn reach(lower: &Lower<'_, '_>, track: Option<TrackId>) -> Vec<bool> {
    let line = &lower.line;
    let mut reached = vec![false; line.stages_of(track).len()];
    let led = |act: &Act| if act.track == track { act.to.map_or(0, |to| to.index()) } else { 0 };
    let mut open: Vec<usize> = line.acts.iter().filter(|act| act.opens).map(led).collect();
    if track.is_some() {
        open.push(0);
    }
    while let Some(stage) = open.pop() {
        if stage < reached.len() && !std::mem::replace(&mut reached[stage], true) {
            open.extend(line.acts.iter().filter_map(|act| step(lower, act, track, stage)));
        }
    }
    reached
}

/// Stages that nothing enters, and acts that nothing can reach.
fn course(lower: &mut Lower<'_, '_>, track: Option<TrackId>, reached: &[bool]) {
    for (index, stage) in lower.line.stages_of(track).to_vec().iter().enumerate() {
        if !reached[index]
            && let Some(spot) = stage_spot(lower, track, &stage.code)
        {
            let draft = error("D123", format!("nothing enters stage `{}`", stage.code));
            lower
                .findings
                .add(&spot, draft.help(format!("an act should lead `to = \"{}\"`, or the stage goes", stage.code)));
        }
    }
    for act in lower.line.acts.clone() {
        let stuck = act.track == track
            && !act.opens
            && act.general.is_none()
            && !act.from.is_empty()
            && act.from.iter().all(|stage| !reached[stage.index()]);
        if stuck && let Some(spot) = lower.spot("act", &act.code) {
            let draft = error("D121", format!("nothing can reach act `{}`", act.code));
            lower.findings.add(&spot, draft.help("no record comes to any stage of its `from`"));
        }
    }
}

/// A case that nobody can finish.
fn leaving(lower: &mut Lower<'_, '_>, reached: &[bool]) {
    if lower.line.habit != Habit::Case {
        return;
    }
    for (index, stage) in lower.line.stages.clone().iter().enumerate() {
        let leaves = |act: &Act| step(lower, act, None, index).is_some_and(|to| to != index);
        if reached[index]
            && !stage.closed
            && !lower.line.acts.iter().any(leaves)
            && let Some(spot) = lower.spot("stage", &stage.code)
        {
            let draft = error("D122", format!("nothing leaves stage `{}`", stage.code));
            lower
                .findings
                .add(&spot, draft.help("write `closed = true` if a record ends there, or an act that comes `from` it"));
        }
    }
}

fn stage_spot(lower: &Lower<'_, '_>, track: Option<TrackId>, code: &Code) -> Option<Spot> {
    let Some(track) = track else { return lower.spot("stage", code) };
    let name = &lower.line.tracks[track.index()].code;
    let stages = lower.tree.table("track")?.table(name)?.table("stage")?;
    stages.entry(code).map(|entry| entry.spot.clone())
}

/// A deemed act happens by a lapse alone.
fn deemed(lower: &mut Lower<'_, '_>) {
    for (id, act) in lower.line.clone().acts_with_ids() {
        let done = lower.line.limits.iter().any(|limit| limit.lapse == Lapse::Does(id));
        if act.kind == ActKind::Deemed
            && !done
            && let Some(spot) = lower.spot("act", &act.code)
        {
            let draft = error("D126", format!("no lapse does the deemed act `{}`", act.code));
            lower.findings.add(&spot, draft.help(format!("a limit should say `lapse = \"{}\"`", act.code)));
        }
    }
}

/// Whether some act or series fills a field.
fn is_filled(lower: &Lower<'_, '_>, field: procedure::FieldId) -> bool {
    let by_act = lower.line.acts.iter().any(|act| act.fills.iter().any(|(filled, _)| *filled == field));
    by_act || lower.line.series.iter().any(|series| series.field == field)
}

fn starts(lower: &mut Lower<'_, '_>) {
    for limit in lower.line.limits.clone() {
        let never = |start: &Start| matches!(start, Start::Field(field) if !is_filled(lower, *field));
        if !limit.starts.is_empty()
            && limit.starts.iter().all(never)
            && let Some(spot) = lower.spot("limit", &limit.code)
        {
            let draft = error("D125", format!("nothing starts limit `{}`", limit.code));
            lower.findings.add(&spot, draft.help("no act fills the date it starts with"));
        }
    }
}

fn filled(lower: &mut Lower<'_, '_>) {
    for (id, field) in lower.line.clone().fields_with_ids() {
        let Some(spot) = lower.spot("field", &field.code) else { continue };
        if !is_filled(lower, id) && !spot.file.starts_with("general/") {
            let draft = warning("D129", format!("nothing fills field `{}`", field.code));
            lower.findings.add(&spot, draft.help("name it in an act's `fills` or `may_fill`"));
        }
    }
}
