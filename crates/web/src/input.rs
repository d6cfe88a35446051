//! What was typed, and what it means: texts become values, or a sentence about the place that is wrong.

use procedure::{Field, FieldType};
use terms::{CheckError, Code, Date, DateTime, Fen, Party, PartyKind, RecordId, Value};

use crate::frame::Frame;

/// A posted form, as it was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted(pub Vec<(String, String)>);

impl Posted {
    /// The first text under a name, trimmed.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, text)| text.trim())
    }
    /// A text under a name; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
    /// Every text under a name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(other, text)| other == name && !text.is_empty()).map(|(_, text)| text.as_str()).collect()
    }
}

/// What is wrong, by the control it belongs to (`f.applicant`); without one, the form as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors(pub Vec<(String, String)>);

impl Errors {
    /// Adds a sentence, unless the control has one already.
    pub fn add(&mut self, control: &str, sentence: String) {
        if control.is_empty() || self.of(control).is_none() {
            self.0.push((control.to_owned(), sentence));
        }
    }
    /// The sentence beside a control.
    pub fn of(&self, control: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == control).map(|(_, sentence)| sentence.as_str())
    }
}

/// The name of a field's control.
pub(crate) fn control(field: &str) -> String {
    format!("f.{field}")
}

/// The value of a field in a form; `None` where nothing was given.
///
/// # Errors
/// A sentence about what is wrong.
pub(crate) fn value(frame: &Frame, field: &Field, posted: &Posted) -> Result<Option<Value>, String> {
    let name = control(&field.code);
    if field.kind == FieldType::Party {
        return party(frame, field, posted);
    }
    let wrong = |code: &str| Err(frame.t1(code, "field", frame.said(&field.title)));
    match &field.kind {
        FieldType::Choices(_) => {
            let codes: Vec<Code> = posted.all(&name).into_iter().map(Code::from).collect();
            return Ok((!codes.is_empty()).then_some(Value::Choices(codes)));
        }
        FieldType::Keys(_) => {
            let keys: Vec<Code> = keys(posted.text(&name));
            return Ok((!keys.is_empty()).then_some(Value::Keys(keys)));
        }
        _ => {}
    }
    let text = posted.text(&name);
    if text.is_empty() {
        return Ok(None);
    }
    let plain = half_width(text);
    let found = match &field.kind {
        FieldType::Bool => Some(Value::Bool(text == "yes")),
        FieldType::Number(_) => match plain.replace(',', "").parse() {
            Ok(number) => Some(Value::Number(number)),
            Err(_) => return wrong("bad-number"),
        },
        FieldType::Money => match plain.parse::<Fen>() {
            Ok(fen) => Some(Value::Money(fen)),
            Err(_) => return wrong("bad-money"),
        },
        FieldType::Date => match date(&plain) {
            Some(day) => Some(Value::Date(day)),
            None => return wrong("bad-date"),
        },
        FieldType::Moment => match moment(&plain) {
            Some(at) => Some(Value::Moment(at)),
            None => return wrong("bad-moment"),
        },
        FieldType::Choice(_) => Some(Value::Choice(text.into())),
        FieldType::Key(_) | FieldType::Organ => Some(Value::Key(text.into())),
        FieldType::Period => match plain.parse::<terms::Stretch>() {
            Ok(period) => Some(Value::Key(period.to_string().into())),
            Err(_) => return wrong("bad-period"),
        },
        FieldType::Link(_) => match plain.parse::<RecordId>() {
            Ok(id) => Some(Value::Link(id)),
            Err(_) => return wrong("bad-link"),
        },
        FieldType::Text => Some(Value::Text(text.replace("\r\n", "\n"))),
        FieldType::Choices(_) | FieldType::Keys(_) | FieldType::Party | FieldType::Figures | FieldType::Questions => {
            None
        }
    };
    Ok(found)
}

fn party(frame: &Frame, field: &Field, posted: &Posted) -> Result<Option<Value>, String> {
    let name = control(&field.code);
    let part = |part: &str| posted.text(&format!("{name}.{part}")).to_owned();
    let some = |text: String| (!text.is_empty()).then_some(text);
    let (who, number, phone, address) = (part("name"), half_width(&part("number")), part("phone"), part("address"));
    if [&who, &number, &phone, &address].iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    let title = frame.said(&field.title);
    let wrong = |code: &str| frame.t1(code, "field", &title);
    let kind = match part("kind").as_str() {
        "person" => PartyKind::Person,
        "organisation" => PartyKind::Organisation,
        _ => return Err(wrong("bad-party-kind")),
    };
    if who.is_empty() {
        return Err(wrong("bad-party-name"));
    }
    let number = number.to_uppercase();
    if !number.is_empty()
        && let Some((code, name, found)) = number_flaw(kind, &number)
    {
        let args = [("field", title.clone()), (name, found.to_string())];
        return Err(wording::say(frame.language, code, &args));
    }
    let party = Party { kind, name: who, number: some(number), phone: some(phone), address: some(address) };
    Ok(Some(Value::Party(Box::new(party))))
}

/// What is wrong with a party's number: the code of the sentence, and what it says of where.
pub(crate) fn number_flaw(kind: PartyKind, number: &str) -> Option<(&'static str, &'static str, usize)> {
    let checked = match kind {
        PartyKind::Person => terms::citizen_number(number),
        PartyKind::Organisation => terms::uscc(number),
    };
    Some(match checked.err()? {
        CheckError::Length { found } => ("bad-number-length", "found", found),
        CheckError::Character { place } => ("bad-number-character", "place", place),
        CheckError::BirthDate => ("bad-number-birth", "place", 7),
        CheckError::CheckDigit => ("bad-number-check", "place", 18),
    })
}

/// Keys in one text, separated as people separate them.
fn keys(text: &str) -> Vec<Code> {
    let parts = text.split([',', '，', '、', ';', '；', '\n', '\r']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(Code::from).collect()
}

/// Full-width digits, letters and signs, which a Chinese keyboard makes, as plain ones.
fn half_width(text: &str) -> String {
    let plain = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '　' => ' ',
        _ => c,
    };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

/// A day: 2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日.
pub(crate) fn date(text: &str) -> Option<Date> {
    let plain = text.trim().trim_end_matches('日').replace(['年', '月', '/', '.'], "-");
    let mut parts = plain.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A moment: 2026-03-01T09:30, 2026-03-01 09:30.
pub(crate) fn moment(text: &str) -> Option<DateTime> {
    let (day, time) = text.trim().split_once(['T', ' '])?;
    let mut parts = time.trim().split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second = parts.next().map_or(Ok(0), str::parse).ok()?;
    let time = terms::Time::new(hour, minute, second, 0).ok()?;
    Some(date(day)?.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_write_them() {
        let first = Some(Date::constant(2026, 3, 1));
        for text in ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日"] {
            assert_eq!(date(text), first, "{text}");
        }
        for text in ["", "2026-02-30", "26-3-1", "2026-3", "1-3-2026", "2026-3-1-1"] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(moment("2026-03-01T09:30").map(|at| at.to_string()), Some("2026-03-01T09:30:00".to_owned()));
        assert_eq!(moment("2026-03-01"), None);
    }

    #[test]
    fn keys_in_one_text() {
        assert_eq!(keys("A1, A2、A3\nA4；"), ["A1", "A2", "A3", "A4"].map(Code::from));
        assert_eq!(half_width("３０００．５"), "3000.5");
    }
}
