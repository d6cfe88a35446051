//! What stands on desks.

use std::ops::DerefMut;

use ledger::{
    DraftRow, DueRow, Fault, FoundRow, NoticeRow, ReadDesk, RemarkRow, WaitingKind, WaitingQuery, WaitingRow, WriteDesk,
};
use postgres::Row;
use terms::{Code, CommandId, Date, GovernmentCode, RecordId};

use super::handle::{Handle, Value, damaged};
use super::open::Guard;
use super::read::Session;
use super::rows;
use super::statement::{self as say, Statement};
use crate::query::{day, integer};

/// A row that waits, as it is sent.
pub(super) fn values(own: Value, row: &WaitingRow) -> Vec<Value> {
    vec![
        own,
        integer(row.record.0).into(),
        row.kind.name().into(),
        row.what.as_str().into(),
        row.who.as_str().into(),
        row.agency.as_str().into(),
        day(row.day).into(),
    ]
}

fn waiting(row: &Row) -> Result<WaitingRow, Fault> {
    let kind = rows::string(row, 1)?;
    Ok(WaitingRow {
        record: rows::record_id(row, 0)?,
        kind: WaitingKind::of(&kind).ok_or_else(|| damaged(&format!("nothing waits as {kind}")))?,
        what: rows::code(row, 2)?,
        who: rows::code(row, 3)?,
        agency: rows::code(row, 4)?,
        day: rows::date(row, 5)?,
    })
}

fn counted(row: &Row) -> Result<(Code, u64), Fault> {
    Ok((rows::code(row, 0)?, rows::unsigned(row, 1)?))
}

fn command(row: &Row, column: usize) -> Result<CommandId, Fault> {
    rows::array(row, column).map(CommandId)
}

fn draft(row: &Row) -> Result<DraftRow, Fault> {
    let record = rows::record_id(row, 2)?;
    Ok(DraftRow {
        account: rows::code(row, 0)?,
        id: command(row, 1)?,
        record: (record.0 > 0).then_some(record),
        line: rows::code(row, 3)?,
        act: rows::code(row, 4)?,
        typed: rows::bytes(row, 5)?,
        at: rows::integer(row, 6)?,
    })
}

fn remark(row: &Row) -> Result<RemarkRow, Fault> {
    Ok(RemarkRow {
        n: rows::unsigned(row, 0)?,
        id: command(row, 1)?,
        record: rows::record_id(row, 2)?,
        account: rows::code(row, 3)?,
        at: rows::integer(row, 4)?,
        text: rows::string(row, 5)?,
        withdrawn: rows::maybe(row, 6, rows::integer)?,
    })
}

fn notice(row: &Row) -> Result<NoticeRow, Fault> {
    Ok(NoticeRow {
        n: rows::unsigned(row, 0)?,
        account: rows::code(row, 1)?,
        source: rows::code(row, 2)?,
        kind: rows::code(row, 3)?,
        record: rows::record_id(row, 4)?,
        line: rows::code(row, 5)?,
        what: rows::code(row, 6)?,
        by: rows::code(row, 7)?,
        due: rows::maybe(row, 8, rows::date)?,
        at: rows::integer(row, 9)?,
        read: rows::maybe(row, 10, rows::integer)?,
    })
}

fn found(row: &Row) -> Result<FoundRow, Fault> {
    Ok(FoundRow {
        position: rows::unsigned(row, 0)?,
        code: rows::code(row, 1)?,
        record: rows::record_id(row, 2)?,
        agency: rows::code(row, 3)?,
        day: rows::date(row, 4)?,
    })
}

impl<H: DerefMut<Target = Handle>> Session<H> {
    /// Rows of a desk, with what waits to be written among them.
    fn desk<T>(
        &mut self,
        statement: &Statement,
        params: &[Value],
        read: impl FnMut(&Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.flush()?;
        self.handle.rows(statement, params, read)
    }
}

impl<H: DerefMut<Target = Handle>> ReadDesk for Session<H> {
    fn waiting_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<WaitingRow>, Fault> {
        self.desk(&say::WAITING_OF, &[government.as_str().into(), integer(record.0).into()], waiting)
    }

    fn waiting(&mut self, government: &GovernmentCode, query: &WaitingQuery) -> Result<Vec<WaitingRow>, Fault> {
        let (from, after) = query.after.map_or((0, 0), |(date, record)| (day(date), integer(record.0)));
        let mut params: Vec<Value> =
            vec![government.as_str().into(), query.kind.name().into(), from.into(), after.into(), query.limit.into()];
        params.extend(query.who.iter().chain(&query.agency).map(|code| Value::from(code.as_str())));
        let statement = match (&query.who, &query.agency) {
            (None, None) => &say::WAITING,
            (Some(_), None) => &say::WAITING_WHO,
            (None, Some(_)) => &say::WAITING_AGENCY,
            (Some(_), Some(_)) => &say::WAITING_BOTH,
        };
        self.desk(statement, &params, waiting)
    }

