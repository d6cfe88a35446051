//! What a person with a database shell can't do to a ledger, and what is noticed of what they can.

#![allow(clippy::unwrap_used)]

mod common;

use common::{COUNTY, answered, append, bring, command, delta, place, record};
use ledger::{FaultKind, Links, NOTHING, Store, check_chain};
use rusqlite::{Connection, ErrorCode};
use store::Options;
use store::sqlite::SqliteStore;
use tempfile::TempDir;

/// A ledger of two events, and a raw connection to it with nothing set.
fn attacked() -> (TempDir, SqliteStore, Connection) {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::create(folder.path(), &Options::default()).unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&first, |_| {})).unwrap();
    transaction.put_command(&first.government, &answered(&first)).unwrap();
    transaction.add_deltas(&[delta(&first, "petitions", "2020-07-15", 1)]).unwrap();
    transaction.note_look(&first.government, &common::look(first.record, "zhang", 5)).unwrap();
    transaction.put_definition(terms::Digest([2; 32]), "petition", b"text").unwrap();
    transaction.next_number(&first.government, "petition", 2020).unwrap();
    append(&mut *transaction, COUNTY, Some(&first));
    transaction.commit().unwrap();
    let file = bring(&store, COUNTY, b"a paper");
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    (0..2).for_each(|_| transaction.hold_attachment(&place(COUNTY), file).unwrap());
    transaction.commit().unwrap();
    let raw = Connection::open(folder.path().join("ledger.db")).unwrap();
    (folder, store, raw)
}

const HASH: &str = "x'0000000000000000000000000000000000000000000000000000000000000000'";

#[test]
fn database_refuses_to_alter_what_was_recorded() {
    let (_folder, store, raw) = attacked();
    let attacks = [
        "UPDATE event SET envelope = x'00' WHERE position = 1",
        "UPDATE event SET position = 9 WHERE position = 2",
        "UPDATE OR REPLACE event SET position = 1 WHERE position = 2",
        "DELETE FROM event",
        "DELETE FROM event WHERE position = 2",
        "INSERT OR REPLACE INTO event VALUES ('632222', 1, 1, 1, HASH, HASH, x'00')",
        "REPLACE INTO event VALUES ('632222', 2, 1, 2, HASH, HASH, x'00')",
        // A free position, but the number of an event that stands: REPLACE would delete that one.
        "INSERT OR REPLACE INTO event VALUES ('632222', 3, 1, 1, HASH, HASH, x'00')",
        "INSERT OR REPLACE INTO event VALUES ('632222', 3, 1, 2, HASH, HASH, x'00')",
        "INSERT INTO event VALUES ('632222', 2, 1, 2, HASH, HASH, x'00')
            ON CONFLICT (government, position) DO UPDATE SET envelope = x'00'",
        "INSERT INTO event VALUES ('632222', 3, 1, 2, HASH, HASH, x'00')
            ON CONFLICT (government, record, seq) DO UPDATE SET envelope = x'00'",
        // Gaps.
        "INSERT INTO event VALUES ('632222', 4, 4, 1, HASH, HASH, x'00')",
        "INSERT INTO event VALUES ('632222', 3, 1, 4, HASH, HASH, x'00')",
        "INSERT INTO event VALUES ('632222', 0, 0, 1, HASH, HASH, x'00')",
        "INSERT INTO event VALUES ('632222', 3, 2, 1, HASH, HASH, x'00')",
        "INSERT INTO event VALUES ('632222', NULL, 3, 1, HASH, HASH, x'00')",
        // Contents.
        "UPDATE content SET bytes = x'00' WHERE part = 0",
        "UPDATE content SET bytes = NULL, nonce = NULL WHERE part = 0",
        "UPDATE content SET bytes = NULL WHERE part = 1",
        "UPDATE content SET nonce = x'00' WHERE part = 1",
        "UPDATE content SET bytes = NULL, nonce = NULL, position = 9 WHERE part = 1 AND position = 1",
        "UPDATE OR REPLACE content SET bytes = NULL, nonce = NULL, part = 0 WHERE part = 1 AND position = 1",
        "DELETE FROM content WHERE part = 1",
        "INSERT OR REPLACE INTO content VALUES ('632222', 1, 0, x'00000000000000000000000000000000', x'00')",
        "INSERT OR REPLACE INTO content VALUES ('632222', 2, 0, x'00000000000000000000000000000000', x'00')",
        "INSERT INTO content VALUES ('632222', 1, 7, x'00000000000000000000000000000000', x'00')",
        "INSERT INTO content VALUES ('632222', 2, 1, x'00000000000000000000000000000000', x'00')
            ON CONFLICT (government, position, part) DO UPDATE SET bytes = x'00'",
        // The head.
        "UPDATE head SET position = 1",
        "UPDATE head SET hash = HASH",
        "DELETE FROM head",
        "INSERT OR REPLACE INTO head VALUES ('632222', 1, HASH)",
        "INSERT INTO head VALUES ('410700', 0, HASH)",
        // What else is append-only.
        "UPDATE delta SET amount = 2",
        "DELETE FROM delta",
        "INSERT OR REPLACE INTO delta SELECT government, figure, day, position, n, record, agency, place, part, 9 FROM delta",
        "UPDATE command SET position = 9",
        "DELETE FROM command",
        "INSERT OR REPLACE INTO command SELECT government, id, record, 9 FROM command",
        "UPDATE look SET account = 'li'",
        "DELETE FROM look",
        "INSERT OR REPLACE INTO look SELECT * FROM look",
        "UPDATE definition SET bytes = x'00'",
        "DELETE FROM definition",
        "INSERT OR REPLACE INTO definition SELECT digest, name, x'00' FROM definition",
        "UPDATE series SET last = 0",
        "UPDATE series SET last = last + 2",
        "DELETE FROM series",
        "INSERT OR REPLACE INTO series VALUES ('632222', 'petition', 2020, 1)",
        "INSERT INTO series VALUES ('632222', 'petition', 2021, 5)",
        // Files that events name.
        "UPDATE attachment SET uses = 0",
        "UPDATE attachment SET size = 9",
        "UPDATE attachment SET digest = HASH",
        "DELETE FROM attachment",
        "INSERT OR REPLACE INTO attachment SELECT government, digest, size, kind, 0 FROM attachment",
        "INSERT INTO attachment VALUES ('632222', HASH, 9, 'pdf', 1)",
    ];
    let before = store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap();
    for attack in attacks {
        let sql = attack.replace("HASH", HASH);
        let refused = raw.execute(&sql, []);
        let code = refused.err().and_then(|error| error.sqlite_error_code());
        assert_eq!(code, Some(ErrorCode::ConstraintViolation), "the database took: {attack}");
        assert_eq!(store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap(), before, "{attack}");
    }
    let head = ledger::Head { position: 0, hash: NOTHING };
    check_chain(&place(COUNTY), head, &mut Links::new(), &before).unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.deltas_of(&place(COUNTY), before[0].record).unwrap()[0].amount, 1);
    assert_eq!(reader.command(&place(COUNTY), command(1)).unwrap().unwrap().position, 1);
    assert_eq!(reader.looks(&place(COUNTY), before[0].record).unwrap()[0].account, "zhang");
    assert_eq!(reader.definition(terms::Digest([2; 32])).unwrap().unwrap(), b"text");
}

