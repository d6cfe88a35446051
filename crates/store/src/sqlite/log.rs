//! The way of the write-ahead log to the disk.
//!
//! SQLite itself commits without waiting (`synchronous = NORMAL`), and the log's file is synced here. So the writer can
//! judge and commit the next batch while the disk is busy with the last, and several commits share a sync. The log
//! holds commits in order: once one is on disk, so is all that it builds on. Before SQLite moves the log into the
//! ledger's file it syncs both by itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ledger::{Fault, FaultKind, Landing};

/// The log of a ledger, as a file to sync.
pub(crate) struct Log {
    path: PathBuf,
    /// Commits so far.
    committed: AtomicU64,
    /// A sync failed: what was committed since the last good one may be lost, and nothing may be built on it.
    failed: AtomicBool,
    disk: Mutex<Disk>,
}

struct Disk {
    file: Option<File>,
    /// Commits that are on disk.
    synced: u64,
}

/// A commit on its way to the disk.
struct OnItsWay {
    log: Arc<Log>,
    commit: u64,
}

impl Log {
    /// The log beside a ledger's file.
    pub(crate) fn beside(ledger: &Path) -> Log {
        let mut path = ledger.as_os_str().to_owned();
        path.push("-wal");
        Log {
            path: path.into(),
            committed: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            disk: Mutex::new(Disk { file: None, synced: 0 }),
        }
    }

    /// Refuses to go on after a sync that failed.
    pub(crate) fn good(&self) -> Result<(), Fault> {
        if self.failed.load(Ordering::Acquire) { Err(lost("an earlier sync failed")) } else { Ok(()) }
    }

    /// Counts a commit that SQLite has made, and gives it as something to wait for.
    pub(crate) fn committed(self: &Arc<Log>) -> Box<dyn Landing> {
        let commit = self.committed.fetch_add(1, Ordering::AcqRel) + 1;
        Box::new(OnItsWay { log: Arc::clone(self), commit })
    }

    fn sync(&self, commit: u64) -> Result<(), Fault> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        if disk.synced >= commit {
            return Ok(());
        }
        self.good()?;
        // Whatever is committed by now is in the file: it comes along.
        let reached = self.committed.load(Ordering::Acquire);
        let done = match &disk.file {
            Some(file) => file.sync_data(),
            None => self.open().and_then(|file| {
                file.sync_data()?;
                disk.file = Some(file);
                Ok(())
            }),
        };
        match done {
            Ok(()) => {
                disk.synced = reached;
                Ok(())
            }
            Err(error) => {
                // A later sync would report success though the pages are gone.
                self.failed.store(true, Ordering::Release);
                Err(lost(&error.to_string()))
            }
        }
    }

    /// Lets every sync from now on fail, as that of a file which can't be synced does.
    #[cfg(test)]
    pub(crate) fn fail_to_sync(&self) -> std::io::Result<()> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner).file =
            Some(File::options().write(true).open("/dev/null")?);
        Ok(())
    }

    /// Opens the file; that the folder names it is made durable too.
    fn open(&self) -> std::io::Result<File> {
        let file = File::options().write(true).open(&self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(file)
    }
}

impl Landing for OnItsWay {
    fn landed(self: Box<Self>) -> Result<(), Fault> {
        self.log.sync(self.commit)
    }
}

fn lost(why: &str) -> Fault {
    Fault {
        kind: FaultKind::Unavailable,
        message: format!(
            "the disk did not take what was written ({why}): check the disk and start the program again; whether the \
             act stands is known then, and sending it again does it once at most"
        ),
    }
}
