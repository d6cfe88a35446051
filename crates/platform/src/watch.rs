//! What the platform counts of itself, for whoever watches over it. Numbers alone: nothing of any record or person.
//!
//! Counting takes no lock and waits for nobody, so that watching never slows what is watched. How the numbers are told
//! is the pages' business.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use terms::GovernmentCode;

use crate::Answer;

/// Commands in one commit, up to so many.
const BATCHES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Microseconds of a commit, up to so many: from a disk that promises without keeping to one that fails.
const COMMITS: &[u64] =
    &[250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// How values spread over ranges.
#[derive(Debug)]
pub struct Spread {
    bounds: &'static [u64],
    /// One for each bound, and one for what lies above the last.
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

/// A spread as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spreading {
    /// Bounds, each with how many values lie up to it and above the one before; `None` is above the last.
    pub counts: Vec<(Option<u64>, u64)>,
    /// The sum of all values.
    pub sum: u64,
}

impl Spreading {
    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

impl Spread {
    /// Nothing yet, over ranges that end at these bounds, which rise.
    pub fn new(bounds: &'static [u64]) -> Spread {
        Spread { bounds, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    /// Counts a value.
    pub fn add(&self, value: u64) {
        let range = self.bounds.partition_point(|bound| *bound < value);
        self.counts[range].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn read(&self) -> Spreading {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        let counts = bounds.zip(&self.counts).map(|(bound, count)| (bound, count.load(Ordering::Relaxed)));
        Spreading { counts: counts.collect(), sum: self.sum.load(Ordering::Relaxed) }
    }
}

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It came again and got its first answer.
    Repeated,
    /// The law says no.
    Refused,
    /// The law wants a reason.
    Asks,
    /// The form is incomplete.
    Incomplete,
    /// Somebody was quicker.
    Stale,
    /// There is no such record, line or act.
    Unknown,
    /// Another record holds a value that only one may hold.
    Taken,
    /// It claimed a time that it may not claim.
    WrongTime,
    /// The store failed.
    Fault,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 10] = [
        Outcome::Done,
        Outcome::Repeated,
        Outcome::Refused,
        Outcome::Asks,
        Outcome::Incomplete,
        Outcome::Stale,
        Outcome::Unknown,
        Outcome::Taken,
        Outcome::WrongTime,
        Outcome::Fault,
    ];

    /// Its name in figures; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Repeated => "repeated",
            Outcome::Refused => "refused",
            Outcome::Asks => "asks",
            Outcome::Incomplete => "incomplete",
            Outcome::Stale => "stale",
            Outcome::Unknown => "unknown",
            Outcome::Taken => "taken",
            Outcome::WrongTime => "wrong-time",
            Outcome::Fault => "fault",
        }
    }

    /// What an answer is.
    pub fn of(answer: &Answer) -> Outcome {
        match answer {
            Answer::Done(receipt) if receipt.repeated => Outcome::Repeated,
            Answer::Done(_) => Outcome::Done,
            Answer::Refused(_) => Outcome::Refused,
            Answer::Asks(_) => Outcome::Asks,
            Answer::Incomplete(_) | Answer::NoAttachment { .. } => Outcome::Incomplete,
            Answer::Stale { .. } => Outcome::Stale,
            Answer::Unknown(_) => Outcome::Unknown,
            Answer::Taken { .. } => Outcome::Taken,
            Answer::WrongTime => Outcome::WrongTime,
        }
    }
}

/// What is counted of one government since the program started.
#[derive(Debug)]
pub struct Counts {
    waiting: AtomicU64,
    batches: Spread,
    commits: Spread,
    answers: [AtomicU64; Outcome::ALL.len()],
    put_through: AtomicU64,
    failing: AtomicBool,
}

/// A command waits until this is dropped.
pub(crate) struct Waits(Arc<Counts>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counts {
    fn new() -> Counts {
        Counts {
            waiting: AtomicU64::new(0),
            batches: Spread::new(BATCHES),
            commits: Spread::new(COMMITS),
            answers: std::array::from_fn(|_| AtomicU64::new(0)),
            put_through: AtomicU64::new(0),
            failing: AtomicBool::new(false),
        }
    }

    /// Commands that were sent and are not answered yet.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Commands for each commit.
    pub fn batches(&self) -> Spreading {
        self.batches.read()
    }

    /// Microseconds that each commit took.
    pub fn commits(&self) -> Spreading {
        self.commits.read()
    }

    /// How many commands ended so.
    pub fn answered(&self, outcome: Outcome) -> u64 {
        self.answers[outcome as usize].load(Ordering::Relaxed)
    }

    /// How many times a record was put through limits that had passed, by the scheduler.
    pub fn put_through(&self) -> u64 {
        self.put_through.load(Ordering::Relaxed)
    }

    /// Whether the last commit failed.
    pub fn failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    pub(crate) fn comes(self: &Arc<Counts>) -> Waits {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waits(self.clone())
    }

    pub(crate) fn committed(&self, commands: usize, took: Duration) {
        self.batches.add(commands as u64);
        self.commits.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        self.failing.store(false, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, outcome: Outcome) {
        self.answers[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, commands: usize) {
        self.answers[Outcome::Fault as usize].fetch_add(commands as u64, Ordering::Relaxed);
        self.failing.store(true, Ordering::Relaxed);
    }

    pub(crate) fn recovered(&self) {
        self.failing.store(false, Ordering::Relaxed);
    }

    pub(crate) fn passed(&self, records: usize) {
        self.put_through.fetch_add(records as u64, Ordering::Relaxed);
    }
}

/// Everything that is counted, by government.
#[derive(Debug, Default)]
pub struct Watch {
    governments: Mutex<BTreeMap<GovernmentCode, Arc<Counts>>>,
}

impl Watch {
    /// What is counted of a government.
    pub fn of(&self, government: &GovernmentCode) -> Arc<Counts> {
        let mut governments = self.governments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = governments.get(government) {
            return counts.clone();
        }
        let counts = Arc::new(Counts::new());
        governments.insert(government.clone(), counts.clone());
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_their_ranges() {
        let spread = Spread::new(&[1, 4]);
        for value in [0, 1, 2, 4, 5, 100] {
            spread.add(value);
        }
        let read = spread.read();
        assert_eq!(read.counts, [(Some(1), 2), (Some(4), 2), (None, 2)]);
        assert_eq!((read.sum, read.count()), (112, 6));
    }

    #[test]
    fn every_outcome_has_its_own_place() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place, "{}", outcome.name());
        }
    }
}
