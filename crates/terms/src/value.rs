//! What a field of a record can hold.

use crate::{Code, Date, DateTime, Fen, RecordId};
use serde::{Deserialize, Serialize};

/// One value. Exact always: numbers are whole, money is in fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// An amount of money.
    Money(Fen),
    /// A civil day.
    Date(Date),
    /// A civil moment (+08:00), for limits in hours.
    Moment(DateTime),
    /// Free text.
    Text(String),
    /// One of the field's choices, by its code.
    Choice(Code),
    /// Several of the field's choices.
    Choices(Vec<Code>),
    /// The key of a record of another line (a certificate number, an item's code).
    Key(Code),
    /// Several such keys.
    Keys(Vec<Code>),
    /// A person or an organisation. Always personal content.
    Party(Box<Party>),
    /// Another record of the same government.
    Link(RecordId),
}

/// A party to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// Full name.
    pub name: String,
    /// Citizen number (GB 11643) or unified social credit code (GB 32100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Address for service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// The kinds of party that the law tells apart when it sets amounts and masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A natural person 公民.
    Person,
    /// A legal person or another organisation 法人、其他组织.
    Organisation,
}
