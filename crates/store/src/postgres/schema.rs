//! The schema: which version of it stands, and bringing it up to date.

use ledger::{Fault, FaultKind};

use super::handle::{Handle, damaged, refused};
use super::rows;
use super::statement::{self as say, STEPS, Step};
use crate::query;

/// What stands in a database.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// How many steps; 0 for an empty database.
    pub(super) version: usize,
    /// Citus has the tables: there are no guards.
    pub(super) distributed: bool,
}

impl Found {
    fn is_current(self) -> bool {
        self.version == STEPS.len()
    }
}

/// Which schema stands.
///
/// # Errors
/// Where it is another program's database, or was written by a newer version.
pub(super) fn found(handle: &mut Handle) -> Result<Found, Fault> {
    let tables = handle.rows(&say::TABLES, &[], |row| rows::string(row, 0))?;
    let Some(first) = tables.first() else {
        return Ok(Found { version: 0, distributed: false });
    };
    let other = |why: &str| Fault {
        kind: FaultKind::Damaged,
        message: format!("this is another program's database ({why}): name another; nothing in it was changed"),
    };
    if !tables.iter().any(|table| table == "schema_version") {
        return Err(other(&format!("it has a table {first}, and no schema_version")));
    }
    if handle.one(&say::VERSION_COLUMNS, &[], |row| rows::integer(row, 0))? != Some(3) {
        return Err(other("its schema_version has other columns"));
    }
    let row = handle.one(&say::VERSION, &[], |row| Ok((rows::unsigned(row, 0)?, rows::yes(row, 1)?)))?;
    let (version, distributed) = row.ok_or_else(|| other("its schema_version does not know us"))?;
    let version = usize::try_from(version).map_err(|error| damaged(&error.to_string()))?;
    if version > STEPS.len() {
        let message = format!(
            "the ledger has schema {version} and this program knows {}: it was written by a newer version; install \
             that one",
            STEPS.len()
        );
        return Err(Fault { kind: FaultKind::Newer, message });
    }
    Ok(Found { version, distributed })
}

/// Brings the schema up to date, whole or not at all; `citus`: distributes the tables of a new ledger, which then have
/// no guards. So it does unasked in an empty database that has the extension. A ledger that stands stays as it was made.
///
/// # Errors
/// As [`found`]; where the database can't be changed, or holds a ledger that is not distributed and should be.
pub(super) fn migrate(handle: &mut Handle, citus: bool) -> Result<Found, Fault> {
    let mut now = found(handle)?;
    if !now.is_current() {
        // Where a step fails the connection is dropped, and what it did with it.
        handle.simple(&say::BEGIN)?;
        handle.simple(&say::LOCK_SCHEMA)?;
        now = found(handle)?;
        if now.version == 0 {
            let extended = handle.one(&say::HAS_CITUS, &[], |row| rows::yes(row, 0))?;
            now.distributed = citus || extended == Some(true);
            handle.simple(&say::MAKE_VERSION)?;
        }
        for step in &STEPS[now.version..] {
            take_step(handle, step, now.distributed)?;
        }
        now.version = STEPS.len();
        let params = [query::integer(now.version as u64).into(), now.distributed.into()];
        handle.run(&say::PUT_VERSION, &params)?;
        handle.commit()?;
    }
    if citus && !now.distributed {
        return Err(refused(
            "the ledger in this database is not distributed, and tables that are there stay as they are: create a new \
             database with the extension citus, migrate that one, and move the ledger there (fazhi copy)"
                .to_owned(),
        ));
    }
    Ok(now)
}

fn take_step(handle: &mut Handle, step: &Step, distributed: bool) -> Result<(), Fault> {
    handle.simple(step.tables)?;
    if !distributed {
        return step.guards.map_or(Ok(()), |guards| handle.simple(guards));
    }
    for table in step.distributed {
        handle.simple(&say::distribute(table))?;
    }
    for table in step.reference {
        handle.simple(&say::keep_everywhere(table))?;
    }
    Ok(())
}

/// A ledger that is read only has to be up to date already.
pub(super) fn current(handle: &mut Handle) -> Result<Found, Fault> {
    let now = found(handle)?;
    if now.is_current() {
        return Ok(now);
    }
    Err(refused(match now.version {
        0 => "the database is empty: start the program once for writing, it makes a ledger".to_owned(),
        version => format!(
            "the ledger has schema {version} and this program {}: start the program once for writing, it brings the \
             ledger up to date",
            STEPS.len()
        ),
    }))
}
