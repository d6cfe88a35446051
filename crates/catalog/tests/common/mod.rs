//! A small catalogue that is right, and texts of several files in one.

use std::collections::BTreeMap;

use catalog::{Source, StatuteLibrary};

const BASE: &str = include_str!("../base.toml");

/// The files of a text: `#@ path` begins one. Each keeps the line numbers of the whole text.
pub fn files(text: &str, first: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = vec![(first.to_owned(), String::new())];
    for (number, line) in text.lines().enumerate() {
        if let Some(path) = line.strip_prefix("#@ ") {
            found.push((path.trim().to_owned(), "\n".repeat(number + 1)));
        } else if let Some((_, last)) = found.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    found.retain(|(_, text)| !text.trim().is_empty());
    found
}

/// The base catalogue with these files over it, and the statute texts among them.
pub fn over_base(text: &str) -> (Source, StatuteLibrary) {
    let mut all: BTreeMap<String, String> = files(BASE, "").into_iter().collect();
    let mut library = StatuteLibrary::default();
    let mut templates = Vec::new();
    for (path, text) in files(text, "lines/demo/2024.toml") {
        match path.strip_prefix("texts/").and_then(|name| name.split_once(' ')) {
            Some((name, day)) => library.insert(name, day.parse().unwrap(), &text),
            // A template is told as its page; one that begins with `!` is no document at all.
            None if path.ends_with(".docx") => {
                let text = text.trim_start_matches('\n');
                let bytes = if text.starts_with('!') { text.as_bytes().to_vec() } else { papers::sheet(text) };
                templates.push((path, bytes));
            }
            None => {
                all.insert(path, text);
            }
        }
    }
    (Source::from_texts(all).with_templates(templates), library)
}
