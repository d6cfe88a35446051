//! Notes of files that came in and went out, and the files that wait.

use std::ops::DerefMut;

use ledger::{ExchangeRow, Fault, ReadExchanges, StagedRow, Staging, WriteExchanges};
use terms::{Digest, GovernmentCode};

use super::handle::Handle;
use super::open::{Guard, PostgresStore};
use super::read::Session;
use super::rows;
use super::statement as say;
use crate::query::integer;

impl<H: DerefMut<Target = Handle>> ReadExchanges for Session<H> {
    fn exchanges(&mut self, government: &GovernmentCode, limit: u32) -> Result<Vec<ExchangeRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::EXCHANGES, &[government.as_str().into(), limit.into()], |row| {
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

impl WriteExchanges for Session<Guard<'_>> {
    fn put_exchange(&mut self, row: &ExchangeRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let params = [
            row.government.as_str().into(),
            row.id.0.as_slice().into(),
            row.at.into(),
            row.inward.into(),
            row.account.as_str().into(),
            row.line.as_str().into(),
            row.source.as_str().into(),
            row.approver.as_str().into(),
            row.standing.as_str().into(),
            row.file.as_str().into(),
            row.digest.0.as_slice().into(),
            integer(row.rows).into(),
            integer(row.came).into(),
            integer(row.repeated).into(),
            integer(row.left_out).into(),
            integer(row.first).into(),
            integer(row.last).into(),
        ];
        self.direct(&say::PUT_EXCHANGE, &params).map(drop)
    }
}

impl Staging for PostgresStore {
    fn stage(&self, row: &StagedRow) -> Result<(), Fault> {
        let params = [
            row.government.as_str().into(),
            row.id.0.as_slice().into(),
            row.at.into(),
            row.account.as_str().into(),
            row.about.as_str().into(),
            row.bytes.as_slice().into(),
        ];
        self.alone(|handle| handle.run(&say::KEEP_SHEET, &params)).map(drop)
    }

    fn staged(&self, government: &GovernmentCode, id: Digest) -> Result<Option<StagedRow>, Fault> {
        self.looking(|handle| {
            handle.one(&say::SHEET, &[government.as_str().into(), id.0.as_slice().into()], |row| {
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
        let params = [government.as_str().into(), id.0.as_slice().into(), before.into()];
        self.alone(|handle| handle.run(&say::END_SHEET, &params)).map(drop)
    }
}
