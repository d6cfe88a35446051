//! Recomputes what is derived and proves what is chained; names the first record that differs.

use ledger::{Difference, EventRow, Fault, Head, Links, NOTHING, Read, check_chain};
use terms::{Digest, GovernmentCode, RecordId};

use crate::{Platform, attachments::Living, derived::Kept};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Events checked.
    pub events: u64,
    /// Records checked.
    pub records: u64,
    /// Files checked.
    pub files: u64,
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
    /// A column of the record's row is not what its events make it.
    Row(RecordId, &'static str),
    /// The index of due days differs.
    Due(RecordId),
    /// The index of what waits for whom differs.
    Waiting(RecordId),
    /// The index of keys differs.
    Keys(RecordId),
    /// What is published differs from what the record shows.
    Public(RecordId),
    /// The deltas do not add up to what the record contributes.
    Deltas(RecordId),
    /// The sums by month are not what the deltas add up to.
    Months,
    /// A file is not there as the events tell.
    File(Digest, &'static str),
    /// The log's head is not the one kept.
    Head,
}

impl Mismatch {
    /// The events hold, and what differs can be made anew from them: [`Platform::rebuild`].
    pub fn is_derived(&self) -> bool {
        !matches!(self, Mismatch::Chain(_) | Mismatch::File(..) | Mismatch::Head)
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Chain(difference) => write!(f, "{difference}"),
            Mismatch::State(id) => write!(f, "record {id}: its state is not what its events make it"),
            Mismatch::Row(id, column) => {
                write!(f, "record {id}: `{column}` in the lists is not what its events make it")
            }
            Mismatch::Due(id) => write!(f, "record {id}: the index of due days differs from its clocks"),
            Mismatch::Waiting(id) => write!(f, "record {id}: what it waits for is not what its events make it"),
            Mismatch::Keys(id) => write!(f, "record {id}: the index of keys differs from its fields"),
            Mismatch::Public(id) => write!(f, "record {id}: what is published is not what the record shows"),
            Mismatch::Deltas(id) => write!(f, "record {id}: the deltas of its figures do not add up"),
            Mismatch::Months => write!(f, "the sums of figures by month are not what the deltas add up to"),
            Mismatch::File(digest, what) => write!(f, "file {digest}: {what}"),
            Mismatch::Head => write!(f, "the head of the log is not the hash of its events"),
        }
    }
}

const STRETCH: u32 = 2_000;

impl Platform {
    /// Verifies a government's ledger: chains, contents, states, rows, due days, keys, publications, deltas,
    /// and the files that its events name.
    ///
    /// # Errors
    /// Where the store cannot be read at all.
    pub fn verify(&self, government: &GovernmentCode) -> Result<Result<Verified, Mismatch>, Fault> {
        let mut read = self.store.read()?;
        let mut living = Living::default();
        let (head, ids) = match check_log(read.as_mut(), government, &mut |event| living.see(event))? {
            Ok(checked) => checked,
            Err(mismatch) => return Ok(Err(mismatch)),
        };
        for id in &ids {
            if let Some(mismatch) = self.verify_record(read.as_mut(), government, *id)? {
                return Ok(Err(mismatch));
            }
        }
        if !read.months_hold(government)? {
            return Ok(Err(Mismatch::Months));
        }
        let files = match living.check(read.as_mut(), self.store.as_ref(), government)? {
            Ok(files) => files,
            Err(mismatch) => return Ok(Err(mismatch)),
        };
        Ok(Ok(Verified { events: head.position, records: ids.len() as u64, files, head: head.hash }))
    }

    fn verify_record(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        id: RecordId,
    ) -> Result<Option<Mismatch>, Fault> {
        let Some(derived) = self.derived(read, government, id)? else { return Ok(Some(Mismatch::State(id))) };
        let kept = Kept::read(read, government, id)?;
        Ok(if !kept.has_state(&derived) {
            Some(Mismatch::State(id))
        } else if kept.due != derived.due {
            Some(Mismatch::Due(id))
        } else if let Some(column) = kept.other_column(&derived) {
            Some(Mismatch::Row(id, column))
        } else if kept.waiting != derived.waiting {
            Some(Mismatch::Waiting(id))
        } else if kept.keys != derived.keys {
            Some(Mismatch::Keys(id))
        } else if !kept.unpublished(&derived).is_empty() {
            Some(Mismatch::Public(id))
        } else {
            (kept.told != derived.counted).then_some(Mismatch::Deltas(id))
        })
    }
}

/// Recomputes the whole log of a government: its head, and its records in order. Nothing is to be derived from a log
/// that does not hold.
pub(crate) fn check_log(
    read: &mut dyn Read,
    government: &GovernmentCode,
    see: &mut dyn FnMut(&EventRow) -> Result<Option<Mismatch>, Fault>,
) -> Result<Result<(Head, Vec<RecordId>), Mismatch>, Fault> {
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
        for row in &rows {
            if let Some(mismatch) = see(row)? {
                return Ok(Err(mismatch));
            }
        }
    }
    if reached != head {
        return Ok(Err(Mismatch::Head));
    }
    let mut ids: Vec<RecordId> = records.into_keys().collect();
    ids.sort_unstable();
    Ok(Ok((head, ids)))
}
