//! The repository as the tests of its documents see it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// One crate of the workspace.
pub struct Package {
    /// Name.
    pub name: String,
    /// Folder, from the repository's.
    pub folder: String,
    /// What it uses.
    pub uses: Vec<Dependency>,
}

/// What a crate uses.
pub struct Dependency {
    /// Name.
    pub name: String,
    /// One of the workspace's own crates.
    pub own: bool,
    /// For its tests alone.
    pub tests_only: bool,
}

/// The crates of the workspace, as cargo sees them.
pub fn packages() -> Vec<Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let base = fs::canonicalize(root()).unwrap();
    let package = |package: &serde_json::Value| Package {
        name: text(&package["name"]),
        folder: {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            let folder = fs::canonicalize(manifest.parent().unwrap()).unwrap();
            folder.strip_prefix(&base).unwrap().to_string_lossy().into_owned()
        },
        uses: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| Dependency {
                name: text(&one["name"]),
                own: one["path"].is_string(),
                tests_only: one["kind"] == "dev",
            })
            .collect(),
    };
    told["packages"].as_array().unwrap().iter().map(package).collect()
}

/// Every file with an ending below a folder of the repository.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root(), folder, ending, &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &str, ending: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(root, &name, ending, found);
        } else if name.ends_with(ending) {
            found.push(name);
        }
    }
}

/// The rows of the first table after a heading, cell by cell, without the table's head.
pub fn table(document: &str, heading: &str) -> Vec<Vec<String>> {
    let after = document.split_once(heading).unwrap_or_else(|| panic!("no `{heading}`")).1;
    let rows = after.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

/// The words between backticks.
pub fn ticked(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
