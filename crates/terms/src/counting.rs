//! How a statute's text counts its days.

use serde::{Deserialize, Serialize};

use crate::Unit;

/// The rule by which one text counts days, where it has one.
///
/// Statutes say it by number: "three, five, seven and ten days in this law are working days" [行政复议法 88.2], so
/// that sixty days in the same text are calendar days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// The numbers of days that this text counts as working days.
    pub working: Vec<u32>,
    /// Whether a last day that is no working day moves to the next one.
    pub rolls: bool,
    /// The article that says so.
    pub article: String,
}

impl Counting {
    /// What `n` days (日) in this text are.
    pub fn unit_of(&self, n: u32) -> Unit {
        if self.working.contains(&n) { Unit::WorkingDays } else { Unit::Days }
    }
}
