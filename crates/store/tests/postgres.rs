//! A ledger on PostgreSQL and what happens to it from outside: addresses, versions, servers that die, connections that
//! break, other programs.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Barrier;
use std::sync::mpsc::channel;

use common::database::{Cut, Proxy, changed, client, database, is_ours, number, port};
use common::{CITY, COUNTY, append, place, record};
use ledger::{Fault, FaultKind, Head, Links, NOTHING, Store, Transaction, check_chain};
use postgres::Client;
use store::Options;
use store::postgres::{PostgresStore, migrate, open, open_read_only};

fn opened(url: &str) -> PostgresStore {
    open(url, &Options::default()).unwrap()
}

/// How both ways of opening fail: alike.
fn refused(url: &str) -> Fault {
    let fault = open(url, &Options::default()).map(drop).unwrap_err();
    let read_only = open_read_only(url, &Options::default()).map(drop).unwrap_err();
    assert_eq!(fault.kind, read_only.kind, "{fault} / {read_only}");
    fault
}

fn commit_one(store: &dyn Store, government: &str) -> Result<u64, Fault> {
    let mut transaction = store.begin(&place(government))?;
    let event = append(&mut *transaction, government, None);
    transaction.commit()?;
    Ok(event.position)
}

/// How many events a government has, its chain and its contents checked.
fn checked(store: &dyn Store, government: &str) -> u64 {
    let mut reader = store.read().unwrap();
    let log = reader.log(&place(government), 0, u32::MAX).unwrap();
    assert!(log.iter().all(|event| event.contents.len() == 2), "an event without its contents");
    let empty = Head { position: 0, hash: NOTHING };
    let head = check_chain(&place(government), empty, &mut Links::new(), &log).unwrap();
    assert_eq!(head, reader.head(&place(government)).unwrap());
    assert_eq!(head.position, log.len() as u64);
    head.position
}

fn tables(client: &mut Client) -> i64 {
    number(client, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
}

// Addresses -----------------------------------------------------------------------------------------------------------

#[test]
fn wrong_address_is_told_with_its_remedy() {
    if !is_ours() {
        return;
    }
    let url = database("address");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap().port();
    drop(listener);
    let port = port(&url);
    for (wrong, told) in [
        (changed(&url, &format!(":{port}/"), &format!(":{free}/")), "check that the server runs and can be reached"),
        (changed(&url, "127.0.0.1", "no-such-host.invalid"), "check that the server runs and can be reached"),
        (changed(&url, ":secret@", ":guess@"), "check user and password"),
        (changed(&url, "//tester:", "//nobody:"), "check user and password"),
        (changed(&url, "/address_", "/absent_"), "create it, or correct its name"),
        (format!("{url}?sslmode=require"), "does not encrypt"),
        ("postgres://[".to_owned(), "the address of the database can't be read"),
    ] {
        let fault = refused(&wrong);
        assert_eq!(fault.kind, FaultKind::Unavailable, "{wrong}: {fault}");
        assert!(fault.message.contains(told), "{wrong}: {fault}");
        assert!(!fault.message.contains("secret") && !fault.message.contains("guess"), "{fault}");
    }
}

// Versions ------------------------------------------------------------------------------------------------------------

#[test]
fn ledger_of_a_newer_version_is_left_alone() {
    let url = database("newer");
    commit_one(&opened(&url), COUNTY).unwrap();
    client(&url).batch_execute("UPDATE schema_version SET version = 99").unwrap();
    let fault = refused(&url);
    assert_eq!(fault.kind, FaultKind::Newer);
    assert!(fault.message.contains("schema 99") && fault.message.contains("install that one"), "{fault}");
    let fault = migrate(&url, true).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Newer);
}

#[test]
fn another_programs_database_is_left_alone() {
    for theirs in [
        "CREATE TABLE other (a int)",
        "CREATE TABLE event (a int)",
        "CREATE VIEW other AS SELECT 1",
        "CREATE TABLE schema_version (number int)",
        "CREATE TABLE schema_version (application text, version bigint, distributed bigint)",
        "CREATE TABLE schema_version (application text, version bigint, distributed bigint); \
         INSERT INTO schema_version VALUES ('other', 1, 0)",
    ] {
        let url = database("other");
        let mut client = client(&url);
        client.batch_execute(theirs).unwrap();
        let before = tables(&mut client);
        let fault = refused(&url);
        assert_eq!(fault.kind, FaultKind::Damaged, "{theirs}: {fault}");
        assert!(fault.message.contains("another program's database"), "{theirs}: {fault}");
        assert_eq!(tables(&mut client), before, "{theirs}");
    }
}

