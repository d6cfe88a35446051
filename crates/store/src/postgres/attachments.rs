//! Files that came with events, their bytes in pieces. Taking one in and clearing one away lock its row, so that neither
//! sees half of the other.

use std::ops::DerefMut;

use ledger::{AttachmentRow, Attachments, Bytes, Fault, Hashing, HoldAttachments, ReadAttachments};
use postgres::Row;
use terms::{Digest, GovernmentCode};

use super::handle::{Handle, Value};
use super::open::{Guard, PostgresStore};
use super::read::Session;
use super::rows;
use super::statement as say;
use crate::query::integer;
use crate::sqlite::{other_bytes, unknown};

/// Bytes of a piece; for ever, because a place in the file is found by it.
const PIECE: usize = 1 << 18;

fn key(government: &GovernmentCode, digest: Digest) -> [Value; 2] {
    [government.as_str().into(), digest.0.as_slice().into()]
}

fn read_row(row: &Row) -> Result<AttachmentRow, Fault> {
    Ok(AttachmentRow {
        government: rows::place(row, 0)?,
        digest: rows::digest(row, 1)?,
        size: rows::unsigned(row, 2)?,
        kind: rows::code(row, 3)?,
        uses: rows::unsigned(row, 4)?,
    })
}

/// The next piece of a file: whole, unless it is the last.
fn next_piece(bytes: &mut Bytes<'_>, piece: &mut [u8]) -> Result<usize, Fault> {
    let mut filled = 0;
    while filled < piece.len() {
        match bytes(&mut piece[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

impl Attachments for PostgresStore {
    fn attachment_put(&self, row: &AttachmentRow, account: &str, at: i64, bytes: &mut Bytes<'_>) -> Result<(), Fault> {
        let mut guard = self.beside()?;
        let [government, digest] = key(&row.government, row.digest);
        let params = [government, digest, integer(row.size).into(), row.kind.as_str().into()];
        guard.run(&say::PUT_ATTACHMENT, &params)?;
        guard.rows(&say::LOCK_ATTACHMENT, &key(&row.government, row.digest), |_| Ok(()))?;
        let (mut hashing, mut size, mut piece) = (Hashing::default(), 0, vec![0; PIECE]);
        for n in 0i64.. {
            let read = next_piece(bytes, &mut piece)?;
            if read == 0 {
                break;
            }
            hashing.take(&piece[..read]);
            size += read as u64;
            let [government, digest] = key(&row.government, row.digest);
            guard.run(&say::PUT_PIECE, &[government, digest, n.into(), piece[..read].into()])?;
        }
        other_bytes(row, size, hashing.end())?;
        let [government, digest] = key(&row.government, row.digest);
        guard.run(&say::STAGE, &[government, digest, account.into(), at.into()])?;
        guard.commit(Vec::new(), None)
    }

    fn attachment_bytes(
        &self,
        government: &GovernmentCode,
        digest: Digest,
        from: u64,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let (n, start) = (from / PIECE as u64, usize::try_from(from % PIECE as u64).unwrap_or(0));
        self.looking(|handle| {
            let [government, digest] = key(government, digest);
            let piece = handle.one(&say::PIECE, &[government, digest, integer(n).into()], |row| rows::bytes(row, 0))?;
            if let Some(piece) = piece {
                let end = start.saturating_add(most).min(piece.len());
                return Ok(Some(piece.get(start..end).unwrap_or_default().to_vec()));
            }
            Ok(None)
        })
        .and_then(|found| match found {
            Some(bytes) => Ok(Some(bytes)),
            // At or past the end of a file that is there, or an empty one: nothing more.
            None => Ok(self.read_size(government, digest)?.filter(|size| from >= *size).map(|_| Vec::new())),
        })
    }

    fn attachments_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        let own = || government.as_str().into();
        self.alone(|handle| handle.run(&say::SWEEP_STAGED, &[own(), before.into()]))?;
        let unused = self.looking(|handle| handle.rows(&say::UNUSED, &[own()], |row| rows::digest(row, 0)))?;
        let mut gone = 0;
        for digest in unused {
            let mut guard = self.beside()?;
            // Whoever takes the same file in, or names it, waits here or has just done so: each statement sees that.
            let uses = guard.one(&say::LOCK_ATTACHMENT, &key(government, digest), |row| rows::integer(row, 0))?;
            let staged = guard.one(&say::STAGED_BY_ANYBODY, &key(government, digest), |_| Ok(()))?;
            if uses != Some(0) || staged.is_some() {
                continue;
            }
            guard.run(&say::DROP_PIECES, &key(government, digest))?;
            guard.run(&say::DROP_ATTACHMENT, &key(government, digest))?;
            let transaction = guard.transaction()?;
            guard.commit(Vec::new(), transaction)?;
            gone += 1;
        }
        Ok(gone)
    }
}

impl PostgresStore {
    fn read_size(&self, government: &GovernmentCode, digest: Digest) -> Result<Option<u64>, Fault> {
        let key = key(government, digest);
        self.looking(|handle| handle.one(&say::ATTACHMENT, &key, |row| rows::unsigned(row, 2)))
    }
}

impl<H: DerefMut<Target = Handle>> ReadAttachments for Session<H> {
    fn attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<Option<AttachmentRow>, Fault> {
        self.handle.one(&say::ATTACHMENT, &key(government, digest), read_row)
    }

    fn attachment_staged(&mut self, government: &GovernmentCode, digest: Digest, account: &str) -> Result<bool, Fault> {
        let [government, digest] = key(government, digest);
        Ok(self.handle.one(&say::STAGED, &[government, digest, account.into()], |_| Ok(()))?.is_some())
    }

    fn attachments(
        &mut self,
        government: &GovernmentCode,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>, Fault> {
        // Before the first digest there is nothing, and no digest is empty.
        let after = after.as_ref().map_or(&[][..], |digest| &digest.0[..]);
        self.handle.rows(&say::ATTACHMENTS, &[government.as_str().into(), after.into(), limit.into()], read_row)
    }
}

impl HoldAttachments for Session<Guard<'_>> {
    fn hold_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault> {
        self.own(government)?;
        match self.direct(&say::HOLD_ATTACHMENT, &key(government, digest))? {
            0 => Err(unknown(digest)),
            _ => Ok(()),
        }
    }

    fn release_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault> {
        self.own(government)?;
        if self.direct(&say::RELEASE_ATTACHMENT, &key(government, digest))? == 0 {
            return Err(unknown(digest));
        }
        let left = self.handle.one(&say::ATTACHMENT, &key(government, digest), |row| rows::unsigned(row, 4))?;
        if left == Some(0) {
            self.direct(&say::UNSTAGE, &key(government, digest))?;
        }
        Ok(())
    }
}
