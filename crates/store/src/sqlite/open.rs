//! Opening: the folder, its lock, the schema; the one writing connection and the pool of readers.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger::{Attempts, Effort, Fault, FaultKind, Landing, Read, SessionRow, Store, Transaction};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags, params};
use terms::{Digest, GovernmentCode};

use super::handle::{Handle, damaged, fault, refused};
use super::log::Log;
use super::read::Session;
use super::write::Work;
use super::{attachments, rows, signed_in};
use crate::Schema;

/// The ledger's file in its folder.
pub(super) const FILE: &str = "ledger.db";
/// Held while a program may write.
const LOCK: &str = "ledger.lock";
/// Says that a SQLite file is a ledger of ours: "Fazh".
const APPLICATION: i32 = 0x4661_7a68;
/// The schema, step by step; the number of steps is its version.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/sqlite/0001_ledger.sql"),
    include_str!("../../../../migrations/sqlite/0002_lease.sql"),
    include_str!("../../../../migrations/sqlite/0003_session.sql"),
    include_str!("../../../../migrations/sqlite/0004_message.sql"),
    include_str!("../../../../migrations/sqlite/0005_rights.sql"),
    include_str!("../../../../migrations/sqlite/0006_attachment.sql"),
    include_str!("../../../../migrations/sqlite/0007_desk.sql"),
    include_str!("../../../../migrations/sqlite/0008_intake.sql"),
    include_str!("../../../../migrations/sqlite/0009_token.sql"),
    include_str!("../../../../migrations/sqlite/0010_erased.sql"),
    include_str!("../../../../migrations/sqlite/0011_lists.sql"),
    include_str!("../../../../migrations/sqlite/0012_months.sql"),
];

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many reading connections are kept open.
    pub readers: usize,
    /// How long a statement waits for another program.
    pub wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options { readers: 8, wait: Duration::from_secs(10) }
    }
}

/// A ledger in a folder, on SQLite.
///
/// An act that was committed survives the loss of power: the log is synced before a commit returns.
pub struct SqliteStore {
    pub(super) path: PathBuf,
    options: Options,
    /// Closed before the writing connection: the last to be closed empties the write-ahead log, and a reader can't.
    idle: Mutex<Vec<Handle>>,
    /// The one writing connection; none where the store was opened read-only.
    writer: Option<Mutex<Writer>>,
    pub(super) log: Arc<Log>,
    statements: Arc<AtomicU64>,
    pages: AtomicU64,
    /// Held until the store is dropped.
    _lock: Option<File>,
}

/// The writing connection and what is known about what it wrote.
pub(super) struct Writer {
    pub(super) handle: Handle,
    definitions: HashSet<Digest>,
    /// Pages in the write-ahead log after the last commit.
    log_pages: u64,
    /// Erased bytes may still stand in the write-ahead log.
    scrub: bool,
}

/// Opens the ledger in a folder, or makes one where there is none.
///
/// # Errors
/// Where another program has it open for writing, where it was written by a newer version, is damaged, or can't be
/// reached.
pub fn open(data: &Path, options: &Options) -> Result<SqliteStore, Fault> {
    if data.join(FILE).exists() { SqliteStore::open(data, options) } else { SqliteStore::create(data, options) }
}

/// Opens a ledger for reading, also while another program writes.
///
/// # Errors
/// Where there is none, where it was written by a newer version, is damaged, or can't be reached.
pub fn open_read_only(data: &Path, options: &Options) -> Result<SqliteStore, Fault> {
    let path = present(data)?;
    let store = SqliteStore::empty(path, options);
    let handle = store.reading()?;
    match version(&handle.connection)? {
        found if found == MIGRATIONS.len() => {}
        found if found > MIGRATIONS.len() => return Err(newer(found)),
        found => {
            return Err(refused(format!(
                "the ledger has schema {found} and this program {}: start the program once for writing, it brings the \
                 ledger up to date",
                MIGRATIONS.len()
            )));
        }
    }
    check(&handle)?;
    store.give_back(handle);
    Ok(store)
}

/// Brings the schema of the ledger in a folder up to date.
///
/// # Errors
/// Where there is none, where another program writes to it, where it was written by a newer version or is damaged.
pub fn migrate(data: &Path) -> Result<Schema, Fault> {
    let options = Options::default();
    let reading = SqliteStore::empty(present(data)?, &options).connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let before = version(&reading)?;
    drop(reading);
    SqliteStore::open(data, &options)?;
    Ok(Schema { before, now: MIGRATIONS.len() })
}

