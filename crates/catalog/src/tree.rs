//! A file as a tree that keeps every value's place; versions, general rules and overlays are merged as trees, so that
//! whatever is said about the result points at the file that wrote it.

use std::ops::Range;
use std::sync::Arc;

use terms::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Findings, Spot, error};

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub spot: Spot,
    pub value: Tree,
}

/// What a file can say.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Table(Table),
    List(Vec<Node>),
    Text(String),
    Bool(bool),
    Int(i64),
    Date(Date),
    /// A time of day, a float: nothing in a definition.
    Other,
}

impl Tree {
    /// What it is, for a message.
    pub fn name(&self) -> &'static str {
        match self {
            Tree::Table(_) => "a table",
            Tree::List(_) => "a list",
            Tree::Text(_) => "text",
            Tree::Bool(_) => "true or false",
            Tree::Int(_) => "a number",
            Tree::Date(_) => "a date",
            Tree::Other => "something else",
        }
    }
}

/// A key, its place and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub spot: Spot,
    pub node: Node,
}

/// Entries in the order of the file, which is the order in which a record lives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub entries: Vec<Entry>,
}

impl Table {
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
    }
    pub fn table(&self, key: &str) -> Option<&Table> {
        match self.get(key).map(|node| &node.value) {
            Some(Tree::Table(table)) => Some(table),
            _ => None,
        }
    }
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key).map(|node| &node.value) {
            Some(Tree::Text(text)) => Some(text),
            _ => None,
        }
    }
    pub fn is(&self, key: &str) -> bool {
        matches!(self.get(key).map(|node| &node.value), Some(Tree::Bool(true)))
    }
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }
    /// Takes `field.outcome.choices.uphold` away; whether it was there.
    pub fn remove_path(&mut self, path: &str) -> bool {
        match path.split_once('.') {
            None => self.remove(path).is_some(),
            Some((key, rest)) => match self.get_mut(key).map(|node| &mut node.value) {
                Some(Tree::Table(table)) => table.remove_path(rest),
                _ => false,
            },
        }
    }
    /// Entries of the tables under a key: the elements of a section.
    pub fn elements(&self, section: &str) -> impl Iterator<Item = (&Entry, &Table)> {
        let entries = self.table(section).into_iter().flat_map(|table| &table.entries);
        entries.filter_map(|entry| match &entry.node.value {
            Tree::Table(table) => Some((entry, table)),
            _ => None,
        })
    }
}

