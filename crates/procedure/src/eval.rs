//! Guards run: three-valued, over a record, the act at hand and the answers to its lookups.

use std::cmp::Ordering;
use terms::{Calendar, Code, Date, DateTime, RecordId, Stretch, Unit};

use crate::{Actor, Compare, Expr, FieldId, FieldType, Line, Record, Term, Value};

/// The answer of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Holds.
    Yes,
    /// Does not hold.
    No,
    /// Rests on a fact that nobody has given yet.
    Unknown,
}

impl Truth {
    fn of(answer: bool) -> Truth {
        if answer { Truth::Yes } else { Truth::No }
    }
}

/// What other records said, read before the kernel runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// How many keys were asked for.
    pub asked: usize,
    /// The records found.
    pub found: Vec<RecordId>,
    /// For a single record found: its values by the code of their field.
    pub values: Vec<(Code, Value)>,
    /// The log position at which they were read.
    pub position: u64,
}

/// Everything a guard can see.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The line.
    pub line: &'a Line,
    /// The record as it stands; `None` before it is opened.
    pub record: Option<&'a Record>,
    /// What the act at hand fills in.
    pub inputs: &'a [(FieldId, Value)],
    /// Answers by lookup; missing: not asked.
    pub answers: &'a [Option<Answer>],
    /// When the act at hand is done.
    pub now: Option<DateTime>,
    /// Who does it.
    pub actor: Option<&'a Actor>,
    /// Working days.
    pub calendar: &'a Calendar,
    /// The record that asks, in a lookup's condition.
    pub this: Option<&'a Facts<'a>>,
}

