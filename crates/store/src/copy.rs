//! A whole ledger from one store to another, and the proof that both hold the same.
//!
//! One walk goes through a ledger in a defined order and hands on its parts; copying writes what the walk brings, and
//! the proof walks both ledgers and compares a digest over each kind of row. Sessions, access
//! tokens and leases stay behind: they belong to the programs that run, not to the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ledger::{
    AccountRow, AgencyPast, AgencyRow, AttachmentRow, CommandRow, DeltaQuery, DeltaRow, DeltaSum, DraftRow, DueRow,
    Envelope, EventRow, ExchangeRow, Fault, FaultKind, FoundRow, GroupBy, Hashing, Head, HoldingRow, KeyRow, Links,
    LookRow, MessageRow, MessageState, NOTHING, NoticeRow, OfficeRow, PublicRow, Read, RecordRow, RemarkRow, SeriesRow,
    StandingRow, Store, Transaction, WaitingRow, check_chain, extend_head, hash,
};
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId};

/// How many events one transaction moves.
const EVENTS: u32 = 2_000;
/// How many records one transaction moves, with all that hangs on them.
const RECORDS: usize = 500;
/// How many files are listed at once.
const FILES: u32 = 200;
/// How much of a file is held at once.
const PIECE: usize = 1 << 18;
/// The note of a ledger that is a copy.
const NOTE: &str = "copy";
/// What it says until the copy is whole and proven.
const INCOMPLETE: &str = "incomplete";
/// What it says then.
const COMPLETE: &str = "complete";

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying<'a> {
    /// The government whose rows are under way.
    pub government: &'a GovernmentCode,
    /// They are compared; else they are copied.
    pub proving: bool,
    /// Events and records done.
    pub done: u64,
    /// Events and records known so far.
    pub of: u64,
}

/// A copy that was made.
#[derive(Debug)]
pub struct Copied {
    /// Whether both hold the same.
    pub proof: Proof,
    /// Events that were written to the source while it was copied, and which the copy does not have.
    pub missed: u64,
}

/// What two ledgers hold, side by side.
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    /// Each government's log: its head in the first ledger and in the second.
    pub heads: Vec<(GovernmentCode, Head, Head)>,
    /// What is wrong with the chains of the second.
    pub chains: Vec<(GovernmentCode, String)>,
    /// Each kind of row: in the first ledger and in the second.
    pub kinds: Vec<(Kind, Sum, Sum)>,
}

impl Proof {
    /// Both hold the same, and the chains of the second are whole.
    pub fn holds(&self) -> bool {
        self.chains.is_empty()
            && self.heads.iter().all(|(_, from, to)| from == to)
            && self.kinds.iter().all(|(_, from, to)| from == to)
    }
}

/// Rows of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    /// A digest over all of them, in the order of the walk.
    pub digest: Digest,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { rows: 0, digest: NOTHING }
    }
}

/// The kinds of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is the trait's row of that name
pub enum Kind {
    Event,
    Content,
    Command,
    Definition,
    Series,
    Record,
    Due,
    Waiting,
    Key,
    Delta,
    /// Sums of deltas, today and at half of the log: a delta that hangs on no record shows here.
    Figure,
    Public,
    Look,
    /// Messages between records.
    Message,
    Account,
    Agency,
    Holding,
    Standing,
    AgencyPast,
    Office,
    Draft,
    Remark,
    Notice,
    Found,
    Reached,
    Exchange,
    Note,
    /// Files that events name, each with the SM3 of the bytes that are there.
    Attachment,
}

