//! Typed reading of a tree: what is missing or of the wrong type becomes a finding, and reading goes on.

use procedure::Said;
use terms::Date;

use crate::finding::{Findings, Spot, error};
use crate::near::meant_or_list;
use crate::schema::wrong_type;
use crate::tree::{Entry, Node, Table, Tree};

/// A word of a file and its place.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub text: String,
    pub spot: Spot,
}

/// Text under a key.
pub(crate) fn text(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<Word> {
    word(table.get(key)?, key, findings)
}

fn word(node: &Node, key: &str, findings: &mut Findings<'_>) -> Option<Word> {
    match &node.value {
        Tree::Text(text) => Some(Word { text: text.clone(), spot: node.spot.clone() }),
        _ => {
            wrong_type(node, key, "text in quotation marks", findings);
            None
        }
    }
}

/// A list of texts, which may be written as one text.
pub(crate) fn list(table: &Table, key: &str, findings: &mut Findings<'_>) -> Vec<Word> {
    table.get(key).map_or_else(Vec::new, |node| texts_of(node, key, findings))
}

/// A list of texts that is no key's own.
pub(crate) fn texts_of(node: &Node, key: &str, findings: &mut Findings<'_>) -> Vec<Word> {
    node.items().iter().filter_map(|item| word(item, key, findings)).collect()
}

/// Yes or no under a key.
pub(crate) fn flag(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<bool> {
    let node = table.get(key)?;
    match node.value {
        Tree::Bool(yes) => Some(yes),
        _ => {
            wrong_type(node, key, "true or false", findings);
            None
        }
    }
}

/// A whole number under a key.
pub(crate) fn number(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<i64> {
    let node = table.get(key)?;
    match node.value {
        Tree::Int(number) => Some(number),
        _ => {
            wrong_type(node, key, "a whole number", findings);
            None
        }
    }
}

/// A date under a key; text that reads as one will do.
pub(crate) fn date(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<Date> {
    let node = table.get(key)?;
    match &node.value {
        Tree::Date(date) => Some(*date),
        Tree::Text(text) if text.parse::<Date>().is_ok() => text.parse().ok(),
        _ => {
            wrong_type(node, key, "a date such as 2024-01-01", findings);
            None
        }
    }
}

/// A sentence in both languages.
pub(crate) fn said(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<Said> {
    let entry = table.entry(key)?;
    let Tree::Table(inner) = &entry.node.value else {
        let wanted = "said in both languages: { zh = \"…\", en = \"…\" }";
        wrong_type(&entry.node, key, wanted, findings);
        return None;
    };
    crate::schema::keys(inner, &["zh", "en"], key, findings);
    said_of(inner, &entry.spot, key, findings)
}

/// `zh` and `en` of a table.
pub(crate) fn said_of(table: &Table, spot: &Spot, name: &str, findings: &mut Findings<'_>) -> Option<Said> {
    let mut one = |language: &str| {
        let found = text(table, language, findings).map(|word| word.text).filter(|text| !text.trim().is_empty());
        if found.is_none() && table.get(language).is_none_or(|node| matches!(node.value, Tree::Text(_))) {
            findings.add(spot, error("D004", format!("`{name}` is not said in `{language}`")));
        }
        found
    };
    let (zh, en) = (one("zh"), one("en"));
    Some(Said { zh: zh?, en: en? })
}

/// The title of an element, which must be there.
pub(crate) fn title(entry: &Entry, table: &Table, findings: &mut Findings<'_>) -> Said {
    if table.get("title").is_none() {
        missing(entry, "title", "title = { zh = \"…\", en = \"…\" }", findings);
    }
    said(table, "title", findings).unwrap_or_default()
}

/// Says that a key is missing.
pub(crate) fn missing(entry: &Entry, key: &str, example: &str, findings: &mut Findings<'_>) {
    findings
        .add(&entry.spot, error("D004", format!("`{}` has no `{key}`", entry.key)).help(format!("write `{example}`")));
}

/// One of a closed set of words.
pub(crate) fn one_of<T: Clone>(
    table: &Table,
    key: &str,
    known: &[(&str, T)],
    findings: &mut Findings<'_>,
) -> Option<T> {
    let word = text(table, key, findings)?;
    let hit = known.iter().find(|(name, _)| *name == word.text).map(|(_, value)| value.clone());
    if hit.is_none() {
        let help = meant_or_list(&word.text, known.iter().map(|(name, _)| *name));
        findings.add(&word.spot, error("D005", format!("`{}` is no value of `{key}`", word.text)).help_opt(help));
    }
    hit
}

/// Text that parses, or a finding with what its type says is wrong.
pub(crate) fn parsed<T>(table: &Table, key: &str, findings: &mut Findings<'_>) -> Option<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let word = text(table, key, findings)?;
    match word.text.parse() {
        Ok(value) => Some(value),
        Err(why) => {
            let why = format!("{why}");
            let (what, help) = why.split_once(": ").map_or((why.as_str(), None), |(a, b)| (a, Some(b.to_owned())));
            findings.add(&word.spot, error("D005", what).help_opt(help));
            None
        }
    }
}
