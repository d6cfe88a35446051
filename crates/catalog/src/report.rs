//! Report outlines: sections, and sentences with figures bound into them.

use std::sync::Arc;

use procedure::{Bound, FieldType, Line, Said};
use terms::{Code, Level, Stretch};

use crate::finding::{Findings, error};
use crate::near::{meant, meant_or_list};
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
    /// Title of reports on a shorter period than a year.
    pub shorter: Said,
    /// Levels of government that it is for; empty: all.
    pub levels: Vec<Level>,
    /// The line whose records are such reports: drafted, signed and published.
    pub line: Option<Code>,
    /// Where numbers are that are reported and not counted.
    pub quantities: Option<Quantities>,
    /// Its sections.
    pub sections: Vec<OutlineSection>,
}

/// The line of reported numbers, and which of its fields hold what.
#[derive(Clone, Debug)]
pub struct Quantities {
    /// The line.
    pub line: Code,
    /// What is reported: the key of an entry of a register.
    pub quantity: Code,
    /// The number.
    pub amount: Code,
    /// How many of its digits stand after the point.
    pub places: Code,
    /// How exact it is.
    pub qualifier: Code,
    /// Where it comes from.
    pub source: Code,
    /// The choice of the source that says: read from a published report.
    pub published: Code,
    /// What it rests on.
    pub evidence: Code,
    /// The report in which it was read.
    pub document: Code,
    /// The digest of that report.
    pub digest: Code,
    /// The line of that report.
    pub document_line: Code,
    /// In the register: the name.
    pub name: Code,
    /// In the register: the unit.
    pub unit: Code,
}

/// A section of a report.
#[derive(Clone, Debug)]
pub struct OutlineSection {
    /// Heading.
    pub title: Said,
    /// The field of the report's line in which people write their own.
    pub prose: Option<Code>,
    /// Kinds of period whose reports have it; empty: all.
    pub periods: Vec<Code>,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
}

/// A sentence with figures in it.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The text, figures as `{mediation.found}`, `{mediation.found@previous}`, `{mediation.found@own}` or
    /// `{power_item.by_kind/licence}`.
    pub text: Said,
    /// It is left out unless these figures have a value above nought.
    pub needs: Vec<Bound>,
    /// The figures bound into it, in the order of the Chinese text.
    pub figures: Vec<Bound>,
}

/// Words in braces that are no figures: what the period is called in a sentence, the one a year before, and what the level
/// of the place itself is called.
pub const SPAN_WORDS: [&str; 3] = ["during", "before", OWN_WORD];
/// The level of the place itself in a sentence, said by whoever knows the place: 盟本级.
pub const OWN_WORD: &str = "own";

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
        if SPAN_WORDS.contains(&inside) {
            rest = after;
            continue;
        }
        found.push(inside.parse().map_err(|()| format!("{{{inside}}}"))?);
        rest = after;
    }
    Ok(found)
}

/// Reads one outline; `known` are the figures that there are, `code/choice` those that are broken down.
pub(crate) fn read(
    code: Code,
    table: &Table,
    known: &[Code],
    lines: &[Arc<Line>],
    findings: &mut Findings<'_>,
) -> Option<Outline> {
    keys(table, &["report", "quantities", "section"], "", findings);
    let (entry, head) = (table.entry("report")?, table.table("report")?);
    keys(head, &["title", "shorter", "level", "line"], "report", findings);
    let line = read::text(head, "line", findings);
    let versions = line.as_ref().map(|word| report_line(word, lines, findings)).unwrap_or_default();
    let mut levels = Vec::new();
    for word in read::list(head, "level", findings) {
        match word.text.parse() {
            Ok(level) => levels.push(level),
            Err(why) => findings.add(&word.spot, error("D005", format!("{why}"))),
        }
    }
    let mut sections = Vec::new();
    for (entry, inner) in items(table, "section") {
        keys(inner, &["title", "prose", "periods", "sentence"], "section", findings);
        let title = read::title(&entry, inner, findings);
        let prose = read::text(inner, "prose", findings);
        if let Some(word) = &prose {
            holds(word, &versions, |kind| *kind == FieldType::Text, "a text", findings);
        }
        let mut periods = Vec::new();
        for word in read::list(inner, "periods", findings) {
            if !Stretch::KINDS.contains(&word.text.as_str()) {
                let draft = error("D182", format!("`{}` is no kind of period", word.text));
                findings.add(&word.spot, draft.help_opt(meant_or_list(&word.text, Stretch::KINDS)));
            }
            periods.push(word.text.into());
        }
        let sentences =
            items(inner, "sentence").into_iter().filter_map(|(entry, inner)| sentence(&entry, inner, known, findings));
        let prose = prose.map(|word| word.text.into());
        sections.push(OutlineSection { title, prose, periods, sentences: sentences.collect() });
    }
    let quantities = table.entry("quantities").and_then(|entry| quantities(entry, table, lines, findings));
    let line = line.map(|word| word.text.into());
    let title = read::title(entry, head, findings);
    let shorter = read::said(head, "shorter", findings).unwrap_or_else(|| title.clone());
    Some(Outline { code, title, shorter, levels, line, quantities, sections })
}

