//! Reports: sentences of our own with figures bound into them. What is not known is left out.

mod letter;

use catalog::{Bound, Outline, Sentence};
use figures::Amount;
use procedure::Language;

pub use letter::{Head, Kind, Letter, Line};

/// A composed report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Title, with the place and the year.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Sections that have something to say.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Its sentences, each in pieces.
    pub sentences: Vec<Vec<Piece>>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A number that is an address.
    Number {
        /// What it is.
        bound: Bound,
        /// As printed.
        text: String,
    },
}

impl Piece {
    /// What stands on paper.
    pub fn text(&self) -> &str {
        match self {
            Piece::Text(text) | Piece::Number { text, .. } => text,
        }
    }
}

/// Composes a report. `tell` gives the value of a bound figure, `None` where it is not known.
///
/// # Errors
/// Whatever `tell` meets.
pub fn compose<E>(
    outline: &Outline,
    title: String,
    language: Language,
    tell: &mut dyn FnMut(&Bound) -> Result<Option<Amount>, E>,
) -> Result<Report, E> {
    let mut sections = Vec::new();
    for section in &outline.sections {
        let mut sentences = Vec::new();
        for sentence in &section.sentences {
            sentences.extend(compose_sentence(sentence, language, tell)?);
        }
        if !sentences.is_empty() {
            sections.push(Section { title: section.title.get(language).to_owned(), sentences });
        }
    }
    Ok(Report { title, language, sections })
}

fn compose_sentence<E>(
    sentence: &Sentence,
    language: Language,
    tell: &mut dyn FnMut(&Bound) -> Result<Option<Amount>, E>,
) -> Result<Option<Vec<Piece>>, E> {
    for need in &sentence.needs {
        if tell(need)?.is_none_or(Amount::is_zero) {
            return Ok(None);
        }
    }
    let mut pieces = Vec::new();
    let mut rest = sentence.text.get(language);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else { break };
        let Some(bound) = catalog::bound(&format!("{{{inside}}}")).ok().and_then(|mut all| all.pop()) else { break };
        let Some(amount) = tell(&bound)? else { return Ok(None) };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Number { bound, text: amount.to_string() });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(Some(pieces))
}

impl Report {
    /// As plain text.
    pub fn text(&self) -> String {
        self.write("", "")
    }
    /// As Markdown.
    pub fn markdown(&self) -> String {
        self.write("# ", "## ")
    }
    /// The number before a section's heading: 一、 or 1.
    pub fn number(&self, section: u16) -> String {
        match self.language {
            Language::Zh => format!("{}、", procedure::chinese(section)),
            Language::En => format!("{section}. "),
        }
    }
    fn write(&self, title: &str, heading: &str) -> String {
        let mut text = format!("{title}{}\n", self.title);
        for (index, section) in (1u16..).zip(&self.sections) {
            text.push_str(&format!("\n{heading}{}{}\n\n", self.number(index), section.title));
            for sentence in &section.sentences {
                text.extend(sentence.iter().map(Piece::text));
            }
            text.push('\n');
        }
        text
    }
}
