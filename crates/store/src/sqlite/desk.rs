//! What stands on desks.

use std::ops::Deref;

use ledger::{
    DraftRow, DueRow, Fault, FoundRow, NoticeRow, ReadDesk, RemarkRow, WaitingKind, WaitingQuery, WaitingRow, WriteDesk,
};
use rusqlite::{Row, params};
use terms::{Code, CommandId, Date, GovernmentCode, RecordId};

use super::handle::{Handle, damaged};
use super::open::WriteGuard;
use super::read::Session;
use super::rows;
use crate::query::{day, integer};

fn waiting(row: &Row<'_>) -> Result<WaitingRow, Fault> {
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

fn counted(row: &Row<'_>) -> Result<(Code, u64), Fault> {
    Ok((rows::code(row, 0)?, rows::unsigned(row, 1)?))
}

fn command(row: &Row<'_>, column: usize) -> Result<CommandId, Fault> {
    rows::array(row, column).map(CommandId)
}

fn draft(row: &Row<'_>) -> Result<DraftRow, Fault> {
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

fn remark(row: &Row<'_>) -> Result<RemarkRow, Fault> {
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

fn notice(row: &Row<'_>) -> Result<NoticeRow, Fault> {
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

fn found(row: &Row<'_>) -> Result<FoundRow, Fault> {
    Ok(FoundRow {
        position: rows::unsigned(row, 0)?,
        code: rows::code(row, 1)?,
        record: rows::record_id(row, 2)?,
        agency: rows::code(row, 3)?,
        day: rows::date(row, 4)?,
    })
}

impl<H: Deref<Target = Handle>> ReadDesk for Session<H> {
    fn waiting_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<WaitingRow>, Fault> {
        let sql = "SELECT record, kind, what, who, agency, day FROM waiting WHERE government = $1 AND record = $2 \
                   ORDER BY kind, what, who";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], waiting)
    }

    fn waiting(&mut self, government: &GovernmentCode, query: &WaitingQuery) -> Result<Vec<WaitingRow>, Fault> {
        // Parameters are numbered as they come.
        let (from, after) = query.after.map_or((0, 0), |(date, record)| (day(date), integer(record.0)));
        let who = if query.who.is_some() { "AND who = $3" } else { "AND $3 = ''" };
        let agency = match (&query.who, &query.agency) {
            (_, None) => "AND $4 = ''",
            (None, Some(_)) => "AND agency = $4",
            // The index of whom is the one to ask.
            (Some(_), Some(_)) => "AND agency || '' = $4",
        };
        let sql = format!(
            "SELECT record, kind, what, who, agency, day FROM waiting WHERE government = $1 AND kind = $2 {who} {agency} \
             AND (day, record) > ($5, $6) ORDER BY day, record, what, who LIMIT $7"
        );
        let (who, agency) = (query.who.as_deref().unwrap_or(""), query.agency.as_deref().unwrap_or(""));
        let params = params![government.as_str(), query.kind.name(), who, agency, from, after, query.limit];
        self.handle.rows(&sql, params, waiting)
    }

    fn waiting_by_agency(
        &mut self,
        government: &GovernmentCode,
        kind: WaitingKind,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault> {
        let all = "SELECT agency, count(DISTINCT record) FROM waiting WHERE government = $1 AND kind = $2";
        match agency {
            None => {
                let sql = format!("{all} GROUP BY agency ORDER BY agency");
                self.handle.rows(&sql, params![government.as_str(), kind.name()], counted)
            }
            Some(agency) => {
                let sql = format!("{all} AND agency = $3 GROUP BY agency ORDER BY agency");
                self.handle.rows(&sql, params![government.as_str(), kind.name(), agency], counted)
            }
        }
    }

    fn due_by_agency(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        agency: Option<&str>,
    ) -> Result<Vec<(Code, u64)>, Fault> {
        let sql = "SELECT agency, count(*) FROM record WHERE government = $1 AND due BETWEEN $2 AND $3 AND closed = 0 \
                   AND ($4 = '' OR agency || '' = $4) GROUP BY agency ORDER BY agency";
        let params = params![government.as_str(), day(from), day(to), agency.unwrap_or_default()];
        self.handle.rows(sql, params, counted)
    }

    fn due_between(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        to: Date,
        after: Option<(Date, RecordId, Code)>,
        limit: u32,
    ) -> Result<Vec<DueRow>, Fault> {
        let sql = "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 \
                   AND due BETWEEN $2 AND $3 AND agency = 1 AND (due, record, limit_code) > ($4, $5, $6) \
                   ORDER BY due, record, limit_code LIMIT $7";
        let (date, record, code) =
            after.map_or((0, 0, Code::default()), |(date, record, code)| (day(date), integer(record.0), code));
        let params = params![government.as_str(), day(from), day(to), date, record, code.as_str(), limit];
        self.handle.rows(sql, params, rows::due)
    }

    fn drafts(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<DraftRow>, Fault> {
        let sql = "SELECT account, id, record, line, act, typed, at FROM draft \
                   WHERE government = $1 AND account = $2 ORDER BY at DESC, id";
        self.handle.rows(sql, params![government.as_str(), account], draft)
    }

    fn draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<Option<DraftRow>, Fault> {
        let sql = "SELECT account, id, record, line, act, typed, at FROM draft \
                   WHERE government = $1 AND account = $2 AND id = $3";
        self.handle.one(sql, params![government.as_str(), account, id.0], draft)
    }

    fn every_draft(&mut self, government: &GovernmentCode) -> Result<Vec<DraftRow>, Fault> {
        let sql = "SELECT account, id, record, line, act, typed, at FROM draft WHERE government = $1 \
                   ORDER BY account, id";
        self.handle.rows(sql, params![government.as_str()], draft)
    }

    fn remarks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<RemarkRow>, Fault> {
        let sql = "SELECT n, id, record, account, at, text, withdrawn FROM remark \
                   WHERE government = $1 AND record = $2 ORDER BY n";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], remark)
    }

    fn remarks_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<RemarkRow>, Fault> {
        let sql = "SELECT n, id, record, account, at, text, withdrawn FROM remark \
                   WHERE government = $1 AND n > $2 ORDER BY n LIMIT $3";
        self.handle.rows(sql, params![government.as_str(), integer(n), limit], remark)
    }

    fn notices(
        &mut self,
        government: &GovernmentCode,
        account: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<NoticeRow>, Fault> {
        let sql = "SELECT n, account, source, kind, record, line, what, doer, due, at, read FROM notice \
                   WHERE government = $1 AND account = $2 AND n < $3 ORDER BY n DESC LIMIT $4";
        let before = before.map_or(i64::MAX, integer);
        self.handle.rows(sql, params![government.as_str(), account, before, limit], notice)
    }

    fn unread(&mut self, government: &GovernmentCode, account: &str, most: u32) -> Result<u32, Fault> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM notice WHERE government = $1 AND account = $2 \
                   AND read IS NULL LIMIT $3) AS counted";
        let found = self.handle.one(sql, params![government.as_str(), account, most], |row| rows::short(row, 0))?;
        Ok(found.unwrap_or(0))
    }

    fn notices_after(&mut self, government: &GovernmentCode, n: u64, limit: u32) -> Result<Vec<NoticeRow>, Fault> {
        let sql = "SELECT n, account, source, kind, record, line, what, doer, due, at, read FROM notice \
                   WHERE government = $1 AND n > $2 ORDER BY n LIMIT $3";
        self.handle.rows(sql, params![government.as_str(), integer(n), limit], notice)
    }

    fn found(
        &mut self,
        government: &GovernmentCode,
        from: Date,
        agency: Option<&str>,
        limit: u32,
    ) -> Result<Vec<FoundRow>, Fault> {
        let sql = "SELECT position, code, record, agency, day FROM found WHERE government = $1 AND day >= $2 \
                   AND ($3 = '' OR agency = $3) ORDER BY day DESC, position DESC, code DESC LIMIT $4";
        let params = params![government.as_str(), day(from), agency.unwrap_or_default(), limit];
        self.handle.rows(sql, params, found)
    }

    fn reached(&mut self, government: &GovernmentCode, what: &str) -> Result<u64, Fault> {
        let sql = "SELECT position FROM reached WHERE government = $1 AND what = $2";
        Ok(self.handle.one(sql, params![government.as_str(), what], |row| rows::unsigned(row, 0))?.unwrap_or(0))
    }

    fn all_reached(&mut self, government: &GovernmentCode) -> Result<Vec<(Code, u64)>, Fault> {
        let sql = "SELECT what, position FROM reached WHERE government = $1 ORDER BY what";
        self.handle.rows(sql, params![government.as_str()], counted)
    }
}

impl Session<WriteGuard<'_>> {
    /// The last number of a table that counts its rows.
    fn last_number(&self, table: &'static str, government: &GovernmentCode) -> Result<u64, Fault> {
        let sql = format!("SELECT coalesce(max(n), 0) FROM {table} WHERE government = $1");
        Ok(self.handle.one(&sql, params![government.as_str()], |row| rows::unsigned(row, 0))?.unwrap_or(0))
    }
}

