//! Writing. Rows wait in the transaction and go out together, a few statements for a whole batch.

use std::collections::BTreeMap;

use ledger::{
    AccountRow, AgencyRow, CommandRow, DeltaRow, DueRow, EventRow, Fault, FaultKind, Head, KeyRow, LookRow, NOTHING,
    PublicRow, RecordRow, Transaction, WaitingRow, column,
};
use terms::{Code, CommandId, Digest, GovernmentCode, RecordId};

use super::desk;
use super::handle::{Handle, Value, refused};
use super::open::Guard;
use super::read::Session;
use super::rows;
use super::statement::{self as say, Insert, ROWS, Statement};
use crate::query::{by_month, day, integer};

/// What waits to be sent.
#[derive(Default)]
pub(super) struct Waiting {
    events: Vec<EventRow>,
    records: Vec<RecordRow>,
    due: Vec<(RecordId, Vec<DueRow>)>,
    pub(super) desks: Vec<(RecordId, Vec<WaitingRow>)>,
    keys: Vec<(RecordId, Vec<KeyRow>)>,
    deltas: Vec<(i64, DeltaRow)>,
    public: Vec<PublicRow>,
    commands: Vec<CommandRow>,
    definitions: Vec<(Digest, String, Vec<u8>)>,
    /// Numbers given that the database does not have yet.
    series: BTreeMap<(Code, i16), u64>,
}

/// How much of each list waited at a mark. They only grow until they are sent, so that a mark costs the same in a long
/// batch as in a short one.
#[derive(Default)]
struct Lengths {
    events: usize,
    records: usize,
    due: usize,
    desks: usize,
    keys: usize,
    deltas: usize,
    public: usize,
    commands: usize,
    definitions: usize,
}

impl Waiting {
    fn lengths(&self) -> Lengths {
        Lengths {
            events: self.events.len(),
            records: self.records.len(),
            due: self.due.len(),
            desks: self.desks.len(),
            keys: self.keys.len(),
            deltas: self.deltas.len(),
            public: self.public.len(),
            commands: self.commands.len(),
            definitions: self.definitions.len(),
        }
    }

    /// Takes out what came after a mark.
    fn split_off(&mut self, at: &Lengths) -> Waiting {
        Waiting {
            events: self.events.split_off(at.events),
            records: self.records.split_off(at.records),
            due: self.due.split_off(at.due),
            desks: self.desks.split_off(at.desks),
            keys: self.keys.split_off(at.keys),
            deltas: self.deltas.split_off(at.deltas),
            public: self.public.split_off(at.public),
            commands: self.commands.split_off(at.commands),
            definitions: self.definitions.split_off(at.definitions),
            series: BTreeMap::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.records.is_empty()
            && self.due.is_empty()
            && self.desks.is_empty()
            && self.keys.is_empty()
            && self.deltas.is_empty()
            && self.public.is_empty()
            && self.commands.is_empty()
            && self.definitions.is_empty()
            && self.series.is_empty()
    }
}

/// Where undoing returns to.
struct Mark {
    waited: Lengths,
    /// The numbers that waited: a number given later overwrites its series' entry.
    numbers: BTreeMap<(Code, i16), u64>,
    head: Head,
    series: BTreeMap<(Code, i16), u64>,
    definitions: usize,
    /// Something was sent since, behind a savepoint.
    saved: bool,
}

/// What a writing session keeps in mind until it commits.
pub(crate) struct Work {
    /// The government it writes in; `None` for a session that only reads.
    pub(crate) government: Option<GovernmentCode>,
    /// The head, with what was appended.
    pub(crate) head: Head,
    began: Head,
    /// Records up to this position may have rows in the database.
    sent: u64,
    next_delta: i64,
    pub(super) waiting: Waiting,
    mark: Option<Mark>,
    /// The last number of each series used here.
    series: BTreeMap<(Code, i16), u64>,
    /// The last event's number of each record to which this transaction appended, as far as it is known.
    last: BTreeMap<RecordId, u32>,
    definitions: Vec<Digest>,
    /// Of a session that only reads: the positions of heads that were asked for.
    pub(crate) heads: BTreeMap<GovernmentCode, u64>,
    /// The number of this transaction, once it erased.
    pub(super) erased: Option<i64>,
}

impl Default for Work {
    fn default() -> Self {
        let head = Head { position: 0, hash: NOTHING };
        Work {
            government: None,
            head,
            began: head,
            sent: 0,
            next_delta: 0,
            waiting: Waiting::default(),
            mark: None,
            series: BTreeMap::new(),
            last: BTreeMap::new(),
            definitions: Vec::new(),
            heads: BTreeMap::new(),
            erased: None,
        }
    }
}

impl Work {
    /// For a session that writes.
    pub(crate) fn new(government: &GovernmentCode, head: Head) -> Work {
        Work { government: Some(government.clone()), head, began: head, sent: head.position, ..Work::default() }
    }

