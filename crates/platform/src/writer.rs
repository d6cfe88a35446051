//! One writer per government: it gathers the commands that wait into one durable transaction and answers each only
//! once it is on disk.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use catalog::Catalog;
use ledger::{Fault, FaultKind, Landing, Store};
use terms::GovernmentCode;

use crate::commit::{Kept, Nonces};
use crate::messages::Posted;
use crate::watch::{Counts, Outcome};
use crate::{Answer, Batch, Clock, Definitions, Platform, Request};

/// The most commands that share one commit.
const BATCH: usize = 256;

type Reply = Result<Answer, Fault>;

enum Waiting {
    Command(Box<Request>, SyncSender<Reply>),
    Look(ledger::LookRow),
}

/// The way to a government's writer.
pub(crate) struct Writer {
    waiting: Sender<Waiting>,
    thread: JoinHandle<()>,
}

/// The writers that were started, and whether no more are.
#[derive(Default)]
pub(crate) struct Writers {
    started: HashMap<GovernmentCode, Writer>,
    closed: bool,
}

struct Desk {
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    definitions: Arc<Definitions>,
    nonces: Arc<Mutex<Nonces>>,
    clock: Arc<dyn Clock>,
    government: GovernmentCode,
    counts: Arc<Counts>,
    rebuilds: Arc<AtomicU64>,
    posted: Arc<Posted>,
}

fn gone() -> Fault {
    Fault {
        kind: FaultKind::Unavailable,
        message: "the writer of this government has stopped; restart the program".into(),
    }
}

fn closed() -> Fault {
    Fault { kind: FaultKind::Unavailable, message: "the program is being stopped; send it again in a minute".into() }
}

impl Platform {
    fn waiting(&self, government: &GovernmentCode) -> Result<Sender<Waiting>, Fault> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.closed {
            return Err(closed());
        }
        if let Some(writer) = writers.started.get(government) {
            return Ok(writer.waiting.clone());
        }
        let (sender, receiver) = channel();
        let desk = Desk {
            store: self.store.clone(),
            catalog: self.catalog.clone(),
            definitions: self.definitions.clone(),
            nonces: self.nonces.clone(),
            clock: self.clock.clone(),
            government: government.clone(),
            counts: self.watch.of(government),
            rebuilds: self.rebuilds.clone(),
            posted: self.posted.clone(),
        };
        let name = format!("writer {government}");
        let started = std::thread::Builder::new().name(name).spawn(move || desk.run(&receiver));
        let thread = started.map_err(|why| Fault {
            kind: FaultKind::Unavailable,
            message: format!("no writer could be started: {why}"),
        })?;
        writers.started.insert(government.clone(), Writer { waiting: sender.clone(), thread });
        Ok(sender)
    }

    /// Whether a government's writer works; one that was not needed so far is started.
    pub(crate) fn writes(&self, government: &GovernmentCode) -> bool {
        if self.waiting(government).is_err() {
            return false;
        }
        let writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        writers.started.get(government).is_some_and(|writer| !writer.thread.is_finished())
    }

    /// Whether [`Platform::close`] was called.
    pub(crate) fn stopping(&self) -> bool {
        self.closed()
    }

    /// Whether no more commands are taken.
    pub fn closed(&self) -> bool {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner).closed
    }

    /// Takes no more commands, and returns once every command that waits is answered.
    pub fn close(&self) {
        let started = {
            let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
            writers.closed = true;
            std::mem::take(&mut writers.started)
        };
        self.posted.ring();
        for (_, Writer { waiting, thread }) in started {
            drop(waiting);
            // One that panicked has said so, and has answered nobody.
            let _ = thread.join();
        }
    }

    /// Notes that somebody looked at personal data, unless they did so today already; it becomes durable with the next
    /// commit.
    ///
    /// # Errors
    /// Where the store cannot be read or the writer cannot be started.
    pub fn note_look(
        &self,
        person: &crate::Person,
        government: &GovernmentCode,
        record: terms::RecordId,
    ) -> Result<(), Fault> {
        let (now, at) = self.clock.now();
        let since = terms::micros_of(terms::DateTime::from_parts(now.date(), terms::Time::midnight()));
        let account = crate::rights::looker(person, government);
        let looks = self.store.read()?.looks(government, record)?;
        if looks.iter().any(|look| look.account == account && look.at >= since) {
            return Ok(());
        }
        let look = Waiting::Look(ledger::LookRow { record, account, at, reason: String::new() });
        self.waiting(government)?.send(look).map_err(|_| gone())
    }
}

