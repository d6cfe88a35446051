//! Notices on their way out of the house: to another program, to a mailbox. In order, each at least once, with an id
//! that stays; how far it came is kept, so that a receiver that is down loses nothing. Nothing of it is within the
//! writer's transactions.

use ledger::{Fault, NoticeRow};
use terms::GovernmentCode;

use crate::Platform;

/// Something that takes notices out.
pub trait Deliver: Send {
    /// Its name, under which is kept how far it came.
    fn name(&self) -> &str;
    /// Delivers one notice, or says why that failed, without a word of the notice's.
    ///
    /// # Errors
    /// Where it was not taken: it is tried again.
    fn deliver(&self, notice: &Outgoing) -> Result<(), String>;
}

/// A notice as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id, the same however often it is sent: `632222-17`.
    pub id: String,
    /// Government.
    pub government: GovernmentCode,
    /// The notice. It says ids and a day, and nothing of what a record holds.
    pub notice: NoticeRow,
}

/// What came of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// How many were taken.
    pub sent: u64,
    /// Why the next was not, where it failed.
    pub failed: Option<String>,
}

/// A way out, with what it remembers of failures.
pub struct WayOut {
    to: Box<dyn Deliver>,
    failures: u32,
    /// Not before this moment: microseconds, UTC.
    not_before: i64,
}

const SECOND: i64 = 1_000_000;
/// The longest pause after failures, in seconds.
const LONGEST: i64 = 300;
/// So many notices are sent in a round.
const STRETCH: u32 = 50;
/// A program has the duty for so long (microseconds): longer than a round may take.
const TURN: i64 = 15 * 60 * SECOND;

/// The pause after so many failures in a row: it doubles up to five minutes.
fn pause(failures: u32) -> i64 {
    1_i64.checked_shl(failures.saturating_sub(1)).filter(|_| failures < 32).unwrap_or(LONGEST).min(LONGEST) * SECOND
}

impl WayOut {
    /// Its name.
    pub fn name(&self) -> &str {
        self.to.name()
    }

    /// A way out.
    pub fn new(to: Box<dyn Deliver>) -> WayOut {
        WayOut { to, failures: 0, not_before: i64::MIN }
    }

    /// Sends what has not been sent, in order, until one fails; then it pauses, longer each time. The first time ever it
    /// begins with what comes from then on. `holder` names this program.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn round(
        &mut self,
        platform: &Platform,
        government: &GovernmentCode,
        holder: &str,
    ) -> Result<Delivered, Fault> {
        let (_, now) = platform.clock.now();
        let mut done = Delivered::default();
        if now < self.not_before {
            return Ok(done);
        }
        let key = format!("out {}", self.to.name());
        let mut read = platform.store.read()?;
        // What is kept is one more than the number of the last that was sent: 0 is nothing yet.
        let reached = read.reached(government, &key)?;
        let waiting = read.notices_after(government, reached.saturating_sub(1), STRETCH)?;
        drop(read);
        if reached > 0 && waiting.is_empty() || !platform.store.lease(government, &key, holder, now, now + TURN)? {
            return Ok(done);
        }
        if reached == 0 {
            let mut last = 0;
            loop {
                let some = platform.store.read()?.notices_after(government, last, STRETCH)?;
                let Some(row) = some.last() else { break };
                last = row.n;
            }
            self.keep(platform, government, &key, last)?;
            return Ok(done);
        }
        for notice in waiting {
            let n = notice.n;
            let outgoing = Outgoing { id: format!("{government}-{n}"), government: government.clone(), notice };
            match self.to.deliver(&outgoing) {
                Ok(()) => {
                    self.failures = 0;
                    done.sent += 1;
                    self.keep(platform, government, &key, n)?;
                }
                Err(why) => {
                    self.failures = self.failures.saturating_add(1);
                    self.not_before = platform.clock.now().1 + pause(self.failures);
                    done.failed = Some(why);
                    break;
                }
            }
        }
        // A turn that ends now is free for anybody.
        platform.store.lease(government, &key, holder, now, now)?;
        Ok(done)
    }

    fn keep(&self, platform: &Platform, government: &GovernmentCode, key: &str, n: u64) -> Result<(), Fault> {
        let mut tx = platform.store.begin(government)?;
        tx.reach(government, key, n + 1)?;
        tx.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_end() {
        let pauses: Vec<i64> = (1..=11).map(|failures| pause(failures) / SECOND).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(pause(u32::MAX), LONGEST * SECOND);
    }
}
