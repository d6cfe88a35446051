//! What is wrong with a definition, and where; all of it in one run.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::Source;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The catalogue cannot be used.
    Error,
    /// It can be used, and somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

/// Something wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Stable code: `D107`; a guard's own begin with `E`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// File, as a reader would open it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many bytes of the text it is about.
    pub length: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spot {
    /// Path inside the catalogue's folder.
    pub file: Arc<str>,
    /// Bytes.
    pub span: Range<usize>,
}

/// A finding before it is handed in.
pub(crate) struct Draft {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    notes: Vec<String>,
}

/// An error.
pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Draft {
    Draft { code, severity: Severity::Error, message: message.into(), help: None, notes: Vec::new() }
}
/// A warning.
pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Draft {
    Draft { severity: Severity::Warning, ..error(code, message) }
}
/// A note.
pub(crate) fn note(code: &'static str, message: impl Into<String>) -> Draft {
    Draft { severity: Severity::Note, ..error(code, message) }
}

impl Draft {
    pub fn help(mut self, help: impl Into<String>) -> Draft {
        self.help = Some(help.into());
        self
    }
    pub fn help_opt(mut self, help: Option<String>) -> Draft {
        self.help = help;
        self
    }
    pub fn note(mut self, note: impl Into<String>) -> Draft {
        self.notes.push(note.into());
        self
    }
}

/// Everything found so far. The same thing is said once, however many versions inherit it.
pub(crate) struct Findings<'s> {
    pub source: &'s Source,
    found: Vec<(Spot, Finding)>,
    seen: HashSet<(&'static str, Spot, String)>,
}

impl<'s> Findings<'s> {
    pub fn new(source: &'s Source) -> Findings<'s> {
        Findings { source, found: Vec::new(), seen: HashSet::new() }
    }

    pub fn add(&mut self, spot: &Spot, draft: Draft) {
        if !self.seen.insert((draft.code, spot.clone(), draft.message.clone())) {
            return;
        }
        let text = self.source.text(&spot.file).unwrap_or_default();
        let (line, column) = position(text, spot.span.start);
        let finding = Finding {
            code: draft.code,
            severity: draft.severity,
            file: self.source.shown(&spot.file),
            line,
            column,
            length: u32::try_from(spot.span.len()).unwrap_or(1),
            message: draft.message,
            help: draft.help,
            notes: draft.notes,
        };
        self.found.push((spot.clone(), finding));
    }

    /// How many errors stand.
    pub fn errors(&self) -> usize {
        self.found.iter().filter(|(_, finding)| finding.severity == Severity::Error).count()
    }

    /// In the order of files and lines.
    pub fn finish(mut self) -> Vec<Finding> {
        self.found.sort_by(|(a, x), (b, y)| (&a.file, a.span.start, x.code).cmp(&(&b.file, b.span.start, y.code)));
        self.found.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// Line and column in characters, from 1.
fn position(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// The findings as a person reads them, each with the line it is about.
pub fn render(findings: &[Finding], source: &Source, colour: bool) -> String {
    let mut out = String::new();
    for finding in findings {
        if !out.is_empty() {
            out.push('\n');
        }
        render_one(finding, source, colour, &mut out);
    }
    out
}

fn render_one(finding: &Finding, source: &Source, colour: bool, out: &mut String) {
    let paint = |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let tone = match finding.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;36",
    };
    let head = format!("{}[{}]", finding.severity, finding.code);
    out.push_str(&format!("{}: {}\n", paint(tone, &head), finding.message));
    let number = finding.line.to_string();
    let margin = " ".repeat(number.len());
    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    out.push_str(&format!("{margin}{} {place}\n", paint("34", "-->")));
    let line = usize::try_from(finding.line).unwrap_or(1).saturating_sub(1);
    if let Some(text) = source.text(&finding.file).and_then(|text| text.lines().nth(line)) {
        let column = usize::try_from(finding.column).unwrap_or(1) - 1;
        let start = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
        let end = start.saturating_add(usize::try_from(finding.length).unwrap_or(1)).min(text.len());
        let marked = text.get(start..end).unwrap_or("");
        let pad: String = text[..start].chars().map(|c| if c == '\t' { "\t".into() } else { spaces(c) }).collect();
        out.push_str(&format!("{} {text}\n", paint("34", &format!("{number} |"))));
        out.push_str(&format!(
            "{} {pad}{}\n",
            paint("34", &format!("{margin} |")),
            paint(tone, &"^".repeat(marked.trim_end().width().max(1)))
        ));
    }
    for note in &finding.notes {
        out.push_str(&format!("{margin} {} {note}\n", paint("34", "=")));
    }
    if let Some(help) = &finding.help {
        out.push_str(&format!("{margin} {} help: {help}\n", paint("34", "=")));
    }
}

fn spaces(c: char) -> String {
    " ".repeat(c.width().unwrap_or(0))
}
