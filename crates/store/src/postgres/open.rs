//! Opening: the schema, and the pools of writing and reading connections.

use std::collections::HashSet;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ledger::{Attempts, Effort, Fault, Head, NOTHING, Read, SessionRow, Store, Transaction};
use postgres::Config;
use terms::{Digest, GovernmentCode};

use super::check::check;
use super::handle::{Handle, damaged, refused};
use super::read::Session;
use super::rows;
use super::schema;
use super::scrub::Scrub;
use super::signed_in;
use super::statement::{self as say, Statement};
use super::write::Work;
use crate::{Options, Schema};

/// How many connections of each kind are kept open.
const IDLE: usize = 8;

/// A ledger on PostgreSQL.
pub struct PostgresStore {
    config: Config,
    read_only: bool,
    options: Options,
    writers: Mutex<Vec<Handle>>,
    readers: Mutex<Vec<Handle>>,
    definitions: Mutex<HashSet<Digest>>,
    scrub: Scrub,
    statements: Arc<AtomicU64>,
    /// Position in the server's log when the store was opened.
    log: i64,
}

fn config(url: &str) -> Result<Config, Fault> {
    let mut config = Config::from_str(url)
        .map_err(|error| refused(format!("the address of the database can't be read ({error})")))?;
    if config.get_ssl_mode() == postgres::config::SslMode::Require {
        return Err(refused(
            "sslmode=require: this program does not encrypt; use a socket of this machine, or a local proxy that does"
                .to_owned(),
        ));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    config.application_name("fazhi").keepalives(true).keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

/// Opens the ledger at an address, and makes its tables where there are none.
///
/// # Errors
/// Where the database can't be reached or is not ours, is damaged, or was written by a newer version.
pub fn open(url: &str, options: &Options) -> Result<PostgresStore, Fault> {
    let mut handle = Handle::connect(&config(url)?, Arc::default())?;
    let found = schema::migrate(&mut handle, false)?;
    check(&mut handle, found)?;
    PostgresStore::new(url, options, false)
}

/// Opens the ledger at an address for reading.
///
/// # Errors
/// Where the database can't be reached, holds no ledger, a damaged one, or one of another version.
pub fn open_read_only(url: &str, options: &Options) -> Result<PostgresStore, Fault> {
    let mut handle = Handle::connect(&config(url)?, Arc::default())?;
    let found = schema::current(&mut handle)?;
    check(&mut handle, found)?;
    PostgresStore::new(url, options, true)
}

/// Brings the schema up to date, whole or not at all; `citus`: distributes the tables of a new ledger, which then have
/// no guards. So it does unasked in an empty database that has the extension.
///
/// # Errors
/// Where the database can't be reached or is not ours, or was written by a newer version.
pub fn migrate(url: &str, citus: bool) -> Result<Schema, Fault> {
    let mut handle = Handle::connect(&config(url)?, Arc::default())?;
    let before = schema::found(&mut handle)?.version;
    let now = schema::migrate(&mut handle, citus)?.version;
    Ok(Schema { before, now })
}

fn log_position(handle: &mut Handle) -> Result<i64, Fault> {
    Ok(handle.one(&say::LOG_POSITION, &[], |row| rows::integer(row, 0))?.unwrap_or(0))
}

impl PostgresStore {
    fn new(url: &str, options: &Options, read_only: bool) -> Result<PostgresStore, Fault> {
        let mut store = PostgresStore {
            config: config(url)?,
            read_only,
            options: options.clone(),
            writers: Mutex::default(),
            readers: Mutex::default(),
            definitions: Mutex::default(),
            scrub: Scrub::new(),
            statements: Arc::default(),
            log: 0,
        };
        let mut handle = store.take(&store.readers)?;
        // A standby has no position of its own.
        store.log = log_position(&mut handle).unwrap_or(0);
        give_back(&store.readers, handle, options.readers);
        Ok(store)
    }

    fn take(&self, pool: &Mutex<Vec<Handle>>) -> Result<Handle, Fault> {
        let idle = pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle.filter(|handle| !handle.lost()) {
            Some(handle) => Ok(handle),
            None => Handle::connect(&self.config, Arc::clone(&self.statements)),
        }
    }

    /// A connection in which a transaction begins; one that broke while nobody used it is made anew.
    fn started(&self, pool: &Mutex<Vec<Handle>>, begin: &Statement) -> Result<Handle, Fault> {
        let mut handle = self.take(pool)?;
        match handle.simple(begin) {
            Ok(()) => Ok(handle),
            Err(_) => {
                pool.lock().unwrap_or_else(PoisonError::into_inner).clear();
                let mut handle = self.take(pool)?;
                handle.simple(begin)?;
                Ok(handle)
            }
        }
    }

    /// A transaction that writes beside the log and needs no head. What is not committed is rolled back.
    pub(super) fn beside(&self) -> Result<Guard<'_>, Fault> {
        self.writable()?;
        let handle = self.started(&self.writers, &say::BEGIN)?;
        Ok(Guard { store: self, handle: Some(handle), writing: true })
    }

    /// A statement that stands by itself and writes.
    pub(super) fn alone<T>(&self, run: impl FnOnce(&mut Handle) -> Result<T, Fault>) -> Result<T, Fault> {
        self.writable()?;
        let mut handle = self.started(&self.writers, &say::ALIVE)?;
        let done = run(&mut handle).map_err(|fault| handle.alone(fault))?;
        give_back(&self.writers, handle, IDLE);
        Ok(done)
    }

    /// A statement that stands by itself and reads.
    pub(super) fn looking<T>(&self, look: impl FnOnce(&mut Handle) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut handle = self.started(&self.readers, &say::ALIVE)?;
        let found = look(&mut handle)?;
        give_back(&self.readers, handle, self.options.readers);
        Ok(found)
    }

    fn writable(&self) -> Result<(), Fault> {
        if self.read_only { Err(refused("the ledger was opened for reading only".to_owned())) } else { Ok(()) }
    }
}

fn give_back(pool: &Mutex<Vec<Handle>>, handle: Handle, most: usize) {
    let mut pool = pool.lock().unwrap_or_else(PoisonError::into_inner);
    if pool.len() < most && !handle.lost() {
        pool.push(handle);
    }
}

impl Store for PostgresStore {
    fn begin<'a>(&'a self, government: &GovernmentCode) -> Result<Box<dyn Transaction + 'a>, Fault> {
        let mut guard = self.beside()?;
        let head = |guard: &mut Guard<'_>| {
            guard.one(&say::LOCK_HEAD, &[government.as_str().into()], |row| {
                Ok(Head { position: rows::unsigned(row, 0)?, hash: rows::digest(row, 1)? })
            })
        };
        let mut found = head(&mut guard)?;
        if found.is_none() {
            guard.run(&say::BEGIN_HEAD, &[government.as_str().into(), NOTHING.0.as_slice().into()])?;
            found = head(&mut guard)?;
        }
        let head = found.ok_or_else(|| damaged("a log without a head"))?;
        Ok(Box::new(Session { handle: guard, work: Work::new(government, head) }))
    }

    fn read<'a>(&'a self) -> Result<Box<dyn Read + 'a>, Fault> {
        let handle = self.started(&self.readers, &say::BEGIN_READING)?;
        let mut guard = Guard { store: self, handle: Some(handle), writing: false };
        // The view is that of the first read: this one, not whichever comes later.
        guard.simple(&say::ALIVE)?;
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
        let params = [government.as_str().into(), duty.into(), holder.into(), until.into(), now.into()];
        Ok(self.alone(|handle| handle.run(&say::LEASE, &params))? > 0)
    }

    /// Statements sent, and the bytes of the server's write-ahead log since the store was opened as pages of 8192:
    /// those of all programs on the server. 0 where it can't be asked.
    fn effort(&self) -> Effort {
        let statements = self.statements.load(Ordering::Relaxed);
        let now = self.looking(log_position);
        let pages = now.map_or(0, |now| u64::try_from((now - self.log) / 8192).unwrap_or(0));
        // Asking is not part of the effort.
        self.statements.store(statements, Ordering::Relaxed);
        Effort { statements, pages }
    }

    fn engine(&self) -> String {
        let asked = self.looking(|handle| handle.one(&say::SERVER_VERSION, &[], |row| rows::string(row, 0)));
        format!("PostgreSQL {}", asked.ok().flatten().unwrap_or_default()).trim_end().to_owned()
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

/// A connection in a transaction; what is not committed is rolled back, and a broken connection is dropped.
pub(crate) struct Guard<'a> {
    store: &'a PostgresStore,
    handle: Option<Handle>,
    writing: bool,
}

