//! What an erasure leaves behind in the server's files, cleared away as soon as nobody can see it any more.
//!
//! An erased row stays in the table's file as a dead one until the server vacuums, which by itself may be never: it
//! waits until a fifth of the table is dead. What remains after that is told in docs/security.md.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ledger::Fault;

use super::handle::Handle;
use super::rows;
use super::statement as say;

/// What people wrote, and what is derived from it and written anew by who erases.
const TABLES: [&str; 8] =
    ["content", "record", "key_value", "public", "attachment_piece", "draft", "remark", "message"];
/// How long a vacuum that failed is not tried again: it may have taken its time to fail.
const PAUSE: Duration = Duration::from_secs(3600);

/// An erasure whose rows may still stand in the files.
struct Waiting {
    /// The erasing transaction; `None`: one of before the store was opened, if there was any.
    transaction: Option<i64>,
    failed: Option<Instant>,
}

/// Remembers what is left to be cleared away.
pub(super) struct Scrub(Mutex<Option<Waiting>>);

impl Scrub {
    /// An erasure that could not be completed before a program ended is completed with the first commit, in the contents.
    pub(super) fn new() -> Scrub {
        Scrub(Mutex::new(Some(Waiting { transaction: None, failed: None })))
    }

    /// Housekeeping after a commit: whatever comes of it, the commit stands. `erased`: the transaction, where it erased.
    pub(super) fn run(&self, handle: &mut Handle, erased: Option<i64>) {
        let Some(mut waiting) = self.take(erased) else { return };
        let pauses = waiting.failed.is_some_and(|failed| failed.elapsed() < PAUSE);
        let mut done = !pauses && handle.hidden(waiting.transaction).unwrap_or(false);
        if done {
            // Little changes in the contents, so that a start of the program is not held up by them.
            let tables = if waiting.transaction.is_some() { &TABLES[..] } else { &TABLES[..1] };
            done = tables.iter().all(|table| handle.simple(&say::vacuum(table)).is_ok());
            waiting.failed = (!done).then(Instant::now);
        }
        if !done {
            let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have erased meanwhile: the later transaction stands for both.
            left.get_or_insert(waiting);
        }
    }

    fn take(&self, erased: Option<i64>) -> Option<Waiting> {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match erased {
            None => before,
            Some(_) => Some(Waiting { transaction: erased, failed: None }),
        }
    }
}

impl Handle {
    /// The transaction's number, as old rows bear it.
    pub(super) fn transaction(&mut self) -> Result<Option<i64>, Fault> {
        self.one(&say::TRANSACTION, &[], |row| rows::integer(row, 0))
    }

    /// Whether no session can see what stood before a transaction, as far as this role is told of others' sessions.
    fn hidden(&mut self, transaction: Option<i64>) -> Result<bool, Fault> {
        let Some(transaction) = transaction else { return Ok(true) };
        Ok(self.one(&say::WATCHED, &[transaction.into()], |row| rows::integer(row, 0))? == Some(0))
    }
}
