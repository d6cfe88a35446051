//! The walk through a ledger: the same parts in the same order, whichever database holds it.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    AccountRow, AgencyPast, AgencyRow, AttachmentRow, CommandRow, DeltaQuery, DeltaRow, DeltaSum, DraftRow, DueRow,
    Envelope, EventRow, ExchangeRow, Fault, FaultKind, FoundRow, GroupBy, Hashing, HoldingRow, KeyRow, LookRow,
    MessageRow, MessageState, NoticeRow, OfficeRow, PublicRow, Read, RecordRow, RemarkRow, SeriesRow, StandingRow,
    Store, WaitingRow,
};
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId};

use super::{Copying, NOTE};

/// How many events one transaction moves.
const EVENTS: u32 = 2_000;
/// How many records one transaction moves, with all that hangs on them.
const RECORDS: usize = 500;
/// How many files are listed at once.
const FILES: u32 = 200;
/// How much of a file is held at once.
const PIECE: usize = 1 << 18;

/// A record's row and all that hangs on the record.
pub(super) struct Whole {
    pub(super) record: RecordId,
    pub(super) row: Option<RecordRow>,
    pub(super) due: Vec<DueRow>,
    pub(super) waiting: Vec<WaitingRow>,
    pub(super) keys: Vec<KeyRow>,
    pub(super) deltas: Vec<DeltaRow>,
    pub(super) public: Vec<PublicRow>,
    pub(super) looks: Vec<LookRow>,
    pub(super) messages: Vec<MessageRow>,
}

/// Who works there from when until when, and what administrators did.
pub(super) struct Office {
    pub(super) holdings: Vec<HoldingRow>,
    pub(super) standings: Vec<StandingRow>,
    pub(super) agencies: Vec<AgencyPast>,
    /// In the order of their numbers.
    pub(super) done: Vec<OfficeRow>,
}

/// Some of what stands on a government's desks.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) drafts: Vec<DraftRow>,
    pub(super) remarks: Vec<RemarkRow>,
    pub(super) notices: Vec<NoticeRow>,
    pub(super) found: Vec<FoundRow>,
    pub(super) reached: Vec<(Code, u64)>,
}

/// What the walk hands on at a time: what one transaction writes.
pub(super) enum Part {
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

/// Hands on the parts of a ledger: the same parts in the same order, whichever database holds it.
pub(super) struct Walk<'a> {
    pub(super) read: &'a mut dyn Read,
    /// Where the bytes of files are read, which no reader holds.
    pub(super) store: &'a dyn Store,
    pub(super) proving: bool,
    pub(super) progress: &'a mut dyn FnMut(Copying<'_>),
}

/// What is done with each part.
pub(super) type See<'a> = dyn FnMut(&GovernmentCode, &Part) -> Result<(), Fault> + 'a;

impl Walk<'_> {
    pub(super) fn all(&mut self, see: &mut See<'_>) -> Result<(), Fault> {
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
pub(super) fn pieces<'a>(
    from: &'a dyn Store,
    file: &'a AttachmentRow,
) -> impl FnMut(&mut [u8]) -> Result<usize, Fault> + 'a {
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
