//! Every case of the repository: run, compared, or with `UPDATE=1` blessed; and which rules and limits none shows.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use catalog::{Catalog, Source};
use procedure::Line;
use testkit::cases::{self, Case};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn catalog() -> Arc<Catalog> {
    let source = Source::from_dir(&root().join("catalog")).unwrap();
    let (catalog, findings) = catalog::load(&source);
    let catalog = catalog.unwrap_or_else(|| panic!("{}", catalog::render(&findings, &source, false)));
    Arc::new(catalog)
}

/// `cases/<line>/<name>.case`, in order; `CASE=penalty/` narrows them.
fn files() -> Vec<PathBuf> {
    let wanted = std::env::var("CASE").unwrap_or_default();
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("cases")).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.is_dir() && !folder.ends_with("bad") {
            found.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found.retain(|path| path.extension().is_some_and(|kind| kind == "case") && shown(path).contains(&wanted));
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    let names: Vec<_> = path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy()).collect();
    format!("{}/{}", names[1], names[0])
}

fn one(catalog: &Arc<Catalog>, path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).unwrap();
    let name = shown(path);
    let told = |text: String| Some(format!("cases/{name}\n{text}"));
    if let Ok(case) = cases::parse(&text)
        && path.file_stem().is_none_or(|stem| stem != case.name.as_str())
    {
        return told(format!("its name is `{}`, its file's is another\n", case.name));
    }
    if std::env::var_os("UPDATE").is_some() {
        return cases::bless(catalog, path).err().and_then(|why| told(format!("{why}\n")));
    }
    match cases::check(catalog, &text) {
        Ok(outcome) if outcome.passed => None,
        Ok(outcome) => told(outcome.diff),
        Err(why) => told(format!("{why}\n")),
    }
}

#[test]
fn every_case_comes_as_it_is_written() {
    let (catalog, files) = (catalog(), files());
    let half = files.len().div_ceil(2).max(1);
    let failed: Vec<String> = thread::scope(|scope| {
        let work = |part: &[PathBuf]| part.iter().filter_map(|path| one(&catalog, path)).collect::<Vec<_>>();
        let running: Vec<_> = files.chunks(half).map(|part| scope.spawn(move || work(part))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(
        failed.is_empty(),
        "{} of {} cases come otherwise (UPDATE=1 writes what comes; review it as a diff):\n\n{}",
        failed.len(),
        files.len(),
        failed.join("\n")
    );
}

/// The codes of rules and limits that `catalog/general/` brings: shown in one line, they are shown.
fn general(catalog: &Catalog) -> BTreeSet<String> {
    let files = catalog.source().files().filter(|(path, _)| path.starts_with("general/"));
    let heads = files.flat_map(|(_, text)| text.lines());
    let code = |head: &str| {
        let head = head.strip_prefix('[')?.strip_suffix(']')?;
        let code = head.strip_prefix("requires.").or_else(|| head.strip_prefix("limit."))?;
        Some(code.to_owned())
    };
    heads.filter_map(code).collect()
}

/// Every version of a line, with the overlays of the place where most cases play.
fn versions(catalog: &Catalog, code: &str) -> Vec<Arc<Line>> {
    let place = "632222".parse().unwrap();
    let national = catalog.versions(code);
    let laid = national.iter().filter_map(|line| catalog.line(code, &place, line.from)).collect::<Vec<_>>();
    let today = catalog.line(code, &place, catalog.calendar.known_until());
    national.into_iter().chain(laid).chain(today).collect()
}

#[test]
fn every_rule_and_limit_is_named_by_a_case() {
    let catalog = catalog();
    let general = general(&catalog);
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for path in files() {
        let Ok(case) = cases::parse(&fs::read_to_string(path).unwrap()) else { continue };
        let words: Vec<String> = right_words(&case);
        for line in case.also.iter().chain([&case.line]) {
            named.extend(words.iter().map(|word| (line.to_string(), word.clone())));
        }
    }
    let list = fs::read_to_string(root().join("cases/uncovered.txt")).unwrap_or_default();
    let excused: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let mut missing = BTreeSet::new();
    for code in catalog.codes() {
        for line in versions(&catalog, &code) {
            let codes = line.rules.iter().map(|rule| &rule.code).chain(line.limits.iter().map(|limit| &limit.code));
            for one in codes {
                let shown = if general.contains(one.as_str()) {
                    named.iter().any(|(_, word)| word == one.as_str())
                } else {
                    named.contains(&(code.to_string(), one.to_string()))
                };
                let name = if general.contains(one.as_str()) { format!("*.{one}") } else { format!("{code}.{one}") };
                if !shown && !excused.contains(name.as_str()) {
                    missing.insert(name);
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "no case names these {} rules and limits on its right side; write one, or give a reason in \
         cases/uncovered.txt (`line.code reason`):\n{}",
        missing.len(),
        missing.into_iter().collect::<Vec<_>>().join("\n")
    );
}

fn right_words(case: &Case) -> Vec<String> {
    let words = case.right_sides().flat_map(|right| right.split([' ', ';', '=']));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
