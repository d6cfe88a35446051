//! Messages between records, at both ends.

use ledger::{MessageRow, MessageState, Store};
use terms::{MessageId, RecordId, Thread};

use crate::common::{CITY, COUNTY, place};

fn row(n: u32, back: bool, state: MessageState) -> MessageRow {
    let thread = Thread { government: place(CITY), record: RecordId(7), seq: 2, effect: "forward".into() };
    MessageRow {
        government: place(COUNTY),
        sent: back,
        id: MessageId { thread, back, n },
        record: (n > 1).then_some(RecordId(40)),
        seq: n,
        other: Some(place(CITY)),
        line: "petition".into(),
        there: Some(RecordId(7)),
        addressee: "632222/xfj".into(),
        state,
        told: "某".into(),
        bytes: vec![1, 2, 0, 255],
        at: i64::from(n),
    }
}

pub fn messages_are_found_by_id_by_record_and_by_state(store: &dyn Store) {
    let county = place(COUNTY);
    let queued = |n| row(n, true, MessageState::Queued);
    let waits = row(1, false, MessageState::Waits);
    let nowhere = MessageRow { other: None, record: None, there: None, ..row(5, false, MessageState::Paper) };
    let mut transaction = store.begin(&county).unwrap();
    for message in [&queued(3), &waits, &queued(2), &nowhere, &queued(10)] {
        transaction.put_message(message).unwrap();
    }
    assert_eq!(transaction.messages_of(&county, RecordId(40)).unwrap().len(), 3, "seen before they are committed");
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.message(&county, false, &waits.id).unwrap(), Some(waits.clone()));
    assert_eq!(reader.message(&county, true, &waits.id).unwrap(), None, "the other box");
    assert_eq!(reader.message(&place(CITY), false, &waits.id).unwrap(), None, "another government's");
    assert_eq!(reader.message(&county, false, &nowhere.id).unwrap(), Some(nowhere));
    assert_eq!(reader.messages_of(&county, RecordId(40)).unwrap(), [queued(2), queued(3), queued(10)]);
    assert_eq!(reader.messages(&county, true, MessageState::Queued, 9).unwrap(), [queued(2), queued(3), queued(10)]);
    assert_eq!(reader.messages(&county, true, MessageState::Queued, 1).unwrap(), [queued(2)]);
    assert_eq!(reader.messages(&county, false, MessageState::Queued, 9).unwrap(), []);
    assert_eq!(reader.messages(&county, false, MessageState::Waits, 9).unwrap(), [waits]);
}

pub fn message_goes_on_as_a_whole(store: &dyn Store) {
    let county = place(COUNTY);
    let before = row(1, true, MessageState::Queued);
    let after = MessageRow {
        record: Some(RecordId(41)),
        seq: 9,
        other: Some(place(CITY)),
        line: "filing_review".into(),
        there: Some(RecordId(8)),
        addressee: "632200".into(),
        state: MessageState::Done,
        told: String::new(),
        bytes: Vec::new(),
        at: 99,
        ..before.clone()
    };
    for message in [&before, &after] {
        let mut transaction = store.begin(&county).unwrap();
        transaction.put_message(message).unwrap();
        transaction.commit().unwrap();
    }
    let mut transaction = store.begin(&county).unwrap();
    transaction.mark().unwrap();
    transaction.put_message(&before).unwrap();
    transaction.undo().unwrap();
    assert!(transaction.put_message(&MessageRow { government: place(CITY), ..before.clone() }).is_err());
    drop(transaction);
    let mut reader = store.read().unwrap();
    assert_eq!(reader.message(&county, true, &before.id).unwrap(), Some(after));
    assert!(reader.messages(&county, true, MessageState::Queued, 9).unwrap().is_empty());
}
