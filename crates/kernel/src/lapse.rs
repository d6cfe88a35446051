//! No time limit lapses in silence.

use procedure::{Lapse, Line, Record};
use terms::{Calendar, Code, DateTime};

use crate::{Event, Kind, apply, due_days};

/// The limits of a record that have passed before `now`, each as an event dated at the limit, followed by the act
/// that the law deems done; with the record as it then stands.
///
/// Nothing passes on a provisional date.
pub fn lapses(line: &Line, record: &Record, calendar: &Calendar, now: DateTime) -> (Vec<Event>, Record) {
    let mut record = record.clone();
    let mut events = Vec::new();
    loop {
        let due = due_days(line, &record, calendar);
        let next = due.iter().find(|(_, deadline)| !deadline.provisional && deadline.last < now);
        let Some((id, deadline)) = next.copied() else { return (events, record) };
        let mut push = |kind, record: Record| {
            let event = Event::bare(kind, deadline.last, Code::default());
            let seq = record.seq + 1;
            let id = record.id;
            let record = apply(line, Some(record), &event, id, seq);
            events.push(event);
            record
        };
        record = push(Kind::Lapsed(id), record);
        if let Lapse::Does(act) = line.limit(id).lapse
            && (line.act(act).from.is_empty() || line.act(act).from.contains(&record.stage_of(line.act(act).track)))
        {
            record = push(Kind::Act(act), record);
        }
    }
}
