//! What a report counts.
//!
//! A record contributes to figures as it stands: so much, on such a day. What an event adds is the difference between
//! what the record contributed before it and after it; those differences, the deltas, are only ever appended. A
//! correction or an annulment therefore restates a figure without touching what was counted before, any earlier state
//! of the log can be told, and counting all records again must give the same sums.

mod amount;
mod contribution;
mod doubt;
mod small;
mod telling;

pub use amount::Amount;
pub use contribution::{Contribution, contributions, deltas};
pub use doubt::{Against, Doubt, FEWEST_OTHERS, Values, bounds, doubts};
pub use small::{SMALLEST, Shown, shown, shown_within, small, whole_of};
pub use telling::{Figures, Period, Places, Told, amount, delta_query, tell};
