//! Messages between records: what goes out with an act, what comes in by the receiver's own door, and what a person has
//! to look at because that door would not have it. `send.rs` writes messages beside the act that sends them, `deliver.rs`
//! carries them over, `receive.rs` is the receiver's door.

mod deliver;
mod receive;
mod send;

use std::sync::{Condvar, Mutex, PoisonError};

use ledger::{Fault, FaultKind, MessageRow, MessageState};
use serde::{Deserialize, Serialize};
use terms::{Code, CommandId, DateTime, GovernmentCode, MessageId, PlaceCode, RecordId, Value};

/// What a message says.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Letter {
    /// Line of the record that sends it.
    line: Code,
    /// The act done there; for what opens a record, the act that opens it.
    act: Code,
    /// The line of the record to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opens: Option<Code>,
    /// The agency that is to get it, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agency: Option<Code>,
    /// The agency that sends it.
    from: Code,
    place: PlaceCode,
    at: DateTime,
    /// By the receiver's fields, for what opens; by the sender's, for what is heard.
    values: Vec<(Code, Value)>,
}

/// How a message fared at the receiver's door.
enum Came {
    /// Done, at this record; nothing where the receiver's line has nothing to do about it.
    Done(RecordId),
    /// Not as it is.
    Waits(String),
    /// One before it has not come yet.
    Early,
}

/// How an organ field names its organ: `632222/sfj`, `632222`, or a plain name.
pub fn organ(named: &str) -> Option<(GovernmentCode, Option<Code>)> {
    let (government, agency) = match named.split_once('/') {
        Some((government, agency)) => (government, Some(Code::from(agency))),
        None => (named, None),
    };
    Some((government.parse().ok()?, agency))
}

/// The command that a message is: the same again gets the first answer.
fn command_of(id: &MessageId, part: usize) -> CommandId {
    let digest = ledger::hash(format!("{id}/{part}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    CommandId(bytes)
}

fn encode(letter: &Letter) -> Vec<u8> {
    // Structs, lists and texts: nothing in it can fail to be written.
    serde_json::to_vec(letter).unwrap_or_else(|why| unreachable!("a letter writes as JSON: {why}"))
}

fn decode(row: &MessageRow) -> Result<Letter, Fault> {
    serde_json::from_slice(&row.bytes).map_err(|why| Fault {
        kind: FaultKind::Damaged,
        message: format!("message {} cannot be read ({why}); restore the ledger from a backup", row.id),
    })
}

/// Rings when something was sent, so that whoever hands over need not look again and again.
#[derive(Default)]
pub(crate) struct Posted {
    waits: Mutex<bool>,
    bell: Condvar,
}

impl Posted {
    pub(crate) fn ring(&self) {
        *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }
}

/// A message that was taken, and need not be kept.
fn done(row: MessageRow, there: RecordId) -> MessageRow {
    MessageRow { state: MessageState::Done, there: Some(there), told: String::new(), bytes: Vec::new(), ..row }
}
