//! Columns as what they mean. A column that can't be read as such was not written by us: the store is damaged.

use ledger::{Above, ContentRow, DeltaRow, DueRow, EventRow, Fault, LookRow, Narrowing, PublicRow, RecordRow, words};
use postgres::Row;
use terms::{Code, Date, Digest, PlaceCode, RecordId};

use super::handle::{damaged, fault};
use crate::query;

pub(crate) fn integer(row: &Row, column: usize) -> Result<i64, Fault> {
    row.try_get(column).map_err(fault)
}

pub(crate) fn unsigned(row: &Row, column: usize) -> Result<u64, Fault> {
    u64::try_from(integer(row, column)?).map_err(|error| damaged(&error.to_string()))
}

pub(crate) fn short(row: &Row, column: usize) -> Result<u32, Fault> {
    u32::try_from(integer(row, column)?).map_err(|error| damaged(&error.to_string()))
}

pub(crate) fn year(row: &Row, column: usize) -> Result<i16, Fault> {
    i16::try_from(integer(row, column)?).map_err(|error| damaged(&error.to_string()))
}

pub(crate) fn yes(row: &Row, column: usize) -> Result<bool, Fault> {
    Ok(integer(row, column)? != 0)
}

pub(crate) fn record_id(row: &Row, column: usize) -> Result<RecordId, Fault> {
    unsigned(row, column).map(RecordId)
}

fn text(row: &Row, column: usize) -> Result<&str, Fault> {
    row.try_get(column).map_err(fault)
}

pub(crate) fn string(row: &Row, column: usize) -> Result<String, Fault> {
    text(row, column).map(str::to_owned)
}

pub(crate) fn code(row: &Row, column: usize) -> Result<Code, Fault> {
    text(row, column).map(Code::new)
}

pub(crate) fn place(row: &Row, column: usize) -> Result<PlaceCode, Fault> {
    text(row, column)?.parse().map_err(|error: terms::IdError| damaged(&error.to_string()))
}

pub(crate) fn date(row: &Row, column: usize) -> Result<Date, Fault> {
    let day = integer(row, column)?;
    query::date(day).ok_or_else(|| damaged(&format!("{day} is no day")))
}

pub(crate) fn bytes(row: &Row, column: usize) -> Result<Vec<u8>, Fault> {
    row.try_get(column).map_err(fault)
}

pub(crate) fn array<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], Fault> {
    let bytes: &[u8] = row.try_get(column).map_err(fault)?;
    bytes.try_into().map_err(|_| damaged(&format!("{} bytes where {N} belong", bytes.len())))
}

pub(crate) fn digest(row: &Row, column: usize) -> Result<Digest, Fault> {
    array(row, column).map(Digest)
}

/// What a column holds, unless it is null.
pub(crate) fn maybe<T>(
    row: &Row,
    column: usize,
    read: impl FnOnce(&Row, usize) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    if null(row, column)? { Ok(None) } else { read(row, column).map(Some) }
}

/// A row of `query::RECORD`.
pub(crate) fn record(row: &Row) -> Result<RecordRow, Fault> {
    Ok(RecordRow {
        government: place(row, 0)?,
        id: record_id(row, 1)?,
        line: code(row, 2)?,
        definition: digest(row, 3)?,
        agency: code(row, 4)?,
        handler: maybe(row, 5, code)?,
        place: place(row, 6)?,
        stage: code(row, 7)?,
        closed: yes(row, 8)?,
        label: string(row, 9)?,
        opened: date(row, 10)?,
        touched: date(row, 11)?,
        due: maybe(row, 12, date)?,
        seq: short(row, 13)?,
        hash: digest(row, 14)?,
        state: bytes(row, 15)?,
        narrowing: Narrowing {
            only: words(&string(row, 16)?),
            hidden: words(&string(row, 17)?),
            above: Above::of(integer(row, 18)?).ok_or_else(|| damaged("`above` is none of 0, 1, 2"))?,
        },
    })
}

/// government, record, seq, position, envelope, hash, head; the contents are read apart.
pub(crate) fn event(row: &Row) -> Result<EventRow, Fault> {
    Ok(EventRow {
        government: place(row, 0)?,
        record: record_id(row, 1)?,
        seq: short(row, 2)?,
        position: unsigned(row, 3)?,
        envelope: bytes(row, 4)?,
        hash: digest(row, 5)?,
        head: digest(row, 6)?,
        contents: Vec::new(),
    })
}

/// position, part, nonce, bytes.
pub(crate) fn content(row: &Row) -> Result<(u64, ContentRow), Fault> {
    let part = u16::try_from(integer(row, 1)?).map_err(|error| damaged(&error.to_string()))?;
    let content = ContentRow { part, nonce: maybe(row, 2, array)?, bytes: maybe(row, 3, bytes)? };
    Ok((unsigned(row, 0)?, content))
}

/// government, record, limit_code, due, agency.
pub(crate) fn due(row: &Row) -> Result<DueRow, Fault> {
    Ok(DueRow {
        government: place(row, 0)?,
        record: record_id(row, 1)?,
        limit: code(row, 2)?,
        due: date(row, 3)?,
        agency: yes(row, 4)?,
    })
}

/// government, figure, day, position, record, agency, place, part, amount.
pub(crate) fn delta(row: &Row) -> Result<DeltaRow, Fault> {
    Ok(DeltaRow {
        government: place(row, 0)?,
        figure: code(row, 1)?,
        day: date(row, 2)?,
        position: unsigned(row, 3)?,
        record: record_id(row, 4)?,
        agency: code(row, 5)?,
        place: place(row, 6)?,
        part: code(row, 7)?,
        amount: integer(row, 8)?,
    })
}

/// government, record, publication, line, published, withdrawn, shown, digest.
pub(crate) fn public(row: &Row) -> Result<PublicRow, Fault> {
    Ok(PublicRow {
        government: place(row, 0)?,
        record: record_id(row, 1)?,
        publication: code(row, 2)?,
        line: code(row, 3)?,
        published: date(row, 4)?,
        withdrawn: maybe(row, 5, date)?,
        shown: bytes(row, 6)?,
        digest: digest(row, 7)?,
    })
}

fn null(row: &Row, column: usize) -> Result<bool, Fault> {
    struct Null(bool);
    impl<'a> postgres::types::FromSql<'a> for Null {
        fn from_sql(_: &postgres::types::Type, _: &'a [u8]) -> Result<Null, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Null(false))
        }
        fn from_sql_null(_: &postgres::types::Type) -> Result<Null, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Null(true))
        }
        fn accepts(_: &postgres::types::Type) -> bool {
            true
        }
    }
    row.try_get::<_, Null>(column).map(|null| null.0).map_err(fault)
}

/// record, account, at, reason.
pub(crate) fn look(row: &Row) -> Result<LookRow, Fault> {
    Ok(LookRow { record: record_id(row, 0)?, account: code(row, 1)?, at: integer(row, 2)?, reason: string(row, 3)? })
}