impl SqliteStore {
    /// Makes a new ledger; the folder may be there, a ledger may not.
    ///
    /// # Errors
    /// Where there is one already, or the folder can't be written.
    pub fn create(data: &Path, options: &Options) -> Result<SqliteStore, Fault> {
        fs::create_dir_all(data).map_err(|error| unreachable(data, &error))?;
        let lock = lock(data)?;
        let path = data.join(FILE);
        if path.exists() {
            return Err(refused(format!("{} holds a ledger already: open it, or name another folder", data.display())));
        }
        SqliteStore::for_writing(path, lock, options)
    }

    /// Opens the ledger in a folder.
    ///
    /// # Errors
    /// Where there is none, where another program has it open for writing, where it was written by a newer version,
    /// is damaged, or can't be reached.
    pub fn open(data: &Path, options: &Options) -> Result<SqliteStore, Fault> {
        let path = present(data)?;
        let lock = lock(data)?;
        SqliteStore::for_writing(path, lock, options)
    }

    fn empty(path: PathBuf, options: &Options) -> SqliteStore {
        SqliteStore {
            log: Arc::new(Log::beside(&path)),
            path,
            options: options.clone(),
            writer: None,
            idle: Mutex::default(),
            statements: Arc::default(),
            pages: AtomicU64::new(0),
            _lock: None,
        }
    }

    fn for_writing(path: PathBuf, lock: File, options: &Options) -> Result<SqliteStore, Fault> {
        let mut store = SqliteStore::empty(path, options);
        attachments::clear_parts(store.data())?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = store.connect(flags)?;
        // Erased bytes are overwritten, not only forgotten; a trigger also fires where REPLACE deletes.
        let settings = [
            ("secure_delete", "ON"),
            ("recursive_triggers", "ON"),
            ("cache_size", "-262144"),
            ("temp_store", "MEMORY"),
        ];
        set(&connection, &settings)?;
        bring_up_to_date(&connection)?;
        set(&connection, &[("journal_mode", "WAL"), ("synchronous", "NORMAL"), ("wal_autocheckpoint", "16000")])?;
        let handle = Handle::new(connection, Arc::clone(&store.statements));
        check(&handle)?;
        // An erasure whose log could not be emptied before the program ended is completed now.
        let writer = Writer { handle, definitions: HashSet::new(), log_pages: 0, scrub: true };
        store.writer = Some(Mutex::new(writer));
        store._lock = Some(lock);
        Ok(store)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, Fault> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        connection.busy_timeout(self.options.wait).map_err(fault)?;
        Ok(connection)
    }

    /// The writing connection. What is committed on it alone may be lost with the power; [`SqliteStore::flush`] and
    /// [`Log`] make it durable.
    pub(super) fn writing(&self) -> Result<MutexGuard<'_, Writer>, Fault> {
        let Some(writer) = &self.writer else {
            return Err(refused("the ledger was opened for reading only".to_owned()));
        };
        self.log.good()?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings all that is committed to the disk.
    pub(super) fn flush(&self) -> Result<(), Fault> {
        self.log.committed().landed()
    }

    /// A reading connection for one statement outside a transaction.
    pub(super) fn looking<T>(&self, look: impl FnOnce(&Handle) -> Result<T, Fault>) -> Result<T, Fault> {
        let handle = self.reading()?;
        let found = look(&handle)?;
        self.give_back(handle);
        Ok(found)
    }

    /// A reading connection, from the pool or new.
    fn reading(&self) -> Result<Handle, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(handle) => Ok(handle),
            None => {
                let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                set(&connection, &[("cache_size", "-16384")])?;
                Ok(Handle::new(connection, Arc::clone(&self.statements)))
            }
        }
    }

    fn give_back(&self, handle: Handle) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.options.readers {
            idle.push(handle);
        }
    }
}

