//! The documents against the code. `UPDATE=1` (`cargo xtask docs`) writes what is generated.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the repository should stop")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::{env, fs};

use catalog::{Catalog, Source, load, render, tally};
use common::{files, root, text, ticked};

/// Compares, or writes, what stands between the markers of a generated part.
fn generated(path: &str, name: &str, now: &str) {
    let document = text(path);
    let (begin, end) = (format!("<!-- generated: {name} -->"), format!("<!-- end: {name} -->"));
    let (before, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("{path} lacks `{begin}`"));
    let (written, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{path} lacks `{end}`"));
    let now = format!("\n{}\n", now.trim_end());
    if written == now {
        return;
    }
    assert!(env::var_os("UPDATE").is_some(), "{path}: the part `{name}` is old; run `cargo xtask docs`");
    fs::write(root().join(path), format!("{before}{begin}{now}{end}{after}")).unwrap();
}

/// The keys of the definition format, as its source lists them: each table and what may stand in it.
fn keys() -> Vec<(String, Vec<String>)> {
    let source = text("crates/catalog/src/schema.rs");
    let mut all = Vec::new();
    for constant in ["const HEAD", "const SECTIONS"] {
        let body = source.split_once(constant).unwrap().1;
        let body = body.split_once("= [").unwrap().1.split_once("\n];").unwrap().0;
        for entry in body.split("&[").collect::<Vec<_>>().windows(2) {
            let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            let name = quoted(entry[0]).pop().unwrap();
            all.push((name, quoted(entry[1].split(']').next().unwrap())));
        }
    }
    all
}

#[test]
fn the_keys_are_listed() {
    let mut now = String::from("| table | keys |\n| --- | --- |\n");
    for (table, keys) in keys() {
        let name = match table.as_str() {
            "line" | "general" | "overlay" => format!("[{table}]"),
            _ => format!("[{table}.*]"),
        };
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        writeln!(now, "| `{name}` | {} |", keys.join(" ")).unwrap();
    }
    generated("docs/catalog.md", "keys", &now);
}

#[test]
fn every_key_is_explained() {
    let document = text("docs/catalog.md");
    let mut missing = Vec::new();
    for (table, keys) in keys() {
        let heading = format!("\n### `[{table}");
        let Some((_, section)) = document.split_once(&heading) else {
            missing.push(format!("[{table}]: no heading"));
            continue;
        };
        let section = section.split_once('\n').unwrap().1.split("\n### ").next().unwrap();
        let told: BTreeSet<String> = ticked(section).into_iter().collect();
        let grounds = ["law", "reading", "adopted", "mark", "local", "title"];
        let own = keys.iter().filter(|key| !grounds.contains(&key.as_str()));
        missing.extend(own.filter(|key| !told.contains(*key)).map(|key| format!("[{table}]: `{key}`")));
    }
    assert!(missing.is_empty(), "docs/catalog.md does not explain\n{}", missing.join("\n"));
}

fn catalogue() -> Catalog {
    let source = Source::from_dir(&root().join("catalog")).unwrap();
    let (catalog, findings) = load(&source);
    catalog.unwrap_or_else(|| panic!("{}", render(&findings, &source, false)))
}

/// What the head of a line's files says: its comments before the first table, paragraph by paragraph.
fn head(code: &str) -> String {
    let mut told = String::new();
    for path in files(&format!("catalog/lines/{code}"), ".toml") {
        let text = text(&path);
        let comments = text.lines().take_while(|line| !line.starts_with('['));
        let version = path.rsplit('/').next().unwrap().trim_end_matches(".toml");
        let words: Vec<&str> = comments.map(|line| line.trim_start_matches('#').trim()).collect();
        let words = words.join("\n").trim().replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n>\n> ");
        if !words.is_empty() {
            write!(told, "\n> **{version}** {words}\n").unwrap();
        }
    }
    told
}

#[test]
fn the_coverage_of_the_law_is_told() {
    let catalog = catalogue();
    let mut now = String::from(
        "| line | | versions | acts | rules | limits | figures | V | Vx | K |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut heads = String::new();
    for marks in tally(&catalog) {
        let versions = catalog.versions(&marks.line);
        let Some(newest) = versions.last() else { continue };
        let names: Vec<String> = versions.iter().map(|line| format!("{} ({})", line.version, line.from)).collect();
        writeln!(
            now,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            marks.line,
            newest.title.zh,
            names.join(", "),
            newest.acts.len(),
            newest.rules.len(),
            newest.limits.len(),
            newest.figures.len(),
            marks.v,
            marks.vx,
            marks.k
        )
        .unwrap();
        write!(heads, "\n### `{}` {} — {}\n{}", marks.line, newest.title.zh, newest.title.en, head(&marks.line))
            .unwrap();
    }
    generated("docs/law-coverage.md", "lines", &format!("{now}{heads}"));
}

#[test]
fn every_refusal_has_its_heading() {
    let mut used = BTreeSet::new();
    for path in files("crates/kernel/src", ".rs") {
        let text = text(&path);
        let quoted = text.split('"').filter(|word| word.len() == 4 && word.starts_with('R'));
        used.extend(quoted.filter(|word| word[1..].bytes().all(|b| b.is_ascii_digit())).map(str::to_owned));
    }
    let document = text("docs/refusals.md");
    let headings = document.lines().filter_map(|line| line.strip_prefix("## R"));
    let told: BTreeSet<String> = headings.map(|line| format!("R{}", line.split(' ').next().unwrap())).collect();
    assert_eq!(told, used, "docs/refusals.md (left) and crates/kernel (right)");
}

#[test]
fn every_command_of_the_program_is_told() {
    let source = text("crates/cli/src/args.rs");
    let body = source.split_once("pub enum Command {").unwrap().1.split_once("\n}").unwrap().0;
    let variants = body.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| {
        line.starts_with(|c: char| c.is_ascii_uppercase()) && (line.ends_with("),") || line.ends_with(','))
    });
    let document = text("docs/operations.md");
    let missing: Vec<String> = variants
        .map(|line| line.split(['(', ',']).next().unwrap().to_lowercase())
        .filter(|name| !document.contains(&format!("| `fazhi {name}")))
        .collect();
    assert!(missing.is_empty(), "docs/operations.md does not tell of {missing:?}");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    let documents = files("docs", ".md").into_iter().chain(["README.md".to_owned(), "ARCHITECTURE.md".to_owned()]);
    for path in documents {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        for part in text(&path).split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap();
            // The picture is taken from the running program.
            if target.is_empty() || target.contains("://") || target.ends_with(".png") {
                continue;
            }
            if !root().join(&folder).join(target).exists() {
                broken.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
