//! Everything that follows from a record's events: what `verify` compares with what is kept, and `rebuild` writes.

use std::collections::BTreeMap;

use ledger::{DeltaRow, DueRow, Fault, KeyRow, PublicRow, Read, RecordRow, WaitingRow};
use procedure::{Line, Record};
use terms::{Code, Date, GovernmentCode, PlaceCode, RecordId};

use crate::{
    Platform,
    history::History,
    publish,
    rows::{Last, decode_state, due_rows, keys_of, own_due, row_of},
    translate, waiting,
};

/// What follows from the events of a record.
pub(crate) struct Derived {
    pub(crate) record: Record,
    pub(crate) row: RecordRow,
    pub(crate) due: Vec<DueRow>,
    pub(crate) waiting: Vec<WaitingRow>,
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) public: Vec<PublicRow>,
    pub(crate) counted: BTreeMap<Place, i64>,
}

/// What is kept of a record, and follows from its events.
pub(crate) struct Kept {
    pub(crate) row: Option<RecordRow>,
    pub(crate) due: Vec<DueRow>,
    pub(crate) waiting: Vec<WaitingRow>,
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) public: Vec<PublicRow>,
    pub(crate) told: BTreeMap<Place, i64>,
}

/// Where an amount stands in the sums: figure, day, part, agency, place.
pub(crate) type Place = (Code, Date, Code, Code, PlaceCode);

impl Platform {
    /// What follows from the events of a record; `None` where none opens it.
    pub(crate) fn derived(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        id: RecordId,
    ) -> Result<Option<Derived>, Fault> {
        let stored = read.events(government, id)?;
        let history = History::read(read, &self.definitions, &stored)?;
        let (Some(last), Some(line), Some(record)) = (stored.last(), history.line(), history.fold(id)?) else {
            return Ok(None);
        };
        let envelope = translate::read_back(last)?.envelope;
        let last =
            Last { definition: envelope.definition, hash: last.hash, recorded: terms::civil_of(envelope.recorded_at) };
        let calendar = &self.catalog.calendar;
        let due = kernel::due_days(line, &record, calendar);
        Ok(Some(Derived {
            row: row_of(government, line, &record, &due, &last, calendar),
            waiting: waiting::rows(line, &record, own_due(line, &due).map(|deadline| deadline.last.date()), calendar),
            due: sorted_due(due_rows(government, line, id, &due)),
            keys: sorted_keys(keys_of(line, &record)),
            public: publish::all(line, &record, calendar, government),
            counted: sum(figures::deltas(line, None, &record, calendar, government, 0)),
            record,
        }))
    }
}

impl Kept {
    /// What is kept of a record.
    pub(crate) fn read(read: &mut dyn Read, government: &GovernmentCode, id: RecordId) -> Result<Kept, Fault> {
        Ok(Kept {
            row: read.record(government, id)?,
            due: sorted_due(read.due_of(government, id)?),
            waiting: read.waiting_of(government, id)?,
            keys: sorted_keys(read.keys(government, id)?),
            public: read.public_of(government, id)?,
            told: sum(read.deltas_of(government, id)?),
        })
    }

    /// Whether the state kept is the one that was folded.
    pub(crate) fn has_state(&self, derived: &Derived) -> bool {
        self.row.as_ref().and_then(|row| decode_state(&row.state)).as_ref() == Some(&derived.record)
    }

    /// The first column of the row that differs.
    pub(crate) fn other_column(&self, derived: &Derived) -> Option<&'static str> {
        let (kept, should) = (self.row.as_ref()?, &derived.row);
        let differs = [
            ("line", kept.line != should.line),
            ("definition", kept.definition != should.definition),
            ("agency", kept.agency != should.agency),
            ("handler", kept.handler != should.handler),
            ("place", kept.place != should.place),
            ("stage", kept.stage != should.stage),
            ("closed", kept.closed != should.closed),
            ("label", kept.label != should.label),
            ("opened", kept.opened != should.opened),
            ("touched", kept.touched != should.touched),
            ("due", kept.due != should.due),
            ("seq", kept.seq != should.seq),
            ("hash", kept.hash != should.hash),
            ("seen_by", kept.narrowing.only != should.narrowing.only),
            ("hidden", kept.narrowing.hidden != should.narrowing.hidden),
            ("above", kept.narrowing.above != should.narrowing.above),
        ];
        differs.iter().find(|(_, differs)| *differs).map(|(column, _)| *column)
    }

    /// What is to be added so that the sums become what the record contributes.
    pub(crate) fn missing(&self, derived: &Derived) -> BTreeMap<Place, i64> {
        let mut missing = derived.counted.clone();
        for (place, amount) in &self.told {
            *missing.entry(place.clone()).or_insert(0) -= amount;
        }
        missing.retain(|_, amount| *amount != 0);
        missing
    }

    /// The publications to write.
    pub(crate) fn unpublished(&self, derived: &Derived) -> Vec<PublicRow> {
        publish::mend(self.public.clone(), derived.public.clone(), &derived.record)
    }
}

/// What hangs on the calendar of a record: its due days, the earliest that binds the agency, and what it waits for.
pub(crate) fn due_of(
    government: &GovernmentCode,
    line: &Line,
    record: &Record,
    calendar: &terms::Calendar,
    last: &Last,
) -> (Vec<DueRow>, Option<Date>, Vec<WaitingRow>) {
    let due = kernel::due_days(line, record, calendar);
    let row = row_of(government, line, record, &due, last, calendar);
    let waiting = waiting::rows(line, record, row.due, calendar);
    (sorted_due(due_rows(government, line, record.id, &due)), row.due, waiting)
}

pub(crate) fn sorted_due(mut rows: Vec<DueRow>) -> Vec<DueRow> {
    rows.sort_by(|a, b| a.limit.cmp(&b.limit));
    rows
}

fn sorted_keys(mut rows: Vec<KeyRow>) -> Vec<KeyRow> {
    rows.sort_by(|a, b| (&a.field, &a.value).cmp(&(&b.field, &b.value)));
    rows.dedup();
    rows
}

fn sum(rows: Vec<DeltaRow>) -> BTreeMap<Place, i64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        *sums.entry((row.figure, row.day, row.part, row.agency, row.place)).or_insert(0) += row.amount;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}
