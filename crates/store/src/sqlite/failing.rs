//! Tests of a disk that is full, and of one that fails.
#![allow(clippy::unwrap_used)]

use ledger::{Fault, Head, Links, NOTHING, Store, check_chain};
use tempfile::TempDir;

use self::common::{COUNTY, append, place, record};
use super::{Options, SqliteStore, open};

#[path = "../../tests/common/mod.rs"]
mod common;

/// Writes a batch of events, as one act after another.
fn write(store: &SqliteStore, events: usize) -> Result<(), Fault> {
    let mut transaction = store.begin(&place(COUNTY))?;
    for _ in 0..events {
        let event = common::event(COUNTY, transaction.head(&place(COUNTY))?, None);
        transaction.append(&event)?;
        transaction.put_record(&record(&event, |_| {}))?;
    }
    transaction.commit()
}

/// The position to which the whole log holds.
fn holds_to(store: &SqliteStore) -> u64 {
    let mut read = store.read().unwrap();
    let rows = read.log(&place(COUNTY), 0, u32::MAX).unwrap();
    let start = Head { position: 0, hash: NOTHING };
    let reached = check_chain(&place(COUNTY), start, &mut Links::new(), &rows).unwrap();
    assert_eq!(reached, read.head(&place(COUNTY)).unwrap());
    reached.position
}

/// Limits the pages of the ledger's file, as a full disk would.
fn limit(store: &SqliteStore, more: i64) {
    let writer = store.writing().unwrap();
    let connection = &writer.handle.connection;
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update_and_check(None, "max_page_count", pages + more, |_| Ok(())).unwrap();
}

#[test]
fn full_disk_refuses_the_batch_whole_and_goes_on_once_there_is_room() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &Options::default()).unwrap();
    write(&store, 3).unwrap();
    // The limit falls into different statements of the batch.
    for more in 0..12 {
        limit(&store, more);
        let fault = write(&store, 500).unwrap_err();
        assert!(fault.message.contains("the disk is full") && fault.message.contains("make room"), "{fault}");
        assert_eq!(holds_to(&store), 3);
    }
    limit(&store, 1_000_000);
    write(&store, 500).unwrap();
    assert_eq!(holds_to(&store), 503);
    drop(store);
    assert_eq!(holds_to(&open(folder.path(), &Options::default()).unwrap()), 503);
}

#[test]
fn nothing_of_a_batch_that_met_a_full_disk_can_be_committed() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &Options::default()).unwrap();
    write(&store, 3).unwrap();
    limit(&store, 1);
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let full = (0..500).find_map(|_| {
        let event = common::event(COUNTY, transaction.head(&place(COUNTY)).ok()?, None);
        transaction.append(&event).err()
    });
    assert!(full.is_some_and(|fault| fault.message.contains("the disk is full")));
    assert!(transaction.commit().is_err());
    assert_eq!(holds_to(&store), 3);
}

#[test]
fn failed_sync_is_told_and_nothing_is_built_on_it() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &Options::default()).unwrap();
    write(&store, 3).unwrap();
    store.log.fail_to_sync().unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    let fault = transaction.commit().unwrap_err();
    assert!(fault.message.contains("the disk did not take") && fault.message.contains("check the disk"), "{fault}");
    let fault = store.begin(&place(COUNTY)).map(drop).unwrap_err();
    assert!(fault.message.contains("an earlier sync failed"), "{fault}");
    drop(store);
    // Whether the act stands is known after the next start; here it does.
    let store = open(folder.path(), &Options::default()).unwrap();
    assert_eq!(holds_to(&store), 4);
    write(&store, 1).unwrap();
    assert_eq!(holds_to(&store), 5);
}
