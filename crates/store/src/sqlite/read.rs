//! Reading. A session reads alike whether it only reads or writes too; within a transaction it sees its own writes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Deref;

use ledger::{
    AccountRow, AgencyRow, CommandRow, DeltaQuery, DeltaRow, DeltaSum, DueRow, EventRow, Fault, GroupBy, Head, KeyRow,
    LookRow, NOTHING, Order, PublicRow, Read, RecordQuery, RecordRow, SeriesRow,
};
use rusqlite::types::{ToSql, Value};
use rusqlite::{Params, Row, params, params_from_iter};
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId};

use super::handle::Handle;
use super::rows;
use super::write::Work;
use crate::query::{self, Heads, Query, day, integer};

/// How many values one statement looks up.
const VALUES: usize = 500;

/// A connection in a transaction, for reading or for writing.
pub(crate) struct Session<H> {
    pub(crate) handle: H,
    pub(crate) work: Work,
}

impl<H: Deref<Target = Handle>> Session<H> {
    /// A session that reads.
    pub(crate) fn reading(handle: H) -> Session<H> {
        Session { handle, work: Work::default() }
    }

    /// The governments named, or all.
    fn all_unless_named(&mut self, named: &[GovernmentCode]) -> Result<Vec<GovernmentCode>, Fault> {
        if named.is_empty() { self.governments() } else { Ok(named.to_vec()) }
    }

    fn events_with(&self, events: &str, contents: &str, params: impl Params + Copy) -> Result<Vec<EventRow>, Fault> {
        let mut found = self.handle.rows(events, params, rows::event)?;
        let mut parts = self.handle.rows(contents, params, rows::content)?.into_iter().peekable();
        for event in &mut found {
            while let Some((_, part)) = parts.next_if(|(position, _)| *position == event.position) {
                event.contents.push(part);
            }
        }
        Ok(found)
    }

