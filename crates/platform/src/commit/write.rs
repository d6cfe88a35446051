//! Writes what was granted: the events with their numbers and seals, and everything that follows from the record.

use std::sync::{Arc, PoisonError};

use kernel::{Event, Kind};
use ledger::{Attached, CommandRow, ContentRow, Envelope, EventRow, Fault, Head, NOTHING, RecordRow};
use procedure::{Actor, LimitId, Line, Record, Series, SeriesId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use terms::{Code, CommandId, Date, DateTime, Deadline, Digest, RecordId, Value};

use super::{Batch, Loaded};
use crate::history::{History, nothing};
use crate::rows::{Last, due_rows, keys_of, own_due, row_of};
use crate::{Answer, Receipt, papers, publish, translate, waiting};

/// On whose behalf something is written, and when.
pub(crate) struct Write<'w> {
    pub(crate) command: CommandId,
    pub(crate) actor: &'w Actor,
    pub(crate) now: DateTime,
    pub(super) answers: &'w [(Code, u64)],
    /// What it does elsewhere is sent there.
    pub(super) sends: bool,
    pub(super) files: &'w [Attached],
}

/// Makes the nonces that seal contents.
pub(crate) struct Nonces(ChaCha20Rng);

impl Nonces {
    pub(crate) fn new(seed: [u8; 32]) -> Nonces {
        Nonces(ChaCha20Rng::from_seed(seed))
    }
    fn next(&mut self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.0.fill_bytes(&mut nonce);
        nonce
    }
}

