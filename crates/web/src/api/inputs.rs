//! What is filled in: JSON becomes the values of a line's fields, or each thing that is wrong is told at its place.

use std::collections::BTreeMap;

use procedure::{Field, FieldType, Line};
use serde_json::Value as Json;
use terms::{Code, Fen, Party, PartyKind, Value};

use super::taking;
use super::trouble::{Flaw, Place, both, pointer};
use super::words::record_id;
use crate::input::number_flaw;

/// The values of a body's `inputs`; everything that is wrong goes to `flaws`.
pub(crate) fn values(line: &Line, inputs: &BTreeMap<String, Json>, flaws: &mut Vec<Flaw>) -> Vec<(Code, Value)> {
    let mut all = Vec::with_capacity(inputs.len());
    for (code, json) in inputs {
        let at = pointer("inputs", code);
        let Some(id) = line.field_id(code) else {
            let known = line.fields.iter().map(|field| field.code.as_str());
            let flaw = Flaw::new(Place::Pointer(at), "problem-field", vec![("field", both(code))]);
            flaws.push(flaw.meant(code, known));
            continue;
        };
        match value(line.field(id), json, &at) {
            Ok(value) => all.push((code.into(), value)),
            Err(flaw) => flaws.push(flaw),
        }
    }
    all
}

/// One value, by the type of its field.
fn value(field: &Field, json: &Json, at: &str) -> Result<Value, Flaw> {
    let wrong = |code| Flaw::new(Place::Pointer(at.to_owned()), code, vec![("field", field.title.clone())]);
    let text = json.as_str();
    let found = match &field.kind {
        FieldType::Bool => json.as_bool().map(Value::Bool).ok_or("problem-bool"),
        FieldType::Number(_) => json.as_i64().map(Value::Number).ok_or("bad-number"),
        FieldType::Money => text.and_then(|text| text.parse::<Fen>().ok()).map(Value::Money).ok_or("problem-money"),
        FieldType::Date => text.and_then(taking::day).map(Value::Date).ok_or("bad-date"),
        FieldType::Moment => text.and_then(taking::moment).map(Value::Moment).ok_or("problem-moment"),
        FieldType::Text => text.map(|text| Value::Text(text.to_owned())).ok_or("problem-text"),
        FieldType::Choice(_) => text.map(|text| Value::Choice(text.into())).ok_or("problem-text"),
        FieldType::Key(_) | FieldType::Organ => text.map(|text| Value::Key(text.into())).ok_or("problem-text"),
        FieldType::Period => {
            let period = text.and_then(|text| text.parse::<terms::Stretch>().ok());
            period.map(|period| Value::Key(period.to_string().into())).ok_or("bad-period")
        }
        // The platform fills it in.
        FieldType::Figures => text.map(|text| Value::Text(text.to_owned())).ok_or("problem-text"),
        FieldType::Choices(_) => texts(json).map(Value::Choices).ok_or("problem-texts"),
        FieldType::Keys(_) | FieldType::Questions => texts(json).map(Value::Keys).ok_or("problem-texts"),
        FieldType::Link(_) => {
            json.as_u64().and_then(|id| record_id(&id.to_string())).map(Value::Link).ok_or("bad-link")
        }
        FieldType::Party => return party(field, json, at),
    };
    let value = found.map_err(wrong)?;
    let empty = match &value {
        Value::Text(text) => text.trim().is_empty(),
        Value::Choice(code) | Value::Key(code) => code.is_empty(),
        Value::Choices(all) | Value::Keys(all) => all.is_empty(),
        _ => false,
    };
    // What is empty is not there: the pages leave it out too.
    if empty { Err(wrong("gap-missing")) } else { near(field, value, at) }
}

/// A choice that is none of the field's, with the one that was probably meant.
fn near(field: &Field, value: Value, at: &str) -> Result<Value, Flaw> {
    let known = || field.choices().iter().map(|choice| choice.code.as_str());
    let given: &[Code] = match &value {
        Value::Choice(code) => std::slice::from_ref(code),
        Value::Choices(all) => all,
        _ => return Ok(value),
    };
    match given.iter().find(|code| field.choice(code).is_none()) {
        Some(code) => {
            let place = Place::Pointer(at.to_owned());
            let flaw = Flaw::new(place, "gap-unknown-choice", vec![("field", field.title.clone())]);
            Err(flaw.meant(code, known()))
        }
        None => Ok(value),
    }
}

fn texts(json: &Json) -> Option<Vec<Code>> {
    json.as_array()?.iter().map(|one| one.as_str().filter(|text| !text.trim().is_empty()).map(Code::from)).collect()
}

const PARTY: [&str; 5] = ["kind", "name", "number", "phone", "address"];

fn party(field: &Field, json: &Json, at: &str) -> Result<Value, Flaw> {
    let title = || vec![("field", field.title.clone())];
    let wrong = |place: String, code| Flaw::new(Place::Pointer(place), code, title());
    let object = json.as_object().ok_or_else(|| wrong(at.to_owned(), "problem-party"))?;
    if let Some(key) = object.keys().find(|key| !PARTY.contains(&key.as_str())) {
        let flaw = Flaw::new(Place::Pointer(format!("{at}/{key}")), "problem-key", vec![("key", both(key))]);
        return Err(flaw.meant(key, PARTY));
    }
    let part = |name: &str| match object.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(wrong(format!("{at}/{name}"), "problem-text")),
    };
    let kind = match part("kind")?.as_deref() {
        Some("person") => PartyKind::Person,
        Some("organisation") => PartyKind::Organisation,
        _ => return Err(wrong(format!("{at}/kind"), "bad-party-kind")),
    };
    let name = part("name")?.ok_or_else(|| wrong(format!("{at}/name"), "bad-party-name"))?;
    let number = part("number")?.map(|number| number.to_uppercase());
    if let Some((code, name, found)) = number.as_deref().and_then(|number| number_flaw(kind, number)) {
        let args = vec![("field", field.title.clone()), (name, both(found.to_string()))];
        return Err(Flaw::new(Place::Pointer(format!("{at}/number")), code, args));
    }
    Ok(Value::Party(Box::new(Party { kind, name, number, phone: part("phone")?, address: part("address")? })))
}
