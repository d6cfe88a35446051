//! A record's events, each under the line by which it was done, and the record that they make.

use std::sync::Arc;

use kernel::{Event, Kind};
use ledger::{EventRow, Fault, Read};
use procedure::{Line, Record};
use terms::RecordId;

use crate::{Definitions, translate};

/// The events of a record in order.
pub(crate) struct History<'r> {
    rows: &'r [EventRow],
    lines: Vec<Arc<Line>>,
    events: Vec<Event>,
}

impl<'r> History<'r> {
    /// Stored events, each under the definition that its envelope names.
    pub(crate) fn read(
        read: &mut dyn Read,
        definitions: &Definitions,
        rows: &'r [EventRow],
    ) -> Result<History<'r>, Fault> {
        let mut history = History { rows, lines: Vec::new(), events: Vec::new() };
        for row in rows {
            let stored = translate::read_back(row)?;
            let line = definitions.line(read, stored.envelope.definition)?;
            history.events.push(translate::event_of(&line, row, stored)?);
            history.lines.push(line);
        }
        Ok(history)
    }

    /// Adds what is written next.
    pub(crate) fn extend(&mut self, line: &Arc<Line>, events: &[Event]) {
        self.lines.extend(events.iter().map(|_| line.clone()));
        self.events.extend(events.iter().cloned());
    }

    /// The line of the last event.
    pub(crate) fn line(&self) -> Option<&Arc<Line>> {
        self.lines.last()
    }

    /// The record that the events make, each by the line of its own time: under a newer version an old act might lead
    /// to another stage. `None` where no event opens it.
    pub(crate) fn fold(&self, id: RecordId) -> Result<Option<Record>, Fault> {
        let left_out = kernel::annulled(&self.events);
        let mut record: Option<Record> = None;
        let mut under: Option<&Arc<Line>> = None;
        for ((seq, event), line) in (1u32..).zip(&self.events).zip(&self.lines) {
            if let (Some(old), Some(from)) = (&record, under)
                && !Arc::ptr_eq(from, line)
                && from != line
            {
                let Some(carried) = carry_over(from, line, old) else { return self.by_the_last(id) };
                record = Some(carried);
            }
            under = Some(line);
            match event.kind {
                Kind::Annulled { .. } => record = record.map(|record| kernel::past_annulment(record, seq)),
                _ if left_out.contains(&seq) => {}
                _ if record.is_none() && event.opening.is_none() => return Ok(None),
                _ => record = Some(kernel::apply(line, record, event, id, seq)),
            }
        }
        Ok(record)
    }

    /// An annulment may take back the very act after which the newer version could take the record: then all of it is
    /// read by the last line.
    fn by_the_last(&self, id: RecordId) -> Result<Option<Record>, Fault> {
        let Some(line) = self.line() else { return Ok(None) };
        let mut events = Vec::with_capacity(self.events.len());
        for row in self.rows {
            events.push(translate::event_of(line, row, translate::read_back(row)?)?);
        }
        events.extend(self.events.iter().skip(self.rows.len()).cloned());
        Ok(kernel::replay(line, &events, id))
    }
}

/// A pending record under a newer version that takes it: by codes. `None` where the newer version lacks its stage.
pub(crate) fn carry_over(from: &Line, to: &Line, record: &Record) -> Option<Record> {
    let stage = to.stage_id(None, &from.stages.get(record.stage.index())?.code)?;
    let mut fields = vec![None; to.fields.len()];
    for (id, field) in from.fields_with_ids() {
        if let (Some(value), Some(target)) = (record.get(id), to.field_id(&field.code)) {
            fields[target.index()] = Some(value.clone());
        }
    }
    let mut done = Vec::new();
    for one in &record.done {
        let what = match one.what {
            procedure::What::Act(id) => procedure::What::Act(to.act_id(&from.act(id).code)?),
            procedure::What::Lapse(id) => procedure::What::Lapse(to.limit_id(&from.limit(id).code)?),
        };
        done.push(procedure::Done { what, ..one.clone() });
    }
    let tracks = to.tracks.iter().map(|track| {
        let code = from.track_id(&track.code).and_then(|id| {
            let stage = from.stages_of(Some(id)).get(record.stage_of(Some(id)).index());
            stage.map(|stage| stage.code.clone())
        });
        code.and_then(|code| track.stages.iter().position(|stage| stage.code == code))
            .and_then(|at| u16::try_from(at).ok())
            .map_or(procedure::StageId(0), procedure::StageId)
    });
    let tracks = tracks.collect();
    record.proposal.is_none().then(|| Record { stage, tracks, fields, done, ..record.clone() })
}

/// The fault where no event opens a record.
pub(crate) fn nothing(id: RecordId) -> Fault {
    Fault {
        kind: ledger::FaultKind::Damaged,
        message: format!("record {id} has no event that opens it; run `fazhi verify`"),
    }
}
