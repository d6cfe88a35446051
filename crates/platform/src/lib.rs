//! The use cases: who is asking, load, look up, ask the kernel, append, publish, count. The only place where kernel
//! and store meet; blocking, so that nothing of it depends on a web server.

mod accounts;
mod attachments;
mod bulk;
mod campaign;
mod casefile;
mod commit;
mod comparing;
mod definitions;
mod deliver;
mod derived;
mod directory;
mod drafts;
mod excerpt;
mod exchange;
mod files;
mod glimpse;
mod health;
mod history;
mod inquiry;
mod kept;
mod lookups;
mod matching;
mod messages;
mod morning;
mod notices;
mod office;
mod panel;
mod papers;
mod publish;
mod published;
mod questions;
mod rebuild;
mod remarks;
mod repeat;
mod reported;
mod reports;
mod request;
mod rights;
mod rows;
mod search;
mod sessions;
mod signing;
mod tabled;
mod telling;
mod tokens;
mod translate;
mod trial;
mod unfold;
mod verify;
mod views;
mod waiting;
mod watch;
mod writer;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use catalog::Catalog;
use ledger::{Fault, Store};
use terms::{DateTime, GovernmentCode};

pub use accounts::{Person, hash_password};
pub use attachments::Attaching;
pub use bulk::Bulk;
pub use campaign::{Decided, Decision, MOST_VERDICTS};
pub use casefile::{CaseDocument, CaseEvent, CaseFile, Says};
pub use commit::Batch;
pub use comparing::{Compared, Comparison, Matched, text_of};
pub use definitions::Definitions;
pub use deliver::{Deliver, Delivered, Outgoing, WayOut};
pub use directory::Directory;
pub use drafts::Draft;
pub use excerpt::{Marked, plain};
pub use exchange::{steward, told};
pub use files::{FileKind, FileProblem};
pub use glimpse::Glimpse;
pub use health::{Pulse, Unready};
pub use inquiry::{Inquiry, Progress};
pub use kept::{Kept, KeptFigure, Redefined};
pub use matching::SURE;
pub use messages::organ;
pub use morning::{Change, Found, Morning};
pub use notices::{MOST_UNREAD, Notice, NoticeKind, SOON};
pub use office::{ALWAYS, AccountFile, LONGEST, Left, OfficeError, SHORTEST, check_password};
pub use panel::{Beacon, LineStanding, Panel, PlaceStanding, Standing};
pub use papers::{Issued, Made};
pub use publish::Shown;
pub use published::PublishedSheet;
pub use questions::{Held, Question, Stated};
pub use reader::Figure as PublishedFigure;
pub use rebuild::Rebuilt;
pub use remarks::{LONGEST_REMARK, Remarked, mentioned};
pub use reported::Reported;
pub use reports::{Asker, Below, Beside, Differs, Received, RecordReport, ReportTold, Signed, Version};
pub use request::{Answer, ClockGrant, Receipt, Request, RequestAsk};
pub use rights::Seen;
pub use search::{
    Among, Document, Excerpt, FoundPublic, FoundRecord, Hit, Hits, Knowing, Known, Results, Search, Sought, Wanted,
};
pub use sessions::{Session, SessionTimes, SignIn, Visit};
pub use signing::{Outlook, Restated};
pub use tabled::{Abreast, AbreastRow, Column, Origin, ReportFigure};
pub use telling::{AsOf, Behind, FigureValue, TellError, Whose};
pub use tokens::{Bearer, TOKEN_DAYS, TOKENS, TokenMade};
pub use translate::{Translated, body_of, kind_name};
pub use unfold::{Around, Cell, Sheet, Unfolded, for_the_public};
pub use verify::{Mismatch, Verified};
pub use views::{ClockView, Entry, Filter, InboxItem, Light, Openable, Page, Published, RecordView};
pub use waiting::Waiting;
pub use watch::{Counts, Outcome, Spread, Spreading, Watch};

/// The time, as the platform sees it. The program's own reads the system clock; tests and cases bring theirs.
pub trait Clock: Send + Sync {
    /// The civil time (+08:00) and the same instant in microseconds UTC.
    fn now(&self) -> (DateTime, i64);
}

