//! What a person with a shell on PostgreSQL can't do to a ledger, and what is noticed of what they can.
#![allow(clippy::unwrap_used)]

mod common;

use common::database::{client, database, stranger};
use common::{COUNTY, answered, append, bring, command, delta, place, record};
use ledger::{FaultKind, Links, NOTHING, Store, check_chain};
use postgres::Client;
use store::Options;
use store::postgres::{PostgresStore, open, open_read_only};

/// A ledger of two events, its address, and a connection of its owner.
fn attacked() -> (String, PostgresStore, Client) {
    let url = database("attacked");
    let store = open(&url, &Options::default()).unwrap();
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
    let owner = client(&url);
    (url, store, owner)
}

const ATTACKS: &[&str] = &[
    "UPDATE event SET envelope = '\\x00' WHERE position = 1",
    "UPDATE event SET position = 9 WHERE position = 2",
    "DELETE FROM event",
    "DELETE FROM event WHERE position = 2",
    "TRUNCATE event",
    "TRUNCATE event, content, head, delta, command, look, series, definition",
    "INSERT INTO event VALUES ('632222', 2, 1, 2, HASH, HASH, '\\x00') \
     ON CONFLICT (government, position) DO UPDATE SET envelope = '\\x00'",
    "INSERT INTO event VALUES ('632222', 3, 1, 2, HASH, HASH, '\\x00') \
     ON CONFLICT (government, record, seq) DO UPDATE SET envelope = '\\x00'",
    // Gaps, in one row and within a statement.
    "INSERT INTO event VALUES ('632222', 4, 4, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', 3, 1, 4, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', 0, 0, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', 3, 2, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', NULL, 3, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('410700', 2, 2, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', 3, 3, 1, HASH, HASH, '\\x00'), ('632222', 5, 5, 1, HASH, HASH, '\\x00')",
    "INSERT INTO event VALUES ('632222', 3, 1, 4, HASH, HASH, '\\x00'), ('632222', 4, 1, 3, HASH, HASH, '\\x00')",
    // Contents.
    "UPDATE content SET bytes = '\\x00' WHERE part = 0",
    "UPDATE content SET bytes = NULL, nonce = NULL WHERE part = 0",
    "UPDATE content SET bytes = NULL WHERE part = 1",
    "UPDATE content SET nonce = '\\x00' WHERE part = 1",
    "UPDATE content SET bytes = NULL, nonce = NULL, position = 9 WHERE part = 1 AND position = 1",
    "UPDATE content SET bytes = NULL, nonce = NULL, part = 7 WHERE part = 1 AND position = 1",
    "DELETE FROM content WHERE part = 1",
    "TRUNCATE content",
    "INSERT INTO content VALUES ('632222', 1, 7, NONCE, '\\x00')",
    "INSERT INTO content VALUES ('632222', 2, 7, NONCE, '\\x00')",
    "INSERT INTO content VALUES ('632222', 9, 0, NONCE, '\\x00')",
    "INSERT INTO content VALUES ('632222', 2, 1, NONCE, '\\x00') \
     ON CONFLICT (government, position, part) DO UPDATE SET bytes = '\\x00'",
    // The head.
    "UPDATE head SET position = 1",
    "UPDATE head SET hash = HASH",
    "UPDATE head SET government = '410700'",
    "DELETE FROM head",
    "TRUNCATE head",
    "INSERT INTO head VALUES ('632222', 1, HASH) ON CONFLICT (government) DO UPDATE SET position = 1",
    "INSERT INTO head VALUES ('410700', 1, HASH)",
    "INSERT INTO head VALUES ('410700', 0, decode(repeat('01', 32), 'hex'))",
    // What else is append-only.
    "UPDATE delta SET amount = 2",
    "DELETE FROM delta",
    "TRUNCATE delta",
    "INSERT INTO delta SELECT * FROM delta ON CONFLICT (government, figure, day, position, n) DO UPDATE SET amount = 9",
    "UPDATE command SET position = 9",
    "DELETE FROM command",
    "TRUNCATE command",
    "INSERT INTO command SELECT * FROM command ON CONFLICT (government, id) DO UPDATE SET position = 9",
    "UPDATE look SET account = 'li'",
    "DELETE FROM look",
    "TRUNCATE look",
    "INSERT INTO look SELECT * FROM look ON CONFLICT (government, record, at, account) DO UPDATE SET account = 'li'",
    "UPDATE definition SET bytes = '\\x00'",
    "DELETE FROM definition",
    "TRUNCATE definition",
    "INSERT INTO definition SELECT * FROM definition ON CONFLICT (digest) DO UPDATE SET bytes = '\\x00'",
    // Several numbers may be given in one step, and none is taken back.
    "UPDATE series SET last = 0",
    "UPDATE series SET last = last",
    "UPDATE series SET year = 2021, last = last + 1",
    "DELETE FROM series",
    "TRUNCATE series",
    "INSERT INTO series VALUES ('632222', 'petition', 2020, 1) \
     ON CONFLICT (government, series, year) DO UPDATE SET last = excluded.last",
    // Files that events name.
    "UPDATE attachment SET uses = 0",
    "UPDATE attachment SET size = 9",
    "UPDATE attachment SET digest = HASH",
    "DELETE FROM attachment",
    "TRUNCATE attachment",
    "INSERT INTO attachment VALUES ('632222', HASH, 9, 'pdf', 1)",
    "UPDATE attachment_piece SET bytes = '\\x00'",
    "DELETE FROM attachment_piece",
    "TRUNCATE attachment_piece",
];