    fn accounts_with(&self, and: &str, params: impl Params) -> Result<Vec<AccountRow>, Fault> {
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

    fn listed<T>(&self, query: Query, read: impl FnMut(&Row<'_>) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let (sql, params) = query.into_parts();
        self.handle.rows(&sql, params_from_iter(&params), read)
    }
}

impl<H: Deref<Target = Handle>> Heads for Session<H> {
    fn known_heads(&mut self) -> Option<&mut BTreeMap<GovernmentCode, u64>> {
        // While a session writes, its head moves.
        self.work.government.is_none().then_some(&mut self.work.heads)
    }
}

impl<H: Deref<Target = Handle>> Read for Session<H> {
    fn head(&mut self, government: &GovernmentCode) -> Result<Head, Fault> {
        let sql = "SELECT position, head FROM event WHERE government = $1 ORDER BY position DESC LIMIT 1";
        let head = self.handle.one(sql, params![government.as_str()], |row| {
            Ok(Head { position: rows::unsigned(row, 0)?, hash: rows::digest(row, 1)? })
        })?;
        let head = head.unwrap_or(Head { position: 0, hash: NOTHING });
        if self.work.government.as_ref() == Some(government) {
            self.work.last = Some(head.position);
        }
        Ok(head)
    }

    fn governments(&mut self) -> Result<Vec<GovernmentCode>, Fault> {
        let sql = "SELECT government FROM head UNION SELECT government FROM agency ORDER BY government";
        let mut found = self.handle.rows(sql, [], |row| rows::place(row, 0))?;
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
        let sql = format!("SELECT {} FROM record WHERE government = $1 AND id = $2", query::RECORD);
        self.handle.one(&sql, params![government.as_str(), integer(id.0)], rows::record)
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<RecordRow>, Fault> {
        let governments = self.all_unless_named(query.government.as_slice())?;
        let mut found = Vec::new();
        for government in &governments {
            found.extend(self.listed(query::records(government, query), rows::record)?);
        }
        if governments.len() > 1 {
            match query.order {
                Order::Newest => found.sort_by_key(|row| Reverse((row.opened, row.id))),
                Order::Due => found.sort_by_key(|row| (row.due, row.id)),
            }
            query::cut(&mut found, query.limit, |a, b| match query.order {
                Order::Newest => (a.opened, a.id) == (b.opened, b.id),
                Order::Due => (a.due, a.id) == (b.due, b.id),
            });
        }
        Ok(found)
    }

    fn count(&mut self, query: &RecordQuery, most: u32) -> Result<u32, Fault> {
        let mut sum = 0;
        for government in self.all_unless_named(query.government.as_slice())? {
            let found = self.listed(query::count(&government, query, most - sum), |row| rows::short(row, 0))?;
            sum += found.first().copied().unwrap_or(0);
            if sum >= most {
                break;
            }
        }
        Ok(sum)
    }

    fn events(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<EventRow>, Fault> {
        // Without statistics SQLite would begin with all contents of the government; a cross join keeps the order.
        self.events_with(
            "SELECT government, record, seq, position, envelope, hash, head FROM event \
             WHERE government = $1 AND record = $2 ORDER BY seq",
            "SELECT content.position, content.part, content.nonce, content.bytes FROM event CROSS JOIN content \
             WHERE event.government = $1 AND event.record = $2 AND content.government = event.government \
             AND content.position = event.position ORDER BY event.seq, content.part",
            [&government.as_str() as &dyn ToSql, &integer(record.0)],
        )
    }

    fn log(&mut self, government: &GovernmentCode, after: u64, limit: u32) -> Result<Vec<EventRow>, Fault> {
        // Positions have no gap: so many events are so many positions.
        let until = after.saturating_add(u64::from(limit));
        self.events_with(
            "SELECT government, record, seq, position, envelope, hash, head FROM event \
             WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position",
            "SELECT position, part, nonce, bytes FROM content \
             WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position, part",
            [&government.as_str() as &dyn ToSql, &integer(after), &integer(until)],
        )
    }

    fn command(&mut self, government: &GovernmentCode, id: CommandId) -> Result<Option<CommandRow>, Fault> {
        let sql = "SELECT record, position FROM command WHERE government = $1 AND id = $2";
        self.handle.one(sql, params![government.as_str(), id.0], |row| {
            Ok(CommandRow { id, record: rows::record_id(row, 0)?, position: rows::unsigned(row, 1)? })
        })
    }

    fn keyed(
        &mut self,
        government: &GovernmentCode,
        line: &str,
        field: &str,
        values: &[Code],
    ) -> Result<Vec<(Code, RecordId)>, Fault> {
        let mut found = Vec::new();
        for some in values.chunks(VALUES) {
            let places: Vec<String> = (4..some.len() + 4).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT value, record FROM key_value \
                 WHERE government = $1 AND line = $2 AND field = $3 AND value IN ({}) ORDER BY value, record",
                places.join(", ")
            );
            let params = [government.as_str(), line, field].into_iter().chain(some.iter().map(Code::as_str));
            let rows = self
                .handle
                .rows(&sql, params_from_iter(params), |row| Ok((rows::code(row, 0)?, rows::record_id(row, 1)?)))?;
            found.extend(rows);
        }
        Ok(found)
    }

    fn keys(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<KeyRow>, Fault> {
        // Without statistics SQLite would read all keys of the government instead.
        let sql = "SELECT line, field, value, only_one FROM key_value INDEXED BY key_record \
                   WHERE government = $1 AND record = $2 ORDER BY line, field, value";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], |row| {
            Ok(KeyRow {
                line: rows::code(row, 0)?,
                field: rows::code(row, 1)?,
                value: rows::code(row, 2)?,
                unique: rows::yes(row, 3)?,
            })
        })
    }

    fn due(&mut self, government: &GovernmentCode, before: Date, limit: u32) -> Result<Vec<DueRow>, Fault> {
        let sql = "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 AND due < $2 \
                   ORDER BY due, record, limit_code LIMIT $3";
        self.handle.rows(sql, params![government.as_str(), day(before), limit], rows::due)
    }

    fn due_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DueRow>, Fault> {
        let sql = "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 AND record = $2 \
                   ORDER BY limit_code";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], rows::due)
    }

    fn sums(&mut self, query: &DeltaQuery, by: GroupBy) -> Result<Vec<DeltaSum>, Fault> {
        let governments = self.all_unless_named(&query.governments)?;
        let mut found = Vec::new();
        for told in query::told(governments, &query.as_of) {
            let told = self.current(told)?;
            for sum in query::sums(&told, query, by) {
                found.extend(self.listed(sum, |row| {
                    let key = match row.get(0).map_err(super::handle::fault)? {
                        Value::Integer(month) => format!("{:04}-{:02}", month.div_euclid(100), month.rem_euclid(100)),
                        _ => rows::string(row, 0)?,
                    };
                    Ok(DeltaSum { key, amount: rows::integer(row, 1)? })
                })?);
            }
        }
        Ok(query::added(found, by))
    }

