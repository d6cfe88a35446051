//! What is written: events, keys, numbers, commands, transactions.

use ledger::{FaultKind, Links, NOTHING, RecordQuery, RecordRow, Store, check_chain, check_record};
use terms::{Code, Digest, RecordId};

use crate::common::{CITY, COUNTY, answered, append, command, date, delta, due, key, place, record};

pub fn appended_events_are_read_back(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    assert_eq!(transaction.head(&county).unwrap().hash, NOTHING);
    let first = append(&mut *transaction, COUNTY, None);
    let other = append(&mut *transaction, COUNTY, None);
    let second = append(&mut *transaction, COUNTY, Some(&first));
    assert_eq!(transaction.events(&county, first.record).unwrap(), [first.clone(), second.clone()]);
    assert_eq!(transaction.governments().unwrap(), std::slice::from_ref(&county));
    transaction.commit().unwrap();

    let mut reader = store.read().unwrap();
    assert_eq!(reader.head(&county).unwrap().position, 3);
    assert_eq!(reader.head(&county).unwrap().hash, second.head);
    assert_eq!(reader.head(&place(CITY)).unwrap().position, 0);
    assert_eq!(reader.log(&county, 0, 2).unwrap(), [first.clone(), other.clone()]);
    assert_eq!(reader.log(&county, 2, 2).unwrap(), std::slice::from_ref(&second));
    assert_eq!(reader.log(&county, 3, 2).unwrap(), []);
    check_record(&county, &reader.events(&county, first.record).unwrap()).unwrap();
    let empty = ledger::Head { position: 0, hash: NOTHING };
    let log = reader.log(&county, 0, u32::MAX).unwrap();
    assert_eq!(check_chain(&county, empty, &mut Links::new(), &log).unwrap(), reader.head(&county).unwrap());
}

pub fn only_the_next_event_is_taken(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.mark().unwrap();
    let next = crate::common::event(COUNTY, transaction.head(&county).unwrap(), Some(&first));
    let mut gap = next.clone();
    gap.position += 1;
    let mut number = next.clone();
    number.seq += 1;
    for wrong in [&first, &gap, &number, &crate::common::event(CITY, ledger::Head { position: 0, hash: NOTHING }, None)]
    {
        assert!(transaction.append(wrong).is_err());
        transaction.undo().unwrap();
    }
    transaction.append(&next).unwrap();
    transaction.commit().unwrap();
    let stands = [first, next];
    assert_eq!(store.read().unwrap().events(&county, stands[0].record).unwrap(), stands);
    // Of a record that another transaction wrote, the commit may be the first to notice.
    for seq in [1, 2, 4] {
        let mut transaction = store.begin(&county).unwrap();
        let mut number = crate::common::event(COUNTY, transaction.head(&county).unwrap(), Some(&stands[1]));
        number.seq = seq;
        let appended = transaction.append(&number);
        assert!(appended.and_then(|()| transaction.commit()).is_err(), "{seq}");
    }
    assert_eq!(store.read().unwrap().head(&county).unwrap().position, 2);
}

pub fn erased_part_is_gone_and_the_chain_holds(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.commit().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    assert!(transaction.erase(&county, 1, 0).is_err());
    assert!(transaction.erase(&county, 1, 9).is_err());
    transaction.erase(&county, 1, 1).unwrap();
    transaction.commit().unwrap();
    let events = store.read().unwrap().events(&county, first.record).unwrap();
    assert_eq!((events[0].contents[1].nonce, events[0].contents[1].bytes.as_ref()), (None, None));
    assert_eq!(events[0].contents[0], first.contents[0]);
    check_record(&county, &events).unwrap();
}

pub fn unique_value_is_held_by_one_record(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    let second = append(&mut *transaction, COUNTY, None);
    let held = [key("number", "A1", true), key("holder", "zhang", false)];
    transaction.put_keys(&county, first.record, &held).unwrap();
    transaction.put_keys(&county, second.record, &[key("number", "A2", true)]).unwrap();
    transaction.commit().unwrap();

    let mut transaction = store.begin(&county).unwrap();
    transaction.mark().unwrap();
    let wanted = [key("holder", "zhang", false), key("number", "A1", true)];
    let fault = transaction.put_keys(&county, second.record, &wanted).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unique);
    assert!(fault.message.contains("(certificate, number, A1)"), "{fault}");
    assert_eq!(transaction.keys(&county, second.record).unwrap(), [key("number", "A2", true)]);
    transaction.undo().unwrap();
    // The transaction is still good, and a value given up is free.
    transaction.put_keys(&county, first.record, &[key("holder", "zhang", false)]).unwrap();
    transaction.put_keys(&county, second.record, &wanted).unwrap();
    // Nor is anything left of a record that is not there yet, whose keys come before its first event.
    let next = RecordId(transaction.head(&county).unwrap().position + 1);
    assert_eq!(transaction.put_keys(&county, next, &wanted).unwrap_err().kind, FaultKind::Unique);
    assert_eq!(transaction.keys(&county, next).unwrap(), []);
    transaction.commit().unwrap();

    let mut reader = store.read().unwrap();
    assert_eq!(reader.keys(&county, second.record).unwrap(), wanted);
    let values: Vec<Code> = vec!["A1".into(), "A2".into()];
    assert_eq!(reader.keyed(&county, "certificate", "number", &values).unwrap(), [("A1".into(), second.record)]);
    let values: Vec<Code> = (0..2000).map(|n| Code::from(n.to_string())).chain(["zhang".into()]).collect();
    assert_eq!(reader.keyed(&county, "certificate", "holder", &values).unwrap().len(), 2);
    assert_eq!(reader.keyed(&place(CITY), "certificate", "holder", &values).unwrap(), []);
}

