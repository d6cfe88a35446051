//! The closed set of keys: what may stand where. An unknown key is an error with a suggestion.

use crate::finding::{Findings, Spot, error};
use crate::near::meant_or_list;
use crate::tree::{Node, Table, Tree};

/// The kinds of file that hold pieces of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Line,
    General,
    Overlay,
}

const HEAD: [(&str, &[&str]); 3] = [
    ("line", &["title", "habit", "from", "to", "extends", "removes", "pending", "power", "law", "mark"]),
    ("general", &["title", "applies", "law", "mark"]),
    ("overlay", &["title", "from", "to", "law", "mark"]),
];

/// Sections, and the keys of their elements.
const SECTIONS: [(&str, &[&str]); 18] = [
    ("stage", &["title", "closed"]),
    ("track", &["title", "stage"]),
    (
        "field",
        &["title", "type", "ordered", "unit", "of", "personal", "mask", "find", "unique", "inquiry", "hint", "choices"],
    ),
    (
        "act",
        &[
            "title",
            "kind",
            "opens",
            "track",
            "from",
            "to",
            "by",
            "sign",
            "kinds",
            "fills",
            "may_fill",
            "number",
            "general",
            "second_after",
            "second_by",
            "law",
            "reading",
            "adopted",
            "mark",
            "local",
        ],
    ),
    (
        "requires",
        &["of", "of_kinds", "is", "forbids", "warns", "law", "reading", "adopted", "why", "instead", "mark", "local"],
    ),
    (
        "limit",
        &[
            "title", "starts", "ends", "allow", "at_least", "until", "yearly", "when", "binds", "rolls", "stops",
            "resumes", "told", "lapse", "late", "early", "law", "reading", "adopted", "mark", "local",
        ],
    ),
    ("extend", &["act", "at_most", "times", "by", "law", "reading", "adopted", "mark", "local"]),
    ("lookup", &["title", "line", "asks", "below", "by", "is"]),
    ("series", &["title", "format", "field"]),
    ("value", &["title", "type", "is", "law", "reading", "adopted", "mark", "local"]),
    ("sees", &["when", "only", "hidden_from", "personal", "above", "law", "reading", "adopted", "mark", "local"]),
    ("publish", &["title", "on", "withdraw", "when", "shows", "law", "reading", "adopted", "mark"]),
    ("document", &["title", "on", "template", "series", "law", "reading", "adopted", "mark"]),
    (
        "figure",
        &[
            "title",
            "unit",
            "flow",
            "times",
            "sum",
            "stock",
            "lapses",
            "ended",
            "in_time",
            "overdue",
            "agencies",
            "ratio",
            "difference",
            "year_on_year",
            "where",
            "by",
            "once",
            "also",
        ],
    ),
    ("effect", &["title", "on", "when", "opens", "act", "to", "fills", "law", "reading", "adopted", "mark", "local"]),
    ("hears", &["title", "link", "line", "of", "when", "does", "fills", "law", "reading", "adopted", "mark", "local"]),
    ("campaign", &["title", "from", "verdicts", "shares", "number", "law", "reading", "adopted", "mark", "local"]),
    ("fills", &["kinds", "field", "required"]),
];

/// Sections whose elements rest on law.
pub(crate) const GROUNDED: [&str; 11] =
    ["act", "requires", "limit", "extend", "value", "publish", "effect", "hears", "campaign", "sees", "document"];

impl Document {
    /// The name of its head.
    pub fn head(self) -> &'static str {
        match self {
            Document::Line => "line",
            Document::General => "general",
            Document::Overlay => "overlay",
        }
    }

    fn sections(self) -> Vec<&'static str> {
        let all = SECTIONS.iter().map(|(name, _)| *name);
        let own: Vec<&str> = match self {
            Document::Line => all.filter(|name| *name != "fills").collect(),
            Document::General | Document::Overlay => {
                all.filter(|name| !matches!(*name, "stage" | "track" | "document")).collect()
            }
        };
        std::iter::once(self.head()).chain(own).collect()
    }
}

/// Checks every key of a file.
pub(crate) fn check(document: Document, table: &Table, findings: &mut Findings<'_>) {
    keys(table, &document.sections(), "", findings);
    if let Some(head) = table.table(document.head())
        && let Some((_, known)) = HEAD.iter().find(|(name, _)| *name == document.head())
    {
        keys(head, known, document.head(), findings);
    }
    for (section, known) in SECTIONS {
        let Some(node) = table.get(section) else { continue };
        let Tree::Table(elements) = &node.value else {
            wrong_type(node, section, "a table", findings);
            continue;
        };
        for element in &elements.entries {
            let name = format!("{section}.{}", element.key);
            code(&element.key, &element.spot, findings);
            match &element.node.value {
                Tree::Table(inner) => keys(inner, known, &name, findings),
                _ => wrong_type(&element.node, &name, "a table", findings),
            }
            if let Tree::Table(inner) = &element.node.value {
                nested(section, &name, inner, findings);
            }
        }
    }
}

/// Stages of a track, choices of a field: tables of named things.
fn nested(section: &str, name: &str, table: &Table, findings: &mut Findings<'_>) {
    let (under, known): (&str, &[&str]) = match section {
        "track" => ("stage", &["title", "closed"]),
        "field" => ("choices", &["zh", "en", "counts_as"]),
        _ => return,
    };
    for (entry, inner) in table.elements(under) {
        code(&entry.key, &entry.spot, findings);
        keys(inner, known, &format!("{name}.{under}.{}", entry.key), findings);
    }
}

/// Checks the keys of one table against the known ones.
pub(crate) fn keys(table: &Table, known: &[&str], name: &str, findings: &mut Findings<'_>) {
    for entry in &table.entries {
        if !known.contains(&entry.key.as_str()) {
            let place = if name.is_empty() { String::from("here") } else { format!("in `{name}`") };
            let draft = error("D002", format!("`{}` is no key {place}", entry.key));
            findings.add(&entry.spot, draft.help_opt(meant_or_list(&entry.key, known.iter().copied())));
        }
    }
}

pub(crate) fn code(key: &str, spot: &Spot, findings: &mut Findings<'_>) {
    let good = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let draft = error("D005", format!("`{key}` is no code"));
        findings.add(spot, draft.help("a code begins with a small letter and has small letters, digits and _"));
    }
}

/// Says that a value has the wrong type.
pub(crate) fn wrong_type(node: &Node, key: &str, wanted: &str, findings: &mut Findings<'_>) {
    findings.add(&node.spot, error("D003", format!("`{key}` should be {wanted}, and is {}", node.value.name())));
}
