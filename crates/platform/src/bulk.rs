//! A long load of one government: batch after batch, where each becomes durable while the next one is made.

use std::sync::atomic::Ordering;

use ledger::{Fault, Landing};
use terms::GovernmentCode;

use crate::commit::Batch;
use crate::{Answer, Platform, Request};

/// So many records are kept at hand from one batch to the next.
const AT_HAND: usize = 20_000;

/// Commands of one government, one after the other, where the next hangs on the answer to the last. They go through the
/// same door as any; nobody may be told of them before [`Bulk::finish`] has returned.
pub struct Bulk<'a> {
    platform: &'a Platform,
    government: GovernmentCode,
    size: usize,
    /// Always there, but while one batch gives way to the next.
    batch: Option<Batch<'a>>,
    held: usize,
    /// How many times this program had rebuilt something: that moves no head.
    rebuilds: u64,
    on_its_way: Option<Box<dyn Landing>>,
}

impl Platform {
    /// Begins a load in batches of `size`.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn bulk(&self, government: &GovernmentCode, size: usize) -> Result<Bulk<'_>, Fault> {
        Ok(Bulk {
            platform: self,
            government: government.clone(),
            size: size.max(1),
            batch: Some(self.batch(government)?),
            held: 0,
            rebuilds: self.rebuilds.load(Ordering::SeqCst),
            on_its_way: None,
        })
    }
}

impl Bulk<'_> {
    /// Does one command.
    ///
    /// # Errors
    /// Where the store fails: then the load must be dropped, and what had not landed is lost.
    pub fn act(&mut self, request: &Request) -> Result<Answer, Fault> {
        if self.held >= self.size {
            self.turn()?;
        }
        self.held += 1;
        match &mut self.batch {
            Some(batch) => batch.act(request),
            None => Err(lost()),
        }
    }

    /// Whether the next command begins a batch: a place to stop at.
    pub fn at_the_turn(&self) -> bool {
        self.held >= self.size
    }

    /// Commits the batch, and begins the next while that comes to the disk; two at most are on their way.
    fn turn(&mut self) -> Result<(), Fault> {
        let batch = self.batch.take().ok_or_else(lost)?;
        let posted = batch.posted;
        let (landing, kept) = batch.commit_early(AT_HAND)?;
        if posted {
            self.platform.posted.ring();
        }
        if let Some(before) = self.on_its_way.replace(landing) {
            before.landed()?;
        }
        let mut next = self.platform.batch_with(&self.government, kept)?;
        // Whoever rebuilds counts it before it commits, and a batch begins only after that commit.
        let rebuilds = self.platform.rebuilds.load(Ordering::SeqCst);
        if std::mem::replace(&mut self.rebuilds, rebuilds) != rebuilds {
            next.forget();
        }
        self.batch = Some(next);
        self.held = 0;
        Ok(())
    }

    /// Returns once everything is durable.
    ///
    /// # Errors
    /// Where the store fails: then what had not landed is lost.
    pub fn finish(mut self) -> Result<(), Fault> {
        let batch = self.batch.take().ok_or_else(lost)?;
        let (landing, _) = batch.commit_early(0)?;
        if let Some(before) = self.on_its_way.take() {
            before.landed()?;
        }
        landing.landed()
    }
}

fn lost() -> Fault {
    Fault {
        kind: ledger::FaultKind::Unavailable,
        message: "this load has failed before and takes nothing more".to_owned(),
    }
}
