//! Verdicts: what becomes of each row, why, and what to do.

use kernel::GapKind;
use platform::Answer;
use procedure::Language;
use sheets::{HeadWrong, Mark, Unreadable};
use terms::{Code, RecordId};

use crate::columns::{Part, Slot};
use crate::open::{OpenWrong, Opened};
use crate::row::{Intent, Step};

pub(crate) fn say(language: Language, code: &str, args: &[(&str, String)]) -> String {
    wording::say(language, code, args)
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It can come in.
    Good,
    /// The record is known; so many acts are new.
    Adds(usize),
    /// Nothing in it is new.
    Same,
    /// It came in before, under the same order.
    Before,
    /// It says the same as another row of the file.
    Twice(u32),
    /// The law wants a reason.
    Asks,
    /// The law says no.
    Refused,
    /// Cells are missing or cannot be read.
    Incomplete,
    /// It contradicts what is on record.
    Contradicts,
}

impl Judgement {
    /// Whether nothing is wrong with it.
    pub fn good(&self) -> bool {
        matches!(self, Judgement::Good | Judgement::Adds(_) | Judgement::Same | Judgement::Before)
    }

    /// The code of its word.
    pub fn code(&self) -> &'static str {
        match self {
            Judgement::Good => "verdict-good",
            Judgement::Adds(_) => "verdict-adds",
            Judgement::Same => "verdict-same",
            Judgement::Before => "verdict-before",
            Judgement::Twice(_) => "verdict-twice",
            Judgement::Asks => "verdict-asks",
            Judgement::Refused => "verdict-refused",
            Judgement::Incomplete => "verdict-incomplete",
            Judgement::Contradicts => "verdict-contradicts",
        }
    }

    /// Its word.
    pub fn word(&self, language: Language) -> String {
        let number = match self {
            Judgement::Adds(acts) => acts.to_string(),
            Judgement::Twice(row) => row.to_string(),
            _ => String::new(),
        };
        say(language, self.code(), &[("number", number)])
    }
}

/// Why a row cannot come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The column of the sheet that it is about.
    pub column: Option<u16>,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub remedy: String,
    /// The articles.
    pub articles: String,
}

/// The verdict on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowVerdict {
    /// Number of the row in its sheet.
    pub row: u32,
    /// What becomes of it.
    pub judgement: Judgement,
    /// The record that it is.
    pub record: Option<RecordId>,
    /// Why not, each reason.
    pub why: Vec<Why>,
}

impl RowVerdict {
    pub(crate) fn of(row: u32, judgement: Judgement) -> RowVerdict {
        RowVerdict { row, judgement, record: None, why: Vec::new() }
    }

