//! Hashes, chains and heads, and their check.

use std::collections::HashMap;
use std::fmt;

use sm3::{Digest as _, Sm3};
use terms::{Digest, GovernmentCode, RecordId};

use crate::{ContentRow, DecodeError, Envelope, EventRow, Head, NOTHING};

/// SM3 over bytes as they are stored.
pub fn hash(bytes: &[u8]) -> Digest {
    Digest(Sm3::digest(bytes).into())
}

/// SM3 over bytes that come piece by piece: a file too large to hold.
#[derive(Default)]
pub struct Hashing(Sm3);

impl Hashing {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash over all that was taken.
    pub fn end(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// The sealed digest of a part of content: SM3 over the nonce and the bytes. Without the nonce nobody can find the
/// content by trying, so that once both are erased the digest says nothing.
pub fn seal(nonce: &[u8; 16], bytes: &[u8]) -> Digest {
    Digest(Sm3::new_with_prefix(nonce).chain_update(bytes).finalize().into())
}

/// The head of a log after one more event: SM3 over the head before it and the event's hash.
pub fn extend_head(head: Digest, event: Digest) -> Digest {
    Digest(Sm3::new_with_prefix(head.0).chain_update(event.0).finalize().into())
}

/// Where each record stands: the number and the hash of its last event.
pub type Links = HashMap<RecordId, (u32, Digest)>;

/// The first place at which a log is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Position in the log.
    pub position: u64,
    /// Record, as the row names it.
    pub record: RecordId,
    /// Number within the record, as the row names it.
    pub seq: u32,
    /// What differs.
    pub what: What,
}

/// What can differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The row does not stand at the position after the last; that one is named.
    Position {
        /// Position that should come.
        expected: u64,
    },
    /// The envelope can't be read.
    Envelope(DecodeError),
    /// Government, record, number or position of the row are not those of its envelope.
    Row,
    /// The stored hash is not that of the envelope's bytes.
    Hash,
    /// The event does not follow the record's last one.
    Sequence,
    /// The envelope names another previous event than the record's last one.
    Previous,
    /// The bytes of a part are not those that were sealed.
    Content {
        /// Part.
        part: u16,
    },
    /// A part is missing, half erased, or erased though it holds nothing personal.
    Erased {
        /// Part.
        part: u16,
    },
    /// A part that the envelope does not know.
    Added {
        /// Part.
        part: u16,
    },
    /// The stored head is not that of the log so far.
    Head,
}

impl std::error::Error for Difference {}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "position {}, record {}, event {}: ", self.position, self.record, self.seq)?;
        match &self.what {
            What::Position { expected } => write!(f, "position {expected} should come here"),
            What::Envelope(error) => write!(f, "the envelope can't be read: {error}"),
            What::Row => f.write_str("the row and its envelope name different events"),
            What::Hash => f.write_str("the envelope was altered: its hash differs"),
            What::Sequence => f.write_str("the record has no event just before this one"),
            What::Previous => f.write_str("the link to the record's previous event is broken"),
            What::Content { part } => write!(f, "part {part} of the content was altered"),
            What::Erased { part } => write!(f, "part {part} of the content is missing, without a lawful erasure"),
            What::Added { part } => write!(f, "part {part} of the content was never sealed"),
            What::Head => f.write_str("the head of the log differs"),
        }
    }
}

/// Recomputes a stretch of a government's log: hashes, contents, links and heads.
///
/// `before` is the head before the stretch; `records` says where each record stood there, and is brought forward. For
/// a whole log, begin with a head of position 0 and no records, and pass each answer to the next stretch.
///
/// # Errors
/// The first difference.
pub fn check_chain(
    government: &GovernmentCode,
    before: Head,
    records: &mut Links,
    rows: &[EventRow],
) -> Result<Head, Difference> {
    let mut head = before;
    for row in rows {
        let expected = head.position + 1;
        if row.position != expected {
            return Err(difference(row, What::Position { expected }));
        }
        let last = records.get(&row.record).copied();
        check_event(government, last, row).map_err(|what| difference(row, what))?;
        head = Head { position: row.position, hash: extend_head(head.hash, row.hash) };
        if head.hash != row.head {
            return Err(difference(row, What::Head));
        }
        records.insert(row.record, (row.seq, row.hash));
    }
    Ok(head)
}

/// Recomputes one record from its first event: hashes, contents and links. The heads stay unproven.
///
/// # Errors
/// The first difference.
pub fn check_record(government: &GovernmentCode, rows: &[EventRow]) -> Result<(), Difference> {
    let mut last = None;
    let first = rows.first().map(|row| row.record);
    for row in rows {
        if Some(row.record) != first {
            return Err(difference(row, What::Row));
        }
        check_event(government, last, row).map_err(|what| difference(row, what))?;
        last = Some((row.seq, row.hash));
    }
    Ok(())
}

fn difference(row: &EventRow, what: What) -> Difference {
    Difference { position: row.position, record: row.record, seq: row.seq, what }
}

fn check_event(government: &GovernmentCode, last: Option<(u32, Digest)>, row: &EventRow) -> Result<(), What> {
    let envelope = Envelope::decode(&row.envelope).map_err(What::Envelope)?;
    if hash(&row.envelope) != row.hash {
        return Err(What::Hash);
    }
    let written = (&envelope.government, envelope.record, envelope.seq, envelope.position);
    if written != (&row.government, row.record, row.seq, row.position) || envelope.government != *government {
        return Err(What::Row);
    }
    let (seq, previous) = last.unwrap_or((0, NOTHING));
    let opens = row.record.0 == row.position;
    if seq.checked_add(1) != Some(row.seq) || opens != (row.seq == 1) {
        return Err(What::Sequence);
    }
    if envelope.previous != previous {
        return Err(What::Previous);
    }
    check_contents(&envelope.contents, &row.contents)
}

/// Every part that was sealed is there, whole or lawfully erased, and no other.
fn check_contents(sealed: &[(u16, Digest)], rows: &[ContentRow]) -> Result<(), What> {
    for (part, digest) in sealed {
        let part = *part;
        let row = rows.iter().find(|row| row.part == part).ok_or(What::Erased { part })?;
        match (&row.nonce, &row.bytes) {
            (Some(nonce), Some(bytes)) if seal(nonce, bytes) == *digest => {}
            (Some(_), Some(_)) => return Err(What::Content { part }),
            (None, None) if part > 0 => {}
            _ => return Err(What::Erased { part }),
        }
    }
    let added = rows.iter().find(|row| !sealed.iter().any(|(part, _)| *part == row.part));
    match added {
        Some(row) => Err(What::Added { part: row.part }),
        None if rows.len() > sealed.len() => Err(What::Added { part: rows[rows.len() - 1].part }),
        None => Ok(()),
    }
}