impl WriteDesk for Session<WriteGuard<'_>> {
    fn put_waiting(&mut self, government: &GovernmentCode, record: RecordId, rows: &[WaitingRow]) -> Result<(), Fault> {
        self.own(government)?;
        let id = integer(record.0);
        self.handle
            .run("DELETE FROM waiting WHERE government = $1 AND record = $2", params![government.as_str(), id])?;
        for row in rows {
            self.handle.run(
                "INSERT INTO waiting (government, record, kind, what, who, agency, day) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                params![
                    government.as_str(),
                    id,
                    row.kind.name(),
                    row.what.as_str(),
                    row.who.as_str(),
                    row.agency.as_str(),
                    day(row.day)
                ],
            )?;
        }
        Ok(())
    }

    fn put_draft(&mut self, government: &GovernmentCode, row: &DraftRow) -> Result<(), Fault> {
        self.own(government)?;
        self.handle.run(
            "INSERT INTO draft (government, account, id, record, line, act, typed, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (government, account, id) DO UPDATE SET \
             record = excluded.record, line = excluded.line, act = excluded.act, typed = excluded.typed, \
             at = excluded.at",
            params![
                government.as_str(),
                row.account.as_str(),
                row.id.0,
                row.record.map_or(0, |record| integer(record.0)),
                row.line.as_str(),
                row.act.as_str(),
                row.typed,
                row.at
            ],
        )?;
        Ok(())
    }

    fn end_draft(&mut self, government: &GovernmentCode, account: &str, id: CommandId) -> Result<bool, Fault> {
        self.own(government)?;
        let sql = "DELETE FROM draft WHERE government = $1 AND account = $2 AND id = $3";
        Ok(self.handle.run(sql, params![government.as_str(), account, id.0])? > 0)
    }

    fn sweep_drafts(&mut self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        self.own(government)?;
        let sql = "DELETE FROM draft WHERE government = $1 AND at < $2";
        Ok(self.handle.run(sql, params![government.as_str(), before])? as u64)
    }

    fn erase_drafts(&mut self, government: &GovernmentCode, record: RecordId) -> Result<u64, Fault> {
        self.own(government)?;
        self.work.erased = true;
        let sql = "DELETE FROM draft WHERE government = $1 AND record = $2";
        Ok(self.handle.run(sql, params![government.as_str(), integer(record.0)])? as u64)
    }

    fn put_remark(&mut self, government: &GovernmentCode, row: &RemarkRow) -> Result<(), Fault> {
        self.own(government)?;
        let n = self.last_number("remark", government)? + 1;
        self.handle.run(
            "INSERT INTO remark (government, n, id, record, account, at, text, withdrawn) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (government, id) DO NOTHING",
            params![
                government.as_str(),
                integer(n),
                row.id.0,
                integer(row.record.0),
                row.account.as_str(),
                row.at,
                row.text,
                row.withdrawn
            ],
        )?;
        Ok(())
    }

    fn withdraw_remark(&mut self, government: &GovernmentCode, account: &str, n: u64, at: i64) -> Result<bool, Fault> {
        self.own(government)?;
        self.work.erased = true;
        let sql = "UPDATE remark SET text = '', withdrawn = $1 \
                   WHERE government = $2 AND n = $3 AND account = $4 AND withdrawn IS NULL";
        Ok(self.handle.run(sql, params![at, government.as_str(), integer(n), account])? > 0)
    }

    fn erase_remarks(&mut self, government: &GovernmentCode, record: RecordId, at: i64) -> Result<u64, Fault> {
        self.own(government)?;
        self.work.erased = true;
        let sql = "UPDATE remark SET text = '', withdrawn = coalesce(withdrawn, $1) \
                   WHERE government = $2 AND record = $3 AND text <> ''";
        Ok(self.handle.run(sql, params![at, government.as_str(), integer(record.0)])? as u64)
    }

    fn add_notices(&mut self, government: &GovernmentCode, rows: &[NoticeRow]) -> Result<u64, Fault> {
        self.own(government)?;
        let before = self.last_number("notice", government)?;
        let mut n = before;
        for row in rows {
            let new = self.handle.run(
                "INSERT INTO notice (government, n, account, source, kind, record, line, what, doer, due, at, read) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (government, account, source) DO NOTHING",
                params![
                    government.as_str(),
                    integer(n + 1),
                    row.account.as_str(),
                    row.source.as_str(),
                    row.kind.as_str(),
                    integer(row.record.0),
                    row.line.as_str(),
                    row.what.as_str(),
                    row.by.as_str(),
                    row.due.map(day),
                    row.at,
                    row.read
                ],
            )?;
            n += new as u64;
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
        let which = if alone { "n = $4" } else { "n <= $4" };
        let sql =
            format!("UPDATE notice SET read = $1 WHERE government = $2 AND account = $3 AND {which} AND read IS NULL");
        self.handle.run(&sql, params![at, government.as_str(), account, integer(n)])?;
        Ok(())
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
        let sql = "UPDATE notice SET read = $1 WHERE government = $2 AND record = $3 AND kind = $4 AND source <> $5 \
                   AND read IS NULL";
        self.handle.run(sql, params![at, government.as_str(), integer(record.0), kind, but])?;
        Ok(())
    }

    fn add_found(&mut self, government: &GovernmentCode, rows: &[FoundRow]) -> Result<(), Fault> {
        self.own(government)?;
        for row in rows {
            self.handle.run(
                "INSERT INTO found (government, position, code, record, agency, day) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (government, position, code) DO NOTHING",
                params![
                    government.as_str(),
                    integer(row.position),
                    row.code.as_str(),
                    integer(row.record.0),
                    row.agency.as_str(),
                    day(row.day)
                ],
            )?;
        }
        Ok(())
    }

    fn sweep_found(&mut self, government: &GovernmentCode, before: Date) -> Result<(), Fault> {
        self.own(government)?;
        let sql = "DELETE FROM found WHERE government = $1 AND day < $2";
        self.handle.run(sql, params![government.as_str(), day(before)])?;
        Ok(())
    }

    fn reach(&mut self, government: &GovernmentCode, what: &str, position: u64) -> Result<(), Fault> {
        self.own(government)?;
        let sql = "INSERT INTO reached (government, what, position) VALUES ($1, $2, $3) \
                   ON CONFLICT (government, what) DO UPDATE SET position = excluded.position";
        self.handle.run(sql, params![government.as_str(), what, integer(position)])?;
        Ok(())
    }
}
