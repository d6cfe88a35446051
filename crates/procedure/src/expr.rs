//! Guards, typed and resolved against a line.

use serde::{Deserialize, Serialize};
use std::ops::Range;
use terms::{Code, Period};

use crate::{ActId, FieldId, LimitId, LookupId, StageId, TrackId, Value, ValueId};

/// A condition. Three-valued: yes, no, not known yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// Always or never.
    Always(bool),
    /// All of them.
    And(Vec<Expr>),
    /// One of them.
    Or(Vec<Expr>),
    /// The contrary.
    Not(Box<Expr>),
    /// Two terms compared.
    Compare(Compare, Term, Term),
    /// One of several.
    In(Term, Vec<Term>),
    /// A field of several choices has this one.
    Has(FieldId, Code),
    /// A yes-or-no field is yes.
    IsTrue(Term),
    /// An act was done.
    Done(ActId),
    /// A limit has passed.
    Lapsed(LimitId),
    /// A field holds something.
    Filled(FieldId),
    /// A lookup found at least one record.
    Found(LookupId),
    /// A lookup found a record for every key it asked for.
    Every(LookupId),
    /// The record stands in one of these stages.
    Stage(Option<TrackId>, Vec<StageId>),
    /// The second day is at most this long after the first.
    Within(Term, Term, Period),
    /// The first field's choice is heavier than the second's (in the order of the first field's choices).
    Heavier(FieldId, FieldId),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// =
    Equal,
    /// !=
    Unequal,
    /// <
    Less,
    /// <=
    AtMost,
    /// >
    More,
    /// >=
    AtLeast,
}

/// Something with a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// A constant.
    Literal(Value),
    /// A field of the record, with what the act at hand fills in.
    Field(FieldId),
    /// A field of the record that asks, in a lookup's condition.
    This(FieldId),
    /// A named value.
    Named(ValueId),
    /// The day of the act at hand.
    Today,
    /// The day an act was last done.
    Day(ActId),
    /// How often an act was done.
    Times(ActId),
    /// How many records a lookup found.
    Found(LookupId),
    /// A field of the one record that a lookup found.
    Answer(LookupId, Code),
    /// How many items a field of several holds.
    Size(FieldId),
    /// Whether a party is a person or an organisation; whether a period is a day, a month, a quarter or a year.
    KindOf(FieldId),
    /// The last day of a period.
    LastDay(FieldId),
    /// The account that does the act at hand.
    Actor,
    /// The account that last did an act.
    ActorOf(ActId),
    /// The agency that keeps the record.
    Agency,
    /// The agency of the record that asks.
    ThisAgency,
    /// A day and a period later.
    Later(Box<Term>, Period),
    /// A day and a period earlier.
    Earlier(Box<Term>, Period),
    /// Two numbers or amounts added.
    Plus(Box<Term>, Box<Term>),
    /// One number or amount less another.
    Minus(Box<Term>, Box<Term>),
}

impl Expr {
    /// Calls `see` with every term of the condition.
    fn terms(&self, see: &mut dyn FnMut(&Term)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| part.terms(see)),
            Expr::Not(inner) => inner.terms(see),
            Expr::Compare(_, left, right) | Expr::Within(left, right, _) => {
                left.visit(see);
                right.visit(see);
            }
            Expr::In(term, items) => {
                term.visit(see);
                items.iter().for_each(|item| item.visit(see));
            }
            Expr::IsTrue(term) => term.visit(see),
            Expr::Has(field, _) | Expr::Filled(field) => see(&Term::Field(*field)),
            Expr::Heavier(left, right) => {
                see(&Term::Field(*left));
                see(&Term::Field(*right));
            }
            Expr::Found(lookup) | Expr::Every(lookup) => see(&Term::Found(*lookup)),
            Expr::Always(_) | Expr::Done(_) | Expr::Lapsed(_) | Expr::Stage(..) => {}
        }
    }

    /// The fields it reads.
    pub fn fields(&self) -> Vec<FieldId> {
        let mut found = Vec::new();
        self.terms(&mut |term| match term {
            Term::Field(field) | Term::Size(field) | Term::KindOf(field) | Term::LastDay(field) => found.push(*field),
            _ => {}
        });
        found
    }

    /// The lookups it needs answered.
    pub fn lookups(&self) -> Vec<LookupId> {
        let mut found = Vec::new();
        self.terms(&mut |term| match term {
            Term::Found(lookup) | Term::Answer(lookup, _) => found.push(*lookup),
            _ => {}
        });
        found
    }

    /// Whether it depends on the act at hand (its day, its actor, a lookup), and not on the record alone.
    pub fn of_the_moment(&self) -> bool {
        let mut found = false;
        self.terms(&mut |term| {
            found |= matches!(term, Term::Today | Term::Actor | Term::Found(_) | Term::Answer(..) | Term::This(_));
        });
        found
    }
}

impl Term {
    fn visit(&self, see: &mut dyn FnMut(&Term)) {
        see(self);
        match self {
            Term::Later(inner, _) | Term::Earlier(inner, _) => inner.visit(see),
            Term::Plus(left, right) | Term::Minus(left, right) => {
                left.visit(see);
                right.visit(see);
            }
            _ => {}
        }
    }
}

/// What is wrong with a guard, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// Bytes of the guard's text.
    pub span: Range<usize>,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}
