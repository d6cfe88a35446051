//! Who is signed in, and who tried in vain. Outside the ledger's transactions: each statement stands by itself.

use ledger::{Attempts, Fault, SessionRow};
use terms::{Digest, GovernmentCode};

use super::open::PostgresStore;
use super::rows;
use super::statement as say;

pub(super) fn begin(store: &PostgresStore, session: &SessionRow) -> Result<(), Fault> {
    let params = [
        session.government.as_str().into(),
        session.token.0.as_slice().into(),
        session.account.as_str().into(),
        session.secret.as_str().into(),
        session.begun.into(),
        session.seen.into(),
        session.told.as_str().into(),
    ];
    store.alone(|handle| handle.run(&say::SESSION_BEGIN, &params)).map(|_| ())
}

pub(super) fn session(
    store: &PostgresStore,
    government: &GovernmentCode,
    token: Digest,
) -> Result<Option<SessionRow>, Fault> {
    store.looking(|handle| {
        handle.one(&say::SESSION, &[government.as_str().into(), token.0.as_slice().into()], |row| {
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
    let params = [at.into(), government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(&say::SESSION_SEEN, &params)).map(|_| ())
}

pub(super) fn tell(store: &PostgresStore, government: &GovernmentCode, token: Digest, told: &str) -> Result<(), Fault> {
    let params = [told.into(), government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(&say::SESSION_TELL, &params)).map(|_| ())
}

pub(super) fn end(store: &PostgresStore, government: &GovernmentCode, token: Digest) -> Result<(), Fault> {
    let params = [government.as_str().into(), token.0.as_slice().into()];
    store.alone(|handle| handle.run(&say::SESSION_END, &params)).map(|_| ())
}

pub(super) fn count(store: &PostgresStore, government: &GovernmentCode, begun: i64, seen: i64) -> Result<u64, Fault> {
    let params = [government.as_str().into(), begun.into(), seen.into()];
    Ok(store.looking(|handle| handle.one(&say::SESSIONS, &params, |row| rows::unsigned(row, 0)))?.unwrap_or(0))
}

pub(super) fn attempts(store: &PostgresStore, government: &GovernmentCode, name: Digest) -> Result<Attempts, Fault> {
    let params = [government.as_str().into(), name.0.as_slice().into()];
    let read = |row: &postgres::Row| Ok(Attempts { failed: rows::short(row, 0)?, last: rows::integer(row, 1)? });
    Ok(store.looking(|handle| handle.one(&say::ATTEMPTS, &params, read))?.unwrap_or_default())
}

pub(super) fn put_attempts(
    store: &PostgresStore,
    government: &GovernmentCode,
    name: Digest,
    before: u32,
    now: Attempts,
) -> Result<bool, Fault> {
    let params =
        [government.as_str().into(), name.0.as_slice().into(), now.failed.into(), now.last.into(), before.into()];
    Ok(store.alone(|handle| handle.run(&say::PUT_ATTEMPTS, &params))? > 0)
}

pub(super) fn end_attempts(store: &PostgresStore, government: &GovernmentCode, name: Digest) -> Result<(), Fault> {
    let params = [government.as_str().into(), name.0.as_slice().into()];
    store.alone(|handle| handle.run(&say::END_ATTEMPTS, &params)).map(|_| ())
}

pub(super) fn sweep(
    store: &PostgresStore,
    government: &GovernmentCode,
    begun: i64,
    seen: i64,
    tried: i64,
) -> Result<u64, Fault> {
    let params = [government.as_str().into(), begun.into(), seen.into()];
    let gone = store.alone(|handle| handle.run(&say::SWEEP_SESSIONS, &params))?;
    let params = [government.as_str().into(), tried.into()];
    store.alone(|handle| handle.run(&say::SWEEP_ATTEMPTS, &params))?;
    Ok(gone)
}