impl Deref for Guard<'_> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        self.handle.as_ref().expect("a session has its connection until it ends")
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Handle {
        self.handle.as_mut().expect("a session has its connection until it ends")
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(mut handle) = self.handle.take()
            && handle.simple(&say::ROLLBACK).is_ok()
        {
            let (pool, most) = if self.writing {
                (&self.store.writers, IDLE)
            } else {
                (&self.store.readers, self.store.options.readers)
            };
            give_back(pool, handle, most);
        }
    }
}

impl Guard<'_> {
    /// Whether a definition stands for certain, without asking the database.
    pub(crate) fn knows(&self, digest: Digest) -> bool {
        self.store.definitions.lock().unwrap_or_else(PoisonError::into_inner).contains(&digest)
    }

    /// Makes everything durable. `erased`: the transaction's number, where it erased.
    pub(crate) fn commit(mut self, definitions: Vec<Digest>, erased: Option<i64>) -> Result<(), Fault> {
        let Some(mut handle) = self.handle.take() else { return Ok(()) };
        handle.commit()?;
        self.store.scrub.run(&mut handle, erased);
        give_back(&self.store.writers, handle, IDLE);
        self.store.definitions.lock().unwrap_or_else(PoisonError::into_inner).extend(definitions);
        Ok(())
    }
}
