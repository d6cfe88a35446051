//! Report outlines: sections, and sentences with figures bound into them.

use procedure::{Bound, Said};
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
    /// The text, figures as `{mediation.found}`, `{mediation.found@previous}` or `{power_item.by_kind/licence}`.
    pub text: Said,
    /// It is left out unless these figures have a value above nought.
    pub needs: Vec<Bound>,
    /// The figures bound into it, in the order of the Chinese text.
    pub figures: Vec<Bound>,
}

/// The figures of a text: the braces' contents.
///
/// # Errors
/// The first part in braces that is no figure.
pub fn bound(text: &str) -> Result<Vec<Bound>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            return Err(format!("{{{after}"));
        };
        found.push(inside.parse().map_err(|()| format!("{{{inside}}}"))?);
        rest = after;
    }
    Ok(found)
}

/// Reads one outline; `known` are the figures that there are, `code/choice` those that are broken down.
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

pub(crate) fn items<'a>(table: &'a Table, key: &str) -> Vec<(Entry, &'a Table)> {
    let nodes = table.get(key).map(|node| node.items()).unwrap_or_default();
    let table = |node: &'a crate::tree::Node| match &node.value {
        Tree::Table(inner) => Some((Entry { key: key.to_owned(), spot: node.spot.clone(), node: node.clone() }, inner)),
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
                found.iter().for_each(|one| exists(one, &word, known, findings));
                if key == "zh" {
                    figures = found;
                }
            }
            Err(part) => no_figure(&word, &part, findings),
        }
    }
    let mut needs = Vec::new();
    for word in read::list(table, "needs", findings) {
        match word.text.parse::<Bound>() {
            Ok(one) => {
                exists(&one, &word, known, findings);
                needs.push(one);
            }
            Err(()) => no_figure(&word, &word.text, findings),
        }
    }
    Some(Sentence { text, needs, figures })
}

pub(crate) fn no_figure(word: &Word, part: &str, findings: &mut Findings<'_>) {
    let draft = error("D181", format!("`{part}` is no figure"));
    let spot = part_of(word, part, findings);
    let help =
        "write `mediation.found`, `mediation.found@previous` or `power_item.by_kind/licence`, in a sentence in { }";
    findings.add(&spot, draft.help(help));
}

pub(crate) fn exists(figure: &Bound, word: &Word, known: &[Code], findings: &mut Findings<'_>) {
    let name = figure.name();
    if !known.contains(&name) {
        let draft = error("D140", format!("there is no figure `{name}`"));
        let spot = part_of(word, &name, findings);
        let near = known.iter().filter(|other| other.contains('/') == figure.choice.is_some());
        findings.add(&spot, draft.help_opt(meant(&name, near.map(Code::as_str))));
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
