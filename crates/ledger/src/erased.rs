//! What was erased: it leaves no event, so whoever keeps a copy of contents (a search index) has to ask for it.

use terms::{GovernmentCode, RecordId};

use crate::Fault;

/// Reading what was erased.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait Erasures {
    /// How many parts of contents of a government were erased. It only grows.
    fn erased(&mut self, government: &GovernmentCode) -> Result<u64, Fault>;
    /// The records of which a part was erased, by id, after one of them; `RecordId(0)`: from the first.
    fn erased_records(
        &mut self,
        government: &GovernmentCode,
        after: RecordId,
        limit: u32,
    ) -> Result<Vec<RecordId>, Fault>;
}