#[test]
fn half_done_migration_leaves_nothing() {
    let url = database("half");
    let mut client = client(&url);
    // No table, so that the database counts as empty; the guards stumble over it when the tables are made.
    client.batch_execute("CREATE FUNCTION head_follows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'").unwrap();
    let fault = open(&url, &Options::default()).map(drop).unwrap_err();
    assert!(fault.message.contains("head_follows"), "{fault}");
    assert_eq!(tables(&mut client), 0);
    let fault = open_read_only(&url, &Options::default()).map(drop).unwrap_err();
    assert!(fault.message.contains("the database is empty"), "{fault}");
    client.batch_execute("DROP FUNCTION head_follows").unwrap();
    commit_one(&opened(&url), COUNTY).unwrap();
}

#[test]
fn programs_that_start_at_once_make_one_ledger() {
    let url = database("at_once");
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        let programs: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    commit_one(&opened(&url), COUNTY).unwrap()
                })
            })
            .collect();
        let mut positions: Vec<u64> = programs.into_iter().map(|program| program.join().unwrap()).collect();
        positions.sort_unstable();
        assert_eq!(positions, [1, 2, 3, 4]);
    });
    assert_eq!(checked(&opened(&url), COUNTY), 4);
}

#[test]
fn distributed_ledger_stays_one_however_it_is_opened() {
    let url = database("distributed");
    let mut client = client(&url);
    // In place of Citus: functions of its names that do nothing.
    for name in ["create_distributed_table(text, text, colocate_with text)", "create_reference_table(text)"] {
        client.batch_execute(&format!("CREATE FUNCTION {name} RETURNS void LANGUAGE sql AS 'SELECT'")).unwrap();
    }
    migrate(&url, true).unwrap();
    commit_one(&opened(&url), COUNTY).unwrap();
    // As if a later version had a further step.
    let older = "DROP TABLE token, delta_month; DROP INDEX content_erased; UPDATE schema_version SET version = 8";
    client.batch_execute(older).unwrap();
    commit_one(&opened(&url), COUNTY).unwrap();
    migrate(&url, true).unwrap();
    assert_eq!(number(&mut client, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), 0);

    let url = database("whole");
    drop(opened(&url));
    let fault = migrate(&url, true).unwrap_err();
    assert!(fault.message.contains("is not distributed"), "{fault}");
}

// Connections that break ----------------------------------------------------------------------------------------------

/// Ends all other sessions of a database, and returns once they are gone.
fn end_sessions(url: &str) {
    let sql = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 60000)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    assert!(number(&mut client(url), sql) > 0);
}

#[test]
fn connection_lost_while_idle_is_made_anew() {
    let url = database("idle");
    let store = opened(&url);
    commit_one(&store, COUNTY).unwrap();
    assert_eq!(checked(&store, COUNTY), 1);
    end_sessions(&url);
    assert_eq!(commit_one(&store, COUNTY).unwrap(), 2);
    end_sessions(&url);
    assert_eq!(checked(&store, COUNTY), 2);
    end_sessions(&url);
    assert!(store.lease(&place(COUNTY), "scheduler", "one", 100, 200).unwrap());
    end_sessions(&url);
    assert!(store.engine().starts_with("PostgreSQL 1"), "{}", store.engine());
}

#[test]
fn connection_lost_in_a_batch_leaves_nothing_of_it() {
    let url = database("batch");
    let store = opened(&url);
    commit_one(&store, COUNTY).unwrap();
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    transaction.put_note("sent", "yes").unwrap();
    append(&mut *transaction, COUNTY, None);
    end_sessions(&url);
    let fault = transaction.put_note("sent", "too").unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert!(fault.message.contains("nothing of this act was written, and it can be repeated"), "{fault}");
    let fault = transaction.commit().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert_eq!(checked(&store, COUNTY), 1);
    assert_eq!(store.read().unwrap().note("sent").unwrap(), None);
    assert_eq!(commit_one(&store, COUNTY).unwrap(), 2);
}

