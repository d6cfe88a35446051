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

/// Seconds from 1970-01-01 00:00:00 to a civil moment, as if it were UTC.
pub fn civil_seconds(moment: DateTime) -> i64 {
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    moment.duration_since(epoch).as_secs()
}

/// The civil moment (+08:00) of microseconds UTC.
pub fn civil_of(micros: i64) -> DateTime {
    let epoch = DateTime::constant(1970, 1, 1, 8, 0, 0, 0);
    epoch.checked_add(jiff::SignedDuration::from_micros(micros)).unwrap_or(DateTime::MAX)
}
