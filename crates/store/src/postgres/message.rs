//! Messages between records.

use std::ops::DerefMut;

use ledger::{Fault, MessageRow, MessageState, ReadMessages, WriteMessages};
use postgres::Row;
use terms::{GovernmentCode, MessageId, RecordId, Thread};

use super::handle::{Handle, Value, damaged};
use super::open::Guard;
use super::read::Session;
use super::rows;
use super::statement as say;
use crate::query::integer;

impl<H: DerefMut<Target = Handle>> ReadMessages for Session<H> {
    fn message(
        &mut self,
        government: &GovernmentCode,
        sent: bool,
        id: &MessageId,
    ) -> Result<Option<MessageRow>, Fault> {
        let mut params: Vec<Value> = vec![government.as_str().into(), sent.into()];
        params.extend(of_id(id));
        self.handle.one(&say::MESSAGE, &params, row)
    }

    fn messages_of(&mut self, government: &GovernmentCode, record: RecordId) -> Result<Vec<MessageRow>, Fault> {
        self.handle.rows(&say::MESSAGES_OF, &[government.as_str().into(), integer(record.0).into()], row)
    }

    fn messages(
        &mut self,
        government: &GovernmentCode,
        sent: bool,
        state: MessageState,
        limit: u32,
    ) -> Result<Vec<MessageRow>, Fault> {
        let params = [government.as_str().into(), sent.into(), state.name().into(), limit.into()];
        self.handle.rows(&say::MESSAGES, &params, row)
    }
}

impl WriteMessages for Session<Guard<'_>> {
    fn put_message(&mut self, message: &MessageRow) -> Result<(), Fault> {
        self.own(&message.government)?;
        let mut params: Vec<Value> = vec![message.government.as_str().into(), message.sent.into()];
        params.extend(of_id(&message.id));
        params.extend([
            message.record.map(|record| integer(record.0)).into(),
            message.seq.into(),
            message.other.as_ref().map(GovernmentCode::as_str).into(),
            message.line.as_str().into(),
            message.there.map(|record| integer(record.0)).into(),
            message.addressee.as_str().into(),
            message.state.name().into(),
            message.told.as_str().into(),
            message.bytes.as_slice().into(),
            message.at.into(),
        ]);
        self.direct(&say::PUT_MESSAGE, &params).map(drop)
    }
}

/// origin, opener, opened_by, effect, back, n.
fn of_id(id: &MessageId) -> [Value; 6] {
    let Thread { government, record, seq, effect } = &id.thread;
    [
        government.as_str().into(),
        integer(record.0).into(),
        (*seq).into(),
        effect.as_str().into(),
        id.back.into(),
        id.n.into(),
    ]
}

/// The columns, in their order.
fn row(row: &Row) -> Result<MessageRow, Fault> {
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
