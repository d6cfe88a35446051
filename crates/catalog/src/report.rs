//! Report outlines: sections, and sentences with figures bound into them.

use procedure::Said;
use terms::{Code, Level};

use crate::finding::{Findings, error};
use crate::near::meant;
use crate::read::{self, Word};
use crate::schema::keys;
use crate::tree::{Entry, Table, Tree};

/// The outline of a report.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Code: the name of its file.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Levels of government that it is for; empty: all.
    pub levels: Vec<Level>,
    /// Its sections.
    pub sections: Vec<OutlineSection>,
}

/// A section of a report.
#[derive(Clone, Debug)]
pub struct OutlineSection {
    /// Heading.
    pub title: Said,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
}

/// A sentence with figures in it.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The text, figures as `{mediation.found}` or `{mediation.found@previous}`.
    pub text: Said,
    /// It is left out unless these figures have a value above nought.
    pub needs: Vec<Code>,
    /// The figures bound into it, in the order of the Chinese text.
    pub figures: Vec<Bound>,
}

/// A figure bound into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Which.
    pub figure: Code,
    /// Of the period before.
    pub previous: bool,
}

/// The figures of a text: the braces' contents, or what is no figure.
pub fn bound(text: &str) -> Result<Vec<Bound>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            return Err(format!("{{{after}"));
        };
        let (figure, period) = inside.split_once('@').map_or((inside, None), |(figure, period)| (figure, Some(period)));
        let good = figure.contains('.') && figure.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if !good || period.is_some_and(|period| period != "previous") {
            return Err(format!("{{{inside}}}"));
        }
        found.push(Bound { figure: figure.into(), previous: period.is_some() });
        rest = after;
    }
    Ok(found)
}

/// Reads one outline; `known` are the figures that there are.
pub(crate) fn read(code: Code, table: &Table, known: &[Code], findings: &mut Findings<'_>) -> Option<Outline> {
    keys(table, &["report", "section"], "", findings);
    let (entry, head) = (table.entry("report")?, table.table("report")?);
    keys(head, &["title", "level"], "report", findings);
    let mut levels = Vec::new();
    for word in read::list(head, "level", findings) {
        match word.text.parse() {
            Ok(level) => levels.push(level),
            Err(why) => findings.add(&word.spot, error("D005", format!("{why}"))),
        }
    }
    let mut sections = Vec::new();
    for (entry, inner) in items(table, "section") {
        keys(inner, &["title", "sentence"], "section", findings);
        let title = read::title(&entry, inner, findings);
        let sentences =
            items(inner, "sentence").into_iter().filter_map(|(entry, inner)| sentence(&entry, inner, known, findings));
        sections.push(OutlineSection { title, sentences: sentences.collect() });
    }
    Some(Outline { code, title: read::title(entry, head, findings), levels, sections })
}

fn items<'a>(table: &'a Table, key: &str) -> Vec<(Entry, &'a Table)> {
    let nodes = table.get(key).map(|node| node.items()).unwrap_or_default();
    let table = |node: &'a crate::tree::Node| match &node.value {
        Tree::Table(inner) => {
            Some((Entry { key: key.to_owned(), spot: node.spot.clone(), node: node.clone() }, inner))
        }
        _ => None,
    };
    nodes.iter().filter_map(table).collect()
}

fn sentence(entry: &Entry, table: &Table, known: &[Code], findings: &mut Findings<'_>) -> Option<Sentence> {
    keys(table, &["zh", "en", "needs"], "sentence", findings);
    let text = read::said_of(table, &entry.spot, "sentence", findings)?;
    let mut figures = Vec::new();
    for key in ["zh", "en"] {
        let Some(word) = read::text(table, key, findings) else { continue };
        match bound(&word.text) {
            Ok(found) => {
                for one in &found {
                    exists(&one.figure, &word, known, findings);
                }
                if key == "zh" {
                    figures = found;
                }
            }
            Err(part) => {
                let draft = error("D181", format!("`{part}` is no figure"));
                let spot = part_of(&word, &part, findings);
                findings.add(&spot, draft.help("write `{mediation.found}` or `{mediation.found@previous}`"));
            }
        }
    }
    let needs = read::list(table, "needs", findings);
    for word in &needs {
        exists(&word.text.as_str().into(), word, known, findings);
    }
    Some(Sentence { text, needs: needs.into_iter().map(|word| word.text.into()).collect(), figures })
}

fn exists(figure: &Code, word: &Word, known: &[Code], findings: &mut Findings<'_>) {
    if !known.contains(figure) {
        let draft = error("D140", format!("there is no figure `{figure}`"));
        let spot = part_of(word, figure, findings);
        findings.add(&spot, draft.help_opt(meant(figure, known.iter().map(Code::as_str))));
    }
}

/// The place of some part of a text.
fn part_of(word: &Word, part: &str, findings: &Findings<'_>) -> crate::finding::Spot {
    let source = findings.source.text(&word.spot.file).unwrap_or_default();
    match word.text.find(part) {
        Some(at) => crate::tree::inside(source, &word.spot, &(at..at + part.len())),
        None => word.spot.clone(),
    }
}
