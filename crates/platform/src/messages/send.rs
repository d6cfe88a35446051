//! What goes out with an act: written in the same transaction as its event.

use std::collections::BTreeSet;

use kernel::{Event, Kind};
use ledger::{Fault, MessageRow, MessageState};
use procedure::{Effect, Line, Link, Recipient, Record};
use terms::{Code, GovernmentCode, MessageId, RecordId, Thread, Value};

use super::{Letter, encode, organ};
use crate::Batch;
use crate::commit::Write;
use crate::lookups::{self, Asking};

impl Batch<'_> {
    /// Sends what the events of a record do elsewhere.
    pub(crate) fn send(
        &mut self,
        write: &Write<'_>,
        line: &Line,
        record: &Record,
        first: u32,
        events: &[Event],
    ) -> Result<(), Fault> {
        let tied = record.origin.is_some() || !line.effects.is_empty();
        if !tied || !events.iter().any(|event| matches!(event.kind, Kind::Act(_))) {
            return Ok(());
        }
        let mut sent = self.tx.messages_of(&self.government, record.id)?;
        for (seq, event) in (first..).zip(events) {
            let Kind::Act(act) = event.kind else { continue };
            let code = &line.act(act).code;
            for row in self.told(line, record, code, event, &sent)? {
                self.post(MessageRow { seq, at: terms::micros_of(write.now), ..row }, &mut sent)?;
            }
            for effect in line.effects.iter().filter(|effect| effect.on.contains(&act)) {
                if let Some(row) = self.opened(write, line, record, effect, seq, event)? {
                    self.post(row, &mut sent)?;
                }
            }
        }
        Ok(())
    }

    fn post(&mut self, row: MessageRow, sent: &mut Vec<MessageRow>) -> Result<(), Fault> {
        self.tx.put_message(&row)?;
        self.posted |= row.state == MessageState::Queued;
        sent.push(row);
        Ok(())
    }

    /// What opens a record elsewhere.
    fn opened(
        &mut self,
        write: &Write<'_>,
        line: &Line,
        record: &Record,
        effect: &Effect,
        seq: u32,
        event: &Event,
    ) -> Result<Option<MessageRow>, Fault> {
        let facts = procedure::Facts {
            line,
            record: Some(record),
            inputs: &[],
            answers: &[],
            now: Some(event.at),
            actor: Some(write.actor),
            calendar: &self.catalog.calendar,
            this: None,
        };
        if effect.when.as_ref().is_some_and(|when| facts.truth(when) != procedure::Truth::Yes) {
            return Ok(None);
        }
        let (other, agency, addressee) = self.recipient(write, line, record, effect, event)?;
        let letter = Letter {
            line: line.code.clone(),
            act: effect.act.clone(),
            opens: Some(effect.opens.clone()),
            agency,
            from: record.agency.clone(),
            place: record.place.clone(),
            at: event.at,
            values: effect
                .fills
                .iter()
                .filter_map(|(there, here)| Some((there.clone(), record.get(*here)?.clone())))
                .collect(),
        };
        let thread =
            Thread { government: self.government.clone(), record: record.id, seq, effect: effect.code.clone() };
        Ok(Some(MessageRow {
            government: self.government.clone(),
            sent: true,
            id: MessageId { thread, back: false, n: 1 },
            record: Some(record.id),
            seq,
            state: if other.is_some() { MessageState::Queued } else { MessageState::Paper },
            bytes: if other.is_some() { encode(&letter) } else { Vec::new() },
            other,
            line: effect.opens.clone(),
            there: None,
            addressee,
            told: String::new(),
            at: terms::micros_of(write.now),
        }))
    }

    /// Who gets it: government and agency, as far as the sender knows, and how it is named.
    fn recipient(
        &mut self,
        write: &Write<'_>,
        line: &Line,
        record: &Record,
        effect: &Effect,
        event: &Event,
    ) -> Result<(Option<GovernmentCode>, Option<Code>, String), Fault> {
        let on = event.at.date();
        let of = |government: GovernmentCode, agency: Option<Code>| {
            let named = agency.as_ref().map_or_else(|| government.to_string(), |code| format!("{government}/{code}"));
            (Some(government), agency, named)
        };
        Ok(match &effect.to {
            Recipient::Own => of(self.government.clone(), None),
            Recipient::Superior => match self.catalog.regions.superior(&self.government, on) {
                Some(above) => of(above, None),
                None => (None, None, String::new()),
            },
            Recipient::Organ(field) => {
                let named = match record.get(*field) {
                    Some(Value::Key(code)) => code.to_string(),
                    _ => String::new(),
                };
                match organ(&named) {
                    Some((government, agency)) => (Some(government), agency, named),
                    None => (None, None, named),
                }
            }
            Recipient::Holder(lookup) => {
                let asking = Asking {
                    government: &self.government,
                    line,
                    record: Some(record),
                    inputs: &[],
                    actor: write.actor,
                    now: event.at,
                    calendar: &self.catalog.calendar,
                    regions: &self.catalog.regions,
                    position: self.head.position,
                };
                let answers = lookups::answers(self.tx.as_mut(), self.definitions, &asking, &[*lookup])?;
                let found = answers.into_iter().flatten().find_map(|answer| answer.found.first().copied());
                let holder = match found {
                    Some(id) => self.tx.record(&self.government, id)?.map(|row| row.agency),
                    None => None,
                };
                match holder {
                    Some(agency) => of(self.government.clone(), Some(agency)),
                    None => (None, None, String::new()),
                }
            }
        })
    }

    /// What linked records hear of an act. What a message did is not told back along its own thread, but for the opening:
    /// so nothing goes in circles.
    fn told(
        &mut self,
        line: &Line,
        record: &Record,
        act: &Code,
        event: &Event,
        sent: &[MessageRow],
    ) -> Result<Vec<MessageRow>, Fault> {
        let opening = event.opening.is_some();
        let by = event.message.as_ref().map(|message| &message.thread);
        let mut rows = Vec::new();
        for (thread, back) in threads(record, &self.government, sent) {
            if by == Some(&thread) && !(opening && back) {
                continue;
            }
            let Some(other) = self.other_end(record, &thread, back, sent)? else { continue };
            let Some(there) = self.catalog.line(&other.line, &other.government, event.at.date()) else { continue };
            let link = if back { Link::Effect(thread.effect.clone()) } else { Link::Origin(line.code.clone()) };
            let mut wanted: BTreeSet<&Code> = BTreeSet::new();
            let mut heard = false;
            for hears in there.hears.iter().filter(|hears| hears.link == link && hears.of.contains(act)) {
                heard = true;
                wanted.extend(hears.fills.iter().map(|(_, from)| from));
            }
            if !heard {
                continue;
            }
            let values = wanted.into_iter().filter_map(|code| {
                let field = line.field_id(code)?;
                Some((code.clone(), record.get(field)?.clone()))
            });
            let letter = Letter {
                line: line.code.clone(),
                act: act.clone(),
                opens: None,
                agency: None,
                from: record.agency.clone(),
                place: record.place.clone(),
                at: event.at,
                values: values.collect(),
            };
            let before = sent.iter().filter(|row| row.sent && row.id.thread == thread && row.id.back == back).count();
            let n = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
            rows.push(MessageRow {
                government: self.government.clone(),
                sent: true,
                id: MessageId { thread, back, n },
                record: Some(record.id),
                seq: 0,
                addressee: other.government.to_string(),
                other: Some(other.government),
                line: other.line,
                there: other.record,
                state: MessageState::Queued,
                told: String::new(),
                bytes: encode(&letter),
                at: 0,
            });
        }
        Ok(rows)
    }

    fn other_end(
        &mut self,
        record: &Record,
        thread: &Thread,
        back: bool,
        sent: &[MessageRow],
    ) -> Result<Option<Other>, Fault> {
        if back {
            let opening = MessageId { thread: thread.clone(), back: false, n: 1 };
            let came = self.tx.message(&self.government, false, &opening)?;
            let line = came.map(|row| row.line);
            return Ok(line.map(|line| Other {
                government: thread.government.clone(),
                line,
                record: Some(thread.record),
            }));
        }
        let opened = sent.iter().find(|row| row.sent && row.id.thread == *thread && !row.id.back && row.id.n == 1);
        let alive = |row: &&MessageRow| !matches!(row.state, MessageState::Paper | MessageState::Returned);
        Ok(opened
            .filter(alive)
            .filter(|row| row.record == Some(record.id))
            .and_then(|row| Some(Other { government: row.other.clone()?, line: row.line.clone(), record: row.there })))
    }

    /// Whether the act of an event went to others, who cannot be made not to have it.
    pub(crate) fn was_sent(&mut self, record: RecordId, seq: u32) -> Result<bool, Fault> {
        let messages = self.tx.messages_of(&self.government, record)?;
        Ok(messages.iter().any(|row| row.sent && row.seq == seq && row.state != MessageState::Returned))
    }
}

struct Other {
    government: GovernmentCode,
    line: Code,
    record: Option<RecordId>,
}

/// The threads of a record, each with the direction in which it speaks.
fn threads(record: &Record, government: &GovernmentCode, sent: &[MessageRow]) -> Vec<(Thread, bool)> {
    let opened =
        sent.iter().filter(|row| row.sent && !row.id.back && row.id.n == 1 && row.id.thread.government == *government);
    let ours = opened.filter(|row| row.id.thread.record == record.id).map(|row| (row.id.thread.clone(), false));
    record.origin.clone().map(|thread| (thread, true)).into_iter().chain(ours).collect()
}
