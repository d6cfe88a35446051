//! How many acts a second the store takes, beside the same bytes inserted by bare prepared statements.
//!
//! `cargo run --release -p store --example bulk -- [acts] [acts in a transaction] [records that are old, of a hundred]`
#![allow(clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use common::{COUNTY, answered, date, delta, due, event, place, record};
use ledger::{EventRow, Head, NOTHING, RecordQuery, Store};
use rusqlite::{Connection, params};
use store::{Options, open};
use tempfile::TempDir;

/// Events to write: some open a record, the others continue one of those before.
fn events(acts: usize, old: usize) -> Vec<EventRow> {
    let mut head = Head { position: 0, hash: NOTHING };
    let mut last: Vec<EventRow> = Vec::new();
    let mut all = Vec::with_capacity(acts);
    for n in 0..acts {
        let pick = (n.wrapping_mul(2_654_435_761) >> 7) % last.len().max(1);
        let continues = n * 37 % 100 < old && !last.is_empty();
        let row = event(COUNTY, head, continues.then(|| &last[pick]));
        head = Head { position: row.position, hash: row.head };
        if continues {
            last[pick] = row.clone();
        } else {
            last.push(row.clone());
        }
        all.push(row);
    }
    all
}

fn through_the_store(folder: &TempDir, events: &[EventRow], batch: usize) -> Duration {
    let store = open(folder.path(), &Options::default()).unwrap();
    let county = place(COUNTY);
    let began = Instant::now();
    for some in events.chunks(batch) {
        let mut transaction = store.begin(&county).unwrap();
        for event in some {
            transaction.mark().unwrap();
            transaction.append(event).unwrap();
            let day = date("2020-09-15");
            let row = record(event, |row| {
                row.due = Some(day);
                row.state = vec![7; 400];
                row.stage = if event.seq % 2 == 0 { "decided".into() } else { "accepted".into() };
            });
            transaction.put_record(&row).unwrap();
            transaction.put_due(&county, event.record, &[due(event, "decide", day)]).unwrap();
            transaction.put_keys(&county, event.record, &[]).unwrap();
            let deltas = [delta(event, "petitions", "2020-07-15", 1), delta(event, "open", "2020-07-15", 1)];
            transaction.add_deltas(&deltas).unwrap();
            transaction.put_command(&county, &answered(event)).unwrap();
        }
        transaction.commit().unwrap();
    }
    let took = began.elapsed();
    let effort = store.effort();
    let acts = events.len() as f64;
    println!(
        "  statements per act {:.2}, pages per act {:.2}",
        effort.statements as f64 / acts,
        effort.pages as f64 / acts
    );
    let began = Instant::now();
    let query = RecordQuery { government: Some(county), limit: 50, ..RecordQuery::default() };
    store.read().unwrap().records(&query).unwrap();
    println!("  a page of 50 records in {:?}", began.elapsed());
    took
}

/// The same bytes into tables without guards or further indexes.
fn by_bare_inserts(folder: &TempDir, events: &[EventRow], batch: usize) -> Duration {
    let raw = Connection::open(folder.path().join("bare.db")).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE event (g TEXT, p INTEGER, r INTEGER, s INTEGER, h BLOB, d BLOB, e BLOB, PRIMARY KEY (g, p));
         CREATE TABLE content (g TEXT, p INTEGER, n INTEGER, o BLOB, b BLOB, PRIMARY KEY (g, p, n));
         CREATE TABLE record (g TEXT, i INTEGER, l TEXT, d BLOB, a TEXT, h TEXT, pl TEXT, s TEXT, c INTEGER, la TEXT,
             o INTEGER, t INTEGER, du INTEGER, q INTEGER, ha BLOB, st BLOB, PRIMARY KEY (g, i));
         CREATE TABLE due (g TEXT, r INTEGER, l TEXT, d INTEGER, a INTEGER, PRIMARY KEY (g, r, l));
         CREATE TABLE delta (g TEXT, f TEXT, d INTEGER, p INTEGER, n INTEGER, r INTEGER, a TEXT, pl TEXT, pa TEXT,
             m INTEGER, PRIMARY KEY (g, f, d, p, n));
         CREATE TABLE command (g TEXT, i BLOB, r INTEGER, p INTEGER, PRIMARY KEY (g, i));",
    )
    .unwrap();
    let began = Instant::now();
    for some in events.chunks(batch) {
        raw.execute_batch("BEGIN IMMEDIATE").unwrap();
        for event in some {
            let (position, record) = (event.position as i64, event.record.0 as i64);
            let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
                raw.prepare_cached(sql).unwrap().execute(params).unwrap();
            };
            run(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
                params![COUNTY, position, record, event.seq, event.hash.0, event.head.0, event.envelope],
            );
            for part in &event.contents {
                let content = params![COUNTY, position, part.part, part.nonce, part.bytes];
                run("INSERT INTO content VALUES (?, ?, ?, ?, ?)", content);
            }
            run(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    COUNTY,
                    record,
                    "petition",
                    [2_u8; 32],
                    "justice",
                    "zhang",
                    "632222100",
                    "accepted",
                    0,
                    "祁信〔2020〕号",
                    20_200_715,
                    20_200_715,
                    20_200_915,
                    event.seq,
                    event.hash.0,
                    vec![7_u8; 400]
                ],
            );
            run("INSERT OR REPLACE INTO due VALUES (?, ?, ?, ?, ?)", params![COUNTY, record, "decide", 20_200_915, 1]);
            for (n, figure) in [(0, "petitions"), (1, "open")] {
                let delta = params![COUNTY, figure, 20_200_715, position, n, record, "justice", "632222100", "", 1];
                run("INSERT INTO delta VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", delta);
            }
            let command = answered(event).id.0;
            run("INSERT INTO command VALUES (?, ?, ?, ?)", params![COUNTY, command, record, position]);
        }
        raw.execute_batch("COMMIT").unwrap();
    }
    began.elapsed()
}

fn main() {
    let mut given = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let (acts, batch, old) = (given.next().unwrap_or(100_000), given.next().unwrap_or(512), given.next().unwrap_or(60));
    let events = events(acts, old);
    let folder = TempDir::new_in(".").unwrap();
    println!("{acts} acts, {batch} in a transaction, {old} % on old records");
    let store = through_the_store(&folder, &events, batch);
    let bare = by_bare_inserts(&folder, &events, batch);
    let rate = |took: Duration| acts as f64 / took.as_secs_f64();
    println!(
        "  store {:.0} acts/s, bare inserts {:.0} acts/s: {:.2}",
        rate(store),
        rate(bare),
        rate(store) / rate(bare)
    );
}
