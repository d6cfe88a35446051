//! Ids, periods, civil dates, the working-day calendar, regions, money and check digits.
//!
//! Everything here is a value: no clock, no disk, no network. Today is an argument, a calendar and a tree of
//! regions are built once from plain lists and then shared.

mod calendar;
mod check;
mod counting;
mod explain;
mod id;
mod mask;
mod money;
mod period;
mod region;
mod value;

pub use calendar::{Calendar, CalendarError, DayKind, Deadline, Year};
pub use check::{CheckError, citizen_number, uscc, with_citizen_check, with_uscc_check};
pub use counting::Counting;
pub use explain::{DayNote, DayRole};
pub use id::{CommandId, Digest, GovernmentCode, IdError, PlaceCode, RecordId};
pub use jiff::civil::{Date, DateTime, Time};
pub use mask::{Mask, MaskError};
pub use money::{Fen, FenError};
pub use period::{Period, PeriodError, Unit};
pub use region::{Level, LevelError, Region, RegionError, Regions};
pub use value::{Party, PartyKind, Value};

/// A code of the catalogue (a stage, an act, a field ...): short, compared often, stored for ever.
pub type Code = smol_str::SmolStr;