pub fn what_is_settled_is_not_undone(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.mark().unwrap();
    let second = append(&mut *transaction, COUNTY, None);
    transaction.put_keys(&county, second.record, &[key("number", "A1", true)]).unwrap();
    // It is read before, so that a store that waits with writing has written.
    assert_eq!(transaction.keys(&county, second.record).unwrap().len(), 1);
    transaction.settle().unwrap();
    transaction.undo().unwrap_err();
    // Without a mark there is nothing to settle, and a new one begins anew.
    transaction.settle().unwrap();
    transaction.mark().unwrap();
    transaction.put_keys(&county, first.record, &[key("number", "A2", true)]).unwrap();
    transaction.undo().unwrap();
    transaction.commit().unwrap();

    let mut reader = store.read().unwrap();
    assert_eq!(reader.keys(&county, second.record).unwrap(), [key("number", "A1", true)]);
    assert_eq!(reader.keys(&county, first.record).unwrap(), []);
}

pub fn undone_command_leaves_nothing(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_note("kept", "yes").unwrap();
    transaction.mark().unwrap();
    let kept = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&kept, |_| {})).unwrap();
    assert_eq!(transaction.next_number(&county, "decision", 2020).unwrap(), 1);

    transaction.mark().unwrap();
    let lost = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&lost, |_| {})).unwrap();
    transaction.put_due(&county, lost.record, &[due(&lost, "decide", date("2020-09-15"))]).unwrap();
    transaction.put_keys(&county, lost.record, &[key("number", "A1", true)]).unwrap();
    transaction.add_deltas(&[delta(&lost, "petitions", "2020-07-15", 1)]).unwrap();
    transaction.put_command(&county, &answered(&lost)).unwrap();
    transaction.put_definition(Digest([9; 32]), "petition", b"text").unwrap();
    assert_eq!(transaction.next_number(&county, "decision", 2020).unwrap(), 2);
    transaction.undo().unwrap();
    assert_eq!(transaction.head(&county).unwrap().position, 1);
    transaction.undo().unwrap(); // a second time changes nothing

    transaction.mark().unwrap();
    assert_eq!(transaction.next_number(&county, "decision", 2020).unwrap(), 2);
    let next = append(&mut *transaction, COUNTY, None);
    assert_eq!(next.record, lost.record);
    transaction.put_due(&county, next.record, &[due(&next, "decide", date("2020-10-15"))]).unwrap();
    transaction.put_definition(Digest([9; 32]), "petition", b"text").unwrap();
    transaction.commit().unwrap();

    let mut reader = store.read().unwrap();
    assert_eq!(reader.head(&county).unwrap().position, 2);
    assert_eq!(reader.record(&county, lost.record).unwrap(), None);
    assert_eq!(reader.due_of(&county, lost.record).unwrap(), [due(&next, "decide", date("2020-10-15"))]);
    assert_eq!(reader.keys(&county, lost.record).unwrap(), []);
    assert_eq!(reader.deltas_of(&county, lost.record).unwrap(), []);
    assert_eq!(reader.command(&county, command(2)).unwrap(), None);
    assert_eq!(reader.definition(Digest([9; 32])).unwrap().as_deref(), Some(b"text".as_slice()));
    assert_eq!(reader.note("kept").unwrap().as_deref(), Some("yes"));
}

pub fn numbers_have_no_gap(store: &dyn Store) {
    let county = place(COUNTY);
    let take = |series: &str, year, commit: bool| {
        let mut transaction = store.begin(&county).unwrap();
        let number = transaction.next_number(&county, series, year).unwrap();
        if commit {
            transaction.commit().unwrap();
        }
        number
    };
    assert_eq!(take("decision", 2020, true), 1);
    assert_eq!(take("decision", 2020, false), 2);
    assert_eq!(take("decision", 2020, true), 2);
    assert_eq!(take("decision", 2021, true), 1);
    assert_eq!(take("notice", 2020, true), 1);
    assert_eq!(take("decision", 2020, true), 3);
    let mut transaction = store.begin(&place(CITY)).unwrap();
    assert_eq!(transaction.next_number(&place(CITY), "decision", 2020).unwrap(), 1);
}

