//! A ledger that goes when the test ends.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ledger::{Fault, FaultKind};
use store::Options;
use store::sqlite::SqliteStore;
use tempfile::TempDir;

/// A SQLite store in a temporary folder, in memory where the system has a folder for that.
pub struct TempStore {
    store: Arc<SqliteStore>,
    folder: TempDir,
}

impl TempStore {
    /// An empty store.
    ///
    /// # Errors
    /// Where the folder or the store cannot be made.
    pub fn new() -> Result<TempStore, Fault> {
        let fault = |why: io::Error| Fault {
            kind: FaultKind::Unavailable,
            message: format!("no temporary folder could be made: {why}"),
        };
        TempStore::reopen(folder().map_err(fault)?)
    }

    /// The store that lies in a folder, or an empty one.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn reopen(folder: TempDir) -> Result<TempStore, Fault> {
        let store = Arc::new(store::sqlite::open(folder.path(), &Options::default())?);
        Ok(TempStore { store, folder })
    }

    /// The store.
    pub fn store(&self) -> Arc<SqliteStore> {
        self.store.clone()
    }

    /// Its folder, for tests that damage what lies beside its file.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the store and keeps its folder, for tests that damage its file.
    pub fn close(self) -> TempDir {
        self.folder
    }
}

/// Cases commit thousands of times; a disk that syncs each time would make them minutes long.
fn folder() -> io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory).ok() } else { None };
    made.map_or_else(tempfile::tempdir, Ok)
}