impl Kind {
    /// All, in the order in which they are told.
    pub const ALL: [Kind; 28] = [
        Kind::Event,
        Kind::Content,
        Kind::Command,
        Kind::Definition,
        Kind::Series,
        Kind::Record,
        Kind::Due,
        Kind::Waiting,
        Kind::Key,
        Kind::Delta,
        Kind::Figure,
        Kind::Public,
        Kind::Look,
        Kind::Message,
        Kind::Account,
        Kind::Agency,
        Kind::Holding,
        Kind::Standing,
        Kind::AgencyPast,
        Kind::Office,
        Kind::Draft,
        Kind::Remark,
        Kind::Notice,
        Kind::Found,
        Kind::Reached,
        Kind::Exchange,
        Kind::Note,
        Kind::Attachment,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Event => "events",
            Kind::Content => "contents",
            Kind::Command => "commands",
            Kind::Definition => "definitions",
            Kind::Series => "series",
            Kind::Record => "records",
            Kind::Due => "due days",
            Kind::Waiting => "what waits",
            Kind::Key => "keys",
            Kind::Delta => "deltas",
            Kind::Figure => "sums",
            Kind::Public => "publications",
            Kind::Look => "looks",
            Kind::Message => "messages",
            Kind::Account => "accounts",
            Kind::Agency => "agencies",
            Kind::Holding => "posts held",
            Kind::Standing => "standings of accounts",
            Kind::AgencyPast => "names of agencies",
            Kind::Office => "acts of administrators",
            Kind::Draft => "drafts",
            Kind::Remark => "remarks",
            Kind::Notice => "notices",
            Kind::Found => "findings",
            Kind::Reached => "places reached",
            Kind::Exchange => "files in and out",
            Kind::Note => "notes",
            Kind::Attachment => "files",
        })
    }
}

/// A record's row and all that hangs on the record.
struct Whole {
    record: RecordId,
    row: Option<RecordRow>,
    due: Vec<DueRow>,
    waiting: Vec<WaitingRow>,
    keys: Vec<KeyRow>,
    deltas: Vec<DeltaRow>,
    public: Vec<PublicRow>,
    looks: Vec<LookRow>,
    messages: Vec<MessageRow>,
}

/// Who works there from when until when, and what administrators did.
struct Office {
    holdings: Vec<HoldingRow>,
    standings: Vec<StandingRow>,
    agencies: Vec<AgencyPast>,
    /// In the order of their numbers.
    done: Vec<OfficeRow>,
}

/// Some of what stands on a government's desks.
#[derive(Default)]
struct Desk {
    drafts: Vec<DraftRow>,
    remarks: Vec<RemarkRow>,
    notices: Vec<NoticeRow>,
    found: Vec<FoundRow>,
    reached: Vec<(Code, u64)>,
}

/// What the walk hands on at a time: what one transaction writes.
enum Part {
    /// The government itself.
    Government {
        agencies: Vec<AgencyRow>,
        accounts: Vec<AccountRow>,
        series: Vec<SeriesRow>,
        /// Messages that came and have opened no record.
        waiting: Vec<MessageRow>,
        office: Office,
        exchanges: Vec<ExchangeRow>,
    },
    /// A stretch of its log, with the commands that were answered by it.
    Log { events: Vec<EventRow>, commands: Vec<CommandRow> },
    /// Some of its records.
    Records(Vec<Whole>),
    /// Some of the files that its events name, each with the SM3 of the bytes that are there.
    Files(Vec<(AttachmentRow, Option<Digest>)>),
    /// Some of what stands on its desks.
    Desk(Desk),
    /// Sums of its deltas, which nobody writes.
    Sums(Vec<(Code, Vec<DeltaSum>)>),
    /// What belongs to no government.
    Shared { definitions: Vec<(Digest, String, Vec<u8>)>, notes: Vec<(String, String)> },
}

