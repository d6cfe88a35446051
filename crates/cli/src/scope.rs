//! `fazhi scope`: which entries of docs/scope.md work.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use catalog::Catalog;

use crate::args::{At, Scope};
use crate::failure::{Failure, Found};
use crate::{case, open, show};

const TABLE: &str = include_str!("../../../docs/scope.md");

/// An entry of the scope.
struct Entry<'t> {
    number: &'t str,
    name: &'t str,
    line: &'t str,
}

/// Group by group, the entries that a green case names and a page shows.
pub fn run(at: &At, asked: &Scope) -> Result<Found, Failure> {
    let catalog = open::catalog(at)?;
    let named = named(&asked.cases, &catalog)?;
    let groups = groups();
    let mut rows = Vec::new();
    let (mut working, mut all) = (0, 0);
    let mut listed = String::new();
    for (title, entries) in &groups {
        // A page shows every line of the catalogue, and one the report; an entry without a line has none.
        let shown = |entry: &&Entry<'_>| match entry.line {
            "report" => !catalog.reports.is_empty(),
            line => !catalog.versions(line).is_empty(),
        };
        let works = |entry: &&Entry<'_>| named.contains(entry.number) && shown(entry);
        let done = entries.iter().filter(works).count();
        working += done;
        all += entries.len();
        rows.push(vec![(*title).to_owned(), done.to_string(), entries.len().to_string()]);
        for entry in entries.iter().filter(|entry| asked.all || works(entry)) {
            let mark = if works(&entry) { "works" } else { "–" };
            listed.push_str(&format!("{:6} {:6} {} ({})\n", entry.number, mark, entry.name, entry.line));
        }
    }
    let mut text = show::table(&["group", "work", "of"], rows, &[1, 2]);
    if !listed.is_empty() {
        text.push_str(&format!("\n{listed}"));
    }
    text.push_str(&format!("\n{working} of {all} entries work\n"));
    show::say(&text)?;
    Ok(Found::Nothing)
}

/// What an entry is called.
pub fn name(number: &str) -> Option<&'static str> {
    let mut entries = groups().into_iter().flat_map(|(_, entries)| entries);
    entries.find(|entry| entry.number == number).map(|entry| entry.name)
}

/// The groups of the table with their entries.
fn groups() -> Vec<(&'static str, Vec<Entry<'static>>)> {
    let mut groups: Vec<(&str, Vec<Entry<'_>>)> = Vec::new();
    for line in TABLE.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            groups.push((title, Vec::new()));
        } else if let Some((_, entries)) = groups.last_mut() {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            if let [number, name, _, line] = cells[..]
                && number.starts_with(|first: char| first.is_ascii_digit())
            {
                entries.push(Entry { number, name, line: line.trim_matches('`') });
            }
        }
    }
    groups
}

/// Numbers of entries that green cases name.
fn named(folder: &Path, catalog: &Arc<Catalog>) -> Result<BTreeSet<String>, Failure> {
    if !folder.exists() {
        return Err(Failure::new(
            format!("there is no folder of cases at {}", folder.display()),
            "start the program in its repository, or name the folder with --cases",
        ));
    }
    let mut named = BTreeSet::new();
    for file in case::files(&[folder.to_path_buf()])? {
        named.extend(case::shows(catalog, &case::text(&file)?));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn the_table_has_all_221_entries_in_twelve_groups() {
        let groups = groups();
        assert_eq!(groups.len(), 12);
        assert_eq!(groups.iter().map(|(_, entries)| entries.len()).sum::<usize>(), 221);
    }
}
