//! Kernel and ledger speak of the same events: the one by position, the other by code, for ever.

use kernel::{Event, Kind};
use ledger::{Body, ContentRow, Envelope, EventRow, Fault, FaultKind};
use procedure::{ActId, FieldType, General, Line, Mend};
use terms::Code;

/// An event read back.
pub struct Translated {
    /// The envelope.
    pub envelope: Envelope,
    /// Its content; erased parts are missing.
    pub body: Body,
}

/// The stable name of a kind of event, and the act or limit it concerns.
pub fn kind_name(line: &Line, kind: &Kind) -> (&'static str, Code) {
    let act = |id: &procedure::ActId| line.act(*id).code.clone();
    match kind {
        Kind::Act(id) => ("act", act(id)),
        Kind::Proposed(id) | Kind::ProposedMend { act: id, .. } => ("propose", act(id)),
        Kind::Signed(id) => ("sign", act(id)),
        Kind::Returned(id) => ("return", act(id)),
        Kind::Lapsed(id) => ("lapse", line.limit(*id).code.clone()),
        Kind::Corrected { .. } => ("correct", Code::default()),
        Kind::Annulled { .. } => ("annul", Code::default()),
        Kind::HandedOver { .. } => ("hand_over", Code::default()),
        Kind::StoodIn { .. } => ("stand_in", Code::default()),
    }
}

/// The content of an event, by codes.
pub fn body_of(line: &Line, event: &Event) -> Body {
    let mut body = Body {
        changes: event.changes.iter().map(|(id, value)| (line.field(*id).code.clone(), value.clone())).collect(),
        findings: event.findings.clone(),
        extended: event.extended,
        reason: event.reason.clone(),
        message: event.message.clone(),
        number: event.number.map(|series| line.series[series.index()].code.to_string()),
        ..Body::default()
    };
    if let Some(opening) = &event.opening {
        body.line = Some(line.code.clone());
        body.opening = Some(ledger::Opening {
            agency: opening.agency.clone(),
            handler: opening.handler.clone(),
            place: opening.place.clone(),
            line: line.code.clone(),
            version: line.version.clone(),
        });
    }
    match &event.kind {
        Kind::Annulled { seq } | Kind::ProposedMend { mend: Mend::Annul { seq, .. }, .. } => body.annuls = Some(*seq),
        Kind::Corrected { time: Some((seq, at)) }
        | Kind::ProposedMend { mend: Mend::Correct { time: Some((seq, at)), .. }, .. } => {
            body.corrects = Some((*seq, Some(*at)));
        }
        Kind::HandedOver { to } => body.to = Some(to.clone()),
        Kind::StoodIn { to, until } => {
            body.to = Some(to.clone());
            body.until = Some(*until);
        }
        _ => {}
    }
    body
}

/// Whether a field's content is a person's, which goes into a part of its own.
pub(crate) fn is_personal(line: &Line, code: &Code) -> bool {
    line.field_id(code).is_some_and(|id| line.field(id).personal || line.field(id).kind == FieldType::Party)
}

fn damaged(row: &EventRow, what: &str) -> Fault {
    Fault {
        kind: FaultKind::Damaged,
        message: format!(
            "event {} of record {} in {} {what}; run `fazhi verify` and restore the ledger from a backup",
            row.seq, row.record, row.government
        ),
    }
}

/// An event as it was stored, read.
///
/// # Errors
/// Where its bytes cannot be read.
pub(crate) fn read_back(row: &EventRow) -> Result<Translated, Fault> {
    let envelope = Envelope::decode(&row.envelope).map_err(|why| damaged(row, &format!("cannot be read ({why})")))?;
    let mut parts = Vec::new();
    for ContentRow { part, bytes, .. } in &row.contents {
        let Some(bytes) = bytes else { continue };
        let body =
            Body::decode(bytes).map_err(|why| damaged(row, &format!("has content that cannot be read ({why})")))?;
        parts.push((*part, body));
    }
    Ok(Translated { envelope, body: Body::join(parts) })
}

/// A stored event as the kernel knows it.
///
/// # Errors
/// Where it names something that the line does not have.
pub(crate) fn event_of(line: &Line, row: &EventRow, stored: Translated) -> Result<Event, Fault> {
    let Translated { envelope, body } = stored;
    let unknown = |what: &str| damaged(row, &format!("names `{what}`, which its definition does not know"));
    let act = || line.act_id(&envelope.what).ok_or_else(|| unknown(&envelope.what));
    let kind = match envelope.kind.as_str() {
        "act" => Kind::Act(act()?),
        "propose" => proposed(line, act()?, &body).ok_or_else(|| unknown("propose"))?,
        "sign" => Kind::Signed(act()?),
        "return" => Kind::Returned(act()?),
        "lapse" => Kind::Lapsed(line.limit_id(&envelope.what).ok_or_else(|| unknown(&envelope.what))?),
        "correct" => Kind::Corrected { time: body.corrects.and_then(|(seq, at)| Some((seq, at?))) },
        "annul" => Kind::Annulled { seq: body.annuls.ok_or_else(|| unknown("annul"))? },
        "hand_over" => Kind::HandedOver { to: body.to.clone().ok_or_else(|| unknown("hand_over"))? },
        "stand_in" => Kind::StoodIn {
            to: body.to.clone().ok_or_else(|| unknown("stand_in"))?,
            until: body.until.ok_or_else(|| unknown("stand_in"))?,
        },
        other => return Err(unknown(other)),
    };
    let mut changes = Vec::new();
    for (code, value) in &body.changes {
        changes.push((line.field_id(code).ok_or_else(|| unknown(code))?, value.clone()));
    }
    Ok(Event {
        kind,
        at: envelope.done_at,
        by: envelope.actor.clone(),
        changes,
        findings: body.findings,
        extended: body.extended,
        number: body.number.and_then(|series| line.series_id(&series)),
        opening: body.opening.map(|opening| kernel::Opening {
            agency: opening.agency,
            handler: opening.handler,
            place: opening.place,
        }),
        reason: body.reason,
        message: body.message,
    })
}

/// A proposal: of an act of the line, or of a correction or annulment that needs a second person.
fn proposed(line: &Line, act: ActId, body: &Body) -> Option<Kind> {
    let reason = body.reason.clone().unwrap_or_default();
    match line.act(act).general {
        Some(General::Correct) => {
            let time = body.corrects.and_then(|(seq, at)| Some((seq, at?)));
            Some(Kind::ProposedMend { act, mend: Mend::Correct { time, reason } })
        }
        Some(General::Annul) => Some(Kind::ProposedMend { act, mend: Mend::Annul { seq: body.annuls?, reason } }),
        _ => Some(Kind::Proposed(act)),
    }
}