    /// Whether an event's number is the one after its record's last. Where the last was not appended here, the
    /// database judges it.
    fn follows(&self, event: &EventRow) -> bool {
        let first = event.seq == 1;
        let last = self.last.get(&event.record);
        first == (event.record.0 == event.position) && last.is_none_or(|last| !first && event.seq == last + 1)
    }

    /// Goes back to the last mark in what waits; tells whether the database has to follow.
    fn undo(&mut self) -> Option<bool> {
        let mark = self.mark.as_ref()?;
        let undone = self.waiting.split_off(&mark.waited);
        self.waiting.series.clone_from(&mark.numbers);
        self.head = mark.head;
        self.series.clone_from(&mark.series);
        self.definitions.truncate(mark.definitions);
        for event in undone.events.iter().rev() {
            match event.seq {
                1 => self.last.remove(&event.record),
                seq => self.last.insert(event.record, seq - 1),
            };
        }
        if mark.saved {
            // Which events were sent since the mark is not known any more.
            self.last.clear();
        }
        Some(mark.saved)
    }

    /// A record that waits to be written.
    pub(crate) fn record(&self, government: &GovernmentCode, id: RecordId) -> Option<&RecordRow> {
        self.waiting.records.iter().rev().find(|row| row.id == id && row.government == *government)
    }

