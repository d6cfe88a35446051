//! A party asks, without signing in, who has the record and until when: by its number and the last digits of the telephone
//! or identity number that were given for the party. Nothing else of the record is told, and not which of the two was
//! wrong.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger::{Fault, Read, RecordRow};
use procedure::{FieldType, Line, Record, Said};
use terms::{Code, Date, Digest, GovernmentCode, RecordId, Value};

use crate::excerpt::plain;
use crate::{ClockView, Platform, rows::decode_state};

/// So many wrong answers are free for a number, and for an address, behind which there may be a whole service hall.
const FREE_OF_NUMBER: u32 = 5;
const FREE_OF_ADDRESS: u32 = 30;
/// So many digits at least are asked for.
const DIGITS: usize = 4;
/// Nothing longer is a number.
const LONGEST: usize = 80;

/// What a party is told.
#[derive(Clone, Debug)]
pub enum Inquiry {
    /// How the record stands.
    Found(Box<Progress>),
    /// Number and digits do not fit together.
    No,
    /// Too many were wrong.
    Wait {
        /// For so long.
        minutes: u32,
    },
}

/// How a record stands, for a party to it.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Its line.
    pub line: Arc<Line>,
    /// Its number, as it was asked for.
    pub number: String,
    /// Its stage.
    pub stage: Said,
    /// Nothing is due any more.
    pub closed: bool,
    /// Who has it.
    pub agency: Code,
    /// The day it was received.
    pub received: Date,
    /// Its limits.
    pub clocks: Vec<ClockView>,
}

impl Platform {
    /// Answers a party. `address` is where the question comes from. Every question is counted before it is looked at, so
    /// that many at once gain nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn inquire(
        &self,
        government: &GovernmentCode,
        address: &str,
        number: &str,
        digits: &str,
    ) -> Result<Inquiry, Fault> {
        let of_address = ledger::hash(format!("inquiry\0address\0{address}").as_bytes());
        let of_number = ledger::hash(format!("inquiry\0number\0{}", plain(number)).as_bytes());
        let guards = [(of_address, FREE_OF_ADDRESS), (of_number, FREE_OF_NUMBER)];
        for (guard, free) in guards {
            if let Some(minutes) = self.attempt(government, guard, free)? {
                return Ok(Inquiry::Wait { minutes });
            }
        }
        let found = self.asked_for(government, number, &plain(digits))?;
        if found.is_some() {
            self.forgive(government, guards.map(|(guard, _)| guard))?;
        }
        Ok(found.map_or(Inquiry::No, |progress| Inquiry::Found(Box::new(progress))))
    }

    fn forgive(&self, government: &GovernmentCode, guards: [Digest; 2]) -> Result<(), Fault> {
        let [of_address, of_number] = guards;
        self.attempt_fitted(government, of_address)?;
        self.store.attempts_end(government, of_number)
    }

    fn asked_for(&self, government: &GovernmentCode, number: &str, digits: &str) -> Result<Option<Progress>, Fault> {
        let number = number.trim();
        if digits.chars().count() < DIGITS || number.chars().count() > LONGEST {
            return Ok(None);
        }
        let mut read = self.store.read()?;
        for row in self.numbered(read.as_mut(), government, number)? {
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let Some(record) = decode_state(&row.state) else { continue };
            if self.is_party(government, &line, &record, digits) {
                return Ok(Some(self.progress(number, &row, line, &record)));
            }
        }
        Ok(None)
    }

    /// The records that bear a number: their own in the log, or one by which records of their line are found.
    fn numbered(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        number: &str,
    ) -> Result<Vec<RecordRow>, Fault> {
        let mut ids: BTreeSet<RecordId> = plain(number).parse::<RecordId>().into_iter().collect();
        let written: Vec<Code> = spellings(number).iter().map(|text| Code::from(text.as_str())).collect();
        for code in self.catalog.codes() {
            let versions = self.catalog.versions(&code);
            let fields = versions.iter().flat_map(|line| &line.fields).filter(|field| field.key || field.unique);
            let fields: BTreeSet<&Code> =
                fields.filter(|field| field.kind == FieldType::Text).map(|field| &field.code).collect();
            for field in fields {
                ids.extend(read.keyed(government, &code, field, &written)?.into_iter().map(|(_, id)| id));
            }
        }
        read.records_of(government, &ids.into_iter().collect::<Vec<_>>())
    }

    /// Whether the digits are the last of a telephone or number of a party that may ask. Who may is said by the line as it
    /// is today, also of records that stand under an older version.
    fn is_party(&self, government: &GovernmentCode, line: &Line, record: &Record, digits: &str) -> bool {
        let today = self.catalog.line(&line.code, government, self.now().date());
        let today = today.as_deref().unwrap_or(line);
        let askers = today.fields.iter().filter(|field| field.inquiry);
        let values = askers.filter_map(|field| record.get(line.field_id(&field.code)?));
        let mut given = values.filter_map(|value| match value {
            Value::Party(party) => Some([party.phone.as_deref(), party.number.as_deref()]),
            _ => None,
        });
        given.any(|both| both.into_iter().flatten().any(|given| plain(given).ends_with(digits)))
    }

    fn progress(&self, number: &str, row: &RecordRow, line: Arc<Line>, record: &Record) -> Progress {
        let stage = line.stages.get(record.stage.index());
        Progress {
            number: number.to_owned(),
            stage: stage.map(|stage| stage.title.clone()).unwrap_or_default(),
            closed: record.closed(&line),
            agency: row.agency.clone(),
            received: row.opened,
            clocks: self.clocks(&line, record, self.now().date()),
            line,
        }
    }
}

/// A number as it may have been given out: brackets of the keyboard stand for those of official numbers.
fn spellings(number: &str) -> Vec<String> {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let narrowed: String = number.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    let official: String = narrowed
        .chars()
        .map(|c| match c {
            '[' | '(' | '{' | '【' | '〖' => '〔',
            ']' | ')' | '}' | '】' | '〗' => '〕',
            other => other,
        })
        .collect();
    let mut all = vec![number.to_owned(), narrowed, official];
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn brackets_of_the_keyboard_are_those_of_numbers() {
        for typed in ["祁政复决[2026]1号", "祁政复决（２０２６）1号", "祁政复决 【2026】 1号"] {
            assert!(spellings(typed).contains(&"祁政复决〔2026〕1号".to_owned()), "{typed}");
        }
    }
}
