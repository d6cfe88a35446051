//! Messages between records.

use std::ops::Deref;

use ledger::{Fault, MessageRow, MessageState, ReadMessages, WriteMessages};
use rusqlite::{Row, params};
use terms::{GovernmentCode, MessageId, RecordId, Thread};

use super::handle::{Handle, damaged};
use super::open::WriteGuard;
use super::read::Session;
use super::rows;
use crate::query::integer;

const COLUMNS: &str = "government, sent, origin, opener, opened_by, effect, back, n, record, seq, other, line, there, \
                       addressee, state, told, bytes, at";

impl<H: Deref<Target = Handle>> ReadMessages for Session<H> {
    fn message(
        &mut self,
        government: &GovernmentCode,
        sent: bool,
        id: &MessageId,
    ) -> Result<Option<MessageRow>, Fault> {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE government = $1 AND sent = $2 AND origin = $3 AND opener = $4 \
             AND opened_by = $5 AND effect = $6 AND back = $7 AND n = $8"
        );
        let thread = &id.thread;
        let params = params![
            government.as_str(),
            sent,
            thread.government.as_str(),
            integer(thread.record.0),
            thread.seq,
            thread.effect.as_str(),
            id.back,
            id.n
        ];
        self.handle.one(&sql, params, row)
    }

    fn messages_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<MessageRow>, Fault> {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE government = $1 AND record = $2 \
             ORDER BY at, origin, opener, opened_by, effect, back, n"
        );
        self.handle.rows(&sql, params![government.as_str(), integer(record.0)], row)
    }

    fn messages(
        &mut self,
        government: &GovernmentCode,
        sent: bool,
        state: MessageState,
        limit: u32,
    ) -> Result<Vec<MessageRow>, Fault> {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE government = $1 AND sent = $2 AND state = $3 \
             ORDER BY origin, opener, opened_by, effect, back, n LIMIT $4"
        );
        self.handle.rows(&sql, params![government.as_str(), sent, state.name(), limit], row)
    }
}

impl WriteMessages for Session<WriteGuard<'_>> {
    fn put_message(&mut self, message: &MessageRow) -> Result<(), Fault> {
        self.own(&message.government)?;
        let thread = &message.id.thread;
        self.handle.run(
            &format!(
                "INSERT INTO message ({COLUMNS}) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
                 ON CONFLICT (government, sent, origin, opener, opened_by, effect, back, n) DO UPDATE SET \
                 record = excluded.record, seq = excluded.seq, other = excluded.other, line = excluded.line, \
                 there = excluded.there, addressee = excluded.addressee, state = excluded.state, \
                 told = excluded.told, bytes = excluded.bytes, at = excluded.at"
            ),
            params![
                message.government.as_str(),
                message.sent,
                thread.government.as_str(),
                integer(thread.record.0),
                thread.seq,
                thread.effect.as_str(),
                message.id.back,
                message.id.n,
                message.record.map(|record| integer(record.0)),
                message.seq,
                message.other.as_ref().map(GovernmentCode::as_str),
                message.line.as_str(),
                message.there.map(|record| integer(record.0)),
                message.addressee,
                message.state.name(),
                message.told,
                message.bytes,
                message.at
            ],
        )?;
        Ok(())
    }
}

/// The columns, in their order.
fn row(row: &Row<'_>) -> Result<MessageRow, Fault> {
    let state = rows::string(row, 14)?;
    Ok(MessageRow {
        government: rows::place(row, 0)?,
        sent: rows::yes(row, 1)?,
        id: MessageId {
            thread: Thread {
                government: rows::place(row, 2)?,
                record: rows::record_id(row, 3)?,
                seq: rows::short(row, 4)?,
                effect: rows::code(row, 5)?,
            },
            back: rows::yes(row, 6)?,
            n: rows::short(row, 7)?,
        },
        record: rows::maybe(row, 8, rows::record_id)?,
        seq: rows::short(row, 9)?,
        other: rows::maybe(row, 10, rows::place)?,
        line: rows::code(row, 11)?,
        there: rows::maybe(row, 12, rows::record_id)?,
        addressee: rows::string(row, 13)?,
        state: MessageState::named(&state).ok_or_else(|| damaged(&format!("a message is `{state}`")))?,
        told: rows::string(row, 15)?,
        bytes: rows::bytes(row, 16)?,
        at: rows::integer(row, 17)?,
    })
}