    fn counted(
        &mut self,
        query: &DeltaQuery,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(GovernmentCode, RecordId, i64)>, Fault> {
        let governments = self.all_unless_named(&query.governments)?;
        let mut found = Vec::new();
        for told in query::told(governments, &query.as_of) {
            found.extend(self.listed(query::counted(&told, query, after, limit), |row| {
                Ok((rows::place(row, 0)?, rows::record_id(row, 1)?, rows::integer(row, 2)?))
            })?);
        }
        found.sort_by(|(government, record, _), other| (record, government).cmp(&(&other.1, &other.0)));
        query::cut(&mut found, limit, |(_, record, _), (_, other, _)| record == other);
        Ok(found)
    }

    fn deltas_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DeltaRow>, Fault> {
        // Without statistics SQLite would read all deltas of the government instead.
        let sql = "SELECT government, figure, day, position, record, agency, place, part, amount FROM delta \
                   INDEXED BY delta_record WHERE government = $1 AND record = $2 ORDER BY position, n";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], rows::delta)
    }

    fn months_hold(&mut self, government: &GovernmentCode) -> Result<bool, Fault> {
        Ok(self.handle.one(query::months_wrong!(), params![government.as_str()], |_| Ok(()))?.is_none())
    }

    fn definition(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, Fault> {
        let sql = "SELECT bytes FROM definition WHERE digest = $1";
        self.handle.one(sql, params![digest.0], |row| rows::bytes(row, 0))
    }

    fn definitions(&mut self) -> Result<Vec<(Digest, String)>, Fault> {
        let sql = "SELECT digest, name FROM definition ORDER BY digest";
        self.handle.rows(sql, [], |row| Ok((rows::digest(row, 0)?, rows::string(row, 1)?)))
    }

    fn series(&mut self, government: &GovernmentCode) -> Result<Vec<SeriesRow>, Fault> {
        let sql = "SELECT series, year, last FROM series WHERE government = $1 ORDER BY series, year";
        self.handle.rows(sql, params![government.as_str()], |row| {
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
        let mut sql = "SELECT government, record, publication, line, published, withdrawn, shown, digest FROM public \
                       WHERE government = $1"
            .to_owned();
        let mut params: Vec<Value> = vec![Value::Text(government.to_string())];
        if let Some(line) = line {
            params.push(Value::Text(line.to_owned()));
            sql.push_str(&format!(" AND line = ${}", params.len()));
        }
        if let Some(text) = text {
            // Bytes in bytes: what is shown is the platform's encoding, in which text stands as it is.
            params.push(Value::Blob(text.as_bytes().to_vec()));
            sql.push_str(&format!(" AND instr(shown, ${}) > 0", params.len()));
        }
        params.extend([Value::Integer(limit.into()), Value::Integer(skip.into())]);
        let (last, offset) = (params.len() - 1, params.len());
        sql.push_str(&format!(
            " ORDER BY published DESC, record DESC, publication DESC LIMIT ${last} OFFSET ${offset}"
        ));
        self.handle.rows(&sql, params_from_iter(params), rows::public)
    }

    fn public_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<PublicRow>, Fault> {
        let sql = "SELECT government, record, publication, line, published, withdrawn, shown, digest FROM public \
                   WHERE government = $1 AND record = $2 ORDER BY publication";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], rows::public)
    }

    fn accounts(&mut self, government: &GovernmentCode) -> Result<Vec<AccountRow>, Fault> {
        self.accounts_with("", params![government.as_str()])
    }

    fn account(&mut self, government: &GovernmentCode, name: &str) -> Result<Option<AccountRow>, Fault> {
        Ok(self.accounts_with(" AND name = $2", params![government.as_str(), name])?.pop())
    }

    fn agencies(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyRow>, Fault> {
        let sql = "SELECT government, code, name, place FROM agency WHERE government = $1 ORDER BY code";
        self.handle.rows(sql, params![government.as_str()], |row| {
            Ok(AgencyRow {
                government: rows::place(row, 0)?,
                code: rows::code(row, 1)?,
                name: rows::string(row, 2)?,
                place: rows::place(row, 3)?,
            })
        })
    }

    fn looks(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<LookRow>, Fault> {
        let sql = "SELECT record, account, at, reason FROM look WHERE government = $1 AND record = $2 \
                   ORDER BY at, account";
        self.handle.rows(sql, params![government.as_str(), integer(record.0)], rows::look)
    }

    fn note(&mut self, name: &str) -> Result<Option<String>, Fault> {
        self.handle.one("SELECT text FROM note WHERE name = $1", params![name], |row| rows::string(row, 0))
    }

    fn notes(&mut self) -> Result<Vec<(String, String)>, Fault> {
        let sql = "SELECT name, text FROM note ORDER BY name";
        self.handle.rows(sql, [], |row| Ok((rows::string(row, 0)?, rows::string(row, 1)?)))
    }
}
