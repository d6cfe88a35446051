//! A record at a glance, where its history is not needed: what it is before something is done to it.

use std::sync::Arc;

use ledger::{Fault, RecordRow};
use procedure::Line;
use terms::RecordId;

use crate::{Person, Platform};

/// A record's row with the line under which it stands.
pub type Glimpse = (RecordRow, Arc<Line>);

impl Platform {
    /// A record's row and line; `None` where there is none that this person may see.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn glimpse(&self, person: &Person, id: RecordId) -> Result<Option<Glimpse>, Fault> {
        let mut read = self.store.read()?;
        let sight = self.sight_of(read.as_mut(), person, &person.government)?;
        let Some(row) = read.record(&person.government, id)?.filter(|row| sight.sees(row)) else {
            return Ok(None);
        };
        let line = self.definitions.line(read.as_mut(), row.definition)?;
        Ok(Some((row, line)))
    }
}
