//! Reading. A session reads alike whether it only reads or writes too; within a transaction it sees its own writes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::DerefMut;

use ledger::{
    AccountRow, AgencyRow, CommandRow, DeltaQuery, DeltaRow, DeltaSum, DueRow, EventRow, Fault, GroupBy, Head, KeyRow,
    LookRow, NOTHING, Order, PublicRow, Read, RecordQuery, RecordRow, SeriesRow,
};
use postgres::Row;
use terms::{Code, CommandId, Date, Digest, GovernmentCode, RecordId};

use super::handle::{Handle, Value};
use super::rows;
use super::statement::{self as say, Statement};
use super::write::Work;
use crate::query::{self, Heads, Query, day, integer};

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

    fn events_with(
        &mut self,
        events: &Statement,
        contents: &Statement,
        params: &[Value],
    ) -> Result<Vec<EventRow>, Fault> {
        let mut found = self.handle.rows(events, params, rows::event)?;
        let mut parts = self.handle.rows(contents, params, rows::content)?.into_iter().peekable();
        for event in &mut found {
            while let Some((_, part)) = parts.next_if(|(position, _)| *position == event.position) {
                event.contents.push(part);
            }
        }
        Ok(found)
    }

    fn accounts_with(&mut self, statement: &Statement, params: &[Value]) -> Result<Vec<AccountRow>, Fault> {
        self.handle.rows(statement, params, |row| {
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

    fn listed<T>(&mut self, query: Query, read: impl FnMut(&Row) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let (statement, params) = say::listed(query);
        let params: Vec<Value> = params.into_iter().map(Value::from).collect();
        self.handle.rows(&statement, &params, read)
    }
}

impl<H: DerefMut<Target = Handle>> Heads for Session<H> {
    fn known_heads(&mut self) -> Option<&mut BTreeMap<GovernmentCode, u64>> {
        // While a session writes, its head moves.
        self.work.government.is_none().then_some(&mut self.work.heads)
    }
}

impl<H: DerefMut<Target = Handle>> Read for Session<H> {
    fn head(&mut self, government: &GovernmentCode) -> Result<Head, Fault> {
        if self.work.government.as_ref() == Some(government) {
            return Ok(self.work.head);
        }
        let head = self.handle.one(&say::HEAD, &[government.as_str().into()], |row| {
            Ok(Head { position: rows::unsigned(row, 0)?, hash: rows::digest(row, 1)? })
        })?;
        Ok(head.unwrap_or(Head { position: 0, hash: NOTHING }))
    }

    fn governments(&mut self) -> Result<Vec<GovernmentCode>, Fault> {
        self.flush()?;
        let mut found = self.handle.rows(&say::GOVERNMENTS, &[], |row| rows::place(row, 0))?;
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
        self.handle.one(&say::RECORD, &[government.as_str().into(), integer(id.0).into()], rows::record)
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<RecordRow>, Fault> {
        self.flush()?;
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
        self.flush()?;
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
        self.flush()?;
        self.events_with(&say::EVENTS, &say::CONTENTS, &[government.as_str().into(), integer(record.0).into()])
    }

    fn log(&mut self, government: &GovernmentCode, after: u64, limit: u32) -> Result<Vec<EventRow>, Fault> {
        self.flush()?;
        // Positions have no gap: so many events are so many positions.
        let until = after.saturating_add(u64::from(limit));
        self.events_with(
            &say::LOG,
            &say::LOG_CONTENTS,
            &[government.as_str().into(), integer(after).into(), integer(until).into()],
        )
    }

    fn command(&mut self, government: &GovernmentCode, id: CommandId) -> Result<Option<CommandRow>, Fault> {
        if let Some(row) = self.work.command(government, id) {
            return Ok(Some(row.clone()));
        }
        self.handle.one(&say::COMMAND, &[government.as_str().into(), id.0.as_slice().into()], |row| {
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
            let rows = self.handle.rows(&say::COMMANDS, &[government.as_str().into(), Value::Blobs(asked)], |row| {
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
            let params = [government.as_str().into(), Value::Integers(asked)];
            found.extend(self.handle.rows(&say::RECORDS_OF, &params, rows::record)?);
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
        let values = Value::Texts(values.iter().map(ToString::to_string).collect());
        let params = [government.as_str().into(), line.into(), field.into(), values];
        self.handle.rows(&say::KEYED, &params, |row| Ok((rows::code(row, 0)?, rows::record_id(row, 1)?)))
    }

    fn keys(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<KeyRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::KEYS, &[government.as_str().into(), integer(record.0).into()], |row| {
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
        self.handle.rows(&say::DUE, &[government.as_str().into(), day(before).into(), limit.into()], rows::due)
    }

    fn due_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<DueRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::DUE_OF, &[government.as_str().into(), integer(record.0).into()], rows::due)
    }

    fn sums(&mut self, query: &DeltaQuery, by: GroupBy) -> Result<Vec<DeltaSum>, Fault> {
        self.flush()?;
        let governments = self.all_unless_named(&query.governments)?;
        let mut found = Vec::new();
        for told in query::told(governments, &query.as_of) {
            let told = self.current(told)?;
            for sum in query::sums(&told, query, by) {
                found.extend(self.listed(sum, |row| {
                    let key = if by == GroupBy::Month {
                        let month = rows::integer(row, 0)?;
                        format!("{:04}-{:02}", month.div_euclid(100), month.rem_euclid(100))
                    } else {
                        rows::string(row, 0)?
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
        self.flush()?;
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
        self.flush()?;
        self.handle.rows(&say::DELTAS_OF, &[government.as_str().into(), integer(record.0).into()], rows::delta)
    }

    fn months_hold(&mut self, government: &GovernmentCode) -> Result<bool, Fault> {
        self.flush()?;
        Ok(self.handle.one(&say::MONTHS_WRONG, &[government.as_str().into()], |_| Ok(()))?.is_none())
    }

    fn definition(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, Fault> {
        self.flush()?;
        self.handle.one(&say::DEFINITION, &[digest.0.as_slice().into()], |row| rows::bytes(row, 0))
    }

    fn definitions(&mut self) -> Result<Vec<(Digest, String)>, Fault> {
        self.flush()?;
        self.handle.rows(&say::DEFINITIONS, &[], |row| Ok((rows::digest(row, 0)?, rows::string(row, 1)?)))
    }

    fn series(&mut self, government: &GovernmentCode) -> Result<Vec<SeriesRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::SERIES, &[government.as_str().into()], |row| {
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
        let mut params: Vec<Value> = vec![government.as_str().into()];
        params.extend(line.map(Value::from));
        params.extend(text.map(|text| Value::from(text.as_bytes())));
        params.extend([Value::Integer(limit.into()), Value::Integer(skip.into())]);
        self.handle.rows(&say::published(line.is_some(), text.is_some()), &params, rows::public)
    }

    fn public_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<PublicRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::PUBLIC_OF, &[government.as_str().into(), integer(record.0).into()], rows::public)
    }

    fn accounts(&mut self, government: &GovernmentCode) -> Result<Vec<AccountRow>, Fault> {
        self.flush()?;
        self.accounts_with(&say::ACCOUNTS, &[government.as_str().into()])
    }

    fn account(&mut self, government: &GovernmentCode, name: &str) -> Result<Option<AccountRow>, Fault> {
        self.flush()?;
        Ok(self.accounts_with(&say::ACCOUNT, &[government.as_str().into(), name.into()])?.pop())
    }

    fn agencies(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyRow>, Fault> {
        self.flush()?;
        self.handle.rows(&say::AGENCIES, &[government.as_str().into()], |row| {
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
        self.handle.rows(&say::LOOKS, &[government.as_str().into(), integer(record.0).into()], rows::look)
    }

    fn note(&mut self, name: &str) -> Result<Option<String>, Fault> {
        self.flush()?;
        self.handle.one(&say::NOTE, &[name.into()], |row| rows::string(row, 0))
    }

    fn notes(&mut self) -> Result<Vec<(String, String)>, Fault> {
        self.flush()?;
        self.handle.rows(&say::NOTES, &[], |row| Ok((rows::string(row, 0)?, rows::string(row, 1)?)))
    }
}
