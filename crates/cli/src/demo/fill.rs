//! Fills in a field by its type: from what a script says, or something fitting where it says nothing.

use std::collections::BTreeMap;

use procedure::{Field, FieldType};
use terms::{Calendar, Code, Date, DateTime, Fen, Party, PartyKind, Value};

use super::data::County;
use super::dice::Dice;
use super::staff;

/// The keys of records that were made, by tag and agency.
#[derive(Default)]
pub struct Kept(BTreeMap<(String, Code), Vec<Code>>);

impl Kept {
    /// Keeps a key.
    pub fn keep(&mut self, tag: &str, agency: &Code, key: Code) {
        self.0.entry((tag.to_owned(), agency.clone())).or_default().push(key);
    }
    fn of(&self, tag: &str, agency: &Code) -> &[Code] {
        self.0.get(&(tag.to_owned(), agency.clone())).map_or(&[], Vec::as_slice)
    }
}

/// What a value is made from.
pub struct Filler<'a> {
    pub county: &'a County,
    pub calendar: &'a Calendar,
    pub kept: &'a Kept,
    pub agency: &'a Code,
    pub unit: &'a str,
    pub place: &'a str,
    pub number: u64,
    pub play: u32,
    pub at: DateTime,
    pub share: Option<u64>,
}

