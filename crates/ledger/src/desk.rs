//! What stands on the desks of those who work here: what waits for whom, drafts, remarks beside records, notices. None
//! of it is part of the log. What waits is derived from the records; the rest is kept as it was written, and can be
//! erased.

use terms::{Code, CommandId, Date, GovernmentCode, RecordId};

use crate::Fault;

/// Why a record waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitingKind {
    /// A proposal waits for the signature of a post; `what` is its act, `who` a post that may sign.
    Sign,
    /// An account acts for the handler, until `day`; `who` is the account.
    StandIn,
    /// A limit that binds the agency passed on `day`, and nothing has met it since; `what` is the limit, `who` the
    /// handler.
    Late,
}

impl WaitingKind {
    /// All of them.
    pub const ALL: [WaitingKind; 3] = [WaitingKind::Sign, WaitingKind::StandIn, WaitingKind::Late];

    /// Its name in tables; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            WaitingKind::Sign => "sign",
            WaitingKind::StandIn => "stand-in",
            WaitingKind::Late => "late",
        }
    }

    /// The kind of a name.
    pub fn of(name: &str) -> Option<WaitingKind> {
        WaitingKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A record that waits for somebody. Derived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// Record.
    pub record: RecordId,
    /// Why.
    pub kind: WaitingKind,
    /// The act or the limit.
    pub what: Code,
    /// The post or the account; empty: nobody in particular.
    pub who: Code,
    /// The agency that keeps the record.
    pub agency: Code,
    /// The day that counts: of a proposal, when it came before this signature; see [`WaitingKind`].
    pub day: Date,
}

/// Which records that wait are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingQuery {
    /// Why they wait.
    pub kind: WaitingKind,
    /// For whom; `None`: for anybody.
    pub who: Option<Code>,
    /// Of one agency; `None`: of any.
    pub agency: Option<Code>,
    /// Where the page before ended.
    pub after: Option<(Date, RecordId)>,
    /// How many.
    pub limit: u32,
}

/// A form that was put aside half filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Whose it is: nobody else is given it.
    pub account: Code,
    /// The command that the form will send: once that is answered, the draft has done its duty.
    pub id: CommandId,
    /// The record; `None`: it would open one.
    pub record: Option<RecordId>,
    /// Line.
    pub line: Code,
    /// Act; empty: the return of a proposal.
    pub act: Code,
    /// What was typed, as the platform encodes it.
    pub typed: Vec<u8>,
    /// When it was put aside: microseconds, UTC.
    pub at: i64,
}

/// A remark beside a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemarkRow {
    /// Its number in the government, from 1.
    pub n: u64,
    /// The command that wrote it: the same again writes nothing.
    pub id: CommandId,
    /// Record.
    pub record: RecordId,
    /// Whose it is.
    pub account: Code,
    /// When: microseconds, UTC.
    pub at: i64,
    /// What it says; empty once it was withdrawn.
    pub text: String,
    /// When it was withdrawn.
    pub withdrawn: Option<i64>,
}

/// Something that a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its number in the government, from 1, gapless.
    pub n: u64,
    /// Whom it tells.
    pub account: Code,
    /// What it comes of: the same thing tells the same person once.
    pub source: Code,
    /// What kind it is.
    pub kind: Code,
    /// Record.
    pub record: RecordId,
    /// Line of the record.
    pub line: Code,
    /// The act or the limit that it is about; empty: none.
    pub what: Code,
    /// Whose doing it is; empty: nobody's.
    pub by: Code,
    /// The day on which something is due.
    pub due: Option<Date>,
    /// When it was made: microseconds, UTC.
    pub at: i64,
    /// When it was read.
    pub read: Option<i64>,
}

/// Something unlawful or late that an event brought up, as far as the log was read for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// Position of the event.
    pub position: u64,
    /// The rule or the limit.
    pub code: Code,
    /// Record.
    pub record: RecordId,
    /// Agency of the record.
    pub agency: Code,
    /// The day on which it was recorded.
    pub day: Date,
}