    /// An answer that waits to be written.
    pub(crate) fn command(&self, government: &GovernmentCode, id: CommandId) -> Option<&CommandRow> {
        let own = self.government.as_ref() == Some(government);
        self.waiting.commands.iter().find(|row| own && row.id == id)
    }
}

/// Inserts rows of one table, several in a statement.
fn insert(handle: &mut Handle, into: &Insert, rows: impl IntoIterator<Item = Vec<Value>>) -> Result<(), Fault> {
    let mut rows = rows.into_iter().collect::<Vec<_>>().into_iter();
    for size in ROWS {
        while rows.len() >= size {
            let some: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            handle.run(&into.rows(size), &some)?;
        }
    }
    Ok(())
}

/// The last row of each key, in order of the keys.
fn last<K: Ord, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> Vec<R> {
    let by_key: BTreeMap<K, R> = rows.into_iter().map(|row| (key(&row), row)).collect();
    by_key.into_values().collect()
}

/// Sends events with their contents.
fn send_events(handle: &mut Handle, own: impl Fn() -> Value, waiting: Vec<EventRow>) -> Result<(), Fault> {
    let mut contents = Vec::new();
    let mut events = Vec::new();
    for event in waiting {
        let position = integer(event.position);
        for part in event.contents {
            let nonce = part.nonce.as_ref().map(<[u8; 16]>::as_slice);
            let bytes = part.bytes.map_or(Value::Null, Value::Bytes);
            contents.push(vec![own(), position.into(), i64::from(part.part).into(), nonce.into(), bytes]);
        }
        events.push(vec![
            own(),
            position.into(),
            integer(event.record.0).into(),
            event.seq.into(),
            event.hash.0.as_slice().into(),
            event.head.0.as_slice().into(),
            Value::Bytes(event.envelope),
        ]);
    }
    insert(handle, &say::INTO_EVENT, events)?;
    insert(handle, &say::INTO_CONTENT, contents)
}

/// Sends records as lists need them.
fn send_records(handle: &mut Handle, own: impl Fn() -> Value, waiting: Vec<RecordRow>) -> Result<(), Fault> {
    let records = last(waiting, |row| row.id).into_iter().map(|row| {
        vec![
            own(),
            integer(row.id.0).into(),
            row.line.as_str().into(),
            row.definition.0.as_slice().into(),
            row.agency.as_str().into(),
            row.handler.as_deref().into(),
            row.place.as_str().into(),
            row.stage.as_str().into(),
            row.closed.into(),
            row.label.as_str().into(),
            day(row.opened).into(),
            day(row.touched).into(),
            row.due.map(day).into(),
            row.seq.into(),
            row.hash.0.as_slice().into(),
            Value::Bytes(row.state),
            Value::Text(column(&row.narrowing.only)),
            Value::Text(column(&row.narrowing.hidden)),
            row.narrowing.above.number().into(),
        ]
    });
    insert(handle, &say::INTO_RECORD, records)
}

/// Sends due days and keys in the place of those that stand; records beyond the position `old` have none yet.
fn send_replaced(
    handle: &mut Handle,
    own: impl Fn() -> Value,
    old: u64,
    due: Vec<(RecordId, Vec<DueRow>)>,
    keys: Vec<(RecordId, Vec<KeyRow>)>,
) -> Result<(), Fault> {
    let due = last(due, |(record, _)| *record);
    if !due.is_empty() {
        clear(handle, &say::CLEAR_DUE, own(), old, due.iter().map(|(record, _)| *record))?;
        let rows = due.iter().flat_map(|(record, rows)| rows.iter().map(move |row| (record, row))).map(|(id, row)| {
            vec![own(), integer(id.0).into(), row.limit.as_str().into(), day(row.due).into(), row.agency.into()]
        });
        insert(handle, &say::INTO_DUE, rows)?;
    }
    let keys = last(keys, |(record, _)| *record);
    if !keys.is_empty() {
        clear(handle, &say::CLEAR_KEYS, own(), old, keys.iter().map(|(record, _)| *record))?;
        let rows = keys.iter().flat_map(|(record, rows)| rows.iter().map(move |row| (record, row))).map(|(id, row)| {
            let (line, field, value) = (row.line.as_str(), row.field.as_str(), row.value.as_str());
            vec![own(), line.into(), field.into(), value.into(), integer(id.0).into(), row.unique.into()]
        });
        insert(handle, &say::INTO_KEY, rows)?;
    }
    Ok(())
}

fn clear(
    handle: &mut Handle,
    statement: &Statement,
    own: Value,
    old: u64,
    records: impl Iterator<Item = RecordId>,
) -> Result<(), Fault> {
    let ids: Vec<i64> = records.filter(|record| record.0 <= old).map(|record| integer(record.0)).collect();
    if ids.is_empty() { Ok(()) } else { handle.run(statement, &[own, Value::Integers(ids)]).map(drop) }
}

/// Sends what waits; records beyond the position `old` have no rows yet.
fn send(handle: &mut Handle, government: &str, old: u64, waiting: Waiting) -> Result<(), Fault> {
    let own = || Value::from(government);
    send_events(handle, own, waiting.events)?;
    send_records(handle, own, waiting.records)?;
    send_replaced(handle, own, old, waiting.due, waiting.keys)?;
    let desks = last(waiting.desks, |(record, _)| *record);
    if !desks.is_empty() {
        clear(handle, &say::CLEAR_WAITING, own(), old, desks.iter().map(|(record, _)| *record))?;
        insert(
            handle,
            &say::INTO_WAITING,
            desks.iter().flat_map(|(_, rows)| rows).map(|row| desk::values(own(), row)),
        )?;
    }
    let months = by_month(waiting.deltas.iter().map(|(_, row)| row)).into_iter().map(|(month, amount)| {
        let (figure, month, agency, place, part) = month;
        vec![own(), figure.into(), month.into(), agency.into(), place.into(), part.into(), amount.into()]
    });
    insert(handle, &say::INTO_MONTH, months)?;
    let deltas = waiting.deltas.into_iter().map(|(n, row)| {
        vec![
            own(),
            row.figure.as_str().into(),
            day(row.day).into(),
            integer(row.position).into(),
            n.into(),
            integer(row.record.0).into(),
            row.agency.as_str().into(),
            row.place.as_str().into(),
            row.part.as_str().into(),
            row.amount.into(),
        ]
    });
    insert(handle, &say::INTO_DELTA, deltas)?;
    let public = last(waiting.public, |row| (row.record, row.publication.clone())).into_iter().map(|row| {
        vec![
            own(),
            integer(row.record.0).into(),
            row.publication.as_str().into(),
            row.line.as_str().into(),
            day(row.published).into(),
            row.withdrawn.map(day).into(),
            Value::Bytes(row.shown),
            row.digest.0.as_slice().into(),
        ]
    });
    insert(handle, &say::INTO_PUBLIC, public)?;
    let commands = waiting
        .commands
        .into_iter()
        .map(|row| vec![own(), row.id.0.as_slice().into(), integer(row.record.0).into(), integer(row.position).into()]);
    insert(handle, &say::INTO_COMMAND, commands)?;
    // In the order of their digests, so that two governments never wait for each other.
    let definitions = last(waiting.definitions, |(digest, ..)| digest.0);
    let definitions = definitions
        .into_iter()
        .map(|(digest, name, bytes)| vec![digest.0.as_slice().into(), Value::Text(name), Value::Bytes(bytes)]);
    insert(handle, &say::INTO_DEFINITION, definitions)?;
    let series = waiting.series.into_iter().map(|((series, year), number)| {
        vec![own(), series.as_str().into(), i64::from(year).into(), integer(number).into()]
    });
    insert(handle, &say::INTO_SERIES, series)
}

impl<H: std::ops::DerefMut<Target = Handle>> Session<H> {
    /// Sends what waits, so that a read sees it.
    pub(crate) fn flush(&mut self) -> Result<(), Fault> {
        if self.work.waiting.is_empty() { Ok(()) } else { self.sending() }
    }

