//! The four answers that are not events: a refusal, a warning that wants a reason, a gap in the form.

use procedure::{Article, Said};
use terms::{Code, DateTime};

/// The law says no: the rule, its article, the lawful way. Codes are stable; sentences are in the wording.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// R101 not open yet · R102 open already · R103 not your post · R104 another agency's record · R201 not in this
    /// stage · R202 a rule forbids · R203 after the limit · R204 extension spent · R205 before the minimum has passed ·
    /// R206 limit not running · R207 a proposal is under way · R208 no such proposal · R209 not the last act ·
    /// R210 done by lapse alone · R211 earlier than the record · R212 a second person signs · R213 another organ has it
    /// already · R214 its document would have a blank.
    pub code: &'static str,
    /// The rule or limit.
    pub rule: Option<Code>,
    /// Its articles.
    pub law: Vec<Article>,
    /// Why, in the catalogue's words.
    pub why: Option<Said>,
    /// The lawful way, in the catalogue's words.
    pub instead: Option<Said>,
    /// What is lacking, each part of the condition as it says itself.
    pub lacking: Vec<Said>,
    /// The day that matters: the limit's last day, the first lawful day.
    pub day: Option<DateTime>,
}

/// A rule that only warns: the act is done with the officer's reason on the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The rule or limit.
    pub rule: Code,
    /// Its articles.
    pub law: Vec<Article>,
    /// Why, in the catalogue's words.
    pub why: Option<Said>,
    /// The reading that it rests on.
    pub reading: Option<Said>,
}

/// Something missing or wrong in the form; no question of law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The field's code; empty: the form as a whole.
    pub field: Code,
    /// What is wrong.
    pub kind: GapKind,
}

/// Kinds of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// Must be filled in.
    Missing,
    /// Holds another type of value.
    WrongType,
    /// Is none of the choices.
    UnknownChoice,
    /// Is not part of this act.
    NotAsked,
    /// A reason is missing.
    NoReason,
    /// There is nothing to put right.
    NothingToCorrect,
}

impl Refusal {
    /// A document that the act issues would have a blank: what it lacks, as it says itself.
    pub fn blank(law: &[Article], lacking: Vec<Said>) -> Refusal {
        Refusal { lacking, ..Refusal::new("R214").law(law) }
    }
    /// The act went to another organ, which cannot be made not to have it.
    pub fn sent() -> Refusal {
        Refusal::new("R213")
    }
    pub(crate) fn new(code: &'static str) -> Refusal {
        Refusal { code, rule: None, law: Vec::new(), why: None, instead: None, lacking: Vec::new(), day: None }
    }
    pub(crate) fn rule(mut self, rule: &Code) -> Refusal {
        self.rule = Some(rule.clone());
        self
    }
    pub(crate) fn law(mut self, law: &[Article]) -> Refusal {
        self.law = law.to_vec();
        self
    }
    pub(crate) fn day(mut self, day: DateTime) -> Refusal {
        self.day = Some(day);
        self
    }
}