/// Copies a whole ledger into an empty one and proves that both hold the same. A copy that ends early, or is not the
/// same, says so of itself: [`check_whole`] refuses it.
///
/// # Errors
/// Where the source is empty or itself half a copy, where the target holds anything, or where either can't be reached.
pub fn copy(from: &dyn Store, to: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Copied, Fault> {
    let mut read = from.read()?;
    check_whole(&mut *read)?;
    let governments = read.governments()?;
    let Some(first) = governments.first() else {
        return Err(refused("the ledger to copy is empty: name the one that holds the records".to_owned()));
    };
    check_empty(&mut *to.read()?)?;
    put_note(to, first, INCOMPLETE)?;
    let mut had = Tally::default();
    let mut walk = Walk { read: &mut *read, store: from, proving: false, progress };
    walk.all(&mut |government, part| {
        had.add(government, part);
        match part {
            Part::Files(files) => files.iter().try_for_each(|(file, _)| write_file(from, to, file)),
            part => write(to, government, part),
        }
    })?;
    // The proof may take long, and no reader stays open so long with nothing to read.
    drop(read);
    let proof = had.against(to, progress)?;
    if proof.holds() {
        put_note(to, first, COMPLETE)?;
    }
    let mut read = from.read()?;
    let mut missed = 0;
    for (government, copied, _) in &proof.heads {
        missed += read.head(government)?.position.saturating_sub(copied.position);
    }
    Ok(Copied { proof, missed })
}

/// Proves that two ledgers hold the same, or tells what differs.
///
/// # Errors
/// Where either can't be reached.
pub fn prove(from: &dyn Store, to: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Proof, Fault> {
    let mut had = Tally::default();
    let mut read = from.read()?;
    Walk { read: &mut *read, store: from, proving: true, progress }.all(&mut |government, part| {
        had.add(government, part);
        Ok(())
    })?;
    drop(read);
    had.against(to, progress)
}

/// Refuses a ledger that is half a copy.
///
/// # Errors
/// Where it is one, or can't be read.
pub fn check_whole(read: &mut dyn Read) -> Result<(), Fault> {
    if read.note(NOTE)?.as_deref() != Some(INCOMPLETE) {
        return Ok(());
    }
    Err(refused(
        "the ledger is a copy that was not finished: remove the folder, or drop the database and create it anew, and \
         copy again (fazhi copy); the ledger it was copied from is as it was"
            .to_owned(),
    ))
}

/// Refuses a target that holds anything.
fn check_empty(read: &mut dyn Read) -> Result<(), Fault> {
    check_whole(read)?;
    if read.governments()?.is_empty() && read.notes()?.is_empty() && read.definitions()?.is_empty() {
        return Ok(());
    }
    Err(refused(
        "a ledger lies at the target already, and nothing was written to it: name an empty folder or a new database"
            .to_owned(),
    ))
}

fn refused(message: String) -> Fault {
    Fault { kind: FaultKind::Unavailable, message }
}

fn put_note(to: &dyn Store, government: &GovernmentCode, text: &str) -> Result<(), Fault> {
    let mut transaction = to.begin(government)?;
    transaction.put_note(NOTE, text)?;
    transaction.commit()
}

// The walk -----------------------------------------------------------------------------------------------------------

/// Hands on the parts of a ledger: the same parts in the same order, whichever database holds it.
struct Walk<'a> {
    read: &'a mut dyn Read,
    /// Where the bytes of files are read, which no reader holds.
    store: &'a dyn Store,
    proving: bool,
    progress: &'a mut dyn FnMut(Copying<'_>),
}

/// What is done with each part.
type See<'a> = dyn FnMut(&GovernmentCode, &Part) -> Result<(), Fault> + 'a;

