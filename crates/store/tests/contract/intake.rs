//! Notes of files that came in and went out, and the files that wait.

use ledger::{ExchangeRow, StagedRow, Store};
use terms::Digest;

use crate::common::{CITY, COUNTY, place};

fn row(id: u8, at: i64) -> ExchangeRow {
    ExchangeRow {
        government: place(COUNTY),
        id: Digest([id; 32]),
        at,
        inward: true,
        account: "zhang".into(),
        line: "officer".into(),
        source: "旧台账".into(),
        approver: "李某".into(),
        standing: "import".into(),
        file: "名册.xlsx".into(),
        digest: Digest([9; 32]),
        rows: 10,
        came: 0,
        repeated: 0,
        left_out: 0,
        first: 4,
        last: 4,
    }
}

pub fn files_that_came_and_went_are_noted(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    transaction.put_exchange(&row(1, 5)).unwrap();
    transaction.put_exchange(&ExchangeRow { inward: false, ..row(2, 7) }).unwrap();
    transaction.commit().unwrap();
    let done = ExchangeRow { came: 7, repeated: 1, left_out: 2, last: 11, ..row(1, 5) };
    let mut transaction = store.begin(&county).unwrap();
    // Who and what stands as it was noted first.
    let again = ExchangeRow { source: "别处".into(), account: "li".into(), ..done.clone() };
    transaction.put_exchange(&again).unwrap();
    assert_eq!(transaction.exchanges(&county, 9).unwrap().len(), 2, "a transaction sees its own writes");
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    let newest = ExchangeRow { inward: false, ..row(2, 7) };
    assert_eq!(reader.exchanges(&county, 9).unwrap(), [newest.clone(), done]);
    assert_eq!(reader.exchanges(&county, 1).unwrap(), [newest]);
    assert_eq!(reader.exchanges(&place(CITY), 9).unwrap(), []);
    let mut transaction = store.begin(&place(CITY)).unwrap();
    assert!(transaction.put_exchange(&row(3, 9)).is_err(), "another government's row");
}

pub fn staged_file_waits_until_it_is_taken_away(store: &dyn Store) {
    let county = place(COUNTY);
    let staged = |id: u8, at| StagedRow {
        government: county.clone(),
        id: Digest([id; 32]),
        at,
        account: "zhang".into(),
        about: "{}".into(),
        bytes: vec![0, 255, id],
    };
    for (id, at) in [(1, 10), (2, 20), (3, 30)] {
        store.stage(&staged(id, at)).unwrap();
    }
    let waits = |id: u8| store.staged(&county, Digest([id; 32])).unwrap();
    assert_eq!(waits(2), Some(staged(2, 20)));
    assert_eq!(store.staged(&place(CITY), Digest([2; 32])).unwrap(), None);
    store.stage_end(&county, Digest([2; 32]), 15).unwrap();
    assert_eq!((waits(1), waits(2)), (None, None), "taken away, and too old");
    assert_eq!(waits(3), Some(staged(3, 30)));
}
