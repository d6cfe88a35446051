//! What stands beside the log: definitions and notes, accounts, looks, duties, sessions.

use ledger::{AccountRow, AgencyRow, Attempts, SessionRow, Store};
use terms::{Code, Digest, RecordId};

use crate::common::{CITY, COUNTY, append, look, place};

pub fn definitions_and_notes_stay(store: &dyn Store) {
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

pub fn accounts_and_agencies_are_kept_by_government(store: &dyn Store) {
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

pub fn looks_are_noted(store: &dyn Store) {
    let county = place(COUNTY);
    let mut transaction = store.begin(&county).unwrap();
    for (account, at) in [("zhang", 7), ("li", 5), ("zhang", 7)] {
        transaction.note_look(&county, &look(RecordId(1), account, at)).unwrap();
    }
    transaction.commit().unwrap();
    let looks = store.read().unwrap().looks(&county, RecordId(1)).unwrap();
    let looks: Vec<_> = looks.iter().map(|look| (look.account.as_str(), look.at)).collect();
    assert_eq!(looks, [("li", 5), ("zhang", 7)]);
}

pub fn duty_is_one_holders(store: &dyn Store) {
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

pub fn session_is_known_until_it_ends(store: &dyn Store) {
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

pub fn sessions_and_attempts_are_swept(store: &dyn Store) {
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

pub fn of_attempts_at_once_one_counts(store: &dyn Store) {
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

pub fn session_within_a_transaction_of_another_thread_waits_and_stands(store: &dyn Store) {
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
