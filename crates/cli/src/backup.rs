//! `fazhi backup` and `fazhi restore`.

use std::path::Path;

use platform::Clock;
use store::Address;
use store::sqlite::{self, Manifest};

use crate::args::{At, Backup, Restore, Verify};
use crate::clock::SystemClock;
use crate::failure::{Failure, Found};
use crate::{open, show, verify};

/// Copies the ledger, also while another program serves it.
pub fn run(at: &At, asked: &Backup) -> Result<Found, Failure> {
    let data = folder(at)?;
    let program = concat!("fazhi ", env!("CARGO_PKG_VERSION"));
    let manifest = sqlite::backup(data, &asked.to, program, SystemClock.now().0)?;
    show::say(&format!(
        "backup in {}: {} bytes, SM3 {}\n{}",
        asked.to.display(),
        manifest.bytes,
        manifest.sm3,
        reach(&manifest)
    ))?;
    Ok(Found::Nothing)
}

/// Puts a backup into a place that holds no ledger, and verifies it there.
pub fn restore(at: &At, asked: &Restore) -> Result<Found, Failure> {
    let data = folder(at)?;
    let manifest = sqlite::restore(&asked.from, data)?;
    show::say(&format!(
        "restored into {} what {} took at {}\n{}",
        data.display(),
        manifest.program,
        manifest.taken,
        reach(&manifest)
    ))?;
    if manifest.governments.is_empty() {
        return Ok(Found::Nothing);
    }
    // Opened for writing: a backup of an older version is brought up to date.
    drop(open::writing(at)?);
    verify::run(at, &Verify { rebuild: false })
}

fn folder(at: &At) -> Result<&Path, Failure> {
    match &at.data {
        Address::Folder(folder) => Ok(folder),
        Address::Postgres(_) => Err(Failure::new(
            format!("{} is a database of PostgreSQL, which is backed up by its own means", at.data),
            "use pg_dump, or pg_basebackup with an archive of its log: docs/operations.md tells how, step by step",
        )),
    }
}

/// How far each government's log goes.
fn reach(manifest: &Manifest) -> String {
    let line = |kept: &sqlite::Kept| format!("{}: {} events; head {}\n", kept.government, kept.position, kept.head);
    manifest.governments.iter().map(line).collect()
}
