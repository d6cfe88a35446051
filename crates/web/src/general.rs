//! The acts that every line has: put right, take back, hand over, stand in.

use ledger::Fault;
use platform::RequestAsk;
use procedure::{General, What};
use terms::{Code, Value};

use crate::act::Case;
use crate::form::{Control, Look, Making};
use crate::frame::Frame;
use crate::input::{self, Errors, Posted};
use crate::record::entry_title;

/// Chosen to put right the time of a step; no field is called so.
const TIME: &str = "@time";

/// The parts of a form that are this act's own.
#[derive(Default)]
pub(crate) struct Parts {
    pub controls: Vec<Control>,
    pub along: Vec<(String, String)>,
    pub chooses: bool,
}

/// The controls of a general act.
pub(crate) fn parts(making: &Making<'_>, case: &Case, kind: General) -> Result<Parts, Fault> {
    let frame = making.frame;
    let mut parts = Parts::default();
    let plain =
        |name: &str, code: &str, look| Control::plain(name, frame.t(code), look, true, making.posted, making.errors);
    match kind {
        General::Correct => return correct(making, case),
        General::Annul => {
            let step = plain("step", "annul-step", Look::Radio);
            let last = last_act(case).map(|seq| (seq.to_string(), step_title(frame, case, seq)));
            let mut step = step.choosing(last);
            step.choices.iter_mut().for_each(|choice| choice.chosen = true);
            step.hint = step.choices.is_empty().then(|| frame.t("annul-nothing"));
            parts.controls.push(step);
        }
        General::HandOver => {
            parts.controls.push(plain("to", "hand-over-to", Look::Select).choosing(colleagues(making, case)?));
        }
        General::StandIn => {
            parts.controls.push(plain("to", "stand-in-to", Look::Select).choosing(colleagues(making, case)?));
            parts.controls.push(plain("until", "stand-in-until", Look::Date));
        }
    }
    parts.controls.push(making.reason());
    Ok(parts)
}

fn correct(making: &Making<'_>, case: &Case) -> Result<Parts, Fault> {
    let frame = making.frame;
    let chosen = making.posted.text("field").to_owned();
    let mut parts = Parts::default();
    let field = case.line.field_id(&chosen).map(|id| (id, case.line.field(id)));
    if chosen != TIME && field.is_none() {
        let held = |(id, _): &(procedure::FieldId, &procedure::Field)| {
            case.view.as_ref().is_some_and(|view| view.record.get(*id).is_some())
        };
        let fields = case.line.fields_with_ids().filter(held);
        let fields = fields.map(|(_, field)| (field.code.to_string(), frame.said(&field.title)));
        let all = std::iter::once((TIME.to_owned(), frame.t("correct-time"))).chain(fields);
        let control =
            Control::plain("field", frame.t("correct-what"), Look::Select, true, making.posted, making.errors);
        parts.controls.push(control.choosing(all));
        parts.chooses = true;
        return Ok(parts);
    }
    parts.along.push(("field".to_owned(), chosen));
    match field {
        Some((id, field)) => {
            let mut control = making.of_field(field, true)?;
            control.held =
                case.view.as_ref().and_then(|view| view.record.get(id)).map(|value| {
                    frame.t1("form-held", "value", procedure::say_value(value, Some(field), frame.language))
                });
            parts.controls.push(control);
        }
        None => {
            let steps = case.view.iter().flat_map(|view| &view.record.done).filter(|done| !done.by.is_empty());
            let steps = steps.map(|done| (done.seq.to_string(), step_title(frame, case, done.seq)));
            let plain = |name: &str, code: &str, look| {
                Control::plain(name, frame.t(code), look, true, making.posted, making.errors)
            };
            parts.controls.push(plain("step", "correct-step", Look::Select).choosing(steps));
            parts.controls.push(plain("time", "correct-new-time", Look::Moment));
        }
    }
    parts.controls.push(making.reason());
    Ok(parts)
}

