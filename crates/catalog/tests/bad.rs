//! Broken definitions in `cases/bad`, each with the exact message beside it; `UPDATE=1` writes the messages.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own data should stop")]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use catalog::{check_statutes, load, render};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/bad")
}

fn cases() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
}

fn said(text: &str) -> String {
    let (source, library) = common::over_base(text);
    let (catalog, mut findings) = load(&source);
    if let Some(catalog) = catalog.filter(|_| !library.is_empty()) {
        findings.extend(check_statutes(&catalog, &library));
    }
    render(&findings, &source, false)
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let update = env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let got = said(&fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("txt");
        if update {
            fs::write(&expected, &got).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != got {
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "not as expected (bless with UPDATE=1):\n{}", wrong.join("\n"));
}

#[test]
fn every_case_has_something_wrong() {
    for path in cases() {
        let expected = fs::read_to_string(path.with_extension("txt")).unwrap();
        assert!(expected.contains("-->"), "{} has nothing wrong", path.display());
    }
}

#[test]
fn every_code_has_a_case() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(source).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let quoted = text.split('"').filter(|part| part.len() == 4 && part.starts_with('D'));
        codes.extend(quoted.filter(|part| part[1..].bytes().all(|b| b.is_ascii_digit())).map(str::to_owned));
    }
    let told: String = cases().iter().map(|path| fs::read_to_string(path.with_extension("txt")).unwrap()).collect();
    let missing: Vec<&String> = codes.iter().filter(|code| !told.contains(&format!("[{code}]"))).collect();
    assert!(missing.is_empty(), "codes without a case: {missing:?}");
}