impl Filler<'_> {
    /// The value that a script says; the reason where it cannot be made.
    pub fn said(&self, dice: &mut Dice, field: &Field, said: &toml::Value) -> Result<Value, String> {
        let text = match said {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(day) => day.to_string(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            other => return Err(format!("{other:?} is nothing that a script can say of a field")),
        };
        let wrong = || format!("`{text}` is no value of field `{}` ({:?})", field.code, field.kind);
        let value = match &field.kind {
            FieldType::Bool => match text.as_str() {
                "yes" | "true" => Some(Value::Bool(true)),
                "no" | "false" => Some(Value::Bool(false)),
                _ => None,
            },
            FieldType::Number(_) => self.number(dice, &text).map(Value::Number),
            FieldType::Money => {
                let yuan = self.number(dice, text.trim_end_matches(" yuan"));
                yuan.and_then(Fen::from_yuan).map(Value::Money)
            }
            FieldType::Date => self.date(dice, &text).map(Value::Date),
            FieldType::Moment => Some(Value::Moment(self.at)),
            FieldType::Text => Some(Value::Text(self.text(dice, &text))),
            FieldType::Choice(_) => one_of(dice, &text).map(Value::Choice),
            FieldType::Choices(_) => Some(Value::Choices(text.split(',').map(|code| code.trim().into()).collect())),
            FieldType::Organ | FieldType::Period => Some(Value::Key(text.as_str().into())),
            FieldType::Key(_) => self.keys(dice, &text).and_then(|keys| keys.into_iter().next()).map(Value::Key),
            FieldType::Keys(_) => self.keys(dice, &text).map(Value::Keys),
            FieldType::Party => Some(self.party(dice, &text)),
            FieldType::Link(_) | FieldType::Figures | FieldType::Questions => None,
        };
        value.ok_or_else(wrong)
    }

    /// Something fitting for a field that must be filled in and of which the script says nothing.
    pub fn fitting(&self, dice: &mut Dice, field: &Field) -> Result<Value, String> {
        let value = match &field.kind {
            FieldType::Bool => Value::Bool(false),
            FieldType::Number(_) => Value::Number(dice.between(1, 9)),
            FieldType::Money => Value::Money(Fen(dice.between(5, 50) * 10_000)),
            FieldType::Date => Value::Date(self.at.date()),
            FieldType::Moment => Value::Moment(self.at),
            FieldType::Text => Value::Text(format!("{}（演示）", field.title.zh)),
            FieldType::Choice(all) => {
                let choice = dice.pick(&all.choices).ok_or("a choice without choices")?;
                Value::Choice(choice.code.clone())
            }
            FieldType::Choices(all) => {
                let choice = dice.pick(&all.choices).ok_or("a choice without choices")?;
                Value::Choices(vec![choice.code.clone()])
            }
            FieldType::Party => self.party(dice, "person"),
            FieldType::Key(_)
            | FieldType::Keys(_)
            | FieldType::Link(_)
            | FieldType::Organ
            | FieldType::Period
            | FieldType::Figures
            | FieldType::Questions => {
                return Err(format!("the script has to say what `{}` names", field.code));
            }
        };
        Ok(value)
    }

    /// `7`, `20..60`, or `share 15263`: the record's part of that whole.
    fn number(&self, dice: &mut Dice, text: &str) -> Option<i64> {
        if text.starts_with("share ") {
            return self.share.and_then(|share| i64::try_from(share).ok());
        }
        match text.split_once("..") {
            Some((low, high)) => Some(dice.between(low.parse().ok()?, high.parse().ok()?)),
            None => text.parse().ok(),
        }
    }

    /// `2020-05-01`, `2023-01-01..2025-12-31`, `+7`, `-30..-2` days, `+5 working`.
    fn date(&self, dice: &mut Dice, text: &str) -> Option<Date> {
        let today = self.at.date();
        if let Some(days) = text.strip_suffix(" working") {
            return Some(self.calendar.working_days_after(today, days.trim_start_matches('+').parse().ok()?));
        }
        if let Some((first, last)) = text.split_once("..")
            && let (Ok(first), Ok(last)) = (first.parse::<Date>(), last.parse::<Date>())
        {
            let days = i64::from((last - first).get_days());
            return shift(first, dice.between(0, days));
        }
        if let Ok(day) = text.parse::<Date>() {
            return Some(day);
        }
        let days = self.number(dice, &text.replace('+', ""))?;
        shift(today, days)
    }

    /// A text with its blanks filled: `{person}`, `{org}`, `{unit}`, `{place}`, `{n}`, `{n:6}`, or a list of words.
    pub fn text(&self, dice: &mut Dice, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((blank, after)) = after.split_once('}') else { break };
            out.push_str(before);
            out.push_str(&self.blank(dice, blank));
            rest = after;
        }
        out + rest
    }

    fn blank(&self, dice: &mut Dice, blank: &str) -> String {
        match blank.split_once(':') {
            Some(("n", width)) => format!("{:0width$}", self.number, width = width.parse().unwrap_or(1)),
            _ => match blank {
                "n" => self.number.to_string(),
                "person" => staff::name(&self.county.people, dice),
                "org" => staff::name(&self.county.organisations, dice),
                "unit" => self.unit.to_owned(),
                "agency" => self.agency.to_string(),
                "place" => self.place.to_owned(),
                "year" => self.at.year().to_string(),
                "play" => self.play.to_string(),
                kept if kept.starts_with("from ") => {
                    let all = self.kept.of(kept.trim_start_matches("from "), self.agency);
                    dice.pick(all).map_or_else(String::new, ToString::to_string)
                }
                list => {
                    let words = self.county.words.get(list).map_or(&[][..], Vec::as_slice);
                    dice.pick(words).cloned().unwrap_or_else(|| format!("{{{list}}}"))
                }
            },
        }
    }

    /// `from tag`, `2 from tag`, or the keys themselves.
    fn keys(&self, dice: &mut Dice, text: &str) -> Option<Vec<Code>> {
        let Some((count, tag)) = text.split_once("from ") else {
            return Some(text.split(',').map(|key| self.text(dice, key.trim()).into()).collect());
        };
        let count: usize = count.trim().parse().unwrap_or(1);
        let mut all = self.kept.of(tag, self.agency).to_vec();
        dice.shuffle(&mut all);
        all.truncate(count);
        (all.len() == count).then_some(all)
    }

    fn party(&self, dice: &mut Dice, text: &str) -> Value {
        let (kind, name) = match text.split_once(':') {
            Some(("org", name)) => (PartyKind::Organisation, self.text(dice, name)),
            Some((_, name)) => (PartyKind::Person, self.text(dice, name)),
            None if text == "org" => (PartyKind::Organisation, staff::name(&self.county.organisations, dice)),
            None => (PartyKind::Person, staff::name(&self.county.people, dice)),
        };
        Value::Party(Box::new(Party { kind, name, number: None, phone: None, address: None }))
    }
}

/// `a`, or one of `a|b|b|c`.
fn one_of(dice: &mut Dice, text: &str) -> Option<Code> {
    let all: Vec<&str> = text.split('|').map(str::trim).collect();
    dice.pick(&all).map(|code| Code::from(*code))
}

/// So many days on, or back.
pub fn shift(day: Date, days: i64) -> Option<Date> {
    day.checked_add(jiff::SignedDuration::from_hours(days * 24)).ok()
}
