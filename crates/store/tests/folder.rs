//! The folder of a ledger: its lock, its version, its damage, and what is left of what was erased.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{COUNTY, append, delta, place, record};
use ledger::{FaultKind, Store};
use rusqlite::Connection;
use store::Options;
use store::sqlite::{SqliteStore, open, open_read_only};
use tempfile::TempDir;

fn options() -> Options {
    Options::default()
}

/// A ledger of some records, closed again.
fn written(records: usize) -> TempDir {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &options()).unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    for _ in 0..records {
        let event = append(&mut *transaction, COUNTY, None);
        transaction.put_record(&record(&event, |_| {})).unwrap();
    }
    transaction.commit().unwrap();
    folder
}

fn kind_and_message(folder: &Path) -> (FaultKind, String) {
    let fault = open(folder, &options()).map(drop).unwrap_err();
    let read_only = open_read_only(folder, &options()).map(drop).unwrap_err();
    assert_eq!(fault.kind, read_only.kind, "{read_only}");
    (fault.kind, fault.message)
}

#[test]
fn second_writer_is_told_that_the_ledger_is_in_use() {
    let folder = written(1);
    let first = open(folder.path(), &options()).unwrap();
    let fault = open(folder.path(), &options()).map(drop).unwrap_err();
    assert_eq!(fault.kind, FaultKind::InUse);
    assert!(fault.message.contains("stop it first, or read the ledger only"), "{fault}");

    let reading = open_read_only(folder.path(), &options()).unwrap();
    let mut transaction = first.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    assert_eq!(reading.read().unwrap().head(&place(COUNTY)).unwrap().position, 1);
    transaction.commit().unwrap();
    assert_eq!(reading.read().unwrap().head(&place(COUNTY)).unwrap().position, 2);
    assert!(reading.begin(&place(COUNTY)).is_err());
    drop(first);
    open(folder.path(), &options()).unwrap();
}

#[test]
fn folder_has_one_ledger_or_none() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("new").join("folder");
    assert!(SqliteStore::open(&inner, &options()).is_err());
    assert!(open_read_only(&inner, &options()).is_err());
    drop(SqliteStore::create(&inner, &options()).unwrap());
    let fault = SqliteStore::create(&inner, &options()).map(drop).unwrap_err();
    assert!(fault.message.contains("holds a ledger already"), "{fault}");
    SqliteStore::open(&inner, &options()).unwrap();
}

