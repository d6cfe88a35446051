//! The store's trait: what a database must do for a ledger. Blocking; one writer per government beside a pool of
//! readers. Every key begins with the government, and every transaction touches one government, so that the same
//! trait can be kept by SQLite, by PostgreSQL and by a distributed PostgreSQL.

use std::fmt;

use terms::{Code, CommandId, Date, Digest, GovernmentCode, PlaceCode, RecordId};

use crate::{
    Attachments, Erasures, HoldAttachments, Narrowing, OfficeRead, OfficeWrite, ReadAttachments, ReadDesk,
    ReadExchanges, ReadMessages, Sight, Staging, Tokens, WriteDesk, WriteExchanges, WriteMessages,
};

/// The disk, the network or the database failed; nothing of the transaction stands.
#[derive(Debug)]
pub struct Fault {
    /// What kind of failure, for the caller to act on.
    pub kind: FaultKind,
    /// What happened and what to do, for the operator.
    pub message: String,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Another program has the store open for writing.
    InUse,
    /// The store was written by a newer version of the program.
    Newer,
    /// What is stored cannot be read as it was written.
    Damaged,
    /// A value declared unique exists already: (line, field, value).
    Unique,
    /// Anything else: disk full, connection lost ...
    Unavailable,
}

impl FaultKind {
    /// Its name in logs and figures; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::InUse => "in-use",
            FaultKind::Newer => "newer",
            FaultKind::Damaged => "damaged",
            FaultKind::Unique => "unique",
            FaultKind::Unavailable => "unavailable",
        }
    }
}

impl Fault {
    /// What of the message may go into a log: all, or nothing where it may quote what somebody wrote.
    pub fn for_log(&self) -> &str {
        match self.kind {
            FaultKind::InUse | FaultKind::Newer | FaultKind::Unavailable => &self.message,
            FaultKind::Damaged | FaultKind::Unique => "",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Fault {}

/// A store of one or many governments.
pub trait Store: Attachments + Staging + Tokens + Send + Sync {
    /// Begins the one writing transaction of a government; waits while another thread writes.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    fn begin<'a>(&'a self, government: &GovernmentCode) -> Result<Box<dyn Transaction + 'a>, Fault>;
    /// A reader with a consistent view, from the pool.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    fn read<'a>(&'a self) -> Result<Box<dyn Read + 'a>, Fault>;
    /// Takes or keeps a duty of a government for `holder` until a moment (microseconds, UTC): gives false while another
    /// holder has it. So of several programs on one store, one alone does the work of a scheduler. What the duty does
    /// must bear being done twice all the same: the commit's own lock is the proof, this only spares the work.
    ///
    /// # Errors
    /// Where the store cannot be reached, or was opened for reading only.
    fn lease(&self, government: &GovernmentCode, duty: &str, holder: &str, now: i64, until: i64)
    -> Result<bool, Fault>;
    /// Statements sent and pages written since the store was opened, for the benchmarks.
    fn effort(&self) -> Effort;
    /// The database and its version, as the operator knows it: `SQLite 3.50.4`.
    fn engine(&self) -> String;

    // Who is signed in. None of this is part of the ledger, and each call stands by itself. What is said to be light may
    // be lost with the power: then somebody signs in again.

    /// Keeps a session that begins. Light.
    ///
    /// # Errors
    /// Where the store cannot be written, or the token exists.
    fn session_begin(&self, session: &SessionRow) -> Result<(), Fault>;
    /// The session of a token.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn session(&self, government: &GovernmentCode, token: Digest) -> Result<Option<SessionRow>, Fault>;
    /// Notes that a session was used; an earlier moment changes nothing, nor does a session that is gone. Light.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn session_seen(&self, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault>;
    /// Keeps what the session's next page says; empty: nothing. Light.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn session_tell(&self, government: &GovernmentCode, token: Digest, told: &str) -> Result<(), Fault>;
    /// Ends a session.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn session_end(&self, government: &GovernmentCode, token: Digest) -> Result<(), Fault>;
    /// How many sessions began and were used since these moments.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn sessions(&self, government: &GovernmentCode, begun: i64, seen: i64) -> Result<u64, Fault>;
    /// The failed attempts to sign in under a name, by its digest.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn attempts(&self, government: &GovernmentCode, name: Digest) -> Result<Attempts, Fault>;
    /// Keeps failed attempts, where as many stand as `before`; gives false where another attempt was quicker. Light.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn attempts_put(
        &self,
        government: &GovernmentCode,
        name: Digest,
        before: u32,
        now: Attempts,
    ) -> Result<bool, Fault>;
    /// Forgets the failed attempts under a name.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn attempts_end(&self, government: &GovernmentCode, name: Digest) -> Result<(), Fault>;
    /// Clears away the sessions that began before `begun` or were last used before `seen`, and the attempts of which the
    /// last was before `tried`; gives how many sessions.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn sessions_sweep(&self, government: &GovernmentCode, begun: i64, seen: i64, tried: i64) -> Result<u64, Fault>;
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Government.
    pub government: GovernmentCode,
    /// SM3 of the token that the browser keeps.
    pub token: Digest,
    /// Account.
    pub account: Code,
    /// What a form of the session carries.
    pub secret: String,
    /// When it began: microseconds, UTC.
    pub begun: i64,
    /// When it was last used, to the minute or so.
    pub seen: i64,
    /// What the next page says; empty: nothing.
    pub told: String,
}

/// Failed attempts to sign in under a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many in a row.
    pub failed: u32,
    /// When the last was: microseconds, UTC.
    pub last: i64,
}

/// What the store has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// SQL statements executed.
    pub statements: u64,
    /// Database pages written.
    pub pages: u64,
}

