//! Makes everything derived anew from the events: nothing of it is a truth of its own. What was counted stays as it was
//! told; a wrong sum is mended by a further delta at the head of the log.
//!
//! The writer of a government keeps records between two batches as long as the log's head stands, and rebuilding moves no
//! head. So it is counted, inside the transaction: a writer of this program that begins a batch later sees the count and
//! reads anew. Other programs on the same store do not see it: they are to be stopped, as `fazhi verify --rebuild` says.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use ledger::{DeltaRow, Fault, FaultKind, KeyRow, RecordQuery, Transaction};
use terms::{Digest, GovernmentCode, RecordId};

use crate::{
    Platform,
    derived::{self, Derived, Kept},
    history::nothing,
    rows::{Last, decode_state},
    verify,
};

/// So many records share one transaction.
const STRETCH: usize = 300;
/// So many records are named.
const NAMED: usize = 10;
/// The duty of bringing due days to another calendar, and how long a program may take for it (microseconds).
const CALENDAR: &str = "calendar";
const TURN: i64 = 3_600 * 1_000_000;

/// What was rebuilt: records by what of them differed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events from which everything follows.
    pub events: u64,
    /// Records looked at.
    pub records: u64,
    /// Rows with their state.
    pub rows: u64,
    /// Due days.
    pub due: u64,
    /// What waits for whom.
    pub waiting: u64,
    /// Keys.
    pub keys: u64,
    /// Publications.
    pub public: u64,
    /// Figures.
    pub deltas: u64,
    /// The sums of figures by month.
    pub months: bool,
    /// The first records that differed.
    pub first: Vec<RecordId>,
}

impl Rebuilt {
    /// Whether anything differed.
    pub fn differed(&self) -> bool {
        self.months || !self.first.is_empty()
    }

    fn name(&mut self, id: RecordId) {
        if self.first.len() < NAMED && !self.first.contains(&id) {
            self.first.push(id);
        }
    }
}

impl Platform {
    /// Makes everything derived of a government anew, where it differs. The whole log is checked first: from damaged
    /// events nothing is derived. May be repeated; stopped half way, the next run does the rest.
    ///
    /// # Errors
    /// Where the log is damaged: then nothing was written. Where two records hold one unique value by their events, or
    /// the store fails: then what was committed before stands.
    pub fn rebuild(&self, government: &GovernmentCode) -> Result<Rebuilt, Fault> {
        let checked = {
            let mut read = self.store.read()?;
            verify::check_log(read.as_mut(), government, &mut |_| Ok(None))?
        };
        let (head, ids) = checked.map_err(|mismatch| Fault {
            kind: FaultKind::Damaged,
            message: format!(
                "{government}: {mismatch}: nothing was rebuilt; keep this ledger as it is, and restore it from the last \
                 backup that verifies"
            ),
        })?;
        let mut rebuilt = Rebuilt { events: head.position, records: ids.len() as u64, ..Rebuilt::default() };
        for some in ids.chunks(STRETCH) {
            let mut tx = self.store.begin(government)?;
            let mut written = false;
            for id in some {
                written |= self.rebuild_record(tx.as_mut(), government, *id, &mut rebuilt)?;
            }
            if written {
                self.rebuilds.fetch_add(1, Ordering::SeqCst);
                tx.commit()?;
            }
        }
        let mut tx = self.store.begin(government)?;
        if !tx.months_hold(government)? {
            tx.months_anew(government)?;
            tx.commit()?;
            rebuilt.months = true;
        }
        Ok(rebuilt)
    }

    /// Whether something of the record differed.
    fn rebuild_record(
        &self,
        tx: &mut dyn Transaction,
        government: &GovernmentCode,
        id: RecordId,
        rebuilt: &mut Rebuilt,
    ) -> Result<bool, Fault> {
        let derived = self.derived(tx, government, id)?.ok_or_else(|| nothing(id))?;
        let kept = Kept::read(tx, government, id)?;
        let row = !kept.has_state(&derived) || kept.other_column(&derived).is_some();
        if row {
            tx.put_record(&derived.row)?;
        }
        let due = kept.due != derived.due;
        if due {
            tx.put_due(government, id, &derived.due)?;
        }
        let waiting = kept.waiting != derived.waiting;
        if waiting {
            tx.put_waiting(government, id, &derived.waiting)?;
        }
        let keys = kept.keys != derived.keys;
        if keys {
            self.settle_keys(tx, government, id, derived.keys.clone())?;
        }
        let unpublished = kept.unpublished(&derived);
        for public in &unpublished {
            tx.put_public(public)?;
        }
        let missing = further(&kept, &derived, tx.head(government)?.position);
        if !missing.is_empty() {
            tx.add_deltas(&missing)?;
        }
        let (public, deltas) = (!unpublished.is_empty(), !missing.is_empty());
        rebuilt.rows += u64::from(row);
        rebuilt.due += u64::from(due);
        rebuilt.waiting += u64::from(waiting);
        rebuilt.keys += u64::from(keys);
        rebuilt.public += u64::from(public);
        rebuilt.deltas += u64::from(deltas);
        let differed = row || due || waiting || keys || public || deltas;
        if differed {
            rebuilt.name(id);
        }
        Ok(differed)
    }

