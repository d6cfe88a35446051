//! A record as the rows that are kept of it: its state, what lists show, its due days and the values it is found by.

use ledger::{DueRow, KeyRow, RecordRow};
use procedure::{Binds, FieldType, LimitId, Line, Record};
use terms::{Code, DateTime, Deadline, Digest, GovernmentCode, RecordId, Value};

use crate::rights;

/// A record's state from its derived row.
pub(crate) fn decode_state(bytes: &[u8]) -> Option<Record> {
    serde_json::from_slice(bytes).ok()
}

/// A record's state for its derived row.
fn encode_state(record: &Record) -> Vec<u8> {
    // A record is made of structs, lists and texts: nothing in it can fail to be written.
    serde_json::to_vec(record).unwrap_or_else(|why| unreachable!("a record writes as JSON: {why}"))
}

/// The last event of a record, as far as its row tells of it.
pub(crate) struct Last {
    pub(crate) definition: Digest,
    pub(crate) hash: Digest,
    pub(crate) recorded: DateTime,
}

/// A record as lists need it.
pub(crate) fn row_of(
    government: &GovernmentCode,
    line: &Line,
    record: &Record,
    due: &[(LimitId, Deadline)],
    last: &Last,
    calendar: &terms::Calendar,
) -> RecordRow {
    let own = own_due(line, due);
    RecordRow {
        government: government.clone(),
        id: record.id,
        line: line.code.clone(),
        definition: last.definition,
        agency: record.agency.clone(),
        handler: record.handler.clone(),
        place: record.place.clone(),
        stage: line.stages.get(record.stage.index()).map(|stage| stage.code.clone()).unwrap_or_default(),
        closed: record.closed(line),
        label: label(line, record),
        opened: record.opened().unwrap_or(last.recorded.date()),
        touched: last.recorded.date(),
        due: own.map(|deadline| deadline.last.date()),
        seq: record.seq,
        hash: last.hash,
        state: encode_state(record),
        narrowing: rights::narrowing(line, record, calendar),
    }
}

/// The earliest deadline that binds the agency.
pub(crate) fn own_due<'d>(line: &Line, due: &'d [(LimitId, Deadline)]) -> Option<&'d Deadline> {
    let own = due.iter().find(|(id, deadline)| line.limit(*id).binds == Binds::Agency && !deadline.provisional);
    own.map(|(_, deadline)| deadline)
}

/// The limits of a record that will pass, as rows.
pub(crate) fn due_rows(
    government: &GovernmentCode,
    line: &Line,
    record: RecordId,
    due: &[(LimitId, Deadline)],
) -> Vec<DueRow> {
    let row = |(id, deadline): &(LimitId, Deadline)| DueRow {
        government: government.clone(),
        record,
        limit: line.limit(*id).code.clone(),
        due: deadline.last.date(),
        agency: line.limit(*id).binds == Binds::Agency,
    };
    due.iter().map(row).collect()
}

/// The values by which a record is found.
pub(crate) fn keys_of(line: &Line, record: &Record) -> Vec<KeyRow> {
    let mut rows = Vec::new();
    for (id, field) in line.fields_with_ids().filter(|(_, field)| field.key || field.unique) {
        let values: Vec<Code> = match record.get(id) {
            Some(Value::Text(text)) => vec![text.as_str().into()],
            Some(Value::Key(code) | Value::Choice(code)) => vec![code.clone()],
            Some(Value::Keys(codes) | Value::Choices(codes)) => codes.clone(),
            _ => continue,
        };
        rows.extend(values.into_iter().map(|value| KeyRow {
            line: line.code.clone(),
            field: field.code.clone(),
            value,
            unique: field.unique,
        }));
    }
    rows
}

/// What a list shows of a record: its numbers, then its first words that are nobody's personal content.
fn label(line: &Line, record: &Record) -> String {
    let text = |id: procedure::FieldId| match record.get(id) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Key(code)) => Some(code.to_string()),
        _ => None,
    };
    let numbers = line.series.iter().filter_map(|series| text(series.field));
    let words = line
        .fields_with_ids()
        .filter(|(id, field)| {
            matches!(field.kind, FieldType::Text)
                && !field.personal
                && !line.series.iter().any(|series| series.field == *id)
        })
        .filter_map(|(id, _)| text(id));
    let parts: Vec<String> = numbers.chain(words.take(2)).collect();
    parts.join(" ")
}