#[test]
fn ledger_of_a_newer_version_is_left_alone() {
    let folder = written(1);
    let raw = Connection::open(folder.path().join("ledger.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let (kind, message) = kind_and_message(folder.path());
    assert_eq!(kind, FaultKind::Newer);
    assert!(message.contains("schema 99") && message.contains("install that one"), "{message}");
}

/// A ledger of an event with deltas in two months, closed again.
fn counted() -> TempDir {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &options()).unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let event = append(&mut *transaction, COUNTY, None);
    let deltas = [("2020-07-15", 1), ("2020-07-31", 2), ("2020-08-01", 4)];
    transaction.add_deltas(&deltas.map(|(day, amount)| delta(&event, "petitions", day, amount))).unwrap();
    transaction.commit().unwrap();
    folder
}

#[test]
fn an_older_ledger_gets_its_sums_by_month() {
    let folder = counted();
    let raw = Connection::open(folder.path().join("ledger.db")).unwrap();
    raw.execute_batch("DROP TABLE delta_month; PRAGMA user_version = 11").unwrap();
    drop(raw);
    let store = open(folder.path(), &options()).unwrap();
    assert!(store.read().unwrap().months_hold(&place(COUNTY)).unwrap());
    drop(store);
    let raw = Connection::open(folder.path().join("ledger.db")).unwrap();
    let sums = "SELECT group_concat(month || ' ' || amount, ', ' ORDER BY month) FROM delta_month";
    assert_eq!(raw.query_row(sums, [], |row| row.get::<_, String>(0)).unwrap(), "202007 3, 202008 4");
}

#[test]
fn sums_by_month_that_were_altered_are_found_and_made_anew() {
    for damage in [
        "UPDATE delta_month SET amount = 9 WHERE month = 202007",
        "DELETE FROM delta_month WHERE month = 202008",
        "INSERT INTO delta_month SELECT government, figure, 202009, agency, place, part, 1 FROM delta_month LIMIT 1",
    ] {
        let folder = counted();
        Connection::open(folder.path().join("ledger.db")).unwrap().execute_batch(damage).unwrap();
        let store = open(folder.path(), &options()).unwrap();
        let holds = || store.read().unwrap().months_hold(&place(COUNTY)).unwrap();
        assert!(!holds(), "{damage}");
        let mut transaction = store.begin(&place(COUNTY)).unwrap();
        transaction.months_anew(&place(COUNTY)).unwrap();
        transaction.commit().unwrap();
        assert!(holds(), "{damage}");
    }
}

#[test]
fn damage_is_told_with_its_remedy() {
    let damages: [fn(&Path); 4] = [
        |file| fs::write(file, "garbage ".repeat(2000)).unwrap(),
        |file| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        },
        |file| {
            let mut bytes = fs::read(file).unwrap();
            bytes[100..4096].fill(0xff);
            fs::write(file, bytes).unwrap();
        },
        |file| {
            fs::remove_file(file).unwrap();
            Connection::open(file).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
        },
    ];
    for damage in damages {
        let folder = written(500);
        damage(&folder.path().join("ledger.db"));
        let (kind, message) = kind_and_message(folder.path());
        assert_eq!(kind, FaultKind::Damaged, "{message}");
        assert!(message.contains("put back the last backup"), "{message}");
    }
}

/// The files of a folder that hold some bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let found = files.filter(|file| fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes));
    found.map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn erased_bytes_are_in_no_file() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &options()).unwrap();
    let county = place(COUNTY);
    let secret = "极其私密的内容".repeat(900);
    let mut transaction = store.begin(&county).unwrap();
    let mut event = common::event(COUNTY, transaction.head(&county).unwrap(), None);
    event.contents[1].bytes = Some(secret.clone().into_bytes());
    transaction.append(&event).unwrap();
    transaction.put_record(&record(&event, |row| row.state = secret.clone().into_bytes())).unwrap();
    transaction.commit().unwrap();
    let needle = "极其私密的内容".as_bytes();
    assert!(!holding(folder.path(), needle).is_empty());

    let reader = store.read().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    transaction.erase(&county, 1, 1).unwrap();
    transaction.put_record(&record(&event, |_| {})).unwrap();
    transaction.commit().unwrap();
    // A reader still sees what was before; once it is gone, the next commit empties the log.
    drop(reader);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_note("any", "thing").unwrap();
    transaction.commit().unwrap();
    assert_eq!(holding(folder.path(), needle), Vec::<String>::new());
}

/// Runs this test program again as a child that dies in the middle of a transaction.
#[test]
fn killed_program_leaves_what_it_committed() {
    if let Some(folder) = std::env::var_os("LEDGER_TO_DIE_IN") {
        let store = open(Path::new(&folder), &options()).unwrap();
        let mut transaction = store.begin(&place(COUNTY)).unwrap();
        append(&mut *transaction, COUNTY, None);
        transaction.commit().unwrap();
        let mut transaction = store.begin(&place(COUNTY)).unwrap();
        append(&mut *transaction, COUNTY, None);
        std::process::abort();
    }
    let folder = TempDir::new().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_program_leaves_what_it_committed"])
        .env("LEDGER_TO_DIE_IN", folder.path())
        .output()
        .unwrap();
    assert!(!child.status.success());
    let store = open(folder.path(), &options()).unwrap();
    assert_eq!(store.read().unwrap().head(&place(COUNTY)).unwrap().position, 1);
}