/// The head of a government's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Position of the last event; 0 for an empty log.
    pub position: u64,
    /// Hash over the whole log up to it.
    pub hash: Digest,
}

/// A record as lists need it, with its folded state.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRow {
    /// Government.
    pub government: GovernmentCode,
    /// Id: the log position of its first event.
    pub id: RecordId,
    /// Line.
    pub line: Code,
    /// Digest of the resolved definition under which it stands.
    pub definition: Digest,
    /// Agency that keeps it.
    pub agency: Code,
    /// Account that handles it.
    pub handler: Option<Code>,
    /// Where it belongs.
    pub place: PlaceCode,
    /// Code of its stage.
    pub stage: Code,
    /// Whether that stage is closed.
    pub closed: bool,
    /// What a list shows of it: its number or its subject, never personal.
    pub label: String,
    /// Day it was opened.
    pub opened: Date,
    /// Day of its last event.
    pub touched: Date,
    /// Earliest due day of a limit that binds the agency and still runs.
    pub due: Option<Date>,
    /// Number of events.
    pub seq: u32,
    /// Hash of its last event.
    pub hash: Digest,
    /// Its state, as the platform encodes it. Derived.
    pub state: Vec<u8>,
    /// What its line lets be seen of it. Derived.
    pub narrowing: Narrowing,
}

/// An event with its contents, ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Government.
    pub government: GovernmentCode,
    /// Record.
    pub record: RecordId,
    /// Number within the record, from 1.
    pub seq: u32,
    /// Position in the government's log, from 1, gapless.
    pub position: u64,
    /// The envelope's bytes, over which the hash is taken.
    pub envelope: Vec<u8>,
    /// SM3 of the envelope's bytes.
    pub hash: Digest,
    /// Hash of the log up to and including this event.
    pub head: Digest,
    /// The parts of its content.
    pub contents: Vec<ContentRow>,
}

/// One part of an event's content; part 0 is not personal, each further part is one subject's.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentRow {
    /// Part.
    pub part: u16,
    /// Nonce; `None` once erased.
    pub nonce: Option<[u8; 16]>,
    /// Bytes; `None` once erased.
    pub bytes: Option<Vec<u8>>,
}

/// A limit that will pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// Government.
    pub government: GovernmentCode,
    /// Record.
    pub record: RecordId,
    /// Code of the limit.
    pub limit: Code,
    /// Last day (a limit in hours: the day of its last moment).
    pub due: Date,
    /// Whether it binds the agency.
    pub agency: bool,
}

/// A value by which records of a line are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Line.
    pub line: Code,
    /// Field.
    pub field: Code,
    /// Value.
    pub value: Code,
    /// Only one record of the line may hold it.
    pub unique: bool,
}

/// What one event adds to a figure on a day. Append-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeltaRow {
    /// Government.
    pub government: GovernmentCode,
    /// Figure.
    pub figure: Code,
    /// Day on which it counts.
    pub day: Date,
    /// Position of the event.
    pub position: u64,
    /// Record counted.
    pub record: RecordId,
    /// Its agency.
    pub agency: Code,
    /// Its place.
    pub place: PlaceCode,
    /// The choice by which the figure is broken down; empty where it is not.
    pub part: Code,
    /// Added: records, units of the field, or fen.
    pub amount: i64,
}

