//! Reading. A session reads alike whether it only reads or writes too; within a transaction it sees its own writes.

use std::cmp::Reverse;
use std::ops::DerefMut;

use ledger::{
    AccountRow, AgencyRow, CommandRow, DeltaQuery, DeltaRow, DeltaSum, DueRow, EventRow, Fault, GroupBy, Head, KeyRow,
    LookRow, NOTHING, Order, PublicRow, Read, RecordQuery, RecordRow, SeriesRow,
};
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId};

use super::handle::{Handle, Value};
use super::rows;
use super::write::Work;
use crate::query::{self, Query, day, integer};

fn bound(params: &[query::Param]) -> Vec<Value> {
    params.iter().map(Value::from).collect()
}

/// A connection in a transaction, for reading or for writing.
pub(crate) struct Session<H> {
    pub(crate) handle: H,
    pub(crate) work: Work,
}

impl<H: DerefMut<Target = Handle>> Session<H> {
    /// A session that reads.
    pub(crate) fn reading(handle: H) -> Session<H> {
        Session { handle, work: Work::default() }
    }

    /// The governments named, or all.
    fn all_unless_named(&mut self, named: &[GovernmentCode]) -> Result<Vec<GovernmentCode>, Fault> {
        if named.is_empty() { self.governments() } else { Ok(named.to_vec()) }
    }

    fn events_with(&mut self, events: &str, contents: &str, params: &[Value]) -> Result<Vec<EventRow>, Fault> {
        let mut found = self.handle.rows(events, params, rows::event)?;
        let mut parts = self.handle.rows(contents, params, rows::content)?.into_iter().peekable();
        for event in &mut found {
            while let Some((_, part)) = parts.next_if(|(position, _)| *position == event.position) {
                event.contents.push(part);
            }
        }
        Ok(found)
    }

    fn accounts_with(&mut self, and: &str, params: &[Value]) -> Result<Vec<AccountRow>, Fault> {
        let sql = format!(
            "SELECT government, name, shown, agency, posts, password FROM account WHERE government = $1{and} \
             ORDER BY name"
        );
        self.handle.rows(&sql, params, |row| {
            Ok(AccountRow {
                government: rows::place(row, 0)?,
                name: rows::code(row, 1)?,
                shown: rows::string(row, 2)?,
                agency: rows::code(row, 3)?,
                posts: rows::string(row, 4)?.lines().map(Code::from).collect(),
                password: rows::string(row, 5)?,
            })
        })
    }

    fn counted_rows(&mut self, query: &Query) -> Result<Vec<(GovernmentCode, RecordId, i64)>, Fault> {
        self.handle.rows(&query.sql, &bound(&query.params), |row| {
            Ok((rows::place(row, 0)?, rows::record_id(row, 1)?, rows::integer(row, 2)?))
        })
    }
}

/// Cuts a list to its page. Records of different governments that share day and id stay on one page, because a page
/// ends at a day and an id.
fn cut<T>(list: &mut Vec<T>, limit: u32, same: impl Fn(&T, &T) -> bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let Some(last) = limit.checked_sub(1).filter(|last| *last < list.len()) else {
        list.truncate(limit);
        return;
    };
    let ties = list[limit..].iter().take_while(|row| same(&list[last], row)).count();
    list.truncate(limit + ties);
}

impl<H: DerefMut<Target = Handle>> Read for Session<H> {
    fn head(&mut self, government: &GovernmentCode) -> Result<Head, Fault> {
        if self.work.government.as_ref() == Some(government) {
            return Ok(self.work.head);
        }
        let sql = "SELECT position, head FROM event WHERE government = $1 ORDER BY position DESC LIMIT 1";
        let head = self.handle.one(sql, &[government.as_str().into()], |row| {
            Ok(Head { position: rows::unsigned(row, 0)?, hash: rows::digest(row, 1)? })
        })?;
        Ok(head.unwrap_or(Head { position: 0, hash: NOTHING }))
    }

    fn governments(&mut self) -> Result<Vec<GovernmentCode>, Fault> {
        self.flush()?;
        let sql =
            "SELECT government FROM head WHERE position > 0 UNION SELECT government FROM agency ORDER BY government";
        let mut found = self.handle.rows(sql, &[], |row| rows::place(row, 0))?;
        // A log that begins in this transaction has no head yet.
        let own = self.work.government.clone().filter(|own| !found.contains(own));
        if let Some(own) = own
            && self.head(&own)?.position > 0
        {
            found.push(own);
            found.sort();
        }
        Ok(found)
    }

