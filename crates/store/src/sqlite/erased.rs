//! What was erased.

use std::ops::Deref;

use ledger::{Erasures, Fault};
use rusqlite::params;
use terms::{GovernmentCode, RecordId};

use super::handle::Handle;
use super::read::Session;
use super::rows;
use crate::query::integer;

impl<H: Deref<Target = Handle>> Erasures for Session<H> {
    fn erased(&mut self, government: &GovernmentCode) -> Result<u64, Fault> {
        let sql = "SELECT count(*) FROM content WHERE government = $1 AND bytes IS NULL";
        let count = self.handle.one(sql, params![government.as_str()], |row| rows::unsigned(row, 0))?;
        Ok(count.unwrap_or(0))
    }

    fn erased_records(
        &mut self,
        government: &GovernmentCode,
        after: RecordId,
        limit: u32,
    ) -> Result<Vec<RecordId>, Fault> {
        let sql = "SELECT DISTINCT event.record FROM content JOIN event ON event.government = content.government \
                   AND event.position = content.position WHERE content.government = $1 AND content.bytes IS NULL \
                   AND event.record > $2 ORDER BY event.record LIMIT $3";
        self.handle.rows(sql, params![government.as_str(), integer(after.0), limit], |row| rows::record_id(row, 0))
    }
}
