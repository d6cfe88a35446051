//! Ids, periods, civil dates, the working-day calendar, regions, money and check digits.
//!
//! Everything here is a value: no clock, no disk, no network. Today is an argument, a calendar and a tree of
//! regions are built once from plain lists and then shared.

mod calendar;
mod check;
mod counting;
mod explain;
mod han;
mod id;
mod mask;
mod message;
mod money;
mod period;
mod region;
mod stretch;
mod value;

pub use calendar::{Calendar, CalendarError, DayKind, Deadline, Year};
pub use check::{CheckError, citizen_number, uscc, with_citizen_check, with_uscc_check};
pub use counting::Counting;
pub use explain::{DayNote, DayRole};
pub use han::{day_in_digits, day_in_han};
pub use id::{CommandId, Digest, GovernmentCode, IdError, PlaceCode, RecordId};
pub use jiff::civil::{Date, DateTime, Time};
pub use mask::{Mask, MaskError};
pub use message::{MessageId, Thread};
pub use money::{Fen, FenError};
pub use period::{Period, PeriodError, Unit};
pub use region::{Level, LevelError, Region, RegionError, Regions};
pub use stretch::{Stretch, StretchError};
pub use value::{Party, PartyKind, Value};

/// A code of the catalogue (a stage, an act, a field ...): short, compared often, stored for ever.
pub type Code = smol_str::SmolStr;

/// China has one time: in civil time (+08:00) the epoch of UTC began at eight.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 8, 0, 0, 0);

/// The civil moment (+08:00) of microseconds UTC.
pub fn civil_of(micros: i64) -> DateTime {
    EPOCH.saturating_add(jiff::SignedDuration::from_micros(micros))
}

/// The microseconds UTC of a civil moment (+08:00).
pub fn micros_of(civil: DateTime) -> i64 {
    // Civil moments end with the year 9999, which is far from the last microsecond that a number holds.
    i64::try_from(civil.duration_since(EPOCH).as_micros()).unwrap_or(i64::MAX)
}
