//! Who works here, from when until when, and what administrators did.

use std::ops::Deref;

use ledger::{AgencyPast, Fault, HoldingRow, LookRow, OfficeRead, OfficeRow, OfficeWrite, StandingRow};
use rusqlite::{Row, params};
use terms::{Date, GovernmentCode};

use super::handle::Handle;
use super::open::WriteGuard;
use super::read::Session;
use super::rows;
use crate::query::{day, integer};

impl<H: Deref<Target = Handle>> OfficeRead for Session<H> {
    fn holdings(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<HoldingRow>, Fault> {
        let sql = "SELECT government, account, post, since, until FROM holding \
                   WHERE government = $1 AND account = $2 ORDER BY post, since";
        self.handle.rows(sql, params![government.as_str(), account], holding)
    }

    fn holders(&mut self, government: &GovernmentCode, on: Date) -> Result<Vec<HoldingRow>, Fault> {
        let sql = "SELECT government, account, post, since, until FROM holding \
                   WHERE government = $1 AND since <= $2 AND (until IS NULL OR until >= $2) \
                   ORDER BY account, post, since";
        self.handle.rows(sql, params![government.as_str(), day(on)], holding)
    }

    fn standing(&mut self, government: &GovernmentCode, account: &str) -> Result<Option<StandingRow>, Fault> {
        let sql = "SELECT government, account, closed, renew FROM standing WHERE government = $1 AND account = $2";
        self.handle.one(sql, params![government.as_str(), account], standing)
    }

    fn standings(&mut self, government: &GovernmentCode) -> Result<Vec<StandingRow>, Fault> {
        let sql = "SELECT government, account, closed, renew FROM standing WHERE government = $1 ORDER BY account";
        self.handle.rows(sql, params![government.as_str()], standing)
    }

    fn agencies_past(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyPast>, Fault> {
        let sql = "SELECT government, code, since, until, name, place FROM agency_past WHERE government = $1 \
                   ORDER BY code, since";
        self.handle.rows(sql, params![government.as_str()], |row| {
            Ok(AgencyPast {
                government: rows::place(row, 0)?,
                code: rows::code(row, 1)?,
                since: rows::date(row, 2)?,
                until: rows::maybe(row, 3, rows::date)?,
                name: rows::string(row, 4)?,
                place: rows::place(row, 5)?,
            })
        })
    }

    fn office(
        &mut self,
        government: &GovernmentCode,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<OfficeRow>, Fault> {
        let sql = "SELECT government, n, at, account, what, subject, before, after FROM office \
                   WHERE government = $1 AND n < $2 ORDER BY n DESC LIMIT $3";
        let before = before.map_or(i64::MAX, integer);
        self.handle.rows(sql, params![government.as_str(), before, limit], |row| {
            Ok(OfficeRow {
                government: rows::place(row, 0)?,
                n: rows::unsigned(row, 1)?,
                at: rows::integer(row, 2)?,
                account: rows::code(row, 3)?,
                what: rows::code(row, 4)?,
                subject: rows::code(row, 5)?,
                before: rows::string(row, 6)?,
                after: rows::string(row, 7)?,
            })
        })
    }

    fn all_looks(
        &mut self,
        government: &GovernmentCode,
        account: Option<&str>,
        before: i64,
        limit: u32,
    ) -> Result<Vec<LookRow>, Fault> {
        let order = "ORDER BY at DESC, record DESC, account DESC";
        let sql = "SELECT record, account, at, reason FROM look WHERE government = $1 AND at < $2";
        match account {
            None => {
                let sql = format!("{sql} {order} LIMIT $3");
                self.handle.rows(&sql, params![government.as_str(), before, limit], rows::look)
            }
            Some(account) => {
                let sql = format!("{sql} AND account = $3 {order} LIMIT $4");
                self.handle.rows(&sql, params![government.as_str(), before, account, limit], rows::look)
            }
        }
    }
}

fn holding(row: &Row<'_>) -> Result<HoldingRow, Fault> {
    Ok(HoldingRow {
        government: rows::place(row, 0)?,
        account: rows::code(row, 1)?,
        post: rows::code(row, 2)?,
        since: rows::date(row, 3)?,
        until: rows::maybe(row, 4, rows::date)?,
    })
}

fn standing(row: &Row<'_>) -> Result<StandingRow, Fault> {
    Ok(StandingRow {
        government: rows::place(row, 0)?,
        account: rows::code(row, 1)?,
        closed: rows::maybe(row, 2, rows::date)?,
        renew: rows::yes(row, 3)?,
    })
}

impl OfficeWrite for Session<WriteGuard<'_>> {
    fn put_holding(&mut self, row: &HoldingRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        // An insert that meets a row which is there would ask its guard first, and be refused.
        let key = params![row.government.as_str(), row.account.as_str(), row.post.as_str(), day(row.since)];
        let sql = "SELECT until FROM holding WHERE government = $1 AND account = $2 AND post = $3 AND since = $4";
        let stands = self.handle.one(sql, key, |found| rows::maybe(found, 0, rows::date))?;
        let sql = match stands {
            Some(until) if until == row.until => return Ok(()),
            // SQLite counts parameters as they come.
            Some(_) => {
                "UPDATE holding SET until = $1 WHERE government = $2 AND account = $3 AND post = $4 AND since = $5"
            }
            None => "INSERT INTO holding (until, government, account, post, since) VALUES ($1, $2, $3, $4, $5)",
        };
        let (account, post) = (row.account.as_str(), row.post.as_str());
        self.handle.run(sql, params![row.until.map(day), row.government.as_str(), account, post, day(row.since)])?;
        Ok(())
    }

    fn put_standing(&mut self, row: &StandingRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.handle.run(
            "INSERT INTO standing (government, account, closed, renew) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (government, account) DO UPDATE SET closed = excluded.closed, renew = excluded.renew",
            params![row.government.as_str(), row.account.as_str(), row.closed.map(day), row.renew],
        )?;
        Ok(())
    }

    fn put_agency_past(&mut self, row: &AgencyPast) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.handle.run(
            "INSERT INTO agency_past (government, code, since, until, name, place) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (government, code, since) DO UPDATE SET until = excluded.until, name = excluded.name, \
             place = excluded.place",
            params![
                row.government.as_str(),
                row.code.as_str(),
                day(row.since),
                row.until.map(day),
                row.name,
                row.place.as_str()
            ],
        )?;
        Ok(())
    }

    fn note_office(&mut self, row: &OfficeRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        self.handle.run(
            "INSERT INTO office (government, n, at, account, what, subject, before, after) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                row.government.as_str(),
                integer(row.n),
                row.at,
                row.account.as_str(),
                row.what.as_str(),
                row.subject.as_str(),
                row.before,
                row.after
            ],
        )?;
        Ok(())
    }
}