impl Store for SqliteStore {
    fn begin<'a>(&'a self, government: &GovernmentCode) -> Result<Box<dyn Transaction + 'a>, Fault> {
        let writer = self.writing()?;
        writer.handle.begin()?;
        let handle = WriteGuard { store: self, writer };
        Ok(Box::new(Session { handle, work: Work::new(government) }))
    }

    fn read<'a>(&'a self) -> Result<Box<dyn Read + 'a>, Fault> {
        let handle = self.reading()?;
        handle.run("BEGIN DEFERRED", [])?;
        let guard = ReadGuard { store: self, handle: Some(handle) };
        // The view is that of the first read: this one, not whichever comes later.
        guard.one("SELECT 1 FROM head LIMIT 1", [], |_| Ok(()))?;
        Ok(Box::new(Session::reading(guard)))
    }

    fn lease(
        &self,
        government: &GovernmentCode,
        duty: &str,
        holder: &str,
        now: i64,
        until: i64,
    ) -> Result<bool, Fault> {
        let writer = self.writing()?;
        let taken = writer.handle.run(
            "INSERT INTO lease (government, duty, holder, until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (government, duty) DO UPDATE SET holder = excluded.holder, until = excluded.until \
             WHERE lease.holder = excluded.holder OR lease.until <= $5",
            params![government.as_str(), duty, holder, until, now],
        )?;
        // If the power fails, a duty is free again: that harms nobody.
        Ok(taken > 0)
    }

    fn effort(&self) -> Effort {
        Effort { statements: self.statements.load(Ordering::Relaxed), pages: self.pages.load(Ordering::Relaxed) }
    }

    fn engine(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    fn session_begin(&self, session: &SessionRow) -> Result<(), Fault> {
        signed_in::begin(self, session)
    }

    fn session(&self, government: &GovernmentCode, token: Digest) -> Result<Option<SessionRow>, Fault> {
        signed_in::session(self, government, token)
    }

    fn session_seen(&self, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault> {
        signed_in::seen(self, government, token, at)
    }

    fn session_tell(&self, government: &GovernmentCode, token: Digest, told: &str) -> Result<(), Fault> {
        signed_in::tell(self, government, token, told)
    }

    fn session_end(&self, government: &GovernmentCode, token: Digest) -> Result<(), Fault> {
        signed_in::end(self, government, token)
    }

    fn sessions(&self, government: &GovernmentCode, begun: i64, seen: i64) -> Result<u64, Fault> {
        signed_in::count(self, government, begun, seen)
    }

    fn attempts(&self, government: &GovernmentCode, name: Digest) -> Result<Attempts, Fault> {
        signed_in::attempts(self, government, name)
    }

    fn attempts_put(
        &self,
        government: &GovernmentCode,
        name: Digest,
        before: u32,
        now: Attempts,
    ) -> Result<bool, Fault> {
        signed_in::put_attempts(self, government, name, before, now)
    }

    fn attempts_end(&self, government: &GovernmentCode, name: Digest) -> Result<(), Fault> {
        signed_in::end_attempts(self, government, name)
    }

    fn sessions_sweep(&self, government: &GovernmentCode, begun: i64, seen: i64, tried: i64) -> Result<u64, Fault> {
        signed_in::sweep(self, government, begun, seen, tried)
    }
}

/// The writing connection while one thread has it; what is not committed is rolled back.
pub(crate) struct WriteGuard<'a> {
    store: &'a SqliteStore,
    writer: MutexGuard<'a, Writer>,
}

impl Deref for WriteGuard<'_> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.writer.handle
    }
}

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        if !self.writer.handle.connection.is_autocommit() {
            // If this fails, the connection is broken and the next `begin` says so.
            let _ = self.writer.handle.run("ROLLBACK", []);
        }
    }
}

impl WriteGuard<'_> {
    /// Whether a definition stands for certain, without asking the database.
    pub(crate) fn knows(&self, digest: Digest) -> bool {
        self.writer.definitions.contains(&digest)
    }

    /// Commits; it is durable once the landing says so.
    pub(crate) fn commit(mut self, work: Work) -> Result<Box<dyn Landing>, Fault> {
        self.writer.handle.run("COMMIT", [])?;
        self.writer.definitions.extend(work.definitions);
        self.writer.scrub |= work.erased;
        // What follows is housekeeping: the act stands, whatever comes of it.
        if self.writer.scrub {
            self.writer.scrub = !self.writer.handle.empty_log(self.store.options.wait);
        }
        let pages = self.writer.handle.log_pages();
        let before = std::mem::replace(&mut self.writer.log_pages, pages);
        // The log begins anew after a checkpoint.
        let written = pages.checked_sub(before).unwrap_or(pages);
        self.store.pages.fetch_add(written, Ordering::Relaxed);
        Ok(self.store.log.committed())
    }
}

impl Handle {
    /// Moves the write-ahead log into the file and empties it; not while somebody reads an older state. Nobody is
    /// waited for: the next commit tries again.
    fn empty_log(&self, wait: Duration) -> bool {
        let at_once = self.connection.busy_timeout(Duration::ZERO);
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let blocked = self.one(sql, [], |row| rows::integer(row, 0));
        let restored = self.connection.busy_timeout(wait);
        at_once.is_ok() && restored.is_ok() && matches!(blocked, Ok(Some(0)))
    }

    fn log_pages(&self) -> u64 {
        let log = self.connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::NOOP);
        log.ok().and_then(|(pages, _)| u64::try_from(pages).ok()).unwrap_or(0)
    }
}

