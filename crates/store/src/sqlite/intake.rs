//! Notes of files that came in and went out, and the files that wait.

use std::ops::Deref;

use ledger::{ExchangeRow, Fault, ReadExchanges, StagedRow, Staging, WriteExchanges};
use rusqlite::params;
use terms::{Digest, GovernmentCode};

use super::handle::Handle;
use super::open::{SqliteStore, WriteGuard};
use super::read::Session;
use super::rows;
use crate::query::integer;

const COLUMNS: &str = "government, id, at, inward, account, line, source, approver, standing, file, digest, row_count, \
                       came, repeated, left_out, first, last";

impl<H: Deref<Target = Handle>> ReadExchanges for Session<H> {
    fn exchanges(&mut self, government: &GovernmentCode, limit: u32) -> Result<Vec<ExchangeRow>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM exchange WHERE government = $1 ORDER BY at DESC, id LIMIT $2");
        self.handle.rows(&sql, params![government.as_str(), limit], |row| {
            Ok(ExchangeRow {
                government: rows::place(row, 0)?,
                id: rows::digest(row, 1)?,
                at: rows::integer(row, 2)?,
                inward: rows::yes(row, 3)?,
                account: rows::code(row, 4)?,
                line: rows::code(row, 5)?,
                source: rows::string(row, 6)?,
                approver: rows::string(row, 7)?,
                standing: rows::code(row, 8)?,
                file: rows::string(row, 9)?,
                digest: rows::digest(row, 10)?,
                rows: rows::unsigned(row, 11)?,
                came: rows::unsigned(row, 12)?,
                repeated: rows::unsigned(row, 13)?,
                left_out: rows::unsigned(row, 14)?,
                first: rows::unsigned(row, 15)?,
                last: rows::unsigned(row, 16)?,
            })
        })
    }
}

impl WriteExchanges for Session<WriteGuard<'_>> {
    fn put_exchange(&mut self, row: &ExchangeRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let sql = format!(
            "INSERT INTO exchange ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
             ON CONFLICT (government, id) DO UPDATE SET came = excluded.came, repeated = excluded.repeated, \
             left_out = excluded.left_out, last = excluded.last"
        );
        self.handle.run(
            &sql,
            params![
                row.government.as_str(),
                row.id.0,
                row.at,
                row.inward,
                row.account.as_str(),
                row.line.as_str(),
                row.source,
                row.approver,
                row.standing.as_str(),
                row.file,
                row.digest.0,
                integer(row.rows),
                integer(row.came),
                integer(row.repeated),
                integer(row.left_out),
                integer(row.first),
                integer(row.last)
            ],
        )?;
        Ok(())
    }
}

impl Staging for SqliteStore {
    fn stage(&self, row: &StagedRow) -> Result<(), Fault> {
        self.writing()?.handle.run(
            "INSERT INTO sheet (government, id, at, account, about, bytes) VALUES ($1, $2, $3, $4, $5, $6)",
            params![row.government.as_str(), row.id.0, row.at, row.account.as_str(), row.about, row.bytes],
        )?;
        Ok(())
    }

    fn staged(&self, government: &GovernmentCode, id: Digest) -> Result<Option<StagedRow>, Fault> {
        let sql = "SELECT government, id, at, account, about, bytes FROM sheet WHERE government = $1 AND id = $2";
        self.looking(|handle| {
            handle.one(sql, params![government.as_str(), id.0], |row| {
                Ok(StagedRow {
                    government: rows::place(row, 0)?,
                    id: rows::digest(row, 1)?,
                    at: rows::integer(row, 2)?,
                    account: rows::code(row, 3)?,
                    about: rows::string(row, 4)?,
                    bytes: rows::bytes(row, 5)?,
                })
            })
        })
    }

    fn stage_end(&self, government: &GovernmentCode, id: Digest, before: i64) -> Result<(), Fault> {
        let sql = "DELETE FROM sheet WHERE government = $1 AND (id = $2 OR at < $3)";
        self.writing()?.handle.run(sql, params![government.as_str(), id.0, before])?;
        Ok(())
    }
}
