//! Whether the platform can do its work, and what a scheduler's round is.

use ledger::Fault;
use terms::GovernmentCode;

use crate::Platform;

/// More due days than this are not counted.
const MOST: u32 = 1_000;
/// A scheduler keeps its duty a little longer than the hour between two rounds, so that it stays with one program.
const TURN: i64 = 65 * 60 * 1_000_000;
/// The duty of putting through what has passed.
const SCHEDULER: &str = "scheduler";
/// The duty that is taken to try whether the store can be written.
const TRIAL: &str = "trial";

/// Why the platform cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// It is being stopped.
    Stopping,
    /// The store cannot be read.
    Unreadable,
    /// The store cannot be written.
    Unwritable,
    /// The government's writer has stopped.
    WriterStopped,
}

impl Unready {
    /// Its name in answers; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Unready::Stopping => "stopping",
            Unready::Unreadable => "store-unreadable",
            Unready::Unwritable => "store-unwritable",
            Unready::WriterStopped => "writer-stopped",
        }
    }
}

/// How a government stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Government.
    pub government: GovernmentCode,
    /// Position of the last event.
    pub position: u64,
    /// Limits that bind the agency, have passed, and are not put on their records yet; counted up to 1,000.
    pub late: u64,
    /// Those of anybody: what the scheduler has before it; counted up to 1,000.
    pub overdue: u64,
    /// How many are signed in.
    pub sessions: u64,
}

impl Platform {
    /// Whether commands of a government can be read and written now. Writing is tried only where the last commit
    /// failed: else the writer is known to write.
    ///
    /// # Errors
    /// Why not.
    pub fn ready(&self, government: &GovernmentCode) -> Result<(), Unready> {
        if self.stopping() {
            return Err(Unready::Stopping);
        }
        self.store.read().and_then(|mut read| read.head(government)).map_err(|_| Unready::Unreadable)?;
        if !self.writes(government) {
            return Err(Unready::WriterStopped);
        }
        let counts = self.watch.of(government);
        if counts.failing() {
            let (_, now) = self.clock.now();
            self.store.lease(government, TRIAL, TRIAL, now, now).map_err(|_| Unready::Unwritable)?;
            counts.recovered();
        }
        Ok(())
    }

    /// How each government of the store stands.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn pulses(&self) -> Result<Vec<Pulse>, Fault> {
        let today = self.now().date();
        let known = self.catalog.calendar.known_until();
        let mut read = self.store.read()?;
        let mut pulses = Vec::new();
        for government in read.governments()? {
            let position = read.head(&government)?.position;
            let due = read.due(&government, today, MOST)?;
            // Past the last notice of holidays a day is provisional, and nothing is called late on it.
            let overdue = due.iter().filter(|row| row.due <= known);
            let late = overdue.clone().filter(|row| row.agency).count() as u64;
            let overdue = overdue.count() as u64;
            let sessions = self.sessions(&government)?;
            pulses.push(Pulse { government, position, late, overdue, sessions });
        }
        Ok(pulses)
    }

    /// One round of a government's scheduler: the limits that have passed are put through, and what ended is cleared away:
    /// sessions and tokens, files that no act named, drafts that nobody took up. Gives the number of records concerned;
    /// `None` where another program has the duty. `holder` names
    /// this program among those on the store.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn round(&self, government: &GovernmentCode, holder: &str) -> Result<Option<usize>, Fault> {
        let (_, now) = self.clock.now();
        if !self.store.lease(government, SCHEDULER, holder, now, now + TURN)? {
            return Ok(None);
        }
        let records = self.put_through(government, None)?;
        self.watch.of(government).passed(records);
        self.sessions_sweep(government)?;
        self.refresh_posts(government)?;
        self.sweep_attachments(government)?;
        self.sweep_drafts(government)?;
        self.tokens_sweep(government)?;
        Ok(Some(records))
    }

    /// Takes the scheduler's duty and does nothing of it: while the past of a government comes in, nothing may be put
    /// through there that its own past has not reached. Whether it was to be had.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn hold_rounds(&self, government: &GovernmentCode, holder: &str) -> Result<bool, Fault> {
        let (_, now) = self.clock.now();
        self.store.lease(government, SCHEDULER, holder, now, now + TURN)
    }

    /// Gives the scheduler's duty back, where this program has it.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn give_up_rounds(&self, government: &GovernmentCode, holder: &str) -> Result<(), Fault> {
        let (_, now) = self.clock.now();
        // A turn that ends now is free for anybody.
        self.store.lease(government, SCHEDULER, holder, now, now).map(|_| ())
    }
}
