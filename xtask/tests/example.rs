//! The worked example of docs/adding-a-line.md is loaded and run as it stands there. `UPDATE=1` writes what its case
//! answers now.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the repository should stop")]

mod common;

use std::sync::Arc;
use std::{env, fs};

use catalog::{Severity, Source, load, render};
use common::{root, text};

const DOCUMENT: &str = "docs/adding-a-line.md";
const PATH: &str = "lines/legal_aid/2022.toml";

/// The fenced block that begins with a line.
fn block(document: &str, first: &str) -> String {
    let fenced = document.split("\n```").skip(1).step_by(2);
    let bodies = fenced.filter_map(|block| block.split_once('\n')).map(|(_, body)| body);
    let mut found = bodies.filter(|body| body.starts_with(first));
    let body = found.next().unwrap_or_else(|| panic!("{DOCUMENT} has no block that begins with `{first}`"));
    format!("{body}\n")
}

#[test]
fn the_worked_example_runs() {
    let document = text(DOCUMENT);
    let definition = block(&document, "# catalog/lines/legal_aid");
    let case = block(&document, "case ");
    let source = Source::from_dir(&root().join("catalog")).unwrap().with_texts([(PATH.to_owned(), definition)]);
    let (catalog, findings) = load(&source);
    let catalog = catalog.unwrap_or_else(|| panic!("{}", render(&findings, &source, false)));
    let ours: Vec<_> = findings.into_iter().filter(|finding| finding.file.contains("legal_aid")).collect();
    assert!(ours.iter().all(|finding| finding.severity == Severity::Note), "{}", render(&ours, &source, false));
    let outcome = testkit::cases::check(&Arc::new(catalog), &case).unwrap_or_else(|why| panic!("{why}"));
    if !outcome.passed && env::var_os("UPDATE").is_some() {
        fs::write(root().join(DOCUMENT), document.replace(&case, &outcome.got)).unwrap();
        return;
    }
    assert!(outcome.passed, "the case answers otherwise:\n{}", outcome.diff);
}
