//! What every answer is made of: words in both languages, names, days, and values as JSON.

use ledger::Fault;
use platform::{Directory, Light, Platform};
use procedure::{Article, Field, FieldType, Language, Line, Said, say_value};
use serde::Serialize;
use terms::{Code, DateTime, PartyKind, PlaceCode, RecordId, Value};
use utoipa::ToSchema;

/// The same in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "zh": "行政复议", "en": "Administrative reconsideration" })))]
pub(crate) struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Said> for Words {
    fn from(said: &Said) -> Words {
        Words { zh: said.zh.clone(), en: said.en.clone() }
    }
}

impl Words {
    /// The same in both, of what has no translation.
    pub fn same(text: impl Into<String>) -> Words {
        let zh: String = text.into();
        Words { en: zh.clone(), zh }
    }

    /// What is said in each language.
    pub fn each(say: impl Fn(Language) -> String) -> Words {
        Words { zh: say(Language::Zh), en: say(Language::En) }
    }
}

/// Citations in both languages.
pub(crate) fn articles(law: &[Article]) -> Vec<Words> {
    law.iter().map(|article| Words::each(|language| wording::article(language, article))).collect()
}

/// A code of the catalogue with its title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Named {
    /// The code by which it is asked for.
    pub code: String,
    /// What it is called.
    pub title: Words,
}

impl Named {
    pub fn new(code: &str, title: &Said) -> Named {
        Named { code: code.to_owned(), title: title.into() }
    }

    /// A post by its title.
    pub fn post(platform: &Platform, code: &Code) -> Named {
        let title = platform.catalog().terms.post(code).map(|post| Words::from(&post.title));
        Named { code: code.to_string(), title: title.unwrap_or_else(|| Words::same(code.as_str())) }
    }

    /// A stage of the main course, by its code.
    pub fn stage(line: &Line, code: &str) -> Named {
        let stage = line.stages.iter().find(|stage| stage.code == code);
        stage.map_or_else(
            || Named { code: code.to_owned(), title: Words::same(code) },
            |stage| Named::new(&stage.code, &stage.title),
        )
    }
}

/// An agency.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgencyName {
    pub code: String,
    pub name: String,
}

impl AgencyName {
    pub fn of(directory: &Directory, code: &str) -> AgencyName {
        AgencyName { code: code.to_owned(), name: directory.agency(code) }
    }
}

/// Somebody who works here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonName {
    /// The name to sign in with.
    pub account: String,
    /// The name to show.
    pub name: String,
}

impl PersonName {
    pub fn of(directory: &Directory, account: &str) -> PersonName {
        PersonName { account: account.to_owned(), name: directory.person(account) }
    }
}

/// A place of the dated tree of regions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlaceName {
    /// Six, nine or twelve digits.
    pub code: String,
    pub name: String,
}

impl PlaceName {
    pub fn of(platform: &Platform, place: &PlaceCode, on: terms::Date) -> PlaceName {
        let region = platform.catalog().regions.get(place, on);
        PlaceName {
            code: place.to_string(),
            name: region.map_or_else(|| place.to_string(), |region| region.name.clone()),
        }
    }
}

/// How near a due day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Nearness {
    /// It has passed.
    Late,
    /// Three days or fewer are left.
    Soon,
    /// There is time.
    Fine,
    /// The year's holidays are not announced yet: the day may move.
    Provisional,
}

impl From<Light> for Nearness {
    fn from(light: Light) -> Nearness {
        match light {
            Light::Late => Nearness::Late,
            Light::Soon => Nearness::Soon,
            Light::Fine => Nearness::Fine,
            Light::Provisional => Nearness::Provisional,
        }
    }
}

/// A record's number, as a path has it.
pub(crate) fn record_id(text: &str) -> Option<RecordId> {
    // Beyond that a store has no number.
    text.parse().ok().filter(|RecordId(id)| i64::try_from(*id).is_ok())
}

/// Microseconds UTC as RFC 3339.
pub(crate) fn instant(micros: i64) -> String {
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let since = std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    format!("{}Z", epoch.saturating_add(since).strftime("%Y-%m-%dT%H:%M:%S%.f"))
}

/// A civil moment (+08:00).
pub(crate) fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A person or an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "kind": "person", "name": "欧阳建国", "phone": "13900000000" })))]
pub(crate) struct PartyValue {
    /// `person` or `organisation`.
    pub kind: &'static str,
    /// Full name.
    pub name: String,
    /// Citizen number (GB 11643) or unified social credit code (GB 32100).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Address for service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// The value of a field. Which of these it is follows from the field's type, which the line's definition tells: `bool` a
/// boolean; `number` and `link` (a record's number) an integer; `money` a text with yuan and at most two decimals
/// (`"3000.50"`); `date` a text (`"2026-03-01"`); `moment` a text without an offset, civil time +08:00
/// (`"2026-03-01T09:30:00"`); `text`, `choice` and `key` a text; `choices` and `keys` a list of texts; `party` an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum FieldValue {
    Bool(bool),
    Number(i64),
    Text(String),
    Codes(Vec<String>),
    Party(PartyValue),
}

impl From<&Value> for FieldValue {
    fn from(value: &Value) -> FieldValue {
        let codes = |codes: &[Code]| FieldValue::Codes(codes.iter().map(ToString::to_string).collect());
        match value {
            Value::Bool(yes) => FieldValue::Bool(*yes),
            Value::Number(number) => FieldValue::Number(*number),
            Value::Money(fen) => FieldValue::Text(fen.to_string()),
            Value::Date(day) => FieldValue::Text(day.to_string()),
            Value::Moment(at) => FieldValue::Text(moment(*at)),
            Value::Text(text) => FieldValue::Text(text.clone()),
            Value::Choice(code) | Value::Key(code) => FieldValue::Text(code.to_string()),
            Value::Choices(all) | Value::Keys(all) => codes(all),
            Value::Party(party) => FieldValue::Party(PartyValue {
                kind: match party.kind {
                    PartyKind::Person => "person",
                    PartyKind::Organisation => "organisation",
                },
                name: party.name.clone(),
                number: party.number.clone(),
                phone: party.phone.clone(),
                address: party.address.clone(),
            }),
            // A record's number is a log position: far below what an i64 holds.
            Value::Link(RecordId(id)) => FieldValue::Number(i64::try_from(*id).unwrap_or(i64::MAX)),
        }
    }
}

/// A field with what it holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Held {
    /// The field.
    pub code: String,
    pub title: Words,
    /// The value, to compute with and to send back.
    pub value: FieldValue,
    /// The value as a person reads it.
    pub text: Words,
    /// It is somebody's personal content.
    pub personal: bool,
}

impl Held {
    pub fn new(field: &Field, value: &Value) -> Held {
        Held {
            code: field.code.to_string(),
            title: (&field.title).into(),
            value: value.into(),
            text: Words::each(|language| say_value(value, Some(field), language)),
            personal: field.personal || field.kind == FieldType::Party,
        }
    }
}

/// What a question to the platform comes back with.
pub(crate) type Asked<T> = Result<T, Fault>;
