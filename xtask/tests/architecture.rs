//! ARCHITECTURE.md against the code: who imports whom, what the spine keeps out, what the map names.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the repository should stop")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{files, packages, root, table, text, ticked};

/// Crates without I/O, clock, randomness, floats, async.
const SPINE: [&str; 5] = ["terms", "procedure", "catalog", "kernel", "ledger"];
/// The two files of the spine that read folders, so that the rest of it does not.
const READ_FOLDERS: [&str; 2] = ["crates/catalog/src/source.rs", "crates/catalog/src/library.rs"];

#[test]
fn who_imports_whom_is_as_the_table_says() {
    let written: BTreeMap<String, BTreeSet<String>> = table(&text("ARCHITECTURE.md"), "## Who may import whom")
        .iter()
        .map(|row| (ticked(&row[0]).swap_remove(0), ticked(&row[1]).into_iter().collect()))
        .collect();
    let true_now: BTreeMap<String, BTreeSet<String>> = packages()
        .into_iter()
        .map(|package| {
            let own = package.uses.into_iter().filter(|one| one.own && !one.tests_only).map(|one| one.name);
            (package.name, own.collect())
        })
        .collect();
    let mut wrong = Vec::new();
    for name in written.keys().chain(true_now.keys()).collect::<BTreeSet<_>>() {
        match (written.get(name), true_now.get(name)) {
            (Some(written), Some(now)) if written != now => {
                wrong.push(format!("{name}: the table says {written:?}, the code {now:?}"));
            }
            (None, _) => wrong.push(format!("{name}: not in the table")),
            (_, None) => wrong.push(format!("{name}: no such crate")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "move the import, or the table and say why:\n{}", wrong.join("\n"));
}

/// The lines of a source that are no comments, with their numbers.
fn code(path: &str) -> Vec<(usize, String)> {
    let text = text(path);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.map(|(number, line)| (number + 1, line.to_owned())).collect()
}

/// Whether a word stands in a line as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !inner(line[..at].chars().next_back())
            && (word.ends_with(':') || !inner(line[at + word.len()..].chars().next()))
    })
}

/// Where any of these words stands in the sources of these crates.
fn uses(folders: impl Iterator<Item = String>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in folders.flat_map(|folder| files(&folder, ".rs")) {
        if READ_FOLDERS.contains(&path.as_str()) {
            continue;
        }
        for (number, line) in code(&path) {
            if let Some(word) = words.iter().find(|word| has_word(&line, word)) {
                found.push(format!("{path}:{number}: {word}"));
            }
        }
    }
    found
}

#[test]
fn the_spine_has_no_clock_no_disk_no_net_and_no_floats() {
    let words =
        ["fs::", "net::", "env::", "SystemTime", "Instant", "Zoned", "Timestamp", "f32", "f64", "async", "thread::"];
    let found = uses(SPINE.iter().map(|name| format!("crates/{name}/src")), &words);
    assert!(found.is_empty(), "hand it in as a value:\n{}", found.join("\n"));
}

#[test]
fn the_spine_draws_no_lots() {
    for package in packages().into_iter().filter(|package| SPINE.contains(&package.name.as_str())) {
        let lots = package.uses.iter().find(|one| !one.tests_only && (one.name.contains("rand") || one.name == "uuid"));
        assert!(lots.is_none(), "{} uses {}", package.name, lots.unwrap().name);
    }
}

/// The benchmarks ask the pages as a client does.
#[test]
fn only_the_pages_and_the_program_are_async() {
    for package in packages().into_iter().filter(|package| !["web", "fazhi", "bench"].contains(&package.name.as_str()))
    {
        let found = package.uses.iter().find(|one| !one.tests_only && ["tokio", "axum", "tower"].contains(&&*one.name));
        assert!(found.is_none(), "{} uses {}", package.name, found.unwrap().name);
    }
}

/// The benchmarks write the same bytes by bare statements, for comparison.
const MAY_SAY_SQL: [&str; 2] = ["store", "bench"];