    fn waiting_by_agency(
        &mut self,
        government: &GovernmentCode,
        kind: WaitingKind,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault> {
        let mut params: Vec<Value> = vec![government.as_str().into(), kind.name().into()];
        params.extend(agency.map(Value::from));
        let statement = if agency.is_some() { &say::WAITING_COUNTED_OF } else { &say::WAITING_COUNTED };
        self.desk(statement, &params, counted)
    }

    fn due_by_agency(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault> {
        let params = [government.as_str().into(), day(from).into(), day(to).into(), agency.unwrap_or_default().into()];
        self.desk(&say::DUE_COUNTED, &params, counted)
    }

    fn due_between(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        after: Option<(Date, RecordId, Code)>,
        limit: u32,
    ) -> Result<Vec<DueRow>, Fault> {
        let (date, record, code) =
            after.map_or((0, 0, Code::default()), |(date, record, code)| (day(date), integer(record.0), code));
        let params = [
            government.as_str().into(),
            day(from).into(),
            day(to).into(),
            date.into(),
            record.into(),
            code.as_str().into(),
            limit.into(),
        ];
        self.desk(&say::DUE_BETWEEN, &params, rows::due)
    }

    fn drafts(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<DraftRow>, Fault> {
        self.desk(&say::DRAFTS, &[government.as_str().into(), account.into()], draft)
    }

    fn draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<Option<DraftRow>, Fault> {
        let params = [government.as_str().into(), account.into(), id.0.as_slice().into()];
        Ok(self.desk(&say::DRAFT, &params, draft)?.pop())
    }

    fn every_draft(&mut self, government: &GovernmentCode) -> Result<Vec<DraftRow>, Fault> {
        self.desk(&say::EVERY_DRAFT, &[government.as_str().into()], draft)
    }

    fn remarks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<RemarkRow>, Fault> {
        self.desk(&say::REMARKS, &[government.as_str().into(), integer(record.0).into()], remark)
    }

    fn remarks_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<RemarkRow>, Fault> {
        self.desk(&say::REMARKS_AFTER, &[government.as_str().into(), integer(n).into(), limit.into()], remark)
    }

    fn notices(
        &mut self,
        government: &GovernmentCode,
        account: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<NoticeRow>, Fault> {
        let before = before.map_or(i64::MAX, integer);
        self.desk(&say::NOTICES, &[government.as_str().into(), account.into(), before.into(), limit.into()], notice)
    }

    fn unread(&mut self, government: &GovernmentCode, account: &str, most: u32) -> Result<u32, Fault> {
        let params = [government.as_str().into(), account.into(), most.into()];
        Ok(self.desk(&say::UNREAD, &params, |row| rows::short(row, 0))?.pop().unwrap_or(0))
    }

    fn notices_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<NoticeRow>, Fault> {
        self.desk(&say::NOTICES_AFTER, &[government.as_str().into(), integer(n).into(), limit.into()], notice)
    }

    fn found(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        agency: Option<&str>,
        limit: u32,
    ) -> Result<Vec<FoundRow>, Fault> {
        let params = [government.as_str().into(), day(from).into(), agency.unwrap_or_default().into(), limit.into()];
        self.desk(&say::FOUND, &params, found)
    }

    fn reached(&mut self, government: &GovernmentCode, what: &str) -> Result<u64, Fault> {
        let params = [government.as_str().into(), what.into()];
        Ok(self.desk(&say::REACHED, &params, |row| rows::unsigned(row, 0))?.pop().unwrap_or(0))
    }

    fn all_reached(&mut self, government: &GovernmentCode) -> Result<Vec<(Code, u64)>, Fault> {
        self.desk(&say::ALL_REACHED, &[government.as_str().into()], counted)
    }
}

impl Session<Guard<'_>> {
    /// The last number of a table that counts its rows.
    fn last_number(&mut self, statement: &Statement, government: &GovernmentCode) -> Result<u64, Fault> {
        Ok(self.desk(statement, &[government.as_str().into()], |row| rows::unsigned(row, 0))?.pop().unwrap_or(0))
    }

    /// Something was erased: the commit clears it away.
    fn erased(&mut self) -> Result<(), Fault> {
        if self.work.erased.is_none() {
            self.work.erased = self.handle.transaction()?;
        }
        Ok(())
    }
}

impl WriteDesk for Session<Guard<'_>> {
    fn put_waiting(&mut self, government: &GovernmentCode, record: RecordId, rows: &[WaitingRow]) -> Result<(), Fault> {
        self.own(government)?;
        self.work.waiting.desks.push((record, rows.to_vec()));
        Ok(())
    }

    fn put_draft(&mut self, government: &GovernmentCode, row: &DraftRow) -> Result<(), Fault> {
        self.own(government)?;
        let params = [
            government.as_str().into(),
            row.account.as_str().into(),
            row.id.0.as_slice().into(),
            row.record.map_or(0, |record| integer(record.0)).into(),
            row.line.as_str().into(),
            row.act.as_str().into(),
            row.typed.as_slice().into(),
            row.at.into(),
        ];
        self.direct(&say::PUT_DRAFT, &params).map(drop)
    }

    fn end_draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<bool, Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), account.into(), id.0.as_slice().into()];
        Ok(self.direct(&say::END_DRAFT, &params)? > 0)
    }

