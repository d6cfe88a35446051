//! The two databases hold the same tables: what one is given by a migration, the other is given by the one of its name.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{COUNTY, append, place};
use ledger::{AccountRow, AgencyRow, Store};
use rusqlite::Connection;

/// What a table is made of: its columns in order, each with its type and whether it may be empty; its indices by name,
/// each with whether it is unique and its columns in order. The primary key is the index `key`.
#[derive(Debug, Default, PartialEq)]
struct Table {
    columns: Vec<(String, &'static str, bool)>,
    indices: BTreeMap<String, (bool, Vec<String>)>,
}

fn migrations(database: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with("_guards.sql")).collect();
    names.sort();
    names
}

/// The type that both databases mean.
fn kind(declared: &str) -> &'static str {
    match declared.to_lowercase().as_str() {
        "text" => "text",
        "integer" | "bigint" => "number",
        "blob" | "bytea" => "bytes",
        other => panic!("a type of one database alone: {other}"),
    }
}

fn in_sqlite() -> BTreeMap<String, Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let database = Connection::open_in_memory().unwrap();
    for name in migrations("sqlite") {
        database.execute_batch(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    }
    let rows = |sql: &str| -> Vec<Vec<String>> {
        let mut statement = database.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get::<_, String>(at)).collect());
        rows.unwrap().map(Result::unwrap).collect()
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns = "SELECT t.name, c.name, c.type, CAST(c.\"notnull\" AS TEXT) FROM pragma_table_list AS t, \
                   pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' \
                   ORDER BY t.name, c.cid";
    for row in rows(columns) {
        let column = (row[1].clone(), kind(&row[2]), row[3] == "0");
        tables.entry(row[0].clone()).or_default().columns.push(column);
    }
    let indices = "SELECT t.name, i.origin, i.name, CAST(i.\"unique\" AS TEXT), c.name FROM pragma_table_list AS t, \
                   pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c \
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, i.name, c.seqno";
    for row in rows(indices) {
        let name = match row[1].as_str() {
            "pk" => "key",
            "u" => "unique",
            _ => row[2].as_str(),
        };
        add(&mut tables, &row[0], name, row[3] == "1", &row[4]);
    }
    tables
}

fn add(tables: &mut BTreeMap<String, Table>, table: &str, index: &str, unique: bool, column: &str) {
    let table = tables.get_mut(table).unwrap();
    let index = table.indices.entry(index.to_owned()).or_insert((unique, Vec::new()));
    index.1.push(column.to_owned());
}

fn in_postgres() -> BTreeMap<String, Table> {
    let server = pgserver::Server::start(false).unwrap();
    let url = server.database("schema").unwrap();
    store::postgres::migrate(&url, false).unwrap();
    let rows = |sql: &str| -> Vec<Vec<String>> {
        let text = server.sql(&url, sql).unwrap();
        text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name <> 'schema_version' \
                   ORDER BY table_name, ordinal_position";
    for row in rows(columns) {
        let column = (row[1].clone(), kind(&row[2]), row[3] == "YES");
        tables.entry(row[0].clone()).or_default().columns.push(column);
    }
    let indices = "SELECT t.relname, CASE WHEN i.indisprimary THEN 'key' WHEN k.oid IS NOT NULL THEN 'unique' \
                   ELSE n.relname END, i.indisunique, a.attname FROM pg_index AS i \
                   JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_class AS n ON n.oid = i.indexrelid \
                   LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype = 'u' \
                   CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS c (attnum, place) \
                   JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = c.attnum \
                   WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'schema_version' \
                   ORDER BY t.relname, n.relname, c.place";
    for row in rows(indices) {
        add(&mut tables, &row[0], &row[1], row[2] == "t", &row[3]);
    }
    tables
}

#[test]
fn both_databases_have_the_same_tables() {
    assert_eq!(migrations("sqlite"), migrations("postgres"));
    let (ours, mut theirs) = (in_sqlite(), in_postgres());
    // The bytes of files, which SQLite has as files beside it.
    assert!(theirs.remove("attachment_piece").is_some());
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, table) in &ours {
        assert_eq!(table, &theirs[name], "{name}");
    }
    assert!(ours.len() > 15 && ours["record"].indices.len() > 5, "{ours:?}");
}