    /// Every reason with its articles, in one text.
    pub fn reasons(&self) -> String {
        let one = |why: &Why| {
            if why.articles.is_empty() { why.text.clone() } else { format!("{}（{}）", why.text, why.articles) }
        };
        self.why.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    /// What to do, each thing once.
    pub fn remedies(&self) -> String {
        let mut all: Vec<&str> = Vec::new();
        for why in &self.why {
            if !why.remedy.is_empty() && !all.contains(&why.remedy.as_str()) {
                all.push(&why.remedy);
            }
        }
        all.join("\n")
    }
}

/// How many rows a verdict has.
pub fn count(verdicts: &[RowVerdict], code: &str) -> usize {
    verdicts.iter().filter(|verdict| verdict.judgement.code() == code).count()
}

/// An answer other than done.
pub(crate) fn answered(opened: &Opened, intent: &Intent, step: &Step, answer: &Answer) -> (Judgement, Vec<Why>) {
    let language = opened.order.language;
    let line = &intent.line;
    let act = line.act_id(&step.act).map(|id| line.act(id).title.get(language).to_owned()).unwrap_or_default();
    let whole = Slot::Day(step.act.clone());
    let plain = |text: String, remedy: String| Why { column: None, text, remedy, articles: String::new() };
    let field = |code: &Code| Slot::Field(step.act.clone(), code.clone(), Part::Whole);
    match answer {
        Answer::Refused(refusals) => {
            let one = |refusal: &kernel::Refusal| {
                let told = wording::refusal(language, &act, refusal);
                let mut text = format!("{} {}", told.head, told.why);
                if !told.lacking.is_empty() {
                    text = format!(
                        "{text} {}",
                        say(language, "refusal-lacking", &[("parts", wording::list(language, &told.lacking))])
                    );
                }
                Why { column: None, text, remedy: told.next, articles: wording::list(language, &told.basis) }
            };
            (Judgement::Refused, refusals.iter().map(one).collect())
        }
        Answer::Asks(warnings) => {
            let one = |warning: &kernel::Warning| {
                let told = wording::warning(language, line, warning);
                Why {
                    column: None,
                    text: told.why,
                    remedy: say(language, "intake-reason-next", &[]),
                    articles: wording::list(language, &told.basis),
                }
            };
            (Judgement::Asks, warnings.iter().map(one).collect())
        }
        Answer::Incomplete(gaps) => {
            let one = |gap: &kernel::Gap| {
                let text = format!("{act}: {}", wording::gap(language, line, gap));
                let slot = if gap.kind == GapKind::NoReason || gap.field.is_empty() {
                    whole.clone()
                } else {
                    field(&gap.field)
                };
                opened.why(&slot, text)
            };
            (Judgement::Incomplete, gaps.iter().map(one).collect())
        }
        // A row brings no files.
        Answer::NoAttachment { name } => {
            let text = say(language, "answer-no-attachment", &[("name", name.clone())]);
            (Judgement::Incomplete, vec![plain(text, String::new())])
        }
        Answer::Taken { field: code, value } => {
            let title = line.field_id(code).map(|id| line.field(id).title.get(language).to_owned());
            let args = [("field", title.unwrap_or_else(|| code.to_string())), ("value", value.to_string())];
            let why = opened.why(&field(code), say(language, "answer-taken", &args));
            (Judgement::Refused, vec![Why { remedy: say(language, "intake-taken-next", &[]), ..why }])
        }
        Answer::WrongTime => (Judgement::Incomplete, vec![opened.why(&whole, say(language, "answer-wrong-time", &[]))]),
        Answer::Unknown(word) => {
            let text = say(language, "answer-unknown", &[("word", word.clone())]);
            (Judgement::Refused, vec![plain(text, String::new())])
        }
        Answer::Stale { now } => {
            (Judgement::Refused, vec![plain(say(language, "answer-stale", &[("now", now.to_string())]), String::new())])
        }
        Answer::Done(_) => (Judgement::Good, Vec::new()),
    }
}

/// The sheet that came, with verdict, reason and remedy beside each row.
///
/// # Errors
/// Where it is more than a sheet can hold.
pub fn verdict_sheet(opened: &Opened, verdicts: &[RowVerdict]) -> Result<Vec<u8>, sheets::Unwritable> {
    let language = opened.order.language;
    let titles = ["intake-verdict", "intake-reason", "intake-remedy"].map(|code| say(language, code, &[]));
    let mark = |verdict: &RowVerdict| Mark {
        row: verdict.row,
        words: vec![verdict.judgement.word(language), verdict.reasons(), verdict.remedies()],
        good: verdict.judgement.good(),
        wrong: verdict.why.iter().filter_map(|why| why.column).collect(),
    };
    let marks: Vec<Mark> = verdicts.iter().map(mark).collect();
    sheets::marked(&opened.grid, opened.heads.rows.1, &titles, &marks)
}

/// Why a file cannot be read, and what to do.
pub fn unreadable(language: Language, why: &Unreadable) -> String {
    let args = |name: &'static str, value: String| vec![(name, value)];
    let (code, args) = match why {
        Unreadable::Empty => ("sheet-empty", Vec::new()),
        Unreadable::NoSheet(what) => ("file-no-sheet", args("what", (*what).to_owned())),
        Unreadable::Locked => ("file-locked", Vec::new()),
        Unreadable::TooLarge(what, most) => {
            let code = match *what {
                "rows" => "file-many-rows",
                "cells" => "file-many-cells",
                "bytes" => "file-many-bytes",
                _ => "file-bomb",
            };
            let most = if matches!(*what, "rows" | "cells") { *most } else { most >> 20 };
            (code, args("most", most.to_string()))
        }
        Unreadable::Encoding => ("file-encoding", Vec::new()),
        Unreadable::Damaged(_) => ("file-damaged", Vec::new()),
    };
    say(language, code, &args)
}

/// Why the columns of a file are not known, and what to do.
pub fn head_wrong(language: Language, why: &HeadWrong) -> String {
    match why {
        HeadWrong::None { looked } => say(language, "head-none", &[("rows", looked.to_string())]),
        HeadWrong::Twice { title, cells } => {
            say(language, "head-twice", &[("title", title.clone()), ("cells", wording::list(language, cells))])
        }
        HeadWrong::Merged { cells } => say(language, "head-merged", &[("cells", wording::list(language, cells))]),
    }
}

impl OpenWrong {
    /// In words; `None` where the store failed.
    pub fn text(&self, language: Language) -> Option<String> {
        Some(match self {
            OpenWrong::NotAllowed => say(language, "intake-not-allowed", &[]),
            OpenWrong::Unknown(word) => say(language, "intake-unknown-line", &[("line", word.clone())]),
            OpenWrong::NothingOpens => say(language, "intake-nothing-opens", &[]),
            OpenWrong::NoOrder => say(language, "intake-no-order", &[]),
            OpenWrong::Unreadable(why) => unreadable(language, why),
            OpenWrong::Head(why) => head_wrong(language, why),
            OpenWrong::Lacks(titles) => say(language, "intake-lacks", &[("columns", wording::list(language, titles))]),
            OpenWrong::Fault(_) => return None,
        })
    }
}
