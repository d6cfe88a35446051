//! What tests stand on: a clock that stands still, a store in a temporary folder, and the runner of cases.
//!
//! * [`FixedClock`] is a [`platform::Clock`] that is set by hand;
//! * [`TempStore`] is a SQLite store that goes when the test ends;
//! * [`Bench`] is a platform over both;
//! * [`cases`] runs `cases/<line>/<name>.case` through the whole door and writes their right sides.

mod bench;
pub mod cases;
mod clock;
mod small;
mod temp;

pub use bench::{Bench, person};
pub use clock::FixedClock;
pub use small::{DEMO, LIST, TASK, repository, small, small_with};
pub use temp::TempStore;