#[test]
fn commit_without_an_answer_is_of_unknown_outcome() {
    let url = database("unanswered");
    let proxy = Proxy::before(&url);
    let store = opened(&proxy.url);
    assert_eq!(commit_one(&store, COUNTY).unwrap(), 1);
    for (cut, stands) in [(Cut::AfterCommit, 2), (Cut::BeforeCommit, 2), (Cut::AfterCommit, 3)] {
        proxy.cut(cut);
        let fault = commit_one(&store, COUNTY).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unavailable);
        assert!(fault.message.contains("it is not known whether the act stands"), "{fault}");
        assert!(fault.message.contains("the same command gets the first answer"), "{fault}");
        assert!(!fault.message.contains("nothing of this act was written"), "{fault}");
        // The next begin waits until the server has let go of the head.
        drop(store.begin(&place(COUNTY)).unwrap());
        assert_eq!(checked(&store, COUNTY), stands);
    }
    assert_eq!(commit_one(&store, COUNTY).unwrap(), 4);
}

#[test]
fn commit_of_a_failed_transaction_is_refused() {
    let url = database("failed");
    let store = opened(&url);
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    assert!(transaction.put_note("zero\0", "not a text of PostgreSQL").is_err());
    let fault = transaction.commit().unwrap_err();
    assert!(fault.message.contains("nothing of it was written"), "{fault}");
    assert_eq!(checked(&store, COUNTY), 0);
}

#[test]
fn killed_server_has_all_that_was_acknowledged() {
    if !is_ours() {
        return;
    }
    let server = pgserver::Server::start(true).unwrap();
    let url = server.database("killed").unwrap();
    let store = opened(&url);
    for expected in 1..=3 {
        assert_eq!(commit_one(&store, COUNTY).unwrap(), expected);
    }
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    append(&mut *transaction, COUNTY, None);
    transaction.put_note("sent", "yes").unwrap();
    server.stop_hard().unwrap();
    let fault = transaction.put_note("sent", "too").unwrap_err();
    assert!(fault.message.contains("nothing of this act was written, and it can be repeated"), "{fault}");
    drop(transaction);
    let fault = store.begin(&place(COUNTY)).map(drop).unwrap_err();
    assert!(fault.message.contains("check that the server runs"), "{fault}");
    assert!(store.read().map(drop).is_err());
    server.start_again().unwrap();
    assert_eq!(checked(&store, COUNTY), 3);
    assert_eq!(store.read().unwrap().note("sent").unwrap(), None);
    assert_eq!(commit_one(&store, COUNTY).unwrap(), 4);

    // And while it commits as fast as it can.
    let (tell, told) = channel();
    let acknowledged = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut last = 4;
            while let Ok(position) = commit_one(&store, COUNTY) {
                last = position;
                tell.send(position).unwrap();
            }
            last
        });
        told.iter().find(|position| *position == 24).unwrap();
        server.stop_hard().unwrap();
        writer.join().unwrap()
    });
    server.start_again().unwrap();
    let stands = checked(&opened(&url), COUNTY);
    assert!(stands == acknowledged || stands == acknowledged + 1, "{acknowledged} acknowledged, {stands} stand");
}

// Other programs ------------------------------------------------------------------------------------------------------

#[test]
fn two_programs_write_one_log() {
    let url = database("two");
    let stores = [opened(&url), opened(&url)];
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for (store, government) in [(0, COUNTY), (1, COUNTY), (0, CITY), (1, CITY)] {
            let (stores, start) = (&stores, &start);
            scope.spawn(move || {
                let store = &stores[store];
                start.wait();
                for _ in 0..15 {
                    let mut transaction = store.begin(&place(government)).unwrap();
                    let first = append(&mut *transaction, government, None);
                    transaction.mark().unwrap();
                    append(&mut *transaction, government, None);
                    transaction.undo().unwrap();
                    append(&mut *transaction, government, Some(&first));
                    transaction.put_definition(terms::Digest([2; 32]), "petition", b"text").unwrap();
                    transaction.next_number(&place(government), "petition", 2020).unwrap();
                    transaction.commit().unwrap();
                }
            });
        }
    });
    for store in &stores {
        for government in [COUNTY, CITY] {
            assert_eq!(checked(store, government), 60);
            assert_eq!(store.read().unwrap().series(&place(government)).unwrap()[0].last, 30);
        }
    }
}

