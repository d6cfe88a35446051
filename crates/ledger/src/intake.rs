//! What comes in from files and goes out as files: the note that is kept of it, and the file that waits meanwhile.

use terms::{Code, Digest, GovernmentCode};

use crate::Fault;

/// A file that came in under an order, or a list that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRow {
    /// Government.
    pub government: GovernmentCode,
    /// Its id; the same id again replaces what was noted.
    pub id: Digest,
    /// When: microseconds, UTC.
    pub at: i64,
    /// In, or out.
    pub inward: bool,
    /// Account.
    pub account: Code,
    /// Line; empty: a list of several.
    pub line: Code,
    /// In: where the rows were kept before. Out: what was asked for.
    pub source: String,
    /// In: who approved that they come in.
    pub approver: String,
    /// In: as what the rows came, `import`, `normal` or the code of a mirror. Out: the kind of file.
    pub standing: Code,
    /// Name of the file.
    pub file: String,
    /// In: digest of the file.
    pub digest: Digest,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that came in, or went out.
    pub came: u64,
    /// Rows that had come in before.
    pub repeated: u64,
    /// Rows that did not come in.
    pub left_out: u64,
    /// The log's position before the first row.
    pub first: u64,
    /// The log's position after the last row.
    pub last: u64,
}

/// A file that was sent and waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedRow {
    /// Government.
    pub government: GovernmentCode,
    /// Its id, which is not to be guessed.
    pub id: Digest,
    /// When: microseconds, UTC.
    pub at: i64,
    /// Who sent it, and alone may see it.
    pub account: Code,
    /// What it is, as the platform encodes it.
    pub about: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Reading the notes of files.
pub trait ReadExchanges {
    /// The newest, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn exchanges(&mut self, government: &GovernmentCode, limit: u32) -> Result<Vec<ExchangeRow>, Fault>;
}

/// Writing them.
pub trait WriteExchanges {
    /// Notes a file.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn put_exchange(&mut self, row: &ExchangeRow) -> Result<(), Fault>;
}

/// Files that wait. Outside the ledger's transactions: each call stands by itself, and what waits may be lost.
pub trait Staging {
    /// Keeps a file.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn stage(&self, row: &StagedRow) -> Result<(), Fault>;
    /// A file that waits.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn staged(&self, government: &GovernmentCode, id: Digest) -> Result<Option<StagedRow>, Fault>;
    /// Takes a file away, and those that came before a moment.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn stage_end(&self, government: &GovernmentCode, id: Digest, before: i64) -> Result<(), Fault>;
}
