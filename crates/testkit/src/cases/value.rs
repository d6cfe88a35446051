//! Values of a case, read by the type of their field; and plain ones where none is given.

use procedure::{Field, FieldType};
use terms::{Code, DateTime, Fen, Party, PartyKind, RecordId, Value};

/// Reads a value.
///
/// # Errors
/// What to write instead.
pub(crate) fn read(field: &Field, text: &str, registered: &[RecordId]) -> Result<Value, String> {
    let value = match &field.kind {
        FieldType::Bool => match text {
            "yes" => Some(Value::Bool(true)),
            "no" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldType::Number(_) => text.parse().ok().map(Value::Number),
        FieldType::Money => money(text).map(Value::Money),
        FieldType::Date => text.parse().ok().map(Value::Date),
        FieldType::Moment => text.parse().ok().map(Value::Moment),
        FieldType::Text | FieldType::Figures => Some(Value::Text(text.to_owned())),
        FieldType::Choice(_) => Some(Value::Choice(text.into())),
        FieldType::Choices(_) => Some(Value::Choices(list(text))),
        FieldType::Key(_) | FieldType::Organ | FieldType::Period => Some(Value::Key(text.into())),
        FieldType::Keys(_) | FieldType::Questions => Some(Value::Keys(list(text))),
        FieldType::Party => party(text).map(|party| Value::Party(Box::new(party))),
        FieldType::Link(_) => link(text, registered).map(Value::Link),
    };
    value.ok_or_else(|| format!("`{text}` is no value for `{}`: write {}", field.code, wanted(&field.kind)))
}

fn wanted(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "yes or no",
        FieldType::Number(_) => "a whole number",
        FieldType::Money => "yuan, as in 3000 or 3000.50",
        FieldType::Date => "a day, as in 2026-06-01",
        FieldType::Moment => "a moment, as in 2026-06-01T14:30",
        FieldType::Party => "person:某 or organisation:某",
        FieldType::Link(_) => "#1 for the first registered record",
        _ => "a text",
    }
}

fn list(text: &str) -> Vec<Code> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    inner.split([',', '、']).map(str::trim).filter(|word| !word.is_empty()).map(Code::from).collect()
}

fn money(text: &str) -> Option<Fen> {
    let amount = text.trim_end_matches("yuan").trim_end_matches('元').trim();
    amount.parse().ok()
}

fn party(text: &str) -> Option<Party> {
    let (kind, name) = text.split_once([':', ':'])?;
    let kind = match kind {
        "person" | "公民" | "个人" => PartyKind::Person,
        "organisation" | "组织" | "法人" => PartyKind::Organisation,
        _ => return None,
    };
    Some(Party { kind, name: name.to_owned(), number: None, phone: None, address: None })
}

fn link(text: &str, registered: &[RecordId]) -> Option<RecordId> {
    match text.strip_prefix('#') {
        Some(number) => registered.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied(),
        None => text.parse().ok(),
    }
}

/// A plain value of the field's type, so that a case need not name what does not matter. `number` tells apart the
/// records that a case registers; `None`: there is no plain value.
pub(crate) fn plain(field: &Field, at: DateTime, number: usize) -> Option<Value> {
    Some(match &field.kind {
        FieldType::Bool => Value::Bool(true),
        FieldType::Number(_) => Value::Number(1),
        FieldType::Money => Value::Money(Fen(100)),
        FieldType::Date => Value::Date(at.date()),
        FieldType::Moment => Value::Moment(at),
        FieldType::Text if field.key && number > 0 => Value::Text(format!("某{number}")),
        FieldType::Text | FieldType::Figures => Value::Text("某".to_owned()),
        FieldType::Period => Value::Key((at.year() - 1).to_string().into()),
        FieldType::Choice(choices) => Value::Choice(choices.choices.first()?.code.clone()),
        FieldType::Choices(choices) => Value::Choices(vec![choices.choices.first()?.code.clone()]),
        FieldType::Key(_) => Value::Key("1".into()),
        FieldType::Organ => Value::Key("某机关".into()),
        FieldType::Keys(_) | FieldType::Questions => Value::Keys(vec!["1".into()]),
        FieldType::Party => Value::Party(Box::new(Party {
            kind: PartyKind::Person,
            name: "某某".to_owned(),
            number: None,
            phone: None,
            address: None,
        })),
        FieldType::Link(_) => return None,
    })
}