    /// Sends what waits; a mark stands from then on as a savepoint behind what was written before it.
    fn sending(&mut self) -> Result<(), Fault> {
        let Some(government) = self.work.government.clone() else { return Ok(()) };
        let mut before = std::mem::take(&mut self.work.waiting);
        // From now on rows may stand of every record so far, and of the next one, whose keys come before its event.
        let sent = self.work.head.position + 1;
        let old = std::mem::replace(&mut self.work.sent, sent);
        let Some(mark) = self.work.mark.as_mut().filter(|mark| !mark.saved) else {
            return send(&mut self.handle, government.as_str(), old, before);
        };
        let mut rest = before.split_off(&std::mem::take(&mut mark.waited));
        rest.series = std::mem::replace(&mut before.series, std::mem::take(&mut mark.numbers));
        rest.series.retain(|key, number| before.series.get(key) != Some(number));
        mark.saved = true;
        send(&mut self.handle, government.as_str(), old, before)?;
        self.handle.simple(&say::SAVEPOINT)?;
        send(&mut self.handle, government.as_str(), sent, rest)
    }
}

impl Session<Guard<'_>> {
    /// Every row belongs to the transaction's government.
    pub(super) fn own(&self, government: &GovernmentCode) -> Result<(), Fault> {
        match &self.work.government {
            Some(own) if own == government => Ok(()),
            own => Err(refused(format!(
                "a row of government {government} in a transaction of {}: begin one for each government",
                own.as_ref().map_or("none", |own| own.as_str())
            ))),
        }
    }

    pub(super) fn direct(&mut self, statement: &Statement, params: &[Value]) -> Result<u64, Fault> {
        self.sending()?;
        self.handle.run(statement, params)
    }
}