    fn sweep_drafts(&mut self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        self.own(government)?;
        self.direct(&say::SWEEP_DRAFTS, &[government.as_str().into(), before.into()])
    }

    fn erase_drafts(&mut self, government: &GovernmentCode, record: RecordId) -> Result<u64, Fault> {
        self.own(government)?;
        let gone = self.direct(&say::ERASE_DRAFTS, &[government.as_str().into(), integer(record.0).into()])?;
        self.erased()?;
        Ok(gone)
    }

    fn put_remark(&mut self, government: &GovernmentCode, row: &RemarkRow) -> Result<(), Fault> {
        self.own(government)?;
        let n = self.last_number(&say::LAST_REMARK, government)? + 1;
        let params = [
            government.as_str().into(),
            integer(n).into(),
            row.id.0.as_slice().into(),
            integer(row.record.0).into(),
            row.account.as_str().into(),
            row.at.into(),
            row.text.as_str().into(),
            row.withdrawn.into(),
        ];
        self.direct(&say::PUT_REMARK, &params).map(drop)
    }

    fn withdraw_remark(&mut self, government: &GovernmentCode, account: &str, n: u64, at: i64) -> Result<bool, Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), integer(n).into(), account.into(), at.into()];
        let stood = self.direct(&say::WITHDRAW_REMARK, &params)? > 0;
        self.erased()?;
        Ok(stood)
    }

    fn erase_remarks(&mut self, government: &GovernmentCode, record: RecordId, at: i64) -> Result<u64, Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), integer(record.0).into(), at.into()];
        let gone = self.direct(&say::ERASE_REMARKS, &params)?;
        self.erased()?;
        Ok(gone)
    }

    fn add_notices(&mut self, government: &GovernmentCode, rows: &[NoticeRow]) -> Result<u64, Fault> {
        self.own(government)?;
        let before = self.last_number(&say::LAST_NOTICE, government)?;
        let mut n = before;
        for row in rows {
            let params = [
                government.as_str().into(),
                integer(n + 1).into(),
                row.account.as_str().into(),
                row.source.as_str().into(),
                row.kind.as_str().into(),
                integer(row.record.0).into(),
                row.line.as_str().into(),
                row.what.as_str().into(),
                row.by.as_str().into(),
                row.due.map(day).into(),
                row.at.into(),
                row.read.into(),
            ];
            n += self.direct(&say::ADD_NOTICE, &params)?;
        }
        Ok(n - before)
    }

    fn read_notices(
        &mut self,
        government: &GovernmentCode,
        account: &str,
        n: u64,
        alone: bool,
        at: i64,
    ) -> Result<(), Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), account.into(), integer(n).into(), at.into()];
        self.direct(if alone { &say::READ_NOTICE } else { &say::READ_NOTICES }, &params).map(drop)
    }

    fn settle_notices(
        &mut self,
        government: &GovernmentCode,
        record: RecordId,
        kind: &str,
        but: &str,
        at: i64,
    ) -> Result<(), Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), integer(record.0).into(), kind.into(), at.into(), but.into()];
        self.direct(&say::SETTLE_NOTICES, &params).map(drop)
    }

    fn add_found(&mut self, government: &GovernmentCode, rows: &[FoundRow]) -> Result<(), Fault> {
        self.own(government)?;
        for row in rows {
            let params = [
                government.as_str().into(),
                integer(row.position).into(),
                row.code.as_str().into(),
                integer(row.record.0).into(),
                row.agency.as_str().into(),
                day(row.day).into(),
            ];
            self.direct(&say::ADD_FOUND, &params)?;
        }
        Ok(())
    }

    fn sweep_found(&mut self, government: &GovernmentCode, before: Date) -> Result<(), Fault> {
        self.own(government)?;
        self.direct(&say::SWEEP_FOUND, &[government.as_str().into(), day(before).into()]).map(drop)
    }

    fn reach(&mut self, government: &GovernmentCode, what: &str, position: u64) -> Result<(), Fault> {
        self.own(government)?;
        let params = [government.as_str().into(), what.into(), integer(position).into()];
        self.direct(&say::REACH, &params).map(drop)
    }
}
