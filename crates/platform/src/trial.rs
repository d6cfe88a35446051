//! A command tried out: it is judged like any other, and nothing of it stays.

use ledger::Fault;

use crate::commit::{Batch, Kept};
use crate::{Answer, Definitions, Platform, Request};

impl Platform {
    /// What a command would be answered if it were given now. It goes through the door in a transaction that is dropped,
    /// so the answer is that of the door itself; for as long as that takes, the government's writer waits.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn try_out(&self, request: &Request) -> Result<Answer, Fault> {
        // Definitions of its own: what it freezes is dropped with it, and nobody may believe that it stands.
        let definitions = Definitions::default();
        let mut batch = Batch::begin(
            self.store.as_ref(),
            &self.catalog,
            &definitions,
            &self.nonces,
            self.clock.as_ref(),
            &request.who.government,
            Kept::default(),
        )?;
        batch.act(request)
    }
}