#[test]
fn database_refuses_to_alter_what_was_recorded() {
    let (url, store, mut owner) = attacked();
    let mut stranger = client(&stranger(&url, &mut owner, "ALL"));
    let before = store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap();
    for attack in ATTACKS {
        let sql = attack
            .replace("HASH", "decode(repeat('00', 32), 'hex')")
            .replace("NONCE", "decode(repeat('00', 16), 'hex')");
        for attacker in [&mut stranger, &mut owner] {
            let fault = attacker.batch_execute(&sql).expect_err(attack);
            // A trigger, a condition, or a key: never a missing right, never a slip in the attack.
            let code = fault.code().map_or("", |code| code.code());
            assert!(code == "P0001" || code.starts_with("23"), "{attack}: {fault:?}");
        }
        assert_eq!(store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap(), before, "{attack}");
    }
    let head = ledger::Head { position: 0, hash: NOTHING };
    check_chain(&place(COUNTY), head, &mut Links::new(), &before).unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.deltas_of(&place(COUNTY), before[0].record).unwrap()[0].amount, 1);
    assert_eq!(reader.command(&place(COUNTY), command(1)).unwrap().unwrap().position, 1);
    assert_eq!(reader.looks(&place(COUNTY), before[0].record).unwrap()[0].account, "zhang");
    assert_eq!(reader.definition(terms::Digest([2; 32])).unwrap().unwrap(), b"text");
    assert_eq!(reader.series(&place(COUNTY)).unwrap()[0].last, 1);
    // The owner of nothing can't take the guards away either.
    for attack in ["ALTER TABLE event DISABLE TRIGGER ALL", "DROP TRIGGER event_stays ON event", "DROP TABLE event"] {
        let fault = stranger.batch_execute(attack).expect_err(attack);
        assert_eq!(fault.code().unwrap().code(), "42501", "{attack}: {fault:?}");
    }
}

#[test]
fn program_that_owns_nothing_keeps_the_ledger() {
    let (url, store, mut owner) = attacked();
    drop(store);
    let url = stranger(&url, &mut owner, "SELECT, INSERT, UPDATE, DELETE");
    let store = open(&url, &Options::default()).unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    transaction.erase(&place(COUNTY), 1, 1).unwrap();
    transaction.commit().unwrap();
    assert_eq!(store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap().len(), 3);
    assert!(store.lease(&place(COUNTY), "scheduler", "one", 100, 200).unwrap());
    // It can't take the guards away, nor pass by them.
    for attack in ["ALTER TABLE event DISABLE TRIGGER ALL", "TRUNCATE event", "DELETE FROM event"] {
        assert!(client(&url).batch_execute(attack).is_err(), "{attack}");
    }
}

#[test]
fn erasing_a_personal_part_is_all_that_is_allowed() {
    let (_, store, mut owner) = attacked();
    owner.execute("UPDATE content SET nonce = NULL, bytes = NULL WHERE part = 1 AND position = 1", &[]).unwrap();
    let log = store.read().unwrap().log(&place(COUNTY), 0, 100).unwrap();
    assert_eq!(log[0].contents[1].bytes, None);
    let head = ledger::Head { position: 0, hash: NOTHING };
    check_chain(&place(COUNTY), head, &mut Links::new(), &log).unwrap();
}