#[test]
fn erasing_a_personal_part_is_all_that_is_allowed() {
    let (_folder, store, raw) = attacked();
    raw.execute("UPDATE content SET nonce = NULL, bytes = NULL WHERE part = 1 AND position = 1", []).unwrap();
    let log = store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap();
    assert_eq!(log[0].contents[1].bytes, None);
    let head = ledger::Head { position: 0, hash: NOTHING };
    check_chain(&place(COUNTY), head, &mut Links::new(), &log).unwrap();
}

#[test]
fn missing_guard_is_noticed_when_the_ledger_is_opened() {
    for attack in [
        "DROP TRIGGER event_stays",
        "DROP TRIGGER event_stays; CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT 1; END",
        "CREATE TRIGGER hidden AFTER INSERT ON event BEGIN DELETE FROM note; END",
        "DROP INDEX key_unique",
    ] {
        let (folder, store, raw) = attacked();
        drop(store);
        raw.execute_batch(attack).unwrap();
        drop(raw);
        for opened in [
            SqliteStore::open(folder.path(), &Options::default()).map(drop),
            store::sqlite::open_read_only(folder.path(), &Options::default()).map(drop),
        ] {
            let fault = opened.unwrap_err();
            assert_eq!(fault.kind, FaultKind::Damaged, "{attack}: {fault}");
            assert!(fault.message.contains("put back the last backup"), "{fault}");
        }
    }
}

#[test]
fn cut_log_is_noticed_when_the_ledger_is_opened() {
    let (folder, store, raw) = attacked();
    drop(store);
    // The guards are dropped and put back: only the head still tells.
    let guard: String =
        raw.query_row("SELECT sql FROM sqlite_master WHERE name = 'event_remains'", [], |row| row.get(0)).unwrap();
    raw.execute_batch(&format!("DROP TRIGGER event_remains; DELETE FROM event WHERE position = 2; {guard};")).unwrap();
    drop(raw);
    let fault = SqliteStore::open(folder.path(), &Options::default()).map(drop).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Damaged);
    assert!(fault.message.contains("the head of government 632222"), "{fault}");
}
