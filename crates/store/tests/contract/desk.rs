//! What stands on desks: what waits for whom, drafts, remarks, notices, what was found, how far somebody came.

use ledger::{DraftRow, FoundRow, NoticeRow, RemarkRow, Store, Transaction, WaitingKind, WaitingQuery, WaitingRow};
use terms::{CommandId, RecordId};

use crate::common::{CITY, COUNTY, append, date, due, place, record};

fn waiting(id: RecordId, kind: WaitingKind, who: &str, agency: &str, day: &str) -> WaitingRow {
    WaitingRow { record: id, kind, what: "decide".into(), who: who.into(), agency: agency.into(), day: date(day) }
}

fn in_one<T>(store: &dyn Store, government: &str, write: impl FnOnce(&mut dyn Transaction) -> T) -> T {
    let mut transaction = store.begin(&place(government)).unwrap();
    let done = write(&mut *transaction);
    transaction.commit().unwrap();
    done
}

pub fn what_waits_is_found_by_whom_and_where(store: &dyn Store) {
    let county = place(COUNTY);
    let late = |id, who, agency, day| waiting(RecordId(id), WaitingKind::Late, who, agency, day);
    let sign = |id, who, agency, day| waiting(RecordId(id), WaitingKind::Sign, who, agency, day);
    in_one(store, COUNTY, |tx| {
        for _ in 0..5 {
            append(tx, COUNTY, None);
        }
        for (id, who, agency, day) in [
            (1, "head", "justice", "2020-08-01"),
            (2, "head", "market", "2020-07-01"),
            (3, "chief", "justice", "2020-06-01"),
            (4, "head", "justice", "2020-07-02"),
        ] {
            tx.put_waiting(&county, RecordId(id), &[sign(id, who, agency, day)]).unwrap();
        }
        let both = [late(5, "zhang", "justice", "2020-01-01"), sign(5, "head", "justice", "2020-07-02")];
        tx.put_waiting(&county, RecordId(5), &both).unwrap();
        let mut other = late(5, "zhang", "justice", "2020-02-01");
        other.what = "serve".into();
        // Within a transaction it is seen at once, and the last word counts.
        tx.put_waiting(&county, RecordId(5), &[both[0].clone(), other, both[1].clone()]).unwrap();
        assert_eq!(tx.waiting_of(&county, RecordId(5)).unwrap().len(), 3);
        tx.put_waiting(&county, RecordId(3), &[]).unwrap();
    });
    let mut read = store.read().unwrap();
    let mut ids = |kind, who: Option<&str>, agency: Option<&str>, after, limit| -> Vec<u64> {
        let query = WaitingQuery { kind, who: who.map(Into::into), agency: agency.map(Into::into), after, limit };
        read.waiting(&county, &query).unwrap().into_iter().map(|row| row.record.0).collect()
    };
    assert_eq!(ids(WaitingKind::Sign, None, None, None, 9), [2, 4, 5, 1]);
    assert_eq!(ids(WaitingKind::Sign, Some("head"), None, None, 2), [2, 4]);
    assert_eq!(ids(WaitingKind::Sign, Some("head"), Some("justice"), None, 9), [4, 5, 1]);
    assert_eq!(ids(WaitingKind::Sign, None, Some("market"), None, 9), [2]);
    assert_eq!(ids(WaitingKind::Sign, Some("head"), None, Some((date("2020-07-02"), RecordId(4))), 9), [5, 1]);
    assert_eq!(ids(WaitingKind::Sign, Some("chief"), None, None, 9), [0; 0]);
    assert_eq!(ids(WaitingKind::Late, Some("zhang"), None, None, 9), [5, 5]);
    assert_eq!(ids(WaitingKind::StandIn, None, None, None, 9), [0; 0]);
    let counted = |rows: Vec<(terms::Code, u64)>| -> Vec<String> {
        rows.into_iter().map(|(agency, count)| format!("{agency} {count}")).collect()
    };
    assert_eq!(counted(read.waiting_by_agency(&county, WaitingKind::Sign, None).unwrap()), ["justice 3", "market 1"]);
    assert_eq!(counted(read.waiting_by_agency(&county, WaitingKind::Late, Some("justice")).unwrap()), ["justice 1"]);
    assert_eq!(read.waiting_by_agency(&place(CITY), WaitingKind::Sign, None).unwrap(), []);
}

