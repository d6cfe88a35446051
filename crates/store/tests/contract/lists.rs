//! What is read: lists and their pages, due days, figures, publications.

use ledger::{DeltaQuery, GroupBy, Order, PublicRow, Read, RecordQuery, RecordRow, Store};
use terms::{Code, Digest, RecordId};

use crate::common::{CITY, COUNTY, answered, append, command, date, delta, due, place, record};

pub fn due_days_come_in_order(store: &dyn Store) {
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

pub fn lists_answer_every_filter_and_lose_nothing_between_pages(store: &dyn Store) {
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

pub fn sums_are_those_of_the_records_behind_them(store: &dyn Store) {
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
        DeltaQuery { agencies: vec!["culture".into()], ..base.clone() },
        DeltaQuery { agencies: vec!["culture".into(), "justice".into()], ..base.clone() },
        DeltaQuery { agencies: vec!["".into()], ..base.clone() },
        DeltaQuery { part: Some(Code::default()), ..base.clone() },
        DeltaQuery { figure: "none".into(), ..base.clone() },
        // Months that are whole, in part, and neither.
        DeltaQuery { from: Some(date("2020-07-01")), to: Some(date("2020-07-31")), ..base.clone() },
        DeltaQuery { from: Some(date("2020-07-05")), to: Some(date("2020-09-10")), ..base.clone() },
        DeltaQuery { from: Some(date("2020-07-05")), to: Some(date("2020-08-10")), ..base.clone() },
        DeltaQuery { from: Some(date("2020-07-05")), to: Some(date("2020-07-09")), ..base.clone() },
        DeltaQuery { from: Some(date("2020-06-30")), to: Some(date("2020-08-01")), ..base.clone() },
        DeltaQuery { to: Some(date("2020-08-10")), ..base.clone() },
        DeltaQuery { from: Some(date("2020-07-12")), part: Some("land".into()), ..base.clone() },
        DeltaQuery { as_of: vec![(place(COUNTY), 20)], from: Some(date("2020-07-01")), ..base.clone() },
    ];
    let mut reader = store.read().unwrap();
    for query in &queries {
        let whole = reader.sums(query, GroupBy::Nothing).unwrap();
        assert_eq!(whole.len(), 1, "{query:?}");
        assert_eq!(whole[0].key, "");
        for by in [GroupBy::Part, GroupBy::Agency, GroupBy::Month, GroupBy::Place] {
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

pub fn sums_by_month_keep_step_with_their_deltas(store: &dyn Store) {
    let holds = || store.read().unwrap().months_hold(&place(COUNTY)).unwrap();
    assert!(holds(), "nothing adds up to nothing");
    add_deltas(store, COUNTY);
    assert!(holds());
    let july = DeltaQuery {
        governments: vec![place(COUNTY)],
        figure: "petitions".into(),
        from: Some(date("2020-07-01")),
        to: Some(date("2020-07-31")),
        ..DeltaQuery::default()
    };
    let told = |reader: &mut dyn ledger::Read| reader.sums(&july, GroupBy::Nothing).unwrap()[0].amount;
    let before = told(&mut *store.read().unwrap());
    // Also within the transaction that adds, and no more once that is undone.
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    transaction.mark().unwrap();
    let event = append(&mut *transaction, COUNTY, None);
    transaction.add_deltas(&[delta(&event, "petitions", "2020-07-15", 5)]).unwrap();
    assert_eq!(told(&mut *transaction), before + 5);
    transaction.undo().unwrap();
    assert_eq!(told(&mut *transaction), before);
    let event = append(&mut *transaction, COUNTY, None);
    transaction.add_deltas(&[delta(&event, "petitions", "2020-07-15", 7)]).unwrap();
    transaction.commit().unwrap();
    assert_eq!(told(&mut *store.read().unwrap()), before + 7);
    let mut transaction = store.begin(&place(COUNTY)).unwrap();
    transaction.months_anew(&place(COUNTY)).unwrap();
    transaction.commit().unwrap();
    assert_eq!(told(&mut *store.read().unwrap()), before + 7);
    assert!(holds());
}

pub fn sums_as_of_a_list_of_positions_stay(store: &dyn Store) {
    let told = |as_of: &[(terms::GovernmentCode, u64)]| {
        let query = DeltaQuery { figure: "petitions".into(), as_of: as_of.to_vec(), ..DeltaQuery::default() };
        let mut reader = store.read().unwrap();
        let groups = [GroupBy::Nothing, GroupBy::Part, GroupBy::Agency, GroupBy::Month, GroupBy::Place];
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

pub fn published_comes_newest_first_and_leaves_a_stub(store: &dyn Store) {
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

pub fn what_stands_can_be_listed(store: &dyn Store) {
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
