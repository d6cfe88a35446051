//! Who works here, from when until when, and what administrators did.

use std::ops::DerefMut;

use ledger::{AgencyPast, Fault, HoldingRow, LookRow, OfficeRead, OfficeRow, OfficeWrite, StandingRow};
use postgres::Row;
use terms::{Date, GovernmentCode};

use super::handle::{Handle, refused};
use super::open::Guard;
use super::read::Session;
use super::rows;
use super::statement as say;
use crate::query::{day, integer};

impl<H: DerefMut<Target = Handle>> OfficeRead for Session<H> {
    fn holdings(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<HoldingRow>, Fault> {
        self.handle.rows(&say::HOLDINGS, &[government.as_str().into(), account.into()], holding)
    }

    fn holders(&mut self, government: &GovernmentCode, on: Date) -> Result<Vec<HoldingRow>, Fault> {
        self.handle.rows(&say::HOLDERS, &[government.as_str().into(), day(on).into()], holding)
    }

    fn standing(&mut self, government: &GovernmentCode, account: &str) -> Result<Option<StandingRow>, Fault> {
        self.handle.one(&say::STANDING, &[government.as_str().into(), account.into()], standing)
    }

    fn standings(&mut self, government: &GovernmentCode) -> Result<Vec<StandingRow>, Fault> {
        self.handle.rows(&say::STANDINGS, &[government.as_str().into()], standing)
    }

    fn agencies_past(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyPast>, Fault> {
        self.handle.rows(&say::AGENCIES_PAST, &[government.as_str().into()], |row| {
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
        let before = before.map_or(i64::MAX, integer);
        let params = [government.as_str().into(), before.into(), i64::from(limit).into()];
        self.handle.rows(&say::OFFICE, &params, |row| {
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
        let own = || government.as_str().into();
        let limit = i64::from(limit).into();
        match account {
            None => self.handle.rows(&say::ALL_LOOKS, &[own(), before.into(), limit], rows::look),
            Some(account) => {
                self.handle.rows(&say::LOOKS_OF, &[own(), before.into(), account.into(), limit], rows::look)
            }
        }
    }
}

fn holding(row: &Row) -> Result<HoldingRow, Fault> {
    Ok(HoldingRow {
        government: rows::place(row, 0)?,
        account: rows::code(row, 1)?,
        post: rows::code(row, 2)?,
        since: rows::date(row, 3)?,
        until: rows::maybe(row, 4, rows::date)?,
    })
}

fn standing(row: &Row) -> Result<StandingRow, Fault> {
    Ok(StandingRow {
        government: rows::place(row, 0)?,
        account: rows::code(row, 1)?,
        closed: rows::maybe(row, 2, rows::date)?,
        renew: rows::yes(row, 3)?,
    })
}

impl OfficeWrite for Session<Guard<'_>> {
    fn put_holding(&mut self, row: &HoldingRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let params = [
            row.government.as_str().into(),
            row.account.as_str().into(),
            row.post.as_str().into(),
            day(row.since).into(),
            row.until.map(day).into(),
        ];
        let stands = self.handle.rows(&say::HOLDINGS, &params[..2], holding)?;
        if stands.contains(row) {
            return Ok(());
        }
        self.direct(&say::PUT_HOLDING, &params).map(drop)
    }

    fn put_standing(&mut self, row: &StandingRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let params =
            [row.government.as_str().into(), row.account.as_str().into(), row.closed.map(day).into(), row.renew.into()];
        self.direct(&say::PUT_STANDING, &params).map(drop)
    }

    fn put_agency_past(&mut self, row: &AgencyPast) -> Result<(), Fault> {
        self.own(&row.government)?;
        let params = [
            row.government.as_str().into(),
            row.code.as_str().into(),
            day(row.since).into(),
            row.until.map(day).into(),
            row.name.as_str().into(),
            row.place.as_str().into(),
        ];
        self.direct(&say::PUT_AGENCY_PAST, &params).map(drop)
    }

    fn note_office(&mut self, row: &OfficeRow) -> Result<(), Fault> {
        self.own(&row.government)?;
        let own = || row.government.as_str().into();
        // A guard that asks for the number would lock the table; the one writer of the government asks here.
        let last = self.handle.one(&say::LAST_OFFICE, &[own()], |found| rows::unsigned(found, 0))?.unwrap_or(0);
        if row.n != last + 1 {
            return Err(refused("office: the number is not the one after the last".to_owned()));
        }
        let params = [
            own(),
            integer(row.n).into(),
            row.at.into(),
            row.account.as_str().into(),
            row.what.as_str().into(),
            row.subject.as_str().into(),
            row.before.as_str().into(),
            row.after.as_str().into(),
        ];
        self.direct(&say::NOTE_OFFICE, &params).map(drop)
    }
}