/// The platform over one store and one catalogue.
pub struct Platform {
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    definitions: Arc<Definitions>,
    nonces: Arc<Mutex<commit::Nonces>>,
    writers: Mutex<writer::Writers>,
    /// How many times something was rebuilt, which the writers have to know of.
    rebuilds: Arc<AtomicU64>,
    watch: Watch,
    /// Rings when something was sent that is to be handed over.
    posted: Arc<messages::Posted>,
    session_times: SessionTimes,
    search: Option<Arc<dyn Search>>,
}

impl Platform {
    /// A platform. `seed` starts the generator of nonces; it comes from the operating system, in tests from the test.
    pub fn new(store: Arc<dyn Store>, catalog: Arc<Catalog>, clock: Arc<dyn Clock>, seed: [u8; 32]) -> Platform {
        Platform {
            store,
            catalog,
            clock,
            definitions: Arc::new(Definitions::default()),
            nonces: Arc::new(Mutex::new(commit::Nonces::new(seed))),
            writers: Mutex::default(),
            rebuilds: Arc::default(),
            watch: Watch::default(),
            posted: Arc::default(),
            session_times: SessionTimes::default(),
            search: None,
        }
    }

    /// With sessions that live so long.
    pub fn with_session_times(mut self, times: SessionTimes) -> Platform {
        self.session_times = times;
        self
    }

    /// How long sessions live.
    pub fn session_times(&self) -> SessionTimes {
        self.session_times
    }

    /// What is counted while it works.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The civil time.
    pub fn now(&self) -> DateTime {
        self.clock.now().0
    }

    /// The same instant in microseconds UTC.
    pub fn instant(&self) -> i64 {
        self.clock.now().1
    }

    /// Commands to become durable together, one after the other, where the next hangs on the answer to the last.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn batch<'a>(&'a self, government: &GovernmentCode) -> Result<Batch<'a>, Fault> {
        self.batch_with(government, commit::Kept::default())
    }

    /// The same, with what the batch before it kept at hand.
    fn batch_with<'a>(&'a self, government: &GovernmentCode, kept: commit::Kept) -> Result<Batch<'a>, Fault> {
        Batch::begin(
            self.store.as_ref(),
            &self.catalog,
            &self.definitions,
            &self.nonces,
            self.clock.as_ref(),
            government,
            kept,
        )
    }

    /// Does many commands in as few durable transactions as `size` allows, through the same door as everybody.
    ///
    /// # Errors
    /// Where the store fails; nothing of the current batch stands then.
    pub fn submit_all(
        &self,
        government: &GovernmentCode,
        requests: Vec<Request>,
        size: usize,
    ) -> Result<Vec<Answer>, Fault> {
        let mut answers = Vec::with_capacity(requests.len());
        for part in requests.chunks(size.max(1)) {
            let mut batch = self.batch(government)?;
            batch.expect(part.iter())?;
            for request in part {
                answers.push(batch.act(request)?);
            }
            batch.commit()?;
        }
        Ok(answers)
    }

    /// Does one command and answers once it is on disk; commands that wait together share one commit.
    ///
    /// # Errors
    /// Where the store fails: nothing was done.
    pub fn submit(&self, request: Request) -> Result<Answer, Fault> {
        writer::submit(self, request)
    }

    /// Puts through every limit of a government that has passed: what the scheduler does every morning. Gives the
    /// number of records concerned.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn put_through(&self, government: &GovernmentCode, grant: Option<ClockGrant>) -> Result<usize, Fault> {
        const STRETCH: u32 = 500;
        let now = grant.map_or_else(|| self.now(), ClockGrant::time);
        let mut concerned = 0;
        loop {
            let rows = self.store.read()?.due(government, now.date(), STRETCH)?;
            let mut records: Vec<terms::RecordId> = rows.iter().map(|row| row.record).collect();
            records.sort_unstable();
            records.dedup();
            let mut batch = self.batch(government)?;
            let mut moved = 0;
            for record in records {
                let answer = batch.put_through(record, now, terms::CommandId([0; 16]))?;
                moved += usize::from(answer.is_some());
            }
            batch.commit()?;
            concerned += moved;
            // What is left is due on a provisional date, on which nothing passes. A program that is being stopped leaves
            // the rest to the next.
            if moved == 0 || self.stopping() {
                return Ok(concerned);
            }
        }
    }
}
