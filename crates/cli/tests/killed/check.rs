//! What must hold of a ledger whatever died over it.

use std::collections::{BTreeMap, HashMap};

use ledger::{Body, Envelope, Read};
use store::Options;
use terms::{CommandId, GovernmentCode, RecordId, Value};

use crate::client::{Client, Done};

/// A command that no form sent: a limit that the scheduler put through.
const NOBODY: CommandId = CommandId([0; 16]);

/// An event of the log.
struct Event {
    envelope: Envelope,
    numbers: Vec<String>,
}

/// The log of the ledger, by position.
fn log(read: &mut dyn Read, government: &GovernmentCode) -> Vec<Event> {
    let mut all = Vec::new();
    loop {
        let after = all.len() as u64;
        let rows = read.log(government, after, 2_000).unwrap();
        if rows.is_empty() {
            return all;
        }
        for row in rows {
            assert_eq!(row.position, all.len() as u64 + 1, "positions have a gap or a double");
            let bodies = row.contents.iter().filter(|content| content.part == 0).filter_map(|one| one.bytes.as_ref());
            let numbers = bodies.flat_map(|bytes| numbers(&Body::decode(bytes).unwrap())).collect();
            all.push(Event { envelope: Envelope::decode(&row.envelope).unwrap(), numbers });
        }
    }
}

/// The numbers that an event gave: 祁政复〔2026〕12号.
fn numbers(body: &Body) -> Vec<String> {
    let given = |(field, value): &(_, Value)| match value {
        Value::Text(text) if ends_with_number(field) && text.contains('〔') => Some(text.clone()),
        _ => None,
    };
    body.changes.iter().filter_map(given).collect()
}

fn ends_with_number(field: &terms::Code) -> bool {
    field.ends_with("_number")
}

/// Checks log, commands and numbers; tells how many of the forms that got no answer were done all the same.
pub fn ledger(data: &str, clients: &[Client]) -> usize {
    let store = store::open_read_only(&data.parse().unwrap(), &Options::default()).unwrap();
    let mut read = store.read().unwrap();
    let government: GovernmentCode = "632222".parse().unwrap();
    let events = log(read.as_mut(), &government);
    let by_command = commands(&events);
    let mut done_unanswered = 0;
    for client in clients {
        for done in &client.done {
            acknowledged(read.as_mut(), &government, &by_command, &events, done);
        }
        if let Some(form) = &client.sent {
            let found = by_command.get(&form.command()).map_or(0, |places| acts(&events, places, form.act));
            assert!(found <= 1, "{} has {found} answers", form.command());
            done_unanswered += found;
        }
    }
    gapless(&events);
    assert_eq!(read.head(&government).unwrap().position, events.len() as u64);
    done_unanswered
}

/// Where the events of each command stand; all in one place and on one record.
fn commands(events: &[Event]) -> HashMap<CommandId, Vec<usize>> {
    let mut all: HashMap<CommandId, Vec<usize>> = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.envelope.command != NOBODY) {
        all.entry(event.envelope.command).or_default().push(place);
    }
    for (command, places) in &all {
        let first = &events[places[0]].envelope;
        for (next, place) in places.iter().enumerate() {
            assert_eq!(*place, places[0] + next, "{command} was done twice");
            assert_eq!(events[*place].envelope.record, first.record, "{command} was done on two records");
        }
    }
    all
}

/// How often an act stands among events.
fn acts(events: &[Event], places: &[usize], act: &str) -> usize {
    let of_act = |place: &&usize| {
        let envelope = &events[**place].envelope;
        envelope.kind == "act" && envelope.what == act
    };
    places.iter().filter(of_act).count()
}

fn acknowledged(
    read: &mut dyn Read,
    government: &GovernmentCode,
    by_command: &HashMap<CommandId, Vec<usize>>,
    events: &[Event],
    done: &Done,
) {
    let (command, act) = (done.form.command(), done.form.act);
    let places = by_command.get(&command).unwrap_or_else(|| panic!("{act} of {} is lost ({command})", done.record));
    assert_eq!(acts(events, places, act), 1, "{act} of {} ({command})", done.record);
    let last = &events[places[places.len() - 1]].envelope;
    assert_eq!(last.record, done.record, "{command} stands on another record than was told");
    let row = read.command(government, command).unwrap().unwrap_or_else(|| panic!("{command} is not remembered"));
    assert_eq!((row.record, row.position), (done.record, last.position));
    let record = read.record(government, done.record).unwrap();
    assert!(record.is_some(), "record {} is not there", done.record);
}

/// Each series gave 1, 2, 3 and so on, each once.
fn gapless(events: &[Event]) {
    let mut series: BTreeMap<&str, Vec<(u64, RecordId)>> = BTreeMap::new();
    for event in events {
        for number in &event.numbers {
            let (name, rest) = number.split_at(number.find('〕').unwrap() + '〕'.len_utf8());
            let number = rest.trim_end_matches('号').parse().unwrap();
            series.entry(name).or_default().push((number, event.envelope.record));
        }
    }
    assert!(series.keys().any(|name| name.contains("政复")) && series.keys().any(|name| name.contains("民调")));
    for (name, mut given) in series {
        given.sort_unstable();
        for (place, (number, record)) in (1..).zip(&given) {
            assert_eq!(*number, place, "{name} has a gap or a double before record {record}");
        }
    }
}
