//! Between records: what an act does elsewhere, and what is done elsewhere does here. A message carries each.

use serde::{Deserialize, Serialize};
use terms::Code;

use crate::{ActId, Expr, FieldId, Ground, LookupId, Said};

/// What an act does elsewhere: it opens a linked record, by a message that the receiver's own door judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Acts that have it; a signed act has it with its last signature.
    pub on: Vec<ActId>,
    /// Only where this holds of the record after the act.
    pub when: Option<Expr>,
    /// The line of the record that it opens.
    pub opens: Code,
    /// The act there that opens it, a fact.
    pub act: Code,
    /// Who is to get it.
    pub to: Recipient,
    /// What the act there fills in: the field there, and the field here from which it comes.
    pub fills: Vec<(Code, FieldId)>,
    /// What it rests on.
    pub ground: Ground,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The organ that a field names.
    Organ(FieldId),
    /// The government above ours.
    Superior,
    /// Our own government: its agency that takes the line.
    Own,
    /// The agency that keeps the record which a lookup found.
    Holder(LookupId),
}

/// What is done at a linked record does an act here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hears {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Which linked record.
    pub link: Link,
    /// Acts there.
    pub of: Vec<Code>,
    /// Only where this holds of the record here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// The act here, a fact.
    pub does: ActId,
    /// What it fills in: the field here, and the field there from which it comes.
    pub fills: Vec<(FieldId, Code)>,
    /// What it rests on.
    pub ground: Ground,
}

/// A linked record, as seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The one that this effect of ours opened.
    Effect(Code),
    /// The one of this line that opened us.
    Origin(Code),
}
