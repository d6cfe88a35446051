//! Recomputes what is derived and proves what is chained; names the first record that differs.

use std::collections::BTreeMap;

use ledger::{DeltaRow, Difference, Fault, Head, Links, NOTHING, check_chain};
use terms::{Code, Date, Digest, GovernmentCode, PlaceCode, RecordId};

use crate::{
    Platform,
    commit::{decode_state, due_rows, keys_of},
    translate,
};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Events checked.
    pub events: u64,
    /// Records checked.
    pub records: u64,
    /// Hash of the log's head.
    pub head: Digest,
}

/// The first difference.
#[derive(Clone, Debug)]
pub enum Mismatch {
    /// A hash, a link, a position or a content does not fit.
    Chain(Difference),
    /// Folding a record's events gives another state than the one kept.
    State(RecordId),
    /// The index of due days differs.
    Due(RecordId),
    /// The index of keys differs.
    Keys(RecordId),
    /// The deltas do not add up to what the record contributes.
    Deltas(RecordId),
    /// The log's head is not the one kept.
    Head,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Chain(difference) => write!(f, "{difference}"),
            Mismatch::State(id) => write!(f, "record {id}: its state is not what its events make it"),
            Mismatch::Due(id) => write!(f, "record {id}: the index of due days differs from its clocks"),
            Mismatch::Keys(id) => write!(f, "record {id}: the index of keys differs from its fields"),
            Mismatch::Deltas(id) => write!(f, "record {id}: the deltas of its figures do not add up"),
            Mismatch::Head => write!(f, "the head of the log is not the hash of its events"),
        }
    }
}

const STRETCH: u32 = 2_000;

impl Platform {
    /// Verifies a government's ledger: chains, contents, states, due days, keys, deltas.
    ///
    /// # Errors
    /// Where the store cannot be read at all.
    pub fn verify(&self, government: &GovernmentCode) -> Result<Result<Verified, Mismatch>, Fault> {
        let mut read = self.store.read()?;
        let head = read.head(government)?;
        let mut records = Links::new();
        let mut reached = Head { position: 0, hash: NOTHING };
        loop {
            let rows = read.log(government, reached.position, STRETCH)?;
            if rows.is_empty() {
                break;
            }
            reached = match check_chain(government, reached, &mut records, &rows) {
                Ok(head) => head,
                Err(difference) => return Ok(Err(Mismatch::Chain(difference))),
            };
        }
        if reached != head {
            return Ok(Err(Mismatch::Head));
        }
        let mut ids: Vec<RecordId> = records.keys().copied().collect();
        ids.sort_unstable();
        for id in &ids {
            if let Some(mismatch) = self.verify_record(read.as_mut(), government, *id)? {
                return Ok(Err(mismatch));
            }
        }
        Ok(Ok(Verified { events: head.position, records: ids.len() as u64, head: head.hash }))
    }

    fn verify_record(
        &self,
        read: &mut dyn ledger::Read,
        government: &GovernmentCode,
        id: RecordId,
    ) -> Result<Option<Mismatch>, Fault> {
        let Some(row) = read.record(government, id)? else { return Ok(Some(Mismatch::State(id))) };
        let line = self.definitions.line(read, row.definition)?;
        let mut events = Vec::new();
        for stored in read.events(government, id)? {
            events.push(translate::event_of(&line, &stored)?);
        }
        let Some(folded) = kernel::replay(&line, &events, id) else { return Ok(Some(Mismatch::State(id))) };
        if decode_state(&row.state).as_ref() != Some(&folded) || row.seq != folded.seq {
            return Ok(Some(Mismatch::State(id)));
        }
        let calendar = &self.catalog.calendar;
        let mut due = due_rows(government, &line, id, &kernel::due_days(&line, &folded, calendar));
        let mut kept = read.due_of(government, id)?;
        due.sort_by(|a, b| a.limit.cmp(&b.limit));
        kept.sort_by(|a, b| a.limit.cmp(&b.limit));
        if due != kept {
            return Ok(Some(Mismatch::Due(id)));
        }
        let sorted = |mut rows: Vec<ledger::KeyRow>| {
            rows.sort_by(|a, b| (&a.field, &a.value).cmp(&(&b.field, &b.value)));
            rows.dedup();
            rows
        };
        if sorted(keys_of(&line, &folded)) != sorted(read.keys(government, id)?) {
            return Ok(Some(Mismatch::Keys(id)));
        }
        let told = sum(read.deltas_of(government, id)?);
        let counted = sum(figures::deltas(&line, None, &folded, calendar, government, 0));
        Ok((told != counted).then_some(Mismatch::Deltas(id)))
    }
}

type Place = (Code, Date, Code, Code, PlaceCode);

fn sum(rows: Vec<DeltaRow>) -> BTreeMap<Place, i64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        *sums.entry((row.figure, row.day, row.part, row.agency, row.place)).or_insert(0) += row.amount;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}