impl Node {
    /// The items of a list, or the one item that stands for a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Tree::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// Reads a file; what its grammar makes wrong becomes findings, and the rest is read on.
pub(crate) fn parse(file: &Arc<str>, text: &str, findings: &mut Findings<'_>) -> Table {
    let (table, errors) = DeTable::parse_recoverable(text);
    for wrong in errors {
        let span = wrong.span().unwrap_or(0..0);
        let message = wrong.message().split_whitespace().collect::<Vec<_>>().join(" ");
        findings.add(&Spot { file: file.clone(), span }, error("D001", message).help_opt(hint(&wrong)));
    }
    lift_table(file, table.into_inner())
}

fn hint(wrong: &toml::de::Error) -> Option<String> {
    let said = wrong.message();
    if said.contains("duplicate key") {
        Some("two elements cannot have one code: rename one of them".into())
    } else {
        None
    }
}

fn lift_table(file: &Arc<str>, table: DeTable<'_>) -> Table {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            spot: Spot { file: file.clone(), span: key.span() },
            key: key.into_inner().into_owned(),
            node: lift(file, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.spot.span.start);
    Table { entries }
}

fn lift(file: &Arc<str>, value: Spanned<DeValue<'_>>) -> Node {
    let spot = Spot { file: file.clone(), span: value.span() };
    let value = match value.into_inner() {
        DeValue::String(text) => Tree::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or(Tree::Other, Tree::Int),
        DeValue::Boolean(yes) => Tree::Bool(yes),
        DeValue::Datetime(date) => date.to_string().parse().map_or(Tree::Other, Tree::Date),
        DeValue::Array(items) => Tree::List(items.into_iter().map(|item| lift(file, item)).collect()),
        DeValue::Table(table) => Tree::Table(lift_table(file, table)),
        DeValue::Float(_) => Tree::Other,
    };
    Node { spot, value }
}

/// Keys of which one excludes the others: a version that writes one takes its ancestor's other away.
const EXCLUSIVE: [&[&str]; 4] = [
    &["forbids", "warns"],
    &["allow", "at_least", "until", "yearly"],
    &["late", "early"],
    &["flow", "times", "sum", "stock", "lapses", "agencies", "ratio", "difference", "year_on_year"],
];

/// Lays `over` on `base`, key by key; a new key follows the one it follows in its own file.
pub(crate) fn merge(base: &mut Table, over: &Table) {
    let mut last: Option<&str> = None;
    for entry in &over.entries {
        for group in EXCLUSIVE.iter().filter(|group| group.contains(&entry.key.as_str())) {
            base.entries.retain(|old| old.key == entry.key || !group.contains(&old.key.as_str()));
        }
        match base.entries.iter().position(|old| old.key == entry.key) {
            Some(at) => {
                let old = &mut base.entries[at];
                match (&mut old.node.value, &entry.node.value) {
                    (Tree::Table(old), Tree::Table(new)) => merge(old, new),
                    _ => old.node = entry.node.clone(),
                }
                old.spot = entry.spot.clone();
            }
            None => {
                let after = last.and_then(|last| base.entries.iter().position(|old| old.key == last));
                let at = after.map_or(base.entries.len(), |after| after + 1);
                base.entries.insert(at, entry.clone());
            }
        }
        last = Some(&entry.key);
    }
}

/// The bytes of the file behind some bytes of a text value: quotation marks, escapes and line ends lie between.
pub(crate) fn inside(source: &str, spot: &Spot, part: &Range<usize>) -> Spot {
    let whole = spot.clone();
    let Some(raw) = source.get(spot.span.clone()) else { return whole };
    let Some(map) = offsets(raw) else { return whole };
    match (map.get(part.start), map.get(part.end)) {
        (Some(start), Some(end)) => {
            let start = spot.span.start + start;
            let end = (spot.span.start + end).max(start);
            Spot { file: spot.file.clone(), span: start..end }
        }
        _ => whole,
    }
}

/// For each byte of a string's value (and its end), the offset in its source text.
fn offsets(raw: &str) -> Option<Vec<usize>> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let long = raw.len() >= 6 && raw.starts_with(&triple);
    let marks = if long { 3 } else { 1 };
    let end = raw.len().checked_sub(marks)?;
    let mut at = marks;
    if long {
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut map = Vec::new();
    while at < end {
        let rest = &raw[at..end];
        let (taken, made) = if quote == '"' && rest.starts_with('\\') { escape(rest)? } else { plain(rest)? };
        // An escape is one place; of a plain character each byte has its own.
        map.extend((0..made).map(|byte| if taken == made { at + byte } else { at }));
        at += taken;
    }
    map.push(end);
    Some(map)
}

fn plain(rest: &str) -> Option<(usize, usize)> {
    rest.chars().next().map(|c| (c.len_utf8(), c.len_utf8()))
}

/// How many bytes an escape takes in the source, and how many it makes in the value.
fn escape(rest: &str) -> Option<(usize, usize)> {
    let code = |digits: usize| {
        let number = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, char::from_u32(number)?.len_utf8()))
    };
    match rest[1..].chars().next()? {
        'u' => code(4),
        'U' => code(8),
        'x' => code(2),
        c if c.is_whitespace() => {
            let skipped = rest[1..].len() - rest[1..].trim_start().len();
            Some((1 + skipped, 0))
        }
        _ => Some((2, 1)),
    }
}