pub fn what_waits_goes_with_a_transaction_that_is_undone(store: &dyn Store) {
    let county = place(COUNTY);
    let row = waiting(RecordId(1), WaitingKind::Sign, "head", "justice", "2020-08-01");
    in_one(store, COUNTY, |tx| {
        append(tx, COUNTY, None);
        tx.put_waiting(&county, RecordId(1), std::slice::from_ref(&row)).unwrap();
        tx.mark().unwrap();
        tx.put_waiting(&county, RecordId(1), &[]).unwrap();
        tx.undo().unwrap();
    });
    assert_eq!(store.read().unwrap().waiting_of(&county, RecordId(1)).unwrap(), [row]);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_waiting(&county, RecordId(1), &[]).unwrap();
    drop(transaction);
    assert_eq!(store.read().unwrap().waiting_of(&county, RecordId(1)).unwrap().len(), 1);
    let mut transaction = store.begin(&county).unwrap();
    assert!(transaction.put_waiting(&place(CITY), RecordId(1), &[]).is_err(), "another government's");
}

pub fn due_days_are_counted_and_listed_between_two_days(store: &dyn Store) {
    let county = place(COUNTY);
    in_one(store, COUNTY, |tx| {
        for (agency, day, closed) in [
            ("justice", "2020-07-16", false),
            ("market", "2020-07-20", false),
            ("market", "2020-07-17", false),
            ("market", "2020-07-18", true),
            ("market", "2020-08-18", false),
        ] {
            let event = append(tx, COUNTY, None);
            let row = record(&event, |row| {
                row.agency = agency.into();
                row.due = Some(date(day));
                row.closed = closed;
            });
            tx.put_record(&row).unwrap();
            let party = ledger::DueRow { agency: false, ..due(&event, "party", date(day)) };
            tx.put_due(&county, event.record, &[due(&event, "review", date(day)), party]).unwrap();
        }
    });
    let mut read = store.read().unwrap();
    let (from, to) = (date("2020-07-16"), date("2020-07-20"));
    let counted = read.due_by_agency(&county, from, to, None).unwrap();
    assert_eq!(counted, [("justice".into(), 1), ("market".into(), 2)]);
    assert_eq!(read.due_by_agency(&county, from, to, Some("market")).unwrap(), [("market".into(), 2)]);
    let first = read.due_between(&county, from, to, None, 2).unwrap();
    assert_eq!(first.iter().map(|row| row.record.0).collect::<Vec<_>>(), [1, 3]);
    assert!(first.iter().all(|row| row.agency && row.limit == "review"));
    let last = &first[1];
    let after = Some((last.due, last.record, last.limit.clone()));
    let rest = read.due_between(&county, from, to, after, 9).unwrap();
    assert_eq!(rest.iter().map(|row| row.record.0).collect::<Vec<_>>(), [4, 2]);
}

