//! A connection whose statements are prepared once and counted.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::{Fault, FaultKind};
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, ErrorCode, Params, Row, config::DbConfig};

use crate::query::Param;

/// What an operator can do about a damaged store.
const REMEDY: &str = "stop the program, keep the folder as it is, and put back the last backup";

/// A connection of the store.
pub(crate) struct Handle {
    pub(crate) connection: Connection,
    statements: Arc<AtomicU64>,
    /// The disk refused a statement, which may stand in part: nothing of its transaction may be committed.
    failed: Cell<bool>,
}

impl Handle {
    pub(crate) fn new(connection: Connection, statements: Arc<AtomicU64>) -> Handle {
        connection.set_prepared_statement_cache_capacity(128);
        // A plan that does not hang on the values bound to it: otherwise a fifth of the time goes into planning the
        // same statements again. Where this SQLite cannot promise it, it is only slower.
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
        Handle { connection, statements, failed: Cell::new(false) }
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize, Fault> {
        self.count();
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params));
        done.map_err(|error| {
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure)) {
                self.failed.set(true);
            }
            fault(error)
        })
    }

    /// Begins a transaction for writing.
    pub(crate) fn begin(&self) -> Result<(), Fault> {
        self.run("BEGIN IMMEDIATE", [])?;
        self.failed.set(false);
        Ok(())
    }

    /// The transaction runs and is whole. A full disk or a failing one ends it, and a statement after that would stand
    /// alone; or it leaves a part of what was to be written.
    pub(crate) fn whole(&self) -> Result<(), Fault> {
        if self.failed.get() || self.connection.is_autocommit() {
            return Err(refused("the transaction was ended by an earlier failure: nothing of it stands".to_owned()));
        }
        Ok(())
    }

    /// All rows of a statement.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.count();
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query(params).map_err(fault)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The first row of a statement.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.count();
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query(params).map_err(fault)?;
        rows.next().map_err(fault)?.map(read).transpose()
    }
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Param::Integer(number) => number.to_sql(),
            Param::Text(text) => text.to_sql(),
        }
    }
}

/// A failure of SQLite as the operator needs it.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    let told = error.to_string();
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return damaged(&told);
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (FaultKind::InUse, format!("another program is writing to this ledger ({told}): wait for it to finish"))
        }
        Some(ErrorCode::DiskFull) => {
            (FaultKind::Unavailable, format!("the disk is full ({told}): make room; nothing of this act was written"))
        }
        // Also where a file meets the limit that the system sets to its size: SQLite calls that the same.
        Some(ErrorCode::SystemIoFailure) => (
            FaultKind::Unavailable,
            format!(
                "the disk did not do what was asked ({told}): check its room, the limit on the size of files (ulimit \
                 -f) and the disk itself; the act was not put down, and sending it again does it once at most"
            ),
        ),
        Some(ErrorCode::CannotOpen) => (
            FaultKind::Unavailable,
            format!("the ledger's file can't be opened ({told}): let this program read and write the folder"),
        ),
        _ => (FaultKind::Unavailable, format!("the ledger can't be used: {told}")),
    };
    Fault { kind, message }
}

/// What is stored is not what was written.
pub(crate) fn damaged(what: &str) -> Fault {
    Fault { kind: FaultKind::Damaged, message: format!("the ledger is damaged ({what}): {REMEDY}") }
}

/// The caller asked for what can't be done.
pub(crate) fn refused(message: String) -> Fault {
    Fault { kind: FaultKind::Unavailable, message }
}
