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
    /// The digest of a resolved line, and its frozen bytes when it is seen for the first time.
    pub(crate) fn digest(&self, line: &Arc<Line>) -> (Digest, Option<Vec<u8>>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (line.code.clone(), line.version.clone());
        if let Some(digest) = known.digests.get(&name) {
            return (*digest, None);
        }
        let bytes = catalog::frozen(line);
        let digest = ledger::hash(&bytes);
        known.digests.insert(name, digest);
        known.lines.insert(digest, line.clone());
        (digest, Some(bytes))
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