pub fn drafts_are_their_authors_alone(store: &dyn Store) {
    let county = place(COUNTY);
    let draft = |account: &str, id: u8, at: i64| DraftRow {
        account: account.into(),
        id: CommandId([id; 16]),
        record: (id > 1).then_some(RecordId(7)),
        line: "petition".into(),
        act: "accept".into(),
        typed: vec![id; 3],
        at,
    };
    in_one(store, COUNTY, |tx| {
        for row in [draft("zhang", 1, 10), draft("zhang", 2, 30), draft("li", 3, 20), draft("zhang", 1, 40)] {
            tx.put_draft(&county, &row).unwrap();
        }
    });
    in_one(store, CITY, |tx| tx.put_draft(&place(CITY), &draft("zhang", 9, 1)).unwrap());
    let mut read = store.read().unwrap();
    assert_eq!(read.drafts(&county, "zhang").unwrap(), [draft("zhang", 1, 40), draft("zhang", 2, 30)]);
    assert_eq!(read.draft(&county, "zhang", CommandId([3; 16])).unwrap(), None, "another's");
    assert_eq!(read.draft(&county, "li", CommandId([3; 16])).unwrap(), Some(draft("li", 3, 20)));
    assert_eq!(read.every_draft(&county).unwrap().len(), 3);
    drop(read);
    in_one(store, COUNTY, |tx| {
        assert!(!tx.end_draft(&county, "zhang", CommandId([3; 16])).unwrap());
        assert_eq!(tx.sweep_drafts(&county, 30).unwrap(), 1);
        assert_eq!(tx.erase_drafts(&county, RecordId(7)).unwrap(), 1);
        assert!(tx.end_draft(&county, "zhang", CommandId([1; 16])).unwrap());
        assert_eq!(tx.every_draft(&county).unwrap(), []);
    });
    assert_eq!(store.read().unwrap().every_draft(&place(CITY)).unwrap().len(), 1);
}

pub fn remarks_stay_as_they_were_written(store: &dyn Store) {
    let county = place(COUNTY);
    let remark = |id: u8, record: u64, text: &str| RemarkRow {
        n: 0,
        id: CommandId([id; 16]),
        record: RecordId(record),
        account: "zhang".into(),
        at: i64::from(id),
        text: text.into(),
        withdrawn: None,
    };
    in_one(store, COUNTY, |tx| {
        for row in [remark(1, 5, "请@李华看"), remark(2, 6, "另案"), remark(1, 5, "又一次"), remark(3, 5, "补充")]
        {
            tx.put_remark(&county, &row).unwrap();
        }
    });
    let texts = |record| -> Vec<(u64, String, Option<i64>)> {
        let rows = store.read().unwrap().remarks(&county, RecordId(record)).unwrap();
        rows.into_iter().map(|row| (row.n, row.text, row.withdrawn)).collect()
    };
    assert_eq!(texts(5), [(1, "请@李华看".into(), None), (3, "补充".into(), None)]);
    in_one(store, COUNTY, |tx| {
        assert!(!tx.withdraw_remark(&county, "li", 1, 50).unwrap(), "another's");
        assert!(tx.withdraw_remark(&county, "zhang", 1, 50).unwrap());
        assert!(!tx.withdraw_remark(&county, "zhang", 1, 60).unwrap(), "once");
    });
    assert_eq!(texts(5), [(1, String::new(), Some(50)), (3, "补充".into(), None)]);
    let after = store.read().unwrap().remarks_after(&county, 1, 1).unwrap();
    assert_eq!(after.iter().map(|row| row.n).collect::<Vec<_>>(), [2]);
    in_one(store, COUNTY, |tx| assert_eq!(tx.erase_remarks(&county, RecordId(5), 70).unwrap(), 1));
    assert_eq!(texts(5), [(1, String::new(), Some(50)), (3, String::new(), Some(70))]);
    assert_eq!(texts(6), [(2, "另案".into(), None)]);
}

