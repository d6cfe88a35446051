//! Who works here from when until when, what administrators did, and what a sight lets through.

use ledger::{
    Above, AgencyPast, HoldingRow, LookRow, Narrowing, Near, OfficeRow, RecordQuery, RecordRow, Sight, StandingRow,
    Store, Wide,
};
use terms::{Code, RecordId};

use crate::common::{CITY, COUNTY, append, date, place, record};

fn holding(account: &str, post: &str, since: &str, until: Option<&str>) -> HoldingRow {
    let (account, post) = (account.into(), post.into());
    HoldingRow { government: place(COUNTY), account, post, since: date(since), until: until.map(date) }
}

pub fn posts_are_held_from_a_day_to_a_day(store: &dyn Store) {
    let county = place(COUNTY);
    let (first, second) = (holding("zhang", "officer", "2020-01-01", None), holding("li", "head", "2020-03-01", None));
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_holding(&first).unwrap();
    transaction.put_holding(&first).unwrap();
    transaction.put_holding(&second).unwrap();
    assert_eq!(transaction.holdings(&county, "zhang").unwrap(), std::slice::from_ref(&first), "it sees its own writes");
    transaction.commit().unwrap();
    let ended = HoldingRow { until: Some(date("2020-06-30")), ..first };
    let again = holding("zhang", "officer", "2021-01-01", None);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_holding(&ended).unwrap();
    transaction.put_holding(&again).unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.holdings(&county, "zhang").unwrap(), [ended.clone(), again.clone()]);
    assert_eq!(reader.holdings(&place(CITY), "zhang").unwrap(), []);
    let days = [
        ("2019-12-31", vec![]),
        ("2020-01-01", vec![ended.clone()]),
        ("2020-06-30", vec![second.clone(), ended.clone()]),
        ("2020-07-01", vec![second.clone()]),
        ("2021-01-01", vec![second, again]),
    ];
    for (day, holders) in days {
        assert_eq!(reader.holders(&county, date(day)).unwrap(), holders, "{day}");
    }
}

pub fn what_was_granted_can_only_end(store: &dyn Store) {
    let county = place(COUNTY);
    let granted = holding("zhang", "officer", "2020-01-01", Some("2020-06-30"));
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_holding(&granted).unwrap();
    transaction.commit().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    assert!(transaction.put_holding(&HoldingRow { until: None, ..granted }).is_err(), "what ended goes on");
}

pub fn accounts_and_agencies_have_a_past(store: &dyn Store) {
    let county = place(COUNTY);
    let standing = |account: &str, closed: Option<&str>, renew| StandingRow {
        government: county.clone(),
        account: account.into(),
        closed: closed.map(date),
        renew,
    };
    let past = |since: &str, until: Option<&str>, name: &str| AgencyPast {
        government: county.clone(),
        code: "justice".into(),
        since: date(since),
        until: until.map(date),
        name: name.to_owned(),
        place: county.clone(),
    };
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_standing(&standing("zhang", None, true)).unwrap();
    transaction.put_standing(&standing("zhang", Some("2020-06-30"), false)).unwrap();
    transaction.put_standing(&standing("li", None, true)).unwrap();
    transaction.put_agency_past(&past("2019-03-01", None, "司法局")).unwrap();
    transaction.put_agency_past(&past("1980-01-01", Some("2019-02-28"), "司法科")).unwrap();
    transaction.put_agency_past(&past("2019-03-01", None, "县司法局")).unwrap();
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let zhang = standing("zhang", Some("2020-06-30"), false);
    assert_eq!(reader.standing(&county, "zhang").unwrap(), Some(zhang.clone()));
    assert_eq!(reader.standing(&county, "nobody").unwrap(), None);
    assert_eq!(reader.standings(&county).unwrap(), [standing("li", None, true), zhang]);
    assert_eq!(reader.standings(&place(CITY)).unwrap(), []);
    let all = [past("1980-01-01", Some("2019-02-28"), "司法科"), past("2019-03-01", None, "县司法局")];
    assert_eq!(reader.agencies_past(&county).unwrap(), all);
}

pub fn what_administrators_did_is_numbered(store: &dyn Store) {
    let county = place(COUNTY);
    let done = |n: u64| OfficeRow {
        government: county.clone(),
        n,
        at: 7 * n as i64,
        account: "root".into(),
        what: "post-granted".into(),
        subject: "zhang".into(),
        before: String::new(),
        after: format!("officer <b>'; DROP TABLE office; --{n}"),
    };
    let mut transaction = store.begin(&county).unwrap();
    (1..=3).for_each(|n| transaction.note_office(&done(n)).unwrap());
    transaction.commit().unwrap();
    for wrong in [3, 5] {
        let mut transaction = store.begin(&county).unwrap();
        assert!(transaction.note_office(&done(wrong)).is_err(), "{wrong}");
    }
    let mut reader = store.read().unwrap();
    assert_eq!(reader.office(&county, None, 2).unwrap(), [done(3), done(2)]);
    assert_eq!(reader.office(&county, Some(2), 2).unwrap(), [done(1)]);
    assert_eq!(reader.office(&place(CITY), None, 9).unwrap(), []);
}

