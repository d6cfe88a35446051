//! What opening a ledger checks: that its tables and guards are those of the migrations, and that each head is that of
//! the last event. The whole log is `verify`'s.

use std::collections::BTreeSet;

use ledger::Fault;

use super::handle::{Handle, damaged};
use super::rows;
use super::schema::Found;
use super::statement::{self as say, STEPS};

/// Checks an open ledger.
///
/// # Errors
/// Where something is missing or altered.
pub(super) fn check(handle: &mut Handle, found: Found) -> Result<(), Fault> {
    let mut expected = BTreeSet::new();
    for step in STEPS {
        parts(step.tables.sql(), &mut expected);
        if let Some(guards) = step.guards.filter(|_| !found.distributed) {
            parts(guards.sql(), &mut expected);
        }
    }
    let stands: BTreeSet<String> = handle.rows(&say::PARTS, &[], |row| rows::string(row, 0))?.into_iter().collect();
    let tables: BTreeSet<&str> = expected.iter().filter_map(|part| table(part)).collect();
    // An operator may add an index or a table; what acts on ours, or is added to them, is not his.
    let foreign = |part: &&String| table(part).is_some_and(|table| tables.contains(table)) && !expected.contains(*part);
    let missing = expected.iter().find(|part| !stands.contains(*part));
    if let Some(part) = missing.or_else(|| stands.iter().find(foreign).filter(|_| !found.distributed)) {
        let name: Vec<&str> = part.split_whitespace().take(2).collect();
        return Err(damaged(&format!("the {} is missing, altered or not ours", name.join(" "))));
    }
    for government in handle.rows(&say::HEADS, &[], |row| rows::string(row, 0))? {
        if handle.one(&say::WRONG_HEAD, &[government.as_str().into()], |_| Ok(()))?.is_some() {
            return Err(damaged(&format!("the head of government {government} is not that of its last event")));
        }
    }
    Ok(())
}

/// The table that a column, trigger or rule belongs to.
fn table(part: &str) -> Option<&str> {
    let mut words = part.split_whitespace();
    match (words.next()?, words.next()?) {
        ("column", name) => name.split('.').next(),
        ("trigger" | "rule", _) => words.nth(1),
        _ => None,
    }
}

/// What a migration makes, by its own text: it is ours, and says one thing on a line. A later step that alters a table
/// has to be read here too.
fn parts(sql: &str, into: &mut BTreeSet<String>) {
    let mut lines = sql.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", table, ..] => columns(table, &mut lines, into),
            ["ALTER", "TABLE", table, "ADD", "COLUMN", name, kind, ..] => {
                into.insert(format!("column {table}.{name} {}", kind.to_lowercase()));
            }
            ["CREATE", "INDEX", name, ..] | ["CREATE", "UNIQUE", "INDEX", name, ..] => {
                into.insert(format!("index {name}"));
            }
            ["CREATE", "FUNCTION", name, ..] => {
                let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("END $$")).collect();
                let body = format!("\n{}\nEND ", body.join("\n"));
                into.insert(format!("function {} {body}", name.trim_end_matches("()")));
            }
            ["CREATE", "TRIGGER", name, rest @ ..] => {
                // A statement may go on in the next line.
                let more = if line.ends_with(';') { "" } else { lines.next().unwrap_or_default() };
                let words: Vec<&str> = rest.iter().copied().chain(more.split_whitespace()).collect();
                into.insert(trigger(name, &words));
            }
            _ => {}
        }
    }
}

fn columns<'a>(table: &str, lines: &mut impl Iterator<Item = &'a str>, into: &mut BTreeSet<String>) {
    let mut conditions = 0;
    for line in lines.take_while(|line| !line.starts_with(");")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] | ["--", ..] => {}
            ["PRIMARY" | "UNIQUE" | "CHECK", ..] => conditions += 1,
            [name, kind, ..] => {
                into.insert(format!("column {table}.{name} {}", kind.trim_end_matches(',').to_lowercase()));
            }
            [_] => {}
        }
    }
    into.insert(format!("conditions {table}: {conditions}"));
}

/// A trigger as the database keeps it: the table, the function, and when it fires as the sum of its bits.
fn trigger(name: &str, words: &[&str]) -> String {
    let after = |word: &str| words.iter().position(|found| *found == word).and_then(|at| words.get(at + 1)).copied();
    let fires = words.iter().copied().take_while(|word| *word != "ON").chain(after("EACH")).map(|word| match word {
        "ROW" => 1,
        "BEFORE" => 2,
        "INSERT" => 4,
        "DELETE" => 8,
        "UPDATE" => 16,
        "TRUNCATE" => 32,
        _ => 0,
    });
    let function = after("FUNCTION").and_then(|call| call.split('(').next()).unwrap_or_default();
    format!("trigger {name} on {} {function} {}", after("ON").unwrap_or_default(), fires.sum::<i32>())
}