    fn record(&mut self, government: &GovernmentCode, id: RecordId) -> Result<Option<RecordRow>, Fault> {
        if let Some(row) = self.work.record(government, id) {
            return Ok(Some(row.clone()));
        }
        let sql = format!("SELECT {} FROM record WHERE government = $1 AND id = $2", query::RECORD);
        self.handle.one(&sql, &[government.as_str().into(), integer(id.0).into()], rows::record)
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<RecordRow>, Fault> {
        self.flush()?;
        let governments = self.all_unless_named(query.government.as_slice())?;
        let mut found = Vec::new();
        for government in &governments {
            let sql = query::records(government, query);
            found.extend(self.handle.rows(&sql.sql, &bound(&sql.params), rows::record)?);
        }
        if governments.len() > 1 {
            match query.order {
                Order::Newest => found.sort_by_key(|row| Reverse((row.opened, row.id))),
                Order::Due => found.sort_by_key(|row| (row.due, row.id)),
            }
            cut(&mut found, query.limit, |a, b| match query.order {
                Order::Newest => (a.opened, a.id) == (b.opened, b.id),
                Order::Due => (a.due, a.id) == (b.due, b.id),
            });
        }
        Ok(found)
    }

    fn count(&mut self, query: &RecordQuery, most: u32) -> Result<u32, Fault> {
        self.flush()?;
        let mut sum = 0;
        for government in self.all_unless_named(query.government.as_slice())? {
            let sql = query::count(&government, query, most - sum);
            let found = self.handle.one(&sql.sql, &bound(&sql.params), |row| rows::short(row, 0))?;
            sum += found.unwrap_or(0);
            if sum >= most {
                break;
            }
        }
        Ok(sum)
    }

    fn events(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<EventRow>, Fault> {
        self.flush()?;
        self.events_with(
            "SELECT government, record, seq, position, envelope, hash, head FROM event \
             WHERE government = $1 AND record = $2 ORDER BY seq",
            "SELECT content.position, content.part, content.nonce, content.bytes FROM event CROSS JOIN content \
             WHERE event.government = $1 AND event.record = $2 AND content.government = event.government \
             AND content.position = event.position ORDER BY event.seq, content.part",
            &[government.as_str().into(), integer(record.0).into()],
        )
    }

    fn log(&mut self, government: &GovernmentCode, after: u64, limit: u32) -> Result<Vec<EventRow>, Fault> {
        self.flush()?;
        // Positions have no gap: so many events are so many positions.
        let until = after.saturating_add(u64::from(limit));
        self.events_with(
            "SELECT government, record, seq, position, envelope, hash, head FROM event \
             WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position",
            "SELECT position, part, nonce, bytes FROM content \
             WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position, part",
            &[government.as_str().into(), integer(after).into(), integer(until).into()],
        )
    }

    fn command(&mut self, government: &GovernmentCode, id: CommandId) -> Result<Option<CommandRow>, Fault> {
        if let Some(row) = self.work.command(government, id) {
            return Ok(Some(row.clone()));
        }
        let sql = "SELECT record, position FROM command WHERE government = $1 AND id = $2";
        self.handle.one(sql, &[government.as_str().into(), id.0.as_slice().into()], |row| {
            Ok(CommandRow { id, record: rows::record_id(row, 0)?, position: rows::unsigned(row, 1)? })
        })
    }

    fn commands(&mut self, government: &GovernmentCode, ids: &[CommandId]) -> Result<Vec<CommandRow>, Fault> {
        let (mut found, mut asked) = (Vec::new(), Vec::new());
        for id in ids {
            match self.work.command(government, *id) {
                Some(row) => found.push(row.clone()),
                None => asked.push(id.0.to_vec()),
            }
        }
        if !asked.is_empty() {
            let sql = "SELECT id, record, position FROM command WHERE government = $1 AND id = ANY($2)";
            let rows = self.handle.rows(sql, &[government.as_str().into(), Value::Blobs(asked)], |row| {
                let id = CommandId(rows::array(row, 0)?);
                Ok(CommandRow { id, record: rows::record_id(row, 1)?, position: rows::unsigned(row, 2)? })
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    fn records_of(&mut self, government: &GovernmentCode, ids: &[RecordId]) -> Result<Vec<RecordRow>, Fault> {
        let (mut found, mut asked) = (Vec::new(), Vec::new());
        for id in ids {
            match self.work.record(government, *id) {
                Some(row) => found.push(row.clone()),
                None => asked.push(integer(id.0)),
            }
        }
        if !asked.is_empty() {
            let sql = format!("SELECT {} FROM record WHERE government = $1 AND id = ANY($2)", query::RECORD);
            let params = [government.as_str().into(), Value::Integers(asked)];
            found.extend(self.handle.rows(&sql, &params, rows::record)?);
        }
        Ok(found)
    }

    fn keyed(
        &mut self,
        government: &GovernmentCode,
        line: &str,
        field: &str,
        values: &[Code],
    ) -> Result<Vec<(Code, RecordId)>, Fault> {
        self.flush()?;
        let sql = "SELECT value, record FROM key_value \
                   WHERE government = $1 AND line = $2 AND field = $3 AND value = ANY($4) ORDER BY value, record";
        let values = Value::Texts(values.iter().map(ToString::to_string).collect());
        let params = [government.as_str().into(), line.into(), field.into(), values];
        self.handle.rows(sql, &params, |row| Ok((rows::code(row, 0)?, rows::record_id(row, 1)?)))
    }

    fn keys(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<KeyRow>, Fault> {
        self.flush()?;
        let sql = "SELECT line, field, value, only_one FROM key_value \
                   WHERE government = $1 AND record = $2 ORDER BY line, field, value";
        self.handle.rows(sql, &[government.as_str().into(), integer(record.0).into()], |row| {
            Ok(KeyRow {
                line: rows::code(row, 0)?,
                field: rows::code(row, 1)?,
                value: rows::code(row, 2)?,
                unique: rows::yes(row, 3)?,
            })
        })
    }

    fn due(&mut self, government: &GovernmentCode, before: Date, limit: u32) -> Result<Vec<DueRow>, Fault> {
        self.flush()?;
        let sql = "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 AND due < $2 \
                   ORDER BY due, record, limit_code LIMIT $3";
        self.handle.rows(sql, &[government.as_str().into(), day(before).into(), limit.into()], rows::due)
    }

    fn due_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DueRow>, Fault> {
        self.flush()?;
        let sql = "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 AND record = $2 \
                   ORDER BY limit_code";
        self.handle.rows(sql, &[government.as_str().into(), integer(record.0).into()], rows::due)
    }

    fn sums(&mut self, query: &DeltaQuery, by: GroupBy) -> Result<Vec<DeltaSum>, Fault> {
        self.flush()?;
        let governments = self.all_unless_named(&query.governments)?;
        let sql = query::sums(&governments, query, by);
        self.handle.rows(&sql.sql, &bound(&sql.params), |row| {
            let key = if by == GroupBy::Month {
                let month = rows::integer(row, 0)?;
                format!("{:04}-{:02}", month.div_euclid(100), month.rem_euclid(100))
            } else {
                rows::string(row, 0)?
            };
            Ok(DeltaSum { key, amount: rows::integer(row, 1)? })
        })
    }

    fn counted(
        &mut self,
        query: &DeltaQuery,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(GovernmentCode, RecordId, i64)>, Fault> {
        self.flush()?;
        let governments = self.all_unless_named(&query.governments)?;
        let mut found = self.counted_rows(&query::counted(&governments, query, after, limit))?;
        let full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
        // A page ends at a record's id, which several governments can have: all of them are on it.
        if full
            && governments.len() > 1
            && let Some((_, last, _)) = found.last().cloned()
        {
            found.retain(|(_, record, _)| *record != last);
            found.extend(self.counted_rows(&query::counted_once(&governments, query, last))?);
        }
        Ok(found)
    }

    fn deltas_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DeltaRow>, Fault> {
        self.flush()?;
        let sql = "SELECT government, figure, day, position, record, agency, place, part, amount FROM delta \
                   WHERE government = $1 AND record = $2 ORDER BY position, n";
        self.handle.rows(sql, &[government.as_str().into(), integer(record.0).into()], rows::delta)
    }

    fn definition(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, Fault> {
        self.flush()?;
        let sql = "SELECT bytes FROM definition WHERE digest = $1";
        self.handle.one(sql, &[digest.0.as_slice().into()], |row| rows::bytes(row, 0))
    }

    fn definitions(&mut self) -> Result<Vec<(Digest, String)>, Fault> {
        self.flush()?;
        let sql = "SELECT digest, name FROM definition ORDER BY digest";
        self.handle.rows(sql, &[], |row| Ok((rows::digest(row, 0)?, rows::string(row, 1)?)))
    }

    fn series(&mut self, government: &GovernmentCode) -> Result<Vec<SeriesRow>, Fault> {
        self.flush()?;
        let sql = "SELECT series, year, last FROM series WHERE government = $1 ORDER BY series, year";
        self.handle.rows(sql, &[government.as_str().into()], |row| {
            Ok(SeriesRow { series: rows::code(row, 0)?, year: rows::year(row, 1)?, last: rows::unsigned(row, 2)? })
        })
    }

    fn public(
        &mut self,
        government: &GovernmentCode,
        line: Option<&str>,
        text: Option<&str>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<PublicRow>, Fault> {
        self.flush()?;
        let mut sql = "SELECT government, record, publication, line, published, withdrawn, shown, digest FROM public \
                       WHERE government = $1"
            .to_owned();
        let mut params: Vec<Value> = vec![government.as_str().into()];
        if let Some(line) = line {
            params.push(Value::Text(line.to_owned()));
            sql.push_str(&format!(" AND line = ${}", params.len()));
        }
        if let Some(text) = text {
            // Bytes in bytes: what is shown is the platform's encoding, in which text stands as it is.
            params.push(Value::Bytes(text.as_bytes().to_vec()));
            sql.push_str(&format!(" AND position(CAST(${} AS bytea) in shown) > 0", params.len()));
        }
        params.extend([Value::Integer(limit.into()), Value::Integer(skip.into())]);
        let (last, offset) = (params.len() - 1, params.len());
        sql.push_str(&format!(
            " ORDER BY published DESC, record DESC, publication DESC LIMIT ${last} OFFSET ${offset}"
        ));
        self.handle.rows(&sql, &params, rows::public)
    }

    fn public_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<PublicRow>, Fault> {
        self.flush()?;
        let sql = "SELECT government, record, publication, line, published, withdrawn, shown, digest FROM public \
                   WHERE government = $1 AND record = $2 ORDER BY publication";
        self.handle.rows(sql, &[government.as_str().into(), integer(record.0).into()], rows::public)
    }

    fn accounts(&mut self, government: &GovernmentCode) -> Result<Vec<AccountRow>, Fault> {
        self.flush()?;
        self.accounts_with("", &[government.as_str().into()])
    }

    fn account(&mut self, government: &GovernmentCode, name: &str) -> Result<Option<AccountRow>, Fault> {
        self.flush()?;
        Ok(self.accounts_with(" AND name = $2", &[government.as_str().into(), name.into()])?.pop())
    }

    fn agencies(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyRow>, Fault> {
        self.flush()?;
        let sql = "SELECT government, code, name, place FROM agency WHERE government = $1 ORDER BY code";
        self.handle.rows(sql, &[government.as_str().into()], |row| {
            Ok(AgencyRow {
                government: rows::place(row, 0)?,
                code: rows::code(row, 1)?,
                name: rows::string(row, 2)?,
                place: rows::place(row, 3)?,
            })
        })
    }

    fn looks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<LookRow>, Fault> {
        self.flush()?;
        let sql = "SELECT record, account, at FROM look WHERE government = $1 AND record = $2 ORDER BY at, account";
        self.handle.rows(sql, &[government.as_str().into(), integer(record.0).into()], |row| {
            Ok(LookRow { record: rows::record_id(row, 0)?, account: rows::code(row, 1)?, at: rows::integer(row, 2)? })
        })
    }

    fn note(&mut self, name: &str) -> Result<Option<String>, Fault> {
        self.flush()?;
        self.handle.one("SELECT text FROM note WHERE name = $1", &[name.into()], |row| rows::string(row, 0))
    }

    fn notes(&mut self) -> Result<Vec<(String, String)>, Fault> {
        self.flush()?;
        let sql = "SELECT name, text FROM note ORDER BY name";
        self.handle.rows(sql, &[], |row| Ok((rows::string(row, 0)?, rows::string(row, 1)?)))
    }
}
