//! Clocks, signatures, annulments and corrections of the demonstration line: timelines in `clocks/*.case`, each run
//! through the door. `UPDATE=1` blesses them.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use testkit::cases;

#[test]
fn every_timeline_comes_as_it_is_written() {
    let catalog = testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clocks");
    let mut failed = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if std::env::var_os("UPDATE").is_some() {
            cases::bless(&catalog, &path).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match cases::check(&catalog, &text) {
            Ok(outcome) if outcome.passed => {}
            Ok(outcome) => failed.push(format!("{name}\n{}", outcome.diff)),
            Err(why) => failed.push(format!("{name}: {why}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
