//! Messages between records, as a government keeps them: those that it sent, and those that it got.

use terms::{Code, GovernmentCode, MessageId, RecordId};

use crate::Fault;

/// A message at one of its two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Government that keeps this row.
    pub government: GovernmentCode,
    /// It sent it; otherwise it got it.
    pub sent: bool,
    /// The message: the same at both ends.
    pub id: MessageId,
    /// The record here; none where what should have opened it waits.
    pub record: Option<RecordId>,
    /// The event here that sent it, or that it did; 0 where it did none.
    pub seq: u32,
    /// The government at the other end; none where the recipient has no platform.
    pub other: Option<GovernmentCode>,
    /// Line of the record there.
    pub line: Code,
    /// The record there, once it is known.
    pub there: Option<RecordId>,
    /// The recipient, as the sender named it: `632222/sfj`, `632222` or a plain name.
    pub addressee: String,
    /// How far it is.
    pub state: MessageState,
    /// Why it waits or came back.
    pub told: String,
    /// What it says, as the platform encodes it; empty once it need not be kept, or was erased.
    pub bytes: Vec<u8>,
    /// When it was sent, or came: microseconds, UTC.
    pub at: i64,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageState {
    /// To be handed over.
    Queued,
    /// Handed over, and done there.
    Done,
    /// Cannot be applied there as it is; a person has to look at it.
    Waits,
    /// The recipient has no platform: it goes on paper.
    Paper,
    /// Sent back by a person there.
    Returned,
}

impl MessageState {
    /// Its name in the store; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            MessageState::Queued => "queued",
            MessageState::Done => "done",
            MessageState::Waits => "waits",
            MessageState::Paper => "paper",
            MessageState::Returned => "returned",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<MessageState> {
        use MessageState::{Done, Paper, Queued, Returned, Waits};
        [Queued, Done, Waits, Paper, Returned].into_iter().find(|state| state.name() == name)
    }
}

/// Reading messages.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait ReadMessages {
    /// One message at one end.
    fn message(&mut self, government: &GovernmentCode, sent: bool, id: &MessageId)
    -> Result<Option<MessageRow>, Fault>;
    /// The messages of a record, in the order in which they were sent or came.
    fn messages_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<MessageRow>, Fault>;
    /// The messages of a government in a state, thread by thread, each in its order.
    fn messages(
        &mut self,
        government: &GovernmentCode,
        sent: bool,
        state: MessageState,
        limit: u32,
    ) -> Result<Vec<MessageRow>, Fault>;
}

/// Writing messages.
#[allow(clippy::missing_errors_doc)] // where the store cannot be written
pub trait WriteMessages: ReadMessages {
    /// Keeps a message, or how far it has come.
    fn put_message(&mut self, row: &MessageRow) -> Result<(), Fault>;
}
