//! Backup of a ledger while a program writes to it, and its return.
//!
//! A backup is a folder with the ledger, the files that its events name, and the manifest that says what they must be.
//! The manifest comes last, so that a folder without one is known to be half-written.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ledger::{AttachmentRow, Fault, FaultKind, Hashing};
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use terms::{DateTime, Digest};

use super::attachments::{FOLDER, held, place};
use super::handle::{Handle, damaged, fault, refused};
use super::open::{FILE, MIGRATIONS, check, lock, newer, present, unreachable, version};
use super::rows;

/// The ledger in a backup. Not named as in a folder that is served, so that no program writes to it by mistake.
const COPY: &str = "backup.db";
/// What the copy must be.
const MANIFEST: &str = "backup.json";
/// Stands at the end of a name while its file is being written.
const PART: &str = ".part";
/// How much is copied at once.
const PIECE: usize = 1 << 20;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The program that took it, with its version.
    pub program: String,
    /// The ledger's schema.
    pub schema: usize,
    /// When it was begun.
    pub taken: DateTime,
    /// How far each government's log goes.
    pub governments: Vec<Kept>,
    /// Size of the copy.
    pub bytes: u64,
    /// SM3 over the copy.
    pub sm3: Digest,
    /// How many files came with its events. The copy says which, each by its SM3.
    #[serde(default)]
    pub attachments: u64,
    /// Their size together.
    #[serde(default)]
    pub attachment_bytes: u64,
}

/// The head of a government's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The government.
    pub government: String,
    /// Position of the last event.
    pub position: u64,
    /// Hash over the whole log up to it.
    pub head: Digest,
}

/// Copies the ledger in a folder into another, also while a program writes to it; what was committed before this
/// began is in the copy. The writer is not held up: the copy is made in one view, while the log grows.
///
/// # Errors
/// Where there is no ledger, it is damaged or of a newer version, the other folder can't be written, or holds a backup.
pub fn backup(data: &Path, to: &Path, program: &str, taken: DateTime) -> Result<Manifest, Fault> {
    let ledger = read(&present(data)?)?;
    let schema = version(&ledger)?;
    if schema > MIGRATIONS.len() {
        return Err(newer(schema));
    }
    let unwritable = |error: io::Error| unwritable(to, &error.to_string());
    fs::create_dir_all(to).map_err(unwritable)?;
    let mut told = claim(to)?;
    let part = to.join(format!("{COPY}{PART}"));
    remove(&part).map_err(unwritable)?;
    copy(&ledger, &part, to)?;
    let file = File::options().write(true).open(&part).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    let (bytes, sm3) = digest(&part, io::sink()).map_err(unwritable)?;
    let governments = heads(&part)?;
    let files = files(&part)?;
    for file in &files {
        carry(data, to, file, &ledger)?;
    }
    let (attachments, attachment_bytes) = (files.len() as u64, files.iter().map(|file| file.size).sum());
    let program = program.to_owned();
    let manifest = Manifest { program, schema, taken, governments, bytes, sm3, attachments, attachment_bytes };
    fs::rename(&part, to.join(COPY)).map_err(unwritable)?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| refused(error.to_string()))? + "\n";
    told.set_len(0).and_then(|()| told.write_all(text.as_bytes())).map_err(unwritable)?;
    told.sync_all().and_then(|()| sync_folder(to)).map_err(unwritable)?;
    fs::rename(to.join(format!("{MANIFEST}{PART}")), to.join(MANIFEST)).map_err(unwritable)?;
    sync_folder(to).map_err(unwritable)?;
    Ok(manifest)
}

/// Puts a backup into a place that holds no ledger; checks that it is the one that the manifest describes.
///
/// # Errors
/// Where the backup is damaged, half-written or of a newer version, or the place holds a ledger or can't be written.
pub fn restore(from: &Path, data: &Path) -> Result<Manifest, Fault> {
    let manifest = manifest(from)?;
    if manifest.schema > MIGRATIONS.len() {
        return Err(newer(manifest.schema));
    }
    fs::create_dir_all(data).map_err(|error| unreachable(data, &error))?;
    let _lock = lock(data)?;
    empty(data)?;
    let part = data.join(format!("{FILE}{PART}"));
    let files = data.join(FOLDER);
    let had_files = files.exists();
    let done = take_over(from, &manifest, &part).and_then(|()| take_files(from, data, &part)).and_then(|()| {
        let named = fs::rename(&part, data.join(FILE)).and_then(|()| sync_folder(data));
        named.map_err(|error| unreachable(data, &error))
    });
    if done.is_err() {
        // It is in the way of nothing: the next attempt replaces it.
        let _ = remove(&part);
        if !had_files {
            let _ = fs::remove_dir_all(&files);
        }
    }
    done.map(|()| manifest)
}