fn step_title(frame: &Frame, case: &Case, seq: u32) -> String {
    let entry = case.view.as_ref().and_then(|view| view.timeline.iter().find(|entry| entry.seq == seq));
    let title = entry.map(|entry| {
        let at = entry.done_at.strftime("%Y-%m-%d %H:%M");
        format!("{} · {} · {at}", frame.t1("event-number", "seq", seq), entry_title(frame, entry))
    });
    title.unwrap_or_else(|| frame.t1("event-number", "seq", seq))
}

pub(crate) fn last_act(case: &Case) -> Option<u32> {
    let done = &case.view.as_ref()?.record.done;
    let last = done.iter().rev().find(|done| matches!(done.what, What::Act(_)) && !done.by.is_empty())?;
    (done.len() > 1).then_some(last.seq)
}

fn colleagues(making: &Making<'_>, case: &Case) -> Result<Vec<(String, String)>, Fault> {
    let directory = making.platform.directory(&case.person.government)?;
    let agency = case.view.as_ref().map_or(&case.person.agency, |view| &view.row.agency);
    let stays = |account: &Code| !directory.closed.contains(account);
    let of_agency = directory.people.iter().filter(|(account, _, other)| other == agency && stays(account));
    Ok(of_agency.map(|(account, shown, _)| (account.to_string(), format!("{shown} ({account})"))).collect())
}

/// What a general act asks for, read from its form.
pub(crate) fn ask(
    frame: &Frame,
    case: &Case,
    kind: General,
    posted: &Posted,
    errors: &mut Errors,
) -> (RequestAsk, Vec<(Code, Value)>) {
    let reason = posted.text("reason").to_owned();
    if reason.is_empty() {
        errors.add("reason", frame.t("gap-no-reason"));
    }
    let missing = |name: &str, code: &str, errors: &mut Errors| {
        if posted.text(name).is_empty() {
            errors.add(name, frame.t1("gap-missing", "field", frame.t(code)));
        }
    };
    let mut inputs = Vec::new();
    let ask = match kind {
        General::Annul => {
            missing("step", "annul-step", errors);
            RequestAsk::Annul { seq: posted.text("step").parse().unwrap_or_default(), reason }
        }
        General::HandOver => {
            missing("to", "hand-over-to", errors);
            RequestAsk::HandOver { to: posted.text("to").into(), reason }
        }
        General::StandIn => {
            missing("to", "stand-in-to", errors);
            let until = input::date(posted.text("until"));
            if until.is_none() {
                errors.add("until", frame.t1("bad-date", "field", frame.t("stand-in-until")));
            }
            RequestAsk::StandIn { to: posted.text("to").into(), until: until.unwrap_or_default(), reason }
        }
        General::Correct => {
            let time = corrected(frame, case, posted, errors, &mut inputs);
            RequestAsk::Correct { time, reason }
        }
    };
    (ask, inputs)
}

fn corrected(
    frame: &Frame,
    case: &Case,
    posted: &Posted,
    errors: &mut Errors,
    inputs: &mut Vec<(Code, Value)>,
) -> Option<(u32, terms::DateTime)> {
    if posted.text("field") == TIME {
        let at = input::moment(posted.text("time"));
        if at.is_none() {
            errors.add("time", frame.t1("bad-moment", "field", frame.t("correct-new-time")));
        }
        return Some((posted.text("step").parse().unwrap_or_default(), at?));
    }
    let field = case.line.field_id(posted.text("field")).map(|id| case.line.field(id))?;
    match input::value(frame, field, posted) {
        Ok(Some(value)) => inputs.push((field.code.clone(), value)),
        Ok(None) => {
            errors.add(&input::control(&field.code), frame.t1("gap-missing", "field", frame.said(&field.title)));
        }
        Err(sentence) => errors.add(&input::control(&field.code), sentence),
    }
    None
}
