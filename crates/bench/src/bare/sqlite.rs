//! Bare inserts on SQLite.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ToSql, params};

use super::{command, day};
use crate::Res;
use crate::acts::Written;
use crate::desk::COUNTY;

/// As small as tables can be: one primary key each, no guards, no further index.
const TABLES: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE event (g TEXT, p INTEGER, r INTEGER, s INTEGER, h BLOB, d BLOB, e BLOB, PRIMARY KEY (g, p)) WITHOUT ROWID;
    CREATE TABLE content (g TEXT, p INTEGER, n INTEGER, o BLOB, b BLOB, PRIMARY KEY (g, p, n)) WITHOUT ROWID;
    CREATE TABLE record (g TEXT, i INTEGER, l TEXT, d BLOB, a TEXT, h TEXT, pl TEXT, s TEXT, c INTEGER, la TEXT,
        o INTEGER, t INTEGER, du INTEGER, q INTEGER, ha BLOB, st BLOB, PRIMARY KEY (g, i)) WITHOUT ROWID;
    CREATE TABLE due (g TEXT, r INTEGER, l TEXT, d INTEGER, a INTEGER, PRIMARY KEY (g, r, l)) WITHOUT ROWID;
    CREATE TABLE key (g TEXT, l TEXT, f TEXT, v TEXT, r INTEGER, u INTEGER, PRIMARY KEY (g, l, f, v, r)) WITHOUT ROWID;
    CREATE TABLE delta (g TEXT, f TEXT, d INTEGER, p INTEGER, n INTEGER, r INTEGER, a TEXT, pl TEXT, pa TEXT,
        m INTEGER, PRIMARY KEY (g, f, d, p, n)) WITHOUT ROWID;
    CREATE TABLE public (g TEXT, r INTEGER, p TEXT, l TEXT, d INTEGER, w INTEGER, s BLOB, h BLOB,
        PRIMARY KEY (g, r, p)) WITHOUT ROWID;
    CREATE TABLE command (g TEXT, i BLOB, r INTEGER, p INTEGER, PRIMARY KEY (g, i)) WITHOUT ROWID;";

/// Writes the rows in commits of `batch` acts.
pub fn sqlite(path: &Path, rows: &[Written], batch: usize) -> Res<Duration> {
    let raw = Connection::open(path)?;
    raw.execute_batch(TABLES)?;
    raw.set_prepared_statement_cache_capacity(32);
    let began = Instant::now();
    for some in rows.chunks(batch) {
        raw.execute_batch("BEGIN IMMEDIATE")?;
        for row in some {
            insert(&raw, row)?;
        }
        raw.execute_batch("COMMIT")?;
    }
    Ok(began.elapsed())
}

fn insert(raw: &Connection, row: &Written) -> Res<()> {
    let run = |sql: &str, values: &[&dyn ToSql]| raw.prepare_cached(sql)?.execute(values);
    let (event, record) = (&row.event, &row.record);
    let (position, id) = (i64::try_from(event.position)?, i64::try_from(event.record.0)?);
    run(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![COUNTY, position, id, event.seq, event.hash.0, event.head.0, event.envelope],
    )?;
    for part in &row.contents {
        let values = params![COUNTY, position, part.part, part.nonce, part.bytes];
        run("INSERT INTO content VALUES (?, ?, ?, ?, ?)", values)?;
    }
    run(
        "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            COUNTY,
            id,
            record.line.as_str(),
            record.definition.0,
            record.agency.as_str(),
            record.handler.as_ref().map(|handler| handler.as_str()),
            record.place.as_str(),
            record.stage.as_str(),
            record.closed,
            record.label,
            day(record.opened),
            day(record.touched),
            record.due.map(day),
            event.seq,
            event.hash.0,
            record.state
        ],
    )?;
    for due in &row.due {
        let values = params![COUNTY, id, due.limit.as_str(), day(due.due), due.agency];
        run("INSERT OR REPLACE INTO due VALUES (?, ?, ?, ?, ?)", values)?;
    }
    for key in &row.keys {
        let values = params![COUNTY, key.line.as_str(), key.field.as_str(), key.value.as_str(), id, key.unique];
        run("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?)", values)?;
    }
    for (n, delta) in row.deltas.iter().enumerate() {
        let (figure, part) = (delta.figure.as_str(), delta.part.as_str());
        let n = i64::try_from(n)?;
        let (agency, place) = (delta.agency.as_str(), delta.place.as_str());
        let values = params![COUNTY, figure, day(delta.day), position, n, id, agency, place, part, delta.amount];
        run("INSERT INTO delta VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)?;
    }
    for public in &row.public {
        let (publication, line) = (public.publication.as_str(), public.line.as_str());
        let withdrawn = public.withdrawn.map(day);
        let published = day(public.published);
        let values = params![COUNTY, id, publication, line, published, withdrawn, public.shown, public.digest.0];
        run("INSERT OR REPLACE INTO public VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)?;
    }
    run("INSERT INTO command VALUES (?, ?, ?, ?)", params![COUNTY, command(position), id, position])?;
    Ok(())
}
