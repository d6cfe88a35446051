//! The system's clock, at +08:00.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::Offset};
use terms::DateTime;

/// China has one time.
const EAST: i8 = 8;

/// Reads the system's clock.
pub struct SystemClock;

impl platform::Clock for SystemClock {
    fn now(&self) -> (DateTime, i64) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let instant = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
        let civil = Offset::constant(EAST).to_datetime(instant);
        (civil, micros)
    }
}
