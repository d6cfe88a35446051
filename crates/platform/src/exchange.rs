//! Files that come in and go out: who may, what is noted of them, what waits, and a whole list read through.

use std::sync::Arc;

use ledger::{ExchangeRow, Fault, RecordRow, StagedRow};
use procedure::{Field, Language, Line, Record};
use terms::{Code, Digest, GovernmentCode, Value};

use crate::{Filter, Person, Platform, publish, rows::decode_state};

/// The post that brings in what was kept elsewhere.
const STEWARD: &str = "data_steward";

/// So many rows of a list are read at once.
const STRETCH: u32 = 500;

/// A file that waits longer than this goes with the next one: a day, in microseconds.
const WAITS: i64 = 24 * 3_600 * 1_000_000;

impl Platform {
    /// Whether a person may bring in files.
    pub fn may_import(&self, person: &Person) -> bool {
        person.posts.iter().any(|post| post == STEWARD)
    }

    /// Notes a file that came in or went out; the same id again brings its numbers up to date.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn note_exchange(&self, row: &ExchangeRow) -> Result<(), Fault> {
        let mut tx = self.store.begin(&row.government)?;
        tx.put_exchange(row)?;
        tx.commit()
    }

    /// The newest files that came in and went out.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn exchanges(&self, government: &GovernmentCode, limit: u32) -> Result<Vec<ExchangeRow>, Fault> {
        self.store.read()?.exchanges(government, limit)
    }

    /// The position of a government's log.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn position(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        Ok(self.store.read()?.head(government)?.position)
    }

    /// Keeps a file until it is looked over; what waited too long goes.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn keep_sheet(&self, person: &Person, id: Digest, about: String, bytes: Vec<u8>) -> Result<(), Fault> {
        let (government, at) = (person.government.clone(), self.instant());
        self.store.stage_end(&government, id, at - WAITS)?;
        self.store.stage(&StagedRow { government, id, at, account: person.account.clone(), about, bytes })
    }

    /// A file that the person sent and that waits.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn sheet(&self, person: &Person, id: Digest) -> Result<Option<StagedRow>, Fault> {
        let found = self.store.staged(&person.government, id)?;
        Ok(found.filter(|row| row.account == person.account))
    }

    /// Takes a file away that waits.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn end_sheet(&self, person: &Person, id: Digest) -> Result<(), Fault> {
        self.store.stage_end(&person.government, id, self.instant() - WAITS)
    }

    /// Reads a whole list through, under a person's rights, a stretch at a time: what `see` is given is forgotten again.
    /// A row that was touched meanwhile is seen as it stands when its stretch is read.
    ///
    /// # Errors
    /// Where the store cannot be read; what `see` says.
    pub fn each<E: From<Fault>>(
        &self,
        person: &Person,
        filter: &Filter,
        mut see: impl FnMut(&RecordRow, &Arc<Line>, &Record) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut query = self.narrowed(self.store.read()?.as_mut(), person, filter)?;
        query.limit = STRETCH;
        let mut seen = 0;
        loop {
            let mut read = self.store.read()?;
            let rows = read.records(&query)?;
            let mut stretch = Vec::with_capacity(rows.len());
            for row in rows {
                let line = self.definitions.line(read.as_mut(), row.definition)?;
                stretch.push((row, line));
            }
            // Whoever takes the list slowly keeps no reader from others.
            drop(read);
            for (row, line) in &stretch {
                if let Some(record) = decode_state(&row.state) {
                    see(row, line, &record)?;
                    seen += 1;
                }
            }
            match stretch.last() {
                Some((last, _)) if stretch.len() >= STRETCH as usize => {
                    query.after = Some((Some(last.opened), last.id))
                }
                _ => return Ok(seen),
            }
        }
    }
}

/// A value as a list that leaves the house tells it: what is personal is masked, whoever asks.
pub fn told(field: &Field, value: &Value, language: Language) -> String {
    if field.personal || field.mask.is_some() {
        publish::masked(field, value, language)
    } else {
        publish::plain(field, value, language)
    }
}

/// The code of the post that brings in files.
pub fn steward() -> Code {
    STEWARD.into()
}
