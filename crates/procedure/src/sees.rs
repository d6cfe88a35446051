//! Who sees a record at all, where its line says less than posts allow.

use serde::{Deserialize, Serialize};
use terms::{Calendar, Code};

use crate::{Expr, Facts, FieldId, Ground, Line, Record, Truth};

/// A narrowing of who sees records of the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sees {
    /// Code.
    pub code: Code,
    /// Only for records of which this is so; as long as it is not known, it is taken to be so.
    pub when: Option<Expr>,
    /// The posts that alone see them, beside whoever handles the record; empty: no narrowing by posts.
    pub only: Vec<Code>,
    /// Fields that name agencies or people from whom it is hidden, whatever they hold.
    pub hidden_from: Vec<FieldId>,
    /// The posts that alone need to know personal content, beside whoever handles the record; empty: those that act or
    /// sign in the line.
    pub personal: Vec<Code>,
    /// The most that a superior government sees.
    pub above: Option<Above>,
    /// What it rests on.
    pub ground: Ground,
}

/// What a superior government sees of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Above {
    /// That it is counted.
    Figures,
    /// It, where a reason is stated.
    Reason,
    /// It.
    Records,
}

impl Line {
    /// The narrowings that hold for a record as it stands. What is not known yet narrows: nobody sees too much in the
    /// meantime.
    pub fn sees_of<'a>(&'a self, record: &'a Record, calendar: &'a Calendar) -> impl Iterator<Item = &'a Sees> {
        let facts = Facts {
            line: self,
            record: Some(record),
            inputs: &[],
            answers: &[],
            now: None,
            actor: None,
            calendar,
            this: None,
        };
        self.sees.iter().filter(move |sees| sees.when.as_ref().is_none_or(|when| facts.truth(when) != Truth::No))
    }
}