impl Transaction for Session<Guard<'_>> {
    fn append(&mut self, event: &EventRow) -> Result<(), Fault> {
        self.own(&event.government)?;
        if event.position != self.work.head.position + 1 {
            return Err(refused("event: the position is not the one after the last".to_owned()));
        }
        if !self.work.follows(event) {
            return Err(refused("event: the number is not the one after the record's last".to_owned()));
        }
        self.work.last.insert(event.record, event.seq);
        self.work.head = Head { position: event.position, hash: event.head };
        self.work.waiting.events.push(event.clone());
        Ok(())
    }

    /// The commit clears away what the server would leave in its tables; of its write-ahead log and archives see
    /// docs/security.md.
    fn erase(&mut self, government: &GovernmentCode, position: u64, part: u16) -> Result<(), Fault> {
        self.own(government)?;
        if part == 0 {
            return Err(refused("part 0 of an event is not personal and can't be erased".to_owned()));
        }
        let params = [government.as_str().into(), integer(position).into(), i64::from(part).into()];
        if self.direct(&say::ERASE, &params)? == 0 {
            return Err(refused(format!("the event at position {position} has no part {part}")));
        }
        if self.work.erased.is_none() {
            self.work.erased = self.handle.transaction()?;
        }
        Ok(())
    }

    fn put_record(&mut self, row: &RecordRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.work.waiting.records.push(row.clone());
        Ok(())
    }

    fn put_due(&mut self, government: &GovernmentCode, record: RecordId, rows: &[DueRow]) -> Result<(), Fault> {
        self.own(government)?;
        self.work.waiting.due.push((record, rows.to_vec()));
        Ok(())
    }

    fn put_keys(&mut self, government: &GovernmentCode, record: RecordId, rows: &[KeyRow]) -> Result<(), Fault> {
        self.own(government)?;
        for key in rows.iter().filter(|key| key.unique) {
            let same = |other: &KeyRow| {
                other.unique && other.line == key.line && other.field == key.field && other.value == key.value
            };
            let mut waiting: BTreeMap<RecordId, &Vec<KeyRow>> = BTreeMap::new();
            waiting.extend(self.work.waiting.keys.iter().map(|(record, rows)| (*record, rows)));
            let mut holder =
                waiting.iter().find(|(id, rows)| **id != record && rows.iter().any(same)).map(|(id, _)| *id);
            if holder.is_none() {
                let params = [
                    government.as_str().into(),
                    key.line.as_str().into(),
                    key.field.as_str().into(),
                    key.value.as_str().into(),
                ];
                let stored = self.handle.one(&say::HOLDER, &params, |row| rows::record_id(row, 0))?;
                // One whose keys wait to be replaced has given it up.
                holder = stored.filter(|id| *id != record && !waiting.contains_key(id));
            }
            if let Some(holder) = holder {
                let message = format!(
                    "({}, {}, {}) is unique, and record {holder} holds it: use that record, or another value",
                    key.line, key.field, key.value
                );
                return Err(Fault { kind: FaultKind::Unique, message });
            }
        }
        self.work.waiting.keys.push((record, rows.to_vec()));
        Ok(())
    }

    fn add_deltas(&mut self, rows: &[DeltaRow]) -> Result<(), Fault> {
        for row in rows {
            self.own(&row.government)?;
            if row.position <= self.work.began.position {
                // A further delta at a position of before: others stand there under their own numbers.
                let params = [
                    row.government.as_str().into(),
                    row.figure.as_str().into(),
                    day(row.day).into(),
                    integer(row.position).into(),
                ];
                let free = self.handle.one(&say::FREE_DELTA, &params, |row| rows::unsigned(row, 0))?;
                self.work.next_delta = self.work.next_delta.max(free.map_or(0, integer));
            }
            self.work.waiting.deltas.push((self.work.next_delta, row.clone()));
            self.work.next_delta += 1;
        }
        Ok(())
    }

    fn months_anew(&mut self, government: &GovernmentCode) -> Result<(), Fault> {
        self.own(government)?;
        self.flush()?;
        let own = [government.as_str().into()];
        self.handle.run(&say::CLEAR_MONTHS, &own)?;
        self.handle.run(&say::MONTHS_ANEW, &own).map(drop)
    }

    fn next_number(&mut self, government: &GovernmentCode, series: &str, year: i16) -> Result<u64, Fault> {
        self.own(government)?;
        let key = (Code::from(series), year);
        let before = match self.work.series.get(&key) {
            Some(last) => *last,
            None => {
                let params = [government.as_str().into(), series.into(), i64::from(year).into()];
                self.handle.one(&say::LAST_NUMBER, &params, |row| rows::unsigned(row, 0))?.unwrap_or(0)
            }
        };
        self.work.series.insert(key.clone(), before + 1);
        self.work.waiting.series.insert(key, before + 1);
        Ok(before + 1)
    }

    fn put_definition(&mut self, digest: Digest, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        if !self.handle.knows(digest) && !self.work.definitions.contains(&digest) {
            self.work.waiting.definitions.push((digest, name.to_owned(), bytes.to_vec()));
            self.work.definitions.push(digest);
        }
        Ok(())
    }

    fn put_public(&mut self, row: &PublicRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.work.waiting.public.push(row.clone());
        Ok(())
    }

    fn put_command(&mut self, government: &GovernmentCode, row: &CommandRow) -> Result<(), Fault> {
        self.own(government)?;
        if self.work.command(government, row.id).is_some() {
            return Err(refused("command: it has been answered".to_owned()));
        }
        self.work.waiting.commands.push(row.clone());
        Ok(())
    }

    fn put_account(&mut self, row: &AccountRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let posts: Vec<&str> = row.posts.iter().map(|post| post.as_str()).collect();
        let params = [
            row.government.as_str().into(),
            row.name.as_str().into(),
            row.shown.as_str().into(),
            row.agency.as_str().into(),
            Value::Text(posts.join("\n")),
            row.password.as_str().into(),
        ];
        self.direct(&say::PUT_ACCOUNT, &params).map(drop)
    }

    fn put_agency(&mut self, row: &AgencyRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let params = [
            row.government.as_str().into(),
            row.code.as_str().into(),
            row.name.as_str().into(),
            row.place.as_str().into(),
        ];
        self.direct(&say::PUT_AGENCY, &params).map(drop)
    }

    fn note_look(&mut self, government: &GovernmentCode, look: &LookRow) -> Result<(), Fault> {
        self.own(government)?;
        let params = [
            government.as_str().into(),
            integer(look.record.0).into(),
            look.at.into(),
            look.account.as_str().into(),
            look.reason.as_str().into(),
        ];
        self.direct(&say::NOTE_LOOK, &params).map(drop)
    }

    fn put_note(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        self.direct(&say::PUT_NOTE, &[name.into(), text.into()]).map(drop)
    }

    fn mark(&mut self) -> Result<(), Fault> {
        if self.work.mark.as_ref().is_some_and(|mark| mark.saved) {
            self.handle.simple(&say::RELEASE)?;
        }
        self.work.mark = Some(Mark {
            waited: self.work.waiting.lengths(),
            numbers: self.work.waiting.series.clone(),
            head: self.work.head,
            series: self.work.series.clone(),
            definitions: self.work.definitions.len(),
            saved: false,
        });
        Ok(())
    }

    fn undo(&mut self) -> Result<(), Fault> {
        match self.work.undo() {
            None => Err(refused("there is no mark to return to".to_owned())),
            Some(false) => Ok(()),
            Some(true) => self.handle.simple(&say::BACK),
        }
    }

    fn settle(&mut self) -> Result<(), Fault> {
        match self.work.mark.take() {
            Some(mark) if mark.saved => self.handle.simple(&say::RELEASE),
            _ => Ok(()),
        }
    }

    fn commit(mut self: Box<Self>) -> Result<(), Fault> {
        self.work.mark = None;
        self.flush()?;
        if self.work.head != self.work.began
            && let Some(government) = self.work.government.clone()
        {
            let Head { position, hash } = self.work.head;
            self.handle.run(
                &say::MOVE_HEAD,
                &[government.as_str().into(), integer(position).into(), hash.0.as_slice().into()],
            )?;
        }
        let Session { handle, work } = *self;
        handle.commit(work.definitions, work.erased)
    }
}