/// Which deltas to add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeltaQuery {
    /// Governments; empty: all (a read that fans out).
    pub governments: Vec<GovernmentCode>,
    /// Figure.
    pub figure: Code,
    /// First day; `None`: from the beginning (a stock).
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// As of these log positions, the same whenever it is asked again: deltas are only added, each with its event's
    /// position. A government that is not named counts nothing. Empty: as everything stands now.
    pub as_of: Vec<(GovernmentCode, u64)>,
    /// Ranges of place codes, inclusive; empty: anywhere.
    pub places: Vec<(PlaceCode, PlaceCode)>,
    /// Agencies; empty: any.
    pub agencies: Vec<Code>,
    /// Part.
    pub part: Option<Code>,
}

/// Sums of deltas, grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeltaSum {
    /// The group's key: an agency, a part, a month (`2020-07`), a place, or empty.
    pub key: String,
    /// The sum.
    pub amount: i64,
}

/// How sums are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// One sum.
    Nothing,
    /// By part.
    Part,
    /// By agency.
    Agency,
    /// By month.
    Month,
    /// By place, as records name it.
    Place,
}

/// Which records to list. All conditions hold together; rights are conditions too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordQuery {
    /// Government.
    pub government: Option<GovernmentCode>,
    /// Who asks, as far as they see; of another government than theirs it is nothing. `None`: the program itself.
    pub sight: Option<Sight>,
    /// Lines; empty: any.
    pub lines: Vec<Code>,
    /// Agencies; empty: any.
    pub agencies: Vec<Code>,
    /// Handler.
    pub handler: Option<Code>,
    /// Stage.
    pub stage: Option<Code>,
    /// Open or closed.
    pub closed: Option<bool>,
    /// Opened on or after.
    pub opened_from: Option<Date>,
    /// Opened on or before.
    pub opened_to: Option<Date>,
    /// Ranges of place codes, inclusive; empty: anywhere.
    pub places: Vec<(PlaceCode, PlaceCode)>,
    /// Part of the label.
    pub text: Option<String>,
    /// Order.
    pub order: Order,
    /// Where the page before ended: the sort day (`None` for records without one) and id.
    pub after: Option<(Option<Date>, RecordId)>,
    /// How many. A list over several governments is longer by those that share day and id with its last, so that no
    /// record is lost between two pages.
    pub limit: u32,
}

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    Newest,
    /// By due day, earliest first; only records with one.
    Due,
}

/// Something published, or the stub of what was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRow {
    /// Government.
    pub government: GovernmentCode,
    /// Record.
    pub record: RecordId,
    /// Line.
    pub line: Code,
    /// Publication.
    pub publication: Code,
    /// Day published.
    pub published: Date,
    /// Day withdrawn.
    pub withdrawn: Option<Date>,
    /// What is shown, masked, as the platform encodes it; empty once withdrawn.
    pub shown: Vec<u8>,
    /// Digest of what was shown.
    pub digest: Digest,
}

/// An answered command, so that a repetition gets the first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// Command.
    pub id: CommandId,
    /// Record.
    pub record: RecordId,
    /// Position of its last event.
    pub position: u64,
}

/// A series of numbers and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesRow {
    /// Series.
    pub series: Code,
    /// Year; 0 where it does not begin anew each year.
    pub year: i16,
    /// The last number given.
    pub last: u64,
}

/// An account with its posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Government.
    pub government: GovernmentCode,
    /// Sign-in name.
    pub name: Code,
    /// Name to show.
    pub shown: String,
    /// Agency.
    pub agency: Code,
    /// Posts.
    pub posts: Vec<Code>,
    /// Password hash in PHC form; empty: cannot sign in.
    pub password: String,
}

/// Somebody looked at a record's personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookRow {
    /// Record.
    pub record: RecordId,
    /// Account.
    pub account: Code,
    /// When: microseconds, UTC.
    pub at: i64,
    /// Why, where a reason was asked; else empty.
    pub reason: String,
}

/// An agency of a government.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// Government.
    pub government: GovernmentCode,
    /// Code.
    pub code: Code,
    /// Name.
    pub name: String,
    /// Where it works.
    pub place: PlaceCode,
}

