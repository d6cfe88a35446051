//! Durable acts a second, by 64 clients that each wait for their answer, beside the bare inserts of the same bytes.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ledger::{ContentRow, DeltaRow, DueRow, EventRow, KeyRow, PublicRow, RecordRow, Store};
use rusqlite::{Connection, ToSql, params};
use terms::{Date, GovernmentCode};

use crate::desk::{COUNTY, Desk, done, folder};
use crate::{Measured, Res};

const CLIENTS: u64 = 64;
/// Items that each client takes from the proposal onto the list: four acts each.
const ITEMS: u64 = 40;
const ROUNDS: usize = 7;

/// Measures in turns, and takes the middle of the ratios.
pub fn measure() -> Res<Vec<Measured>> {
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let folder = folder(&format!("acts-{round}"))?;
        let desk = Desk::open(&folder)?;
        let ours = through_the_platform(&desk)?;
        let acts = CLIENTS * ITEMS * 4;
        let batch = (acts / desk.store.begun().max(1)).max(1);
        let rows = same_rows(&desk)?;
        let bare = bare_inserts(&folder.join("bare.db"), &rows, usize::try_from(batch)?)?;
        let rate = |took: Duration| acts as f64 / took.as_secs_f64();
        rounds.push((rate(ours) / rate(bare), rate(ours), rate(bare), batch));
        drop(desk);
        std::fs::remove_dir_all(&folder)?;
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, ours, bare, batch) = rounds[ROUNDS / 2];
    Ok(vec![
        Measured::plain(format!("durable acts/s, {CLIENTS} clients waiting"), format!("{ours:.0}")),
        Measured::plain("acts in a commit, on average", batch.to_string()),
        Measured::plain("bare prepared inserts of the same bytes, acts/s", format!("{bare:.0}")),
        Measured::bound("ratio", format!("{ratio:.2}"), ">= 0.4", ratio >= 0.4),
    ])
}

fn through_the_platform(desk: &Desk) -> Res<Duration> {
    let began = Instant::now();
    let failed = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || work(desk, client))).collect();
        clients.into_iter().find_map(|client| match client.join() {
            Ok(outcome) => outcome.err(),
            Err(_) => Some("a client panicked".to_owned()),
        })
    });
    match failed {
        Some(why) => Err(why.into()),
        None => Ok(began.elapsed()),
    }
}

fn work(desk: &Desk, client: u64) -> Result<(), String> {
    let act = |request| {
        let answer = desk.platform.submit(request).map_err(|why| why.to_string())?;
        done(&answer).map_err(|why| why.to_string())
    };
    for item in 0..ITEMS {
        let n = (client * ITEMS + item) * 4;
        let record = act(desk.propose(n))?;
        for step in 1..4 {
            act(desk.step(n + step, record, step))?;
        }
    }
    Ok(())
}

/// What one act wrote: the event, and what was derived from it. State, due days and publication are those of the record
/// at its end, so the bare inserts write a little more than the platform did.
struct Written {
    event: EventRow,
    contents: Vec<ContentRow>,
    record: RecordRow,
    due: Vec<DueRow>,
    keys: Vec<KeyRow>,
    deltas: Vec<DeltaRow>,
    public: Vec<PublicRow>,
}

fn same_rows(desk: &Desk) -> Res<Vec<Written>> {
    let county: GovernmentCode = COUNTY.parse()?;
    let mut read = desk.store.read()?;
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let stretch = read.log(&county, after, 2_000)?;
        let Some(last) = stretch.last() else { return Ok(all) };
        after = last.position;
        for event in stretch {
            let record = read.record(&county, event.record)?.ok_or("a record is missing")?;
            let first = event.seq == 1;
            let last = event.seq == record.seq;
            let deltas = read.deltas_of(&county, event.record)?;
            all.push(Written {
                due: if last { read.due_of(&county, event.record)? } else { Vec::new() },
                keys: if first { read.keys(&county, event.record)? } else { Vec::new() },
                deltas: deltas.into_iter().filter(|delta| delta.position == event.position).collect(),
                public: if last { read.public_of(&county, event.record)? } else { Vec::new() },
                contents: event.contents.clone(),
                record,
                event,
            });
        }
    }
}

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

fn bare_inserts(path: &Path, rows: &[Written], batch: usize) -> Res<Duration> {
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

fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
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
    // Ids of commands are random: these spread the same way.
    let command = position.wrapping_mul(-7_046_029_254_386_353_131).to_be_bytes().repeat(2);
    run("INSERT INTO command VALUES (?, ?, ?, ?)", params![COUNTY, command, id, position])?;
    Ok(())
}