/// A ledger as it is made on Citus, on a server without it: its functions are stood in for, and write down what is
/// declared.
fn as_on_citus(server: &pgserver::Server) -> String {
    let url = server.database("declared").unwrap();
    let stand_in = "CREATE SCHEMA noted; CREATE TABLE noted.declared (line text);
        CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text) RETURNS void
        LANGUAGE sql AS $$ INSERT INTO noted.declared VALUES (name || ' ' || by || ' ' || colocate_with) $$;
        CREATE FUNCTION create_reference_table(name regclass) RETURNS void
        LANGUAGE sql AS $$ INSERT INTO noted.declared VALUES (name || ' everywhere') $$;";
    server.sql(&url, stand_in).unwrap();
    store::postgres::migrate(&url, true).unwrap();
    url
}

#[test]
fn a_distributed_ledger_declares_every_table_and_has_no_guards() {
    let server = pgserver::Server::start(false).unwrap();
    let url = as_on_citus(&server);
    store::postgres::migrate(&url, true).unwrap();
    let declared = server.sql(&url, "SELECT line FROM noted.declared").unwrap();
    let declared: Vec<&str> = declared.lines().collect();
    assert_eq!(declared[0], "event government none");
    let count = |end: &str| declared.iter().filter(|line| line.ends_with(end)).count();
    assert_eq!((count(" government event"), count(" everywhere")), (33, 3), "{declared:?}");
    let tables = server.sql(&url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").unwrap();
    assert_eq!(tables.trim(), declared.len().to_string());
    assert_eq!(server.sql(&url, "SELECT count(*) FROM pg_trigger").unwrap().trim(), "0");
}

#[test]
fn triggers_are_made_by_the_guards_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
    for name in migrations("postgres") {
        let text = std::fs::read_to_string(folder.join(&name)).unwrap().to_uppercase();
        assert!(!text.contains("CREATE TRIGGER") && !text.contains("CREATE FUNCTION"), "{name}");
    }
}

/// Where there are no guards, the privileges of the operations guide keep what was recorded.
#[test]
fn the_guides_privileges_are_enough_and_no_more() {
    let server = pgserver::Server::start(false).unwrap();
    let url = as_on_citus(&server);
    let guide =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md")).unwrap();
    let given =
        guide.lines().map(str::trim).filter(|line| line.starts_with("GRANT ") || line.starts_with("CREATE ROLE"));
    let role = format!("worker_{}", std::process::id());
    for line in given {
        server.sql(&url, &line.replace("fazhi_work", &role).replace('…', "secret")).unwrap();
    }
    let work = url.replace("tester:secret", &format!("{role}:secret"));
    let store = store::postgres::open(&work, &store::Options::default()).unwrap();
    writes_all_there_is(&store);
    for table in ["event", "command", "look", "delta", "definition", "content", "head", "series", "holding", "office"] {
        assert!(server.sql(&work, &format!("DELETE FROM {table}")).is_err(), "{table}");
        assert!(server.sql(&work, &format!("TRUNCATE {table}")).is_err(), "{table}");
    }
    for table in ["event", "command", "look", "delta", "content"] {
        assert!(server.sql(&work, &format!("UPDATE {table} SET position = 9")).is_err(), "{table}");
        assert!(server.sql(&work, &format!("DROP TABLE {table}")).is_err(), "{table}");
    }
    assert!(server.sql(&work, "UPDATE definition SET name = 'x'").is_err());
    assert!(server.sql(&work, "UPDATE look SET at = 1").is_err());
    assert!(server.sql(&work, "UPDATE office SET after = 'x'").is_err());
    assert!(server.sql(&work, "UPDATE holding SET since = 1").is_err());
}

