//! Backups: taken while somebody writes, put back whole, and refused where they are not what was taken.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use common::{COUNTY, append, bring, place, record};
use ledger::{Attachments, Fault, FaultKind, Links, NOTHING, Store, check_chain, hash};
use rusqlite::Connection;
use store::Options;
use store::sqlite::{Manifest, SqliteStore, backup, open, open_read_only, restore};
use tempfile::TempDir;

fn options() -> Options {
    Options::default()
}

fn taken(data: &Path, to: &Path) -> Result<Manifest, Fault> {
    backup(data, to, "fazhi test", "2026-06-01T02:00:00".parse().unwrap())
}

fn write(store: &SqliteStore) {
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let event = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&event, |_| {})).unwrap();
    transaction.commit().unwrap();
}

/// A ledger of some records, and a backup of it.
fn backed_up(records: usize) -> (TempDir, TempDir) {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = open(data.path(), &options()).unwrap();
    (0..records).for_each(|_| write(&store));
    taken(data.path(), to.path()).unwrap();
    (data, to)
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = files.collect();
    names.sort();
    names
}

/// The position to which the log of a restored ledger holds.
fn holds_to(data: &Path) -> u64 {
    let store = open_read_only(data, &options()).unwrap();
    let mut read = store.read().unwrap();
    let rows = read.log(&place(COUNTY), 0, u32::MAX).unwrap();
    let start = ledger::Head { position: 0, hash: NOTHING };
    let reached = check_chain(&place(COUNTY), start, &mut Links::new(), &rows).unwrap();
    assert_eq!(reached, read.head(&place(COUNTY)).unwrap());
    reached.position
}

/// The restore of a backup fails so, and leaves a place that a good one can go to.
fn refused(from: &Path, kind: FaultKind, words: &[&str]) {
    let data = TempDir::new().unwrap();
    let fault = restore(from, data.path()).unwrap_err();
    assert_eq!(fault.kind, kind, "{fault}");
    for word in words {
        assert!(fault.message.contains(word), "`{word}` is not said: {fault}");
    }
    assert!(!data.path().join("ledger.db").exists());
    let (_ledger, good) = backed_up(1);
    restore(good.path(), data.path()).unwrap();
    assert_eq!(names(data.path()), ["ledger.db", "ledger.lock"]);
}

#[test]
fn backup_while_somebody_writes_holds_what_was_there_when_it_began() {
    let data = TempDir::new().unwrap();
    let store = open(data.path(), &options()).unwrap();
    (0..200).for_each(|_| write(&store));
    let ended = AtomicBool::new(false);
    let (written, position) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Acquire) {
                write(&store);
                let head = store.read().unwrap().head(&place(COUNTY)).unwrap();
                written.send(head.position).unwrap();
            }
        });
        for _ in 0..5 {
            // One more since the last backup: the writer goes on beside it.
            let mut before = position.recv().unwrap();
            before = position.try_iter().last().unwrap_or(before);
            let (to, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
            let manifest = taken(data.path(), to.path()).unwrap();
            assert_eq!(names(to.path()), ["backup.db", "backup.json"]);
            assert_eq!(restore(to.path(), other.path()).unwrap(), manifest);
            let held = holds_to(other.path());
            assert!(held >= before, "{held} of {before}");
            assert_eq!(manifest.governments[0].position, held);
            write(&open(other.path(), &options()).unwrap());
            assert_eq!(holds_to(other.path()), held + 1);
        }
        ended.store(true, Ordering::Release);
    });
}

#[test]
fn transaction_that_is_not_committed_neither_waits_nor_is_copied() {
    let data = TempDir::new().unwrap();
    let store = open(data.path(), &options()).unwrap();
    write(&store);
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    let to = TempDir::new().unwrap();
    assert_eq!(taken(data.path(), to.path()).unwrap().governments[0].position, 1);
    transaction.commit().unwrap();
}

/// A file that an event names, and its place under a folder.
fn with_file(data: &Path) -> std::path::PathBuf {
    let store = open(data, &options()).unwrap();
    write(&store);
    let file = bring(&store, COUNTY, b"a paper");
    bring(&store, COUNTY, b"in staging alone");
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    transaction.hold_attachment(&place(COUNTY), file).unwrap();
    transaction.commit().unwrap();
    let name = hash(b"a paper").to_string();
    Path::new("attachments").join(COUNTY).join(&name[..2]).join(&name[2..])
}

