//! What was erased can be asked for.

use ledger::Store;
use terms::RecordId;

use crate::common::{CITY, COUNTY, append, place};

pub fn what_was_erased_can_be_listed(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    let first = append(&mut *transaction, COUNTY, None);
    let second = append(&mut *transaction, COUNTY, None);
    let third = append(&mut *transaction, COUNTY, None);
    let again = append(&mut *transaction, COUNTY, Some(&third));
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.erased(&county).unwrap(), 0);
    assert_eq!(reader.erased_records(&county, RecordId(0), 9).unwrap(), []);
    drop(reader);

    let mut transaction = store.begin(&county).unwrap();
    for position in [first.position, third.position, again.position] {
        transaction.erase(&county, position, 1).unwrap();
    }
    // Within the transaction too.
    assert_eq!(transaction.erased(&county).unwrap(), 3);
    transaction.commit().unwrap();
    let mut reader = store.read().unwrap();
    assert_eq!(reader.erased(&county).unwrap(), 3);
    assert_eq!(reader.erased(&place(CITY)).unwrap(), 0);
    assert_eq!(reader.erased_records(&county, RecordId(0), 9).unwrap(), [first.record, third.record]);
    assert_eq!(reader.erased_records(&county, RecordId(0), 1).unwrap(), [first.record]);
    assert_eq!(reader.erased_records(&county, second.record, 9).unwrap(), [third.record]);
}
