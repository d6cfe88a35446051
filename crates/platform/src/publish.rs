//! What must be public: a masked copy beside an untouched original; a withdrawal leaves a stub.

use ledger::PublicRow;
use procedure::{Facts, Field, FieldType, Language, Line, Publication, Record, Truth, What, say_value};
use serde::{Deserialize, Serialize};
use terms::{Calendar, Date, GovernmentCode, Mask, Value};

/// One published field, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Field.
    pub field: terms::Code,
    /// Its title in Chinese and English.
    pub title: (String, String),
    /// What it holds, in Chinese and English.
    pub text: (String, String),
}

impl Shown {
    /// What was published, from its stored form.
    pub fn read(bytes: &[u8]) -> Vec<Shown> {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}

/// The publications of a record that its last events changed.
pub(crate) fn changes(
    line: &Line,
    old: Option<&Record>,
    new: &Record,
    calendar: &Calendar,
    government: &GovernmentCode,
) -> Vec<PublicRow> {
    let mut rows = Vec::new();
    for publication in &line.publications {
        let before = old.and_then(|record| row(line, publication, record, calendar, government));
        let after = row(line, publication, new, calendar, government);
        match (before, after) {
            (before, Some(after)) if before.as_ref() != Some(&after) => rows.push(after),
            // What was published by an act since annulled is withdrawn.
            (Some(before), None) => {
                let withdrawn = new.done.last().map(|done| done.at.date());
                rows.push(PublicRow { withdrawn: withdrawn.or(Some(before.published)), shown: Vec::new(), ..before });
            }
            _ => {}
        }
    }
    rows
}

/// A publication of a record as it stands; `None`: it was never published.
pub(crate) fn row(
    line: &Line,
    publication: &Publication,
    record: &Record,
    calendar: &Calendar,
    government: &GovernmentCode,
) -> Option<PublicRow> {
    let facts =
        Facts { line, record: Some(record), inputs: &[], answers: &[], now: None, actor: None, calendar, this: None };
    if publication.when.as_ref().is_some_and(|when| facts.truth(when) != Truth::Yes) {
        return None;
    }
    let (mut published, mut withdrawn): (Option<Date>, Option<Date>) = (None, None);
    for done in &record.done {
        let What::Act(act) = done.what else { continue };
        if publication.on.contains(&act) {
            published = published.or(Some(done.at.date()));
            withdrawn = None;
        } else if publication.withdraws.contains(&act) && published.is_some() {
            withdrawn = Some(done.at.date());
        }
    }
    let published = published?;
    let shown = match withdrawn {
        Some(_) => Vec::new(),
        None => serde_json::to_vec(&shown(line, publication, record)).unwrap_or_default(),
    };
    Some(PublicRow {
        government: government.clone(),
        record: record.id,
        line: line.code.clone(),
        publication: publication.code.clone(),
        published,
        withdrawn,
        digest: ledger::hash(&shown),
        shown,
    })
}

fn shown(line: &Line, publication: &Publication, record: &Record) -> Vec<Shown> {
    let one = |id: &procedure::FieldId| {
        let field = line.field(*id);
        let value = record.get(*id)?;
        Some(Shown {
            field: field.code.clone(),
            title: (field.title.zh.clone(), field.title.en.clone()),
            text: (masked(field, value, Language::Zh), masked(field, value, Language::En)),
        })
    };
    publication.shows.iter().filter_map(one).collect()
}

/// A value as the public may read it. A personal field without a mask shows nothing, whatever the catalogue let through.
fn masked(field: &Field, value: &Value, language: Language) -> String {
    let text = say_value(value, Some(field), language);
    let organisation = matches!(value, Value::Party(party) if party.kind == procedure::PartyKind::Organisation);
    match &field.mask {
        // The name of an organisation is not personal.
        Some(_) if organisation => text,
        Some(mask) => mask.apply(&text),
        None if field.personal || field.kind == FieldType::Party => Mask::Hide.apply(&text),
        None => text,
    }
}
