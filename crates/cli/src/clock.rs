//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use terms::DateTime;

/// Reads the system's clock.
pub struct SystemClock;

impl platform::Clock for SystemClock {
    fn now(&self) -> (DateTime, i64) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        (terms::civil_of(micros), micros)
    }
}
