//! Published reports as text -> figures; audits their arithmetic.
//!
//! The stages, each a module: a file is opened for what it is (`open`), plain text
//! decoded (`decode`); the text becomes a
//! row of cells in one form (`normal`, without the page's `furniture`); numerals
//! are read (`numeral`) except where the text names, dates or ranks (`mask`);
//! those that count something are kept with unit and qualifier (`mention`),
//! beside the statements that there was none (`zero`); and each gets its subject
//! (`subject`, `words`) with its period and level (`scope`) and its change
//! (`change`) from the clause it stands in (`clause`). `lexicon` and
//! `vocabulary` are the genre's words, data only. `audit` compares the figures
//! with one another, `output` prints them.
//!
//! Everything is a function of the bytes: no files, no clock, no floats.

mod audit;
mod change;
mod clause;
mod decode;
mod furniture;
mod lexicon;
mod mask;
mod mention;
mod normal;
mod numeral;
mod open;
mod output;
mod scope;
mod subject;
mod vocabulary;
mod words;
mod zero;

pub use audit::{Check, CheckKind, audit};
pub use decode::{DecodeError, decode};
pub use open::{Closed, OpenError, open};
pub use output::{COLUMNS, to_json, to_tsv};
pub use rust_decimal::Decimal;

use lexicon::Sense;
use normal::Cells;

/// One figure of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The report's name, as the caller gave it.
    pub report: String,
    /// The line of the text where the number begins, from 1.
    pub line: u32,
    /// The column (in characters) where the number begins, from 1.
    pub column: u32,
    /// The words of the report that state it, unchanged.
    pub quote: String,
    /// The words of its paragraph before the number, the last of them, in one form of characters.
    pub before: String,
    /// What is counted, in the form `thing, deed, 数` and with its scope in brackets.
    pub subject: String,
    /// The value, 万 and 亿 multiplied out; a percentage as its number.
    pub value: Decimal,
    /// The base unit.
    pub unit: String,
    /// How sure the report is of the number.
    pub qualifier: Qualifier,
    /// Whether the number is a level or a change.
    pub change: Change,
}

/// How sure a report is of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Qualifier {
    /// As it stands.
    Exact,
    /// 以上, 不少于.
    AtLeast,
    /// 以内, 不超过.
    AtMost,
    /// 近.
    Nearly,
    /// 余, 多, 超.
    Over,
    /// 约, 左右.
    Approx,
}

impl Qualifier {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Qualifier::Exact => "exact",
            Qualifier::AtLeast => "at_least",
            Qualifier::AtMost => "at_most",
            Qualifier::Nearly => "nearly",
            Qualifier::Over => "over",
            Qualifier::Approx => "approx",
        }
    }

    fn of(sense: Sense) -> Qualifier {
        match sense {
            Sense::Exact => Qualifier::Exact,
            Sense::AtLeast => Qualifier::AtLeast,
            Sense::AtMost => Qualifier::AtMost,
            Sense::Nearly => Qualifier::Nearly,
            Sense::Over => Qualifier::Over,
            Sense::Approx => Qualifier::Approx,
        }
    }
}

/// Whether a number is a level or a change, and of what kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// A level.
    None,
    /// So many were added.
    Added,
    /// So many were taken away.
    Cut,
    /// Shortened or thinned by a percentage.
    CutByPercent,
    /// Less than in an earlier period, by so much.
    YoyDown,
    /// More than in an earlier period, by so much.
    YoyUp,
}

impl Change {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Change::None => "none",
            Change::Added => "added",
            Change::Cut => "cut",
            Change::CutByPercent => "cut_by_percent",
            Change::YoyDown => "yoy_down",
            Change::YoyUp => "yoy_up",
        }
    }
}

/// How many characters before a number are kept with it.
const BEFORE: usize = 200;

/// Reads the figures of one report's text, in the order of the text.
pub fn read(report: &str, text: &str) -> Vec<Figure> {
    let cells = Cells::of(text);
    let mut mentions = mention::mentions(&cells);
    zero::add_denials(&cells, &mut mentions);
    let names = subject::name_all(&cells, &mentions, subject::report_year(report, text));
    mentions
        .iter()
        .zip(names)
        .map(|(mention, name)| Figure {
            report: report.to_owned(),
            line: cells.line.get(mention.number).copied().unwrap_or(0),
            column: cells.column.get(mention.number).copied().unwrap_or(0),
            quote: cells.original(text, name.quote_start, mention.end).replace(['\r', '\n'], ""),
            before: cells.paragraph_before(mention.number, BEFORE),
            subject: name.subject,
            value: mention.value,
            unit: mention.unit.to_owned(),
            qualifier: Qualifier::of(mention.sense),
            change: name.change,
        })
        .collect()
}
