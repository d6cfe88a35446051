//! Reports: sentences of our own with figures bound into them. What is not known is left out.

mod letter;

use catalog::{Bound, Outline, Sentence};
use figures::Amount;
use procedure::Language;
use terms::{Code, Stretch};

pub use letter::{Head, Kind, Letter, Line, is_number};

/// A composed report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Title, with the place and the period.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Sections that have something to say.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Its sentences, each in pieces.
    pub sentences: Vec<Vec<Piece>>,
    /// The field in which people write their own.
    pub field: Option<Code>,
    /// What they wrote, paragraph by paragraph.
    pub prose: Vec<String>,
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

/// What is composed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Title, with the place and the period.
    pub title: String,
    /// Language.
    pub language: Language,
    /// Of which period.
    pub period: Stretch,
    /// Also sections that have nothing to say yet.
    pub whole: bool,
}

/// Composes a report. `tell` gives the value of a bound figure, `None` where it is not known; `prose` what people wrote in
/// a field.
///
/// # Errors
/// Whatever `tell` meets.
pub fn compose<E>(
    outline: &Outline,
    asked: Asked,
    prose: &dyn Fn(&Code) -> Option<String>,
    tell: &mut dyn FnMut(&Bound) -> Result<Option<Amount>, E>,
) -> Result<Report, E> {
    let mut sections = Vec::new();
    let kind = asked.period.kind();
    for section in &outline.sections {
        if !section.periods.is_empty() && section.periods.iter().all(|period| period != kind) {
            continue;
        }
        let mut sentences = Vec::new();
        for sentence in &section.sentences {
            sentences.extend(compose_sentence(sentence, &asked, tell)?);
        }
        let written = section.prose.as_ref().and_then(prose).unwrap_or_default();
        let prose = written.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let made = Section {
            title: section.title.get(asked.language).to_owned(),
            sentences,
            field: section.prose.clone(),
            prose,
        };
        if asked.whole || !made.sentences.is_empty() || !made.prose.is_empty() {
            sections.push(made);
        }
    }
    Ok(Report { title: asked.title, language: asked.language, sections })
}

fn compose_sentence<E>(
    sentence: &Sentence,
    asked: &Asked,
    tell: &mut dyn FnMut(&Bound) -> Result<Option<Amount>, E>,
) -> Result<Option<Vec<Piece>>, E> {
    for need in &sentence.needs {
        if tell(need)?.is_none_or(Amount::is_zero) {
            return Ok(None);
        }
    }
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut rest = sentence.text.get(asked.language);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else { break };
        words.push_str(before);
        rest = after;
        if catalog::SPAN_WORDS.contains(&inside) {
            words.push_str(span(asked, inside));
            continue;
        }
        let Ok(bound) = inside.parse::<Bound>() else { return Ok(None) };
        let Some(amount) = tell(&bound)? else { return Ok(None) };
        if !words.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut words)));
        }
        pieces.push(Piece::Number { bound, text: amount.to_string() });
    }
    words.push_str(rest);
    if !words.is_empty() {
        pieces.push(Piece::Text(words));
    }
    Ok(Some(pieces))
}

/// What the period is called in a sentence.
fn span(asked: &Asked, word: &str) -> &'static str {
    match (asked.language, word, asked.period) {
        (Language::Zh, catalog::OWN_WORD, _) => "本级",
        (Language::En, catalog::OWN_WORD, _) => "its own level",
        (Language::Zh, "during", Stretch::Day(_)) => "当日",
        (Language::Zh, "during", Stretch::Month(..)) => "本月",
        (Language::Zh, "during", Stretch::Quarter(..)) => "本季度",
        (Language::Zh, "during", Stretch::Year(_)) => "全年",
        (Language::Zh, _, Stretch::Day(_)) => "上年同日",
        (Language::Zh, _, Stretch::Year(_)) => "上年",
        (Language::Zh, ..) => "上年同期",
        (Language::En, "during", Stretch::Day(_)) => "on that day",
        (Language::En, "during", Stretch::Month(..)) => "in the month",
        (Language::En, "during", Stretch::Quarter(..)) => "in the quarter",
        (Language::En, "during", Stretch::Year(_)) => "in the year",
        (Language::En, ..) => "a year before",
    }
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
            if !section.sentences.is_empty() {
                text.push('\n');
            }
            for paragraph in &section.prose {
                text.push_str(paragraph);
                text.push('\n');
            }
        }
        text
    }
}