#[track_caller]
fn is_noticed(url: &str, attack: &str, what: &str) {
    let opened = [open(url, &Options::default()).map(drop), open_read_only(url, &Options::default()).map(drop)];
    for opened in opened {
        let fault = opened.expect_err(attack);
        assert_eq!(fault.kind, FaultKind::Damaged, "{attack}: {fault}");
        assert!(fault.message.contains(what) && fault.message.contains("put back the last backup"), "{fault}");
    }
}

#[test]
fn missing_guard_is_noticed_when_the_ledger_is_opened() {
    let (url, store, mut owner) = attacked();
    drop(store);
    // Each is undone before the next, and then the ledger opens again.
    for (attack, undo, what) in [
        (
            "ALTER TABLE event DISABLE TRIGGER event_stays",
            "ALTER TABLE event ENABLE TRIGGER event_stays",
            "event_stays",
        ),
        ("ALTER TABLE look DISABLE TRIGGER ALL", "ALTER TABLE look ENABLE TRIGGER ALL", "look_stays"),
        (
            "ALTER TRIGGER event_stays ON event RENAME TO was",
            "ALTER TRIGGER was ON event RENAME TO event_stays",
            "event_stays",
        ),
        (
            "CREATE OR REPLACE TRIGGER event_stays BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse('x')",
            "CREATE OR REPLACE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW \
             EXECUTE FUNCTION refuse('x')",
            "event_stays",
        ),
        (
            "CREATE OR REPLACE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW WHEN (false) \
             EXECUTE FUNCTION refuse('x')",
            "CREATE OR REPLACE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW \
             EXECUTE FUNCTION refuse('x')",
            "event_stays",
        ),
        (
            "CREATE TRIGGER hidden AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse('x')",
            "DROP TRIGGER hidden ON event",
            "trigger hidden",
        ),
        ("CREATE RULE hidden AS ON INSERT TO look DO INSTEAD NOTHING", "DROP RULE hidden ON look", "rule hidden"),
        ("ALTER TABLE event ADD COLUMN more text", "ALTER TABLE event DROP COLUMN more", "event.more"),
        (
            "ALTER TABLE event DROP CONSTRAINT event_check",
            "ALTER TABLE event ADD CONSTRAINT event_check CHECK (position > 0)",
            "conditions event",
        ),
        (
            "DROP INDEX key_unique",
            "CREATE UNIQUE INDEX key_unique ON key_value (government, line, field, value) WHERE only_one = 1",
            "key_unique",
        ),
        ("ALTER TABLE lease RENAME TO was", "ALTER TABLE was RENAME TO lease", "lease"),
        (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END $$",
            "",
            "refuse",
        ),
    ] {
        owner.batch_execute(attack).unwrap();
        is_noticed(&url, attack, what);
        owner.batch_execute(undo).unwrap();
        if !undo.is_empty() {
            open(&url, &Options::default()).unwrap_or_else(|fault| panic!("{undo}: {fault}"));
        }
    }
}

#[test]
fn operators_own_index_and_table_are_let_be() {
    let (url, store, mut owner) = attacked();
    drop(store);
    owner.batch_execute("CREATE INDEX report ON record (touched); CREATE TABLE report_cache (day bigint)").unwrap();
    open(&url, &Options::default()).unwrap();
}

#[test]
fn cut_log_is_noticed_when_the_ledger_is_opened() {
    for attack in [
        // The guards are taken away and put back: only the head still tells.
        "ALTER TABLE event DISABLE TRIGGER USER; DELETE FROM event WHERE position = 2; ALTER TABLE event ENABLE TRIGGER USER",
        "ALTER TABLE head DISABLE TRIGGER USER; UPDATE head SET position = 1; ALTER TABLE head ENABLE TRIGGER USER",
        // What the guards let pass, because a program that appends does the same: the head did not follow.
        "INSERT INTO event SELECT government, 3, 1, 3, hash, head, envelope FROM event WHERE position = 2",
    ] {
        let (url, store, mut owner) = attacked();
        drop(store);
        owner.batch_execute(attack).unwrap();
        is_noticed(&url, attack, "the head of government 632222");
    }
}
