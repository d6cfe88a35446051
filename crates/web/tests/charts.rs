//! What draws the charts is what its sources and its lock say: `cargo xtask charts` packs it anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn read(path: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

#[test]
fn the_packed_script_is_what_it_was_made_from() {
    let told = String::from_utf8(read("assets/charts.txt")).unwrap();
    let mut checked = 0;
    for line in told.lines() {
        let Some((name, digest)) = line.split_once(' ').filter(|(_, rest)| rest.len() == 64) else { continue };
        let path = if name == "charts.js.gz" { format!("assets/{name}") } else { format!("charts/{name}") };
        let now = ledger::hash(&read(&path)).to_string();
        assert_eq!(now, digest, "{path} has changed since the script was packed: run `cargo xtask charts`");
        checked += 1;
    }
    assert_eq!(checked, 4, "assets/charts.txt names the lock, both sources and the script:\n{told}");
}

#[test]
fn its_parts_are_those_of_the_lock_under_licences_that_allow_it() {
    let told = String::from_utf8(read("assets/charts.txt")).unwrap();
    let lock: serde_json::Value = serde_json::from_slice(&read("charts/package-lock.json")).unwrap();
    for name in ["echarts", "zrender", "tslib"] {
        let pinned = &lock["packages"][format!("node_modules/{name}")];
        let line = format!("{name} {} {}", pinned["version"].as_str().unwrap(), pinned["license"].as_str().unwrap());
        assert!(told.lines().any(|told| told == line), "`{line}` is not in assets/charts.txt");
        assert!(["Apache-2.0", "BSD-3-Clause", "0BSD"].contains(&pinned["license"].as_str().unwrap()), "{line}");
    }
}