/// Reading what stands on desks.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait ReadDesk {
    /// Why a record waits, in order of kind, what and who.
    fn waiting_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<WaitingRow>, Fault>;
    /// The records that wait, by day and id. A record that several things make wait is there for each.
    fn waiting(&mut self, government: &GovernmentCode, query: &WaitingQuery) -> Result<Vec<WaitingRow>, Fault>;
    /// How many records of each agency wait, each counted once; `agency` narrows it.
    fn waiting_by_agency(
        &mut self,
        government: &GovernmentCode,
        kind: WaitingKind,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault>;
    /// How many open records of each agency have their earliest due day from one day to another.
    fn due_by_agency(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault>;
    /// Limits that bind the agency and end from one day to another, by day, record and limit, after one of them.
    fn due_between(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        after: Option<(Date, RecordId, Code)>,
        limit: u32,
    ) -> Result<Vec<crate::DueRow>, Fault>;
    /// The drafts of an account, newest first.
    fn drafts(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<DraftRow>, Fault>;
    /// A draft of an account.
    fn draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<Option<DraftRow>, Fault>;
    /// Every draft, in order of account and id.
    fn every_draft(&mut self, government: &GovernmentCode) -> Result<Vec<DraftRow>, Fault>;
    /// The remarks beside a record, in their order.
    fn remarks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<RemarkRow>, Fault>;
    /// The remarks after a number, in their order.
    fn remarks_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<RemarkRow>, Fault>;
    /// What an account is told, newest first, before a number.
    fn notices(
        &mut self,
        government: &GovernmentCode,
        account: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<NoticeRow>, Fault>;
    /// How much of it is unread, counted up to `most`.
    fn unread(&mut self, government: &GovernmentCode, account: &str, most: u32) -> Result<u32, Fault>;
    /// The notices after a number, whomever they tell, in their order.
    fn notices_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<NoticeRow>, Fault>;
    /// What was found from a day on, newest first.
    fn found(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        agency: Option<&str>,
        limit: u32,
    ) -> Result<Vec<FoundRow>, Fault>;
    /// How far somebody has come with something; 0 where nothing was noted.
    fn reached(&mut self, government: &GovernmentCode, what: &str) -> Result<u64, Fault>;
    /// All that was noted, in order.
    fn all_reached(&mut self, government: &GovernmentCode) -> Result<Vec<(Code, u64)>, Fault>;
}

/// Writing it.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be written
pub trait WriteDesk {
    /// Replaces what a record waits for.
    fn put_waiting(&mut self, government: &GovernmentCode, record: RecordId, rows: &[WaitingRow]) -> Result<(), Fault>;
    /// Puts a draft aside, in the place of that of its id.
    fn put_draft(&mut self, government: &GovernmentCode, row: &DraftRow) -> Result<(), Fault>;
    /// Ends a draft; gives whether there was one.
    fn end_draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<bool, Fault>;
    /// Ends the drafts that were put aside before a moment; gives how many.
    fn sweep_drafts(&mut self, government: &GovernmentCode, before: i64) -> Result<u64, Fault>;
    /// Ends every draft that concerns a record, whoever's it is: for the erasure of personal content.
    fn erase_drafts(&mut self, government: &GovernmentCode, record: RecordId) -> Result<u64, Fault>;
    /// Writes a remark; its number is given here. The same id again changes nothing.
    fn put_remark(&mut self, government: &GovernmentCode, row: &RemarkRow) -> Result<(), Fault>;
    /// Withdraws a remark of an account: its text goes, and the rest stays. Gives whether it stood.
    fn withdraw_remark(&mut self, government: &GovernmentCode, account: &str, n: u64, at: i64) -> Result<bool, Fault>;
    /// Takes the text out of every remark beside a record: for the erasure of personal content.
    fn erase_remarks(&mut self, government: &GovernmentCode, record: RecordId, at: i64) -> Result<u64, Fault>;
    /// Adds notices, each numbered here; what a source told somebody before is not told again. Gives how many are new.
    fn add_notices(&mut self, government: &GovernmentCode, rows: &[NoticeRow]) -> Result<u64, Fault>;
    /// Notes that an account has read its notices up to a number; or one alone.
    fn read_notices(
        &mut self,
        government: &GovernmentCode,
        account: &str,
        n: u64,
        alone: bool,
        at: i64,
    ) -> Result<(), Fault>;
    /// Notices of a kind about a record are of no concern any more, but those of one source: they count as read.
    fn settle_notices(
        &mut self,
        government: &GovernmentCode,
        record: RecordId,
        kind: &str,
        but: &str,
        at: i64,
    ) -> Result<(), Fault>;
    /// Adds what was found; the same again changes nothing.
    fn add_found(&mut self, government: &GovernmentCode, rows: &[FoundRow]) -> Result<(), Fault>;
    /// Forgets what was found before a day.
    fn sweep_found(&mut self, government: &GovernmentCode, before: Date) -> Result<(), Fault>;
    /// Notes how far somebody has come with something.
    fn reach(&mut self, government: &GovernmentCode, what: &str, position: u64) -> Result<(), Fault>;
}