/// A reading connection; it goes back to the pool.
struct ReadGuard<'a> {
    store: &'a SqliteStore,
    handle: Option<Handle>,
}

impl Deref for ReadGuard<'_> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        self.handle.as_ref().expect("a reader has its connection until it is dropped")
    }
}

impl Drop for ReadGuard<'_> {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take()
            && handle.run("COMMIT", []).is_ok()
        {
            self.store.give_back(handle);
        }
    }
}

pub(super) fn present(data: &Path) -> Result<PathBuf, Fault> {
    let path = data.join(FILE);
    if path.exists() { Ok(path) } else { Err(refused(format!("{} holds no ledger ({FILE})", data.display()))) }
}

pub(super) fn unreachable(data: &Path, error: &std::io::Error) -> Fault {
    refused(format!(
        "the folder {} can't be used ({error}): name another with --data, or let this program write there",
        data.display()
    ))
}

/// Takes the folder's lock. It is the system's, so that it ends with the program however that ends.
pub(super) fn lock(data: &Path) -> Result<File, Fault> {
    let file = File::options().create(true).truncate(false).write(true).open(data.join(LOCK));
    let file = file.map_err(|error| unreachable(data, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault {
            kind: FaultKind::InUse,
            message: format!(
                "another program has the ledger in {} open for writing: stop it first, or read the ledger only",
                data.display()
            ),
        }),
        Err(TryLockError::Error(error)) => Err(unreachable(data, &error)),
    }
}

fn set(connection: &Connection, settings: &[(&str, &str)]) -> Result<(), Fault> {
    settings.iter().try_for_each(|(name, value)| {
        // Some settings answer with a row.
        connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(fault(other)),
        })
    })
}

pub(super) fn newer(found: usize) -> Fault {
    let message = format!(
        "the ledger has schema {found} and this program knows {}: it was written by a newer version; install that one",
        MIGRATIONS.len()
    );
    Fault { kind: FaultKind::Newer, message }
}

/// The schema's version; 0 for a new file.
pub(super) fn version(connection: &Connection) -> Result<usize, Fault> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(fault);
    let (application, version) = (number("application_id")?, number("user_version")?);
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(fault)?;
    match usize::try_from(version) {
        Ok(0) if objects == 0 && application == 0 => Ok(0),
        Ok(version) if application == APPLICATION && version > 0 => Ok(version),
        _ => Err(damaged(&format!("{FILE} is another program's database"))),
    }
}

/// Brings the schema up to date, each step whole or not at all.
fn bring_up_to_date(connection: &Connection) -> Result<(), Fault> {
    let found = version(connection)?;
    if found > MIGRATIONS.len() {
        return Err(newer(found));
    }
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(found) {
        let number = step + 1;
        let whole = format!(
            "BEGIN IMMEDIATE; {sql} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {number}; COMMIT;"
        );
        if let Err(error) = connection.execute_batch(&whole) {
            // A step that failed within its transaction leaves it open.
            let _ = connection.execute_batch("ROLLBACK");
            return Err(fault(error));
        }
    }
    Ok(())
}

/// What opening a ledger checks: that its tables and guards are those of the migrations, and that each head is that
/// of the last event. The whole log is `verify`'s.
pub(super) fn check(handle: &Handle) -> Result<(), Fault> {
    let expected = Connection::open_in_memory().map_err(fault)?;
    bring_up_to_date(&expected)?;
    let expected = schema(&Handle::new(expected, Arc::default()))?;
    let found = schema(handle)?;
    let wrong = expected.iter().chain(&found).find(|part| !(expected.contains(part) && found.contains(part)));
    if let Some((kind, name, _)) = wrong {
        return Err(damaged(&format!("the {kind} {name} is missing, altered or not ours")));
    }
    let sql = "SELECT head.government FROM head \
               LEFT JOIN event ON event.government = head.government AND event.position = \
               (SELECT max(position) FROM event WHERE event.government = head.government) \
               WHERE event.position IS NULL OR event.position <> head.position OR event.head <> head.hash";
    match handle.one(sql, [], |row| rows::string(row, 0))? {
        Some(government) => Err(damaged(&format!("the head of government {government} is not that of its last event"))),
        None => Ok(()),
    }
}

/// Kind, name and text of everything in the schema.
fn schema(handle: &Handle) -> Result<Vec<(String, String, String)>, Fault> {
    let sql = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
    handle.rows(sql, [], |row| Ok((rows::string(row, 0)?, rows::string(row, 1)?, rows::string(row, 2)?)))
}
