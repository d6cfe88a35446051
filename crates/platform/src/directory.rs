//! Who and what there is, for pages: agencies and people by name, keys to choose from.

use ledger::{Fault, Read, RecordQuery};
use terms::{Code, GovernmentCode, RecordId, Value};

use crate::{Person, Platform, rows::decode_state};

/// The agencies and accounts of a government.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Agencies with their names.
    pub agencies: Vec<(Code, String)>,
    /// Accounts with the names to show and their agencies.
    pub people: Vec<(Code, String, Code)>,
    /// Accounts of these that are closed.
    pub closed: Vec<Code>,
}

impl Directory {
    /// The name of an agency; its code where it has none.
    pub fn agency(&self, code: &str) -> String {
        let found = self.agencies.iter().find(|(other, _)| other == code);
        found.map_or_else(|| code.to_owned(), |(_, name)| name.clone())
    }
    /// The name of whoever holds an account; the account where it has none.
    pub fn person(&self, account: &str) -> String {
        let found = self.people.iter().find(|(other, ..)| other == account);
        found.map_or_else(|| account.to_owned(), |(_, shown, _)| shown.clone())
    }
}

impl Platform {
    /// The agencies and accounts of a government.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn directory(&self, government: &GovernmentCode) -> Result<Directory, Fault> {
        let mut read = self.store.read()?;
        let agencies = read.agencies(government)?.into_iter().map(|agency| (agency.code, agency.name)).collect();
        let people = read.accounts(government)?.into_iter();
        let people = people.map(|one| (one.name, one.shown, one.agency)).collect();
        let closed = read.standings(government)?.into_iter().filter(|standing| standing.closed.is_some());
        Ok(Directory { agencies, people, closed: closed.map(|standing| standing.account).collect() })
    }

    /// Whether the data are synthetic, as the store's note says.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn synthetic(&self) -> Result<bool, Fault> {
        Ok(notes(self.store.read()?.as_mut())?.0)
    }

    /// Keys of a line's records with their labels, newest first, to choose from in a form.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn keys_to_choose(&self, person: &Person, line: &str, limit: u32) -> Result<Vec<(Code, String)>, Fault> {
        let mut read = self.store.read()?;
        let query =
            RecordQuery { lines: vec![line.into()], limit, ..self.query(read.as_mut(), person, &person.government)? };
        let mut keys = Vec::new();
        for row in read.records(&query)? {
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            let Some(record) = decode_state(&row.state) else { continue };
            let key = line.fields_with_ids().filter(|(_, field)| !field.personal).find_map(|(id, field)| match record
                .get(id)
                .filter(|_| field.unique || field.key)?
            {
                Value::Text(text) => Some(Code::from(text.as_str())),
                Value::Key(code) => Some(code.clone()),
                _ => None,
            });
            keys.extend(key.map(|key| (key, row.label)));
        }
        Ok(keys)
    }

    /// One publication of a record, or its stub.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn published_one(
        &self,
        government: &GovernmentCode,
        record: RecordId,
        publication: &str,
    ) -> Result<Option<crate::Published>, Fault> {
        let rows = self.store.read()?.public_of(government, record)?;
        let row = rows.into_iter().find(|row| row.publication == publication);
        Ok(row.map(|row| {
            let line = self.line_today(government, &row.line);
            (row, line)
        }))
    }
}

/// What every page says of the data, as the store's notes have it: whether they are synthetic, and which governments'
/// records are still coming in; empty where all are there.
pub(crate) fn notes(read: &mut dyn Read) -> Result<(bool, String), Fault> {
    let synthetic = read.note("synthetic")?.is_some_and(|note| note == "yes");
    Ok((synthetic, read.note("coming")?.unwrap_or_default()))
}