/// Puts a command into the queue and waits for its answer.
pub(crate) fn submit(platform: &Platform, request: Request) -> Reply {
    let sender = platform.waiting(&request.who.government)?;
    let _waits = platform.watch.of(&request.who.government).comes();
    let (reply, answer) = sync_channel(1);
    sender.send(Waiting::Command(Box::new(request), reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

/// A batch that is committed, and what its commands are told once it is on disk.
struct Committed {
    answers: Vec<(SyncSender<Reply>, Answer)>,
    landing: Box<dyn Landing>,
    commands: usize,
    begun: Instant,
}

impl Desk {
    /// Until every sender is gone. A second thread waits for the disk and answers, while this one has the next batch:
    /// two at most are on their way, so that a slow disk makes batches larger and not the queue before it.
    fn run(&self, waiting: &Receiver<Waiting>) {
        let (done, landing) = sync_channel::<Committed>(1);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while let Ok(one) = landing.recv() {
                    self.land(one);
                }
            });
            let mut kept = Kept::default();
            while let Ok(first) = waiting.recv() {
                let mut all = vec![first];
                while all.len() < BATCH
                    && let Ok(next) = waiting.try_recv()
                {
                    all.push(next);
                }
                if let Some(committed) = self.serve(all, &mut kept)
                    && done.send(committed).is_err()
                {
                    return;
                }
            }
            drop(done);
        });
    }

    fn serve(&self, all: Vec<Waiting>, kept: &mut Kept) -> Option<Committed> {
        let (answers, begun, landing) = match self.work(&all, kept) {
            Ok(done) => done,
            Err(fault) => {
                let replies = all.into_iter().filter_map(Waiting::reply);
                self.failed(&fault, replies.collect());
                return None;
            }
        };
        let replies = all.into_iter().zip(answers).filter_map(|(one, answer)| Some((one.reply()?, answer?)));
        let answers: Vec<_> = replies.collect();
        Some(Committed { commands: answers.len(), answers, landing, begun })
    }

    fn land(&self, one: Committed) {
        if let Err(fault) = one.landing.landed() {
            return self.failed(&fault, one.answers.into_iter().map(|(reply, _)| reply).collect());
        }
        let took = one.begun.elapsed();
        self.counts.committed(one.commands, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(government = self.government.as_str(), commands = one.commands, micros, "committed");
        for (reply, answer) in one.answers {
            self.counts.count(Outcome::of(&answer));
            // Whoever asked may have gone; the act stands all the same.
            let _ = reply.send(Ok(answer));
        }
    }

    fn failed(&self, fault: &Fault, replies: Vec<SyncSender<Reply>>) {
        self.counts.failed(replies.len());
        tracing::error!(
            government = self.government.as_str(),
            kind = fault.kind.name(),
            told = fault.for_log(),
            place = "commit",
            "fault"
        );
        for reply in replies {
            let _ = reply.send(Err(Fault { kind: fault.kind, message: fault.message.clone() }));
        }
    }

    /// Does a batch up to its commit.
    #[allow(clippy::type_complexity)] // answers, when the commit began, and its landing
    fn work(
        &self,
        all: &[Waiting],
        kept: &mut Kept,
    ) -> Result<(Vec<Option<Answer>>, Instant, Box<dyn Landing>), Fault> {
        let known = kept.rebuilds;
        let mut batch = Batch::begin(
            self.store.as_ref(),
            &self.catalog,
            &self.definitions,
            &self.nonces,
            self.clock.as_ref(),
            &self.government,
            std::mem::take(kept),
        )?;
        // Whoever rebuilds counts it before it commits, and a batch begins only after that commit.
        let rebuilds = self.rebuilds.load(Ordering::SeqCst);
        if known != rebuilds {
            batch.forget();
        }
        batch.expect(all.iter().filter_map(Waiting::command))?;
        let mut answers = Vec::with_capacity(all.len());
        for one in all {
            answers.push(match one {
                Waiting::Command(request, _) => Some(batch.act(request)?),
                Waiting::Look(look) => {
                    batch.transaction().note_look(&self.government, look)?;
                    None
                }
            });
        }
        let begun = Instant::now();
        let landing;
        let posted = batch.posted;
        (landing, *kept) = batch.commit_early(Kept::MOST)?;
        if posted {
            self.posted.ring();
        }
        kept.rebuilds = rebuilds;
        Ok((answers, begun, landing))
    }
}

impl Waiting {
    /// The command, unless it is a look.
    fn command(&self) -> Option<&Request> {
        match self {
            Waiting::Command(request, _) => Some(request),
            Waiting::Look(_) => None,
        }
    }

    /// Where its answer goes; a look gets none.
    fn reply(self) -> Option<SyncSender<Reply>> {
        match self {
            Waiting::Command(_, reply) => Some(reply),
            Waiting::Look(_) => None,
        }
    }
}
