//! Who is signed in, and who tried in vain. Outside the ledger's transactions: each statement stands by itself. Only
//! the end of a session waits for the disk: the rest may be lost with the power.

use ledger::{Attempts, Fault, SessionRow};
use rusqlite::params;
use terms::{Digest, GovernmentCode};

use super::open::SqliteStore;
use super::rows;

pub(super) fn begin(store: &SqliteStore, session: &SessionRow) -> Result<(), Fault> {
    store.writing()?.handle.run(
        "INSERT INTO session (government, token, account, secret, begun, seen, told) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            session.government.as_str(),
            session.token.0,
            session.account.as_str(),
            session.secret,
            session.begun,
            session.seen,
            session.told
        ],
    )?;
    Ok(())
}

pub(super) fn session(
    store: &SqliteStore,
    government: &GovernmentCode,
    token: Digest,
) -> Result<Option<SessionRow>, Fault> {
    let sql = "SELECT government, token, account, secret, begun, seen, told FROM session \
               WHERE government = $1 AND token = $2";
    store.looking(|handle| {
        handle.one(sql, params![government.as_str(), token.0], |row| {
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

pub(super) fn seen(store: &SqliteStore, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault> {
    let sql = "UPDATE session SET seen = $1 WHERE government = $2 AND token = $3 AND seen < $1";
    store.writing()?.handle.run(sql, params![at, government.as_str(), token.0])?;
    Ok(())
}

pub(super) fn tell(store: &SqliteStore, government: &GovernmentCode, token: Digest, told: &str) -> Result<(), Fault> {
    let sql = "UPDATE session SET told = $1 WHERE government = $2 AND token = $3";
    store.writing()?.handle.run(sql, params![told, government.as_str(), token.0])?;
    Ok(())
}

pub(super) fn end(store: &SqliteStore, government: &GovernmentCode, token: Digest) -> Result<(), Fault> {
    let sql = "DELETE FROM session WHERE government = $1 AND token = $2";
    store.writing()?.handle.run(sql, params![government.as_str(), token.0])?;
    store.flush()
}

pub(super) fn count(store: &SqliteStore, government: &GovernmentCode, begun: i64, seen: i64) -> Result<u64, Fault> {
    let sql = "SELECT count(*) FROM session WHERE government = $1 AND begun >= $2 AND seen >= $3";
    let params = params![government.as_str(), begun, seen];
    Ok(store.looking(|handle| handle.one(sql, params, |row| rows::unsigned(row, 0)))?.unwrap_or(0))
}

pub(super) fn attempts(store: &SqliteStore, government: &GovernmentCode, name: Digest) -> Result<Attempts, Fault> {
    let sql = "SELECT failed, last FROM attempt WHERE government = $1 AND name = $2";
    let read = |row: &rusqlite::Row<'_>| Ok(Attempts { failed: rows::short(row, 0)?, last: rows::integer(row, 1)? });
    let found = store.looking(|handle| handle.one(sql, params![government.as_str(), name.0], read))?;
    Ok(found.unwrap_or_default())
}

pub(super) fn put_attempts(
    store: &SqliteStore,
    government: &GovernmentCode,
    name: Digest,
    before: u32,
    now: Attempts,
) -> Result<bool, Fault> {
    let put = store.writing()?.handle.run(
        "INSERT INTO attempt (government, name, failed, last) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (government, name) DO UPDATE SET failed = excluded.failed, last = excluded.last \
         WHERE attempt.failed = $5",
        params![government.as_str(), name.0, now.failed, now.last, before],
    )?;
    Ok(put > 0)
}

pub(super) fn end_attempts(store: &SqliteStore, government: &GovernmentCode, name: Digest) -> Result<(), Fault> {
    let sql = "DELETE FROM attempt WHERE government = $1 AND name = $2";
    store.writing()?.handle.run(sql, params![government.as_str(), name.0])?;
    Ok(())
}

pub(super) fn sweep(
    store: &SqliteStore,
    government: &GovernmentCode,
    begun: i64,
    seen: i64,
    tried: i64,
) -> Result<u64, Fault> {
    let writer = store.writing()?;
    let sql = "DELETE FROM session WHERE government = $1 AND (begun < $2 OR seen < $3)";
    let gone = writer.handle.run(sql, params![government.as_str(), begun, seen])?;
    let sql = "DELETE FROM attempt WHERE government = $1 AND last < $2";
    writer.handle.run(sql, params![government.as_str(), tried])?;
    Ok(gone as u64)
}