#[test]
fn files_go_along_and_come_back() {
    let (data, to, other) = (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = with_file(data.path());
    let manifest = taken(data.path(), to.path()).unwrap();
    assert_eq!((manifest.attachments, manifest.attachment_bytes), (1, 7));
    assert_eq!(fs::read(to.path().join(&file)).unwrap(), b"a paper");
    assert_eq!(names(&to.path().join("attachments").join(COUNTY)).len(), 1, "what is in staging alone stays behind");
    restore(to.path(), other.path()).unwrap();
    let store = open(other.path(), &options()).unwrap();
    let bytes = store.attachment_bytes(&place(COUNTY), hash(b"a paper"), 0, 99).unwrap();
    assert_eq!(bytes.as_deref(), Some(b"a paper".as_slice()));
    // A file that is not what it was, in the backup and before it was taken.
    fs::write(to.path().join(&file), b"a PAPER").unwrap();
    refused(to.path(), FaultKind::Damaged, &["is another", "nothing was restored"]);
    fs::remove_file(to.path().join(&file)).unwrap();
    refused(to.path(), FaultKind::Damaged, &["is missing", "nothing was restored"]);
    fs::write(data.path().join(&file), b"a PAPER").unwrap();
    let fault = taken(data.path(), TempDir::new().unwrap().path()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Damaged, "{fault}");
    fs::remove_file(data.path().join(&file)).unwrap();
    let fault = taken(data.path(), TempDir::new().unwrap().path()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Damaged, "{fault}");
}

#[test]
fn damaged_backup_is_refused() {
    let (_data, to) = backed_up(100);
    let path = to.path().join("backup.db");
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(&path, &flipped).unwrap();
    refused(to.path(), FaultKind::Damaged, &["SM3", "damaged", "nothing was restored"]);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refused(to.path(), FaultKind::Damaged, &["bytes", "damaged"]);
    fs::remove_file(&path).unwrap();
    refused(to.path(), FaultKind::Unavailable, &["can't be read"]);
}

#[test]
fn half_written_backup_is_refused_and_can_be_taken_again() {
    let (data, to) = backed_up(1);
    fs::rename(to.path().join("backup.json"), to.path().join("backup.json.part")).unwrap();
    refused(to.path(), FaultKind::Unavailable, &["not finished", "backup.json"]);
    fs::rename(to.path().join("backup.db"), to.path().join("backup.db.part")).unwrap();
    refused(to.path(), FaultKind::Unavailable, &["not finished", "backup.json"]);
    taken(data.path(), to.path()).unwrap();
    assert_eq!(names(to.path()), ["backup.db", "backup.json"]);
    let nothing = TempDir::new().unwrap();
    refused(nothing.path(), FaultKind::Unavailable, &["holds no backup"]);
}

#[test]
fn manifest_of_another_backup_is_refused() {
    let (_one, to) = backed_up(1);
    let (_other, larger) = backed_up(300);
    fs::copy(larger.path().join("backup.json"), to.path().join("backup.json")).unwrap();
    refused(to.path(), FaultKind::Damaged, &["bytes", "different ones"]);
    fs::write(to.path().join("backup.json"), "{").unwrap();
    refused(to.path(), FaultKind::Damaged, &["backup.json can't be read"]);
}

#[test]
fn manifest_that_promises_more_is_refused() {
    let (_data, to) = backed_up(3);
    let path = to.path().join("backup.json");
    let mut manifest: Manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest.governments[0].position = 4;
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    refused(to.path(), FaultKind::Damaged, &["do not go as far"]);
}

#[test]
fn backup_of_a_newer_version_is_left_alone() {
    let (data, to) = backed_up(1);
    let path = to.path().join("backup.json");
    let mut manifest: Manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest.schema = 99;
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    refused(to.path(), FaultKind::Newer, &["schema 99", "install that one"]);
    let raw = Connection::open(data.path().join("ledger.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    let fault = taken(data.path(), TempDir::new().unwrap().path()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Newer);
}

#[test]
fn nothing_is_written_over() {
    let (data, to) = backed_up(1);
    let fault = taken(data.path(), to.path()).unwrap_err();
    assert!(fault.message.contains("holds a backup already"), "{fault}");
    assert_eq!(names(to.path()), ["backup.db", "backup.json"]);
    let fault = restore(to.path(), data.path()).unwrap_err();
    assert!(fault.message.contains("holds a ledger already"), "{fault}");
    // The log of a ledger that is gone would be taken for that of the restored one.
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("ledger.db-wal"), "").unwrap();
    let fault = restore(to.path(), place.path()).unwrap_err();
    assert!(fault.message.contains("ledger.db-wal"), "{fault}");
    assert!(taken(place.path(), place.path()).is_err());
}

#[test]
fn place_that_cannot_be_written_is_told() {
    let (data, to) = backed_up(1);
    let under = to.path().join("backup.json").join("folder");
    let fault = taken(data.path(), &under).unwrap_err();
    assert!(fault.message.contains("name another folder"), "{fault}");
    let fault = restore(to.path(), &under).unwrap_err();
    assert!(fault.message.contains("--data"), "{fault}");
}
