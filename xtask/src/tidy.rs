//! Files and functions that have grown long. A report: past these lengths one looks for the second thing in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{Outcome, root};

const FILE: usize = 800;
const FUNCTION: usize = 70;

/// Prints what is long.
pub fn tidy() -> Outcome {
    let root = root();
    let mut found = 0;
    for path in sources(&root) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let lines = text.lines().count();
        if lines > FILE {
            found += 1;
            println!("{name}: {lines} lines");
        }
        for (line, length) in long_functions(&text) {
            found += 1;
            println!("{name}:{line}: a function of {length} lines");
        }
    }
    println!("{found} long things (files over {FILE} lines, functions over {FUNCTION})");
    Ok(())
}

/// The Rust sources of the workspace.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(&root.join(folder), &mut all);
    }
    all.sort();
    all
}

fn collect(folder: &Path, all: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
}

/// Where a function begins, and its length: down to the brace at its own indentation, as rustfmt leaves it.
fn long_functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        let words = inner.trim_start_matches("pub(crate) ").trim_start_matches("pub ").trim_start_matches("async ");
        if !words.starts_with("fn ") || inner.ends_with(';') {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let length = lines[start..].iter().position(|line| *line == close).map_or(0, |end| end + 1);
        if length > FUNCTION {
            found.push((start + 1, length));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::long_functions;

    #[test]
    fn a_long_function_is_found_and_a_short_one_is_not() {
        let long = format!("fn long() {{\n{}}}\n\nfn short() {{\n}}\n", "    step();\n".repeat(80));
        assert_eq!(long_functions(&long), [(1, 82)]);
    }
}
