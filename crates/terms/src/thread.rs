//! What ties two records: an act on the one opened the other, and messages go along that thread.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, GovernmentCode, RecordId};

/// The effect of an act that opened another record, named by whoever sent it. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Thread {
    /// Government that keeps the record which opened the other.
    pub government: GovernmentCode,
    /// That record.
    pub record: RecordId,
    /// The event of the act, by its number within the record.
    pub seq: u32,
    /// Effect of the record's line.
    pub effect: Code,
}

/// One message along a thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId {
    /// The thread.
    pub thread: Thread,
    /// From the record that was opened to the one that opened it.
    pub back: bool,
    /// Its number in this direction, from 1 without a gap. The first there is what opens the record.
    pub n: u32,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Thread { government, record, seq, effect } = &self.thread;
        write!(f, "{government}-{record}.{seq}-{effect}-{}{}", if self.back { "b" } else { "f" }, self.n)
    }
}
