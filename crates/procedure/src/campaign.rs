//! One decision over many records, with a verdict for each.

use serde::{Deserialize, Serialize};
use terms::Code;

use crate::{ActId, FieldId, Ground, Said, SeriesId, StageId};

/// A campaign 专项: a clean-up, a rectification, a yearly review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Records in these stages can be part of it.
    pub from: Vec<StageId>,
    /// The verdicts: acts of the line, of which each record gets one.
    pub verdicts: Vec<ActId>,
    /// Fields that are filled in once, for all.
    pub shares: Vec<FieldId>,
    /// The series that numbers the decision, once for all; its field is one of those shared.
    pub number: Option<SeriesId>,
    /// What it rests on.
    pub ground: Ground,
}
