//! A command that comes again: whether it is the same, and what it was told the first time.

use ledger::{Body, Envelope, EventRow, Fault};
use terms::{Code, Value};

use crate::{Platform, Receipt, Request, RequestAsk, translate::Translated, translate::read_back};

impl Platform {
    /// The first answer to a command that came again, in full, read from what it wrote; `None` where the first command
    /// under this id asked for something else. What was erased since is not compared.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn first_answer(&self, request: &Request, receipt: &Receipt) -> Result<Option<Receipt>, Fault> {
        let mut read = self.store.read()?;
        let mut first = Receipt { events: Vec::new(), findings: Vec::new(), numbers: Vec::new(), ..receipt.clone() };
        let mut same = None;
        for row in read.events(&receipt.government, receipt.record)? {
            let Translated { envelope, body } = read_back(&row)?;
            if envelope.command != request.id {
                continue;
            }
            let line = self.definitions.line(read.as_mut(), envelope.definition)?;
            let series = body.number.as_ref().and_then(|series| line.series_id(series));
            let numbered = series.map(|series| &line.field(line.series[series.index()].field).code);
            let number = body.changes.iter().find(|(code, _)| Some(code) == numbered);
            if let Some((_, Value::Text(number))) = number {
                first.numbers.push(number.clone());
            }
            first.events.push((envelope.kind.clone(), envelope.what.clone(), envelope.seq));
            first.findings.extend(body.findings.iter().map(|(code, _)| code.clone()));
            // The lapses that were due before it are not what it asked for.
            if envelope.kind != "lapse" {
                let act = line.act_id(&envelope.what).map(|id| line.act(id));
                let signed = act.is_some_and(|act| !act.sign.is_empty());
                same = Some(asked(request, &row, (&envelope, &body), numbered, signed));
            }
        }
        Ok((same == Some(true)).then_some(first))
    }
}

/// Whether an event is what a request asks for; `signed`: its act is one that climbs signatures.
fn asked(
    request: &Request,
    row: &EventRow,
    (envelope, body): (&Envelope, &Body),
    numbered: Option<&Code>,
    signed: bool,
) -> bool {
    let reason = |reason: &String| body.reason.as_ref() == Some(reason);
    let by = envelope.actor == request.who.account;
    let kind = envelope.kind.as_str();
    let asked = match &request.ask {
        RequestAsk::Act(act) => by && (kind == "propose" || kind == "act" && !signed) && envelope.what == *act,
        // The last signature does the act, which is whoever's proposed it; what was filled in is the proposal's.
        RequestAsk::Sign => {
            let given = by && kind == "sign" || kind == "act" && signed;
            return given && request.record == Some(row.record);
        }
        RequestAsk::Return(why) => by && kind == "return" && reason(why),
        RequestAsk::Correct { time, reason: why } => {
            let corrects = body.corrects.and_then(|(seq, at)| Some((seq, at?)));
            by && kind == "correct" && corrects == *time && reason(why)
        }
        RequestAsk::Annul { seq, reason: why } => by && kind == "annul" && body.annuls == Some(*seq) && reason(why),
        RequestAsk::HandOver { to, reason: why } => {
            by && kind == "hand_over" && body.to.as_ref() == Some(to) && reason(why)
        }
        RequestAsk::StandIn { to, until, reason: why } => {
            by && kind == "stand_in" && body.to.as_ref() == Some(to) && body.until == Some(*until) && reason(why)
        }
    };
    let at = request.done_at.is_none_or(|at| at == envelope.done_at);
    asked && at && place(request, row, body) && filled(request, row, body, numbered)
}

/// Whether it opened a record as the request would, or went to the same record.
fn place(request: &Request, row: &EventRow, body: &Body) -> bool {
    let Some(opening) = &body.opening else { return request.record == Some(row.record) };
    let handler = request.handler.as_ref().is_none_or(|handler| opening.handler.as_ref() == Some(handler));
    let place = request.place.as_ref().is_none_or(|place| opening.place == *place);
    request.record.is_none() && body.line.as_ref() == Some(&request.line) && handler && place
}

/// Whether the same was filled in.
fn filled(request: &Request, row: &EventRow, body: &Body, numbered: Option<&Code>) -> bool {
    let written = sorted(body.changes.iter().filter(|(code, _)| Some(code) != numbered));
    if row.contents.iter().any(|part| part.bytes.is_none()) {
        return written.iter().all(|one| request.inputs.contains(one));
    }
    written == sorted(request.inputs.iter())
}

fn sorted<'v>(all: impl Iterator<Item = &'v (Code, Value)>) -> Vec<&'v (Code, Value)> {
    let mut all: Vec<&(Code, Value)> = all.collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}
