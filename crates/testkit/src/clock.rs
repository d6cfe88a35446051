//! A clock that stands where it was set.

use std::sync::{Mutex, PoisonError};

use terms::DateTime;

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime>);

impl FixedClock {
    /// A clock that shows this time.
    pub fn new(at: DateTime) -> FixedClock {
        FixedClock(Mutex::new(at))
    }

    /// Sets it.
    pub fn set(&self, at: DateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl platform::Clock for FixedClock {
    fn now(&self) -> (DateTime, i64) {
        let civil = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (civil, terms::micros_of(civil))
    }
}