pub fn repeated_command_finds_the_first_answer(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.put_command(&county, &answered(&first)).unwrap();
    assert!(transaction.put_command(&county, &answered(&first)).is_err());
    assert_eq!(transaction.command(&county, command(1)).unwrap(), Some(answered(&first)));
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.command(&county, command(1)).unwrap(), Some(answered(&first)));
    assert_eq!(reader.command(&county, command(2)).unwrap(), None);
    assert_eq!(reader.command(&place(CITY), command(1)).unwrap(), None);
}

pub fn record_row_is_replaced_as_a_whole(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&first, |_| {})).unwrap();
    let mut last = first;
    let changes: [fn(&mut RecordRow); 9] = [
        |row| row.stage = "decided".into(),
        |row| row.handler = None,
        |row| row.due = Some(date("2020-09-15")),
        |row| row.due = None,
        |row| row.agency = "culture".into(),
        |row| row.opened = date("2020-01-01"),
        |row| row.line = "penalty".into(),
        |row| row.place = place("632222"),
        |row| {
            row.closed = true;
            row.label = "另".into();
            row.touched = date("2020-08-01");
            row.definition = Digest([3; 32]);
            row.state = Vec::new();
        },
    ];
    for change in changes {
        last = append(&mut *transaction, COUNTY, Some(&last));
        let row = record(&last, change);
        transaction.put_record(&row).unwrap();
        assert_eq!(transaction.record(&county, row.id).unwrap(), Some(row));
    }
    let all = RecordQuery { government: Some(county.clone()), limit: 9, ..RecordQuery::default() };
    assert_eq!(transaction.records(&all).unwrap().len(), 1);
}

pub fn reader_sees_one_state(store: &dyn Store) {
    let county = place(COUNTY);
    let before = {
        let mut transaction = store.begin(&county).unwrap();
        let first = append(&mut *transaction, COUNTY, None);
        transaction.put_record(&record(&first, |_| {})).unwrap();
        transaction.commit().unwrap();
        first
    };
    let mut reader = store.read().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    let second = append(&mut *transaction, COUNTY, Some(&before));
    transaction.put_record(&record(&second, |row| row.stage = "decided".into())).unwrap();
    assert_eq!(reader.head(&county).unwrap().position, 1);
    transaction.commit().unwrap();
    assert_eq!(reader.head(&county).unwrap().position, 1);
    assert_eq!(reader.record(&county, before.record).unwrap().unwrap().stage, "accepted");
    assert_eq!(reader.events(&county, before.record).unwrap(), std::slice::from_ref(&before));
    drop(reader);
    assert_eq!(store.read().unwrap().events(&county, before.record).unwrap(), [before, second]);
}

pub fn transaction_keeps_to_its_government(store: &dyn Store) {
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let fault = transaction.next_number(&place(CITY), "decision", 2020).unwrap_err();
    assert!(fault.message.contains("begin one for each government"), "{fault}");
}

pub fn dropped_transaction_leaves_nothing(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    append(&mut *transaction, COUNTY, None);
    drop(transaction);
    assert_eq!(store.read().unwrap().head(&county).unwrap().position, 0);
    let panicked = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut transaction = store.begin(&county).unwrap();
            append(&mut *transaction, COUNTY, None);
            panic!("the thread dies while it writes");
        });
        thread.join().is_err()
    });
    assert!(panicked);
    let mut transaction = store.begin(&county).unwrap();
    assert_eq!(append(&mut *transaction, COUNTY, None).position, 1);
    transaction.commit().unwrap();
}

pub fn writers_take_turns(store: &dyn Store) {
    std::thread::scope(|scope| {
        for government in [COUNTY, CITY, COUNTY, CITY] {
            scope.spawn(move || {
                for _ in 0..5 {
                    let mut transaction = store.begin(&place(government)).unwrap();
                    append(&mut *transaction, government, None);
                    transaction.commit().unwrap();
                }
            });
        }
    });
    let mut reader = store.read().unwrap();
    for government in [COUNTY, CITY] {
        let log = reader.log(&place(government), 0, 100).unwrap();
        let empty = ledger::Head { position: 0, hash: NOTHING };
        let head = check_chain(&place(government), empty, &mut Links::new(), &log).unwrap();
        assert_eq!(head.position, 10);
    }
    let effort = store.effort();
    assert!(effort.statements > 0 && effort.pages > 0, "{effort:?}");
}
