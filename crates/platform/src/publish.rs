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

/// The publications of a record that its last events changed. What was published so far came from the line under which
/// the record stood.
pub(crate) fn changes(
    line: &Line,
    old: Option<(&Line, &Record)>,
    new: &Record,
    calendar: &Calendar,
    government: &GovernmentCode,
) -> Vec<PublicRow> {
    let before = old.map_or_else(Vec::new, |(line, record)| all(line, record, calendar, government));
    mend(before, all(line, new, calendar, government), new)
}

/// The publications of a record as it stands.
pub(crate) fn all(line: &Line, record: &Record, calendar: &Calendar, government: &GovernmentCode) -> Vec<PublicRow> {
    line.publications.iter().filter_map(|one| row(line, one, record, calendar, government)).collect()
}

/// The rows to write so that what is kept becomes what it should be.
pub(crate) fn mend(kept: Vec<PublicRow>, should: Vec<PublicRow>, record: &Record) -> Vec<PublicRow> {
    let mut rows = Vec::new();
    for mut after in should.iter().cloned() {
        let before = kept.iter().find(|before| before.publication == after.publication);
        if let (Some(before), Some(_)) = (before, after.withdrawn) {
            // A stub keeps the digest of what was shown, whatever becomes of the record.
            after.digest = before.digest;
        }
        if before != Some(&after) {
            rows.push(after);
        }
    }
    for before in kept {
        // What was published by an act since annulled is withdrawn.
        let gone = !should.iter().any(|after| after.publication == before.publication);
        if gone && (before.withdrawn.is_none() || !before.shown.is_empty()) {
            let withdrawn = record.done.last().map(|done| done.at.date());
            rows.push(PublicRow { withdrawn: withdrawn.or(Some(before.published)), shown: Vec::new(), ..before });
        }
    }
    rows
}

/// A publication of a record as it stands; `None`: it was never published.
fn row(
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
    let shown = serde_json::to_vec(&shown(line, publication, record)).unwrap_or_default();
    Some(PublicRow {
        government: government.clone(),
        record: record.id,
        line: line.code.clone(),
        publication: publication.code.clone(),
        published,
        withdrawn,
        digest: ledger::hash(&shown),
        shown: if withdrawn.is_some() { Vec::new() } else { shown },
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
pub(crate) fn masked(field: &Field, value: &Value, language: Language) -> String {
    // Figures that were signed are published as the sentences in which they stand.
    let kept = if field.kind == FieldType::Figures { crate::Kept::read(value) } else { None };
    let text = kept.map_or_else(|| say_value(value, Some(field), language), |kept| kept.text(language));
    let organisation = matches!(value, Value::Party(party) if party.kind == procedure::PartyKind::Organisation);
    match &field.mask {
        // The name of an organisation is not personal.
        Some(_) if organisation => text,
        Some(mask) => mask.apply(&text),
        None if field.personal || field.kind == FieldType::Party => Mask::Hide.apply(&text),
        None => text,
    }
}

/// A value that is nobody's personal content.
pub(crate) fn plain(field: &Field, value: &Value, language: Language) -> String {
    say_value(value, Some(field), language)
}