pub fn looks_are_listed_newest_first(store: &dyn Store) {
    let county = place(COUNTY);
    let look = |record: u64, account: &str, at: i64, reason: &str| LookRow {
        record: RecordId(record),
        account: account.into(),
        at,
        reason: reason.to_owned(),
    };
    let all = [look(1, "zhang", 5, ""), look(2, "li", 6, "督查"), look(1, "zhang", 9, "复核")];
    let mut transaction = store.begin(&county).unwrap();
    all.iter().for_each(|look| transaction.note_look(&county, look).unwrap());
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let [first, second, third] = all;
    assert_eq!(reader.looks(&county, RecordId(1)).unwrap(), [first.clone(), third.clone()]);
    assert_eq!(reader.all_looks(&county, None, i64::MAX, 2).unwrap(), [third.clone(), second.clone()]);
    assert_eq!(reader.all_looks(&county, None, 9, 9).unwrap(), [second, first.clone()]);
    assert_eq!(reader.all_looks(&county, Some("zhang"), i64::MAX, 9).unwrap(), [third, first]);
    assert_eq!(reader.all_looks(&place(CITY), None, i64::MAX, 9).unwrap(), []);
}

/// Numbers that look drawn by lot, the same each time.
struct Draw(u64);

impl Draw {
    fn of<T: Clone>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[(self.0 >> 33) as usize % from.len()].clone()
    }
    fn some(&mut self, from: &[&str]) -> Vec<Code> {
        let mut some: Vec<Code> =
            from.iter().filter(|_| self.of(&[true, false])).map(|word| Code::from(*word)).collect();
        some.sort();
        some
    }
}

/// What people and records are called; some begin alike, differ in case, or look like a statement.
const POSTS: [&str; 5] = ["handler", "hand", "HANDLER", "head_%", "@li"];
const NAMES: [&str; 5] = ["justice", "just", "县司法局", "li", "'; DROP TABLE record; --"];

/// For many people and records drawn by lot, a list, its count and each single answer say the same.
pub fn sight_is_the_same_for_a_list_and_for_one_record(store: &dyn Store) {
    let mut draw = Draw(20_200_715);
    let mut rows: Vec<RecordRow> = Vec::new();
    for government in [COUNTY, CITY] {
        let mut transaction = store.begin(&place(government)).unwrap();
        for n in 0..60 {
            let event = append(&mut *transaction, government, None);
            let row = record(&event, |row| {
                row.agency = draw.of(&["justice", "culture"]).into();
                row.due = draw.of(&[None, Some(date("2020-09-01"))]);
                row.opened = date(&format!("2020-07-{:02}", 1 + n % 28));
                if draw.of(&[true, false]) {
                    row.narrowing = Narrowing {
                        only: draw.some(&POSTS),
                        hidden: draw.some(&NAMES),
                        above: draw.of(&[Above::Figures, Above::Reason, Above::Records]),
                    };
                }
            });
            transaction.put_record(&row).unwrap();
            rows.push(row);
        }
        transaction.commit().unwrap();
    }
    let mut reader = store.read().unwrap();
    let (mut seen, mut unseen) = (0, 0);
    for _ in 0..150 {
        let near = Near { agency: draw.of(&["justice", "culture", "none"]).into(), by: draw.some(&POSTS) };
        let wide = Wide { by: draw.some(&POSTS), above: draw.of(&[true, false]) };
        let sight = Sight {
            government: place(draw.of(&[COUNTY, CITY])),
            near: draw.of(&[None, Some(near)]),
            wide: draw.of(&[None, None, Some(wide)]),
            names: draw.some(&NAMES),
        };
        let mut wanted: Vec<RecordId> = rows.iter().filter(|row| sight.sees(row)).map(|row| row.id).collect();
        wanted.sort();
        seen += wanted.len();
        unseen += rows.len() - wanted.len();
        for government in [None, Some(sight.government.clone())] {
            let query = RecordQuery { government, sight: Some(sight.clone()), limit: 500, ..RecordQuery::default() };
            let mut listed: Vec<RecordId> = reader.records(&query).unwrap().iter().map(|row| row.id).collect();
            listed.sort();
            assert_eq!(listed, wanted, "{sight:?}");
            assert_eq!(reader.count(&query, 1_000).unwrap() as usize, wanted.len(), "{sight:?}");
            let due = RecordQuery { order: ledger::Order::Due, ..query };
            let counted = rows.iter().filter(|row| row.due.is_some() && sight.sees(row)).count();
            assert_eq!(reader.records(&due).unwrap().len(), counted, "{sight:?}");
        }
    }
    assert!(seen > 500 && unseen > 500, "{seen} seen, {unseen} not: the draw proves nothing");
    for row in &rows {
        assert_eq!(reader.record(&row.government, row.id).unwrap().as_ref(), Some(row), "the row is read as written");
    }
}

/// A record's narrowing follows it, also where nothing else of its row changes.
pub fn narrowing_is_replaced(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let event = append(&mut *transaction, COUNTY, None);
    let open = record(&event, |_| {});
    transaction.put_record(&open).unwrap();
    transaction.commit().unwrap();
    let mut transaction = store.begin(&county).unwrap();
    let next = append(&mut *transaction, COUNTY, Some(&event));
    let narrowing = Narrowing { only: vec!["@zhang".into()], hidden: vec!["李四".into()], above: Above::Figures };
    let narrowed = RecordRow { narrowing, seq: next.seq, hash: next.hash, ..open };
    transaction.put_record(&narrowed).unwrap();
    transaction.commit().unwrap();
    assert_eq!(store.read().unwrap().record(&county, event.record).unwrap(), Some(narrowed));
}
