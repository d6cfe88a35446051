//! Lookups answered: a declared question to other records of the same government, read inside the transaction.

use std::sync::Arc;

use ledger::{Fault, Read};
use procedure::{Actor, Answer, Facts, FieldId, Line, LookupId, Record, Truth, compile};
use terms::{Calendar, Code, DateTime, GovernmentCode, PlaceCode, Regions, Value};

use crate::Definitions;

/// What a lookup needs to know of the command.
pub(crate) struct Asking<'a> {
    pub government: &'a GovernmentCode,
    pub line: &'a Line,
    pub record: Option<&'a Record>,
    pub inputs: &'a [(FieldId, Value)],
    pub actor: &'a Actor,
    pub now: DateTime,
    pub calendar: &'a Calendar,
    pub regions: &'a Regions,
    pub position: u64,
}

/// Answers to these lookups, by their position in the line.
pub(crate) fn answers(
    read: &mut dyn Read,
    definitions: &Definitions,
    asking: &Asking<'_>,
    lookups: &[LookupId],
) -> Result<Vec<Option<Answer>>, Fault> {
    let mut all = vec![None; asking.line.lookups.len()];
    for id in lookups {
        if all[id.index()].is_none() {
            all[id.index()] = answer(read, definitions, asking, *id)?;
        }
    }
    Ok(all)
}

fn answer(
    read: &mut dyn Read,
    definitions: &Definitions,
    asking: &Asking<'_>,
    id: LookupId,
) -> Result<Option<Answer>, Fault> {
    let lookup = &asking.line.lookups[id.index()];
    let facts = Facts {
        line: asking.line,
        record: asking.record,
        inputs: asking.inputs,
        answers: &[],
        now: Some(asking.now),
        actor: Some(asking.actor),
        calendar: asking.calendar,
        this: None,
    };
    let keys: Vec<Code> = match facts.field(lookup.asks) {
        Some(Value::Key(code) | Value::Choice(code)) => vec![code.clone()],
        Some(Value::Keys(codes) | Value::Choices(codes)) => codes.clone(),
        Some(Value::Text(text)) => vec![text.as_str().into()],
        _ => return Ok(None),
    };
    let mut keys = match lookup.below {
        false => keys,
        true => below(asking, &keys),
    };
    keys.sort();
    keys.dedup();
    let mut answer = Answer { asked: keys.len(), position: asking.position, ..Answer::default() };
    let candidates = read.keyed(asking.government, &lookup.line, &lookup.by, &keys)?;
    for (_, record) in candidates {
        let itself = asking.record.is_some_and(|own| own.id == record);
        let Some(row) = read.record(asking.government, record)?.filter(|_| !itself) else { continue };
        let line = definitions.line(read, row.definition)?;
        let Some(found) = crate::rows::decode_state(&row.state) else { continue };
        if holds(&line, &found, lookup.is.as_deref(), &facts) {
            answer.found.push(record);
            if answer.values.is_empty() {
                answer.values = values(&line, &found);
            }
        }
    }
    Ok(Some(answer))
}

/// The governments directly below those named; what is no place has none.
fn below(asking: &Asking<'_>, named: &[Code]) -> Vec<Code> {
    let on = asking.now.date();
    let places = named.iter().filter_map(|code| code.parse::<PlaceCode>().ok());
    places.flat_map(|place| asking.regions.below(&place, on)).map(|code| code.to_string().into()).collect()
}

/// Whether a record of the other line meets the lookup's condition. The condition is read against the very version
/// under which that record stands; one that this version cannot say does not hold.
fn holds(line: &Arc<Line>, record: &Record, condition: Option<&str>, asking: &Facts<'_>) -> bool {
    let Some(condition) = condition else { return true };
    let Ok(expr) = compile(condition, line, Some(asking.line)) else { return false };
    let facts = Facts {
        line,
        record: Some(record),
        inputs: &[],
        answers: &[],
        now: asking.now,
        actor: asking.actor,
        calendar: asking.calendar,
        this: Some(asking),
    };
    facts.truth(&expr) == Truth::Yes
}

fn values(line: &Line, record: &Record) -> Vec<(Code, Value)> {
    let held = line.fields_with_ids().filter(|(_, field)| !field.personal);
    held.filter_map(|(id, field)| Some((field.code.clone(), record.get(id)?.clone()))).collect()
}