impl Walk<'_> {
    fn all(&mut self, see: &mut See<'_>) -> Result<(), Fault> {
        let governments = self.read.governments()?;
        for government in &governments {
            let (agencies, accounts) = (self.read.agencies(government)?, self.read.accounts(government)?);
            let series = self.read.series(government)?;
            let mut waiting = Vec::new();
            for state in [MessageState::Waits, MessageState::Returned] {
                let came = self.read.messages(government, false, state, u32::MAX)?;
                waiting.extend(came.into_iter().filter(|row| row.record.is_none()));
            }
            let office = self.office(government, &accounts)?;
            let exchanges = self.read.exchanges(government, u32::MAX)?;
            see(government, &Part::Government { agencies, accounts, series, waiting, office, exchanges })?;
            let records = self.log(government, see)?;
            let figures = self.records(government, &records, see)?;
            self.files(government, see)?;
            self.desks(government, see)?;
            see(government, &Part::Sums(self.sums(government, &figures)?))?;
        }
        if let Some(first) = governments.first() {
            let mut definitions = Vec::new();
            for (digest, name) in self.read.definitions()? {
                let bytes = self.read.definition(digest)?.unwrap_or_default();
                definitions.push((digest, name, bytes));
            }
            let mut notes = self.read.notes()?;
            notes.retain(|(name, _)| name != NOTE);
            see(first, &Part::Shared { definitions, notes })?;
        }
        Ok(())
    }

    fn tell(&mut self, government: &GovernmentCode, done: u64, of: u64) {
        (self.progress)(Copying { government, proving: self.proving, done, of });
    }

    fn office(&mut self, government: &GovernmentCode, accounts: &[AccountRow]) -> Result<Office, Fault> {
        let mut holdings = Vec::new();
        for account in accounts {
            holdings.extend(self.read.holdings(government, &account.name)?);
        }
        let mut done = Vec::new();
        loop {
            let page = self.read.office(government, done.last().map(|row: &OfficeRow| row.n), EVENTS)?;
            if page.is_empty() {
                break;
            }
            done.extend(page);
        }
        done.reverse();
        let (standings, agencies) = (self.read.standings(government)?, self.read.agencies_past(government)?);
        Ok(Office { holdings, standings, agencies, done })
    }

    /// The log with its commands; gives the records that begin in it.
    fn log(&mut self, government: &GovernmentCode, see: &mut See<'_>) -> Result<Vec<RecordId>, Fault> {
        let head = self.read.head(government)?;
        let mut records = Vec::new();
        let (mut after, mut last) = (0, CommandId([0; 16]));
        while after < head.position {
            let events = self.read.log(government, after, EVENTS)?;
            let Some(end) = events.last().map(|event| event.position) else { break };
            records.extend(events.iter().filter(|event| event.seq == 1).map(|event| event.record));
            // The events of one command follow each other, and some are nobody's.
            let mut ids = Vec::new();
            for event in &events {
                let id = command_of(event)?;
                if id != last && id != CommandId([0; 16]) {
                    ids.push(id);
                }
                last = id;
            }
            let mut commands = self.read.commands(government, &ids)?;
            commands.sort_by_key(|row| (row.position, row.id));
            see(government, &Part::Log { events, commands })?;
            after = end;
            self.tell(government, after, head.position + records.len() as u64);
        }
        Ok(records)
    }

    /// All records; gives the figures that they add to.
    fn records(
        &mut self,
        government: &GovernmentCode,
        records: &[RecordId],
        see: &mut See<'_>,
    ) -> Result<BTreeSet<Code>, Fault> {
        let events = self.read.head(government)?.position;
        let mut figures = BTreeSet::new();
        for (index, ids) in records.chunks(RECORDS).enumerate() {
            let rows = self.read.records_of(government, ids)?;
            let mut rows: BTreeMap<RecordId, RecordRow> = rows.into_iter().map(|row| (row.id, row)).collect();
            let mut wholes = Vec::with_capacity(ids.len());
            for record in ids {
                let whole = Whole {
                    record: *record,
                    row: rows.remove(record),
                    due: self.read.due_of(government, *record)?,
                    waiting: self.read.waiting_of(government, *record)?,
                    keys: self.read.keys(government, *record)?,
                    deltas: self.read.deltas_of(government, *record)?,
                    public: self.read.public_of(government, *record)?,
                    looks: self.read.looks(government, *record)?,
                    messages: self.read.messages_of(government, *record)?,
                };
                figures.extend(whole.deltas.iter().map(|delta| delta.figure.clone()));
                wholes.push(whole);
            }
            see(government, &Part::Records(wholes))?;
            let done = (index * RECORDS + ids.len()) as u64;
            self.tell(government, events + done, events + records.len() as u64);
        }
        Ok(figures)
    }

    /// The files that events name. While they are copied, whoever takes them in checks their bytes.
    fn files(&mut self, government: &GovernmentCode, see: &mut See<'_>) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let files = self.read.attachments(government, after, FILES)?;
            let Some(last) = files.last() else { return Ok(()) };
            after = Some(last.digest);
            let mut told = Vec::with_capacity(files.len());
            for file in files {
                let found = if self.proving { found(self.store, &file)? } else { Some(file.digest) };
                told.push((file, found));
            }
            see(government, &Part::Files(told))?;
        }
    }

    /// What stands on desks, in stretches; nothing where they are empty.
    fn desks(&mut self, government: &GovernmentCode, see: &mut See<'_>) -> Result<(), Fault> {
        let desk = Desk {
            drafts: self.read.every_draft(government)?,
            found: self.read.found(government, Date::constant(1, 1, 1), None, u32::MAX)?,
            reached: self.read.all_reached(government)?,
            ..Desk::default()
        };
        if !(desk.drafts.is_empty() && desk.found.is_empty() && desk.reached.is_empty()) {
            see(government, &Part::Desk(desk))?;
        }
        let mut after = 0;
        loop {
            let remarks = self.read.remarks_after(government, after, EVENTS)?;
            let Some(last) = remarks.last() else { break };
            after = last.n;
            see(government, &Part::Desk(Desk { remarks, ..Desk::default() }))?;
        }
        let mut after = 0;
        loop {
            let notices = self.read.notices_after(government, after, EVENTS)?;
            let Some(last) = notices.last() else { return Ok(()) };
            after = last.n;
            see(government, &Part::Desk(Desk { notices, ..Desk::default() }))?;
        }
    }

    fn sums(
        &mut self,
        government: &GovernmentCode,
        figures: &BTreeSet<Code>,
    ) -> Result<Vec<(Code, Vec<DeltaSum>)>, Fault> {
        let half = self.read.head(government)?.position / 2;
        let mut sums = Vec::new();
        for figure in figures {
            let governments = vec![government.clone()];
            let whole = DeltaQuery { governments, figure: figure.clone(), ..DeltaQuery::default() };
            let before = DeltaQuery { as_of: vec![(government.clone(), half)], ..whole.clone() };
            for by in [GroupBy::Part, GroupBy::Agency, GroupBy::Month] {
                sums.push((figure.clone(), self.read.sums(&whole, by)?));
            }
            sums.push((figure.clone(), self.read.sums(&before, GroupBy::Nothing)?));
        }
        Ok(sums)
    }
}