#[test]
fn duty_is_one_programs() {
    let url = database("duty");
    let stores = [opened(&url), opened(&url)];
    let county = place(COUNTY);
    let start = Barrier::new(8);
    let taken: usize = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|n| {
                let (stores, start, county) = (&stores, &start, &county);
                scope.spawn(move || {
                    start.wait();
                    stores[n % 2].lease(county, "scheduler", &format!("program {n}"), 100, 200).unwrap()
                })
            })
            .collect();
        asking.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(taken, 1);
    assert!(stores[1].lease(&county, "scheduler", "next", 200, 300).unwrap(), "it ended");
    assert!(!stores[0].lease(&county, "scheduler", "late", 299, 400).unwrap());
}

// Marks and erasure ---------------------------------------------------------------------------------------------------

#[test]
fn undo_returns_to_the_mark_whatever_was_sent_since() {
    let url = database("marks");
    let store = opened(&url);
    let county = place(COUNTY);
    // Whether the buffer is sent before the mark, after it, or after undoing.
    for sent in 0..8 {
        let mut transaction = store.begin(&county).unwrap();
        let before = transaction.head(&county).unwrap();
        let send = |when: u32, transaction: &mut dyn Transaction| {
            if sent & when > 0 {
                transaction.log(&county, 0, u32::MAX).unwrap();
            }
        };
        let first = append(&mut *transaction, COUNTY, None);
        let number = transaction.next_number(&county, "letter", 2020).unwrap();
        send(1, &mut *transaction);
        transaction.mark().unwrap();
        let lost = append(&mut *transaction, COUNTY, Some(&first));
        transaction.put_record(&record(&lost, |_| {})).unwrap();
        assert_eq!(transaction.next_number(&county, "letter", 2020).unwrap(), number + 1);
        send(2, &mut *transaction);
        transaction.undo().unwrap();
        send(4, &mut *transaction);
        let kept = append(&mut *transaction, COUNTY, Some(&first));
        assert_eq!(kept, lost);
        transaction.undo().unwrap();
        transaction.mark().unwrap();
        assert_eq!(append(&mut *transaction, COUNTY, Some(&first)), kept);
        assert_eq!(transaction.record(&county, first.record).unwrap(), None);
        assert_eq!(transaction.next_number(&county, "letter", 2020).unwrap(), number + 1);
        transaction.commit().unwrap();
        assert_eq!(checked(&store, COUNTY), before.position + 2, "{sent}");
        assert_eq!(store.read().unwrap().series(&county).unwrap()[0].last, number + 1);
    }
}

#[test]
fn erased_bytes_are_in_no_row_once_nobody_can_see_them() {
    let url = database("erased");
    let store = opened(&url);
    let county = place(COUNTY);
    commit_one(&store, COUNTY).unwrap();
    let mut client = client(&url);
    client.batch_execute("CREATE EXTENSION pageinspect").unwrap();
    // Rows in the table's file, dead ones too, that hold the name of the party.
    let mut rows = || {
        let sql = "SELECT count(*) FROM heap_page_items(get_raw_page('content', 0)) \
                   WHERE position(convert_to('张三', 'UTF8') in t_data) > 0";
        number(&mut client, sql)
    };
    assert_eq!(rows(), 1);
    let reader = store.read().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    transaction.erase(&county, 1, 1).unwrap();
    transaction.commit().unwrap();
    assert_eq!(rows(), 1, "a reader of the older state still sees it");
    drop(reader);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_note("any", "thing").unwrap();
    transaction.commit().unwrap();
    assert_eq!(rows(), 0);
    commit_one(&store, COUNTY).unwrap();
    assert_eq!(rows(), 1);
    let mut transaction = store.begin(&county).unwrap();
    transaction.erase(&county, 2, 1).unwrap();
    transaction.commit().unwrap();
    assert_eq!(rows(), 0, "at once where nobody reads");
}