/// Reading. Every method of every implementation sees one consistent state until the reader is dropped; in a distributed
/// database that is one state of each government, from its first read on, and not one of all together.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait Read: ReadMessages + OfficeRead + ReadAttachments + ReadDesk + ReadExchanges + Erasures {
    /// The head of a government's log.
    fn head(&mut self, government: &GovernmentCode) -> Result<Head, Fault>;
    /// The heads of several logs, in the order asked. Each is read by itself: in a distributed database they need not be
    /// of one moment, and a figure told as of them is the same all the same.
    fn heads(&mut self, governments: &[GovernmentCode]) -> Result<Vec<(GovernmentCode, Head)>, Fault> {
        governments.iter().map(|government| Ok((government.clone(), self.head(government)?))).collect()
    }
    /// Governments with at least one agency or event.
    fn governments(&mut self) -> Result<Vec<GovernmentCode>, Fault>;
    /// One record.
    fn record(&mut self, government: &GovernmentCode, id: RecordId) -> Result<Option<RecordRow>, Fault>;
    /// A page of a list.
    fn records(&mut self, query: &RecordQuery) -> Result<Vec<RecordRow>, Fault>;
    /// How many records a query has, counted up to `most`.
    fn count(&mut self, query: &RecordQuery, most: u32) -> Result<u32, Fault>;
    /// A record's events with their contents, in order.
    fn events(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<EventRow>, Fault>;
    /// A stretch of the log after a position, with contents.
    fn log(&mut self, government: &GovernmentCode, after: u64, limit: u32) -> Result<Vec<EventRow>, Fault>;
    /// The first answer to a command.
    fn command(&mut self, government: &GovernmentCode, id: CommandId) -> Result<Option<CommandRow>, Fault>;
    /// The first answers to those of some commands that were answered.
    fn commands(&mut self, government: &GovernmentCode, ids: &[CommandId]) -> Result<Vec<CommandRow>, Fault> {
        ids.iter().filter_map(|id| self.command(government, *id).transpose()).collect()
    }
    /// Those of some records that exist, in any order.
    fn records_of(&mut self, government: &GovernmentCode, ids: &[RecordId]) -> Result<Vec<RecordRow>, Fault> {
        ids.iter().filter_map(|id| self.record(government, *id).transpose()).collect()
    }
    /// Records of a line that hold one of these values in a key field.
    fn keyed(
        &mut self,
        government: &GovernmentCode,
        line: &str,
        field: &str,
        values: &[Code],
    ) -> Result<Vec<(Code, RecordId)>, Fault>;
    /// The keys of a record.
    fn keys(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<KeyRow>, Fault>;
    /// Limits whose last day is before `day`, earliest first.
    fn due(&mut self, government: &GovernmentCode, before: Date, limit: u32) -> Result<Vec<DueRow>, Fault>;
    /// The due days of a record.
    fn due_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DueRow>, Fault>;
    /// Sums of deltas.
    fn sums(&mut self, query: &DeltaQuery, by: GroupBy) -> Result<Vec<DeltaSum>, Fault>;
    /// The records behind a sum, with what each adds, those that add nothing left out; in order of their ids. Over
    /// several governments a page is longer by those that share the last id.
    fn counted(
        &mut self,
        query: &DeltaQuery,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(GovernmentCode, RecordId, i64)>, Fault>;
    /// The deltas of a record, in order.
    fn deltas_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DeltaRow>, Fault>;
    /// Whether what is kept of sums by month is what the deltas of a government add up to.
    fn months_hold(&mut self, government: &GovernmentCode) -> Result<bool, Fault>;
    /// A resolved definition as it was frozen.
    fn definition(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, Fault>;
    /// The digests and names of all frozen definitions, in order of their digests.
    fn definitions(&mut self) -> Result<Vec<(Digest, String)>, Fault>;
    /// The series of a government, in order.
    fn series(&mut self, government: &GovernmentCode) -> Result<Vec<SeriesRow>, Fault>;
    /// What is published, newest first; `line` and a part of the shown text narrow it.
    fn public(
        &mut self,
        government: &GovernmentCode,
        line: Option<&str>,
        text: Option<&str>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<PublicRow>, Fault>;
    /// What is published of a record.
    fn public_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<PublicRow>, Fault>;
    /// The accounts of a government.
    fn accounts(&mut self, government: &GovernmentCode) -> Result<Vec<AccountRow>, Fault>;
    /// An account by its sign-in name.
    fn account(&mut self, government: &GovernmentCode, name: &str) -> Result<Option<AccountRow>, Fault>;
    /// The agencies of a government.
    fn agencies(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyRow>, Fault>;
    /// Who looked at a record's personal data, in order of time.
    fn looks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<LookRow>, Fault>;
    /// A note kept under a name (schema version, that the data are synthetic ...).
    fn note(&mut self, name: &str) -> Result<Option<String>, Fault>;
    /// All notes, by name.
    fn notes(&mut self) -> Result<Vec<(String, String)>, Fault>;
}

/// A commit on its way to the disk.
pub trait Landing: Send {
    /// Returns once it is durable.
    ///
    /// # Errors
    /// Where the disk failed: then it is not known whether the commit stands, nor any after it.
    fn landed(self: Box<Self>) -> Result<(), Fault>;
}

/// A commit that is durable already.
struct Landed;

impl Landing for Landed {
    fn landed(self: Box<Self>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Writing: everything until [`Transaction::commit`] stands or falls together.
///
/// After a fault nothing but [`Transaction::undo`] to a mark or dropping the transaction is of use: what it leaves of
/// the statement that failed differs from store to store. [`Transaction::put_keys`] alone may fail and be passed over.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be written
pub trait Transaction: Read + WriteMessages + OfficeWrite + HoldAttachments + WriteDesk + WriteExchanges {
    /// Appends an event with its contents.
    fn append(&mut self, event: &EventRow) -> Result<(), Fault>;
    /// Erases one personal part of an event's content, bytes and nonce; part 0 can't be. Once it is committed and no
    /// reader of an older state is left, the bytes are in none of the store's files: at once, or with the next commit.
    /// What was derived from them (state, published text) is the caller's to write anew in the same transaction.
    fn erase(&mut self, government: &GovernmentCode, position: u64, part: u16) -> Result<(), Fault>;
    /// Writes a record's derived row.
    fn put_record(&mut self, row: &RecordRow) -> Result<(), Fault>;
    /// Replaces the due days of a record.
    fn put_due(&mut self, government: &GovernmentCode, record: RecordId, rows: &[DueRow]) -> Result<(), Fault>;
    /// Replaces the keys of a record. A unique value that another record holds is a fault of kind `Unique`, after
    /// which the transaction can still be used.
    fn put_keys(&mut self, government: &GovernmentCode, record: RecordId, rows: &[KeyRow]) -> Result<(), Fault>;
    /// Adds deltas.
    fn add_deltas(&mut self, rows: &[DeltaRow]) -> Result<(), Fault>;
    /// Makes what is kept of sums by month anew from the deltas of a government.
    fn months_anew(&mut self, government: &GovernmentCode) -> Result<(), Fault>;
    /// The next number of a series: 1, 2, 3 ... without a gap once committed.
    fn next_number(&mut self, government: &GovernmentCode, series: &str, year: i16) -> Result<u64, Fault>;
    /// Freezes a resolved definition; the same digest again changes nothing.
    fn put_definition(&mut self, digest: Digest, name: &str, bytes: &[u8]) -> Result<(), Fault>;
    /// Publishes, or replaces by a stub.
    fn put_public(&mut self, row: &PublicRow) -> Result<(), Fault>;
    /// Remembers a command's answer.
    fn put_command(&mut self, government: &GovernmentCode, row: &CommandRow) -> Result<(), Fault>;
    /// Writes an account.
    fn put_account(&mut self, row: &AccountRow) -> Result<(), Fault>;
    /// Writes an agency.
    fn put_agency(&mut self, row: &AgencyRow) -> Result<(), Fault>;
    /// Notes that somebody looked at a record's personal data. Append-only.
    fn note_look(&mut self, government: &GovernmentCode, look: &LookRow) -> Result<(), Fault>;
    /// Keeps a note under a name.
    fn put_note(&mut self, name: &str, text: &str) -> Result<(), Fault>;
    /// A point to which [`Transaction::undo`] returns, so that a refused command spoils nothing.
    fn mark(&mut self) -> Result<(), Fault>;
    /// Back to the last mark.
    fn undo(&mut self) -> Result<(), Fault>;
    /// Whatever was written since the last mark stands, and there is no going back to it: a mark that is left behind
    /// makes a database remember every page that the rest of the transaction touches.
    fn settle(&mut self) -> Result<(), Fault>;
    /// Commits it so that it is durable.
    fn commit(self: Box<Self>) -> Result<(), Fault>;
    /// Commits it so that others see it, and gives what to wait for until it is durable. Nobody may be told that it
    /// stands before that. Commits become durable in their order: what builds on this one never outlives it.
    fn commit_early(self: Box<Self>) -> Result<Box<dyn Landing>, Fault> {
        self.commit()?;
        Ok(Box::new(Landed))
    }
}
