//! Events -> the record as it stands. A record is only ever what its events make it.

use procedure::{ActId, Done, FieldId, Line, Mend, Proposal, Record, StageId, What};
use terms::{Code, RecordId, Value};

use crate::{Event, Kind};

/// The record after one more event. `seq` numbers events from 1.
///
/// An annulment cannot be applied to a folded record; [`replay`] its events instead.
///
/// # Panics
/// Where the first event does not open the record, or an annulment is applied: the caller is wrong.
pub fn apply(line: &Line, record: Option<Record>, event: &Event, id: RecordId, seq: u32) -> Record {
    let mut record = record.unwrap_or_else(|| open(line, event, id));
    record.seq = seq;
    record.findings.extend(event.findings.iter().map(|(code, _)| (seq, code.clone())));
    match &event.kind {
        Kind::Act(act) => act_done(line, &mut record, event, *act, seq),
        Kind::Proposed(act) => {
            record.proposal = Some(Proposal {
                act: *act,
                by: event.by.clone(),
                changes: event.changes.clone(),
                reasons: event.findings.iter().filter_map(|(code, why)| Some((code.clone(), why.clone()?))).collect(),
                signed: 0,
                mend: None,
            });
            // What a proposal would find is found when it is done.
            record.findings.retain(|(at, _)| *at != seq);
        }
        Kind::ProposedMend { act, mend } => {
            record.proposal = Some(Proposal {
                act: *act,
                by: event.by.clone(),
                changes: event.changes.clone(),
                reasons: Vec::new(),
                signed: 0,
                mend: Some(mend.clone()),
            });
        }
        Kind::Signed(_) => {
            if let Some(proposal) = &mut record.proposal {
                proposal.signed += 1;
            }
        }
        Kind::Returned(_) => record.proposal = None,
        Kind::Lapsed(limit) => {
            record.done.push(Done { what: What::Lapse(*limit), at: event.at, by: Code::default(), seq, extended: None })
        }
        Kind::Corrected { time } => {
            fill(&mut record, &event.changes);
            if proposes(&record, |mend| matches!(mend, Mend::Correct { .. })) {
                record.proposal = None;
            }
            if let Some((of, at)) = time
                && let Some(done) = record.done.iter_mut().find(|done| done.seq == *of)
            {
                done.at = *at;
            }
        }
        Kind::Annulled { .. } => unreachable!("an annulment is replayed, not applied"),
        Kind::HandedOver { to } => {
            record.handler = Some(to.clone());
            record.stand_in = None;
        }
        Kind::StoodIn { to, until } => record.stand_in = Some((to.clone(), *until)),
    }
    record
}

/// The record from all its events, those that were annulled left out.
pub fn replay(line: &Line, events: &[Event], id: RecordId) -> Option<Record> {
    let mut record = None;
    let left_out = annulled(events);
    for (seq, event) in (1u32..).zip(events) {
        match event.kind {
            Kind::Annulled { .. } => record = record.map(|record| past_annulment(record, seq)),
            _ if left_out.contains(&seq) => {}
            _ => record = Some(apply(line, record, event, id, seq)),
        }
    }
    record
}

/// The record, folded without what an annulment took back, once that annulment itself has happened.
pub fn past_annulment(mut record: Record, seq: u32) -> Record {
    record.seq = seq;
    if proposes(&record, |mend| matches!(mend, Mend::Annul { .. })) {
        record.proposal = None;
    }
    record
}

fn proposes(record: &Record, such: impl Fn(&Mend) -> bool) -> bool {
    record.proposal.as_ref().and_then(|proposal| proposal.mend.as_ref()).is_some_and(such)
}

/// Numbers of the events that an annulment takes back: the act, and every lapse between it and the annulment (a
/// limit that has passed all the same will pass again).
pub fn annulled(events: &[Event]) -> Vec<u32> {
    let mut left_out = Vec::new();
    for (seq, event) in (1u32..).zip(events) {
        let Kind::Annulled { seq: of } = event.kind else { continue };
        left_out.push(of);
        let between = (1u32..).zip(events).filter(|(at, _)| *at > of && *at < seq);
        left_out.extend(between.filter(|(_, event)| matches!(event.kind, Kind::Lapsed(_))).map(|(at, _)| at));
    }
    left_out
}

fn open(line: &Line, event: &Event, id: RecordId) -> Record {
    let opening = event.opening.clone();
    assert!(opening.is_some(), "the first event of a record opens it");
    let opening = opening.unwrap_or_else(|| unreachable!());
    Record {
        id,
        agency: opening.agency,
        handler: opening.handler,
        stand_in: None,
        place: opening.place,
        stage: StageId(0),
        tracks: vec![StageId(0); line.tracks.len()],
        fields: vec![None; line.fields.len()],
        done: Vec::new(),
        seq: 0,
        proposal: None,
        origin: event.message.as_ref().map(|message| message.thread.clone()),
        findings: Vec::new(),
    }
}

fn act_done(line: &Line, record: &mut Record, event: &Event, id: ActId, seq: u32) {
    let act = line.act(id);
    if record.proposal.as_ref().is_some_and(|proposal| proposal.act == id) {
        record.proposal = None;
    }
    fill(record, &event.changes);
    // A fact out of its place is taken, but does not move the record.
    let in_place = act.from.is_empty() || act.opens || act.from.contains(&record.stage_of(act.track));
    if let (Some(to), true) = (act.to, in_place) {
        match act.track {
            None => record.stage = to,
            Some(track) => record.tracks[track.index()] = to,
        }
    }
    record.done.push(Done { what: What::Act(id), at: event.at, by: event.by.clone(), seq, extended: event.extended });
}

fn fill(record: &mut Record, changes: &[(FieldId, Value)]) {
    for (field, value) in changes {
        record.fields[field.index()] = Some(value.clone());
    }
}
