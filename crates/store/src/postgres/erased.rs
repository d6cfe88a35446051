//! What was erased.

use std::ops::DerefMut;

use ledger::{Erasures, Fault};
use terms::{GovernmentCode, RecordId};

use super::handle::Handle;
use super::read::Session;
use super::rows;
use super::statement as say;
use crate::query::integer;

impl<H: DerefMut<Target = Handle>> Erasures for Session<H> {
    fn erased(&mut self, government: &GovernmentCode) -> Result<u64, Fault> {
        self.flush()?;
        let count = self.handle.one(&say::ERASED, &[government.as_str().into()], |row| rows::unsigned(row, 0))?;
        Ok(count.unwrap_or(0))
    }

    fn erased_records(
        &mut self,
        government: &GovernmentCode,
        after: RecordId,
        limit: u32,
    ) -> Result<Vec<RecordId>, Fault> {
        self.flush()?;
        let params = [government.as_str().into(), integer(after.0).into(), i64::from(limit).into()];
        self.handle.rows(&say::ERASED_RECORDS, &params, |row| rows::record_id(row, 0))
    }
}
