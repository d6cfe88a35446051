//! Files that came with events: taken in piece by piece, held by events, cleared away when nobody holds them.

use ledger::{AttachmentRow, Bytes, Fault, FaultKind, Store, hash};
use terms::Digest;

use crate::common::{CITY, COUNTY, append, place};

/// Bytes that fill several pieces of any store, and no whole number of them.
fn large() -> Vec<u8> {
    (0..700_001u32).map(|n| (n * 31 % 251) as u8).collect()
}

fn row(government: &str, bytes: &[u8]) -> AttachmentRow {
    AttachmentRow {
        government: place(government),
        digest: hash(bytes),
        size: bytes.len() as u64,
        kind: "pdf".into(),
        uses: 0,
    }
}

/// Hands bytes on in small, uneven pieces.
fn from(bytes: &[u8]) -> impl FnMut(&mut [u8]) -> Result<usize, Fault> + '_ {
    let mut left = bytes;
    move |piece| {
        let some = left.len().min(piece.len()).min(10_007);
        piece[..some].copy_from_slice(&left[..some]);
        left = &left[some..];
        Ok(some)
    }
}

fn put(store: &dyn Store, government: &str, bytes: &[u8], account: &str, at: i64) -> AttachmentRow {
    let row = row(government, bytes);
    store.attachment_put(&row, account, at, &mut from(bytes) as &mut Bytes<'_>).unwrap();
    row
}

/// The bytes from a place on, read to the end.
fn read(store: &dyn Store, row: &AttachmentRow, mut at: u64, most: usize) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let piece = store.attachment_bytes(&row.government, row.digest, at, most).unwrap()?;
        assert!(piece.len() <= most);
        if piece.is_empty() {
            return Some(all);
        }
        at += piece.len() as u64;
        all.extend(piece);
    }
}

fn kept(store: &dyn Store, row: &AttachmentRow) -> Option<u64> {
    let found = store.read().unwrap().attachment(&row.government, row.digest).unwrap();
    found.inspect(|found| assert_eq!(*found, AttachmentRow { uses: found.uses, ..row.clone() })).map(|row| row.uses)
}

fn staged(store: &dyn Store, row: &AttachmentRow, account: &str) -> bool {
    store.read().unwrap().attachment_staged(&row.government, row.digest, account).unwrap()
}

fn hold(store: &dyn Store, row: &AttachmentRow) {
    let mut transaction = store.begin(&row.government).unwrap();
    transaction.hold_attachment(&row.government, row.digest).unwrap();
    transaction.commit().unwrap();
}

fn release(store: &dyn Store, row: &AttachmentRow) {
    let mut transaction = store.begin(&row.government).unwrap();
    transaction.release_attachment(&row.government, row.digest).unwrap();
    transaction.commit().unwrap();
}

pub fn file_comes_back_from_any_place(store: &dyn Store) {
    let bytes = large();
    let file = put(store, COUNTY, &bytes, "zhang", 10);
    for most in [70_000, 1 << 20] {
        for at in [0, 1, 262_143, 262_144, 699_999, 700_001, 800_000] {
            let rest = bytes.get(at..).unwrap_or_default();
            assert!(read(store, &file, at as u64, most).unwrap() == rest, "from {at}, {most} at a time");
        }
    }
    assert_eq!(kept(store, &file), Some(0));
    let empty = put(store, COUNTY, b"", "zhang", 10);
    assert_eq!(read(store, &empty, 0, 5), Some(Vec::new()));
}

pub fn absent_file_is_absent(store: &dyn Store) {
    let never = row(COUNTY, b"never");
    assert_eq!((read(store, &never, 0, 9), kept(store, &never)), (None, None));
    put(store, COUNTY, b"here", "zhang", 10);
    let elsewhere = row(CITY, b"here");
    assert_eq!((read(store, &elsewhere, 0, 9), kept(store, &elsewhere)), (None, None), "a government has its own");
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    assert!(transaction.hold_attachment(&place(COUNTY), never.digest).is_err());
    assert!(transaction.release_attachment(&place(COUNTY), never.digest).is_err());
}

pub fn altered_bytes_are_not_taken_in(store: &dyn Store) {
    let file = row(COUNTY, b"as it was hashed");
    for sent in [&b"as it was altered"[..], b"as it was", b"as it was hashed and more", b""] {
        let refused = store.attachment_put(&file, "zhang", 10, &mut from(sent)).unwrap_err();
        assert_eq!(refused.kind, FaultKind::Damaged);
    }
    let mut breaks = |_: &mut [u8]| -> Result<usize, Fault> {
        Err(Fault { kind: FaultKind::Unavailable, message: "the line broke".into() })
    };
    assert_eq!(store.attachment_put(&file, "zhang", 10, &mut breaks).unwrap_err().message, "the line broke");
    assert_eq!((read(store, &file, 0, 9), kept(store, &file)), (None, None));
    assert!(!staged(store, &file, "zhang"));
}