/// Opens a ledger's file for reading.
fn read(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(fault)?;
    Ok(connection)
}

/// Takes the folder for one backup. What holds it is the manifest under its temporary name.
fn claim(to: &Path) -> Result<File, Fault> {
    let told = File::options().create(true).truncate(false).write(true).open(to.join(format!("{MANIFEST}{PART}")));
    let told = told.map_err(|error| unwritable(to, &error.to_string()))?;
    match told.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let message = format!("another program writes a backup into {}: name another folder", to.display());
            return Err(Fault { kind: FaultKind::InUse, message });
        }
        Err(TryLockError::Error(error)) => return Err(unwritable(to, &error.to_string())),
    }
    if to.join(MANIFEST).exists() {
        // Where another program has just named this very file, there is nothing left to remove.
        let _ = remove(&to.join(format!("{MANIFEST}{PART}")));
        let message = format!("{} holds a backup already: name a new folder for each", to.display());
        return Err(refused(message));
    }
    Ok(told)
}

/// Copies what one view of the ledger shows. Erased bytes that are left in free pages are not copied.
fn copy(ledger: &Connection, part: &Path, to: &Path) -> Result<(), Fault> {
    let Some(name) = part.to_str() else {
        return Err(unwritable(to, "its name is not UTF-8"));
    };
    ledger.execute("VACUUM INTO ?1", [name]).map(drop).map_err(|error| {
        let fault = fault(error);
        if fault.kind == FaultKind::Damaged { fault } else { unwritable(to, &fault.message) }
    })
}

/// Hashes a file and hands its bytes on; tells its size too.
fn digest(path: &Path, mut to: impl Write) -> io::Result<(u64, Digest)> {
    let mut file = File::open(path)?;
    let (mut hashing, mut size, mut piece) = (Hashing::default(), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((size, hashing.end()));
        }
        hashing.take(&piece[..read]);
        to.write_all(&piece[..read])?;
        size += read as u64;
    }
}

/// The files that the events of a ledger's file name.
fn files(path: &Path) -> Result<Vec<AttachmentRow>, Fault> {
    held(&Handle::new(read(path)?, Arc::default()))
}

/// Copies a file that an event names into a backup. It may have been erased since the ledger was copied: then the
/// backup must not have it, nor what was said of it.
fn carry(data: &Path, to: &Path, file: &AttachmentRow, ledger: &Connection) -> Result<(), Fault> {
    let from = place(data, file.government.as_str(), file.digest);
    match bring(&from, to, file) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(to, &error.to_string())),
        _ => {
            let sql = "SELECT uses FROM attachment WHERE government = ?1 AND digest = ?2";
            let key = (file.government.as_str(), file.digest.0);
            let uses = ledger.query_row(sql, key, |row| row.get::<_, i64>(0));
            Err(match uses {
                Ok(1..) => {
                    damaged(&format!("the file {} is missing or altered: fazhi verify tells which", file.digest))
                }
                _ => refused(
                    "a file was erased from the ledger while it was copied: take the backup again, into a new folder"
                        .to_owned(),
                ),
            })
        }
    }
}

/// Copies a file to its place under another folder, durably; tells whether its bytes are those that the row tells.
fn bring(from: &Path, to: &Path, file: &AttachmentRow) -> io::Result<bool> {
    // What is not there is said before anything is made.
    File::open(from)?;
    let target = place(to, file.government.as_str(), file.digest);
    let folder = target.parent().unwrap_or(to);
    fs::create_dir_all(folder)?;
    let mut copy = File::create(&target)?;
    let same = digest(from, &mut copy)? == (file.size, file.digest);
    copy.sync_all()?;
    // The folder that names the file, the government's, that of all files, and the one above.
    target.ancestors().skip(1).take(4).try_for_each(sync_folder)?;
    Ok(same)
}

