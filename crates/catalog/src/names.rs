//! `names.toml`: what published reports call what we count. It is no part of a line: a new name makes no new version.

use std::collections::{BTreeMap, BTreeSet};

use procedure::Bound;
use terms::Code;

use crate::finding::{Findings, error};
use crate::near::meant_or_list;
use crate::read::{self, Word};
use crate::report::{exists, no_figure};
use crate::schema::keys;
use crate::tree::Table;

/// The words of published reports.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Groups of words that reports use for one another.
    pub alike: Vec<Vec<String>>,
    /// Words that stand in many names and say little.
    pub plain: Vec<String>,
    /// Words that say nothing of what is counted.
    pub empty: Vec<String>,
    /// Words after which a sentence speaks of the level itself.
    pub own: Vec<String>,
    /// Words after which it speaks of the place with all below it.
    pub all: Vec<String>,
    /// Matters that no line of ours counts.
    pub foreign: Vec<String>,
    /// Groups of units that reports use for one another.
    pub units: Vec<Vec<String>>,
    /// By line.
    pub lines: BTreeMap<Code, NamesOf>,
}

/// What reports say of a line.
#[derive(Clone, Debug, Default)]
pub struct NamesOf {
    /// Words of which a report says one, in the sentence or before it, where it speaks of the line.
    pub matter: Vec<String>,
    /// Names of its figures, and of their parts, by code: `received`, `by_kind/licence`.
    pub names: BTreeMap<Code, Vec<String>>,
}

impl Names {
    /// The words of which a report says one where it speaks of a line; none where reports do not speak of it.
    pub fn matter(&self, line: &str) -> &[String] {
        self.lines.get(line).map(|line| line.matter.as_slice()).unwrap_or_default()
    }

    /// The names of a figure or of a part of one, beside those that its line gives it.
    pub fn of(&self, line: &str, figure: &str) -> &[String] {
        let line = self.lines.get(line);
        line.and_then(|line| line.names.get(figure)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Reads `names.toml`; `known` are the figures that there are, `code/choice` those that are broken down.
pub(crate) fn read(table: &Table, lines: &[Code], known: &[Code], findings: &mut Findings<'_>) -> Names {
    keys(table, &["words", "units", "line"], "", findings);
    let mut names = Names::default();
    if let Some(words) = table.table("words") {
        keys(words, &["alike", "plain", "empty", "own", "all", "foreign"], "words", findings);
        names.alike = groups(words, findings);
        names.plain = texts(read::list(words, "plain", findings));
        names.empty = texts(read::list(words, "empty", findings));
        names.own = texts(read::list(words, "own", findings));
        names.all = texts(read::list(words, "all", findings));
        names.foreign = texts(read::list(words, "foreign", findings));
    }
    if let Some(units) = table.table("units") {
        names.units = units.entries.iter().map(|entry| texts(read::list(units, &entry.key, findings))).collect();
    }
    for (entry, inner) in table.elements("line") {
        keys(inner, &["matter", "names"], &format!("line.{}", entry.key), findings);
        let line = Code::from(entry.key.as_str());
        if !lines.contains(&line) {
            let draft = error("D140", format!("there is no line `{line}`"));
            findings.add(&entry.spot, draft.help_opt(meant_or_list(&line, lines.iter().map(Code::as_str))));
        }
        let mut of = NamesOf { matter: texts(read::list(inner, "matter", findings)), names: BTreeMap::new() };
        if let Some(figures) = inner.table("names") {
            for figure in &figures.entries {
                let word = Word { text: format!("{line}.{}", figure.key), spot: figure.spot.clone() };
                match word.text.parse::<Bound>() {
                    Ok(bound) => exists(&bound, &word, known, findings),
                    Err(()) => no_figure(&word, &word.text, findings),
                }
                of.names.insert(figure.key.as_str().into(), texts(read::list(figures, &figure.key, findings)));
            }
        }
        names.lines.insert(line, of);
    }
    names
}

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// Groups of words; a word is in one of them, or it would be alike to what its group is not.
fn groups(words: &Table, findings: &mut Findings<'_>) -> Vec<Vec<String>> {
    let Some(node) = words.get("alike") else { return Vec::new() };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for group in node.items() {
        let words = read::texts_of(group, "alike", findings);
        for word in &words {
            if !seen.insert(word.text.clone()) {
                let draft = error("D204", format!("`{}` stands in two groups of words that are alike", word.text));
                findings.add(&word.spot, draft.help("keep it in the one that it means most often"));
            }
        }
        all.push(texts(words));
    }
    all
}