impl Batch<'_> {
    /// Writes events and everything derived from them.
    pub(super) fn write(
        &mut self,
        write: &Write<'_>,
        line: &Arc<Line>,
        before: Option<Loaded>,
        events: Vec<Event>,
    ) -> Result<Answer, Fault> {
        let (row, old) = (before.as_ref().map(|one| &one.row), before.as_ref().map(|one| &one.record));
        let stood = before.as_ref().map(Loaded::derived_from);
        let id = row.map_or(RecordId(self.head.position + 1), |row| row.id);
        let mut events = events;
        let mut numbers = Vec::new();
        let numbered = events.iter().any(|event| !papers::series(line, event).is_empty());
        if numbered {
            // A command that finds its value taken gives its number back.
            self.tx.mark()?;
        }
        for event in &mut events {
            for series in papers::series(line, event) {
                numbers.extend(self.give_number(line, event, series, old)?);
            }
        }
        let record = self.folded(line, old, row, &events, id)?;
        if let Some(taken) = self.put_keys(line, stood, &record)? {
            if numbered {
                self.tx.undo()?;
            }
            return Ok(taken);
        }
        if numbered {
            self.tx.settle()?;
        }
        let definition = self.definition(line, before.as_ref())?;
        let first = row.map_or(1, |row| row.seq + 1);
        let mut previous = row.map_or(NOTHING, |row| row.hash);
        for ((seq, event), left) in (first..).zip(&events).zip((0..events.len()).rev()) {
            // Files come with what was asked for, which is last: lapses go before it.
            let files = if left == 0 { write.files } else { &[] };
            previous = self.append(write, line, event, files, id, seq, definition, previous)?;
        }
        let due = kernel::due_days(line, &record, &self.catalog.calendar);
        let last = Last { definition, hash: previous, recorded: write.now };
        let mut new_row = row_of(&self.government, line, &record, &due, &last, &self.catalog.calendar);
        self.derive(line, stood, &record, &new_row, &due)?;
        if write.sends {
            self.send(write, line, &record, first, &events)?;
        }
        new_row.state = Vec::new();
        let position = self.head.position;
        let command = CommandRow { id: write.command, record: id, position };
        if write.command != CommandId([0; 16]) {
            self.tx.put_command(&self.government, &command)?;
            self.answered.insert(write.command, Some(command));
        }
        let done: Vec<(u32, &Event)> = (first..).zip(&events).collect();
        let mut receipt = self.receipt(id, position, &numbers, &[], false);
        receipt.events = done
            .iter()
            .map(|(seq, event)| {
                let (kind, what) = translate::kind_name(line, &event.kind);
                (kind.into(), what, *seq)
            })
            .collect();
        receipt.findings =
            events.iter().flat_map(|event| event.findings.iter().map(|(code, _)| code.clone())).collect();
        self.loaded.insert(id, Loaded { row: new_row, line: line.clone(), record, stood: None });
        Ok(Answer::Done(receipt))
    }

    /// The digest of the definition under which is written: the one that was, or another that is frozen now.
    fn definition(&mut self, line: &Arc<Line>, before: Option<&Loaded>) -> Result<Digest, Fault> {
        if let Some(Loaded { row, stood: None, .. }) = before {
            return Ok(row.definition);
        }
        if let Some(digest) = self.definitions.kept(line) {
            return Ok(digest);
        }
        if let Some((digest, _)) = self.frozen.iter().find(|(_, other)| Arc::ptr_eq(other, line)) {
            return Ok(*digest);
        }
        let bytes = catalog::frozen(line);
        let digest = ledger::hash(&bytes);
        self.tx.put_definition(digest, &line.name(), &bytes)?;
        self.frozen.push((digest, line.clone()));
        Ok(digest)
    }

    pub(super) fn receipt(
        &self,
        record: RecordId,
        position: u64,
        numbers: &[String],
        findings: &[Code],
        repeated: bool,
    ) -> Receipt {
        Receipt {
            government: self.government.clone(),
            record,
            position,
            events: Vec::new(),
            findings: findings.to_vec(),
            numbers: numbers.to_vec(),
            repeated,
        }
    }

    /// The store fills in the next number of the series.
    fn give_number(
        &mut self,
        line: &Line,
        event: &mut Event,
        id: SeriesId,
        record: Option<&Record>,
    ) -> Result<Option<String>, Fault> {
        let series = &line.series[id.index()];
        if record.is_some_and(|record| record.get(series.field).is_some())
            || event.changes.iter().any(|(field, _)| *field == series.field)
        {
            return Ok(None);
        }
        let text = self.next_number(line, series, event.at.date())?;
        event.changes.push((series.field, Value::Text(text.clone())));
        Ok(Some(text))
    }

    /// The next number of a series, as it prints.
    pub(crate) fn next_number(&mut self, line: &Line, series: &Series, on: Date) -> Result<String, Fault> {
        let year = on.year();
        let number = self.tx.next_number(&self.government, &format!("{}.{}", line.code, series.code), year)?;
        let region = self.catalog.regions.get(&self.government, on);
        let short = region.map_or("", |region| region.short.as_deref().unwrap_or(&region.name));
        let text = series.format.replace("{short}", short).replace("{year}", &year.to_string());
        Ok(text.replace("{n}", &number.to_string()))
    }

    /// The record after the events; after an annulment folded anew from all of them.
    fn folded(
        &mut self,
        line: &Arc<Line>,
        old: Option<&Record>,
        row: Option<&RecordRow>,
        events: &[Event],
        id: RecordId,
    ) -> Result<Record, Fault> {
        if !events.iter().any(|event| matches!(event.kind, Kind::Annulled { .. })) {
            let mut record = old.cloned();
            let first = row.map_or(1, |row| row.seq + 1);
            for (seq, event) in (first..).zip(events) {
                record = Some(kernel::apply(line, record, event, id, seq));
            }
            return record.ok_or_else(|| nothing(id));
        }
        let stored = self.tx.events(&self.government, id)?;
        let mut history = History::read(self.tx.as_mut(), self.definitions, &stored)?;
        history.extend(line, events);
        history.fold(id)?.ok_or_else(|| nothing(id))
    }

    /// Keeps the values by which a record is found; gives the one that another record holds.
    fn put_keys(
        &mut self,
        line: &Line,
        stood: Option<(&Line, &Record)>,
        record: &Record,
    ) -> Result<Option<Answer>, Fault> {
        let keys = keys_of(line, record);
        let before = stood.map_or_else(Vec::new, |(line, old)| keys_of(line, old));
        if before == keys {
            return Ok(None);
        }
        let fault = match self.tx.put_keys(&self.government, record.id, &keys) {
            Ok(()) => return Ok(None),
            Err(fault) if fault.kind == ledger::FaultKind::Unique => fault,
            Err(fault) => return Err(fault),
        };
        for key in keys.iter().filter(|key| key.unique) {
            let value = std::slice::from_ref(&key.value);
            let held = self.tx.keyed(&self.government, &key.line, &key.field, value)?;
            if held.iter().any(|(_, other)| *other != record.id) {
                return Ok(Some(Answer::Taken { field: key.field.clone(), value: key.value.clone() }));
            }
        }
        Err(fault)
    }

    #[allow(clippy::too_many_arguments)] // an event's place in two chains
    fn append(
        &mut self,
        write: &Write<'_>,
        line: &Line,
        event: &Event,
        files: &[Attached],
        record: RecordId,
        seq: u32,
        definition: Digest,
        previous: Digest,
    ) -> Result<Digest, Fault> {
        let (kind, what) = translate::kind_name(line, &event.kind);
        let contents = self.seal(line, event, files)?;
        let digests = contents.iter().filter_map(|content| {
            let (nonce, bytes) = (content.nonce.as_ref()?, content.bytes.as_ref()?);
            Some((content.part, ledger::seal(nonce, bytes)))
        });
        let posts = match &event.kind {
            Kind::Act(id) | Kind::Proposed(id) => line.act(*id).by.as_slice(),
            Kind::Signed(id) => line.act(*id).signing(),
            _ => &[],
        };
        let post = posts.iter().find(|post| write.actor.posts.contains(post));
        let envelope = Envelope {
            government: self.government.clone(),
            record,
            seq,
            position: self.head.position + 1,
            kind: kind.into(),
            what,
            actor: event.by.clone(),
            agency: write.actor.agency.clone(),
            post: post.cloned().unwrap_or_default(),
            command: write.command,
            done_at: event.at,
            recorded_at: terms::micros_of(write.now),
            definition,
            lookups: write.answers.to_vec(),
            contents: digests.collect(),
            attachments: files.iter().map(|file| file.digest).collect(),
            previous,
        };
        let bytes = envelope.encode();
        let hash = ledger::hash(&bytes);
        let head = ledger::extend_head(self.head.hash, hash);
        self.tx.append(&EventRow {
            government: self.government.clone(),
            record,
            seq,
            position: envelope.position,
            envelope: bytes,
            hash,
            head,
            contents,
        })?;
        for file in files {
            self.tx.hold_attachment(&self.government, file.digest)?;
        }
        self.head = Head { position: envelope.position, hash: head };
        Ok(hash)
    }

    fn seal(&mut self, line: &Line, event: &Event, files: &[Attached]) -> Result<Vec<ContentRow>, Fault> {
        let mut body = ledger::Body { attachments: files.to_vec(), ..translate::body_of(line, event) };
        for (code, template, bytes) in papers::issued(self.catalog, line, event) {
            if !self.kept_templates.contains(&template) {
                self.tx.put_definition(template, &format!("{}/{code}.docx", line.code), bytes)?;
                self.kept_templates.push(template);
            }
            body.papers.push((code, template));
        }
        if body == ledger::Body::default() {
            return Ok(Vec::new());
        }
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = body.split(|code| translate::is_personal(line, code));
        let row = |(part, body): (u16, ledger::Body)| ContentRow {
            part,
            nonce: Some(nonces.next()),
            bytes: Some(body.encode()),
        };
        Ok(parts.into_iter().map(row).collect())
    }

    /// Everything that follows from the record: row, due days, deltas, publications.
    fn derive(
        &mut self,
        line: &Line,
        stood: Option<(&Line, &Record)>,
        record: &Record,
        row: &RecordRow,
        due: &[(LimitId, Deadline)],
    ) -> Result<(), Fault> {
        let calendar = &self.catalog.calendar;
        self.tx.put_record(row)?;
        let rows = |line, due: &[(LimitId, Deadline)]| due_rows(&self.government, line, record.id, due);
        let before = stood.map_or_else(Vec::new, |(line, old)| rows(line, &kernel::due_days(line, old, calendar)));
        let after = rows(line, due);
        if before != after {
            self.tx.put_due(&self.government, record.id, &after)?;
        }
        let waits = |line, record, due: &[(LimitId, Deadline)]| {
            let own = own_due(line, due).map(|deadline| deadline.last.date());
            waiting::rows(line, record, own, calendar)
        };
        let waited = stood.map_or_else(Vec::new, |(line, old)| {
            // Only a proposal is put by the record's own due day, which takes time to count.
            let due = if old.proposal.is_some() { kernel::due_days(line, old, calendar) } else { Vec::new() };
            waits(line, old, &due)
        });
        let now_waits = waits(line, record, due);
        if waited != now_waits {
            self.tx.put_waiting(&self.government, record.id, &now_waits)?;
        }
        self.deltas.extend(figures::deltas(line, stood, record, calendar, &self.government, self.head.position));
        for public in publish::changes(line, stood, record, calendar, &self.government) {
            self.tx.put_public(&public)?;
        }
        Ok(())
    }
}