/// How far each log in a file goes; a file of this version's schema is checked as when it is opened.
fn heads(path: &Path) -> Result<Vec<Kept>, Fault> {
    let connection = read(path)?;
    let found = version(&connection)?;
    let handle = Handle::new(connection, Arc::default());
    if found == MIGRATIONS.len() {
        check(&handle)?;
    }
    handle.rows("SELECT government, position, hash FROM head ORDER BY government", [], |row| {
        Ok(Kept { government: rows::string(row, 0)?, position: rows::unsigned(row, 1)?, head: rows::digest(row, 2)? })
    })
}

fn manifest(from: &Path) -> Result<Manifest, Fault> {
    let text = match fs::read(from.join(MANIFEST)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let half = from.join(COPY).exists() || from.join(format!("{COPY}{PART}")).exists();
            let what = if half { "holds a backup that was not finished" } else { "holds no backup" };
            return Err(refused(format!("{} {what} ({MANIFEST} is missing): take another", from.display())));
        }
        Err(error) => return Err(unreadable(from, &error)),
    };
    serde_json::from_slice(&text).map_err(|error| spoiled(from, &format!("{MANIFEST} can't be read: {error}")))
}

/// A place that holds no ledger, nor a log that would be taken for the restored one's.
fn empty(data: &Path) -> Result<(), Fault> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let name = format!("{FILE}{suffix}");
        if data.join(&name).exists() {
            return Err(refused(format!(
                "{} holds a ledger already ({name}): restore into an empty folder, and keep this one until the other \
                 is verified",
                data.display()
            )));
        }
    }
    Ok(())
}

/// Copies a backup under a temporary name and makes sure that what was copied is what the manifest describes.
fn take_over(from: &Path, manifest: &Manifest, part: &Path) -> Result<(), Fault> {
    let copy = from.join(COPY);
    let size = fs::metadata(&copy).map_err(|error| unreadable(from, &error))?.len();
    if size != manifest.bytes {
        let what = format!("{COPY} has {size} bytes and {MANIFEST} describes one of {}", manifest.bytes);
        return Err(spoiled(from, &what));
    }
    let file = File::create(part).map_err(|error| unreachable(part, &error))?;
    let (_, found) = digest(&copy, &file).map_err(|error| unreachable(part, &error))?;
    file.sync_all().map_err(|error| unreachable(part, &error))?;
    if found != manifest.sm3 {
        let what = format!("{COPY} has the SM3 {found} and {MANIFEST} describes one of {}", manifest.sm3);
        return Err(spoiled(from, &what));
    }
    if heads(part)? != manifest.governments {
        return Err(spoiled(from, &format!("the logs in {COPY} do not go as far as {MANIFEST} says")));
    }
    if version(&read(part)?)? != manifest.schema {
        return Err(spoiled(from, &format!("{COPY} has another schema than {MANIFEST} says")));
    }
    Ok(())
}

/// Brings the files of a backup beside the ledger that was taken over.
fn take_files(from: &Path, data: &Path, part: &Path) -> Result<(), Fault> {
    for file in files(part)? {
        let place = place(from, file.government.as_str(), file.digest);
        match bring(&place, data, &file) {
            Ok(true) => {}
            Ok(false) => return Err(spoiled(from, &format!("the file {} is another", file.digest))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(spoiled(from, &format!("the file {} is missing", file.digest)));
            }
            Err(error) => return Err(unreachable(data, &error)),
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes durable what a folder names.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn unwritable(to: &Path, why: &str) -> Fault {
    refused(format!(
        "the backup can't be written to {} ({why}): make room, or name another folder; the ledger is as it was",
        to.display()
    ))
}

fn unreadable(from: &Path, error: &io::Error) -> Fault {
    refused(format!("the backup in {} can't be read ({error}): name the folder of a backup", from.display()))
}

fn spoiled(from: &Path, what: &str) -> Fault {
    let message = format!(
        "the backup in {} is damaged, or its two files are of different ones ({what}): take another backup; nothing \
         was restored",
        from.display()
    );
    Fault { kind: FaultKind::Damaged, message }
}
