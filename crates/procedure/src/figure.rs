//! What is counted, declared in the line whose records are counted.

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
        use Counted::{Flow, Lapses, Stock, Sum, Times};
        matches!(self, Flow(_) | Times(_) | Sum(..) | Stock(_) | Lapses(_))
    }
}