#[test]
fn statements_stay_in_the_store() {
    let others: Vec<_> =
        packages().into_iter().filter(|package| !MAY_SAY_SQL.contains(&package.name.as_str())).collect();
    for package in &others {
        let driver = package.uses.iter().find(|one| !one.tests_only && ["rusqlite", "postgres"].contains(&&*one.name));
        assert!(driver.is_none(), "{} uses a database by itself", package.name);
    }
    let folders = others.iter().map(|package| format!("{}/src", package.folder));
    let found = uses(folders, &["SELECT", "INSERT INTO", "DELETE FROM", "PRAGMA"]);
    assert!(found.is_empty(), "a statement outside the store:\n{}", found.join("\n"));
}

#[test]
fn nothing_is_unsafe() {
    assert!(text("Cargo.toml").contains("unsafe_code = \"forbid\""));
    for package in packages() {
        let manifest = text(&format!("{}/Cargo.toml", package.folder));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does not take the workspace's lints", package.name);
    }
}

/// The demonstration, the tests' tools and the benchmarks play certain lines.
const MAY_NAME_LINES: [&str; 3] = ["crates/cli/src/demo", "crates/testkit", "crates/bench"];

#[test]
fn no_line_is_known_by_name() {
    let lines = fs::read_dir(root().join("catalog/lines")).unwrap().map(|entry| entry.unwrap().file_name());
    let quoted: Vec<String> = lines.map(|name| format!("\"{}\"", name.to_string_lossy())).collect();
    let mut found = Vec::new();
    for package in packages().into_iter().filter(|package| package.folder.starts_with("crates/")) {
        for path in files(&format!("{}/src", package.folder), ".rs") {
            if MAY_NAME_LINES.iter().any(|folder| path.starts_with(folder)) {
                continue;
            }
            let text = text(&path);
            // Tests within a file may name a line; they stand at its end.
            let code = text.split("#[cfg(test)]").next().unwrap();
            found.extend(quoted.iter().filter(|name| code.contains(*name)).map(|name| format!("{path}: {name}")));
        }
    }
    assert!(found.is_empty(), "say it in the catalogue:\n{}", found.join("\n"));
}

/// The sections of the code map: a crate's folder, and the text below its heading.
fn code_map() -> Vec<(String, String)> {
    let document = text("ARCHITECTURE.md");
    let map = document.split_once("## Code map").unwrap().1.split("\n## ").next().unwrap().to_owned();
    let sections = map.split("\n### ").skip(1).map(|section| {
        let (heading, body) = section.split_once('\n').unwrap();
        (ticked(heading).swap_remove(0), body.to_owned())
    });
    sections.collect()
}

#[test]
fn the_code_map_names_every_crate() {
    let named: BTreeSet<String> = code_map().into_iter().map(|(folder, _)| folder).collect();
    let there: BTreeSet<String> = packages().into_iter().map(|package| package.folder).collect();
    assert_eq!(named, there);
}

#[test]
fn the_code_map_names_no_file_that_is_gone() {
    let mut gone = Vec::new();
    for (folder, body) in code_map() {
        for file in ticked(&body).into_iter().filter(|word| word.ends_with(".rs")) {
            let there = ["src", "."].iter().any(|inside| root().join(&folder).join(inside).join(&file).exists());
            if !there {
                gone.push(format!("{folder}: {file}"));
            }
        }
    }
    assert!(gone.is_empty(), "the map names files that are not there:\n{}", gone.join("\n"));
}

#[test]
fn every_dependency_has_its_reason() {
    let rows = table(&text("docs/dependencies.md"), "# Dependencies");
    let written: BTreeSet<String> = rows.iter().map(|row| ticked(&row[0]).swap_remove(0)).collect();
    let uses = packages().into_iter().flat_map(|package| package.uses);
    let used: BTreeSet<String> = uses.filter(|one| !one.own).map(|one| one.name).collect();
    let without: Vec<_> = used.difference(&written).collect();
    let gone: Vec<_> = written.difference(&used).collect();
    assert!(without.is_empty() && gone.is_empty(), "without a line: {without:?}; no longer used: {gone:?}");
    assert!(rows.iter().all(|row| row[1].len() > 10), "a reason is missing");
}
