//! Frozen definitions by their digest: what ran stays readable, whatever becomes of the catalogue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ledger::{Fault, FaultKind, Read};
use procedure::Line;
use terms::{Code, Digest};

/// Definitions that were used or read.
#[derive(Default)]
pub struct Definitions {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    lines: HashMap<Digest, Arc<Line>>,
    digests: HashMap<(Code, Code), Digest>,
}

impl Definitions {
    /// The digest of a resolved line that the store keeps already, as far as it is known.
    pub(crate) fn kept(&self, line: &Line) -> Option<Digest> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.digests.get(&(line.code.clone(), line.version.clone())).copied()
    }

    /// These are kept from now on: what was frozen in a transaction that was dropped is not, and is frozen again.
    pub(crate) fn keep(&self, frozen: &[(Digest, Arc<Line>)]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (digest, line) in frozen {
            known.digests.insert((line.code.clone(), line.version.clone()), *digest);
            known.lines.insert(*digest, line.clone());
        }
    }

    /// The line that was frozen under a digest.
    ///
    /// # Errors
    /// Where the store cannot be read or no longer holds it.
    pub fn line(&self, read: &mut dyn Read, digest: Digest) -> Result<Arc<Line>, Fault> {
        if let Some(line) = self.known.lock().unwrap_or_else(PoisonError::into_inner).lines.get(&digest) {
            return Ok(line.clone());
        }
        let damaged = |message: String| Fault { kind: FaultKind::Damaged, message };
        let bytes = read
            .definition(digest)?
            .ok_or_else(|| damaged(format!("the definition {digest} is missing; restore the ledger from a backup")))?;
        let line =
            catalog::thaw(&bytes).map_err(|why| damaged(format!("the definition {digest} cannot be read: {why}")))?;
        let line = Arc::new(line);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).lines.insert(digest, line.clone());
        Ok(line)
    }
}
