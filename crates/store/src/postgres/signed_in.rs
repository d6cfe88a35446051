//! Who is signed in, and who tried in vain. Outside the ledger's transactions: each statement stands by itself.

use ledger::{Attempts, Fault, SessionRow};
use terms::{Digest, GovernmentCode};

use super::open::PostgresStore;
use super::rows;

pub(super) fn begin(store: &PostgresStore, session: &SessionRow) -> Result<(), Fault> {
    let sql = "INSERT INTO session (government, token, account, secret, begun, seen, told) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        session.government.as_str().into(),
        session.token.0.as_slice().into(),
        session.account.as_str().into(),
        session.secret.as_str().into(),
        session.begun.into(),
        session.seen.into(),
        session.told.as_str().into(),
    ];
    store.alone(|handle| handle.run(sql, &params)).map(|_| ())
}

pub(super) fn session(
    store: &PostgresStore,
    government: &GovernmentCode,
    token: Digest,
) -> Result<Option<SessionRow>, Fault> {
    let sql = "SELECT government, token, account, secret, begun, seen, told FROM session \
               WHERE government = $1 AND token = $2";
    store.looking(|handle| {
        handle.one(sql, &[government.as_str().into(), token.0.as_slice().into()], |row| {
            Ok(SessionRow {
                government: rows::place(row, 0)?,
                token: rows::digest(row, 1)?,
                account: rows::code(row, 2)?,
                secret: rows::string(row, 3)?,
                begun: rows::integer(row, 4)?,
                seen: rows::integer(row, 5)?,
                told: rows::string(row, 6)?,
            })
        })
    })
}

pub(super) fn seen(store: &PostgresStore, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault> {
    let sql = "UPDATE session SET seen = $1 WHERE government = $2 AND token = $3 AND seen < $1";
    let params = [at.into(), government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(sql, &params)).map(|_| ())
}

pub(super) fn tell(store: &PostgresStore, government: &GovernmentCode, token: Digest, told: &str) -> Result<(), Fault> {
    let sql = "UPDATE session SET told = $1 WHERE government = $2 AND token = $3";
    let params = [told.into(), government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(sql, &params)).map(|_| ())
}

pub(super) fn end(store: &PostgresStore, government: &GovernmentCode, token: Digest) -> Result<(), Fault> {
    let sql = "DELETE FROM session WHERE government = $1 AND token = $2";
    let params = [government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(sql, &params)).map(|_| ())
}

pub(super) fn count(store: &PostgresStore, government: &GovernmentCode, begun: i64, seen: i64) -> Result<u64, Fault> {
    let sql = "SELECT count(*) FROM session WHERE government = $1 AND begun >= $2 AND seen >= $3";
    let params = [government.as_str().into(), begun.into(), seen.into()];
    Ok(store.looking(|handle| handle.one(sql, &params, |row| rows::unsigned(row, 0)))?.unwrap_or(0))
}

pub(super) fn attempts(store: &PostgresStore, government: &GovernmentCode, name: Digest) -> Result<Attempts, Fault> {
    let sql = "SELECT failed, last FROM attempt WHERE government = $1 AND name = $2";
    let params = [government.as_str().into(), name.0.as_slice().into()];
    let read = |row: &postgres::Row| Ok(Attempts { failed: rows::short(row, 0)?, last: rows::integer(row, 1)? });
    Ok(store.looking(|handle| handle.one(sql, &params, read))?.unwrap_or_default())
}

pub(super) fn put_attempts(
    store: &PostgresStore,
    government: &GovernmentCode,
    name: Digest,
    before: u32,
    now: Attempts,
) -> Result<bool, Fault> {
    let sql = "INSERT INTO attempt (government, name, failed, last) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (government, name) DO UPDATE SET failed = excluded.failed, last = excluded.last \
               WHERE attempt.failed = $5";
    let params =
        [government.as_str().into(), name.0.as_slice().into(), now.failed.into(), now.last.into(), before.into()];
    Ok(store.alone(|handle| handle.run(sql, &params))? > 0)
}

pub(super) fn end_attempts(store: &PostgresStore, government: &GovernmentCode, name: Digest) -> Result<(), Fault> {
    let sql = "DELETE FROM attempt WHERE government = $1 AND name = $2";
    let params = [government.as_str().into(), name.0.as_slice().into()];
    store.alone(|handle| handle.run(sql, &params)).map(|_| ())
}

pub(super) fn sweep(
    store: &PostgresStore,
    government: &GovernmentCode,
    begun: i64,
    seen: i64,
    tried: i64,
) -> Result<u64, Fault> {
    let sessions = "DELETE FROM session WHERE government = $1 AND (begun < $2 OR seen < $3)";
    let params = [government.as_str().into(), begun.into(), seen.into()];
    let gone = store.alone(|handle| handle.run(sessions, &params))?;
    let attempts = "DELETE FROM attempt WHERE government = $1 AND last < $2";
    let params = [government.as_str().into(), tried.into()];
    store.alone(|handle| handle.run(attempts, &params))?;
    Ok(gone)
}
