//! `fazhi case`: timelines that try the lines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::Catalog;
use testkit::cases;

use crate::args::{At, Case};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Runs case files and shows where they differ from what is written.
pub fn run(at: &At, asked: &Case) -> Result<Found, Failure> {
    let catalog = open::catalog(at)?;
    let files = files(&asked.files)?;
    let mut red = 0_usize;
    let mut out = String::new();
    for file in &files {
        let wrong = match cases::check(&catalog, &text(file)?) {
            Ok(outcome) if outcome.passed => continue,
            Ok(outcome) => outcome.diff,
            Err(error) => format!("{error}\n"),
        };
        red += 1;
        out.push_str(&format!("{}:\n{wrong}", file.display()));
    }
    out.push_str(&format!("{} cases, {red} of them not as they are written\n", files.len()));
    show::say(&out)?;
    Ok(Found::when(red > 0))
}

/// The entries of the scope that a case shows, where it runs as it is written.
pub fn shows(catalog: &Arc<Catalog>, text: &str) -> Vec<String> {
    let Ok(case) = cases::parse(text) else { return Vec::new() };
    let green = !case.scope.is_empty() && cases::check(catalog, text).is_ok_and(|outcome| outcome.passed);
    if green { case.scope } else { Vec::new() }
}

/// The case files of these files and folders, in order.
pub fn files(from: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in from {
        collect(path, &mut all)?;
    }
    all.sort();
    Ok(all)
}

fn collect(path: &Path, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        all.push(path.to_path_buf());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    for entry in entries {
        let inner = entry.map_err(|error| unreadable(path, &error))?.path();
        if inner.is_dir() || inner.extension().is_some_and(|ending| ending == "case") {
            collect(&inner, all)?;
        }
    }
    Ok(())
}

/// The text of a case file.
pub fn text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", path.display()), "name a case file or a folder of them")
}
