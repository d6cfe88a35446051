//! A record as it stands after its last event. Derived: folding the events again gives the same.

use serde::{Deserialize, Serialize};
use terms::{Code, Date, DateTime, PlaceCode, RecordId, Thread};

use crate::{ActId, FieldId, LimitId, Line, StageId, Start, TrackId, Value};

/// A record under its line; positions are those of the line's frozen definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id within the government.
    pub id: RecordId,
    /// The agency that keeps it.
    pub agency: Code,
    /// The account that handles it.
    pub handler: Option<Code>,
    /// The account that acts for the handler, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<(Code, Date)>,
    /// Where it belongs.
    pub place: PlaceCode,
    /// Stage of the main course.
    pub stage: StageId,
    /// Stage of each track, in the line's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<StageId>,
    /// What it holds, in the line's order of fields.
    pub fields: Vec<Option<Value>>,
    /// Everything done, in order.
    pub done: Vec<Done>,
    /// Number of its events.
    pub seq: u32,
    /// An act that climbs its signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// The thread by which a message opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Thread>,
    /// Codes of what was found unlawful about facts, late, or done with a reason, in order of event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<(u32, Code)>,
}

/// Something done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What.
    pub what: What,
    /// When it was done, as claimed; a lapse is dated at its limit.
    pub at: DateTime,
    /// By which account; empty for a lapse.
    pub by: Code,
    /// In which event.
    pub seq: u32,
    /// By how much it extended a limit, in the extension's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<u32>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An act.
    Act(ActId),
    /// A limit passed.
    Lapse(LimitId),
}

/// An act on its way up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The act.
    pub act: ActId,
    /// Who proposed it.
    pub by: Code,
    /// What it fills in.
    pub changes: Vec<(FieldId, Value)>,
    /// Reasons given for rules that warn.
    pub reasons: Vec<(Code, String)>,
    /// How many have signed.
    pub signed: u8,
    /// What is put right or taken back, where the act is a general one that needs a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
}

/// A correction or an annulment that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Fields (the proposal's changes), or the claimed time of an event.
    Correct {
        /// The event whose time is wrong, and the right time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<(u32, DateTime)>,
        /// Why.
        reason: String,
    },
    /// The act of an event.
    Annul {
        /// The event.
        seq: u32,
        /// Why.
        reason: String,
    },
}

impl Mend {
    /// Why.
    pub fn reason(&self) -> &str {
        match self {
            Mend::Correct { reason, .. } | Mend::Annul { reason, .. } => reason,
        }
    }
}

/// Who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account.
    pub account: Code,
    /// Agency.
    pub agency: Code,
    /// Posts held that day.
    pub posts: Vec<Code>,
    /// Those of them that act on the records of every agency of the government.
    pub across: Vec<Code>,
}

impl Record {
    /// The value of a field.
    pub fn get(&self, field: FieldId) -> Option<&Value> {
        self.fields.get(field.index()).and_then(Option::as_ref)
    }
    /// The last time an act was done.
    pub fn last(&self, act: ActId) -> Option<&Done> {
        self.done.iter().rev().find(|done| done.what == What::Act(act))
    }
    /// How often an act was done.
    pub fn times(&self, act: ActId) -> usize {
        self.done.iter().filter(|done| done.what == What::Act(act)).count()
    }
    /// Whether a limit has passed since an act last started it.
    pub fn lapsed(&self, line: &Line, limit: LimitId) -> bool {
        let starts = &line.limit(limit).starts;
        let last = self.done.iter().rev().find(|done| match done.what {
            What::Lapse(lapsed) => lapsed == limit,
            What::Act(act) => starts.contains(&Start::Act(act)),
        });
        last.is_some_and(|done| done.what == What::Lapse(limit))
    }
    /// The stage of the main course or of a track.
    pub fn stage_of(&self, track: Option<TrackId>) -> StageId {
        match track {
            Some(track) => self.tracks.get(track.index()).copied().unwrap_or(StageId(0)),
            None => self.stage,
        }
    }
    /// Whether its stage is closed.
    pub fn closed(&self, line: &Line) -> bool {
        line.stages.get(self.stage.index()).is_some_and(|stage| stage.closed)
    }
    /// The day it was opened.
    pub fn opened(&self) -> Option<Date> {
        self.done.first().map(|done| done.at.date())
    }
}
