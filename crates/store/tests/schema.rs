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
    let (ours, theirs) = (in_sqlite(), in_postgres());
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
    assert_eq!((count(" government event"), count(" everywhere")), (19, 3), "{declared:?}");
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
        transaction.put_public(&published(&event)).unwrap();
        transaction.erase(&county, event.position, 1).unwrap();
        transaction.commit().unwrap();
        assert!(store.lease(&county, "round", "a", 1, 2).unwrap());
        store.attempts_put(&county, terms::Digest([3; 32]), 0, ledger::Attempts { failed: 1, last: 1 }).unwrap();
        store.attempts_end(&county, terms::Digest([3; 32])).unwrap();
        store.sessions_sweep(&county, 9, 9, 9).unwrap();
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
