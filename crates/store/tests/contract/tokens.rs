//! Access tokens of programs.

use ledger::{Store, TokenRow};
use terms::Digest;

use crate::common::{CITY, COUNTY, place};

fn row(n: u8, account: &str, made: i64, expires: i64) -> TokenRow {
    TokenRow {
        government: place(COUNTY),
        token: Digest([n; 32]),
        account: account.into(),
        label: format!("第{n}枚"),
        writes: n % 2 == 1,
        made,
        expires,
        used: 0,
    }
}

pub fn token_is_known_until_it_is_taken_back(store: &dyn Store) {
    let (county, city) = (place(COUNTY), place(CITY));
    let (one, two, other) = (row(1, "zhang", 100, 900), row(2, "zhang", 200, 800), row(3, "li", 300, 900));
    [&one, &two, &other].into_iter().for_each(|row| store.token_put(row).unwrap());
    assert!(store.token_put(&one).is_err(), "a token is given once");
    assert_eq!(store.token(&county, one.token).unwrap(), Some(one.clone()));
    assert_eq!(store.token(&city, one.token).unwrap(), None, "another government's");
    assert_eq!(store.token(&county, Digest([9; 32])).unwrap(), None);
    assert_eq!(store.tokens_of(&county, "zhang").unwrap(), [two.clone(), one.clone()], "newest first");
    assert_eq!(store.tokens_of(&city, "zhang").unwrap(), []);

    store.token_used(&county, one.token, 500).unwrap();
    store.token_used(&county, one.token, 400).unwrap();
    assert_eq!(store.token(&county, one.token).unwrap(), Some(TokenRow { used: 500, ..one.clone() }));

    assert!(!store.token_end(&county, "li", one.token).unwrap(), "it is not li's");
    assert!(!store.token_end(&city, "zhang", one.token).unwrap());
    assert!(store.token_end(&county, "zhang", one.token).unwrap());
    assert!(!store.token_end(&county, "zhang", one.token).unwrap());
    store.token_used(&county, one.token, 600).unwrap();
    assert_eq!(store.token(&county, one.token).unwrap(), None, "what was taken back stays so");
    assert_eq!(store.tokens_of(&county, "zhang").unwrap(), [two]);
}

pub fn expired_tokens_are_swept(store: &dyn Store) {
    let county = place(COUNTY);
    for (n, expires) in [(1, 99), (2, 100), (3, 101)] {
        store.token_put(&row(n, "zhang", i64::from(n), expires)).unwrap();
    }
    assert_eq!(store.tokens_sweep(&place(CITY), 1_000).unwrap(), 0);
    assert_eq!(store.tokens_sweep(&county, 100).unwrap(), 1);
    let left: Vec<i64> = store.tokens_of(&county, "zhang").unwrap().iter().map(|row| row.expires).collect();
    assert_eq!(left, [101, 100]);
}