impl<'a> Facts<'a> {
    /// A field with what the act at hand fills in.
    pub fn field(&self, field: FieldId) -> Option<&'a Value> {
        let input = self.inputs.iter().rev().find(|(id, _)| *id == field).map(|(_, value)| value);
        input.or_else(|| self.record.and_then(|record| record.get(field)))
    }

    /// Whether a condition holds.
    pub fn truth(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Always(answer) => Truth::of(*answer),
            Expr::And(parts) => self.fold(parts, Truth::No, Truth::Yes),
            Expr::Or(parts) => self.fold(parts, Truth::Yes, Truth::No),
            Expr::Not(inner) => match self.truth(inner) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
            },
            Expr::Compare(compare, left, right) => self.compare(*compare, left, right),
            Expr::In(term, items) => {
                let each = items.iter().map(|item| self.compare(Compare::Equal, term, item));
                each.fold(Truth::No, |sum, next| {
                    if sum == Truth::Yes || next == Truth::Yes {
                        Truth::Yes
                    } else if next == Truth::Unknown {
                        Truth::Unknown
                    } else {
                        sum
                    }
                })
            }
            Expr::Has(field, code) => match self.field(*field) {
                Some(Value::Choices(codes)) => Truth::of(codes.contains(code)),
                _ => Truth::Unknown,
            },
            Expr::IsTrue(term) => match self.value(term) {
                Some(Value::Bool(answer)) => Truth::of(answer),
                _ => Truth::Unknown,
            },
            Expr::Done(act) => Truth::of(self.record.is_some_and(|record| record.last(*act).is_some())),
            Expr::Lapsed(limit) => Truth::of(self.record.is_some_and(|record| record.lapsed(self.line, *limit))),
            Expr::Filled(field) => Truth::of(self.field(*field).is_some()),
            Expr::Found(lookup) => {
                self.answer(*lookup).map_or(Truth::Unknown, |answer| Truth::of(!answer.found.is_empty()))
            }
            Expr::Every(lookup) => {
                // A government that has none below it has heard from all of them.
                let some = |answer: &Answer| answer.asked > 0 || self.line.lookups[lookup.index()].below;
                self.answer(*lookup)
                    .map_or(Truth::Unknown, |answer| Truth::of(some(answer) && answer.found.len() >= answer.asked))
            }
            Expr::Stage(track, stages) => match self.record {
                Some(record) => Truth::of(stages.contains(&record.stage_of(*track))),
                None => Truth::No,
            },
            Expr::Within(from, to, period) => match (self.day(from), self.day(to)) {
                (Some(from), Some(to)) => {
                    let last = self.calendar.deadline(from.at(0, 0, 0, 0), *period, false).last.date();
                    Truth::of(to <= last)
                }
                _ => Truth::Unknown,
            },
            Expr::Heavier(left, right) => match (self.weight(*left, *left), self.weight(*left, *right)) {
                (Some(left), Some(right)) => Truth::of(left > right),
                _ => Truth::Unknown,
            },
        }
    }

    /// The parts of a condition that do not hold yet: what an act still lacks.
    pub fn lacking<'e>(&self, expr: &'e Expr) -> Vec<&'e Expr> {
        match expr {
            _ if self.truth(expr) == Truth::Yes => Vec::new(),
            Expr::And(parts) => parts.iter().flat_map(|part| self.lacking(part)).collect(),
            _ => vec![expr],
        }
    }

    fn fold(&self, parts: &[Expr], decides: Truth, otherwise: Truth) -> Truth {
        let mut sum = otherwise;
        for part in parts {
            match self.truth(part) {
                truth if truth == decides => return decides,
                Truth::Unknown => sum = Truth::Unknown,
                _ => {}
            }
        }
        sum
    }

    fn answer(&self, lookup: crate::LookupId) -> Option<&'a Answer> {
        self.answers.get(lookup.index()).and_then(Option::as_ref)
    }

    /// The position of a field's heaviest choice among the choices of `scale`.
    fn weight(&self, scale: FieldId, field: FieldId) -> Option<usize> {
        let choices = match &self.line.field(scale).kind {
            FieldType::Choice(all) | FieldType::Choices(all) => &all.choices,
            _ => return None,
        };
        let rank = |code: &Code| choices.iter().position(|choice| choice.code == *code);
        match self.field(field)? {
            Value::Choice(code) => rank(code),
            Value::Choices(codes) => codes.iter().filter_map(rank).max(),
            _ => None,
        }
    }

    fn day(&self, term: &Term) -> Option<Date> {
        match self.value(term)? {
            Value::Date(date) => Some(date),
            Value::Moment(moment) => Some(moment.date()),
            _ => None,
        }
    }

    fn compare(&self, compare: Compare, left: &Term, right: &Term) -> Truth {
        let (Some(left), Some(right)) = (self.borrowed(left), self.borrowed(right)) else {
            return Truth::Unknown;
        };
        let order = match (&*left, &*right) {
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Money(a), Value::Money(b)) => a.0.cmp(&b.0),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Moment(a), Value::Moment(b)) => a.cmp(b),
            (Value::Date(a), Value::Moment(b)) => a.cmp(&b.date()),
            (Value::Moment(a), Value::Date(b)) => a.date().cmp(b),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (a, b) => match (word(a), word(b)) {
                (Some(a), Some(b)) if a == b => Ordering::Equal,
                (Some(_), Some(_)) => Ordering::Less,
                _ if a == b => Ordering::Equal,
                _ => return Truth::Unknown,
            },
        };
        Truth::of(match compare {
            Compare::Equal => order == Ordering::Equal,
            Compare::Unequal => order != Ordering::Equal,
            Compare::Less => order == Ordering::Less,
            Compare::AtMost => order != Ordering::Greater,
            Compare::More => order == Ordering::Greater,
            Compare::AtLeast => order != Ordering::Less,
        })
    }

    /// A term's value without copying a field or a constant.
    fn borrowed<'t>(&self, term: &'t Term) -> Option<std::borrow::Cow<'t, Value>>
    where
        'a: 't,
    {
        use std::borrow::Cow::{Borrowed, Owned};
        match term {
            Term::Literal(value) => Some(Borrowed(value)),
            Term::Field(field) => self.field(*field).map(Borrowed),
            _ => self.value(term).map(Owned),
        }
    }

    /// The value of a term, where it is known.
    pub fn value(&self, term: &Term) -> Option<Value> {
        match term {
            Term::Literal(value) => Some(value.clone()),
            Term::Field(field) => self.field(*field).cloned(),
            Term::This(field) => self.this?.field(*field).cloned(),
            Term::Named(value) => self.line.values.get(value.index())?.value.clone(),
            Term::Today => self.now.map(|now| Value::Date(now.date())),
            Term::Day(act) => Some(Value::Date(self.record?.last(*act)?.at.date())),
            Term::Times(act) => Some(Value::Number(self.record.map_or(0, |record| count(record.times(*act))))),
            Term::Found(lookup) => self.answer(*lookup).map(|answer| Value::Number(count(answer.found.len()))),
            Term::Answer(lookup, code) => {
                let answer = self.answer(*lookup)?;
                answer.values.iter().find(|(field, _)| field == code).map(|(_, value)| value.clone())
            }
            Term::Size(field) => match self.field(*field)? {
                Value::Choices(items) | Value::Keys(items) => Some(Value::Number(count(items.len()))),
                _ => None,
            },
            Term::KindOf(field) => match self.field(*field)? {
                Value::Party(party) => Some(Value::Choice(match party.kind {
                    crate::PartyKind::Person => "person".into(),
                    crate::PartyKind::Organisation => "organisation".into(),
                })),
                Value::Key(period) => Some(Value::Choice(period.parse::<Stretch>().ok()?.kind().into())),
                _ => None,
            },
            Term::LastDay(field) => match self.field(*field)? {
                Value::Key(period) => Some(Value::Date(period.parse::<Stretch>().ok()?.last())),
                _ => None,
            },
            Term::Actor => self.actor.map(|actor| Value::Key(actor.account.clone())),
            Term::ActorOf(act) => Some(Value::Key(self.record?.last(*act)?.by.clone())),
            Term::Agency => self
                .record
                .map(|record| Value::Key(record.agency.clone()))
                .or_else(|| self.actor.map(|actor| Value::Key(actor.agency.clone()))),
            Term::ThisAgency => self.this?.value(&Term::Agency),
            Term::Later(term, period) => {
                let day = self.day(term)?;
                Some(Value::Date(self.calendar.deadline(day.at(0, 0, 0, 0), *period, false).last.date()))
            }
            Term::Earlier(term, period) => earlier(self.day(term)?, period.n, period.unit).map(Value::Date),
            Term::Plus(left, right) => sum(self.value(left)?, self.value(right)?, i64::checked_add),
            Term::Minus(left, right) => sum(self.value(left)?, self.value(right)?, i64::checked_sub),
        }
    }
}

fn count(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Words of whatever kind compare by their letters.
fn word(value: &Value) -> Option<&str> {
    match value {
        Value::Choice(code) | Value::Key(code) => Some(code),
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn sum(left: Value, right: Value, op: fn(i64, i64) -> Option<i64>) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => op(a, b).map(Value::Number),
        (Value::Money(a), Value::Money(b)) => op(a.0, b.0).map(|fen| Value::Money(terms::Fen(fen))),
        _ => None,
    }
}

fn earlier(day: Date, n: u32, unit: Unit) -> Option<Date> {
    let n = i64::from(n);
    let span = match unit {
        Unit::Days => jiff::Span::new().try_days(n),
        Unit::Months => jiff::Span::new().try_months(n),
        Unit::Years => jiff::Span::new().try_years(n),
        Unit::WorkingDays | Unit::Hours => return None,
    };
    day.checked_sub(span.ok()?).ok()
}