pub fn a_source_tells_a_person_once(store: &dyn Store) {
    let county = place(COUNTY);
    let notice = |account: &str, source: &str, record: u64| NoticeRow {
        n: 0,
        account: account.into(),
        source: source.into(),
        kind: "sign".into(),
        record: RecordId(record),
        line: "petition".into(),
        what: "decide".into(),
        by: "zhang".into(),
        due: (record == 1).then(|| date("2020-08-01")),
        at: 5,
        read: None,
    };
    let all = [notice("li", "a", 1), notice("zhao", "a", 1), notice("li", "b", 2)];
    in_one(store, COUNTY, |tx| assert_eq!(tx.add_notices(&county, &all).unwrap(), 3));
    let more = [notice("li", "a", 1), notice("li", "c", 1), notice("li", "c", 1)];
    in_one(store, COUNTY, |tx| assert_eq!(tx.add_notices(&county, &more).unwrap(), 1));
    let mut read = store.read().unwrap();
    let all = read.notices_after(&county, 0, 9).unwrap();
    assert_eq!(all.iter().map(|row| row.n).collect::<Vec<_>>(), [1, 2, 3, 4], "without a gap");
    assert_eq!(all[0], NoticeRow { n: 1, ..notice("li", "a", 1) });
    let of = |rows: Vec<NoticeRow>| rows.into_iter().map(|row| row.n).collect::<Vec<_>>();
    assert_eq!(of(read.notices(&county, "li", None, 2).unwrap()), [4, 3]);
    assert_eq!(of(read.notices(&county, "li", Some(3), 9).unwrap()), [1]);
    assert_eq!(of(read.notices_after(&county, 2, 1).unwrap()), [3]);
    assert_eq!((read.unread(&county, "li", 9).unwrap(), read.unread(&county, "li", 2).unwrap()), (3, 2));
    drop(read);
    let unread = || store.read().unwrap().unread(&county, "li", 9).unwrap();
    in_one(store, COUNTY, |tx| tx.read_notices(&county, "li", 3, true, 7).unwrap());
    assert_eq!(unread(), 2);
    in_one(store, COUNTY, |tx| tx.settle_notices(&county, RecordId(1), "sign", "c", 8).unwrap());
    assert_eq!(unread(), 1, "all but the one that waits now");
    assert_eq!(store.read().unwrap().unread(&county, "zhao", 9).unwrap(), 0);
    in_one(store, COUNTY, |tx| tx.read_notices(&county, "li", 4, false, 9).unwrap());
    assert_eq!(unread(), 0);
    let read = store.read().unwrap().notices(&county, "li", None, 9).unwrap();
    assert_eq!(read.iter().map(|row| row.read).collect::<Vec<_>>(), [Some(9), Some(7), Some(8)]);
}

pub fn what_was_found_is_told_by_day(store: &dyn Store) {
    let county = place(COUNTY);
    let found = |position: u64, code: &str, agency: &str, day: &str| FoundRow {
        position,
        code: code.into(),
        record: RecordId(position),
        agency: agency.into(),
        day: date(day),
    };
    let all = [
        found(1, "heard", "justice", "2020-07-01"),
        found(2, "late", "justice", "2020-07-02"),
        found(2, "heard", "justice", "2020-07-02"),
        found(3, "late", "market", "2020-07-03"),
    ];
    in_one(store, COUNTY, |tx| {
        tx.add_found(&county, &all).unwrap();
        tx.add_found(&county, &all[..1]).unwrap();
    });
    let mut read = store.read().unwrap();
    let since = date("2020-07-02");
    assert_eq!(read.found(&county, since, None, 9).unwrap(), [all[3].clone(), all[1].clone(), all[2].clone()]);
    assert_eq!(read.found(&county, since, Some("justice"), 1).unwrap(), [all[1].clone()]);
    drop(read);
    in_one(store, COUNTY, |tx| tx.sweep_found(&county, date("2020-07-03")).unwrap());
    assert_eq!(store.read().unwrap().found(&county, date("2020-01-01"), None, 9).unwrap(), [all[3].clone()]);
}

pub fn how_far_somebody_came_is_kept(store: &dyn Store) {
    let county = place(COUNTY);
    in_one(store, COUNTY, |tx| {
        tx.reach(&county, "notices", 7).unwrap();
        tx.reach(&county, "out webhook", 3).unwrap();
        tx.reach(&county, "notices", 9).unwrap();
    });
    let mut read = store.read().unwrap();
    assert_eq!((read.reached(&county, "notices").unwrap(), read.reached(&county, "nothing").unwrap()), (9, 0));
    assert_eq!(read.all_reached(&county).unwrap(), [("notices".into(), 9), ("out webhook".into(), 3)]);
    assert_eq!(read.reached(&place(CITY), "notices").unwrap(), 0);
}