    /// Gives a record its keys. A unique value that another record holds, which should not, is taken from it: both get
    /// theirs anew, and so on for whoever holds what that one should.
    fn settle_keys(
        &self,
        tx: &mut dyn Transaction,
        government: &GovernmentCode,
        id: RecordId,
        keys: Vec<KeyRow>,
    ) -> Result<(), Fault> {
        let mut all = BTreeMap::from([(id, keys)]);
        loop {
            for id in all.keys() {
                tx.put_keys(government, *id, &[])?;
            }
            let mut taken = None;
            for (id, keys) in &all {
                match tx.put_keys(government, *id, keys) {
                    Ok(()) => {}
                    Err(fault) if fault.kind == FaultKind::Unique => {
                        taken = Some((holder(tx, government, *id, keys)?, fault));
                        break;
                    }
                    Err(fault) => return Err(fault),
                }
            }
            match taken {
                None => return Ok(()),
                Some((Some(other), _)) if !all.contains_key(&other) => {
                    let derived = self.derived(tx, government, other)?.ok_or_else(|| nothing(other))?;
                    all.insert(other, derived.keys);
                }
                // By the events themselves two records hold it.
                Some((_, fault)) => return Err(fault),
            }
        }
    }

    /// Counts the due days of a government's open records anew; gives how many records had others.
    ///
    /// # Errors
    /// Where the store fails, or a record's derived state cannot be read.
    pub fn rebuild_due(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        let mut query = RecordQuery {
            government: Some(government.clone()),
            closed: Some(false),
            limit: STRETCH as u32,
            ..RecordQuery::default()
        };
        let mut changed = 0;
        loop {
            let mut tx = self.store.begin(government)?;
            let rows = tx.records(&query)?;
            let Some(last) = rows.last() else { return Ok(changed) };
            query.after = Some((Some(last.opened), last.id));
            let before = changed;
            for row in rows {
                let line = self.definitions.line(tx.as_mut(), row.definition)?;
                let record = decode_state(&row.state).ok_or_else(|| unreadable(row.id))?;
                let last = Last { definition: row.definition, hash: row.hash, recorded: row.touched.at(0, 0, 0, 0) };
                let (due, own, waiting) = derived::due_of(government, &line, &record, &self.catalog.calendar, &last);
                let moved = derived::sorted_due(tx.due_of(government, row.id)?) != due;
                if moved {
                    tx.put_due(government, row.id, &due)?;
                }
                if row.due != own {
                    tx.put_record(&ledger::RecordRow { due: own, ..row.clone() })?;
                }
                let waits = tx.waiting_of(government, row.id)? != waiting;
                if waits {
                    tx.put_waiting(government, row.id, &waiting)?;
                }
                changed += u64::from(moved || row.due != own || waits);
            }
            if changed > before {
                self.rebuilds.fetch_add(1, Ordering::SeqCst);
                tx.commit()?;
            }
        }
    }

    /// Where the catalogue's calendar is not the one by which the due days of a government were counted: counts them
    /// anew, and notes it. Gives how many records had others; `None` where nothing was to do, or another program does it.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn take_calendar(&self, government: &GovernmentCode, holder: &str) -> Result<Option<u64>, Fault> {
        let (digest, note) = (self.calendar_digest().to_string(), format!("calendar {government}"));
        if self.store.read()?.note(&note)?.as_ref() == Some(&digest) {
            return Ok(None);
        }
        let (_, now) = self.clock.now();
        if !self.store.lease(government, CALENDAR, holder, now, now + TURN)? {
            return Ok(None);
        }
        let changed = self.rebuild_due(government).and_then(|changed| {
            let mut tx = self.store.begin(government)?;
            tx.put_note(&note, &digest)?;
            tx.commit()?;
            Ok(changed)
        });
        // A turn that ends now is free for anybody.
        self.store.lease(government, CALENDAR, holder, now, now)?;
        changed.map(Some)
    }

    /// SM3 over the files of the calendar.
    fn calendar_digest(&self) -> Digest {
        // What follows from days is more than it was: a ledger of before gets the rest once.
        let mut bytes = b"waiting".to_vec();
        for (path, text) in self.catalog.source().files().filter(|(path, _)| path.starts_with("calendars/")) {
            for part in [path, text] {
                bytes.extend((part.len() as u64).to_be_bytes());
                bytes.extend(part.as_bytes());
            }
        }
        ledger::hash(&bytes)
    }
}

/// The deltas that mend the sums of a record, at a position.
fn further(kept: &Kept, derived: &Derived, position: u64) -> Vec<DeltaRow> {
    let row = |((figure, day, part, agency, place), amount)| DeltaRow {
        government: derived.row.government.clone(),
        figure,
        day,
        position,
        record: derived.row.id,
        agency,
        place,
        part,
        amount,
    };
    kept.missing(derived).into_iter().map(row).collect()
}

/// Another record that holds one of these unique values.
fn holder(
    tx: &mut dyn Transaction,
    government: &GovernmentCode,
    id: RecordId,
    keys: &[KeyRow],
) -> Result<Option<RecordId>, Fault> {
    for key in keys.iter().filter(|key| key.unique) {
        let held = tx.keyed(government, &key.line, &key.field, std::slice::from_ref(&key.value))?;
        if let Some((_, other)) = held.iter().find(|(_, other)| *other != id) {
            return Ok(Some(*other));
        }
    }
    Ok(None)
}

fn unreadable(id: RecordId) -> Fault {
    Fault {
        kind: FaultKind::Damaged,
        message: format!("the derived state of record {id} cannot be read; run `fazhi verify --rebuild`"),
    }
}
