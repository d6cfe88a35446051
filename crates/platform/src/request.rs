//! What comes in from a form, an import, a test; and what goes back.

use kernel::{Gap, Refusal, Standing, Warning};
use terms::{Code, CommandId, Date, DateTime, GovernmentCode, PlaceCode, RecordId, Value};

use crate::{Attaching, Person};

/// A command by codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its id; the same id again gets the first answer.
    pub id: CommandId,
    /// Who asks.
    pub who: Person,
    /// The record, or `None` to open one of `line`.
    pub record: Option<RecordId>,
    /// The line of a new record.
    pub line: Code,
    /// The number of events that the person saw; another number now means that somebody was quicker.
    pub seen: Option<u32>,
    /// What is asked.
    pub ask: RequestAsk,
    /// What is filled in, by field.
    pub inputs: Vec<(Code, Value)>,
    /// Reasons for rules that warn.
    pub reasons: Vec<(Code, String)>,
    /// The files that come with it, taken in before for the same account.
    pub attachments: Vec<Attaching>,
    /// When it was done, where that is not now: facts only.
    pub done_at: Option<DateTime>,
    /// Where a new record belongs; the government's own place if not said.
    pub place: Option<PlaceCode>,
    /// Who is to handle a new record; whoever opens it if not said.
    pub handler: Option<Code>,
    /// Normal, or an import order.
    pub standing: Standing,
    /// A clock grant, which only imports, the demonstration and tests have.
    pub grant: Option<ClockGrant>,
}

/// Leave to act at another time than now: history that comes in, synthetic years, tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockGrant(DateTime);

impl ClockGrant {
    /// The time at which the command counts as received.
    pub fn at(time: DateTime) -> ClockGrant {
        ClockGrant(time)
    }
    pub(crate) fn time(self) -> DateTime {
        self.0
    }
}

/// What can be asked, by codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestAsk {
    /// An act of the line.
    Act(Code),
    /// The next signature.
    Sign,
    /// The proposal back.
    Return(String),
    /// Fields (the request's inputs) or a claimed time put right.
    Correct {
        /// The event and its right time.
        time: Option<(u32, DateTime)>,
        /// Why.
        reason: String,
    },
    /// The last act taken back.
    Annul {
        /// Its event.
        seq: u32,
        /// Why.
        reason: String,
    },
    /// Another handler.
    HandOver {
        /// Account.
        to: Code,
        /// Why.
        reason: String,
    },
    /// Somebody for the handler's absence.
    StandIn {
        /// Account.
        to: Code,
        /// Last day.
        until: Date,
        /// Why.
        reason: String,
    },
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is done and durable.
    Done(Receipt),
    /// The law says no; nothing was written.
    Refused(Vec<Refusal>),
    /// The law wants a reason; nothing was written.
    Asks(Vec<Warning>),
    /// The form is incomplete; nothing was written.
    Incomplete(Vec<Gap>),
    /// Somebody was quicker: the record has another number of events now.
    Stale {
        /// Number of events now.
        now: u32,
    },
    /// There is no such record, line or act here (the word that was not found).
    Unknown(String),
    /// Another record of the line holds this value already.
    Taken {
        /// Field.
        field: Code,
        /// Value.
        value: Code,
    },
    /// A file that the command names is not there for whoever asks: it was never brought, or was cleared away.
    NoAttachment {
        /// What the file is called.
        name: String,
    },
    /// A power cannot be claimed for another time than now, nor a fact for the future.
    WrongTime,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Government.
    pub government: GovernmentCode,
    /// Record.
    pub record: RecordId,
    /// Position of the last event.
    pub position: u64,
    /// The events: kind, act or limit, number within the record.
    pub events: Vec<(Code, Code, u32)>,
    /// Findings of those events.
    pub findings: Vec<Code>,
    /// Numbers given.
    pub numbers: Vec<String>,
    /// The first answer to a command that came again.
    pub repeated: bool,
}
