//! Files that belong to events: what a store must do for their bytes.
//!
//! A file is known by the SM3 of its bytes. It is taken in first, for the account that brings it, and stands in staging
//! until an event names it; how many do is counted, so that bytes go when the last of them has been erased. The event's
//! envelope holds the digest for ever, its content the name, size and kind, one part for each file: that part can be
//! erased, and with it the bytes.

use terms::{Code, Digest, GovernmentCode};

use crate::Fault;

/// The bytes of a file that is taken in, from the first to the last; it fills what it is given and gives how much: 0 at
/// the end. The ledger's crates know no disk.
pub type Bytes<'a> = dyn FnMut(&mut [u8]) -> Result<usize, Fault> + 'a;

/// A file whose bytes are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Government.
    pub government: GovernmentCode,
    /// SM3 of its bytes.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
    /// What it is, told by its content: `pdf`, `png` ...
    pub kind: Code,
    /// How many events name it and have not been erased; 0: it stands in staging.
    pub uses: u64,
}

/// What a store does with the bytes of files. Each call stands by itself.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be reached
pub trait Attachments {
    /// Takes a file in, piece by piece, and notes that an account brought it. Once it returns, the bytes are durable. The
    /// same file again is kept once. Bytes that do not have the row's digest and size are a fault, and nothing of them is
    /// kept. The row's `uses` is not written.
    fn attachment_put(&self, row: &AttachmentRow, account: &str, at: i64, bytes: &mut Bytes<'_>) -> Result<(), Fault>;
    /// Bytes of a file from a place on: at least one, and at most `most`, unless it ends there; `None` where the bytes are
    /// not there.
    fn attachment_bytes(
        &self,
        government: &GovernmentCode,
        digest: Digest,
        from: u64,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Fault>;
    /// Forgets who brought what before a moment, and clears away the bytes that are in nobody's staging and that no event
    /// names; gives how many files went.
    fn attachments_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault>;
}

/// What a reader knows of files.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait ReadAttachments {
    /// A file, if it is kept; one in staging, if its bytes are there.
    fn attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<Option<AttachmentRow>, Fault>;
    /// Whether an account brought a file that still stands in staging for it.
    fn attachment_staged(&mut self, government: &GovernmentCode, digest: Digest, account: &str) -> Result<bool, Fault>;
    /// The files that events name, in order of their digests, after one.
    fn attachments(
        &mut self,
        government: &GovernmentCode,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>, Fault>;
}

/// What a transaction does with files.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be written
pub trait HoldAttachments {
    /// An event of this transaction names a file: its bytes stay. A file whose bytes are not there is a fault.
    fn hold_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault>;
    /// What an event says of a file was erased. Where it was the last that named it, the bytes go with the next
    /// [`Attachments::attachments_sweep`], whoever still has it in staging.
    fn release_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault>;
}
