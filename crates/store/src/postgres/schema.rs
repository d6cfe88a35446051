//! The schema: which version of it stands, and bringing it up to date.

use ledger::{Fault, FaultKind};
use postgres::{Client, GenericClient};

use super::handle::{damaged, fault, refused};

/// The schema, step by step: tables, and guards that a distributed database leaves out.
pub(super) const MIGRATIONS: &[(&str, &str)] = &[
    (
        include_str!("../../../../migrations/postgres/0001_ledger.sql"),
        include_str!("../../../../migrations/postgres/0001_guards.sql"),
    ),
    (include_str!("../../../../migrations/postgres/0002_lease.sql"), ""),
    (include_str!("../../../../migrations/postgres/0003_session.sql"), ""),
];
/// Tables that Citus distributes by the government.
const DISTRIBUTED: &[&str] = &[
    "event",
    "content",
    "head",
    "command",
    "look",
    "series",
    "delta",
    "record",
    "due",
    "key_value",
    "public",
    "account",
    "agency",
    "lease",
    "session",
    "attempt",
];
/// Tables that belong to no government, of which Citus gives every machine a copy.
const REFERENCE: &[&str] = &["definition", "note"];
/// Of several programs that start at once, one migrates: the number of the lock they ask for, "Fazh".
const LOCK: i64 = 0x4661_7a68;
/// Which version stands, and whether the tables were distributed when they were made: then they have no guards, however
/// the ledger is opened later.
const VERSION: &str = "CREATE TABLE IF NOT EXISTS schema_version ( \
                       application text PRIMARY KEY, version bigint NOT NULL, distributed boolean NOT NULL)";

/// What stands in a database.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// How many steps; 0 for an empty database.
    pub(super) version: usize,
    /// Citus has the tables: there are no guards.
    pub(super) distributed: bool,
}

impl Found {
    pub(super) fn is_current(self) -> bool {
        self.version == MIGRATIONS.len()
    }
}

/// Which schema stands.
///
/// # Errors
/// Where it is another program's database, or was written by a newer version.
pub(super) fn found(client: &mut impl GenericClient) -> Result<Found, Fault> {
    // What extensions bring along is nobody's.
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) \
                  AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT 1 FROM pg_depend \
                  WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') ORDER BY relname";
    let tables = client.query(tables, &[]).map_err(fault)?;
    let tables: Vec<String> = tables.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(fault)?;
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
    let sql = "SELECT version, distributed FROM schema_version WHERE application = 'fazhi'";
    let row = client.query_opt(sql, &[]).map_err(|error| match error.as_db_error() {
        // The table has no such column.
        Some(told) if told.code().code() == "42703" => other(&format!("schema_version: {}", told.message())),
        _ => fault(error),
    })?;
    let row = row.ok_or_else(|| other("schema_version does not know us"))?;
    let version: i64 = row.try_get(0).map_err(fault)?;
    let version = usize::try_from(version).map_err(|error| damaged(&error.to_string()))?;
    if version > MIGRATIONS.len() {
        let message = format!(
            "the ledger has schema {version} and this program knows {}: it was written by a newer version; install \
             that one",
            MIGRATIONS.len()
        );
        return Err(Fault { kind: FaultKind::Newer, message });
    }
    Ok(Found { version, distributed: row.try_get(1).map_err(fault)? })
}

/// Brings the schema up to date, whole or not at all; `citus`: distributes the tables of a new ledger, which then have
/// no guards. A ledger that stands stays as it was made.
///
/// # Errors
/// As [`found`]; where the database can't be changed, or holds a ledger that is not distributed and should be.
pub(super) fn migrate(client: &mut Client, citus: bool) -> Result<Found, Fault> {
    let mut now = found(client)?;
    if !now.is_current() {
        let mut step = client.transaction().map_err(fault)?;
        // Large tables take their time.
        step.batch_execute(&format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK})"))
            .map_err(fault)?;
        now = found(&mut step)?;
        if now.version == 0 {
            now.distributed = citus;
        }
        for (tables, guards) in &MIGRATIONS[now.version..] {
            take_step(&mut step, tables, if now.distributed { None } else { Some(guards) })?;
        }
        now.version = MIGRATIONS.len();
        step.batch_execute(VERSION).map_err(fault)?;
        let sql = format!(
            "INSERT INTO schema_version VALUES ('fazhi', {}, {}) \
             ON CONFLICT (application) DO UPDATE SET version = excluded.version",
            now.version, now.distributed
        );
        step.batch_execute(&sql).map_err(fault)?;
        step.commit().map_err(fault)?;
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

/// One step; without guards its tables are distributed.
fn take_step(step: &mut impl GenericClient, tables: &str, guards: Option<&str>) -> Result<(), Fault> {
    step.batch_execute(tables).map_err(fault)?;
    if let Some(guards) = guards {
        return step.batch_execute(guards).map_err(fault);
    }
    let made = |table: &&&str| tables.contains(&format!("CREATE TABLE {table} ("));
    for table in DISTRIBUTED.iter().filter(made) {
        step.batch_execute(&format!("SELECT create_distributed_table('{table}', 'government')")).map_err(fault)?;
    }
    for table in REFERENCE.iter().filter(made) {
        step.batch_execute(&format!("SELECT create_reference_table('{table}')")).map_err(fault)?;
    }
    Ok(())
}

/// A ledger that is read only has to be up to date already.
pub(super) fn current(client: &mut Client) -> Result<Found, Fault> {
    let now = found(client)?;
    if now.is_current() {
        return Ok(now);
    }
    Err(refused(match now.version {
        0 => "the database is empty: start the program once for writing, it makes a ledger".to_owned(),
        version => format!(
            "the ledger has schema {version} and this program {}: start the program once for writing, it brings the \
             ledger up to date",
            MIGRATIONS.len()
        ),
    }))
}
