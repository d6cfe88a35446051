//! Files that came with events. Their bytes lie beside the ledger's file, each under its digest; the table says which are
//! there and which must stay. A row is durable before its bytes get their name, and bytes go before their row: so
//! whatever ends the program, no bytes are left that nobody knows of, and a row without bytes counts as absent.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::{AttachmentRow, Attachments, Bytes, Fault, Hashing, HoldAttachments, ReadAttachments};
use rusqlite::{Row, params};
use terms::{Digest, GovernmentCode};

use super::handle::{Handle, refused};
use super::open::{SqliteStore, WriteGuard};
use super::read::Session;
use super::rows;
use crate::query::integer;

/// Beside the ledger's file.
pub(super) const FOLDER: &str = "attachments";
/// In that folder: what is being taken in. No government is called so.
const PART: &str = "part";
/// How much is copied at once.
const PIECE: usize = 1 << 16;

/// Where the bytes of a file lie, under the folder of a ledger or of a backup.
pub(super) fn place(data: &Path, government: &str, digest: Digest) -> PathBuf {
    let name = digest.to_string();
    let (first, rest) = name.split_at(2);
    data.join(FOLDER).join(government).join(first).join(rest)
}

/// Clears away what was being taken in when a program ended. The folder must be this program's alone.
pub(super) fn clear_parts(data: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(spool(data)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(data, &error)),
        _ => Ok(()),
    }
}

/// Where files lie while they come in.
pub(crate) fn spool(data: &Path) -> PathBuf {
    data.join(FOLDER).join(PART)
}

fn unusable(data: &Path, error: &io::Error) -> Fault {
    refused(format!(
        "a file can't be kept in {} ({error}): make room, and let this program read and write there; nothing of it was \
         kept",
        data.join(FOLDER).display()
    ))
}

/// The folder of the ledger that a connection has open.
fn folder(handle: &Handle) -> PathBuf {
    let path = handle.connection.path().map(Path::new).and_then(Path::parent);
    path.unwrap_or(Path::new("")).to_owned()
}

/// Writes bytes under a temporary name, brings them to the disk, and gives the name.
fn write_part(data: &Path, row: &AttachmentRow, bytes: &mut Bytes<'_>) -> Result<PathBuf, Fault> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let unusable = |error: io::Error| unusable(data, &error);
    let parts = spool(data);
    fs::create_dir_all(&parts).map_err(unusable)?;
    let part = parts.join(format!("{}-{}", row.digest, NEXT.fetch_add(1, Ordering::Relaxed)));
    let written = take_in(&part, row, bytes, &unusable);
    if written.is_err() {
        // It is in nobody's way: the next start clears it away.
        let _ = fs::remove_file(&part);
    }
    written.map(|()| part)
}

fn take_in(
    part: &Path,
    row: &AttachmentRow,
    bytes: &mut Bytes<'_>,
    unusable: &dyn Fn(io::Error) -> Fault,
) -> Result<(), Fault> {
    let mut file = File::create(part).map_err(unusable)?;
    let (mut hashing, mut size, mut piece) = (Hashing::default(), 0, vec![0; PIECE]);
    loop {
        let read = bytes(&mut piece)?;
        if read == 0 {
            break;
        }
        hashing.take(&piece[..read]);
        size += read as u64;
        file.write_all(&piece[..read]).map_err(unusable)?;
    }
    other_bytes(row, size, hashing.end())?;
    file.sync_all().map_err(unusable)
}

/// Refuses bytes that are not those of a row.
pub(crate) fn other_bytes(row: &AttachmentRow, size: u64, digest: Digest) -> Result<(), Fault> {
    if (size, digest) == (row.size, row.digest) {
        return Ok(());
    }
    Err(Fault {
        kind: ledger::FaultKind::Damaged,
        message: format!(
            "the file {} came as {size} bytes with the SM3 {digest}: it was altered on its way, and was not kept",
            row.digest
        ),
    })
}

/// Gives bytes their name, durably.
fn name(part: &Path, place: &Path) -> io::Result<()> {
    let under = |path: &Path, levels: usize| path.ancestors().nth(levels).map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(under(place, 1))?;
    fs::rename(part, place)?;
    // The folder that names the file, the government's, that of all files, and the ledger's.
    (1..=4).try_for_each(|level| File::open(under(place, level)).and_then(|folder| folder.sync_all()))
}

