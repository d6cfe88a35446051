//! The marks in a paragraph's text.

use std::ops::Range;

/// A mark: where it stands in the paragraph's text, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the paragraph's text.
    pub at: Range<usize>,
    /// The name in it.
    pub name: String,
    /// What it does.
    pub(crate) kind: MarkKind,
}

/// What a mark does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkKind {
    /// Something stands here.
    Value,
    /// A part begins that is there where there is something.
    Open,
    /// A part begins that is there where there is nothing.
    OpenNot,
    /// It ends.
    Close,
}

/// Something wrong with the marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Paragraph, from 0.
    pub paragraph: usize,
    /// Bytes of its text.
    pub at: Range<usize>,
    /// What.
    pub kind: FlawKind,
}

/// What can be wrong with marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// `{{` without its `}}` in the same paragraph.
    Unfinished,
    /// `{{}}`.
    Nameless,
    /// A part begins and does not end at the same level.
    NeverEnds(String),
    /// A part ends that did not begin at the same level.
    NeverBegan(String),
    /// `{{.}}` outside of any part.
    NothingToTell,
}

/// The marks of a text, and what is wrong with them.
pub(crate) fn marks(text: &str) -> (Vec<Mark>, Vec<(Range<usize>, FlawKind)>) {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    let mut from = 0;
    while let Some(begin) = text[from..].find("{{").map(|at| from + at) {
        let Some(end) = text[begin..].find("}}").map(|at| begin + at + 2) else {
            wrong.push((begin..text.len(), FlawKind::Unfinished));
            break;
        };
        // `{{a {{b}}`: the first was not finished.
        let begin = text[begin..end].rfind("{{").map_or(begin, |at| {
            if at > 0 {
                wrong.push((begin..begin + at, FlawKind::Unfinished));
            }
            begin + at
        });
        let inner = text[begin + 2..end - 2].trim();
        let (kind, name) = match inner.chars().next() {
            Some('#') => (MarkKind::Open, &inner[1..]),
            Some('^') => (MarkKind::OpenNot, &inner[1..]),
            Some('/') => (MarkKind::Close, &inner[1..]),
            _ => (MarkKind::Value, inner),
        };
        let name = name.trim().to_owned();
        if name.is_empty() {
            wrong.push((begin..end, FlawKind::Nameless));
        } else {
            found.push(Mark { at: begin..end, name, kind });
        }
        from = end;
    }
    (found, wrong)
}

/// The one mark that a paragraph consists of, where it begins or ends a part.
pub(crate) fn alone(text: &str) -> Option<Mark> {
    let (mut found, _) = marks(text);
    let mark = (found.len() == 1).then(|| found.swap_remove(0))?;
    let whole = text[..mark.at.start].trim().is_empty() && text[mark.at.end..].trim().is_empty();
    (whole && mark.kind != MarkKind::Value).then_some(mark)
}