fn command_of(event: &EventRow) -> Result<CommandId, Fault> {
    let envelope = Envelope::decode(&event.envelope).map_err(|error| Fault {
        kind: FaultKind::Damaged,
        message: format!(
            "the event at position {} of government {} can't be read ({error}): run fazhi verify, and put back the \
             last backup that verifies",
            event.position, event.government
        ),
    })?;
    Ok(envelope.command)
}

/// Reads a file from the first byte to the last, piece by piece.
fn pieces<'a>(from: &'a dyn Store, file: &'a AttachmentRow) -> impl FnMut(&mut [u8]) -> Result<usize, Fault> + 'a {
    let mut at = 0;
    move |piece| {
        let bytes = from.attachment_bytes(&file.government, file.digest, at, piece.len())?.unwrap_or_default();
        piece[..bytes.len()].copy_from_slice(&bytes);
        at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

/// The SM3 of the bytes of a file that are there.
fn found(store: &dyn Store, file: &AttachmentRow) -> Result<Option<Digest>, Fault> {
    if store.attachment_bytes(&file.government, file.digest, 0, 1)?.is_none() {
        return Ok(None);
    }
    let (mut hashing, mut next, mut piece) = (Hashing::default(), pieces(store, file), vec![0; PIECE]);
    loop {
        match next(&mut piece)? {
            0 => return Ok(Some(hashing.end())),
            read => hashing.take(&piece[..read]),
        }
    }
}

// Writing ------------------------------------------------------------------------------------------------------------

fn write(to: &dyn Store, government: &GovernmentCode, part: &Part) -> Result<(), Fault> {
    if matches!(part, Part::Files(_) | Part::Sums(_)) {
        return Ok(());
    }
    let mut transaction = to.begin(government)?;
    let into = &mut *transaction;
    match part {
        Part::Government { agencies, accounts, series, waiting, office, exchanges } => {
            waiting.iter().try_for_each(|row| into.put_message(row))?;
            office.holdings.iter().try_for_each(|row| into.put_holding(row))?;
            office.standings.iter().try_for_each(|row| into.put_standing(row))?;
            office.agencies.iter().try_for_each(|row| into.put_agency_past(row))?;
            office.done.iter().try_for_each(|row| into.note_office(row))?;
            exchanges.iter().try_for_each(|row| into.put_exchange(row))?;
            agencies.iter().try_for_each(|row| into.put_agency(row))?;
            accounts.iter().try_for_each(|row| into.put_account(row))?;
            for row in series {
                // A series goes up by one, whoever asks.
                while into.next_number(government, &row.series, row.year)? < row.last {}
            }
        }
        Part::Log { events, commands } => {
            events.iter().try_for_each(|event| into.append(event))?;
            commands.iter().try_for_each(|row| into.put_command(government, row))?;
        }
        Part::Records(wholes) => wholes.iter().try_for_each(|whole| write_whole(into, government, whole))?,
        Part::Desk(desk) => {
            desk.drafts.iter().try_for_each(|row| into.put_draft(government, row))?;
            // Both are numbered without a gap, and here again in the same order.
            desk.remarks.iter().try_for_each(|row| into.put_remark(government, row))?;
            into.add_notices(government, &desk.notices)?;
            into.add_found(government, &desk.found)?;
            desk.reached.iter().try_for_each(|(what, position)| into.reach(government, what, *position))?;
        }
        Part::Files(_) | Part::Sums(_) => {}
        Part::Shared { definitions, notes } => {
            for (digest, name, bytes) in definitions {
                into.put_definition(*digest, name, bytes)?;
            }
            for (name, text) in notes {
                into.put_note(name, text)?;
            }
        }
    }
    transaction.commit()
}

/// A file, and how many events name it.
fn write_file(from: &dyn Store, to: &dyn Store, file: &AttachmentRow) -> Result<(), Fault> {
    // Nobody has it in staging there: that ends with the next sweep.
    to.attachment_put(file, "", 0, &mut pieces(from, file))?;
    let mut transaction = to.begin(&file.government)?;
    (0..file.uses).try_for_each(|_| transaction.hold_attachment(&file.government, file.digest))?;
    transaction.commit()
}

fn write_whole(into: &mut dyn Transaction, government: &GovernmentCode, whole: &Whole) -> Result<(), Fault> {
    if let Some(row) = &whole.row {
        into.put_record(row)?;
    }
    into.put_due(government, whole.record, &whole.due)?;
    if !whole.waiting.is_empty() {
        into.put_waiting(government, whole.record, &whole.waiting)?;
    }
    into.put_keys(government, whole.record, &whole.keys)?;
    // All deltas of a position are those of one record: numbered here, they keep their order.
    into.add_deltas(&whole.deltas)?;
    whole.public.iter().try_for_each(|row| into.put_public(row))?;
    whole.messages.iter().try_for_each(|row| into.put_message(row))?;
    whole.looks.iter().try_for_each(|look| into.note_look(government, look))
}

// The proof ----------------------------------------------------------------------------------------------------------

/// What a walk has come by.
#[derive(Default)]
struct Tally {
    kinds: BTreeMap<Kind, Sum>,
    heads: BTreeMap<GovernmentCode, Head>,
}

/// A row as bytes: every number has eight, and every text its length before it, so that no two rows are alike.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(mut self, number: impl Into<i128>) -> Bytes {
        self.0.extend(number.into().to_be_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Bytes {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
        self
    }

    fn text(self, text: impl fmt::Display) -> Bytes {
        self.bytes(text.to_string().as_bytes())
    }

    fn maybe<T>(self, value: Option<T>, put: impl FnOnce(Bytes, T) -> Bytes) -> Bytes {
        match value {
            None => self.number(0),
            Some(value) => put(self.number(1), value),
        }
    }
}

impl Tally {
    /// Takes in one more row of a kind.
    fn row(&mut self, kind: Kind, bytes: Bytes) {
        let sum = self.kinds.entry(kind).or_default();
        sum.rows += 1;
        sum.digest = extend_head(sum.digest, hash(&bytes.0));
    }

    fn add(&mut self, government: &GovernmentCode, part: &Part) {
        let own = || Bytes::default().text(government);
        match part {
            Part::Government { agencies, accounts, series, waiting, office, exchanges } => {
                waiting.iter().for_each(|row| self.message(row));
                self.office(government, office);
                for row in exchanges {
                    let bytes = own().bytes(&row.id.0).number(row.at).number(i64::from(row.inward)).text(&row.account);
                    let bytes = bytes.text(&row.line).text(&row.source).text(&row.approver).text(&row.standing);
                    let bytes = bytes.text(&row.file).bytes(&row.digest.0).number(row.rows).number(row.came);
                    let bytes = bytes.number(row.repeated).number(row.left_out).number(row.first).number(row.last);
                    self.row(Kind::Exchange, bytes);
                }
                self.heads.entry(government.clone()).or_insert(Head { position: 0, hash: NOTHING });
                for row in agencies {
                    self.row(Kind::Agency, own().text(&row.code).text(&row.name).text(&row.place));
                }
                for row in accounts {
                    let bytes = own().text(&row.name).text(&row.shown).text(&row.agency).text(&row.password);
                    self.row(Kind::Account, row.posts.iter().fold(bytes, Bytes::text));
                }
                for row in series {
                    self.row(Kind::Series, own().text(&row.series).number(row.year).number(row.last));
                }
            }
            Part::Log { events, commands } => {
                events.iter().for_each(|event| self.event(event));
                for row in commands {
                    self.row(Kind::Command, own().bytes(&row.id.0).number(row.record.0).number(row.position));
                }
            }
            Part::Records(wholes) => wholes.iter().for_each(|whole| self.whole(government, whole)),
            Part::Files(files) => {
                for (row, found) in files {
                    let bytes = own().bytes(&row.digest.0).number(row.size).text(&row.kind).number(row.uses);
                    self.row(Kind::Attachment, bytes.maybe(*found, |bytes, found| bytes.bytes(&found.0)));
                }
            }
            Part::Desk(desk) => self.desk(government, desk),
            Part::Sums(sums) => {
                for (figure, sums) in sums {
                    let bytes = own().text(figure);
                    let put = |bytes: Bytes, sum: &DeltaSum| bytes.text(&sum.key).number(sum.amount);
                    self.row(Kind::Figure, sums.iter().fold(bytes, put));
                }
            }
            Part::Shared { definitions, notes } => {
                for (digest, name, bytes) in definitions {
                    self.row(Kind::Definition, Bytes::default().bytes(&digest.0).text(name).bytes(bytes));
                }
                for (name, text) in notes {
                    self.row(Kind::Note, Bytes::default().text(name).text(text));
                }
            }
        }
    }

    fn office(&mut self, government: &GovernmentCode, office: &Office) {
        let own = || Bytes::default().text(government);
        for row in &office.holdings {
            let bytes = own().text(&row.account).text(&row.post).text(row.since);
            self.row(Kind::Holding, bytes.maybe(row.until, Bytes::text));
        }
        for row in &office.standings {
            self.row(Kind::Standing, own().text(&row.account).maybe(row.closed, Bytes::text).number(row.renew));
        }
        for row in &office.agencies {
            let bytes = own().text(&row.code).text(row.since).maybe(row.until, Bytes::text);
            self.row(Kind::AgencyPast, bytes.text(&row.name).text(&row.place));
        }
        for row in &office.done {
            let bytes = own().number(row.n).number(row.at).text(&row.account).text(&row.what).text(&row.subject);
            self.row(Kind::Office, bytes.text(&row.before).text(&row.after));
        }
    }

    fn event(&mut self, event: &EventRow) {
        let own = || Bytes::default().text(&event.government).number(event.position);
        let bytes = own().number(event.record.0).number(event.seq).bytes(&event.envelope).bytes(&event.hash.0);
        self.row(Kind::Event, bytes.bytes(&event.head.0));
        for part in &event.contents {
            let bytes = own().number(part.part).maybe(part.nonce, |bytes, nonce| bytes.bytes(&nonce));
            self.row(Kind::Content, bytes.maybe(part.bytes.as_deref(), Bytes::bytes));
        }
        let head = Head { position: event.position, hash: event.head };
        self.heads.insert(event.government.clone(), head);
    }

    fn whole(&mut self, government: &GovernmentCode, whole: &Whole) {
        let own = || Bytes::default().text(government).number(whole.record.0);
        if let Some(row) = &whole.row {
            let bytes = own().text(&row.line).bytes(&row.definition.0).text(&row.agency);
            let bytes = bytes.maybe(row.handler.as_ref(), Bytes::text).text(&row.place).text(&row.stage);
            let bytes = bytes.number(row.closed).text(&row.label).text(row.opened).text(row.touched);
            let bytes = bytes.maybe(row.due, Bytes::text).number(row.seq).bytes(&row.hash.0).bytes(&row.state);
            let bytes = bytes.text(ledger::column(&row.narrowing.only)).text(ledger::column(&row.narrowing.hidden));
            self.row(Kind::Record, bytes.number(row.narrowing.above.number()));
        }
        for row in &whole.due {
            self.row(Kind::Due, own().text(&row.limit).text(row.due).number(row.agency));
        }
        for row in &whole.waiting {
            let bytes = own().text(row.kind.name()).text(&row.what).text(&row.who);
            self.row(Kind::Waiting, bytes.text(&row.agency).text(row.day));
        }
        for row in &whole.keys {
            self.row(Kind::Key, own().text(&row.line).text(&row.field).text(&row.value).number(row.unique));
        }
        for row in &whole.deltas {
            let bytes = own().text(&row.figure).text(row.day).number(row.position).text(&row.agency);
            self.row(Kind::Delta, bytes.text(&row.place).text(&row.part).number(row.amount));
        }
        for row in &whole.public {
            let bytes = own().text(&row.line).text(&row.publication).text(row.published);
            let bytes = bytes.maybe(row.withdrawn, Bytes::text).bytes(&row.shown).bytes(&row.digest.0);
            self.row(Kind::Public, bytes);
        }
        for look in &whole.looks {
            self.row(Kind::Look, own().text(&look.account).number(look.at).text(&look.reason));
        }
        whole.messages.iter().for_each(|row| self.message(row));
    }

    fn message(&mut self, row: &MessageRow) {
        let bytes = Bytes::default().text(&row.government).number(row.sent).text(row.id.to_string());
        let bytes = bytes.maybe(row.record.map(|record| record.to_string()), Bytes::text).number(row.seq);
        let bytes = bytes.maybe(row.other.as_ref(), Bytes::text).text(&row.line);
        let bytes = bytes.maybe(row.there.map(|record| record.to_string()), Bytes::text).text(&row.addressee);
        let bytes = bytes.text(row.state.name()).text(&row.told).bytes(&row.bytes).number(row.at);
        self.row(Kind::Message, bytes);
    }

    fn desk(&mut self, government: &GovernmentCode, desk: &Desk) {
        let own = || Bytes::default().text(government);
        for row in &desk.drafts {
            let bytes = own().text(&row.account).bytes(&row.id.0).number(row.record.map_or(0, |record| record.0));
            self.row(Kind::Draft, bytes.text(&row.line).text(&row.act).bytes(&row.typed).number(row.at));
        }
        for row in &desk.remarks {
            let bytes = own().number(row.n).bytes(&row.id.0).number(row.record.0).text(&row.account).number(row.at);
            self.row(Kind::Remark, bytes.text(&row.text).maybe(row.withdrawn, Bytes::number));
        }
        for row in &desk.notices {
            let bytes = own().number(row.n).text(&row.account).text(&row.source).text(&row.kind).number(row.record.0);
            let bytes = bytes.text(&row.line).text(&row.what).text(&row.by).maybe(row.due, Bytes::text);
            self.row(Kind::Notice, bytes.number(row.at).maybe(row.read, Bytes::number));
        }
        for row in &desk.found {
            let bytes = own().number(row.position).text(&row.code).number(row.record.0);
            self.row(Kind::Found, bytes.text(&row.agency).text(row.day));
        }
        for (what, position) in &desk.reached {
            self.row(Kind::Reached, own().text(what).number(*position));
        }
    }

    /// Walks the other ledger, with its chains, and puts both side by side.
    fn against(self, other: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Proof, Fault> {
        let mut has = Tally::default();
        let mut chains = Chains::default();
        let mut read = other.read()?;
        Walk { read: &mut *read, store: other, proving: true, progress }.all(&mut |government, part| {
            has.add(government, part);
            if let Part::Log { events, .. } = part {
                chains.follow(government, events);
            }
            Ok(())
        })?;
        let none = Head { position: 0, hash: NOTHING };
        let governments: BTreeSet<&GovernmentCode> = self.heads.keys().chain(has.heads.keys()).collect();
        let mut heads = Vec::new();
        for government in governments {
            let head = |tally: &Tally| tally.heads.get(government).copied().unwrap_or(none);
            // The head that the other store tells is that of its last event, or it is not the same.
            let told = read.head(government)?;
            let theirs = if told == head(&has) { told } else { none };
            heads.push((government.clone(), head(&self), theirs));
        }
        let sum = |tally: &Tally, kind| tally.kinds.get(&kind).copied().unwrap_or_default();
        let kinds = Kind::ALL.into_iter().map(|kind| (kind, sum(&self, kind), sum(&has, kind))).collect();
        Ok(Proof { heads, chains: chains.wrong, kinds })
    }
}

/// The chains of a ledger while it is walked.
#[derive(Default)]
struct Chains {
    /// Where the log under way stands, and its records.
    at: Option<(GovernmentCode, Head, Links)>,
    wrong: Vec<(GovernmentCode, String)>,
}

impl Chains {
    fn follow(&mut self, government: &GovernmentCode, events: &[EventRow]) {
        if self.wrong.iter().any(|(wrong, _)| wrong == government) {
            return;
        }
        let fresh = || (government.clone(), Head { position: 0, hash: NOTHING }, Links::new());
        let (own, head, mut links) = self.at.take().filter(|(own, ..)| own == government).unwrap_or_else(fresh);
        match check_chain(government, head, &mut links, events) {
            Ok(head) => self.at = Some((own, head, links)),
            Err(difference) => self.wrong.push((own, difference.to_string())),
        }
    }
}