/// Overwrites bytes, as SQLite does with what is erased, and takes their name away, durably.
fn destroy(place: &Path) -> io::Result<()> {
    let mut file = match File::options().write(true).open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut left = file.metadata()?.len();
    while left > 0 {
        let some = left.min(PIECE as u64);
        file.write_all(&vec![0; usize::try_from(some).unwrap_or(PIECE)])?;
        left -= some;
    }
    file.sync_all()?;
    fs::remove_file(place)?;
    place.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn read_row(row: &Row<'_>) -> Result<AttachmentRow, Fault> {
    Ok(AttachmentRow {
        government: rows::place(row, 0)?,
        digest: rows::digest(row, 1)?,
        size: rows::unsigned(row, 2)?,
        kind: rows::code(row, 3)?,
        uses: rows::unsigned(row, 4)?,
    })
}

/// The files that events name in a ledger's file; none where it is of before there were files.
pub(super) fn held(handle: &Handle) -> Result<Vec<AttachmentRow>, Fault> {
    let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attachment'";
    if handle.one(sql, [], |_| Ok(()))?.is_none() {
        return Ok(Vec::new());
    }
    let sql = "SELECT government, digest, size, kind, uses FROM attachment WHERE uses > 0 ORDER BY government, digest";
    handle.rows(sql, [], read_row)
}

impl SqliteStore {
    /// The folder in which the ledger lies.
    pub(super) fn data(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Notes who brought a file; durable when it returns.
    fn stage(&self, row: &AttachmentRow, account: &str, at: i64) -> Result<(), Fault> {
        let writer = self.writing()?;
        let handle = &writer.handle;
        let key = params![row.government.as_str(), row.digest.0];
        let sql = "SELECT 1 FROM attachment WHERE government = $1 AND digest = $2";
        if handle.one(sql, key, |_| Ok(()))?.is_none() {
            handle.run(
                "INSERT INTO attachment (government, digest, size, kind, uses) VALUES ($1, $2, $3, $4, 0)",
                params![row.government.as_str(), row.digest.0, integer(row.size), row.kind.as_str()],
            )?;
        }
        handle.run(
            "INSERT INTO staged (government, digest, account, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (government, digest, account) DO UPDATE SET at = excluded.at WHERE staged.at < excluded.at",
            params![row.government.as_str(), row.digest.0, account, at],
        )?;
        drop(writer);
        self.flush()
    }
}

impl Attachments for SqliteStore {
    fn attachment_put(&self, row: &AttachmentRow, account: &str, at: i64, bytes: &mut Bytes<'_>) -> Result<(), Fault> {
        let part = write_part(self.data(), row, bytes)?;
        let place = place(self.data(), row.government.as_str(), row.digest);
        let staged = self.stage(row, account, at);
        staged.and_then(|()| name(&part, &place).map_err(|error| unusable(self.data(), &error))).inspect_err(|_| {
            let _ = fs::remove_file(&part);
        })
    }

    fn attachment_bytes(
        &self,
        government: &GovernmentCode,
        digest: Digest,
        from: u64,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let unreadable = |error: io::Error| unusable(self.data(), &error);
        let mut file = match File::open(place(self.data(), government.as_str(), digest)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        file.seek(SeekFrom::Start(from)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(most as u64).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Some(bytes))
    }

    fn attachments_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        let writer = self.writing()?;
        let handle = &writer.handle;
        handle.run("DELETE FROM staged WHERE government = $1 AND at < $2", params![government.as_str(), before])?;
        let sql = "SELECT digest FROM attachment WHERE government = $1 AND uses = 0 AND NOT EXISTS ( \
                   SELECT 1 FROM staged WHERE staged.government = attachment.government \
                   AND staged.digest = attachment.digest) ORDER BY digest";
        let unused = handle.rows(sql, params![government.as_str()], |row| rows::digest(row, 0))?;
        if unused.is_empty() {
            return Ok(0);
        }
        // What released them must outlive the power before they go.
        self.flush()?;
        for digest in &unused {
            destroy(&place(self.data(), government.as_str(), *digest))
                .map_err(|error| unusable(self.data(), &error))?;
            let sql = "DELETE FROM attachment WHERE government = $1 AND digest = $2";
            handle.run(sql, params![government.as_str(), digest.0])?;
        }
        Ok(unused.len() as u64)
    }
}

impl<H: Deref<Target = Handle>> ReadAttachments for Session<H> {
    fn attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<Option<AttachmentRow>, Fault> {
        let sql = "SELECT government, digest, size, kind, uses FROM attachment WHERE government = $1 AND digest = $2";
        let found = self.handle.one(sql, params![government.as_str(), digest.0], read_row)?;
        let there = |row: &AttachmentRow| place(&folder(&self.handle), row.government.as_str(), digest).exists();
        // Where an event names it, bytes that are not there are damage, and not absence.
        Ok(found.filter(|row| row.uses > 0 || there(row)))
    }

    fn attachment_staged(&mut self, government: &GovernmentCode, digest: Digest, account: &str) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM staged WHERE government = $1 AND digest = $2 AND account = $3";
        Ok(self.handle.one(sql, params![government.as_str(), digest.0, account], |_| Ok(()))?.is_some())
    }

    fn attachments(
        &mut self,
        government: &GovernmentCode,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>, Fault> {
        // Before the first digest there is nothing, and no digest is empty.
        let after = after.as_ref().map_or(&[][..], |digest| &digest.0[..]);
        let sql = "SELECT government, digest, size, kind, uses FROM attachment \
                   WHERE government = $1 AND digest > $2 AND uses > 0 ORDER BY digest LIMIT $3";
        self.handle.rows(sql, params![government.as_str(), after, limit], read_row)
    }
}

impl HoldAttachments for Session<WriteGuard<'_>> {
    fn hold_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault> {
        self.own(government)?;
        let sql = "UPDATE attachment SET uses = uses + 1 WHERE government = $1 AND digest = $2";
        let held = self.handle.run(sql, params![government.as_str(), digest.0])?;
        if held == 0 { Err(unknown(digest)) } else { Ok(()) }
    }

    fn release_attachment(&mut self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault> {
        self.own(government)?;
        let key = params![government.as_str(), digest.0];
        let sql = "UPDATE attachment SET uses = uses - 1 WHERE government = $1 AND digest = $2 AND uses > 0";
        if self.handle.run(sql, key)? == 0 {
            return Err(unknown(digest));
        }
        let sql = "DELETE FROM staged WHERE government = $1 AND digest = $2 AND EXISTS ( \
                   SELECT 1 FROM attachment WHERE government = $1 AND digest = $2 AND uses = 0)";
        self.handle.run(sql, key)?;
        Ok(())
    }
}

/// No event can name what is not there.
pub(crate) fn unknown(digest: Digest) -> Fault {
    refused(format!("the file {digest} is not kept here: bring it again"))
}
