//! Cases: timelines that try a line, with what follows written beside each step.
//!
//! ```text
//! case   extended_once_then_refused
//! line   reconsideration @2023          # the version in force on the first day; checked where it is given
//! place  632222                         # where the records belong; 632222 if not said
//! scope  9.01                           # entries of the list of systems that it shows; may repeat
//! also   officer                        # other lines that it shows
//! governments 632200 630000             # those on the platform beside that of the place: messages go between them
//! set    act_kind=penalty applicant="组织:祁连某某合作社"
//! register officer @certified  certificate=Q001 valid_to=2030-12-31
//!
//! 2026-06-01  applicant  receive                        -> review by 2026-06-08
//! 2026-06-03 14:30  reconsideration_officer:ma  accept  -> stage accepted; review met; decide by 2026-08-03
//! 2026-09-01  head_of_office  extend extension_days=1   x  R204 decide
//! 2026-09-16                                            -> lapsed decide
//! ```
//!
//! The left side is written by hand, the right side by `bless`, and reviewed as a diff.
//!
//! **Header.** `set` gives the values with which required fields are filled that a step does not give and the record
//! does not hold yet; what is not set either is filled with a plain value of its type (the first choice, yes, 1, today,
//! 某). `register` makes a record of a line, the day before the first step and as history under an import order, by
//! the shortest course of acts that reaches the stage and fills the fields that are given.
//!
//! **Steps.** `date [hh:mm]  post[:account][@agency][/government]  act  field=value …  [signed] [imported] [because
//! rule="reason"]`.
//! An act that opens a record opens a new one, and what follows concerns the newest. `field=` leaves a required field
//! empty. `signed`: every signature follows at once. `imported`: as history under an import order.
//! `done_at=2026-05-30`: a fact that is told later. A date alone puts through what has passed.
//! Values go by the field's type: `yes`, `12`, `3000` or `"3000.50 yuan"`, `2026-06-01`, `2026-06-01T14:30`, a choice,
//! `a,b` or `[a, b]`, `"text"`, `person:某` or `organisation:某` (also 公民, 组织), `#1` for the first registered record.
//! Acts of every record: `sign`; `return "reason"`; `correct field=value because "reason"`, or
//! `correct event=3 at=2026-06-01 because "reason"` for the time of an event; `annul [3]` (the last act, an event's
//! number or an act's code); `hand_over account`; `stand_in account until=date`. Where no reason is given, a plain one
//! is.
//!
//! **Outcomes**, joined by `; `, in this order: `lapsed <limit>`, `does <act>` (deemed done by a lapse), `stage <code>`,
//! `<track>=<stage>`; of each limit that changed `<limit> by <day> [hh:mm]` (or, for a minimum, `<limit> not before
//! <day>`), with ` provisional` where the holidays are not announced yet, `<limit> stands still`, `<limit> met`,
//! `<limit> met late`, `<limit> falls away`; `finding <code>`, `number <text>`, `published <code>`,
//! `withdrawn <code>`; `proposed`, `signed`, `returned`, `corrected`, `annulled`, `handed over`, `stood in`; `done`
//! where nothing else is to be said, `nothing` for a date on which nothing passed.
//!
//! **Messages** are handed over after each step. What they do is told behind a bar for each record that they change, with
//! its government: `| 632200 stage received; answer by 2026-08-01`, or why one could not be applied:
//! `| 632200 waits incomplete matter`. In another government a step concerns the record there that changed last.
//!
//! **Answers that are not events**: `x  R202 rule` (refused), `x  taken field=value`, `x  wrong_time`; `?  rule`
//! (done only with a reason); `!  field missing` (the form).

mod elsewhere;
mod lay;
mod parse;
mod register;
mod run;
mod tell;
mod value;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use catalog::Catalog;
use terms::{Code, DateTime, GovernmentCode, PlaceCode};

pub use parse::parse;
pub use run::{prepare, run};

/// A case as it is written.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, which is that of its file.
    pub name: String,
    /// The line that it tries.
    pub line: Code,
    /// The version that it expects to be in force on its first day.
    pub version: Option<String>,
    /// Where its records belong.
    pub place: PlaceCode,
    /// Entries of the list of systems that it shows.
    pub scope: Vec<String>,
    /// Other lines that it shows.
    pub also: Vec<Code>,
    /// Governments on the platform beside that of the place.
    pub governments: Vec<GovernmentCode>,
    pub(crate) set: Vec<Pair>,
    pub(crate) registers: Vec<Register>,
    pub(crate) steps: Vec<Step>,
    pub(crate) text: Vec<String>,
}

impl Case {
    /// The right sides as they are written.
    pub fn right_sides(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.expected.as_deref())
    }
}

/// `key=value`, not yet read by the field's type.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub key: String,
    pub value: String,
    pub line: usize,
}

/// A record of a line that is there before the first step.
#[derive(Clone, Debug)]
pub(crate) struct Register {
    pub line: usize,
    pub of: Code,
    pub stage: Option<String>,
    pub agency: Option<String>,
    pub pairs: Vec<Pair>,
}

/// A dated line.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub line: usize,
    pub at: DateTime,
    pub deed: Option<Deed>,
    pub left: String,
    pub comment: Option<String>,
    pub expected: Option<String>,
}

/// Who does what.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub post: String,
    pub account: String,
    pub agency: Option<String>,
    /// Where, if not at home.
    pub government: Option<GovernmentCode>,
    pub act: String,
    pub words: Vec<String>,
    pub pairs: Vec<Pair>,
    pub reasons: Vec<(Code, String)>,
    pub reason: Option<String>,
    pub signed: bool,
    pub imported: bool,
}

/// A case that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    /// The line of its file, from 1.
    pub line: usize,
    /// What is wrong and what to write.
    pub message: String,
}

impl CaseError {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> CaseError {
        CaseError { line, message: message.into() }
    }
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}
impl std::error::Error for CaseError {}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The right sides are those that are written.
    pub passed: bool,
    /// The text as it is written.
    pub expected: String,
    /// The text with the right sides as they come.
    pub got: String,
    /// The lines that differ: `-` as written, `+` as they come.
    pub diff: String,
}

/// Runs a case and compares its right sides.
///
/// # Errors
/// Where the text is no case, or cannot be run.
pub fn check(catalog: &Arc<Catalog>, text: &str) -> Result<Outcome, CaseError> {
    let case = parse(text)?;
    let got = run(catalog, &case)?;
    let mut diff = String::new();
    for (number, (before, after)) in text.lines().zip(got.lines()).enumerate() {
        if before != after {
            diff.push_str(&format!("{:>4} - {before}\n     + {after}\n", number + 1));
        }
    }
    Ok(Outcome { passed: text == got, expected: text.to_owned(), got, diff })
}

/// Runs the case in a file and writes its right sides into the file; whether anything changed.
///
/// # Errors
/// Where the file cannot be read or written, is no case, or cannot be run.
pub fn bless(catalog: &Arc<Catalog>, path: &Path) -> Result<bool, CaseError> {
    let unreadable = |why: std::io::Error| CaseError::new(0, format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let got = run(catalog, &parse(&text)?)?;
    if got != text {
        std::fs::write(path, &got).map_err(unreadable)?;
    }
    Ok(got != text)
}