/// One of each row, twice where it is replaced.
fn writes_all_there_is(store: &dyn Store) {
    let county = place(COUNTY);
    let token = ledger::TokenRow {
        government: county.clone(),
        token: terms::Digest([5; 32]),
        account: "a".into(),
        label: "a".to_owned(),
        writes: true,
        made: 1,
        expires: 2,
        used: 0,
    };
    for _ in 0..2 {
        let mut transaction = store.begin(&county).unwrap();
        let event = append(&mut *transaction, COUNTY, None);
        transaction.put_record(&common::record(&event, |_| {})).unwrap();
        transaction.put_record(&common::record(&event, |_| {})).unwrap();
        let keys = [common::key("number", &event.position.to_string(), true)];
        transaction.put_keys(&county, event.record, &keys).unwrap();
        transaction
            .put_due(&county, event.record, &[common::due(&event, "review", common::date("2020-08-01"))])
            .unwrap();
        transaction.add_deltas(&[common::delta(&event, "petitions", "2020-07-15", 1)]).unwrap();
        transaction.put_command(&county, &common::answered(&event)).unwrap();
        transaction.put_definition(terms::Digest([2; 32]), "petition", b"text").unwrap();
        transaction.next_number(&county, "petition", 2020).unwrap();
        transaction.note_look(&county, &common::look(event.record, "zhang", 5)).unwrap();
        writes_the_office(&mut *transaction, event.position);
        transaction.put_note("a", "b").unwrap();
        let name = "a".into();
        let place = county.clone();
        let agency = AgencyRow { government: county.clone(), code: "a".into(), name, place };
        transaction.put_agency(&agency).unwrap();
        let account = AccountRow {
            government: county.clone(),
            name: "a".into(),
            shown: "a".into(),
            agency: "a".into(),
            posts: Vec::new(),
            password: String::new(),
        };
        transaction.put_account(&account).unwrap();
        writes_desks(&mut *transaction, &event);
        transaction.put_public(&published(&event)).unwrap();
        transaction.erase(&county, event.position, 1).unwrap();
        transaction.commit().unwrap();
        assert!(store.lease(&county, "round", "a", 1, 2).unwrap());
        store.attempts_put(&county, terms::Digest([3; 32]), 0, ledger::Attempts { failed: 1, last: 1 }).unwrap();
        store.attempts_end(&county, terms::Digest([3; 32])).unwrap();
        store.sessions_sweep(&county, 9, 9, 9).unwrap();
        files_come_and_go(store);
        sheets(store, &county);
        store.token_put(&token).unwrap();
        store.token_used(&county, token.token, 2).unwrap();
        assert!(store.token_end(&county, "a", token.token).unwrap());
    }
}

/// Sheets that wait and are noted.
fn sheets(store: &dyn Store, county: &terms::GovernmentCode) {
    let staged = ledger::StagedRow {
        government: county.clone(),
        id: terms::Digest([5; 32]),
        at: 1,
        account: "a".into(),
        about: String::new(),
        bytes: vec![1],
    };
    store.stage(&staged).unwrap();
    store.stage_end(county, staged.id, 0).unwrap();
    let exchange = ledger::ExchangeRow {
        government: county.clone(),
        id: terms::Digest([6; 32]),
        at: 1,
        inward: true,
        account: "a".into(),
        line: "petition".into(),
        source: "a".into(),
        approver: "a".into(),
        standing: "import".into(),
        file: "a".into(),
        digest: terms::Digest([6; 32]),
        rows: 1,
        came: 0,
        repeated: 0,
        left_out: 0,
        first: 0,
        last: 0,
    };
    for came in 0..2 {
        let mut transaction = store.begin(county).unwrap();
        transaction.put_exchange(&ledger::ExchangeRow { came, ..exchange.clone() }).unwrap();
        transaction.commit().unwrap();
    }
}

