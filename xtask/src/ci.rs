//! Everything a change must pass.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::packages;
use crate::step::{Outcome, answers, cargo, root, run};

/// The tests of pages in a real browser.
const BROWSER: [&str; 2] = ["--features", "web/browser"];

/// Runs all steps; stops at the first that fails.
pub fn ci() -> Outcome {
    packages::install()?;
    packages::page_checks()?;
    let target = target()?;
    let target = target.to_string_lossy();
    let set = [("CARGO_TARGET_DIR", target.as_ref())];
    println!("builds go to {target}");
    cargo("format", &["fmt", "--all", "--check"], &set)?;
    let clippy = [&["clippy", "--workspace", "--all-targets"], BROWSER.as_slice(), &["--", "-D", "warnings"]].concat();
    cargo("lints", &clippy, &set)?;
    if answers("cargo", &["deny", "--version"]) {
        cargo("licences and advisories", &["deny", "check"], &set)?;
    } else {
        println!("\n── licences and advisories: skipped, cargo-deny is not installed (`cargo install cargo-deny`)");
    }
    // One build for all that follows: another choice of packages or features would compile most of it once more.
    let tests = [&["test", "--workspace"], BROWSER.as_slice()].concat();
    cargo("build", &[&tests, ["--no-run", "--quiet"].as_slice()].concat(), &set)?;
    catalogue(&Path::new(target.as_ref()).join("debug/fazhi"))?;
    // Last, so that its closing lines are the last thing to read; all of them, so that one round tells every failure.
    cargo("tests", &[&tests, ["--no-fail-fast"].as_slice()].concat(), &set)?;
    println!("\nall steps passed");
    Ok(())
}

/// Checks the catalogue, against the words of the statutes where their texts are at hand.
fn catalogue(fazhi: &Path) -> Outcome {
    let mut check = vec!["check", "--catalog", "catalog"];
    let texts = statutes();
    let texts = texts.as_ref().map(|folder| folder.to_string_lossy());
    match &texts {
        Some(folder) => check.extend(["--statutes", folder]),
        None => println!("\nno statute texts at hand (FAZHI_STATUTES): citations are checked for form only"),
    }
    run("catalogue", &fazhi.to_string_lossy(), &check, &[])
}

/// The folder of statute texts: as set, or beside the clone.
fn statutes() -> Option<PathBuf> {
    let beside = root().join("../shared/statutes");
    env::var_os("FAZHI_STATUTES").map(PathBuf::from).or_else(|| beside.is_dir().then_some(beside))
}

/// Where builds go: as set, or a folder of our own outside the clone, so that a clone stays small.
fn target() -> Result<PathBuf, String> {
    if let Some(set) = env::var_os("CARGO_TARGET_DIR") {
        return Ok(PathBuf::from(set));
    }
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let folder = cache.ok_or("neither CARGO_TARGET_DIR nor HOME is set")?.join("fazhi-target");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    Ok(folder)
}
