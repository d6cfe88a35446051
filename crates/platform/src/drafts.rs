//! Forms put aside half filled. A draft is its author's alone and no part of the ledger: it holds what somebody has not
//! said yet, so it is kept apart, and goes once its act is done, at its author's word, or with time.

use ledger::{DraftRow, Fault};
use terms::{Code, CommandId, GovernmentCode, RecordId};

use crate::{Person, Platform};

/// A draft that nobody took up again for so long (microseconds) is swept away: 90 days.
const KEPT: i64 = 90 * 24 * 3_600 * 1_000_000;
/// So many may one account keep.
const MOST: usize = 100;

/// A form put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The command that the form will send.
    pub id: CommandId,
    /// The record; `None`: it would open one.
    pub record: Option<RecordId>,
    /// Line.
    pub line: Code,
    /// Act; empty: the return of a proposal.
    pub act: Code,
    /// What was typed: names and texts.
    pub typed: Vec<(String, String)>,
    /// When it was put aside: microseconds, UTC.
    pub at: i64,
}

impl Draft {
    fn of(row: DraftRow) -> Draft {
        // What cannot be read is empty: a form begins anew, and nobody is kept from the desk by it.
        let typed = serde_json::from_slice(&row.typed).unwrap_or_default();
        Draft { id: row.id, record: row.record, line: row.line, act: row.act, typed, at: row.at }
    }
}

impl Platform {
    /// Puts a form aside for its author, in the place of the draft of the same id. Gives false where the author has
    /// too many, or no place for another.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn put_aside(&self, person: &Person, draft: &Draft) -> Result<bool, Fault> {
        let (_, at) = self.clock.now();
        let government = &person.government;
        let mut tx = self.store.begin(government)?;
        let stands = tx.drafts(government, &person.account)?;
        if stands.len() >= MOST && stands.iter().all(|row| row.id != draft.id) {
            return Ok(false);
        }
        let typed = serde_json::to_vec(&draft.typed).unwrap_or_default();
        tx.put_draft(
            government,
            &DraftRow {
                account: person.account.clone(),
                id: draft.id,
                record: draft.record,
                line: draft.line.clone(),
                act: draft.act.clone(),
                typed,
                at,
            },
        )?;
        tx.commit()?;
        Ok(true)
    }

    /// A person's drafts, newest first. One whose command was answered has done its duty, and goes.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn drafts(&self, person: &Person) -> Result<Vec<Draft>, Fault> {
        let government = &person.government;
        let mut read = self.store.read()?;
        let rows = read.drafts(government, &person.account)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<CommandId> = rows.iter().map(|row| row.id).collect();
        let answered: Vec<CommandId> = read.commands(government, &ids)?.into_iter().map(|row| row.id).collect();
        drop(read);
        if !answered.is_empty() {
            let mut tx = self.store.begin(government)?;
            for id in &answered {
                tx.end_draft(government, &person.account, *id)?;
            }
            tx.commit()?;
        }
        Ok(rows.into_iter().filter(|row| !answered.contains(&row.id)).map(Draft::of).collect())
    }

    /// A draft of this person; nobody is given another's.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn draft(&self, person: &Person, id: CommandId) -> Result<Option<Draft>, Fault> {
        let found = self.store.read()?.draft(&person.government, &person.account, id)?;
        Ok(found.map(Draft::of))
    }

    /// Throws a draft away; gives whether there was one.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn end_draft(&self, person: &Person, id: CommandId) -> Result<bool, Fault> {
        let government = &person.government;
        if self.store.read()?.draft(government, &person.account, id)?.is_none() {
            return Ok(false);
        }
        let mut tx = self.store.begin(government)?;
        let ended = tx.end_draft(government, &person.account, id)?;
        tx.commit()?;
        Ok(ended)
    }

    /// Sweeps away the drafts that nobody took up again.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn sweep_drafts(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        let (_, now) = self.clock.now();
        let mut tx = self.store.begin(government)?;
        let gone = tx.sweep_drafts(government, now - KEPT)?;
        tx.commit()?;
        Ok(gone)
    }

    /// Takes what was written about a record outside the log (drafts and remarks) away: it goes with the record's
    /// personal content. Gives how many pieces.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn erase_beside(&self, government: &GovernmentCode, record: RecordId) -> Result<u64, Fault> {
        let (_, now) = self.clock.now();
        let mut tx = self.store.begin(government)?;
        let gone = tx.erase_drafts(government, record)? + tx.erase_remarks(government, record, now)?;
        tx.commit()?;
        Ok(gone)
    }
}