/// What administrators write: what is granted ends, and nothing they did is altered.
fn writes_the_office(transaction: &mut dyn ledger::Transaction, n: u64) {
    let (government, account) = (place(COUNTY), terms::Code::from("a"));
    let since = common::date("2020-07-15");
    for until in [None, Some(since)] {
        let (government, account) = (government.clone(), account.clone());
        let post = "officer".into();
        transaction.put_holding(&ledger::HoldingRow { government, account, post, since, until }).unwrap();
    }
    let standing =
        ledger::StandingRow { government: government.clone(), account: account.clone(), closed: None, renew: true };
    transaction.put_standing(&standing).unwrap();
    let (name, code) = ("a".to_owned(), account.clone());
    let past =
        ledger::AgencyPast { government: government.clone(), code, since, until: None, name, place: place(COUNTY) };
    transaction.put_agency_past(&past).unwrap();
    let n = u64::from(n > 1) + 1;
    let (what, subject) = ("account-made".into(), account.clone());
    let (before, after) = (String::new(), "a".to_owned());
    transaction
        .note_office(&ledger::OfficeRow { government, n, at: 1, account, what, subject, before, after })
        .unwrap();
}

fn files_come_and_go(store: &dyn Store) {
    let county = place(COUNTY);
    let digest = common::bring(store, COUNTY, b"a paper");
    assert_eq!(common::bring(store, COUNTY, b"a paper"), digest);
    let mut transaction = store.begin(&county).unwrap();
    transaction.hold_attachment(&county, digest).unwrap();
    transaction.release_attachment(&county, digest).unwrap();
    transaction.commit().unwrap();
    assert_eq!(store.attachments_sweep(&county, 1).unwrap(), 1);
}

fn writes_desks(transaction: &mut dyn ledger::Transaction, event: &ledger::EventRow) {
    let (county, id) = (place(COUNTY), terms::CommandId([u8::try_from(event.position).unwrap(); 16]));
    let (record, day) = (event.record, common::date("2020-08-01"));
    let waiting = ledger::WaitingRow {
        record,
        kind: ledger::WaitingKind::Sign,
        what: "a".into(),
        who: "a".into(),
        agency: "a".into(),
        day,
    };
    transaction.put_waiting(&county, record, std::slice::from_ref(&waiting)).unwrap();
    transaction.put_waiting(&county, record, &[waiting]).unwrap();
    let draft = ledger::DraftRow {
        account: "a".into(),
        id,
        record: Some(record),
        line: "a".into(),
        act: "a".into(),
        typed: Vec::new(),
        at: 1,
    };
    transaction.put_draft(&county, &draft).unwrap();
    transaction.put_draft(&county, &draft).unwrap();
    transaction.end_draft(&county, "a", id).unwrap();
    let remark = ledger::RemarkRow { n: 0, id, record, account: "a".into(), at: 1, text: "a".into(), withdrawn: None };
    transaction.put_remark(&county, &remark).unwrap();
    transaction.withdraw_remark(&county, "a", 1, 2).unwrap();
    let notice = ledger::NoticeRow {
        n: 0,
        account: "a".into(),
        source: "a".into(),
        kind: "sign".into(),
        record,
        line: "a".into(),
        what: "a".into(),
        by: "a".into(),
        due: None,
        at: 1,
        read: None,
    };
    transaction.add_notices(&county, &[notice]).unwrap();
    transaction.read_notices(&county, "a", 1, false, 2).unwrap();
    let (code, agency) = ("a".into(), "a".into());
    let found = ledger::FoundRow { position: event.position, code, record, agency, day };
    transaction.add_found(&county, &[found]).unwrap();
    transaction.sweep_found(&county, day).unwrap();
    transaction.reach(&county, "a", event.position).unwrap();
}

fn published(event: &ledger::EventRow) -> ledger::PublicRow {
    ledger::PublicRow {
        government: event.government.clone(),
        record: event.record,
        line: "petition".into(),
        publication: "answer".into(),
        published: common::date("2020-07-15"),
        withdrawn: None,
        shown: b"text".to_vec(),
        digest: terms::Digest([4; 32]),
    }
}
