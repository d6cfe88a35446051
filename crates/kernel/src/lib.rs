//! The kernel: (line, record, act, answers to its lookups, the time) -> events, or a refusal.
//!
//! Pure. No clock, no disk, no randomness: the same question always gets the same answer, years later too.
//!
//! * [`judge`] decides a command; [`lapses`] puts through the limits that have passed before it;
//! * [`apply`] and [`replay`] fold events into a record;
//! * [`clock`] tells where a limit stands, [`why`] day by day;
//! * [`next_acts`] lists what may be done now, and what each still lacks.

mod clock;
mod event;
mod fold;
mod judge;
mod lapse;
mod next;
mod refusal;
mod why;

pub use clock::{Clock, ClockState, clock, due_days};
pub use event::{Event, Kind, Opening};
pub use fold::{annulled, apply, past_annulment, replay};
pub use judge::{Ask, Command, Question, Standing, Verdict, judge};
pub use lapse::lapses;
pub use next::{Next, next_acts};
pub use refusal::{Gap, GapKind, Refusal, Warning};
pub use why::{Why, WhyStep, why};
