//! What the kernel decides: events by position, which the platform writes down by code.

use procedure::{ActId, FieldId, LimitId, Mend, SeriesId};
use terms::{Code, Date, DateTime, MessageId, PlaceCode, Value};

/// One event of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// When, as claimed; a lapse at its limit.
    pub at: DateTime,
    /// Whose doing it is: for a signed act, of whoever proposed it; empty for a lapse.
    pub by: Code,
    /// What it fills in or puts right.
    pub changes: Vec<(FieldId, Value)>,
    /// Rules and limits found broken, each with the officer's reason where one was given.
    pub findings: Vec<(Code, Option<String>)>,
    /// By how much it extends a limit.
    pub extended: Option<u32>,
    /// The series that numbers it.
    pub number: Option<SeriesId>,
    /// For the event that opens a record.
    pub opening: Option<Opening>,
    /// The reason given for a correction, annulment, hand-over or return.
    pub reason: Option<String>,
    /// The message that did it.
    pub message: Option<MessageId>,
}

/// Kinds of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An act was done.
    Act(ActId),
    /// An act was proposed for signature.
    Proposed(ActId),
    /// A correction or an annulment was proposed, which needs a second person.
    ProposedMend {
        /// The general act.
        act: ActId,
        /// What is put right or taken back.
        mend: Mend,
    },
    /// One of its signatures was given; more are to come.
    Signed(ActId),
    /// The proposal was returned or taken back.
    Returned(ActId),
    /// A limit passed.
    Lapsed(LimitId),
    /// Fields, or the claimed time of an earlier act, were put right.
    Corrected {
        /// The event whose claimed time is put right, and the right time.
        time: Option<(u32, DateTime)>,
    },
    /// The act of this event was taken back.
    Annulled {
        /// Its number within the record.
        seq: u32,
    },
    /// The record went to another handler.
    HandedOver {
        /// The account.
        to: Code,
    },
    /// Somebody acts for the handler.
    StoodIn {
        /// The account.
        to: Code,
        /// The last day.
        until: Date,
    },
}

/// Where a record begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Agency that keeps it.
    pub agency: Code,
    /// Account that handles it.
    pub handler: Option<Code>,
    /// Where it belongs.
    pub place: PlaceCode,
}

impl Event {
    /// An event with nothing beside its kind, time and doer.
    pub fn bare(kind: Kind, at: DateTime, by: Code) -> Event {
        Event {
            kind,
            at,
            by,
            changes: Vec::new(),
            findings: Vec::new(),
            extended: None,
            number: None,
            opening: None,
            reason: None,
            message: None,
        }
    }
}
