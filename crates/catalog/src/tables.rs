//! Official tables: forms whose cells are figures, with what must add up in them.

use procedure::Said;
use terms::Code;

use crate::Bound;
use crate::finding::{Findings, Spot, error};
use crate::near::meant;
use crate::read::{self, Word};
use crate::report::{exists, items, no_figure};
use crate::schema::{keys, wrong_type};
use crate::tree::{Entry, Table, Tree};

/// An official table.
#[derive(Clone, Debug)]
pub struct FormTable {
    /// Code: the name of its file.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Where its form comes from, and how it is read.
    pub note: Option<Said>,
    /// Its parts, one below the other.
    pub parts: Vec<FormPart>,
}

/// A part of a table: columns and rows.
#[derive(Clone, Debug)]
pub struct FormPart {
    /// Heading.
    pub title: Said,
    /// Columns.
    pub columns: Vec<FormLine>,
    /// Rows.
    pub rows: Vec<FormLine>,
    /// What must be equal in every column.
    pub checks: Vec<FormCheck>,
}

/// A column or a row. A cell is what its row is, in the part that its column names; or what its column is.
#[derive(Clone, Debug)]
pub struct FormLine {
    /// Code.
    pub code: Code,
    /// Titles, from the widest to its own.
    pub titles: Vec<Said>,
    /// Figures that are added up.
    pub is: Vec<Bound>,
    /// Of a column: the choice of the rows' figures.
    pub choice: Option<Code>,
    /// Other columns or rows of the part that are added up.
    pub adds: Vec<usize>,
}

/// What must be equal: the sums of two sets of rows.
#[derive(Clone, Debug)]
pub struct FormCheck {
    /// Rows.
    pub left: Vec<usize>,
    /// Rows.
    pub right: Vec<usize>,
    /// Why.
    pub why: Said,
}

/// Reads one table; `known` are the figures that there are.
pub(crate) fn read(code: Code, table: &Table, known: &[Code], findings: &mut Findings<'_>) -> Option<FormTable> {
    keys(table, &["table", "part"], "", findings);
    let (entry, head) = (table.entry("table")?, table.table("table")?);
    keys(head, &["title", "note"], "table", findings);
    let title = read::title(entry, head, findings);
    let note = read::said(head, "note", findings);
    let parts = items(table, "part").iter().map(|(entry, inner)| part(entry, inner, known, findings)).collect();
    Some(FormTable { code, title, note, parts })
}

fn part(entry: &Entry, table: &Table, known: &[Code], findings: &mut Findings<'_>) -> FormPart {
    keys(table, &["title", "column", "row", "check"], "part", findings);
    let title = read::title(entry, table, findings);
    let columns = lines(table, "column", known, findings);
    let rows = lines(table, "row", known, findings);
    for (line, spot) in &rows {
        for column in columns.iter().map(|(column, _)| column).filter(|column| column.adds.is_empty()) {
            cell(line, column, spot, known, findings);
        }
    }
    let codes: Vec<Code> = rows.iter().map(|(line, _)| line.code.clone()).collect();
    let mut checks = Vec::new();
    for (entry, inner) in items(table, "check") {
        keys(inner, &["left", "right", "why"], "check", findings);
        let (left, right) = (places(inner, "left", &codes, findings), places(inner, "right", &codes, findings));
        if inner.get("why").is_none() {
            read::missing(&entry, "why", "why = { zh = \"…\", en = \"…\" }", findings);
        }
        let why = read::said(inner, "why", findings).unwrap_or_default();
        checks.push(FormCheck { left, right, why });
    }
    let plain = |lines: Vec<(FormLine, Spot)>| lines.into_iter().map(|(line, _)| line).collect();
    FormPart { title, columns: plain(columns), rows: plain(rows), checks }
}

/// A cell must be something: a figure of its row, which is broken down where the column names a choice, or one of its
/// column.
fn cell(row: &FormLine, column: &FormLine, spot: &Spot, known: &[Code], findings: &mut Findings<'_>) {
    if !row.adds.is_empty() {
        return;
    }
    match (&column.choice, row.is.is_empty(), column.is.is_empty()) {
        (Some(choice), false, true) => {
            for bound in row.is.iter().filter(|bound| bound.choice.is_none()) {
                let name = format!("{}/{choice}", bound.figure);
                if !known.iter().any(|known| known == &name) {
                    let draft = error("D140", format!("there is no figure `{name}`"));
                    let help = format!("column `{}` asks for the part `{choice}` of every row", column.code);
                    findings.add(spot, draft.help(help));
                }
            }
        }
        (None, true, false) => {}
        _ => {
            let draft =
                error("D190", format!("the cell of row `{}` and column `{}` is nothing", row.code, column.code));
            let help = "give the row `is` and the column `choice`, or the column alone `is`";
            findings.add(spot, draft.help(help));
        }
    }
}

fn lines(table: &Table, key: &str, known: &[Code], findings: &mut Findings<'_>) -> Vec<(FormLine, Spot)> {
    let all = items(table, key);
    let code = |inner: &Table, findings: &mut Findings<'_>| read::text(inner, "code", findings).map(|word| word.text);
    let codes: Vec<Code> = all.iter().map(|(_, inner)| code(inner, findings).unwrap_or_default().into()).collect();
    let mut made: Vec<(FormLine, Spot)> = Vec::new();
    for ((entry, inner), code) in all.iter().zip(&codes) {
        keys(inner, &["code", "titles", "is", "choice", "adds"], key, findings);
        if inner.get("code").is_none() {
            read::missing(entry, "code", "code = \"total\"", findings);
        } else if made.iter().any(|(line, _)| line.code == *code) {
            findings.add(&entry.spot, error("D191", format!("two of `{key}` have the code `{code}`")));
        }
        let is = read::list(inner, "is", findings);
        let line = FormLine {
            code: code.clone(),
            titles: titles(entry, inner, findings),
            is: is.iter().filter_map(|word| figure(word, known, findings)).collect(),
            choice: read::text(inner, "choice", findings).map(|word| word.text.into()),
            adds: places(inner, "adds", &codes, findings),
        };
        made.push((line, entry.spot.clone()));
    }
    made
}

fn figure(word: &Word, known: &[Code], findings: &mut Findings<'_>) -> Option<Bound> {
    match word.text.parse::<Bound>() {
        Ok(bound) if !bound.own => {
            exists(&bound, word, known, findings);
            Some(bound)
        }
        _ => {
            no_figure(word, &word.text, findings);
            None
        }
    }
}

fn titles(entry: &Entry, table: &Table, findings: &mut Findings<'_>) -> Vec<Said> {
    let Some(node) = table.get("titles") else {
        read::missing(entry, "titles", "titles = [{ zh = \"…\", en = \"…\" }]", findings);
        return Vec::new();
    };
    let mut all = Vec::new();
    for item in node.items() {
        match &item.value {
            Tree::Table(inner) => all.extend(read::said_of(inner, &item.spot, "titles", findings)),
            _ => wrong_type(item, "titles", "said in both languages: { zh = \"…\", en = \"…\" }", findings),
        }
    }
    all
}

/// Codes as their places among others.
fn places(table: &Table, key: &str, codes: &[Code], findings: &mut Findings<'_>) -> Vec<usize> {
    let mut all = Vec::new();
    for word in read::list(table, key, findings) {
        match codes.iter().position(|code| *code == word.text) {
            Some(at) => all.push(at),
            None => {
                let draft = error("D191", format!("there is no `{}` here", word.text));
                findings.add(&word.spot, draft.help_opt(meant(&word.text, codes.iter().map(Code::as_str))));
            }
        }
    }
    all
}
