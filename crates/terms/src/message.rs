//! What ties two records: an act on the one opened the other, and messages go along that thread.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Code, GovernmentCode, IdError, RecordId};

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

impl FromStr for MessageId {
    type Err = IdError;

    /// The form in which it prints.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Message { text: text.to_owned() };
        let parts: Vec<&str> = text.split('-').collect();
        let [government, place, effect, number] = parts.as_slice() else { return Err(wrong()) };
        let (record, seq) = place.split_once('.').ok_or_else(wrong)?;
        let (back, n) = match (number.strip_prefix('b'), number.strip_prefix('f')) {
            (Some(n), _) => (true, n),
            (_, Some(n)) => (false, n),
            _ => return Err(wrong()),
        };
        let thread = Thread {
            government: government.parse()?,
            record: record.parse()?,
            seq: seq.parse().map_err(|_| wrong())?,
            effect: Code::new(effect),
        };
        Ok(MessageId { thread, back, n: n.parse().map_err(|_| wrong())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_prints() {
        for text in ["632200-12.3-forward-f1", "150000-9000.40-file_it-b17"] {
            assert_eq!(text.parse::<MessageId>().map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "",
            "632200-12.3-forward",
            "632200-12-forward-f1",
            "x-1.1-forward-f1",
            "632200-1.1-forward-g1",
            "632200-1.1-a-f-1",
        ] {
            assert!(text.parse::<MessageId>().is_err(), "{text}");
        }
    }
}