/// The versions of the line whose records are reports: each says of whom, of which period, and keeps the figures.
fn report_line<'l>(word: &Word, lines: &'l [Arc<Line>], findings: &mut Findings<'_>) -> Vec<&'l Line> {
    let versions = versions(word, lines, findings);
    for version in &versions {
        for (kind, said) in
            [(FieldType::Organ, "organ"), (FieldType::Period, "period"), (FieldType::Figures, "figures")]
        {
            if !version.fields.iter().any(|field| field.kind == kind) {
                let draft = error("D182", format!("{} has no field of type {said}", version.name()));
                findings.add(
                    &word.spot,
                    draft.help("a report says of whom and of which period it is, and keeps its figures"),
                );
            }
        }
    }
    versions
}

fn versions<'l>(word: &Word, lines: &'l [Arc<Line>], findings: &mut Findings<'_>) -> Vec<&'l Line> {
    let found: Vec<&Line> = lines.iter().map(AsRef::as_ref).filter(|line| line.code == word.text).collect();
    if found.is_empty() {
        let draft = error("D182", format!("there is no line `{}`", word.text));
        findings.add(&word.spot, draft.help_opt(meant(&word.text, lines.iter().map(|line| line.code.as_str()))));
    }
    found
}

/// Every version has the field, and it holds what it should.
fn holds(
    word: &Word,
    versions: &[&Line],
    fits: impl Fn(&FieldType) -> bool,
    wanted: &str,
    findings: &mut Findings<'_>,
) {
    let fit = |line: &&Line| line.field_id(&word.text).is_some_and(|id| fits(&line.field(id).kind));
    if !versions.is_empty() && !versions.iter().all(fit) {
        let draft = error("D182", format!("`{}` is no field of {} that holds {wanted}", word.text, versions[0].code));
        let names = versions[0].fields.iter().filter(|field| fits(&field.kind)).map(|field| field.code.as_str());
        findings.add(&word.spot, draft.help_opt(meant_or_list(&word.text, names)));
    }
}

fn quantities(entry: &Entry, table: &Table, lines: &[Arc<Line>], findings: &mut Findings<'_>) -> Option<Quantities> {
    const KEYS: [&str; 13] = [
        "line",
        "of",
        "amount",
        "places",
        "qualifier",
        "source",
        "published",
        "evidence",
        "document",
        "digest",
        "document_line",
        "name",
        "unit",
    ];
    let inner = table.table("quantities")?;
    keys(inner, &KEYS, "quantities", findings);
    for key in KEYS {
        if inner.get(key).is_none() {
            read::missing(entry, key, &format!("{key} = \"…\""), findings);
        }
    }
    let mut word = |key: &str| read::text(inner, key, findings);
    let line = word("line")?;
    let [quantity, amount, places, qualifier, source, published, evidence, document, digest, document_line, name, unit] = [
        word("of")?,
        word("amount")?,
        word("places")?,
        word("qualifier")?,
        word("source")?,
        word("published")?,
        word("evidence")?,
        word("document")?,
        word("digest")?,
        word("document_line")?,
        word("name")?,
        word("unit")?,
    ];
    let of = versions(&line, lines, findings);
    holds(&quantity, &of, |kind| matches!(kind, FieldType::Key(_)), "a key", findings);
    holds(&amount, &of, |kind| matches!(kind, FieldType::Number(_)), "a number", findings);
    holds(&places, &of, |kind| matches!(kind, FieldType::Number(_)), "a number", findings);
    holds(&qualifier, &of, |kind| matches!(kind, FieldType::Choice(_)), "a choice", findings);
    holds(&source, &of, |kind| matches!(kind, FieldType::Choice(_)), "a choice", findings);
    for text in [&evidence, &document, &digest] {
        holds(text, &of, |kind| *kind == FieldType::Text, "a text", findings);
    }
    holds(&document_line, &of, |kind| matches!(kind, FieldType::Number(_)), "a number", findings);
    let says = |line: &&Line| {
        let field = line.field_id(&source.text).map(|id| line.field(id));
        field.is_some_and(|field| field.choice(&published.text).is_some())
    };
    if !of.iter().all(says) {
        let draft = error("D182", format!("`{}` is no choice of `{}`", published.text, source.text));
        findings.add(&published.spot, draft);
    }
    let register = of.first().and_then(|line| match &line.field(line.field_id(&quantity.text)?).kind {
        FieldType::Key(register) => Some(register.clone()),
        _ => None,
    });
    let register: Vec<&Line> =
        lines.iter().map(AsRef::as_ref).filter(|line| Some(&line.code) == register.as_ref()).collect();
    holds(&name, &register, |kind| *kind == FieldType::Text, "a text", findings);
    holds(&unit, &register, |kind| *kind == FieldType::Text, "a text", findings);
    let code = |word: Word| Code::from(word.text);
    Some(Quantities {
        line: code(line),
        quantity: code(quantity),
        amount: code(amount),
        places: code(places),
        qualifier: code(qualifier),
        source: code(source),
        published: code(published),
        evidence: code(evidence),
        document: code(document),
        digest: code(digest),
        document_line: code(document_line),
        name: code(name),
        unit: code(unit),
    })
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
