//! What is counted, declared in the line whose records are counted.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use terms::Code;

use crate::{ActId, Expr, FieldId, LimitId, Said, StageId};

/// A figure. Its code is unique over all lines: `mediation.found`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Code.
    pub code: Code,
    /// Title, as a report would name it.
    pub title: Said,
    /// Unit: 件, 场次, %, 元.
    pub unit: String,
    /// How it is counted.
    pub counted: Counted,
    /// Only records for which this holds.
    pub filter: Option<Expr>,
    /// Only records that none of the same line opened: a matter that is passed on from one to the next counts once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub per_matter: bool,
    /// Broken down by this choice field.
    pub by: Option<FieldId>,
    /// Other names under which published reports state it.
    pub also: Vec<String>,
}

/// How a figure is counted. Days are those on which the act was done, as claimed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Records, on the day the first of these acts was done.
    Flow(Vec<ActId>),
    /// Each time that one of these acts was done, on that day.
    Times(Vec<ActId>),
    /// The sum of a field over those records.
    Sum(Vec<ActId>, FieldId),
    /// Records that stand in one of these stages at the end of the day.
    Stock(Vec<StageId>),
    /// Records on which this limit passed, on that day.
    Lapses(LimitId),
    /// Limits of records that ended, each once in its last run: met in time on the day they were met, else on the day they
    /// passed.
    Ended(Vec<LimitId>),
    /// Those of them that were met in time.
    InTime(Vec<LimitId>),
    /// Limits of open records that have passed and are not met, at the end of the day.
    Overdue(Vec<LimitId>),
    /// Agencies that have at least one record in another figure.
    Agencies(Code),
    /// One figure over another, in percent with two decimals.
    Ratio(Code, Code),
    /// The difference of two figures.
    Difference(Code, Code),
    /// A figure against the same period a year before, in percent.
    YearOnYear(Code),
}

impl Counted {
    /// Counted from records, not computed from other figures.
    pub fn from_records(&self) -> bool {
        !matches!(self, Counted::Agencies(_) | Counted::Ratio(..) | Counted::Difference(..) | Counted::YearOnYear(_))
    }
    /// How many there are at the end of a day, not how many there were in a period.
    pub fn stands(&self) -> bool {
        matches!(self, Counted::Stock(_) | Counted::Overdue(_))
    }
    /// A share or a change, in percent: the only figures by which places of different size can be compared.
    pub fn in_percent(&self) -> bool {
        matches!(self, Counted::Ratio(..) | Counted::YearOnYear(_))
    }
    /// The word by which the catalogue declares it.
    pub fn word(&self) -> &'static str {
        match self {
            Counted::Flow(_) => "flow",
            Counted::Times(_) => "times",
            Counted::Sum(..) => "sum",
            Counted::Stock(_) => "stock",
            Counted::Lapses(_) => "lapses",
            Counted::Ended(_) => "ended",
            Counted::InTime(_) => "in_time",
            Counted::Overdue(_) => "overdue",
            Counted::Agencies(_) => "agencies",
            Counted::Ratio(..) => "ratio",
            Counted::Difference(..) => "difference",
            Counted::YearOnYear(_) => "year_on_year",
        }
    }
}

/// A figure named somewhere: in a sentence of a report, in a cell of a table, in a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    /// Which.
    pub figure: Code,
    /// Of a figure broken down by a field: this choice's part.
    pub choice: Option<Code>,
    /// Of the period before.
    pub previous: bool,
    /// Of the agencies at the place itself, and none below it: 本级.
    pub own: bool,
}

impl FromStr for Bound {
    type Err = ();

    /// `mediation.found`, `mediation.found@previous`, `mediation.found@own`, `power_item.by_kind/licence`.
    fn from_str(text: &str) -> Result<Bound, ()> {
        let (name, mark) = text.split_once('@').map_or((text, ""), |(name, mark)| (name, mark));
        let plain = !text.contains('@');
        let (figure, choice) = name.split_once('/').map_or((name, None), |(figure, choice)| (figure, Some(choice)));
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let good = figure.split_once('.').is_some_and(|(line, name)| word(line) && word(name));
        if !good || choice.is_some_and(|choice| !word(choice)) || !(plain || ["previous", "own"].contains(&mark)) {
            return Err(());
        }
        let choice = choice.map(Code::from);
        Ok(Bound { figure: figure.into(), choice, previous: mark == "previous", own: mark == "own" })
    }
}

impl Bound {
    /// A figure of the period itself, whole.
    pub fn whole(figure: &Code) -> Bound {
        Bound { figure: figure.clone(), choice: None, previous: false, own: false }
    }
    /// The figure and its choice, as a text names them.
    pub fn name(&self) -> Code {
        match &self.choice {
            Some(choice) => format!("{}/{choice}", self.figure).into(),
            None => self.figure.clone(),
        }
    }
}

/// What figures of a place and a period should be to each other. Where they are not it is a question, never a refusal: a
/// figure may be right and unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRule {
    /// Code.
    pub code: Code,
    /// What should be, and why it is asked.
    pub why: Said,
    /// What is compared.
    pub should: Should,
}

/// What figures should be to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Should {
    /// The part is not greater than the whole.
    NotExceed {
        /// The part.
        part: Bound,
        /// The whole.
        whole: Bound,
    },
    /// Two sums are equal.
    Agree {
        /// Added up on one side.
        left: Vec<Bound>,
        /// Added up on the other.
        right: Vec<Bound>,
    },
    /// None is above this.
    StayWithin {
        /// Which.
        of: Chosen,
        /// In the figure's unit.
        at_most: i64,
    },
    /// None differs from the same period a year before by so much in percent and, in its unit, by so much at all.
    NotLeap {
        /// Which.
        of: Chosen,
        /// In percent of what it was.
        percent: i64,
        /// In the figure's unit: what is less is no leap, whatever its percentage.
        least: i64,
    },
    /// In no place one level below is it further from the middle of the others than so many times their spread.
    StayInLine {
        /// Which; in percent, because places differ in size.
        of: Chosen,
        /// How many times the spread of the others.
        spreads: i64,
        /// In the figure's unit: what differs by less is in line, however alike the others are.
        least: i64,
    },
}

/// Figures that a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// By name.
    pub named: Vec<Bound>,
    /// Every figure that is counted in one of these ways.
    pub every: Vec<Code>,
    /// But for these.
    pub except: Vec<Code>,
}
