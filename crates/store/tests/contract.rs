//! What every store keeps, whichever database it uses: the suite is written against `dyn Store`, and a database joins
//! by one line at the end of this file.
#![allow(clippy::unwrap_used)]

mod common;

use common::{CITY, COUNTY, answered, append, command, date, delta, due, key, place, record};
use ledger::{
    AccountRow, AgencyRow, Attempts, DeltaQuery, FaultKind, GroupBy, Links, NOTHING, Order, PublicRow, Read,
    RecordQuery, RecordRow, SessionRow, Store, check_chain, check_record,
};
use terms::{Code, Digest, RecordId};

fn appended_events_are_read_back(store: &dyn Store) {
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

fn only_the_next_event_is_taken(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.mark().unwrap();
    let next = common::event(COUNTY, transaction.head(&county).unwrap(), Some(&first));
    let mut gap = next.clone();
    gap.position += 1;
    let mut number = next.clone();
    number.seq += 1;
    for wrong in [&first, &gap, &number, &common::event(CITY, ledger::Head { position: 0, hash: NOTHING }, None)] {
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
        let mut number = common::event(COUNTY, transaction.head(&county).unwrap(), Some(&stands[1]));
        number.seq = seq;
        let appended = transaction.append(&number);
        assert!(appended.and_then(|()| transaction.commit()).is_err(), "{seq}");
    }
    assert_eq!(store.read().unwrap().head(&county).unwrap().position, 2);
}

fn erased_part_is_gone_and_the_chain_holds(store: &dyn Store) {
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

fn unique_value_is_held_by_one_record(store: &dyn Store) {
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

fn undone_command_leaves_nothing(store: &dyn Store) {
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

fn numbers_have_no_gap(store: &dyn Store) {
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

fn repeated_command_finds_the_first_answer(store: &dyn Store) {
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

fn due_days_come_in_order(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    let second = append(&mut *transaction, COUNTY, None);
    let late = due(&first, "decide", date("2020-09-15"));
    let soon = due(&first, "accept", date("2020-07-20"));
    let other = due(&second, "accept", date("2020-07-20"));
    transaction.put_due(&county, first.record, &[late.clone(), soon.clone()]).unwrap();
    transaction.put_due(&county, second.record, std::slice::from_ref(&other)).unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let mut before = |day: &str, limit| reader.due(&county, date(day), limit).unwrap();
    assert_eq!(before("2021-01-01", 9), [soon.clone(), other.clone(), late.clone()]);
    assert_eq!(before("2021-01-01", 1), std::slice::from_ref(&soon));
    assert_eq!(before("2020-09-15", 9), [soon.clone(), other.clone()]);
    assert_eq!(before("2020-07-20", 9), []);
    drop(reader);

    let mut transaction = store.begin(&county).unwrap();
    let moved = due(&first, "decide", date("2020-10-15"));
    transaction.put_due(&county, first.record, std::slice::from_ref(&moved)).unwrap();
    let statements = store.effort().statements;
    transaction.put_due(&county, first.record, std::slice::from_ref(&moved)).unwrap();
    assert!(store.effort().statements - statements <= 1, "what is unchanged was written");
    transaction.commit().unwrap();
    assert_eq!(store.read().unwrap().due_of(&county, first.record).unwrap(), [moved]);
}

/// Sixty records that differ in every way a list can ask for.
fn sixty(store: &dyn Store, government: &str) -> Vec<RecordRow> {
    let mut transaction = store.begin(&place(government)).unwrap();
    let rows = (0..60_usize).map(|n| {
        let event = append(&mut *transaction, government, None);
        let row = record(&event, |row| {
            row.line = ["petition", "penalty"][n % 2].into();
            row.agency = ["justice", "culture", "water"][n % 3].into();
            row.handler = (n % 4 > 0).then(|| ["zhang", "li"][n / 4 % 2].into());
            row.stage = ["accepted", "decided"][n / 5 % 2].into();
            row.closed = n % 7 == 0;
            row.place = place(["632222", "632222100", "632222100201", "632223"][n / 3 % 4]);
            row.opened = date(&format!("2020-07-{:02}", 1 + n * 7 % 10));
            row.due = (n % 3 != 1).then(|| date(&format!("2020-09-{:02}", 1 + n * 11 % 5)));
            row.label =
                format!("祁信〔2020〕{n}号 50%_Done! {} {}", ["土地", "草场"][n / 2 % 2], ["École", "école"][n % 2]);
        });
        transaction.put_record(&row).unwrap();
        row
    });
    let rows = rows.collect();
    transaction.commit().unwrap();
    rows
}

/// The list as it should be, found without SQL.
fn expected(rows: &[RecordRow], query: &RecordQuery) -> Vec<RecordRow> {
    let mut found: Vec<RecordRow> = rows
        .iter()
        .filter(|row| {
            query.government.as_ref().is_none_or(|government| *government == row.government)
                && (query.lines.is_empty() || query.lines.contains(&row.line))
                && (query.agencies.is_empty() || query.agencies.contains(&row.agency))
                && (query.handler.is_none() || query.handler == row.handler)
                && query.stage.as_ref().is_none_or(|stage| *stage == row.stage)
                && query.closed.is_none_or(|closed| closed == row.closed)
                && query.opened_from.is_none_or(|day| row.opened >= day)
                && query.opened_to.is_none_or(|day| row.opened <= day)
                && (query.places.is_empty()
                    || query.places.iter().any(|(first, last)| (first..=last).contains(&&row.place)))
                && query
                    .text
                    .as_ref()
                    .is_none_or(|text| row.label.to_ascii_lowercase().contains(&text.to_ascii_lowercase()))
                && (query.order == Order::Newest || row.due.is_some())
        })
        .cloned()
        .collect();
    match query.order {
        Order::Newest => found.sort_by_key(|row| std::cmp::Reverse((row.opened, row.id))),
        Order::Due => found.sort_by_key(|row| (row.due, row.id)),
    }
    found
}

/// All pages of a list.
fn paged(reader: &mut dyn Read, query: &RecordQuery, limit: u32) -> Vec<RecordRow> {
    let mut query = RecordQuery { limit, ..query.clone() };
    let mut found = Vec::new();
    loop {
        let page = reader.records(&query).unwrap();
        let Some(last) = page.last() else { return found };
        let day = if query.order == Order::Newest { Some(last.opened) } else { last.due };
        query.after = Some((day, last.id));
        found.extend(page);
    }
}

fn queries() -> Vec<RecordQuery> {
    let base = RecordQuery { government: Some(place(COUNTY)), limit: 100, ..RecordQuery::default() };
    vec![
        base.clone(),
        RecordQuery { lines: vec!["penalty".into()], ..base.clone() },
        RecordQuery { lines: vec!["penalty".into(), "petition".into()], ..base.clone() },
        RecordQuery { lines: vec!["none".into()], ..base.clone() },
        RecordQuery { agencies: vec!["culture".into()], ..base.clone() },
        RecordQuery { agencies: vec!["culture".into(), "water".into()], ..base.clone() },
        RecordQuery { agencies: vec!["water".into()], lines: vec!["petition".into()], ..base.clone() },
        RecordQuery { handler: Some("li".into()), ..base.clone() },
        RecordQuery { stage: Some("decided".into()), ..base.clone() },
        RecordQuery { closed: Some(true), ..base.clone() },
        RecordQuery { closed: Some(false), handler: Some("zhang".into()), ..base.clone() },
        RecordQuery { opened_from: Some(date("2020-07-03")), opened_to: Some(date("2020-07-05")), ..base.clone() },
        RecordQuery { places: vec![(place("632222"), place("632222999999"))], ..base.clone() },
        RecordQuery { places: vec![(place("632222100"), place("632222100999"))], ..base.clone() },
        RecordQuery {
            places: vec![(place("632223"), place("632223")), (place("632222100201"), place("632222100201"))],
            ..base.clone()
        },
        RecordQuery { text: Some("草场".into()), ..base.clone() },
        RecordQuery { text: Some("50%_done!".into()), ..base.clone() },
        RecordQuery { text: Some("50%_DONE!".into()), ..base.clone() },
        RecordQuery { text: Some("École".into()), ..base.clone() },
        RecordQuery { text: Some("éCOLE".into()), ..base.clone() },
        RecordQuery { text: Some("5%0".into()), ..base.clone() },
        RecordQuery { text: Some("_".into()), ..base.clone() },
        RecordQuery { text: Some("' OR 1=1 --".into()), ..base.clone() },
        RecordQuery { government: Some(place(CITY)), ..base.clone() },
        RecordQuery { government: None, ..base },
    ]
}

fn lists_answer_every_filter_and_lose_nothing_between_pages(store: &dyn Store) {
    let mut rows = sixty(store, COUNTY);
    rows.extend(sixty(store, CITY));
    let mut reader = store.read().unwrap();
    for order in [Order::Newest, Order::Due] {
        for query in queries() {
            let query = RecordQuery { order, ..query };
            let wanted = expected(&rows, &query);
            let key = |rows: &[RecordRow]| -> Vec<_> {
                rows.iter().map(|row| (row.opened, row.due, row.id, row.government.clone())).collect()
            };
            for limit in [1, 7, 100] {
                let mut found = paged(&mut *reader, &query, limit);
                // Between governments that share day and id, any order will do.
                match order {
                    Order::Newest => found.sort_by_key(|row| std::cmp::Reverse((row.opened, row.id))),
                    Order::Due => found.sort_by_key(|row| (row.due, row.id)),
                }
                let (mut a, mut b) = (key(&found), key(&wanted));
                if query.government.is_none() {
                    a.sort();
                    b.sort();
                }
                assert_eq!(a, b, "{query:?} by {limit}");
            }
            let count = wanted.len() as u32;
            assert_eq!(reader.count(&query, 1000).unwrap(), count, "{query:?}");
            assert_eq!(reader.count(&query, 5).unwrap(), count.min(5), "{query:?}");
        }
    }
    assert_eq!(reader.record(&rows[3].government, rows[3].id).unwrap().as_ref(), Some(&rows[3]));
}

fn record_row_is_replaced_as_a_whole(store: &dyn Store) {
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

/// Deltas of twenty records over two months, two agencies and two parts; every fifth is taken back.
fn add_deltas(store: &dyn Store, government: &str) {
    let mut transaction = store.begin(&place(government)).unwrap();
    for n in 0..20u8 {
        let event = append(&mut *transaction, government, None);
        let day = format!("2020-{:02}-{:02}", 7 + n % 2, 1 + n);
        let mut row = delta(&event, "petitions", &day, i64::from(n) + 1);
        row.agency = ["justice", "culture"][usize::from(n / 2 % 2)].into();
        row.part = ["land", "water", ""][usize::from(n % 3)].into();
        row.place = place(["632222", "632222100"][usize::from(n / 3 % 2)]);
        let mut rows = vec![row.clone(), ledger::DeltaRow { figure: "other".into(), ..row.clone() }];
        if n % 5 == 0 {
            rows.push(ledger::DeltaRow { amount: -row.amount, ..row });
        }
        transaction.add_deltas(&rows).unwrap();
    }
    transaction.commit().unwrap();
}

fn sums_are_those_of_the_records_behind_them(store: &dyn Store) {
    add_deltas(store, COUNTY);
    add_deltas(store, CITY);
    let county = vec![place(COUNTY)];
    let base = DeltaQuery { governments: county, figure: "petitions".into(), ..DeltaQuery::default() };
    let queries = [
        base.clone(),
        DeltaQuery { governments: Vec::new(), ..base.clone() },
        DeltaQuery { from: Some(date("2020-08-01")), ..base.clone() },
        DeltaQuery { to: Some(date("2020-07-31")), ..base.clone() },
        DeltaQuery { as_of: vec![(place(COUNTY), 7)], ..base.clone() },
        DeltaQuery { places: vec![(place("632222100"), place("632222100999"))], ..base.clone() },
        DeltaQuery { agency: Some("culture".into()), ..base.clone() },
        DeltaQuery { part: Some(Code::default()), ..base.clone() },
        DeltaQuery { figure: "none".into(), ..base.clone() },
    ];
    let mut reader = store.read().unwrap();
    for query in &queries {
        let whole = reader.sums(query, GroupBy::Nothing).unwrap();
        assert_eq!(whole.len(), 1, "{query:?}");
        assert_eq!(whole[0].key, "");
        for by in [GroupBy::Part, GroupBy::Agency, GroupBy::Month] {
            let sums = reader.sums(query, by).unwrap();
            assert_eq!(sums.iter().map(|sum| sum.amount).sum::<i64>(), whole[0].amount, "{query:?} {by:?}");
        }
        for limit in [1, 3, 100] {
            let (mut sum, mut after, mut seen) = (0, None, Vec::new());
            loop {
                let page = reader.counted(query, after, limit).unwrap();
                let Some((_, last, _)) = page.last() else { break };
                after = Some(*last);
                assert!(page.iter().all(|(_, _, amount)| *amount != 0));
                sum += page.iter().map(|(_, _, amount)| amount).sum::<i64>();
                seen.extend(page.into_iter().map(|(government, record, _)| (record, government)));
            }
            assert_eq!(sum, whole[0].amount, "{query:?} by {limit}");
            assert!(seen.is_sorted() && seen.windows(2).all(|two| two[0] != two[1]), "{seen:?}");
        }
    }
    // 1 + 2 + ... + 20, without 1, 6, 11 and 16.
    assert_eq!(reader.sums(&base, GroupBy::Nothing).unwrap()[0].amount, 210 - 34);
    let months: Vec<String> = reader.sums(&base, GroupBy::Month).unwrap().into_iter().map(|sum| sum.key).collect();
    assert_eq!(months, ["2020-07", "2020-08"]);
    let deltas = reader.deltas_of(&place(COUNTY), RecordId(6)).unwrap();
    let amounts: Vec<i64> = deltas.iter().map(|row| row.amount).collect();
    assert_eq!(amounts, [6, 6, -6]);
}

fn sums_as_of_a_list_of_positions_stay(store: &dyn Store) {
    let told = |as_of: &[(terms::GovernmentCode, u64)]| {
        let query = DeltaQuery { figure: "petitions".into(), as_of: as_of.to_vec(), ..DeltaQuery::default() };
        let mut reader = store.read().unwrap();
        let groups = [GroupBy::Nothing, GroupBy::Part, GroupBy::Agency, GroupBy::Month];
        let sums = groups.map(|by| reader.sums(&query, by).unwrap());
        let named = DeltaQuery { governments: vec![place(CITY), place(COUNTY)], ..query.clone() };
        assert_eq!(groups.map(|by| reader.sums(&named, by).unwrap()), sums);
        let counted = reader.counted(&query, None, 100).unwrap();
        assert_eq!(counted.iter().map(|(.., amount)| amount).sum::<i64>(), sums[0][0].amount);
        (sums, counted)
    };
    let heads = || {
        let heads = store.read().unwrap().heads(&[place(CITY), place(COUNTY)]).unwrap();
        heads.into_iter().map(|(government, head)| (government, head.position)).collect::<Vec<_>>()
    };
    assert_eq!(heads(), [(place(CITY), 0), (place(COUNTY), 0)]);
    assert_eq!(told(&heads()).0[0][0].amount, 0);
    add_deltas(store, COUNTY);
    let first = heads();
    let of_county = told(&first);
    assert_ne!(of_county.0[0][0].amount, 0);
    add_deltas(store, CITY);
    add_deltas(store, COUNTY);
    // Neither what the county wrote since nor the city, which had not begun, is in it.
    assert_eq!(told(&first), of_county);
    assert_eq!(told(&first[1..]), of_county);
    let second = heads();
    let of_both = told(&second);
    assert_ne!(of_both, of_county);
    add_deltas(store, CITY);
    assert_eq!(told(&second), of_both);
    assert_eq!(told(&first), of_county);
    assert_ne!(told(&heads()), of_both);
    // In the middle of a log: what one government had added up to there.
    let whole = told(&second[1..]).0[0][0].amount;
    let half = told(&[(place(COUNTY), first[1].1 / 2)]).0[0][0].amount;
    assert!(half != 0 && half < whole, "{half} of {whole}");
}

fn reader_sees_one_state(store: &dyn Store) {
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

fn definitions_and_notes_stay(store: &dyn Store) {
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    transaction.put_definition(Digest([1; 32]), "petition", b"first").unwrap();
    transaction.put_definition(Digest([1; 32]), "petition", b"first").unwrap();
    transaction.put_note("synthetic", "yes").unwrap();
    transaction.put_note("synthetic", "no").unwrap();
    transaction.commit().unwrap();
    let mut transaction = store.begin(&place(CITY)).unwrap();
    transaction.put_definition(Digest([1; 32]), "petition", b"first").unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.definition(Digest([1; 32])).unwrap().unwrap(), b"first");
    assert_eq!(reader.definition(Digest([2; 32])).unwrap(), None);
    assert_eq!(reader.note("synthetic").unwrap().as_deref(), Some("no"));
    assert_eq!(reader.note("other").unwrap(), None);
}

fn published_comes_newest_first_and_leaves_a_stub(store: &dyn Store) {
    let county = place(COUNTY);
    let row = |record, line: &str, day: &str, shown: &str| PublicRow {
        government: county.clone(),
        record: RecordId(record),
        line: line.into(),
        publication: "decision".into(),
        published: date(day),
        withdrawn: None,
        shown: shown.as_bytes().to_vec(),
        digest: ledger::hash(shown.as_bytes()),
    };
    let rows = [
        row(1, "penalty", "2020-07-01", "甲公司"),
        row(2, "penalty", "2020-07-03", "乙公司"),
        row(3, "licence", "2020-07-02", "丙%"),
    ];
    let mut transaction = store.begin(&county).unwrap();
    for row in &rows {
        transaction.put_public(row).unwrap();
    }
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let mut found = |line, text, skip, limit| -> Vec<u64> {
        reader.public(&county, line, text, skip, limit).unwrap().iter().map(|row| row.record.0).collect()
    };
    assert_eq!(found(None, None, 0, 9), [2, 3, 1]);
    assert_eq!(found(None, None, 1, 1), [3]);
    assert_eq!(found(Some("penalty"), None, 0, 9), [2, 1]);
    assert_eq!(found(None, Some("公司"), 0, 9), [2, 1]);
    assert_eq!(found(Some("penalty"), Some("甲"), 0, 9), [1]);
    assert_eq!(found(None, Some("%"), 0, 9), [3]);
    drop(reader);

    let stub = PublicRow { withdrawn: Some(date("2020-08-01")), shown: Vec::new(), ..rows[1].clone() };
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_public(&stub).unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.public_of(&county, RecordId(2)).unwrap(), std::slice::from_ref(&stub));
    assert_eq!(reader.public(&county, None, None, 0, 1).unwrap(), [stub]);
    assert_eq!(reader.public(&place(CITY), None, None, 0, 9).unwrap(), []);
}

fn accounts_and_agencies_are_kept_by_government(store: &dyn Store) {
    let county = place(COUNTY);
    let account = |name: &str, posts: &[&str]| AccountRow {
        government: county.clone(),
        name: name.into(),
        shown: "张三".into(),
        agency: "justice".into(),
        posts: posts.iter().map(|post| Code::from(*post)).collect(),
        password: "$argon2id$".into(),
    };
    let agency =
        AgencyRow {
            government: county.clone(), code: "justice".into(), name: "司法局".into(), place: county.clone()
        };
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_account(&account("zhang", &["officer"])).unwrap();
    transaction.put_account(&account("li", &[])).unwrap();
    transaction.put_account(&account("zhang", &["officer", "head_of_office"])).unwrap();
    transaction.put_agency(&AgencyRow { name: "旧".into(), ..agency.clone() }).unwrap();
    transaction.put_agency(&agency).unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let zhang = account("zhang", &["officer", "head_of_office"]);
    assert_eq!(reader.accounts(&county).unwrap(), [account("li", &[]), zhang.clone()]);
    assert_eq!(reader.account(&county, "zhang").unwrap(), Some(zhang));
    assert_eq!(reader.account(&county, "nobody").unwrap(), None);
    assert_eq!(reader.accounts(&place(CITY)).unwrap(), []);
    assert_eq!(reader.agencies(&county).unwrap(), [agency]);
    assert_eq!(reader.governments().unwrap(), [county]);
}

fn looks_are_noted(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    for (account, at) in [("zhang", 7), ("li", 5), ("zhang", 7)] {
        transaction.note_look(&county, RecordId(1), account, at).unwrap();
    }
    transaction.commit().unwrap();
    let looks = store.read().unwrap().looks(&county, RecordId(1)).unwrap();
    let looks: Vec<_> = looks.iter().map(|look| (look.account.as_str(), look.at)).collect();
    assert_eq!(looks, [("li", 5), ("zhang", 7)]);
}

fn transaction_keeps_to_its_government(store: &dyn Store) {
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    let fault = transaction.next_number(&place(CITY), "decision", 2020).unwrap_err();
    assert!(fault.message.contains("begin one for each government"), "{fault}");
}

fn dropped_transaction_leaves_nothing(store: &dyn Store) {
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

fn writers_take_turns(store: &dyn Store) {
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

/// One test for each check, on the store that `$fresh` makes.
macro_rules! contract {
    ($database:ident, $fresh:path, $($check:ident),* $(,)?) => {
        mod $database {
            $(
                #[test]
                fn $check() {
                    let (_keep, store) = $fresh();
                    super::$check(&store);
                }
            )*
        }
    };
}

fn sqlite() -> (tempfile::TempDir, store::sqlite::SqliteStore) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = store::sqlite::open(folder.path(), &store::Options::default()).unwrap();
    (folder, store)
}

fn what_stands_can_be_listed(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    transaction.put_record(&record(&first, |_| {})).unwrap();
    transaction.put_command(&county, &answered(&first)).unwrap();
    transaction.put_definition(Digest([9; 32]), "b", b"two").unwrap();
    transaction.put_definition(Digest([1; 32]), "a", b"one").unwrap();
    transaction.put_note("synthetic", "yes").unwrap();
    transaction.put_note("name", "county").unwrap();
    for (series, year) in [("letter", 2021), ("letter", 2020), ("case", 0), ("letter", 2021)] {
        transaction.next_number(&county, series, year).unwrap();
    }
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let listed = reader.definitions().unwrap();
    assert_eq!(listed, [(Digest([1; 32]), "a".to_owned()), (Digest([9; 32]), "b".to_owned())]);
    let text = |text: &str| text.to_owned();
    assert_eq!(reader.notes().unwrap(), [(text("name"), text("county")), (text("synthetic"), text("yes"))]);
    let series: Vec<_> =
        reader.series(&county).unwrap().into_iter().map(|row| (row.series, row.year, row.last)).collect();
    assert_eq!(series, [("case".into(), 0, 1), ("letter".into(), 2020, 1), ("letter".into(), 2021, 2)]);
    assert_eq!(reader.series(&place(CITY)).unwrap(), []);
    let ids = [first.record, RecordId(77)];
    assert_eq!(reader.records_of(&county, &ids).unwrap(), [record(&first, |_| {})]);
    assert_eq!(reader.records_of(&county, &[]).unwrap(), []);
    let commands = [answered(&first).id, command(77)];
    assert_eq!(reader.commands(&county, &commands).unwrap(), [answered(&first)]);
}

fn duty_is_one_holders(store: &dyn Store) {
    let (county, city) = (place(COUNTY), place(CITY));
    assert!(store.lease(&county, "scheduler", "one", 100, 200).unwrap());
    assert!(!store.lease(&county, "scheduler", "two", 199, 300).unwrap());
    assert!(store.lease(&county, "scheduler", "one", 150, 250).unwrap(), "the holder keeps it");
    assert!(!store.lease(&county, "scheduler", "two", 249, 300).unwrap());
    assert!(store.lease(&county, "outbox", "two", 150, 250).unwrap(), "another duty");
    assert!(store.lease(&city, "scheduler", "two", 150, 250).unwrap(), "another government");
    assert!(store.lease(&county, "scheduler", "two", 250, 300).unwrap(), "it ended");
    assert!(!store.lease(&county, "scheduler", "one", 260, 400).unwrap());
}

fn session_is_known_until_it_ends(store: &dyn Store) {
    let (county, city) = (place(COUNTY), place(CITY));
    let one = SessionRow {
        government: county.clone(),
        token: Digest([1; 32]),
        account: "zhang".into(),
        secret: "secret".into(),
        begun: 100,
        seen: 100,
        told: String::new(),
    };
    let two = SessionRow { token: Digest([2; 32]), begun: 50, seen: 90, ..one.clone() };
    store.session_begin(&one).unwrap();
    store.session_begin(&two).unwrap();
    assert!(store.session_begin(&one).is_err(), "a token is given once");
    assert_eq!(store.session(&county, one.token).unwrap(), Some(one.clone()));
    assert_eq!(store.session(&city, one.token).unwrap(), None, "another government's");
    assert_eq!(store.session(&county, Digest([3; 32])).unwrap(), None);

    store.session_seen(&county, one.token, 200).unwrap();
    store.session_seen(&county, one.token, 150).unwrap();
    store.session_tell(&county, one.token, "完成").unwrap();
    let now = SessionRow { seen: 200, told: "完成".into(), ..one.clone() };
    assert_eq!(store.session(&county, one.token).unwrap(), Some(now.clone()));
    store.session_tell(&county, one.token, "").unwrap();
    assert_eq!(store.session(&county, one.token).unwrap(), Some(SessionRow { told: String::new(), ..now }));

    assert_eq!(store.sessions(&county, 0, 0).unwrap(), 2);
    assert_eq!(store.sessions(&county, 60, 0).unwrap(), 1);
    assert_eq!(store.sessions(&county, 0, 201).unwrap(), 0);
    assert_eq!(store.sessions(&city, 0, 0).unwrap(), 0);

    store.session_end(&county, two.token).unwrap();
    store.session_end(&county, two.token).unwrap();
    store.session_seen(&county, two.token, 300).unwrap();
    store.session_tell(&county, two.token, "x").unwrap();
    assert_eq!(store.session(&county, two.token).unwrap(), None, "what ended stays ended");
    assert!(store.session(&county, one.token).unwrap().is_some());
}

fn sessions_and_attempts_are_swept(store: &dyn Store) {
    let county = place(COUNTY);
    for (n, begun, seen) in [(1, 10, 500), (2, 400, 420), (3, 400, 500)] {
        let (token, account) = (Digest([n; 32]), Code::from("zhang"));
        let (secret, told) = (String::new(), String::new());
        let row = SessionRow { government: county.clone(), token, account, secret, begun, seen, told };
        store.session_begin(&row).unwrap();
    }
    for (n, last) in [(1, 99), (2, 100)] {
        assert!(store.attempts_put(&county, Digest([n; 32]), 0, Attempts { failed: 1, last }).unwrap());
    }
    assert_eq!(store.sessions_sweep(&place(CITY), 1_000, 1_000, 1_000).unwrap(), 0);
    assert_eq!(store.sessions_sweep(&county, 11, 450, 100).unwrap(), 2);
    let stands = |n| store.session(&county, Digest([n; 32])).unwrap().is_some();
    assert_eq!([stands(1), stands(2), stands(3)], [false, false, true]);
    assert_eq!(store.attempts(&county, Digest([1; 32])).unwrap(), Attempts::default());
    assert_eq!(store.attempts(&county, Digest([2; 32])).unwrap(), Attempts { failed: 1, last: 100 });
}

fn of_attempts_at_once_one_counts(store: &dyn Store) {
    let (county, name) = (place(COUNTY), Digest([1; 32]));
    assert_eq!(store.attempts(&county, name).unwrap(), Attempts::default());
    let put = |before, failed, last| store.attempts_put(&county, name, before, Attempts { failed, last }).unwrap();
    assert!(put(0, 1, 100));
    assert!(!put(0, 1, 101), "another was quicker");
    assert!(put(1, 2, 102));
    assert_eq!(store.attempts(&county, name).unwrap(), Attempts { failed: 2, last: 102 });
    assert!(put(2, 1, 900), "it may begin anew");
    assert_eq!(store.attempts(&place(CITY), name).unwrap(), Attempts::default());
    let counted: usize = std::thread::scope(|scope| {
        let at_once: Vec<_> = (0..8)
            .map(|n| scope.spawn(move || store.attempts_put(&place(COUNTY), name, 1, Attempts { failed: 2, last: n })))
            .collect();
        at_once.into_iter().map(|thread| usize::from(thread.join().unwrap().unwrap())).sum()
    });
    assert_eq!(counted, 1);
    store.attempts_end(&county, name).unwrap();
    assert_eq!(store.attempts(&county, name).unwrap(), Attempts::default());
}

fn session_within_a_transaction_of_another_thread_waits_and_stands(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    append(&mut *transaction, COUNTY, None);
    let row = SessionRow {
        government: county.clone(),
        token: Digest([1; 32]),
        account: "zhang".into(),
        secret: String::new(),
        begun: 1,
        seen: 1,
        told: String::new(),
    };
    std::thread::scope(|scope| {
        let begun = scope.spawn(|| store.session_begin(&row));
        transaction.commit().unwrap();
        begun.join().unwrap().unwrap();
    });
    assert_eq!(store.session(&county, row.token).unwrap(), Some(row));
    let mut transaction = store.begin(&county).unwrap();
    append(&mut *transaction, COUNTY, None);
    transaction.commit().unwrap();
    assert_eq!(store.read().unwrap().head(&county).unwrap().position, 2);
}

macro_rules! on {
    ($database:ident, $fresh:path) => {
        contract!(
            $database,
            $fresh,
            appended_events_are_read_back,
            only_the_next_event_is_taken,
            erased_part_is_gone_and_the_chain_holds,
            unique_value_is_held_by_one_record,
            undone_command_leaves_nothing,
            numbers_have_no_gap,
            repeated_command_finds_the_first_answer,
            due_days_come_in_order,
            lists_answer_every_filter_and_lose_nothing_between_pages,
            record_row_is_replaced_as_a_whole,
            sums_are_those_of_the_records_behind_them,
            sums_as_of_a_list_of_positions_stay,
            reader_sees_one_state,
            definitions_and_notes_stay,
            published_comes_newest_first_and_leaves_a_stub,
            accounts_and_agencies_are_kept_by_government,
            looks_are_noted,
            transaction_keeps_to_its_government,
            dropped_transaction_leaves_nothing,
            writers_take_turns,
            what_stands_can_be_listed,
            duty_is_one_holders,
            session_is_known_until_it_ends,
            sessions_and_attempts_are_swept,
            of_attempts_at_once_one_counts,
            session_within_a_transaction_of_another_thread_waits_and_stands,
        );
    };
}

on!(sqlite_store, super::sqlite);

fn postgres() -> (String, store::postgres::PostgresStore) {
    static SERVER: std::sync::OnceLock<pgserver::Server> = std::sync::OnceLock::new();
    let server = SERVER.get_or_init(|| pgserver::Server::start(false).unwrap());
    let url = server.database("contract").unwrap();
    let store = store::postgres::open(&url, &store::Options::default()).unwrap();
    (url, store)
}

on!(postgres_store, super::postgres);