pub fn file_is_staged_for_whoever_brought_it(store: &dyn Store) {
    let file = put(store, COUNTY, b"twice the same", "zhang", 10);
    assert!(staged(store, &file, "zhang") && !staged(store, &file, "li"));
    put(store, COUNTY, b"twice the same", "li", 20);
    assert!(staged(store, &file, "zhang") && staged(store, &file, "li"));
    assert_eq!(read(store, &file, 0, 99).unwrap(), b"twice the same");
    // The first goes out of staging, the second has it still.
    assert_eq!(store.attachments_sweep(&place(COUNTY), 20).unwrap(), 0);
    assert!(!staged(store, &file, "zhang") && staged(store, &file, "li"));
    assert_eq!(kept(store, &file), Some(0));
    // Brought again it stays for longer; an earlier moment changes nothing.
    put(store, COUNTY, b"twice the same", "li", 30);
    put(store, COUNTY, b"twice the same", "li", 25);
    assert_eq!(store.attachments_sweep(&place(COUNTY), 30).unwrap(), 0);
    assert_eq!(store.attachments_sweep(&place(COUNTY), 31).unwrap(), 1);
    assert_eq!((read(store, &file, 0, 99), kept(store, &file)), (None, None));
    put(store, COUNTY, b"twice the same", "li", 40);
    assert_eq!(read(store, &file, 0, 99).unwrap(), b"twice the same", "what was swept can be brought again");
}

pub fn held_file_outlives_every_sweep_until_it_is_released(store: &dyn Store) {
    let county = place(COUNTY);
    let file = put(store, COUNTY, &large(), "zhang", 10);
    let unused = put(store, COUNTY, b"unused", "zhang", 10);
    let city = put(store, CITY, b"unused", "zhang", 10);
    hold(store, &file);
    hold(store, &file);
    assert_eq!(store.attachments_sweep(&county, 1_000).unwrap(), 1);
    assert_eq!((kept(store, &file), kept(store, &unused), kept(store, &city)), (Some(2), None, Some(0)));
    release(store, &file);
    assert_eq!(store.attachments_sweep(&county, 1_000).unwrap(), 0);
    assert!(read(store, &file, 0, 1 << 20).unwrap() == large());
    // The last event that named it is erased: the bytes go, though somebody just brought the same.
    put(store, COUNTY, &large(), "li", 2_000);
    release(store, &file);
    assert!(!staged(store, &file, "li"));
    assert_eq!(store.attachments_sweep(&county, 1_000).unwrap(), 1);
    assert_eq!((read(store, &file, 0, 9), kept(store, &file)), (None, None));
}

pub fn holding_stands_or_falls_with_its_transaction(store: &dyn Store) {
    let county = place(COUNTY);
    let file = put(store, COUNTY, b"a paper", "zhang", 10);
    let mut transaction = store.begin(&county).unwrap();
    append(&mut *transaction, COUNTY, None);
    transaction.mark().unwrap();
    transaction.hold_attachment(&county, file.digest).unwrap();
    assert_eq!(transaction.attachment(&county, file.digest).unwrap().unwrap().uses, 1);
    transaction.undo().unwrap();
    transaction.commit().unwrap();
    assert_eq!(kept(store, &file), Some(0));
    let mut transaction = store.begin(&county).unwrap();
    transaction.hold_attachment(&county, file.digest).unwrap();
    drop(transaction);
    assert_eq!(kept(store, &file), Some(0));
    let mut transaction = store.begin(&county).unwrap();
    assert!(transaction.hold_attachment(&place(CITY), file.digest).is_err(), "another government's");
    drop(transaction);
    hold(store, &file);
    assert_eq!(kept(store, &file), Some(1));
}

pub fn held_files_are_listed_in_order(store: &dyn Store) {
    let county = place(COUNTY);
    let mut files: Vec<AttachmentRow> =
        (0..5u8).map(|n| put(store, COUNTY, &[n; 40], "zhang", 10)).inspect(|file| hold(store, file)).collect();
    put(store, COUNTY, b"in staging only", "zhang", 10);
    files.sort_by_key(|file| file.digest);
    let mut reader = store.read().unwrap();
    let (mut after, mut listed): (Option<Digest>, Vec<AttachmentRow>) = (None, Vec::new());
    loop {
        let some = reader.attachments(&county, after, 2).unwrap();
        let Some(last) = some.last() else { break };
        after = Some(last.digest);
        listed.extend(some);
    }
    assert_eq!(listed, files.iter().map(|file| AttachmentRow { uses: 1, ..file.clone() }).collect::<Vec<_>>());
}
